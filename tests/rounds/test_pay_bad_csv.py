"""阳城 2020 from a folder of CSV files in which people cannot be paid: each is told with its place, none is paid."""

from __future__ import annotations

import csv
from fractions import Fraction

import pytest
from kit.masters import laid_out
from kit.simulated import simulated

from xlperf.engine.refused import refused_rows
from xlperf.engine.score import score
from xlperf.entries.folder import read_data
from xlperf.formula.values import day_of, value_text
from xlperf.problems import errors

LEVEL, MAIN, FUTURE, GRADED = (
    "人员写明在部室还是班子",
    "一人一个主岗，其余岗位注明兼任",
    "任职不在考核年度之后",
    "部室人员都有岗位系数",
)
TWICE, GONE = "每人每月只登记一次实发", "年底已离岗的补退一次结清，不分月"
WRONG = {
    "P010": MAIN,
    "P020": TWICE,
    "P054": GRADED,
    "P097": GONE,
    "P098": FUTURE,
    "P099": LEVEL,
}  # the last three are new


def written(plan, sheet, name, value):
    """Write a value as a person types it into a CSV file."""
    date = plan.by_name[sheet].by_name[name].holds == "date"
    return day_of(value).isoformat() if date and isinstance(value, Fraction) else value_text(value)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Write a year in which everything is filled in, break six people's rows, and score the folder."""
    folder = tmp_path_factory.mktemp("csv")
    scheme, plan = laid_out("yangcheng-2020")
    tables = simulated(plan, scheme.tables, 3, blanks=0)
    marks = [{**r, "done": "是", "lead": r["full"]} for r in tables["marks"]]
    units = [{**r, "last_tier": "合格"} for r in tables["units"]]
    people = [{**r, "release_set": None, "coefficient_set": None, "instalments": Fraction(1)} for r in tables["people"]]
    by_id = {r["id"]: r for r in people}
    new = {"unit": "D1", "level": "部室", "last_month": Fraction(12)}
    for key, wrong in (
        ("P097", {"last_month": Fraction(6), "instalments": Fraction(3)}),
        ("P098", {}),
        ("P099", {"level": None}),
    ):
        people.append({**by_id["P011"], "id": key, "name": f"新{key}", **new, **wrong})
    posts = [dict(r) for r in tables["posts"]]
    of_staff = next(r for r in posts if r["person"] == "P011")
    late = {"P098": Fraction(4000)}
    posts += [
        {**of_staff, "id": f"{k}-1", "person": k, "since": of_staff["since"] + late.get(k, 0)}
        for k in ("P097", "P098", "P099")
    ]
    of_staff["since"] += Fraction(4000)  # what the scheme says otherwise is told, and does not count
    posts.append({"id": "P010-9", "person": "P010", "unit": "D1", "role": "技师", "since": posts[0]["since"]})
    payments = [{"no": n, "person": "P020", "month": Fraction(3), "amount": Fraction(4000)} for n in (1, 2)]
    made = {**tables, "marks": marks, "units": units, "people": people, "posts": posts, "payments": payments}
    for name in ("units", "marks", "people", "posts", "payments", "zone"):
        sheets = [s for s in plan.sheets if s.table == name]
        columns = {c.name: s.name for s in sheets for c in s.columns if c.expr is None}
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(columns)
            out.writerows([[written(plan, s, c, row.get(c)) for c, s in columns.items()] for row in made[name]])
    given, problems = read_data(scheme, folder)
    scores = score(plan, given)
    return scores, [*problems, *refused_rows(scores)]


@pytest.mark.parametrize("person", WRONG)
def test_nobody_is_paid_whose_rows_are_wrong(told, person):
    scores, problems = told
    row = scores.row("people", person)
    assert (row["listed"], row["balance"]) == ("否", None)
    found = [p for p in problems if WRONG[person] in str(p.values)]
    assert found
    assert all(p.remedy("zh") and (p.where.sheet or p.where.line) for p in found)


def test_the_sums_hold_those_who_are_paid_and_count_the_others(told):
    scores, problems = told
    people = [r for r in scores.rows("people") if r["staff"] == "是"]
    paid = [r for r in people if r["listed"] == "是"]
    assert {r["id"] for r in people} - {r["id"] for r in paid} == set(WRONG)
    [zone] = scores.rows("zone")
    assert (zone["unpaid"], zone["incomplete"]) == (len(WRONG), "是")
    assert zone["due"] == sum(r["due"] for r in paid) == sum(scores.column("payroll", "due"))
    assert errors(problems)


def test_a_fact_that_the_scheme_has_otherwise_is_told_with_its_line_and_does_not_count(told):
    scores, problems = told
    [differs] = [p for p in problems if p.code == "DATA_FACT_DIFFERS"]
    assert (differs.where.file, differs.where.line > 1, bool(differs.remedy("zh"))) == ("posts.csv", True, True)
    assert scores.row("people", "P011")["listed"] == "是"
