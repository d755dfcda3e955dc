"""灌南 2009 over years of two rounds each: typed, scored and frozen, and the same by the second program."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random

from kit.guannan import FIRST, Paper
from kit.guannan_county import County
from kit.guannan_entries import listed
from kit.guannan_months import month_rows
from kit.guannan_sheets import sheet_rows
from xlperf.engine.compile import compile_scheme
from xlperf.engine.score import score
from xlperf.problems import errors
from xlperf.rounds.chain import fitted
from xlperf.rounds.frozen import Results, digest_of, sheets_of, written
from xlperf.rounds.present import Earlier

FOLDER = Path(__file__).parents[2] / "schemes" / "guannan-2009"
NOTHING = "(nothing)"
PERIODS = ("y", "h1", "m3", "q1")
ONCE = ("survey", "online", "daily_grade", "head_grade")  # 每年一次, 年底
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
    early, late = ({**tables, "events": [dict(e) for e in events]} for events in halves)
    return a_half(early), late


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
    """Return earlier results as the second program gives them. half: the paper of this year's.

    years: those before as (paper, what has to stand in its sheets), the last one first.
    """
    made = {"half": [], "half_cadres": [], "late": [], "before": [], "staff_last": [], "staff_before": []}
    for unit, u in half.units.items():
        made["half"].append({"code": unit, "three": half.three(unit), "report": u["report"]})
    for code, p in half.people.items():
        three = p["duty"] + p["merit"] + p["clean"]
        made["half_cadres"].append({"code": code, "three": three, "report": p["report"]})
        row = {"code": code}
        for back, (_, wanted) in enumerate(years[:2], 1):
            cadre = wanted["cadres"][code]
            row |= {f"shortlisted_{back}": cadre["shortlisted"], f"demoted_{back}": cadre["demoted"]}
        made["before"].append(row)
    for name, (paper, wanted) in zip(("staff_last", "staff_before"), years, strict=False):
        made[name] = [e for e in listed(paper, "先进") if wanted["staff"][e["no"]]["granted"] == "是"]
    for paper, wanted in years[:1]:
        late = [(e, wanted["honours"][e["no"]]) for e in listed(paper, "表彰")]
        made["late"] = [{**e, "carried": row["carried"]} for e, row in late if row["carries"] == "是"]
    return made


def years_of(scheme, seed, count, **size):
    """Give year by year, each of a month, a quarter, the half and the year: the scores of the year, its paper, the rows
    of cadres by the second program, what differs in any of its four rounds.
    """
    taken, years = [], []
    for year in range(count):
        tables = drawn(scheme, seed, year, **size)
        early, late = parted(tables, seed + year)
        month = of_a_month(early, seed + year)
        quarter = of_a_month(early, seed + year + 1)
        runs = []
        for period, typed in (("m3", month), ("q1", quarter), ("h1", early), ("y", late)):
            runs.append(scored(scheme, deepcopy(typed), year, period, [*taken, *(frozen for _, frozen in runs)]))
        first = FIRST + 365 * year
        quarter["entered"] = of_round("m3", month["events"])
        there = Paper({**early, "entered": of_round("q1", Paper(quarter).t["events"])}, first, annual=False)
        paper = Paper({**late, "entered": of_round("h1", there.t["events"]), **of_earlier(there, years)}, first)
        wanted = [month_rows(month), month_rows(quarter), sheet_rows(there), sheet_rows(paper)]
        unlike = [cell for (scores, _), told in zip(runs, wanted, strict=True) for cell in unlike_sheets(scores, told)]
        yield runs[-1][0], paper, wanted[-1]["cadres"], unlike
        taken, years = [*taken, *(frozen for _, frozen in runs[2:])], [(paper, wanted[-1]), *years]


def of_round(period, events):
    """Return entries as a later round holds them: with the round where they were entered before their number."""
    return [e if "-" in e["no"] else {**e, "no": f"{period}-{e['no']}"} for e in events]


def unlike_sheets(scores, wanted):
    """List the computed cells that the second program gives otherwise, or that it says nothing of.

    Each as (sheet, row, column, what stands there, what the second program says): NOTHING where one is silent.
    """
    found = []
    for sheet in scores.plan.sheets:
        names, key, told = computed(sheet), sheet.key.name, wanted.get(sheet.name, {})
        rows = {row[key]: row for row in scores.rows(sheet.name)} if names else {}
        for no in {**rows, **told}:
            row, said = rows.get(no, {}), told.get(no, {})
            cells = (
                (name, row.get(name, NOTHING), said.get(name, NOTHING)) for name in {**dict.fromkeys(names), **said}
            )
            found += [(sheet.name, no, *cell) for cell in cells if cell[1] != cell[2]]
    return found


def county_rows(tables, seed):
    """Return of a drawn county what is typed in each period, and what has to stand in its sheets."""
    month, early = a_month(tables, seed), a_half(tables)
    quarter = {**month, "units": [{**u, "posted": None} for u in month["units"]]}  # asked for in months only
    typed = {"y": tables, "h1": early, "m3": month, "q1": quarter}
    told = [sheet_rows(Paper(tables)), sheet_rows(Paper(early, annual=False)), month_rows(month), month_rows(quarter)]
    return {period: (typed[period], rows) for period, rows in zip(PERIODS, told, strict=True)}


def unlike_county(plans, tables, seed):
    """List the computed cells of a drawn county that the second program gives otherwise. plans: by period."""
    rounds = county_rows(tables, seed).items()
    return [
        (period, *cell) for period, (typed, rows) in rounds for cell in unlike_sheets(score(plans[period], typed), rows)
    ]


def computed(sheet):
    """List the columns of a sheet that somebody has to compare: every one that is computed."""
    return [c.name for c in sheet.columns if c.kind == "computed"]


def uncompared(plan, wanted):
    """List the computed columns of a plan of which the second program says nothing, in any row it has."""
    told = {name: {column for row in rows.values() for column in row} for name, rows in wanted.items()}
    return [(s.name, name) for s in plan.sheets for name in computed(s) if name not in told.get(s.name, ())]


def a_month(tables, seed):
    """Draw a month of a county: whoever has gone leaves units at the line of 20 %: 4 and 9 beside 5 and 10."""
    draw, month = Random(seed), of_a_month({**tables}, seed)
    last = {p["unit"]: p["code"] for p in tables["people"]}
    gone = {code for code in last.values() if not code.endswith("-0") and draw.random() < 0.5}
    month["people"] = [p for p in month["people"] if p["code"] not in gone]
    return month


def a_half(tables):
    """Return what is typed in the half-year of a year: not what is judged once a year."""
    gone = dict.fromkeys(ONCE)
    early = {**tables, "units": [u | gone for u in tables["units"]], "people": [p | gone for p in tables["people"]]}
    return early | {name: [] for name in OF_EARLIER}


def money(scores):
    """Return what was paid to cadres and units, added up by person, by unit and by award; and all awards two ways."""
    rows = scores.rows
    sums = [sum(r["reward"] for r in rows("cadres")), sum(r["members_paid"] for r in rows("county"))]
    sums.append(sum(r["members_paid"] for r in rows("awards")))
    others = (("cadres", "award_money"), ("grassroots", "money"), ("staff", "money"))
    every = sums[0] + sum(r[name] for sheet, name in others for r in rows(sheet))
    return sums, (every, sum(r["paid"] for r in rows("awards")))
