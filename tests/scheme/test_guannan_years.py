"""灌南 2009 over three years of two rounds each: half-years, late commendations, shortlists go on by themselves."""

from copy import deepcopy
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from kit.guannan import FIRST, Cadres, Paper, cadre_rows, unit_rows
from kit.guannan_county import County

from xlperf.engine.compile import compile_scheme
from xlperf.engine.score import score
from xlperf.problems import errors
from xlperf.rounds.chain import Earlier, fitted
from xlperf.rounds.frozen import Results, digest_of, sheets_of, written
from xlperf.scheme.load import load_scheme

FOLDER = Path(__file__).parents[2] / "schemes" / "guannan-2009"
OF_EARLIER = ("half", "half_cadres", "late", "before")
GOOD = {
    "shares": "是",
    "managed": "是",
    "main_part": "是",
    "online_kept": "是",
    "online_liked": "是",
    "city_first": "是",
}
BEST = {"duty": 100, "merit": 30, "clean": 20, "report": 100, "online": 50}


def drawn(scheme, seed, year):
    """Return what is typed in a year: the same people, other numbers; in parks one cadre is the best every year."""
    tables = County(scheme, seed).tables()
    for name in OF_EARLIER:
        tables[name] = []
    for event in (e for e in tables["events"] if e.get("date") is not None):
        event["date"] += 365 * year
    late = {"subject": f"迟到{year}", "level": "国家部委或省委省政府", "date": FIRST + 365 * year + 360, "late": "是"}
    whose = {"no": "late", "type": "表彰", "unit": tables["units"][-1]["code"], "status": "通过"}
    tables["events"].append(whose | late)
    for n, person in enumerate(tables["people"]):
        person["duty"] = Fraction((int(person["duty"]) + 7 * year * n) % 91)
        if person["code"].endswith("-1") and person["unit"] > "U02":
            graded = dict.fromkeys(("daily_grade", "head_grade"), "优秀") | dict.fromkeys(
                ("recommended", "audited"), "是"
            )
            person |= GOOD | graded | {name: Fraction(v) for name, v in BEST.items()} | {"role": "助理"}
    return tables


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


@pytest.mark.parametrize("seed", [2])
def test_three_years_follow_each_other_as_the_paper_says(seed):
    scheme, _ = load_scheme(FOLDER)
    taken, years, promoted, carried = [], [], [], []
    for year in range(3):
        tables = drawn(scheme, seed, year)
        _, half = scored(scheme, deepcopy(tables), year, "h1", taken)
        scores, whole = scored(scheme, deepcopy(tables), year, "y", [*taken, half])
        first = FIRST + 365 * year
        paper = Paper({**tables, **of_earlier(Paper(tables, first), years)}, first)
        cadres = cadre_rows(Cadres(paper))
        for sheet, rows in (("county", unit_rows(paper)), ("cadres", cadres)):
            got = {code: {c: scores.row(sheet, code)[c] for c in row} for code, row in rows.items()}
            assert got == rows
        taken, years = [*taken, half, whole], [(paper, cadres), *years]
        promoted.append(sum(row["promotion"] == "是" for row in cadres.values()))
        carried.append(sum(r["carried"] for r in paper.t["late"]))
    assert promoted[:2] == [0, 0]
    assert promoted[2] > 0
    assert carried[0] == 0
    assert carried[1] > 0
