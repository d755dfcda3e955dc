"""灌南 2009, the second program on its cadres: every column of their sheet, from the clauses of `kit.guannan_cadres`.

Nothing of the program's arithmetic is used.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction as Exact
from math import ceil, floor

from kit.guannan import HEADS, ISSUED, MULTIPLES, YES_NO, in_scope, secured
from kit.guannan_units import changes, composed, plain

FIRST_YEAR, SECOND_YEAR = "第一年：保留级别降职使用，不予兑现绩效奖", "第二年：降级降职安排，不予兑现绩效奖"
MET = "名，业绩、贡献、网上评议、平时计分和领导评价都符合，单位推荐，审核同意"
KEYS = {"rank_key": "total", "three_key": "three_blend", "review_key": "review_blend", "daily_key": "daily"}
WHY = (
    "四（三）：总分低于90分，主要分管工作全县最后，内部考核、评议本单位最后",
    "四（三）：总分低于90分，内部考核、评议、日常评估本单位最后", "四（三）：总分低于90分，网上评议全县倒数后三名",
)  # fmt: skip


def cadre_rows(cadres):
    """Return what has to stand in the sheet of cadres, by code."""
    found = {}
    for code, p in cadres.people.items():
        row = _total(cadres, p) | _places(cadres, p) | _deposit(cadres, p) | _work(cadres, p)
        row |= _advanced(cadres, p, row) | _demoted(cadres, p)
        row["held_back"] = YES_NO["是" in (row["lower"], row["demoted"], row["unit_punished"])]
        found[code] = row
    _of_committees(found)
    return found


def _total(cadres, p):
    paper, half = cadres.paper, cadres.paper.half_cadres.get(p["code"], {})
    change, came = changes(paper, "person", p["code"]), (half.get("three"), half.get("report"))
    row = change | composed(paper, cadres.work(p), p.get("report"), (p.get("online"),), came, change["changes"])
    return row | {"in_scope": YES_NO[in_scope(p)], "class": paper.units[p["unit"]]["class"]}


def _places(cadres, p):
    """Places of who is in the number: in the unit by total, work, review, daily; in the county by the online review."""
    code, there, told = p["code"], {}, _total(cadres, p)
    row = {}
    for name in ("total", "three", "review", "daily", "online"):
        there[name] = cadres.ranked(None if name == "online" else p["unit"], name)
        called = "" if name == "total" else f"{name}_"
        row[f"{called}place"], row[f"{called}seat"] = there[name].get(code, (None, None))
    for name, of in KEYS.items():
        row[name] = told[of] if in_scope(p) else None
    row["online_key"] = p.get("online") if in_scope(p) else None
    mine = [q for q in cadres.people.values() if q["unit"] == p["unit"] and in_scope(q)]
    row |= {"number": len(mine), "online_number": len(there["online"]), "scored": len(there["three"])}
    row |= {f"{name}_last": YES_NO[cadres.last(p, name)] for name in ("three", "review", "daily")}
    return row | _graded(p, mine, row["seat"]) | _lower(len(mine), row["place"])


def _graded(p, mine, seat):
    """三（二）: 优秀等次不超过总数的20%."""
    quota, graded = floor(Exact(len(mine), 5)), sum(q.get("grade") == "优秀" for q in mine)
    row = {"quota": quota, "graded": graded, "excellent": YES_NO[seat is not None and seat <= quota]}
    return row | {"too_many": YES_NO[in_scope(p) and p.get("grade") == "优秀" and graded > quota]}


def _lower(number, place):
    """四（三）: 中下游 begins behind the first third."""
    upper = ceil(Exact(number, 3))
    return {"upper": upper, "lower": None if place is None else YES_NO[place > upper]}


def _deposit(cadres, p):
    """四（二）（三）: the deposit, and what it brings by the unit's award."""
    paper, unit, head = cadres.paper, p["unit"], p["role"] == "主要负责人"
    award, total, u = paper.award(unit), cadres.total(p), paper.units[unit]
    row = {"due": 5000 if head else 2000, "issued": ISSUED, "secured": YES_NO[secured(p)]}
    row["days"] = None if p.get("paid_on") is None else p["paid_on"] - ISSUED
    row |= {"liable": YES_NO[head or in_scope(p)], "unit_award": award, "unit_total": paper.total(unit)}
    row |= {"unit_punished": YES_NO[paper.punished(unit)], "unit_barred": YES_NO[paper.barred(unit)]}
    row |= {"unit_name": u["name"], "committee": u.get("committee"), "multiple": MULTIPLES.get(award, 0)}
    row |= {"head_money": HEADS.get(award, 0), "basis_score": total, "share": None if total is None else total / 150}
    row |= {"deputy_money": cadres.as_deputy(p), "reward": cadres.reward(p)}
    row |= {"forfeit": (p.get("paid") or 0) if paper.punished(unit) else 0, "forfeit_told": None, "why_forfeit": None}
    if paper.punished(unit):
        said = f"四（二）：单位总分{plain(paper.total(unit), 4)}分，低于90分且列在最后，"
        row |= {"why_forfeit": f"{said}扣缴所缴的{plain(row['forfeit'])}元", "forfeit_told": row["forfeit"]}
    return row


def _work(cadres, p):
    """四（三）: the places in the county of what one is in charge of."""
    mine = cadres.charges()[p["code"]]
    key = [(rank, seat) for is_key, rank, seat, _ in mine if is_key]
    ranked = [rank for _, rank, _, _ in mine if rank is not None]
    open_ = any(rank is None for rank, _ in key)
    row = {"key_count": len(key), "key_sum": None if open_ else sum(rank for rank, _ in key)}
    row |= {"key_seat": None if open_ else sum(seat for _, seat in key), "work_rank": cadres.work_rank(p)}
    row["key_mean"] = Exact(row["key_sum"], len(key)) if key and not open_ else None
    row["other_mean"] = Exact(sum(ranked), len(ranked)) if ranked else None
    row["mean_key"] = row["work_rank"] if len(key) != 1 and in_scope(p) else None
    row["mean_seat"] = cadres.mean_seats().get(p["code"], (None, None))[1]
    row["work_seat"] = row["key_seat"] if len(key) == 1 else row["mean_seat"]
    row["work_top"] = YES_NO[cadres.work_top(p)]
    town = cadres.paper.units[p["unit"]]["class"] == "乡镇"
    row["work_won"] = row["work_top"] if town else p.get("city_first") or "否"
    lasts = [(is_key, last) for is_key, *_, last in mine]
    row |= {"key_lasts": sum(k and last for k, last in lasts), "all_lasts": sum(last for _, last in lasts)}
    return row | {"lasts": row["key_lasts"] if key else row["all_lasts"]}


def _advanced(cadres, p, known):
    """四（三）: who is shortlisted, who is advanced, and for how many years running."""
    before = cadres.paper.before.get(p["code"], {})
    listed = cadres.qualified(p) and p.get("recommended") == "是"
    advanced = listed and p.get("audited") == "是"
    row = {"qualified": YES_NO[cadres.qualified(p)], "shortlisted": YES_NO[listed], "advanced": YES_NO[advanced]}
    row |= {f"{name}": before.get(name) for name in ("shortlisted_1", "shortlisted_2", "demoted_1")}
    years = [listed, before.get("shortlisted_1") == "是", before.get("shortlisted_2") == "是"]
    row |= {f"year_{back}": int(year) for back, year in enumerate(years)}
    row["years"] = [*years, False].index(False)
    row |= {"promotion": YES_NO[all(years)], "award_name": "副科级以上先进个人" if advanced else "无"}
    row |= {"award_listed": 1000 if advanced else None, "award_money": 1000 if advanced else 0, "why_advanced": None}
    row["place_told"] = known["three_place"] if advanced else None
    if advanced:
        ranks = known["three_place"], known["review_place"]
        row["why_advanced"] = f"四（三）：内部考核第{ranks[0]}名、评议第{ranks[1]}{MET}"
    return row | {"named": sum(e.get("person") == p["code"] for e in cadres.paper.events("否决"))}


def _demoted(cadres, p):
    """四（三）: below 90 points and one of three cases; the second year in a row it is worse."""
    cases, low = cadres.cases(p), cadres.online_low(p)
    row = dict(zip(("town_case", "department_case", "online_case"), (YES_NO[c] for c in cases), strict=True))
    row |= {"online_low": low, "any_case": YES_NO[any(cases)], "demoted": YES_NO[cadres.demoted(p)]}
    row |= {"demotion": "无", "why_demoted": None}
    if cadres.demoted(p):
        again = cadres.paper.before.get(p["code"], {}).get("demoted_1") == "是"
        row |= {"demotion": SECOND_YEAR if again else FIRST_YEAR, "why_demoted": WHY[cases.index(True)]}
    return row


def _of_committees(people):
    """四（三）: 原则上每个党（工）委推荐一个名额; who are more are told."""
    advanced = Counter(row["committee"] for row in people.values() if row["advanced"] == "是")
    for row in people.values():
        row["committee_count"] = advanced[row["committee"]]
        row["over_one"] = YES_NO[row["advanced"] == "是" and row["committee_count"] > 1]
