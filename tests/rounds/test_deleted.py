"""Rows that somebody deleted from a 总表 are told at every door that takes it in, and nothing of them is lost."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from kit.begun import claimed
from kit.rounds import reopened

from xlperf.publish.results import publish_scores, score_round
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.distribute import distribute
from xlperf.rounds.store import Round
from xlperf.workbook.back.fill import fill_book
from xlperf.workbook.back.read import read_book

ROW = {"unit": "U44", "kind": "察访核验扣分", "item": "台账缺失", "points": 0.4, "status": "通过"}
TYPED = {
    **{("events", "+1", name): value for name, value in ROW.items()},
    ("events", "U22-1", "status"): "通过",
    ("marks", "U22-01", "onsite"): 1,
}


@pytest.fixture
def round_(tmp_path: Path) -> Round:
    return claimed(tmp_path / "round", 2)


def scored_with_entries(round_: Round):
    fill_book(book(round_), book(round_), TYPED)
    return publish_scores(reopened(round_.folder)).scores


def book(round_: Round) -> Path:
    return round_.out / "总表.xlsx"


def cut(source: Path, to: Path, *rows: tuple[str, str]) -> None:
    """Save a 总表 from which somebody deleted rows: (sheet of the plan, key)."""
    cells = read_book(source).cells
    opened = openpyxl.load_workbook(source)
    for at in rows:
        first = next(c for c in cells if (c.plan_sheet, c.row_key) == at)
        sheet = opened[first.sheet]
        sheet.delete_rows(next(c.row for c in sheet["A"] if c.value == at[1]))
    opened.save(to)


def gone(problems) -> list[tuple[str, str, str]]:
    found = [
        (p.where.file, p.where.sheet, p.worded("zh")) for p in problems if p.code in ("ROWS_GONE", "ENTRY_ROW_GONE")
    ]
    return [(file, sheet, words.get("rows") or f"{words['key']} {words['found']}") for file, sheet, words in found]


def test_a_row_taken_out_of_a_ledger_is_told_and_counts_as_before(round_: Round):
    was = scored_with_entries(round_)
    cut(book(round_), book(round_), ("events", "3"))
    published = publish_scores(reopened(round_.folder))
    assert gone(published.problems) == [("out/总表.xlsx", "加减分台账", "3 台账缺失")]
    assert published.scores.values == was.values
    assert gone(publish_scores(reopened(round_.folder)).problems) == []


def test_a_row_taken_out_of_any_other_table_is_told_by_score_and_collect_and_is_there_again(round_: Round):
    before, was = book(round_).read_bytes(), score_round(round_)
    cut(book(round_), book(round_), ("A", "U22"), ("marks", "U22-01"))
    told = [("out/总表.xlsx", "市直部门、园区", "市环保局"), ("out/总表.xlsx", "指标得分", "市环保局 信访工作")]
    assert sorted(gone(collect(reopened(round_.folder)).problems)) == told
    published = publish_scores(reopened(round_.folder))
    assert sorted(gone(published.problems)) == told
    assert (published.scores.values, book(round_).read_bytes()) == (was.values, before)
    assert gone(publish_scores(reopened(round_.folder)).problems) == []
    issued = round_.folder / "issued" / "总表.xlsx"
    cut(issued, issued, ("marks", "U22-01"))
    assert gone(distribute(reopened(round_.folder)).problems) == [("issued/总表.xlsx", "指标得分", "市环保局 信访工作")]


def test_rows_taken_out_of_a_copy_in_the_inbox_keep_what_the_office_had_entered_there(round_: Round):
    was = scored_with_entries(round_)
    cut(book(round_), round_.inbox / "总表.xlsx", ("marks", "U22-01"), ("events", "U22-1"), ("events", "3"))
    (receipt,) = [r for r in collect(reopened(round_.folder)).receipts if r.file == "总表.xlsx"]
    told = ["3 台账缺失", "U22-1 省级表彰", "市环保局 信访工作"]
    assert (receipt.decision, sorted(rows for _, _, rows in gone(receipt.problems))) == ("accepted", told)
    assert "SUPERSEDES_SAME" in [p.code for p in receipt.problems]
    assert score_round(reopened(round_.folder)).values == was.values


def test_a_formula_typed_over_is_told_where_rows_were_taken_out_too(round_: Round):
    """Addresses say nothing there; what was typed into a computed column is found by the row it stands in."""
    scored_with_entries(round_)
    cut(book(round_), book(round_), ("marks", "U22-01"))
    cell = next(
        c for c in read_book(book(round_)).cells if (c.plan_sheet, c.row_key, c.column) == ("A", "U22", "composite")
    )
    opened = openpyxl.load_workbook(book(round_))
    opened[cell.sheet][cell.cell] = 99
    opened.save(book(round_))
    for problems in (collect(reopened(round_.folder)).problems, publish_scores(reopened(round_.folder)).problems):
        told = [p for p in problems if p.code == "FORMULA_RESTORED"]
        assert [(p.where.sheet, p.where.cell, "“99”" in p.message("zh")) for p in told] == [
            (cell.sheet, cell.cell, True)
        ]
    assert publish_scores(reopened(round_.folder)).problems == ()
