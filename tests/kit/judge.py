"""LibreOffice as the judge of formulas: write cells, let it calculate, read what it shows.

Formula cells are written with a false cached value, and kit.libreoffice lets LibreOffice recalculate
every file it opens, so a value that comes back was calculated there and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import openpyxl
import xlsxwriter

from kit.libreoffice import converted
from kit.programs import need
from xlperf.formula.values import Value, number

FALSE_CACHE = 987654.321  # what a formula cell says until somebody calculates it


@dataclass(frozen=True, slots=True)
class Formula:
    """The text of a formula cell, without the leading `=`."""

    text: str


Cell = Formula | Value | int | float
Grid = Sequence[Sequence[Cell]]
Shown = list[list[object]]


class Judge:
    """A folder of its own; every call is one run of LibreOffice (some seconds), so ask much at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._asked = 0

    def __call__(self, sheets: Mapping[str, Grid]) -> dict[str, Shown]:
        """Return the calculated cells of every sheet, rows as long as the sheet is wide."""
        self._asked += 1
        asked = self._folder / f"asked{self._asked}.xlsx"
        _write(asked, {**sheets, "control": [[Formula("1+1")]]})
        [answered] = converted([asked], self._folder / "answered")
        shown = _read(answered)
        assert shown.pop("control") == [[2]], "LibreOffice did not recalculate"
        return shown


def open_judge(folder: Path) -> Judge:
    """Return a judge; without LibreOffice skip the test, and in CI fail it."""
    need("soffice")
    return Judge(folder)


def _write(path: Path, sheets: Mapping[str, Grid]) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, grid in sheets.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(grid):
                for c, cell in enumerate(row):
                    _write_cell(sheet, r, c, cell)


def _write_cell(sheet: xlsxwriter.worksheet.Worksheet, r: int, c: int, cell: Cell) -> None:
    match cell:
        case Formula(text):
            sheet.write_formula(r, c, f"={text}", None, FALSE_CACHE)
        case str():
            sheet.write_string(r, c, cell)
        case Fraction() | int() | float():
            sheet.write_number(r, c, float(cell))


def _read(path: Path) -> dict[str, Shown]:
    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    try:
        return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}
    finally:
        book.close()


def agrees(shown: object, exact: Value, *, identical: bool = False) -> bool:
    """Compare what a cell shows with an exact value; "" and an empty cell are blank alike.

    identical: the number must be the very double that the decimal is read as, not one beside it.
    """
    if exact is None:
        return shown in (None, "")
    if isinstance(exact, str):
        return shown == exact
    if isinstance(shown, bool) or not isinstance(shown, int | float):
        return False
    wanted = float(exact)
    return float(shown) == wanted if identical else abs(shown - wanted) <= 1e-9 * max(1.0, abs(wanted))


def read_cell(text: str, expected: Value) -> object:
    """Read a number where one is expected; what else stands there stays text."""
    found = number(text) if isinstance(expected, Fraction) else None
    return text if found is None else float(found)
