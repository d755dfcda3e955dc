"""Type values into an issued workbook the way a person would: the cells given and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import openpyxl
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xlperf.workbook.back.spelt import Otherwise
from xlperf.workbook.back.typed_in import Spot, Typed, spots, typed_in

__all__ = ["Spot", "Typed", "fill_book", "fill_book_anew"]


def fill_book(file: Path, to: Path, values: Mapping[Spot, Typed], texts: Mapping[str, str] | None = None) -> None:
    """Save a copy of a workbook with values typed in; text that looks like a formula stays text.

    texts: words to be replaced wherever they stand in a cell. Stored results of formulas are lost, as
    with every program that does not calculate. KeyError where the book has no such cell.
    """
    if not texts:
        try:
            data = typed_in(file.read_bytes(), values)
        except Otherwise:
            pass
        else:
            to.write_bytes(data)
            return
    fill_book_anew(file, to, values, texts)


def fill_book_anew(file: Path, to: Path, values: Mapping[Spot, Typed], texts: Mapping[str, str] | None = None) -> None:
    """Do so with a book of any spelling, all of which is written anew, as another program saves it."""
    book = openpyxl.load_workbook(file)
    cells = {spot: (sheet, row, column) for sheet in book.worksheets for spot, row, column in _spots(sheet)}
    for spot, value in values.items():
        sheet, row, column = cells[spot]
        cell = sheet.cell(row, column)
        cell.value = value
        if cell.data_type == "f":
            cell.data_type = "s"
    for old, new in (texts or {}).items():
        _replace(book, old, new)
    book.save(to)


def _spots(sheet: Worksheet) -> Iterator[tuple[Spot, int, int]]:
    yield from spots(lambda row, column: sheet.cell(row, column).value, sheet.max_row, sheet.max_column)


def _replace(book: Workbook, old: str, new: str) -> None:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and old in cell.value and cell.data_type == "s":
                    cell.value = cell.value.replace(old, new)
