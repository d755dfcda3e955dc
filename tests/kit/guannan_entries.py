"""灌南 2009, the second program on its ledgers: 附件2, 三（四）, 四（二）（三）, every computed column of every entry.

From the paper's words, in plain Python; nothing of the program's arithmetic is used.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction as Exact
from math import ceil, floor

from kit.guannan import LEVELS, YES_NO, places
from kit.guannan_half import SAME

PLACES = {"先进基层单位": (20, 2000), "先进村（社区）": (14, 2000), "先进个人": (150, 500)}
CUTS = {"责令整改": 2, "行政问责": 5, "损害软环境": 2}
LEDGERS = {
    "市考核": "cities", "表彰": "honours", "影响": "impacts", "三百会战": "battles", "改革": "reforms",
    "问责": "blames", "日常": "daily",
}  # fmt: skip


def entry_rows(paper, found):
    """Add what has to stand in the ledgers to `found`: sheet → key → column → value."""
    for e in (e for e in paper.listed if e["type"] in SAME):
        known = {"earlier": e["earlier"], "same_before": e["same_before"], "again": YES_NO[e["again"]]}
        found[LEDGERS[e["type"]]][e["no"]] |= known
    for e in listed(paper, "市考核"):
        tied = e.get("tied") or 1
        row = {"points": paper.city_place(e), "unpriced": YES_NO[e["place"] == 1 and tied > 2]}
        found["cities"][e["no"]] |= row
    for e in listed(paper, "三百会战"):
        points = 2 if e["duty"] == "主要责任单位" else 1
        found["battles"][e["no"]] |= {"points": points, "counts": points * counts(e)}
    for e in listed(paper, "日常"):
        row = {"bearer": e.get("person") or e["unit"], "whose": "个人" if e.get("person") else "单位"}
        found["daily"][e["no"]] |= row | {"plus": max(0, e["points"]), "minus": min(0, e["points"])}
    _honours(paper, found["honours"])
    _reforms(paper, found["reforms"])
    _blames(paper, found["blames"])


def listed(paper, kind):
    """List every entry of a ledger, in order, also those that are another one again."""
    return [e for e in paper.listed if e["type"] == kind]


def counts(e):
    return e.get("status") == "通过" and not e["again"]


def _honours(paper, found):
    """附件2超常嘉奖: 取高限 of this year; of those that came too late the highest goes on to the next year."""
    before, rows = Counter((r["unit"], r.get("subject")) for r in paper.t["late"]), listed(paper, "表彰")
    able = [e for e in rows if e.get("status") == "通过" and paper.of_this_year(e)]
    seat = {}
    for group in {(e["unit"], late(e)) for e in able}:
        mine = [(e["no"], paper.honour(e)) for e in able if (e["unit"], late(e)) == group]
        seat |= {no: seat for no, (_, seat) in places(mine).items()}
    for e in rows:
        no, points, high = e["no"], paper.honour(e), e["level"] == "国家部委或省委省政府"
        row = {"base": 4 if high else 2, "extra": points - (4 if high else 2), "points": points}
        row |= {"approved": YES_NO[e in able], "valid": YES_NO[e in able and not late(e)]}
        row |= {"carries": YES_NO[e in able and late(e)], "key": points if e in able else None}
        row |= {"highest": seat.get(no), "counts": points * (seat.get(no) == 1 and not late(e))}
        row |= {"carried": points * (seat.get(no) == 1 and late(e)), "before": before[e["unit"], e["subject"]]}
        found[no] |= row | {"twice": YES_NO[e in able and row["before"] > 0]}


def late(e):
    return e.get("late") == "是"


def _reforms(paper, found):
    """附件2超常成果: by level, a speech half of it, the highest once; 3 points for a special meeting above the city."""
    rows, seats = listed(paper, "改革"), {}
    for e in rows:
        level = LEVELS[e["level"]]
        said = Exact(level, 2) if e["level"] != "县级" else 0  # 在市以上会议
        points, passed = {"推广": level, "交流发言": said}.get(e["way"], 0), e["status"] == "通过"
        wide = e["level"] in ("省级", "国家级")  # 省级及以上专门现场会
        row = {"listed": level, "halved": Exact(level, 2), "points": points, "key": points if passed else None}
        found[e["no"]] |= row | {"onsite": YES_NO[passed and e["way"] == "专门现场会" and wide]}
    for unit in {e["unit"] for e in rows}:
        mine = [(e["no"], found[e["no"]]["key"]) for e in rows if e["unit"] == unit]
        seats |= {no: seat for no, (_, seat) in places(mine).items()}
    for e in rows:
        row = found[e["no"]]
        row |= {"highest": seats.get(e["no"]), "counts": row["points"] * (seats.get(e["no"]) == 1)}


def _blames(paper, found):
    """三（四）: an order takes 2 points, each; what the county's heads ask after takes 5 more."""
    rows, orders = listed(paper, "问责"), Counter()
    asked = Counter((e["unit"], e["subject"]) for e in rows if e["act"] == "行政问责" and counts(e))
    for e in rows:
        order = counts(e) and e["act"] == "责令整改"
        orders[e["unit"]] += order
        nth = orders[e["unit"]] if order else None
        row = {"order_key": 1 if order else None, "order_no": nth, "blamed_later": asked[e["unit"], e["subject"]]}
        row |= {"listed": CUTS[e["act"]], "order_each": 2, "order_once": 2 * (nth == 1), "order_points": 2}
        found[e["no"]] |= row | {"points": CUTS[e["act"]], "counts": CUTS[e["act"]] * counts(e)}


def list_rows(paper, found):
    """Add the lists of 四（二）（三）: subordinate units and villages, other staff, what units pay themselves."""
    nominated, given = Counter(), Counter()
    for e in listed(paper, "基层"):
        at = (paper.units[e["unit"]].get("committee"), e["award"])
        able = e["status"] == "通过" and (e.get("inner") or "否") == "否"  # 机关职能科室除外
        nominated[at] += able
        first = able and nominated[at] == 1  # 每个党（工）委推荐1家
        row = {"committee": at[0], "committee_key": 1 if able else None, "committee_place": 1 if able else None}
        found["grassroots"][e["no"]] |= row | {"in_committee": nominated[at] if able else None}
        found["grassroots"][e["no"]] |= _by_list(e["award"], first, given)
    was = [Counter((r["unit"], r["subject"]) for r in paper.t[name]) for name in ("staff_last", "staff_before")]
    for e in listed(paper, "先进"):
        upper = ceil(Exact(e["number"], 3))
        able = e.get("audited") == "是" and e["grade"] == "优秀" and e["place"] <= upper
        row = {"award": "先进个人", "upper": upper, "lower": YES_NO[e["place"] > upper]}
        row |= _by_list("先进个人", able, given)
        times = [there[e["unit"], e["subject"]] for there in was]
        years = [row["granted"] == "是", *(n > 0 for n in times)]
        row |= {"found_1": times[0], "found_2": times[1], "before_1": YES_NO[years[1]], "before_2": YES_NO[years[2]]}
        row |= {f"year_{back}": int(year) for back, year in enumerate(years)}
        found["staff"][e["no"]] |= row | {"years": [*years, False].index(False), "promotion": YES_NO[all(years)]}
    for e in listed(paper, "内部奖励"):
        row = {"exceeds": YES_NO[e["amount"] > e["standard"]], "unapproved": YES_NO[e["status"] != "通过"]}
        found["plans"][e["no"]] |= row


def _by_list(award, able, given):
    """Give a place to who is able while there are some, in the order of the list."""
    (count, money), seat = PLACES[award], None
    if able:
        given[award] += 1
        seat = given[award]
    granted = seat is not None and seat <= count
    row = {"key": 1 if able else None, "seat": seat, "places": count, "each": money}
    return row | {"granted": YES_NO[granted], "money": money * granted}


def result_rows(paper, unit, found):
    """Add 超常成果 of a department or park: what each of its tasks gives, in each of the ways there are."""
    mine, taken = [r for r in paper.t["results"] if r["unit"] == unit], paper.undertaken(unit)
    share = Exact(20, max(1, len(taken)))
    onsite = sum(row["onsite"] == "是" for row in _of_unit(paper, "改革", unit, found["reforms"]))
    best = sum(row["counts"] for row in _of_unit(paper, "改革", unit, found["reforms"]))
    for r in mine:
        raw = paper.raw(unit, r, share) if r in taken else 0
        over = paper.exceeded(unit, r["item"])
        row = {"count": len(taken), "shared": max(1, len(taken)), "share": share, "over": over, "raw": raw}
        row |= {"score": None if raw is None else min(share, raw), "over_points": share * over}
        row |= {"done_points": None if r.get("done") is None else share * r["done"]} | _fleet(r, share)
        row |= {"onsite": onsite, "onsite_points": 3 if onsite else 0, "reform_best": best}
        row["finished_points"] = None if r.get("finished") is None else share * (r["finished"] == "是")
        row["reform_points"] = row["reform_best"] + row["onsite_points"]
        found["results"][r["id"]] |= row | _growth(r)


def _of_unit(paper, kind, unit, rows):
    return [rows[e["no"]] for e in listed(paper, kind) if e["unit"] == unit and e["status"] == "通过"]


def _fleet(r, share):
    """附件2园区: 8家, 30艘下水, 20艘主体建成, 100万载重吨, all of them."""
    told = [r.get(name) for name in ("firms", "launched", "hulls", "tonnage")]
    if None in told:
        return {"ships": None, "ship_points": None}
    met = all(n >= least for n, least in zip(told, (8, 30, 20, 100), strict=True))
    return {"ships": YES_NO[met], "ship_points": share * met}


def _growth(r):
    """附件2超常成果: a point for every whole 20 % more; of loans one off for every whole 10 % less."""
    if r.get("now") is None or r.get("before_now") is None:
        return {"up_points": None, "down_points": None, "loan_points": None}
    growth = (r["now"] - r["before_now"]) / Exact(r["before_now"])
    up, down = max(0, floor(growth / Exact(1, 5))), max(0, floor(-growth / Exact(1, 10)))
    return {"up_points": up, "down_points": down, "loan_points": up - down}
