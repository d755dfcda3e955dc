"""阳城 2020: sound, its cases hold, and random years are paid as the paper says, worked out by a second program."""

import os
import random
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from kit import yangcheng_paper as paper

from xlperf.engine.check import findings
from xlperf.engine.score import score
from xlperf.formula.values import EXEMPT, day_number
from xlperf.problems import errors
from xlperf.scheme.made import with_made_rows

FOLDER = Path(__file__).parents[2] / "schemes" / "yangcheng-2020"
PUBLIC = {f"YC-C{n:02d}" for n in (1, 2, 4, 5, 7, 8, 10, 13, 14, 16, 17, 19, 20)} | {"YC-E1"}
YEARS = int(os.environ.get("XLPERF_YEARS", "6"))


def test_the_scheme_has_no_error_and_every_public_case_is_an_example(scheme):
    assert errors(findings(scheme)) == []
    assert {e.id for e in scheme.examples} >= PUBLIC


# ---- a year drawn by chance, and the same year on paper ----------------------------------------------------------


def day(draw, first, last):
    """Draw a day; the last of December and the first of January are met often."""
    year = draw.randint(first, last)
    return draw.choice([date(year, 12, 31), date(year, 1, 1), date(year, draw.randint(1, 12), draw.randint(1, 28))])


def drawn(scheme, draw):
    """Draw a year as the paper's program takes it: tables of rows."""
    units = [dict(row) for row in scheme.tables["units"]]
    for unit in units:
        unit["addon"] = Fraction(draw.choice(["0", "0.1", "0.25"]))
        unit["last_tier"] = draw.choice(["不合格", "不合格", "合格", "新设", None])
        unit["reward_share"] = draw.choice([None, Fraction(3, 10)])
    marks = [dict(row) for row in scheme.tables["marks"]]
    for row in marks:
        exempt = draw.random() < 0.05
        row["done"] = EXEMPT if exempt else draw.choice(["是"] * 12 + ["否"])
        row["lead"] = EXEMPT if exempt else row["full"] * Fraction(draw.randint(50, 100), 100)
        if draw.random() < 0.004:
            row["lead"] = row["done"] = None
    codes = [u["code"] for u in units if u["level"] == "部室"]
    special = [
        {
            "no": n, "unit": draw.choice(codes), "kind": "月度任务", "way": draw.choice(["加分", "扣分"]), "item": "甲",
            "points": Fraction(draw.randint(1, 30), 10), "status": draw.choice(["通过", "通过", "待审"]),
        }
        for n in range(12)
    ]  # fmt: skip
    stages = [
        {
            "no": n, "unit": draw.choice(codes), "project": "甲", "phase": "签约", "due": date(2020, 6, 30),
            "finished": draw.choice([None, date(2020, 6, 30), date(2020, 7, 1)]),
            "points": Fraction(draw.randint(0, 4), 2),
        }
        for n in range(8)
    ]  # fmt: skip
    people, posts = [], []
    roles = [role for role, _ in paper.POSTS]
    for n in range(60):
        first = draw.choice([1, 1, 7])
        people.append(
            {
                "id": f"p{n}", "name": f"人{n}", "unit": draw.choice(codes), "level": "部室",
                "work_since": day(draw, 2003, 2019) if draw.random() > 0.02 else date(2021, 3, 1),
                "education": draw.choice(["大专及以下", "本科", "研究生"]),
                "qualified": draw.choice(["否"] * 4 + ["是"]),
                "base": Fraction(draw.randint(150000, 400000), 100), "salary": Fraction(6000), "first_month": first,
                "last_month": draw.choice([12, 12, 9]), "personal": Fraction(draw.randint(70, 110)),
                "coefficient_set": draw.choice([None] * 9 + [Fraction(5, 4)]),
                "release_set": draw.choice([None, None, Fraction(1, 3)]),
                "instalments": draw.choice([1, 1, 1, 3, 7, 12]),
            }
        )  # fmt: skip
        for k in range(draw.choice([1, 1, 1, 2])):
            role = draw.choice(roles[4:] if k else [*roles[4:8] * 3, *roles])
            since = day(draw, 2015, 2019) if draw.random() > 0.02 else date(2021, 1, 1)
            concurrent = "是" if k and draw.random() > 0.1 else None
            posts.append(
                {
                    "id": f"p{n}-{k}", "person": f"p{n}", "unit": "x", "role": role, "since": since,
                    "concurrent": concurrent,
                }
            )  # fmt: skip
    zone = {
        "year": 2020,
        "last_multiple": Fraction(draw.choice(["0.8", "2", "3"])),
        "grade": "优秀",
        "per_head": Fraction(draw.randint(1, 6000000), 100),
        "funds": Fraction(draw.randint(1, 900000000), 100),
    }
    for n in range(draw.randint(1, 9)):
        leader = {
            "id": f"a{n}",
            "name": f"领导{n}",
            "unit": "L0",
            "level": "班子",
            "last_month": draw.choice([12, 12, 8]),
        }
        people.append({**leader, "personal": Fraction(draw.randint(1, 11000), 100), "instalments": 1})
    entered = [(f"p{draw.randint(0, 59)}", draw.randint(1, 12)) for _ in range(12)]
    entered += draw.sample(entered, 2)
    payments = [
        {"no": n, "person": person, "month": month, "amount": Fraction(draw.randint(0, 900000), 100)}
        for n, (person, month) in enumerate(entered, 1)
    ]
    trouble = [{"no": n, "person": f"p{draw.randint(0, 59)}", "matter": "甲"} for n in range(6)]
    return {
        "units": units, "marks": marks, "special": special, "stages": stages, "people": people, "posts": posts,
        "zone": [zone], "integrity": trouble, "payments": payments,
    }  # fmt: skip


def typed(value):
    """Return a value as the engine holds it: days as a spreadsheet counts them."""
    return day_number(value) if isinstance(value, date) else Fraction(value) if isinstance(value, int) else value


@pytest.mark.parametrize("seed", range(YEARS))
def test_a_year_is_paid_as_the_paper_says(scheme, plan, seed):
    year = drawn(scheme, random.Random(seed))
    tables = {name: [{k: typed(v) for k, v in r.items()} for r in rows] for name, rows in year.items()}
    scores = score(plan, with_made_rows(scheme.made, {**scheme.tables, **tables}))
    wanted = dict(on_paper(year))
    money = {(s.name, c.name) for s, c in plan.computed() if c.role == "money" and not c.step}
    assert money <= {(sheet, column) for sheet, _, column in wanted}, "every money cell is worked out on paper"
    found = {at: scores.row(at[0], at[1])[at[2]] for at in wanted}
    assert {at: (found[at], value) for at, value in wanted.items() if found[at] != value} == {}
    tie(scores)


def tie(scores):
    """Hold the amounts of a scored year against each other: lines, departments, months and the pool."""
    for row in scores.rows("payroll"):
        assert row["apart"] == 0
    for row in scores.rows("people"):
        if row["listed"] == "是":
            assert row["advance"] + row["balance"] + row["withheld"] == row["due"]
    for row in scores.rows("spread"):
        assert row["months"] == row["balance"]
    assert sum(p for p in scores.column("team", "prize") if p) == scores.rows("zone")[0]["pool"]


def on_paper(year):
    """List (sheet, row, column) with what the paper's own program works out, all money among it."""
    zone, results = year["zone"][0], {}
    for unit in (u for u in year["units"] if u["level"] == "部室"):
        mine = {name: [r for r in year[name] if r["unit"] == unit["code"]] for name in ("marks", "special", "stages")}
        results[unit["code"]] = result = paper.department(unit, mine["marks"], mine["special"], mine["stages"])
        yield from ((("departments", unit["code"], n), v) for n, v in result.items())
    units, paid = {u["code"]: u for u in year["units"]}, {}
    for person in (p for p in year["people"] if p["level"] == "部室"):
        held = [p for p in year["posts"] if p["person"] == person["id"]]
        trouble = sum(t["person"] == person["id"] for t in year["integrity"])
        code = person["unit"]
        answer = paper.pay_of(person, held, units[code], results[code], zone, trouble, year["payments"])
        paid.setdefault(code, []).append(answer)
        yield from ((("people", person["id"], n), answer[n]) for n in ("grade", "exact", "unit_pay", *paper.MONEY))
        for number, month in enumerate(answer["months"], 1):
            yield from ((("advances", f"{person['id']}-{number}", n), v) for n, v in month.items())
        spread = answer.get("spread") or [None] * 12
        yield from ((("spread", person["id"], f"m{n}"), v) for n, v in enumerate(spread, 1))
        yield ("spread", person["id"], "months"), answer["balance"]
    for code in results:
        own = paper.totals(paid.get(code, []), zone["funds"])
        yield from ((("payroll", code, n), v) for n, v in own["listed"].items())
        yield ("payroll", code, "rounding"), own["rounding"]
        yield ("payroll", code, "apart"), 0
    yield from of_the_zone(year, [p for some in paid.values() for p in some])


def of_the_zone(year, people):
    """List what the zone pays: totals, budget under each tier, the pool of the leading team and its shares."""
    zone = year["zone"][0]
    whole = paper.totals(people, zone["funds"])
    leaders = [p for p in year["people"] if p["level"] == "班子"]
    there = [p for p in leaders if p["last_month"] == 12]
    pool = len(there) * zone["per_head"]
    yield from ((("zone", 2020, n), whole[n]) for n in ("due", "spare", "rounding"))
    yield from ((("zone", 2020, n), pool) for n in ("pool_full", "pool"))
    for number, tier in enumerate(whole["tiers"]):
        yield from ((("budget", f"2020-{number}", n), v) for n, v in tier.items())
    given = dict(zip((p["id"] for p in there), paper.shares(pool, [p["personal"] for p in there]), strict=True))
    yield from ((("team", p["id"], "prize"), given.get(p["id"], 0 if there else None)) for p in leaders)
    yield from ((("team", p["id"], "pool"), pool) for p in leaders)
    yield ("leaders", "L0", "shared"), sum(given.values(), Fraction(0))
    for payment in year["payments"]:
        again = [p for p in year["payments"] if (p["person"], p["month"]) == (payment["person"], payment["month"])]
        yield ("payments", payment["no"], "counts"), payment["amount"] if len(again) == 1 else None


def test_shares_of_the_pool_add_up_to_it(scheme, plan):
    draw = random.Random(7)
    for _ in range(20):
        people = [
            {"id": f"a{n}", "name": "人", "unit": "L0", "level": "班子", "last_month": Fraction(12),
             "personal": Fraction(draw.randint(1, 11000), 100)} for n in range(draw.randint(1, 9))
        ]  # fmt: skip
        zone = [{"year": Fraction(2020), "grade": "优秀", "per_head": Fraction(draw.randint(1, 9000000), 100)}]
        scores = score(plan, {**scheme.tables, "people": people, "posts": [], "zone": zone})
        pool = scores.row("zone", Fraction(2020))["pool"]
        assert scores.column("team", "prize") == paper.shares(pool, [p["personal"] for p in people])
        assert sum(scores.column("team", "prize")) == pool
