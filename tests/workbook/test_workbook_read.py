"""A book comes back re-laid: every cell is still found, or the change is named; identity and its carriers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from kit.small_plan import KEY, identity, scored
from openpyxl.worksheet.worksheet import Worksheet

from xlperf.workbook.back.fill import fill_book
from xlperf.workbook.back.read import read_book
from xlperf.workbook.books.unit import write_unit_book
from xlperf.workbook.seal import (
    NAME,
    Identity,
    IdentityTooLong,
    check_character,
    is_code,
    is_genuine,
    printed_codes,
    read_identity,
    read_text,
    sealed,
)
from xlperf.xlsx.skeleton import MAP

SHEET = "自评表"


@pytest.fixture(scope="module")
def issued(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("issued") / "unit.xlsx"
    write_unit_book(scored(), "U1", file, identity("unit", "U1"))
    return file


def returned(issued: Path, to: Path, change) -> Path:
    book = openpyxl.load_workbook(issued)
    change(book)
    book.save(to)
    return to


def scores_of(file: Path) -> dict[tuple[str, str], object]:
    return {
        (c.row_key, c.column): c.value for c in read_book(file).cells if c.plan_sheet == "marks" and c.role == "input"
    }


def told(file: Path) -> set[tuple[str, str, str]]:
    return {(c.what, c.found, c.wanted) for c in read_book(file).changes}


def nothing(book): ...


def rename(book):
    book[SHEET].title = "自评表（最终版）"


def push_down(book):
    for area in list(book[SHEET].merged_cells.ranges):  # openpyxl leaves merged cells behind
        book[SHEET].unmerge_cells(str(area))
    book[SHEET].insert_rows(1, 3)


def swap(book):
    sheet: Worksheet = book[SHEET]
    for column in range(1, sheet.max_column + 1):
        one, two = sheet.cell(7, column), sheet.cell(8, column)
        if not isinstance(one, openpyxl.cell.MergedCell):
            one.value, two.value = two.value, one.value


def insert_column(book):
    book[SHEET].insert_cols(3)


def insert_row(book):
    book[SHEET].insert_rows(8)
    book[SHEET]["G8"] = 5


def lose_mark(book):
    book[SHEET]["A4"] = None


def lose_map(book):
    del book[MAP]


def lose_row(book):
    book[SHEET].delete_rows(8)


def copy_row(book):
    sheet = book[SHEET]
    for column in range(1, sheet.max_column + 1):
        sheet.cell(8, column).value = sheet.cell(7, column).value


def lose_column(book):
    sheet = book[SHEET]
    column = next(c.column for c in sheet[4] if c.value == "evidence")
    sheet.delete_cols(column)


def lose_sheet(book):
    del book[SHEET]
    del book.defined_names["XLPERF_T1"]


FOUND = {
    nothing: set(),
    rename: {("SHEET_RENAMED", "自评表（最终版）", SHEET)},
    push_down: set(),
    swap: {("ROW_MOVED", "", "")},
    insert_column: set(),
    insert_row: {("ROW_ADDED", "", ""), ("ROW_MOVED", "", "")},
    lose_mark: {("MARK_LOST", "", SHEET)},
    lose_map: set(),
}
LOST = {
    lose_row: ("ROW_LOST", "", "U1-2"),
    copy_row: ("ROW_TWICE", "U1-1", ""),
    lose_column: ("COLUMN_LOST", "", "evidence"),
    lose_sheet: ("TABLE_LOST", "", SHEET),
}


@pytest.mark.parametrize("change", FOUND, ids=lambda f: f.__name__)
def test_cells_are_found_wherever_they_went(issued, tmp_path, change):
    file = returned(issued, tmp_path / "back.xlsx", change)
    assert {what for what in told(file) if what[0] != "COLUMN_MOVED"} == FOUND[change]
    before, after = scores_of(issued), scores_of(file)
    if change is lose_map:  # without the map nobody knows what was to be filled, but every cell is there
        cells = {(c.row_key, c.column): c.value for c in read_book(file).cells if c.plan_sheet == "marks"}
        after = {spot: cells[spot] for spot in before}
    assert after == before


@pytest.mark.parametrize("change", LOST, ids=lambda f: f.__name__)
def test_what_is_gone_is_named(issued, tmp_path, change):
    assert LOST[change] in told(returned(issued, tmp_path / "back.xlsx", change))


def test_a_cell_says_what_it_holds(issued, tmp_path):
    filled = tmp_path / "filled.xlsx"
    fill_book(issued, filled, {("marks", "U1-1", "actual"): "95分", ("marks", "U1-1", "self"): 9.5})

    def formula(book):
        book[SHEET]["F8"] = "=1+1"

    file = returned(filled, tmp_path / "back.xlsx", formula)
    cells = {(c.plan_sheet, c.row_key, c.column): c for c in read_book(file).cells}
    actual, self_ = cells["marks", "U1-1", "actual"], cells["marks", "U1-1", "self"]
    assert (actual.value, actual.data_type, actual.formula, actual.role) == ("95分", "s", False, "input")
    assert (self_.value, self_.data_type, self_.cached) == (9.5, "n", 9.5)
    typed = [c for c in cells.values() if c.formula and c.role == "input"]
    assert [(c.value, c.cached) for c in typed] == [("=1+1", None)]
    assert cells["events", "+1", "item"].value is None


# ---- identity -----------------------------------------------------------------------------------------


def test_all_carriers_agree(issued):
    book = openpyxl.load_workbook(issued)
    assert read_identity(book) == (identity("unit", "U1"), [])
    assert printed_codes(book) == [identity("unit", "U1").code()]
    assert book.defined_names[NAME].value == f'"{identity("unit", "U1").text()}"'
    assert book.properties.keywords == f"xlperf1|{identity('unit', 'U1').code()}|{identity('unit', 'U1').token}"
    assert [p.name for p in book.custom_doc_props.props] == [NAME]
    assert len(book.defined_names[NAME].value) <= 257


def test_a_carrier_that_disagrees_is_named(issued):
    other = identity("unit", "U3")
    book = openpyxl.load_workbook(issued)
    book[MAP]["A1"] = other.text()
    book.properties.keywords = "xlperf1|x|y"
    book[SHEET]["B2"] = f"表码：{other.code()}"
    found, wrong = read_identity(book)
    assert found == identity("unit", "U1")
    assert [w.partition("：")[0] for w in wrong] == ["隐藏表", "文档属性", "表码"]


def test_a_pasted_copy_keeps_only_the_printed_code(issued):
    book = openpyxl.Workbook()
    book.active["A3"] = f"填报单位：甲　表码：{identity('unit', 'U1').code()}"
    assert read_identity(book) == (None, [])
    assert printed_codes(book) == [identity("unit", "U1").code()]


CHANGES = [{"whom": "U2"}, {"serial": 2}, {"round": "2021-1"}, {"kind": "scorer"}, {"year": 2021}, {"scheme": "x"}]


@pytest.mark.parametrize("change", CHANGES)
def test_a_token_holds_for_one_book_only(change):
    mine = identity("unit", "U1")
    assert is_genuine(mine, KEY)
    assert not is_genuine(mine, b"other")
    assert not is_genuine(replace(mine, **change), KEY)


def test_identity_keeps_every_sign():
    odd = sealed(Identity("scorer", "a|b", "s%1", 2020, '“发改局”,"甲";乙', 12), KEY)
    assert read_text(odd.text()) == odd
    assert read_text(f'"{odd.text()}"') == odd
    with pytest.raises(IdentityTooLong):
        Identity("unit", "r" * 250, "s", 2020, "U1", 1).text()


BAD_TEXTS = [
    "",
    "xlperf1|unit|r",
    "xlperf2|unit|r|s|2020|U1|1|t",
    "xlperf1|unit|r|s|x|U1|1|t",
]


@pytest.mark.parametrize("text", BAD_TEXTS)
def test_what_is_no_identity_is_none(text):
    assert read_text(text) is None


def test_a_slip_in_the_printed_code_shows():
    code = identity("unit", "U1").code()
    assert is_code(code)
    assert len(code) == 11
    letters = code.replace("-", "")
    for i in range(8):
        wrong = letters[:i] + ("A" if letters[i] != "A" else "B") + letters[i + 1 :]
        assert check_character(wrong[:8]) != wrong[8]
        swapped = letters[:i] + letters[i + 1] + letters[i] + letters[i + 2 :]
        if i < 7 and swapped != letters:
            assert not is_code(swapped)
    assert not is_code("0000-0000-0")
    assert not is_code("ABC")


@pytest.mark.parametrize(("text", "value", "kind"), [("=#REF!", "#REF!", "e"), ("=TRUE()", True, "b")])
def test_a_constant_that_another_program_writes_as_a_formula_is_what_was_typed(issued, tmp_path, text, value, kind):
    cell = next(c for c in read_book(issued).cells if c.role == "input")
    book = openpyxl.load_workbook(issued)
    book[cell.sheet][cell.cell] = text
    book.save(tmp_path / "x.xlsx")
    found = next(c for c in read_book(tmp_path / "x.xlsx").cells if (c.sheet, c.cell) == (cell.sheet, cell.cell))
    assert (found.value, found.data_type, found.formula) == (value, kind, False)
