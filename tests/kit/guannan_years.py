"""灌南 2009 over years of two rounds each: typed, scored and frozen, and the same by the second program."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

from kit.guannan import FIRST, Cadres, Paper, cadre_rows, unit_rows
from kit.guannan_county import County
from kit.guannan_months import month_rows
from kit.guannan_sheets import sheet_rows
from xlperf.engine.compile import compile_scheme
from xlperf.engine.score import score
from xlperf.problems import errors
from xlperf.rounds.chain import fitted
from xlperf.rounds.frozen import Results, digest_of, sheets_of, written
from xlperf.rounds.present import Earlier

FOLDER = Path(__file__).parents[2] / "schemes" / "guannan-2009"
OF_EARLIER = ("half", "half_cadres", "late", "before", "staff_last", "staff_before")
GOOD = {
    "shares": "是",
    "managed": "是",
    "main_part": "是",
    "online_kept": "是",
    "online_liked": "是",
    "city_first": "是",
}
BEST = {"duty": 100, "merit": 30, "clean": 20, "report": 100, "online": 50}


def drawn(scheme, seed, year, **size):
    """Return what is typed in a year: the same people, other numbers; in parks one cadre is the best every year."""
    tables = County(scheme, seed, **size).tables()
    for name in OF_EARLIER:
        tables[name] = []
    tables["events"] = [e for e in tables["events"] if e["type"] != "先进"]  # those below instead, year by year
    for event in (e for e in tables["events"] if e.get("date") is not None):
        event["date"] += 365 * year
    late = {"subject": f"迟到{year}", "level": "国家部委或省委省政府", "date": FIRST + 365 * year + 360, "late": "是"}
    whose = {"no": "late", "type": "表彰", "unit": tables["units"][-1]["code"], "status": "通过"}
    tables["events"].append(whose | late)
    for name in ("三年", *(["隔年"] if year != 1 else [])):  # advanced staff: every year, and not in the second
        row = {"subject": name, "grade": "优秀", "place": Fraction(1), "number": Fraction(9), "audited": "是"}
        tables["events"].append({"no": name, "type": "先进", "unit": tables["units"][0]["code"], **row})
    for n, person in enumerate(tables["people"]):
        person["duty"] = Fraction((int(person["duty"]) + 7 * year * n) % 91)
        if person["code"].endswith("-1") and person["unit"] > "U02":
            graded = dict.fromkeys(("daily_grade", "head_grade"), "优秀") | dict.fromkeys(
                ("recommended", "audited"), "是"
            )
            person |= GOOD | graded | {name: Fraction(v) for name, v in BEST.items()} | {"role": "助理"}
    return tables


def parted(tables, seed):
    """Return what is typed in the half-year and in the year: each entry in one of them, some by mistake in both."""
    draw = Random(seed)
    where = [draw.choice(("early", "late", "both")) for _ in tables["events"]]
    halves = [
        [
            e
            for e, at in zip(tables["events"], where, strict=True)
            if at in (name, "both") or e["type"] in ("分管", "先进")
        ]
        for name in ("early", "late")
    ]
    return [{**tables, "events": [dict(e) for e in events]} for events in halves]


def of_a_month(early, seed):
    """Return what a month's round holds: everybody's own word on it, the unit's of its people, some daily entries.

    Half of these the half-year enters once more.
    """
    draw = Random(seed)
    grades = ("优秀", "良好", "一般", "较差")
    own = [
        {**u, "account": "实绩", "self_grade": draw.choice(grades), "posted": Fraction(draw.choice((5, 6)))}
        for u in early["units"]
    ]
    people = [{**p, **_of_a_cadre(draw, grades)} for p in early["people"]]
    for head in (p for p in people if p["role"] == "主要负责人"):
        head |= {"unit_grade": None, "points": None}  # nobody asks for them
    rows = [e for e in early["events"] if e["type"] == "日常" and draw.random() < 0.5]
    gone = [e for e in rows if draw.random() < 0.5]
    early["events"] = [e for e in early["events"] if e not in gone]
    return {**early, "events": [dict(e) for e in rows], "units": own, "people": people}


def _of_a_cadre(draw, grades):
    """Return a cadre's month; equal points are met often."""
    own = {"self_grade": draw.choice(grades), "unit_grade": draw.choice(grades)}
    return own | {"points": Fraction(draw.randint(0, 20), 2), "weeks": Fraction(4), "account": "实绩"}


def scored(scheme, tables, year, period, taken):
    """Score one round and freeze it, as the command does."""
    here, problems = fitted(replace(scheme, year=2009 + year, tables=tables), period, taken, begins=True)
    assert errors(problems) == []
    plan, problems = compile_scheme(here, {"period": period})
    assert problems == []
    scores = score(plan, here.tables)
    names = {u["code"]: u["name"] for u in tables["units"]}
    called = next(p.title for p in scheme.periods if p.id == period)
    said = (scheme.id, scheme.title, f"{2009 + year}-{period}", 2009 + year, period, called, "", "", "2010-01-01")
    results = Results(*said, units=names, sheets=sheets_of(scores))
    return scores, Earlier(results, digest_of(written(results, b"key")))


def of_earlier(half, years):
    """Return earlier results as the paper gives them. half: this year's; years: those before, the last one first."""
    made = {"half": [], "half_cadres": [], "late": [], "before": []}
    for unit, u in half.units.items():
        made["half"].append({"code": unit, "three": half.three(unit), "report": u["report"]})
        if years:
            made["late"].append({"unit": unit, "carried": years[0][0].carried(unit)})
    for code, p in half.people.items():
        three = p["duty"] + p["merit"] + p["clean"]
        made["half_cadres"].append({"code": code, "three": three, "report": p["report"]})
        row = {"code": code}
        for back, (_, cadres) in enumerate(years[:2], 1):
            row |= {f"shortlisted_{back}": cadres[code]["shortlisted"], f"demoted_{back}": cadres[code]["demoted"]}
        made["before"].append(row)
    return made


def years_of(scheme, seed, count, **size):
    """Give year by year: the scores of the year, its paper, the rows of cadres by the second program, what differs."""
    taken, years = [], []
    for year in range(count):
        tables = drawn(scheme, seed, year, **size)
        early, late = parted(tables, seed + year)
        month = of_a_month(early, seed + year)
        _, march = scored(scheme, deepcopy(month), year, "m3", taken)
        _, half = scored(scheme, deepcopy(early), year, "h1", [*taken, march])
        scores, whole = scored(scheme, deepcopy(late), year, "y", [*taken, march, half])
        first = FIRST + 365 * year
        there = Paper({**early, "entered": month["events"]}, first)
        paper = Paper({**late, "entered": there.t["events"], **of_earlier(there, years)}, first)
        cadres = cadre_rows(Cadres(paper))
        yield scores, paper, cadres, unlike(scores, paper, cadres)
        taken, years = [*taken, half, whole], [(paper, cadres), *years]


def unlike(scores, paper, cadres=None):
    """List the cells of units and cadres that the second program gives otherwise: sheet, row, column, found, wanted."""
    wanted = {"county": unit_rows(paper), "cadres": cadre_rows(Cadres(paper)) if cadres is None else cadres}
    cells = [(s, k, c, v) for s, rows in wanted.items() for k, row in rows.items() for c, v in row.items()]
    assert len(cells) > 100
    return [(s, k, c, scores.row(s, k)[c], v) for s, k, c, v in cells if scores.row(s, k)[c] != v]


def unlike_anywhere(scores, paper):
    """List the cells that the second program gives otherwise, of every sheet of a year that has no rounds before it."""
    return _unlike(scores, sheet_rows(paper), 300)


def unlike_in_a_month(plan, tables, seed):
    """List the cells of a month's round that the second program gives otherwise. plan: of a month."""
    draw, month = Random(seed), of_a_month({**tables}, seed)
    last = {p["unit"]: p["code"] for p in tables["people"]}
    gone = {code for code in last.values() if not code.endswith("-0") and draw.random() < 0.5}
    month["people"] = [p for p in month["people"] if p["code"] not in gone]  # 4 and 9 beside 5 and 10: the line of 20 %
    return _unlike(score(plan, month), month_rows(month), 10)


def _unlike(scores, wanted, least):
    cells = [(s, k, c, v) for s, rows in wanted.items() for k, row in rows.items() for c, v in row.items()]
    assert len(cells) > least
    return [(s, k, c, scores.row(s, k)[c], v) for s, k, c, v in cells if scores.row(s, k)[c] != v]


def money(scores):
    """Return what was paid to cadres and units, added up by person, by unit and by award; and all awards two ways."""
    rows = scores.rows
    sums = [sum(r["reward"] for r in rows("cadres")), sum(r["members_paid"] for r in rows("county"))]
    sums.append(sum(r["members_paid"] for r in rows("awards")))
    others = (("cadres", "award_money"), ("grassroots", "money"), ("staff", "money"))
    every = sums[0] + sum(r[name] for sheet, name in others for r in rows(sheet))
    return sums, (every, sum(r["paid"] for r in rows("awards")))
