"""What was typed must read the same to two readers; what only one of them sees is never taken."""

import io
import re
import sys
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import openpyxl
import pytest
from kit.small_plan import identity, scored

from xlperf.workbook.back import second
from xlperf.workbook.back.read import read_book
from xlperf.workbook.back.second import LARGEST, alike, compared, is_there
from xlperf.workbook.books.unit import write_unit_book

SHEET = "自评表"


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> tuple[Path, str]:
    """A book with a number typed in; and the address of the cell."""
    file = tmp_path_factory.mktemp("second") / "unit.xlsx"
    write_unit_book(scored(), "U1", file, identity("unit", "U1"))
    cell = next(c for c in read_book(file).cells if c.role == "input")
    book = openpyxl.load_workbook(file)
    book[cell.sheet][cell.cell] = 7
    book.save(file)
    return file, cell.cell


def differing(data: bytes, folder: Path) -> dict[str, str]:
    """Return where the second reader reads something else."""
    file = folder / "x.xlsx"
    file.write_bytes(data)
    return {c.cell: c.other for c in compared(read_book(file), data).cells if c.other is not None}


def rewritten(file: Path, change) -> bytes:
    """Return the bytes with each worksheet changed by a function."""
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, change(text) if "worksheets/sheet" in name else text)
    return made.getvalue()


def typed(cell: str, text: str):
    """Put other XML in the place of a cell that holds 7."""
    old = re.compile(rf'<c r="{cell}"([^>]*?)( t="n")?><v>7</v></c>'.encode())
    return lambda data: old.sub(lambda m: text.encode().replace(b"STYLE", m[1]), data)


def test_an_honest_book_reads_the_same(filled, tmp_path):
    assert is_there()
    assert differing(filled[0].read_bytes(), tmp_path) == {}


@pytest.mark.parametrize("text", ["\uff17", "1_0"])
def test_what_one_reader_alone_takes_for_a_number(filled, tmp_path, text):
    file, cell = filled
    change = typed(cell, f'<c r="{cell}"STYLE><v>{text}</v></c>')
    data = rewritten(file, change)
    assert differing(data, tmp_path) == {cell: text}
    read = next(c.value for c in read_book(tmp_path / "x.xlsx").cells if c.cell == cell)
    assert isinstance(read, float | int)


def test_a_number_under_a_merged_cell_is_named(filled, tmp_path):
    file, cell = filled
    column, row = re.match(r"([A-Z]+)(\d+)", cell).groups()
    merged = f'<mergeCells count="1"><mergeCell ref="{column}{int(row) - 1}:{cell}"/></mergeCells>'

    def change(data: bytes) -> bytes:
        plain = re.sub(rb"<mergeCells.*?</mergeCells>", b"", data)
        return re.sub(
            rb"(<(?:conditionalFormatting|dataValidations|pageMargins))", merged.encode() + rb"\1", plain, count=1
        )

    assert differing(rewritten(file, change), tmp_path) == {cell: "7.0"}


def test_a_far_cell_is_no_reason_to_lay_out_the_grid(filled, tmp_path):
    book = openpyxl.load_workbook(filled[0])
    book[SHEET]["XFD1048576"] = "远"
    book.save(tmp_path / "far.xlsx")
    data = (tmp_path / "far.xlsx").read_bytes()
    assert LARGEST < 16_384 * 1_048_576
    assert differing(data, tmp_path) == {}


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (None, "", True),
        ("  ", None, True),
        (0, None, False),
        (95, 95.0, True),
        (0.1 + 0.2, 0.3, True),
        (0.3, 0.30000001, False),
        ("95", 95.0, False),
        (True, 1.0, False),
        (True, True, True),
        ("_x0041_\r\n b", "A b", True),
        (datetime(2020, 1, 2), date(2020, 1, 2), True),
        (datetime(2020, 1, 2), 43832.0, True),
        (date(2020, 1, 3), 43832.0, False),
        (time(12), 0.5, True),
    ],
)
def test_what_counts_as_the_same(first, second, same):
    assert alike(first, second) is same


def test_workers_begin_with_the_second_reader_loaded(monkeypatch):
    """Each of them would load the library anew; where there is none, none is looked for."""
    monkeypatch.delitem(sys.modules, "python_calamine", raising=False)
    monkeypatch.setattr(second, "is_there", lambda: False)
    assert not second.made_ready()
    assert "python_calamine" not in sys.modules
    monkeypatch.undo()
    assert second.made_ready() == is_there() == ("python_calamine" in sys.modules)


def test_a_book_read_lean_is_not_unpacked_again_to_see_how_far_it_goes(filled, monkeypatch):
    data = filled[0].read_bytes()
    book = read_book(data)
    assert 0 < book.extent <= LARGEST
    monkeypatch.setattr(second, "_far", lambda data: pytest.fail("unpacked again"))
    assert not [c for c in compared(book, data).cells if c.other is not None]
