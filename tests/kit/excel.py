"""Stand-ins for Excel: an open workbook as xlwings gives it, of plain cells."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl


class Area:
    """A range of the stand-in: `value` gets and sets rows."""

    def __init__(self, sheet: FakeSheet, first: tuple[int, int], last: tuple[int, int] | None = None) -> None:
        self._sheet, self._first, self._last = sheet, first, last or first
        self.color: tuple[int, ...] = ()
        self.font = SimpleNamespace(bold=False)
        self.wrap_text = False

    @property
    def column_width(self) -> float:
        return self._sheet.widths.get(self._first[1], 8.0)

    @column_width.setter
    def column_width(self, width: float) -> None:
        self._sheet.widths[self._first[1]] = width

    def options(self, **_: object) -> Area:
        return self

    @property
    def value(self) -> list[list[Any]]:
        (top, left), (bottom, right) = self._first, self._last
        return [[self._sheet.cells.get((r, c)) for c in range(left, right + 1)] for r in range(top, bottom + 1)]

    @property
    def formula(self) -> tuple[tuple[str, ...], ...] | str:
        (top, left), (bottom, right) = self._first, self._last
        rows = tuple(
            tuple(self._sheet.formula_of(r, c) for c in range(left, right + 1)) for r in range(top, bottom + 1)
        )
        return rows if self._first != self._last else rows[0][0]

    @value.setter
    def value(self, given: Any) -> None:
        rows = given if isinstance(given, list) else [[given]]
        for r, row in enumerate(rows, start=self._first[0]):
            for c, cell in enumerate(row, start=self._first[1]):
                is_text = isinstance(cell, str) and cell.startswith("'")
                self._sheet.cells[r, c] = cell[1:] if is_text else cell
                self._sheet.formulas.pop((r, c), None)


class FakeSheet:
    def __init__(self, name: str) -> None:
        self.name, self.cells, self.api = name, {}, SimpleNamespace(Visible=-1)
        self.formulas: dict[tuple[int, int], str] = {}
        self.widths: dict[int, float] = {}

    def formula_of(self, row: int, column: int) -> str:
        """Return what Excel shows in its formula bar; cells are counted from 1."""
        value = self.cells.get((row, column))
        return self.formulas.get((row, column), "" if value is None else str(value))

    @property
    def used_range(self) -> Any:
        rows, columns = zip(*self.cells, strict=True) if self.cells else ((1,), (1,))
        return SimpleNamespace(last_cell=SimpleNamespace(row=max(rows), column=max(columns)))

    def range(self, first: tuple[int, int], last: tuple[int, int] | None = None) -> Area:
        return Area(self, first, last)

    def clear_contents(self) -> None:
        self.cells = {}

    def activate(self) -> None:
        """Come to the front."""


class FakeSheets(list[FakeSheet]):
    def __getitem__(self, key: Any) -> Any:
        return next(s for s in self if s.name == key) if isinstance(key, str) else super().__getitem__(key)

    @property
    def active(self) -> FakeSheet:
        return self[0]

    def add(self, name: str, after: FakeSheet) -> FakeSheet:
        self.append(FakeSheet(name))
        self[-1].delete = lambda: self.remove(self[name])
        return self[-1]


def opened(file: Path) -> SimpleNamespace:
    """Return a workbook as if Excel had it open: its cells, its formulas and what they came to; nothing calculates."""
    shown, written = openpyxl.load_workbook(file, data_only=True), openpyxl.load_workbook(file)
    sheets = FakeSheets(FakeSheet(title) for title in shown.sheetnames)
    for sheet in sheets:
        for row in shown[sheet.name].iter_rows():
            sheet.cells.update({(c.row, c.column): c.value for c in row if c.value is not None})
        for row in written[sheet.name].iter_rows():
            sheet.formulas.update({(c.row, c.column): c.value for c in row if c.data_type == "f"})
    told: list[tuple[str, ...]] = []
    app = SimpleNamespace(
        alert=lambda *words: told.append(words), calculate=lambda: None, calculation="automatic", screen_updating=True
    )
    return SimpleNamespace(sheets=sheets, app=app, fullname=str(file), told=told)
