"""What a worksheet function receives: single cells and ranges, read into columns of exact values.

A cell is a float, a text, TRUE/FALSE, a date or None (empty); a range is rows of cells. An argument that
is left out is `OMITTED`, which is not the same as a cell that is empty. `""` is empty as well: that is
what a formula shows that has nothing to show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from xlperf.formula.evaluate import Cells
from xlperf.formula.expression import Expr, col
from xlperf.formula.values import ERRORS, EXEMPT, NO, YES, Value, day_number, from_float
from xlperf.problems import Problem, problem

Cell = float | int | str | bool | date | None
Grid = list[list[Any]]
Shape = tuple[int, int]


class Omitted(Enum):
    """The one value that says an argument was left out."""

    OMITTED = "omitted"


OMITTED: Final = Omitted.OMITTED


class CellError(Exception):
    """What a worksheet function answers instead of a value: an error code, and the reason as a problem."""

    def __init__(self, code: str, why: Problem) -> None:
        super().__init__(f"{why.message('zh')}。{why.remedy('zh')} | {why.message('en')}; {why.remedy('en')}")
        self.code = code
        self.problem = why


def wrong(code: str, shown: str = "#VALUE!", **values: object) -> CellError:
    """Make the error of a problem code. shown: the error that stands in the cell."""
    return CellError(shown, problem(code, None, **values))


def grid_of(raw: object) -> Grid | None:
    """Return a range of more than one cell as rows; None where it is a single cell."""
    if not isinstance(raw, list | tuple):
        return None
    rows = [list(row) if isinstance(row, list | tuple) else [row] for row in raw]
    if len({len(row) for row in rows}) > 1:
        raise ValueError("the rows of a range are not equally long")
    return None if len(rows) == 1 and len(rows[0]) == 1 else rows


def single(raw: object) -> object:
    """Return the cell of a range of one cell, anything else as it is."""
    while isinstance(raw, list | tuple) and len(raw) == 1:
        raw = raw[0]
    return raw


def value_of(raw: object, title: str, *, text: bool = False) -> Value:
    """Read one cell exactly. title: of the argument, for the error. text: whether words may stand here."""
    if raw is None or raw is OMITTED or raw == "":
        return None
    if isinstance(raw, bool):
        return Fraction(int(raw))
    if isinstance(raw, int | float):
        if raw != raw or raw in (float("inf"), float("-inf")):
            raise wrong("FN_NOT_FINITE", "#NUM!", argument=title)
        return from_float(raw)
    if isinstance(raw, datetime | date):
        return day_number(raw.date() if isinstance(raw, datetime) else raw)
    found = str(raw)
    if found in ERRORS:
        raise wrong("FN_ERROR", found, argument=title, found=found)
    if not text and found != EXEMPT:
        raise wrong("FN_NOT_A_NUMBER", argument=title, found=found)
    return found


def truth_of(raw: object, title: str) -> Value:
    """Read a condition: TRUE or FALSE, 1 or 0, 是 or 否; empty stays empty."""
    value = value_of(raw, title, text=True)
    if value in (Fraction(1), Fraction(0), None):
        return value
    if value in (YES, NO):
        return Fraction(int(value == YES))
    raise wrong("FN_CONDITION", argument=title, found=raw)


def line_of(raw: object, title: str, *, text: bool = False) -> list[Value]:
    """Read a range of one row or one column, or a single cell, as a list."""
    grid = grid_of(raw)
    if grid is None:
        return [value_of(single(raw), title, text=text)]
    if len(grid) > 1 and len(grid[0]) > 1:
        raise wrong("FN_TWO_DIMENSIONAL", argument=title, rows=len(grid), columns=len(grid[0]))
    return [value_of(cell, title, text=text) for row in grid for cell in row]


def table_of(raw: object, title: str, *, names: bool, words: bool) -> list[tuple[Value, Value]]:
    """Read a range of two columns; rows that are wholly empty are left out.

    names: whether the first column may hold text. words: whether the second may.
    """
    grid = grid_of(raw)
    if grid is None or len(grid[0]) != 2:
        raise wrong("FN_TABLE", argument=title, columns=1 if grid is None else len(grid[0]))
    rows = [(value_of(a, title, text=names), value_of(b, title, text=words)) for a, b in grid]
    found = [row for row in rows if row != (None, None)]
    if not found:
        raise wrong("FN_TABLE_EMPTY", argument=title)
    return found


def must_ascend(rows: Sequence[tuple[Value, Value]], title: str) -> None:
    """Refuse a table whose limits do not rise."""
    limits = [limit for limit, _ in rows if isinstance(limit, Fraction)]
    for i, (before, limit) in enumerate(pairwise(limits), start=2):
        if limit <= before:
            raise wrong("FN_TABLE_ORDER", argument=title, row=i, found=float(limit), before=float(before))


@dataclass
class Columns:
    """The cells of one call as columns: ranges as they are, single cells repeated to their size.

    shape: rows and columns of the result. titles: column → heading, for reasons.
    """

    shape: Shape = (1, 1)
    titles: dict[str, str] = field(default_factory=dict)
    _values: dict[str, list[Value]] = field(default_factory=dict)
    _broad: bool = False

    def add(self, title: str, values: list[Value]) -> Expr:
        """Put values in a column of its own; a list of one stands for every row."""
        name = f"a{len(self._values)}"
        self._values[name] = values
        self.titles[name] = title
        return col(name)

    def cell(self, raw: object, title: str, *, text: bool = False, truth: bool = False) -> Expr:
        """Read a cell, or a range that makes the result a range of its size."""
        grid = grid_of(raw)
        if grid is None:
            found = single(raw)
            return self.add(title, [truth_of(found, title) if truth else value_of(found, title, text=text)])
        self._reshape((len(grid), len(grid[0])), title)
        cells = [cell for row in grid for cell in row]
        return self.add(title, [truth_of(c, title) if truth else value_of(c, title, text=text) for c in cells])

    def _reshape(self, shape: Shape, title: str) -> None:
        if self._broad and shape != self.shape:
            found, wanted = (f"{rows}×{columns}" for rows, columns in (shape, self.shape))
            raise wrong("FN_SIZES", argument=title, found=found, wanted=wanted)
        self.shape, self._broad = shape, True

    def column(self, sheet: str, name: str) -> Cells:
        """Return a column, as long as the result has cells."""
        values = self._values[name]
        return values if len(values) == self.size(sheet) else values * self.size(sheet)

    def key(self, sheet: str) -> Cells:
        """Return a key column: these rows have none."""
        return [None] * self.size(sheet)

    def size(self, sheet: str) -> int:
        """Return how many cells the result has."""
        return self.shape[0] * self.shape[1]

    def row(self, index: int) -> Mapping[str, Value]:
        """Return one row, for its reason."""
        return {name: values[index if len(values) > 1 else 0] for name, values in self._values.items()}


@dataclass
class TwoSheets:
    """The cells of a look at other rows: `here` as in `Columns`, `there` the ranges looked at."""

    here: Columns
    there: dict[str, list[Value]]

    def column(self, sheet: str, name: str) -> Cells:
        """Return a column of either sheet."""
        return self.there[name] if sheet == "there" or name in self.there else self.here.column(sheet, name)

    def key(self, sheet: str) -> Cells:
        """Return the keys that a look-up searches."""
        return self.there["key_among"] if sheet == "there" else self.here.key(sheet)

    def size(self, sheet: str) -> int:
        """Return how many rows a sheet has."""
        return len(next(iter(self.there.values()))) if sheet == "there" else self.here.size(sheet)
