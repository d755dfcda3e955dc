"""What was typed into a 总表, read in one sweep: the numbers of the exact face, or no answer."""

from __future__ import annotations

import zipfile
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random

import numpy as np
import openpyxl
import pytest
from benchmarks.county import ID, filled, inputs, laid_out, write_county

from xlperf.engine.arrays import typed_columns
from xlperf.engine.score import score
from xlperf.workbook.back.held import as_scored, held
from xlperf.workbook.back.inputs import _shown, typed_in
from xlperf.workbook.back.read import read_book
from xlperf.xlsx.cached import write_values
from xlperf.xlsx.columns import Irregular
from xlperf.xlsx.flat import columns_of

UNITS = 45
SHEET, FIRST = "得分", 7


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Write a small county once: its folder, its plan, the tables of the scheme."""
    folder = tmp_path_factory.mktemp("county")
    write_county(folder, UNITS)
    scheme, plan = laid_out(folder / ID)
    return folder, scheme, plan


def mark(folder: Path, name: str) -> str:
    """Return the cell of the first unit in a column."""
    row = openpyxl.load_workbook(folder / "总表.xlsx", read_only=True)[SHEET].iter_rows(min_row=4, max_row=4)
    return next(c.column_letter for c in next(iter(row)) if c.value == name) + str(FIRST)


def assert_as_exact(plan, book: Path, tables, exact) -> None:
    found = typed_columns(as_scored(plan), typed_in(book, as_scored(plan), tables)).every()
    for sheet in plan.sheets:
        for column in sheet.columns:
            got, exactly = found[sheet.name][column.name].tolist(), exact.column(sheet.name, column.name)
            if column.holds == "number":
                wanted = [np.nan if v is None else float(v) for v in exactly]
                assert got == pytest.approx(wanted, rel=1e-12, abs=1e-12, nan_ok=True)
            else:
                assert got == list(exactly)


def test_every_number_is_that_of_the_exact_face_before_and_after_an_edit(county, tmp_path):
    folder, scheme, plan = county
    tables = filled(scheme, UNITS)
    assert_as_exact(plan, folder / "总表.xlsx", scheme.tables, score(plan, tables))
    write_values(folder / "总表.xlsx", tmp_path / "总表.xlsx", {(SHEET, mark(folder, "m1")): 88.25})
    tables["units"][0]["m1"] = Fraction("88.25")
    assert_as_exact(plan, tmp_path / "总表.xlsx", scheme.tables, score(plan, tables))


def test_a_cell_that_was_cleared_is_blank(county, tmp_path):
    folder, scheme, plan = county
    write_values(folder / "总表.xlsx", tmp_path / "总表.xlsx", {(SHEET, mark(folder, "m2")): None})
    tables = filled(scheme, UNITS)
    tables["units"][0]["m2"] = None
    assert_as_exact(plan, tmp_path / "总表.xlsx", scheme.tables, score(plan, tables))


@pytest.mark.parametrize("typed", ["九十分", "12%", True, "#N/A", "90分", " 88.5 "])
def test_what_is_no_plain_number_is_judged_as_the_slow_reader_does(county, tmp_path, typed):
    folder, scheme, plan = county
    book = tmp_path / "总表.xlsx"
    write_values(folder / "总表.xlsx", book, {(SHEET, mark(folder, "m1")): typed})
    found, slow = typed_in(book, plan, scheme.tables), held(plan, scheme.tables, read_book(book), book.name)
    assert found.problems
    assert found.problems == tuple(slow.problems)
    assert found.complete()["units"][0]["m1"] == slow.tables["units"][0]["m1"]


def test_a_number_that_is_shown_as_a_day_is_not_taken_for_a_mark(county, tmp_path):
    """A program makes 3-5 a day of this year: a number in the file, a day to whoever looks."""
    folder, scheme, plan = county
    book = openpyxl.load_workbook(folder / "总表.xlsx")
    book[SHEET][mark(folder, "m1")].value = date(2026, 3, 5)
    book.save(tmp_path / "总表.xlsx")
    assert [p.code for p in typed_in(tmp_path / "总表.xlsx", plan, scheme.tables).problems] == ["WRONG_TYPE"]


@pytest.mark.parametrize(
    ("part", "was", "now"),
    [
        ("sheet2", '<c r="A7"', '<c r="A8"'),  # a key in another row
        ("sheet2", '<c r="E7" s="11"><v>', '<c r="E7" s="11"><v xml:space="preserve">'),  # written in another way
        ("sheet2", '<c r="E7" s="11"><v>', '<c r="E7" s="11"><f>1+1</f><v>'),
        ("sheet7", '<c r="B2"', '<c r="G2"'),  # the map
        ("sheet2", '<c r="E7" s="11"><v>', '<c r="E7" s="11"><v>1e400</v></c><c r="XX7"><v>'),  # not 不适用
        ("sheet2", '<c r="F7" s="11"><v>', '<c r="F7" s="11"><v>nan</v></c><c r="XX7"><v>'),
    ],
)
def test_a_book_that_lies_otherwise_is_left_to_the_slow_reader(county, tmp_path, part, was, now):
    folder, scheme, plan = county
    with zipfile.ZipFile(folder / "总表.xlsx") as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if part in name and name.endswith(".xml"):
                assert was.encode() in data
                data = data.replace(was.encode(), now.encode(), 1)
            new.writestr(name, data)
    with pytest.raises(Irregular):
        typed_in(tmp_path / "b.xlsx", plan, scheme.tables)


def test_a_stored_number_is_shown_with_fifteen_digits():
    """Doubles beside numbers of few decimals, of fifteen digits and of more, on both sides of every power of ten."""
    draw = Random(3)
    near = [round(draw.uniform(-(10**p), 10**p), d) for p in range(-2, 17) for d in range(10) for _ in range(40)]
    some = [float(x + k * np.spacing(x)) for x in (*near, 1e9, 999.9999999999995, 0.1 + 0.2) for k in range(-30, 31)]
    written = [repr(x).encode() for x in some]
    wanted = [float(f"{x:.15g}") if len(w) > 16 else x for x, w in zip(some, written, strict=True)]
    assert _shown(np.array(some), written).tolist() == wanted


@pytest.mark.parametrize("cell", [b'<c r="A7"', b'<c r="A7" s="5"', b'<c r="A7" s="5" t="s"', b'<c r="A7"><v>1</v>'])
def test_a_cell_that_breaks_off_is_not_passed_over(cell):
    whole = b'<sheetData><row r="6"><c r="A6"><v>1</v></c></row><row r="7">%s</sheetData>'
    assert columns_of(whole % b'<c r="A7"/></row>')["A"].values == (b"1", b"")
    with pytest.raises(Irregular):
        columns_of(whole % cell)


def test_the_rows_as_exact_values_are_those_that_were_typed(county):
    folder, scheme, plan = county
    rows = typed_in(folder / "总表.xlsx", plan, scheme.tables).complete()["units"]
    assert [{n: r[n] for n in inputs()} for r in rows] == [
        {n: r[n] for n in inputs()} for r in filled(scheme, UNITS)["units"]
    ]
