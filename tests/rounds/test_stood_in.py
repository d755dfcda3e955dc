"""What the office types for those who sent nothing counts and is told; at recalc, what it types against others."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from kit.rounds import cell_of, reopened, send

from xlperf.cli import main
from xlperf.publish.results import publish_scores
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.distribute import distribute
from xlperf.rounds.lacking import unsettled
from xlperf.rounds.recompute import recomputed
from xlperf.rounds.store import Round, new_round
from xlperf.scheme.find import find_scheme
from xlperf.workbook.back.fill import fill_book

VERIFIED = ("marks", "U1-1", "verified")  # by 财政科, which sent nothing
SELF = ("marks", "U1-1", "self")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    round_, problems = new_round(find_scheme("three-units")[0], tmp_path_factory.mktemp("t") / "r", key=b"k" * 32)
    assert round_ is not None, problems
    distribute(round_)
    send(round_, "unit", "U1", name="一.xlsx")
    assert all(r.decision == "accepted" for r in collect(round_).receipts)
    publish_scores(round_)
    return round_.folder


@pytest.fixture
def round_(template: Path, tmp_path: Path) -> Round:
    return reopened(shutil.copytree(template, tmp_path / "round"))


def type_in(round_: Round, values: dict) -> Path:
    book = round_.out / "总表.xlsx"
    fill_book(book, book, values)
    return book


def test_what_the_office_typed_for_a_scorer_counts_and_is_told_in_one_line(round_: Round):
    type_in(round_, {VERIFIED: 100, ("marks", "U1-4", "lead"): 18})
    published = publish_scores(reopened(round_.folder))
    assert published.scores.row("marks", "U1-1")["verified"] == 100
    problems = [p for p in unsettled(reopened(round_.folder), published.scores) if p.code == "OFFICE_STOOD_IN"]
    assert [p.worded("zh")["count"] for p in problems] == ["1"]
    assert "1格由办公室" in problems[0].message("zh")
    assert "财政科" in problems[0].message("zh")


def test_nothing_is_said_where_nobody_was_stood_in_for(round_: Round):
    published = publish_scores(round_)
    assert "OFFICE_STOOD_IN" not in {p.code for p in unsettled(round_, published.scores)}


def test_explain_says_at_the_cell_that_the_office_typed_it(round_: Round):
    type_in(round_, {VERIFIED: 100})
    publish_scores(reopened(round_.folder))
    run = ["explain", "U1", "--round", str(round_.folder), "--full"]
    done = CliRunner().invoke(main, run, env={"XLPERF_LANG": "zh"})
    assert "财政科没有报送，由办公室代填" in done.output


def test_recalc_names_a_cell_that_its_owner_sent_otherwise(round_: Round):
    book = type_in(round_, {SELF: 0.5})
    found = recomputed(book, round_.folder / "new.xlsx")
    assert [(p.code, p.where.cell) for p in found.problems] == [("RECALC_NOT_SENT", cell_of(book, SELF))]
    assert "“0.5”" in found.problems[0].message("zh")


def test_recalc_says_nothing_of_a_book_as_written(round_: Round):
    assert recomputed(round_.out / "总表.xlsx", round_.folder / "new.xlsx").problems == ()
