"""Rows made from tables: people × months, units × items of their class; the same rows on every face."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from kit.differences import differences
from kit.libreoffice import converted
from kit.made_rows import SCHEME
from kit.programs import need
from kit.rounds import issued_file, reopened
from kit.small_plan import identity

from xlperf.engine.arrays import score_drawn
from xlperf.engine.check import check_source
from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Plan, Tables
from xlperf.engine.score import score
from xlperf.entries.folder import read_data
from xlperf.problems import errors
from xlperf.publish.results import score_round
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.distribute import distribute
from xlperf.rounds.store import new_round
from xlperf.scheme.load import folder_source, load_scheme
from xlperf.scheme.model import Scheme
from xlperf.workbook.back.fill import fill_book
from xlperf.workbook.books.master import write_master

TABLES = {
    "units.csv": "code,name,class\nU1,甲局,局\nU2,乙镇,镇\nU3,丙镇,镇\n",
    "people.csv": "id,unit,name,rate,joined\nP1,U1,张,100,\nP2,U1,李,200,10\nP3,U2,王,300,12\n",
    "items.csv": "item,name,class,full\nA,党建,局,40\nB,业务,局,60\nC,党建,镇,100\n",
}


def write(folder: Path, old: str = "", new: str = "") -> Path:
    """Write the scheme with one place changed."""
    assert old in SCHEME
    (folder / "scheme.yaml").write_text(SCHEME.replace(old, new, 1) if old else SCHEME, "utf-8")
    for name, text in TABLES.items():
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Scheme, Plan]:
    scheme, problems = load_scheme(write(tmp_path_factory.mktemp("made")))
    assert scheme is not None, problems
    plan, problems = compile_scheme(scheme)
    assert problems == []
    return scheme, plan


@pytest.fixture(scope="module")
def filled(made) -> tuple[Plan, Tables]:
    """Return the plan and its tables, filled as people might."""
    scheme, plan = made
    tables = {name: [dict(row) for row in rows] for name, rows in scheme.tables.items()}
    for n, row in enumerate(tables["months"]):
        row["share"] = None if n == 3 else row["month"] / 12
    for n, row in enumerate(tables["points"]):
        row["lead"] = row["full"] - n
    return plan, tables


def test_the_scheme_has_the_rows_of_its_tables_in_their_order(made):
    scheme, _ = made
    assert check_source(folder_source(scheme.file))[1] == []
    assert [r["id"] for r in scheme.tables["months"]] == [
        *(f"P1-{m}" for m in range(1, 13)), "P2-10", "P2-11", "P2-12", "P3-12",
    ]  # fmt: skip
    assert [(r["id"], r["item_name"], r["full"]) for r in scheme.tables["points"]] == [
        ("U1-A", "党建", 40), ("U1-B", "业务", 60), ("U2-C", "党建", 100), ("U3-C", "党建", 100),
    ]  # fmt: skip
    assert (scheme.tables["months"][12]["unit"], scheme.tables["months"][12]["name"]) == ("U1", "李")


def test_what_is_filled_in_is_scored(filled):
    plan, tables = filled
    scores = score(plan, tables)
    assert scores.column("people", "months") == [12, 3, 1]
    assert scores.row("people", "P2")["year_paid"] == 200 * (10 + 11 + 12) / 12
    assert scores.column("totals", "points") == [99 - 0, 98, 97]
    arrays = score_drawn(scores, {})
    for sheet, column in plan.computed():
        exact, quick = scores.column(sheet.name, column.name), arrays[sheet.name][column.name]
        assert [None if v is None else float(v) for v in exact] == pytest.approx(
            [None if v != v else float(v) for v in quick]
        )


def test_the_workbook_says_the_same(filled, tmp_path):
    need("soffice")
    plan, tables = filled
    file = tmp_path / "总表.xlsx"
    scores = score(plan, tables)
    write_master(scores, file, identity=identity())
    (answered,) = converted([file], tmp_path / "calc")
    assert differences(scores, answered, file) == []


def test_data_names_a_made_row_by_its_key_or_by_its_parts(made, tmp_path):
    scheme, _ = made
    (tmp_path / "people.csv").write_text("id,unit,name,rate,joined\nP9,U3,赵,100,11\n", "utf-8")
    (tmp_path / "months.csv").write_text("person,month,share\nP9,11,1\nP9,12,0.5\nP3,12,0.1\n", "utf-8")
    (tmp_path / "points.csv").write_text("id,lead\nU1-A,39\nU1-C,3\n", "utf-8")
    tables, problems = read_data(scheme, tmp_path)
    assert [(r["id"], r["name"], r["share"]) for r in tables["months"] if r["unit"] != "U1"] == [
        ("P3-12", "王", Fraction(1, 10)), ("P9-11", "赵", 1), ("P9-12", "赵", 0.5),
    ]  # fmt: skip
    told = {(p.code, p.where.line, dict(p.values).get("found")) for p in errors(problems)}
    assert told == {("DATA_UNKNOWN_KEY", 3, "U1-C")}


def test_a_round_issues_the_rows_to_their_units_and_takes_them_back(made, tmp_path):
    scheme, _ = made
    round_, problems = new_round(Path(scheme.file).parent, tmp_path / "round", key=b"k" * 32)
    assert round_ is not None, problems
    distribute(round_)
    file = issued_file(round_, "unit", "U1")
    keys = [r["id"] for r in scheme.tables["months"] if r["unit"] == "U1"]
    fill_book(file, round_.inbox / file.name, {("months", key, "share"): 1 for key in keys})
    assert [r.decision for r in collect(round_).receipts] == ["accepted"]
    scores = score_round(reopened(round_.folder))
    assert scores.row("people", "P2")["year_paid"] == 600
    assert scores.row("totals", "U1")["paid"] == 1800


BAD = [
    ("over: {month: 1..12}", "over: {month: 12..1}", "ROWS_SPAN", 16),
    ("over: {month: 1..12}", "over: {month: [1, 1]}", "ROWS_SPAN", 16),
    ("over: {month: 1..12}", "over: {moon: 1..12}", "ROWS_NO_PART", 16),
    ("each: {person: people}", "each: {person: peple}", "UNKNOWN_TABLE", 16),
    ("each: {person: people}", "each: {person: people, p: units}", "ROWS_ONE_TABLE", 16),
    ("each: {person: people}, ", "", "MISSING_KEY", 16),
    ("on: {class: class}", "on: {klass: class}", "UNKNOWN_COLUMN", 38),
    (", with: {item: items}", "", "ROWS_ON_ALONE", 38),
    ("take: {item_name: item.name}", "take: {item_name: item.nam}", "ROWS_FACT_NOWHERE", 38),
    ("item_name: {is: fact", "name: {is: fact", "ROWS_FACT_TWICE", 45),
    ("{column: joined, at_most", "{column: joint, at_most", "UNKNOWN_COLUMN", 16),
    ("      month: {is: fact, title", "      month: {is: fact, holds: text, title", "ROWS_SPAN", 16),
    ("person: {is: fact, holds: text", "person: {is: fact", "HOLDS_DIFFER", 21),
    ("    unit: unit\n", "    unit: unit\n    grows: 5\n", "ROWS_GROW", 14),
    ("on: {class: class}", "on: {name: class}", "ROWS_NONE", 36),
    ("items: items.csv}", "items: items.csv, months: units.csv}", "ROWS_TABLE_TAKEN", 14),
    ("at_most: month", "is_odd: month", "WRONG_VALUE", 16),
    ("rows: {each: {person: people}", "rows: {eech: {person: people}", "UNKNOWN_KEY", 16),
]


@pytest.mark.parametrize(("old", "new", "code", "line"), BAD, ids=[f"{b[2]} {b[1][:30]}" for b in BAD])
def test_what_is_wrong_is_told_where_it_stands(tmp_path, old, new, code, line):
    found = {(p.code, p.where.line) for p in check_source(folder_source(write(tmp_path, old, new)))[1]}
    assert (code, line) in found


def test_rows_of_a_thousand_people_are_made_in_order(made):
    _, plan = made
    people = [{"id": f"P{n}", "unit": "U1", "name": "甲", "rate": 1, "joined": None} for n in range(1000)]
    rows = list(plan.made["months"].rows({"people": people}))
    assert (len(rows), rows[12]["id"]) == (12_000, "P1-1")
