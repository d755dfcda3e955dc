"""Type values into an issued workbook the way a person would: the cells given and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import openpyxl
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from xlperf.xlsx.skeleton import BODY, MARK, NAMES

Typed = str | float | int | bool | date | None
Spot = tuple[str, str, str]  # plan sheet, key of the row, column


def fill_book(file: Path, to: Path, values: Mapping[Spot, Typed], texts: Mapping[str, str] | None = None) -> None:
    """Save a copy of a workbook with values typed in; text that looks like a formula stays text.

    texts: words to be replaced wherever they stand in a cell. Stored results of formulas are lost, as
    with every program that does not calculate. KeyError where the book has no such cell.
    """
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
    """List the cells of the tables that stand where they were issued: spot, row, column (counted from 1)."""
    tables: list[tuple[str, int, list[tuple[str, int]]]] = []
    for number in range(1, sheet.max_column + 1):
        text = str(sheet.cell(NAMES + 1, number).value or "")
        if text.startswith(f"{MARK}|"):
            tables.append((text.split("|")[1], number, []))
        elif text and tables:
            tables[-1][2].append((text, number))
    for name, left, columns in tables:
        for row in range(BODY + 1, sheet.max_row + 1):
            key = sheet.cell(row, left).value
            for column, number in columns if key is not None else ():
                yield (name, str(key), column), row, number


def _replace(book: Workbook, old: str, new: str) -> None:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and old in cell.value and cell.data_type == "s":
                    cell.value = cell.value.replace(old, new)
