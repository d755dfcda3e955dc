"""A 总表 calculated in one sweep: the cells, the changes and the problems of the way that looks at every cell."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from kit.differences import shown
from kit.edits import edit, scored_master
from kit.schemes import in_turn

from xlperf.problems import Problem
from xlperf.rounds import recompute
from xlperf.rounds.recompute import recomputed, recomputed_by_cells
from xlperf.rounds.recomputed import Recomputed
from xlperf.rounds.swept import swept
from xlperf.workbook.back.fill import fill_book
from xlperf.workbook.back.read import read_book
from xlperf.xlsx.cached import shows_alike, write_values
from xlperf.xlsx.columns import Irregular


def told(found: Recomputed) -> list[tuple[object, ...]]:
    """Return problems in an order of their own."""
    return sorted((p.code, str(p.where), str(p.values)) for p in found.problems)


def assert_as_by_cells(book: Path, folder: Path) -> Recomputed:
    """Calculate a book in both ways; return what the sweep came to, which must be the same in every cell."""
    fast, slow = swept(book, folder / "fast.xlsx", {}, ""), recomputed_by_cells(book, folder / "slow.xlsx")
    assert slow is not None
    assert (fast.written, told(fast)) == (slow.written, told(slow))
    assert [(c.sheet, c.cell) for c in fast.changes] == [(c.sheet, c.cell) for c in slow.changes]
    for one, other in zip(fast.changes, slow.changes, strict=True):
        assert shows_alike(one.was, other.was)
        assert shows_alike(one.now, other.now)
    ours, theirs = shown(folder / "fast.xlsx"), shown(folder / "slow.xlsx")
    assert [at for at in ours.keys() | theirs.keys() if not shows_alike(ours.get(at), theirs.get(at))] == []
    assert fast.scores.values == slow.scores.values
    return fast


@pytest.mark.parametrize("scheme_id", in_turn(1, 3))
def test_a_book_of_every_scheme_after_random_edits_is_as_by_cells(scheme_id: str, tmp_path: Path):
    _, plan, book = scored_master(scheme_id, tmp_path)
    edit(book, plan, 30, seed=14)
    assert len(assert_as_by_cells(book, tmp_path).changes) > 30


def test_an_edit_changes_what_follows_from_it_and_no_other_byte(tmp_path: Path):
    _, _, book = scored_master("three-units", tmp_path)
    cell = next(c for c in read_book(book).cells if (c.plan_sheet, c.column) == ("marks", "lead") and c.value)
    write_values(book, book, {(cell.sheet, cell.cell): 0.5})
    found = assert_as_by_cells(book, tmp_path)
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(tmp_path / "fast.xlsx") as new:
        titles = {p: re.sub(rb"<c r=.*?</c>", b"", old.read(p)) for p in old.namelist() if "sheets/sheet" in p}
        assert titles == {p: re.sub(rb"<c r=.*?</c>", b"", new.read(p)) for p in titles}
        others = set(old.namelist()) - set(titles)
        assert {p: old.read(p) for p in others} == {p: new.read(p) for p in others}
    assert 2 < len(found.changes) < found.written / 2


def typed_over(book: Path, sheet: str, cell: str, value: object) -> None:
    there = openpyxl.load_workbook(book)
    there[sheet][cell].value = value
    there.save(book)


@pytest.mark.parametrize("value", ["=1+1", 999])
def test_a_formula_that_was_changed_is_left_to_the_way_that_names_it(tmp_path: Path, value: object):
    _, _, book = scored_master("three-units", tmp_path)
    cell = next(c for c in read_book(book).cells if (c.plan_sheet, c.column) == ("totals", "shown"))
    typed_over(book, cell.sheet, cell.cell, value)
    with pytest.raises(Irregular):
        swept(book, tmp_path / "fast.xlsx", {}, "")
    found = recomputed(book, tmp_path / "out.xlsx")
    assert [(p.code, p.where.cell) for p in found.problems] == [("NOT_AS_WRITTEN", cell.cell)]


def test_a_fact_that_was_changed_is_left_to_it_as_well(tmp_path: Path):
    _, _, book = scored_master("three-units", tmp_path)
    cell = next(c for c in read_book(book).cells if (c.plan_sheet, c.column) == ("totals", "full_mark"))
    typed_over(book, cell.sheet, cell.cell, 50)
    with pytest.raises(Irregular):
        swept(book, tmp_path / "fast.xlsx", {}, "")


def test_entries_that_were_taken_in_new_ones_and_an_added_worksheet_are_read_in_the_sweep(tmp_path: Path):
    _, _, book = scored_master("three-units", tmp_path)
    keys = [c.row_key for c in read_book(book).cells if c.plan_sheet == "events" and c.column == "unit" and not c.value]
    said = {"unit": "U9", "kind": "加分", "item": "省级表彰", "points": 4, "status": "通过"}
    fill_book(book, tmp_path / "filled.xlsx", {("events", keys[0], name): value for name, value in said.items()})
    there = openpyxl.load_workbook(tmp_path / "filled.xlsx")
    there.create_sheet("自用")["B2"] = "=1+1"
    there.save(tmp_path / "filled.xlsx")
    codes = {p.code for p in assert_as_by_cells(tmp_path / "filled.xlsx", tmp_path).problems}
    assert {"RECALC_OWN_FORMULAS", "NOT_A_CHOICE"} <= codes


def test_a_recalculation_goes_through_the_sweep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    _, _, book = scored_master("three-units", tmp_path)
    monkeypatch.setattr(recompute, "recomputed_by_cells", _not_this)
    assert recomputed(book, tmp_path / "out.xlsx").written > 50


def _not_this(*_: object, **__: object) -> Callable[[], Problem]:
    raise AssertionError("cell by cell")
