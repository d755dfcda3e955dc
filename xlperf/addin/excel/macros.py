"""The button inside Excel: the calling workbook as `button.Pages`, and what the macros of the 总表 run.

Through the free part of xlwings. Written for Excel on Windows and not tried there; the tests press it on a
stand-in for xlwings' workbook.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from xlperf.addin.button import CAPTION, HEADING, MOVES, REFUSED, Outcome, rank, undo
from xlperf.addin.issued import Row

COMMANDS: Mapping[str, Callable[..., Outcome]] = {"rank": rank, "undo": undo}
_HEADING = tuple(HEADING.to_bytes(3, "big"))  # red, green, blue
_HIDDEN = 0  # xlSheetHidden
_DAY_0 = datetime(1899, 12, 30)


class ExcelBook:
    """An open workbook of Excel, as xlwings gives it."""

    def __init__(self, book: Any) -> None:
        self._book = book

    def titles(self) -> Sequence[str]:
        """List the worksheets."""
        return tuple(sheet.name for sheet in self._book.sheets)

    def rows(self, title: str) -> Sequence[Row]:
        """Return what the cells of a worksheet show, from A1 on."""
        sheet = self._book.sheets[title]
        last = sheet.used_range.last_cell
        area = sheet.range((1, 1), (last.row, last.column))
        found: list[list[Any]] = area.options(ndim=2, err_to_str=True).value
        return [[_plain(cell) for cell in row] for row in found]

    def formulas(self, title: str) -> Sequence[Sequence[str]]:
        """Return the formula of every cell, from A1 on."""
        sheet = self._book.sheets[title]
        last = sheet.used_range.last_cell
        found: Any = sheet.range((1, 1), (last.row, last.column)).formula
        return found if isinstance(found, tuple) else ((str(found),),)

    def put(self, title: str, row: int, column: int, value: Any) -> None:
        """Type a value into a cell."""
        self._book.sheets[title].range((row + 1, column + 1)).value = inert(value)

    def replace(self, title: str, rows: Sequence[Row], *, hidden: bool = False, widths: Sequence[float] = ()) -> None:
        """Write a worksheet anew, adding it at the end where there is none. widths: in characters, with headings."""
        if title in self.titles():
            sheet = self._book.sheets[title]
            sheet.clear_contents()
        else:
            front = self._book.sheets.active
            sheet = self._book.sheets.add(title, after=self._book.sheets[-1])
            front.activate()
        if rows:
            width = max(len(r) for r in rows)
            sheet.range((1, 1)).value = [[inert(v) for v in [*r, *[None] * width][:width]] for r in rows]
        if hidden:
            sheet.api.Visible = _HIDDEN
        for column, wide in enumerate(widths, start=1):
            sheet.range((1, column)).column_width = wide
        if widths:
            head = sheet.range((1, 1), (1, len(widths)))
            head.color, head.font.bold = _HEADING, True
            sheet.range((1, 1), (max(len(rows), 1), len(widths))).wrap_text = True

    def remove(self, title: str) -> None:
        """Delete a worksheet; nothing where there is none."""
        if title in self.titles():
            self._book.sheets[title].delete()

    def recalculate(self) -> None:
        """Recalculate every formula."""
        self._book.app.calculate()


def _plain(cell: Any) -> Any:
    """Return a cell as every program of ours sees it: nothing for an empty text, a day as its number."""
    if isinstance(cell, datetime):
        return (cell - _DAY_0).total_seconds() / 86_400
    return None if cell == "" else cell


def inert(value: Any) -> Any:
    """Return a value that Excel keeps as it is: a text that looks like a formula or a number stays a text."""
    return f"'{value}" if isinstance(value, str) and value else value


def press(what: str) -> Outcome:
    """Run a command on the workbook whose macro called, and say in a window what came of it."""
    book = calling_book()
    outcome = COMMANDS[what](ExcelBook(book), datetime.now().isoformat(" ", "seconds"))
    if outcome.done:
        book.sheets[MOVES].activate()
    book.app.alert("\n".join(outcome.lines), CAPTION if outcome.done else REFUSED)
    return outcome


def calling_book() -> Any:
    """Return the workbook whose macro called."""
    return importlib.import_module("xlwings").Book.caller()
