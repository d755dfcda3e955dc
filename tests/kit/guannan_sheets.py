"""灌南 2009, the second program sheet by sheet: what every row of annexes, ledgers, awards and lists comes to.

It stands on `kit.guannan`, the clauses in plain Python; nothing of the program's arithmetic is used.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from fractions import Fraction as Exact
from math import ceil, floor

from kit.guannan import LEVELS, MULTIPLES, YES_NO, Cadres, cadre_rows, cents, unit_rows
from kit.guannan_registers import register_rows

SHEETS = {"乡镇": "towns", "园区": "parks", "部门": "departments"}
PLACES = {"先进基层单位": 20, "先进村（社区）": 14, "先进个人": 150}
FIRST_YEAR, SECOND_YEAR = "第一年：保留级别降职使用，不予兑现绩效奖", "第二年：降级降职安排，不予兑现绩效奖"


def sheet_rows(paper):
    """Return what has to stand in every sheet: sheet → key of the row → column → value."""
    cadres = Cadres(paper)
    found = defaultdict(lambda: defaultdict(dict))
    for sheet, rows in (("county", unit_rows(paper)), ("cadres", cadre_rows(cadres))):
        for key, row in rows.items():
            found[sheet][key] |= row
    for unit in paper.units:
        _annexes(paper, unit, found)
        _three(paper, unit, found)
    _ledgers(paper, found)
    register_rows(paper, found)
    for code, p in cadres.people.items():
        found["cadres"][code] |= _cadre(paper, cadres, p, found["cadres"][code])
    _of_committees(paper, cadres, found["cadres"])
    for unit in paper.units:
        found["county"][unit] |= _unit(paper, cadres, unit, found["cadres"])
    _lists(paper, found)
    _awards(paper, found)
    return found


def _annexes(paper, unit, found):
    for a, r in paper.items(unit, "定量"):
        over = int(r["verified"] >= Exact(3, 2) * r["target"])
        row = {"score": paper.quantity(a, r), "over": over, "counts": 2 * over if a["beyond"] else 0}
        found["quantity"][f"{unit}-{a['code']}"] = row
    for a, r in paper.items(unit, "定性"):
        found["quality"][f"{unit}-{a['code']}"] = {"score": min(r["lead"], a["full"])}
    for a in paper.annex3:
        key = f"{unit}-{a['code']}"
        found["clean"][key] = {"score": max(0, a["full"] - paper.typed["clean"][key]["cut"])}


def _three(paper, unit, found):
    u = paper.units[unit]
    row = {name: getattr(paper, name)(unit) for name in ("duty", "merit", "clean", "three", "impact", "battle")}
    row["quality"] = sum(min(r["lead"], a["full"]) for a, r in paper.items(unit, "定性"))
    if u["class"] != "园区":
        row["family"] = sum(r["cut"] for _, r in paper.items(unit, "扣分"))
    if u["class"] == "乡镇":
        done = paper.tasks(unit, "特色目标")
        row["special"] = Exact(10) * sum(done) / len(done) if done else 0
        row["none_undertaken"] = YES_NO[not done]
        over = [r for a, r in paper.items(unit, "定量") if a["beyond"] and r["verified"] >= Exact(3, 2) * r["target"]]
        row |= {"over": 2 * len(over), "praised_bonus": u.get("praised") or 0}
        row["extra_all"] = row["over"] + row["praised_bonus"]
        row["extra"] = min(12, row["extra_all"])  # 附件2乡镇: 12 points at most
        row["quantity"] = sum(paper.quantity(a, r) for a, r in paper.items(unit, "定量"))
    else:
        mine = [r for r in paper.t["results"] if r["unit"] == unit]
        taken = [r for r in mine if (r.get("undertaken") or "是") == "是"]
        share = Exact(20, max(1, len(taken)))
        row |= {"honours": paper.honours(unit), "results": paper.results(unit), "undertaken": len(taken)}
        row["none_undertaken"] = YES_NO[not taken]
        for r in mine:
            raw = paper.raw(unit, r, share) if r in taken else 0
            found["results"][r["id"]] = {"share": share, "raw": raw, "score": min(share, raw)}
    found[SHEETS[u["class"]]][unit] = row


def _ledgers(paper, found):
    for e in paper.events("市考核", passed=False):
        first = {1: 2, 2: 1}.get(e.get("tied") or 1, 0)
        found["cities"][e["no"]] = {"points": {1: first, 2: 0, 3: -2, 4: -4}[e["place"]]}
        found["cities"][e["no"]]["unpriced"] = YES_NO[e["place"] == 1 and (e.get("tied") or 1) > 2]
    for e in paper.events("三百会战", passed=False):
        points = 2 if e["duty"] == "主要责任单位" else 1
        found["battles"][e["no"]] = {"points": points, "counts": points * (e["status"] == "通过")}
    for e in paper.events("改革", passed=False):
        level = LEVELS[e["level"]]
        said = Exact(level, 2) if e["level"] != "县级" else 0
        found["reforms"][e["no"]] = {"points": {"推广": level, "交流发言": said}.get(e["way"], 0)}
        wide = e["level"] in ("省级", "国家级")  # 附件2: 省级及以上专门现场会
        found["reforms"][e["no"]]["onsite"] = YES_NO[e["status"] == "通过" and e["way"] == "专门现场会" and wide]
    for e in paper.events("问责", passed=False):
        cut = {"责令整改": 2, "行政问责": 5, "损害软环境": 2}[e["act"]]
        found["blames"][e["no"]] = {"points": cut, "counts": cut * (e["status"] == "通过")}
    for e in paper.events("日常", passed=False):
        row = {"plus": max(0, e["points"]), "minus": min(0, e["points"]), "bearer": e.get("person") or e["unit"]}
        found["daily"][e["no"]] = row
    seen = set()  # the highest of a unit counts once, the first on the list; late ones by themselves
    for e in sorted(paper.events("表彰", passed=False), key=lambda e: -paper.honour(e)):
        late, valid = e.get("late") == "是", e["status"] == "通过" and paper.first <= e["date"] <= paper.last
        best = valid and (e["unit"], late) not in seen
        seen |= {(e["unit"], late)} if valid else set()
        points = paper.honour(e)
        row = {"points": points, "counts": points * (best and not late), "carried": points * (best and late)}
        found["honours"][e["no"]] = row


def _changes(paper, kind, whose):
    orders = sum({"行政问责": 5}.get(e["act"], 2) for e in paper.events("问责") if e[kind] == whose)
    return {"orders": orders, "daily": paper.changes(kind, whose) + orders}


def _cadre(paper, cadres, p, known):
    code, unit = p["code"], p["unit"]
    row = {"class": paper.units[unit]["class"], **_changes(paper, "person", code)}
    mine = [q for q in cadres.people.values() if q["unit"] == unit and cadres.in_scope(q)]
    award = paper.award(unit)
    advanced = known["shortlisted"] == "是" and p.get("audited") == "是"
    graded = sum(q.get("grade") == "优秀" for q in mine)  # 三（二）: of those who are counted
    row["graded"], many = graded, graded > floor(Exact(len(mine), 5))
    row["too_many"] = YES_NO[cadres.in_scope(p) and p.get("grade") == "优秀" and many]
    row |= {"number": len(mine), "quota": floor(Exact(len(mine), 5)), "advanced": YES_NO[advanced]}
    row |= {"multiple": MULTIPLES.get(award, 0), "unit_total": paper.total(unit)}
    row["key_count"] = sum(is_key for is_key, *_ in cadres.charges()[code])
    row["named"] = sum(e.get("person") == code for e in paper.events("否决"))
    row["liable"] = YES_NO[p["role"] == "主要负责人" or cadres.in_scope(p)]
    row["due"] = 5000 if p["role"] == "主要负责人" else 2000  # 四（三）: 风险抵押金
    row["award_name"] = "副科级以上先进个人" if advanced else "无"
    before = paper.before.get(code, {})
    row["demotion"] = (
        "无" if known["demoted"] == "否" else SECOND_YEAR if before.get("demoted_1") == "是" else FIRST_YEAR
    )
    row["held_back"] = YES_NO["是" in (known.get("lower"), known["demoted"]) or paper.punished(unit)]
    years = [known["shortlisted"] == "是", before.get("shortlisted_1") == "是", before.get("shortlisted_2") == "是"]
    row["years"] = 0 if not years[0] else 1 if not years[1] else 2 if not years[2] else 3
    if cadres.in_scope(p):
        for name, what in (("three", "three"), ("review", "review"), ("daily", "daily")):
            row[f"{name}_place"], row[f"{name}_seat"] = cadres.ranked(unit, what)[code]
            row[f"{name}_last"] = YES_NO[cadres.last(p, what)]
        row["seat"] = cadres.ranked(unit, "total")[code][1]
        row["online_place"], row["online_seat"] = cadres.ranked(None, "online")[code]
        row |= {"three_blend": cadres.three(p), "review_blend": cadres.review(p)}
        row["deputy_money"] = cents(2000 * MULTIPLES.get(award, 0) * cadres.total(p) / 150)
    return row


def _of_committees(paper, cadres, people):
    """四（三）: 原则上每个党（工）委推荐一个名额; who are more are told."""
    committee = {code: paper.units[p["unit"]].get("committee") for code, p in cadres.people.items()}
    advanced = Counter(committee[code] for code, row in people.items() if row["advanced"] == "是")
    for code, row in people.items():
        row["committee_count"] = advanced[committee[code]]
        row["over_one"] = YES_NO[row["advanced"] == "是" and row["committee_count"] > 1]


def _unit(paper, cadres, unit, people):
    group = paper.group(unit)
    there = paper.competing(group)
    mine = [(p, people[c]) for c, p in cadres.people.items() if p["unit"] == unit]
    due = [p for p, _ in mine if p["role"] == "主要负责人" or cadres.in_scope(p)]
    size = len(paper.ranking(group))
    row = {"listed": size, "scored": size, "size": size, "provisional": "否", **_changes(paper, "unit", unit)}
    row |= {"passed": YES_NO[paper.total(unit) >= 90], "competing": YES_NO[unit in there]}
    row |= {"award_place": there.get(unit, (None,))[0], "award_seat": there.get(unit, (None, None))[1]}
    row |= {"blame_count": sum(e["act"] == "行政问责" for e in paper.events("问责", unit))}
    row |= {"veto_count": len(paper.events("否决", unit)), "liable": len(due), "unpaid": YES_NO[paper.unpaid(unit)]}
    row |= {"short": sum(not cadres.secured(p) for p in due), "members_paid": sum(r["reward"] for _, r in mine)}
    row |= {"forfeited": sum(r["forfeit"] for _, r in mine), "below_zero": YES_NO[paper.total(unit) < 0]}
    return row


def _lists(paper, found):
    committee = {unit: u.get("committee") for unit, u in paper.units.items()}
    first, given = set(), defaultdict(int)
    for e in paper.events("基层", passed=False):
        at = (committee[e["unit"]], e["award"])
        able = e["status"] == "通过" and (e.get("inner") or "否") == "否" and at not in first
        first |= {at} if able else set()
        given[e["award"]] += able
        granted = able and given[e["award"]] <= PLACES[e["award"]]
        found["grassroots"][e["no"]] = {"granted": YES_NO[granted], "money": 2000 * granted}
    was = [{(r["unit"], r["subject"]) for r in paper.t[name]} for name in ("staff_last", "staff_before")]
    for e in paper.events("先进", passed=False):
        able = e.get("audited") == "是" and e["grade"] == "优秀" and e["place"] <= ceil(Exact(e["number"], 3))
        given["先进个人"] += able
        granted = able and given["先进个人"] <= PLACES["先进个人"]
        running = [granted, *((e["unit"], e["subject"]) in there for there in was)]
        row = {"granted": YES_NO[granted], "money": 500 * granted, "promotion": YES_NO[all(running)]}
        found["staff"][e["no"]] = row
    for e in paper.events("内部奖励", passed=False):
        row = {"exceeds": YES_NO[e["amount"] > e["standard"]], "unapproved": YES_NO[e["status"] != "通过"]}
        found["plans"][e["no"]] = row


def _awards(paper, found):
    for row in paper.t["awards"]:
        name = row["award"]
        units = [unit for unit in paper.units if paper.award(unit) == name]
        paid = {"members_paid": sum(found["county"][unit]["members_paid"] for unit in units)}
        people = found["cadres"].values() if name == "副科级以上先进个人" else ()
        paid["cadres_paid"] = sum(r["award_money"] for r in people if r["advanced"] == "是")
        of = {e["no"] for e in paper.events("基层", passed=False) if e["award"] == name}
        paid["grassroots_paid"] = sum(r["money"] for no, r in found["grassroots"].items() if no in of)
        paid["staff_paid"] = sum(r["money"] for r in found["staff"].values()) if name == "先进个人" else 0
        found["awards"][name] = {"units": len(units), **paid, "paid": sum(paid.values())}
