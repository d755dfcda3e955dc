"""A cell that stands in a file twice, or names what is not there, is told at its place; none of two counts silently."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from kit.begun import issued
from kit.edits import scored_master
from kit.rounds import send

from xlperf.addin.headless.recalculate import recalculated
from xlperf.rounds.collecting import open as opening
from xlperf.rounds.recompute import recomputed
from xlperf.workbook.back.read import read_book
from xlperf.xlsx.cached import formulas_of
from xlperf.xlsx.parts import worksheets

_CELLS = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
_AFTER, _BELOW, _BEFORE = b"beside it", b"in a row of its number at the end", b"before it"


def changed(book: Path, title: str, made) -> None:
    """Write a worksheet of a book anew."""
    with zipfile.ZipFile(book) as old:
        parts = {name: old.read(name) for name in old.namelist()}
        name = worksheets(old)[title]
    parts[name] = made(parts[name])
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)


def doubled(cell: str, how: bytes):
    """Return what puts a cell, holding 7, into a worksheet once more."""

    def made(data: bytes) -> bytes:
        found = next(c for c in _CELLS.finditer(data) if c[1] == cell.encode())
        other = b'<c r="%s"><v>7</v></c>' % found[1]
        if how == _BELOW:
            row = re.search(rb"\d+", found[1])[0]
            return data.replace(b"</sheetData>", b'<row r="%s">%s</row></sheetData>' % (row, other))
        at = found.end() if how == _AFTER else found.start()
        return data[:at] + other + data[at:]

    return made


def _first(book: Path, title: str) -> str:
    with zipfile.ZipFile(book) as parts:
        return _CELLS.search(parts.read(worksheets(parts)[title]))[1].decode()


def some_of(book: Path) -> list[tuple[str, str]]:
    """Return a cell to fill, a locked one and a formula, and one above every table."""
    cells = [*read_book(book).cells]
    found = {
        "input": next(c for c in cells if c.role == "input" and c.value not in (None, "")),
        "locked": [c for c in cells if c.role == "locked" and c.value is not None and not c.formula][3],
    }
    formulas = [at for at in formulas_of(book) if at[0] == found["input"].sheet]
    return [
        *((c.sheet, c.cell) for c in found.values()),
        formulas[-1],
        (found["input"].sheet, _first(book, found["input"].sheet)),
    ]


@pytest.fixture(scope="module")
def round_(tmp_path_factory):
    return issued(tmp_path_factory.mktemp("twice") / "round")


@pytest.mark.parametrize("how", [_AFTER, _BELOW, _BEFORE])
def test_a_cell_that_stands_twice_in_a_returned_book(round_, how):
    book = send(round_, "unit", "U22")
    whole = book.read_bytes()
    for sheet, cell in some_of(book):
        book.write_bytes(whole)
        changed(book, sheet, doubled(cell, how))
        told = opening._opened((book, book.name, round_.records, {}))
        assert (told.code, told.where.sheet, told.where.cell) == ("READER_FAILED", sheet, cell)
        assert "两次" in told.message()


@pytest.mark.parametrize("how", [_AFTER, _BELOW, _BEFORE])
def test_a_cell_that_stands_twice_in_a_master_book(tmp_path, how):
    _, _, book = scored_master("three-units", tmp_path)
    whole = book.read_bytes()
    for sheet, cell in some_of(book):
        book.write_bytes(whole)
        changed(book, sheet, doubled(cell, how))
        found = recomputed(book, tmp_path / "out.xlsx")
        assert [(p.code, p.where.sheet, p.where.cell) for p in found.problems] == [("RECALC_UNREADABLE", sheet, cell)]
        assert not (tmp_path / "out.xlsx").exists()


def test_a_cell_that_stands_twice_in_a_book_of_the_office(tmp_path):
    _, _, book = scored_master("three-units", tmp_path)
    sheet, cell = some_of(book)[0]
    changed(book, sheet, doubled(cell, _AFTER))
    problem = recalculated(book, tmp_path / "out.xlsx").problems[0]
    assert (problem.code, problem.where.sheet, problem.where.cell) == ("RECALC_UNREADABLE", sheet, cell)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (b' t="s"><v>99999999</v></c>', "引用的文字不在文件里"),
        (b' s="99999"><v>1</v></c>', "引用的格式不在文件里"),
        (b"><v>1..2</v></c>", "不合规定"),
    ],
)
def test_a_cell_that_names_what_is_not_there(round_, written, says):
    book = send(round_, "unit", "U22")
    sheet, cell = some_of(book)[0]
    at = cell.encode()

    def made(data: bytes) -> bytes:
        found = next(c for c in _CELLS.finditer(data) if c[1] == at)
        return data[: found.start()] + b'<c r="%s"' % at + written + data[found.end() :]

    changed(book, sheet, made)
    told = opening._opened((book, book.name, round_.records, {}))
    assert (told.code, told.where.sheet, told.where.cell) == ("READER_FAILED", sheet, cell)
    assert says in told.message()
