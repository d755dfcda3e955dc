"""A book with values typed into its own bytes reads as the book that openpyxl saves with them; nothing else changes."""

from __future__ import annotations

import random
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.exceptions import IllegalCharacterError

from xlperf.scheme.find import schemes_available
from xlperf.workbook.back.fill import fill_book, fill_book_anew
from xlperf.workbook.back.read import read_book
from xlperf.workbook.back.spelt import Otherwise
from xlperf.workbook.back.typed_in import typed_in
from xlperf.workbook.seal import read_identity
from xlperf.xlsx.cached import formulas_of, stored_results

ROOT = Path(__file__).parents[2] / "workbooks"
SMALL = ROOT / "three-units"
UNIT = next((SMALL / "自评表").glob("*.xlsx"))
TEXTS = ("甲", "=1+1", "+86", "<&>\"'", " 两头空 ", "两\n行", "12", "不适用", "_", "’", "\u3000", "😀")


def books() -> list[Path]:
    """Return a book of each kind of each scheme; the 总表 of the smallest alone."""
    folders = [folder for path in schemes_available() for folder in (ROOT / path.name).iterdir() if folder.is_dir()]
    return [SMALL / "总表.xlsx", *(min(folder.glob("*.xlsx")) for folder in folders)]


def inputs(file: Path) -> list[tuple[str, str, str]]:
    return [(c.plan_sheet, c.row_key, c.column) for c in read_book(file).cells if c.role == "input"]


def drawn(file: Path, seed: int = 1) -> dict:
    draw = random.Random(seed)
    some = (lambda: draw.choice(TEXTS), lambda: draw.uniform(-9, 99), lambda: draw.randrange(10**9), lambda: None)
    return {spot: draw.choice((*some, lambda: True))() for spot in inputs(file) if draw.random() < 0.8}


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as book:
        return {name: book.read(name) for name in book.namelist()}


@pytest.mark.parametrize("file", books(), ids=lambda f: f"{f.relative_to(ROOT)}")
def test_it_reads_as_the_book_that_openpyxl_saves(file: Path, tmp_path: Path):
    values, there, anew = drawn(file), tmp_path / "there.xlsx", tmp_path / "anew.xlsx"
    there.write_bytes(typed_in(file.read_bytes(), values))
    fill_book_anew(file, anew, values)
    assert read_book(there) == read_book(anew)
    assert formulas_of(there) == formulas_of(anew) == formulas_of(file)
    assert set(stored_results(there).values()) <= {None}
    shown = [openpyxl.load_workbook(book) for book in (there, anew)]
    assert standing(shown[0]) == standing(shown[1])
    assert read_identity(shown[0]) == read_identity(shown[1])


def standing(book: openpyxl.Workbook) -> dict:
    cells = ((sheet.title, cell) for sheet in book for row in sheet for cell in row)
    return {(title, cell.coordinate): cell.value for title, cell in cells if cell.value not in (None, "")}


def test_nothing_else_is_touched(tmp_path: Path):
    """A part that no library knows stays, and so does every cell but those that were typed or calculate."""
    own = BytesIO(UNIT.read_bytes())
    with zipfile.ZipFile(own, "a") as book:
        book.writestr("customXml/item1.xml", "<own/>")
    [spot, *_] = inputs(UNIT)
    before, after = parts(own.getvalue()), parts(typed_in(own.getvalue(), {spot: 7}))
    assert list(before) == list(after)
    changed = {name for name in before if before[name] != after[name]}
    assert {name.partition("/sheet")[0] for name in changed} == {"xl/worksheets"}
    lost = sum(len(before[name]) - len(after[name]) for name in changed)
    assert 0 < lost < sum(data.count(b"<f>") for data in before.values()) * 40


def test_texts_are_shared_and_counted():
    spots = inputs(UNIT)[:2]
    before, after = (
        parts(d)["xl/sharedStrings.xml"]
        for d in (UNIT.read_bytes(), typed_in(UNIT.read_bytes(), dict.fromkeys(spots, "甲")))
    )
    assert after.count(b"<si>") == before.count(b"<si>") + 2
    assert f'uniqueCount="{after.count(b"<si>")}"'.encode() in after


def test_a_day_is_typed_where_days_are_shown(tmp_path: Path):
    file = next((ROOT / "dashiqiao-2017" / "自评表").glob("*.xlsx"))
    column = next(c for c in read_book(file).cells if c.role == "input" and c.column == "date")
    spot = (column.plan_sheet, column.row_key, column.column)
    fill_book(file, tmp_path / "a.xlsx", {spot: date(2017, 9, 5)})
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")[column.sheet][column.cell].value.date() == date(2017, 9, 5)
    typed_in(file.read_bytes(), {spot: date(2017, 9, 5)})


def test_an_empty_text_is_nothing(tmp_path: Path):
    spot = next(s for s in inputs(UNIT) if s[2] == "self")
    for number, empty in enumerate(("", None)):
        (tmp_path / f"{number}.xlsx").write_bytes(typed_in(UNIT.read_bytes(), {spot: empty}))
    assert (tmp_path / "0.xlsx").read_bytes() == (tmp_path / "1.xlsx").read_bytes()
    fill_book_anew(UNIT, tmp_path / "anew.xlsx", {spot: ""})
    values = [
        {(c.plan_sheet, c.row_key, c.column): c.value for c in read_book(f).cells} for f in sorted(tmp_path.iterdir())
    ]
    assert values[0] == values[1] == values[2]


@pytest.mark.parametrize(
    "value", [date(2017, 9, 5), "#N/A", "_x0041_", "两\r\n行", "长" * 40_000, float("inf")], ids=repr
)
def test_what_is_unusual_is_saved_by_openpyxl(value: object, tmp_path: Path):
    spot = next(s for s in inputs(UNIT) if s[2] == "self")
    with pytest.raises(Otherwise):
        typed_in(UNIT.read_bytes(), {spot: value})
    fill_book(UNIT, tmp_path / "a.xlsx", {spot: value})
    fill_book_anew(UNIT, tmp_path / "b.xlsx", {spot: value})
    assert read_book(tmp_path / "a.xlsx") == read_book(tmp_path / "b.xlsx")


def test_what_no_cell_can_hold_or_no_book_has_is_refused_as_ever(tmp_path: Path):
    spot = inputs(UNIT)[0]
    with pytest.raises(IllegalCharacterError):
        fill_book(UNIT, tmp_path / "a.xlsx", {spot: "\x01"})
    with pytest.raises(KeyError):
        fill_book(UNIT, tmp_path / "a.xlsx", {("marks", "nobody", "self"): 1})
    assert not (tmp_path / "a.xlsx").exists()


def test_a_book_with_rich_text_is_filled_as_well(tmp_path: Path):
    book = openpyxl.load_workbook(UNIT)
    book.worksheets[0]["B2"].value = openpyxl.cell.rich_text.CellRichText("粗", "细")
    book.save(tmp_path / "own.xlsx")
    spot = inputs(UNIT)[0]
    fill_book(tmp_path / "own.xlsx", tmp_path / "filled.xlsx", {spot: 3})
    assert (
        next(c.value for c in read_book(tmp_path / "filled.xlsx").cells if (c.plan_sheet, c.row_key, c.column) == spot)
        == 3
    )
