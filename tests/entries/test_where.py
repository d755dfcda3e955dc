"""Rows that belong to a sheet by a number: the same rows are scored, issued, collected and checked."""

import shutil

import pytest
from kit.rounds import issued_file, reopened

from xlperf.engine.compile import compile_scheme
from xlperf.engine.roster import Roster
from xlperf.publish.results import score_round
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.distribute import distribute
from xlperf.rounds.store import new_round
from xlperf.scheme.checking.check import CHECKS
from xlperf.scheme.find import find_scheme
from xlperf.scheme.load import load_scheme
from xlperf.workbook.back.fill import fill_book


@pytest.fixture
def folder(tmp_path):
    """Write the three units with a sheet for the units of 100.0 points and a ledger for the year 2026."""
    source = find_scheme("three-units")[0]
    to = tmp_path / "scheme"
    shutil.copytree(source if source.is_dir() else source.parent, to)
    text = (to / "scheme.yaml").read_text("utf-8").partition("\nexamples:")[0] + "\n"
    text = text.replace("    rows: units\n", "    rows: units\n    where: {full_mark: 100.0}\n", 1)
    text = text.replace("    grows: 20\n", "    grows: 20\n    where: {year: 2026}\n", 1)
    text = text.replace(
        "      no: {is: key, title: 编号}\n",
        "      no: {is: key, title: 编号}\n      year: {is: fact, title: 年度}\n",
        1,
    )
    (to / "scheme.yaml").write_text(text, "utf-8")
    return to


def test_a_number_says_whose_rows_they_are(folder):
    scheme, problems = load_scheme(folder)
    assert [p.text() for p in problems if p.severity == "error"] == []
    assert [p.text() for c in CHECKS for p in c(scheme) if p.severity == "error"] == []
    plan, _ = compile_scheme(scheme)
    assert dict(plan.by_name["totals"].where) == {"full_mark": 100}
    roster = Roster(plan, scheme.tables, scheme.office)
    assert [key for sheet, key in roster.rows if sheet == "totals"] == ["U1", "U2", "U3"]


def test_a_claim_in_a_ledger_of_one_year_is_collected_and_scored(folder, tmp_path):
    round_, problems = new_round(folder, tmp_path / "round", key=b"k" * 32)
    assert round_ is not None, problems
    distribute(round_)
    file = issued_file(round_, "unit", "U1")
    claim = {("events", "+1", "item"): "表彰", ("events", "+1", "points"): 2}
    marks = {("marks", f"U1-{n}", "self"): 1 for n in range(1, 5)} | {
        ("marks", f"U1-{n}", "actual"): 1 for n in (1, 2, 3)
    }
    fill_book(file, round_.inbox / file.name, claim | marks)
    assert [r.decision for r in collect(round_).receipts] == ["accepted"]
    scores = score_round(reopened(round_.folder))
    assert [(r["unit"], r["year"], r["points"], r["counts"]) for r in scores.rows("events")] == [("U1", 2026, 2, 0)]
    assert [r["code"] for r in scores.rows("totals")] == ["U1", "U2", "U3"]
