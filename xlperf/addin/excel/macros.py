"""The button inside Excel: the calling workbook as `button.Pages`, and what the macros of the 总表 run.

Through the free part of xlwings. Written for Excel on Windows and not tried there; the tests press it on a
stand-in for xlwings' workbook.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from xlperf.addin.button import MOVES, Outcome, rank, undo
from xlperf.addin.issued import Row

COMMANDS: Mapping[str, Callable[..., Outcome]] = {"rank": rank, "undo": undo}
_HIDDEN = 0  # xlSheetHidden


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
        return [[None if cell == "" else cell for cell in row] for row in found]

    def formulas(self, title: str) -> Sequence[Sequence[str]]:
        """Return the formula of every cell, from A1 on."""
        sheet = self._book.sheets[title]
        last = sheet.used_range.last_cell
        found: Any = sheet.range((1, 1), (last.row, last.column)).formula
        return found if isinstance(found, tuple) else ((str(found),),)

    def put(self, title: str, row: int, column: int, value: Any) -> None:
        """Type a value into a cell."""
        self._book.sheets[title].range((row + 1, column + 1)).value = inert(value)

    def replace(self, title: str, rows: Sequence[Row], *, hidden: bool = False) -> None:
        """Write a worksheet anew, adding it at the end where there is none."""
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

    def remove(self, title: str) -> None:
        """Delete a worksheet; nothing where there is none."""
        if title in self.titles():
            self._book.sheets[title].delete()

    def recalculate(self) -> None:
        """Recalculate every formula."""
        self._book.app.calculate()


def inert(value: Any) -> Any:
    """Return a value that Excel keeps as it is: a text that looks like a formula or a number stays a text."""
    return f"'{value}" if isinstance(value, str) and value else value


def press(what: str) -> Outcome:
    """Run a command on the workbook whose macro called, and say in a window what came of it."""
    book = _calling()
    outcome = COMMANDS[what](ExcelBook(book), datetime.now().isoformat(" ", "seconds"))
    if outcome.done:
        book.sheets[MOVES].activate()
    book.app.alert("\n".join(outcome.told), "重新计算排名" if outcome.done else "没有改动")
    return outcome


def collect() -> int:
    """Collect the returned books of the round this workbook stands in, and say what came of it.

    The 总表 stands in the folder `out` of its round.
    """
    book = _calling()
    folder = Path(book.fullname).parent
    home = folder.parent if folder.name == "out" else folder
    done = subprocess.run(  # noqa: S603 our own program
        [sys.executable, "-m", "xlperf", "collect", str(home)], capture_output=True, text=True, encoding="utf-8"
    )
    book.app.alert((done.stdout + done.stderr)[-1000:] or "没有新的回收表", "汇总回收表")
    return done.returncode


def _calling() -> Any:
    return importlib.import_module("xlwings").Book.caller()
