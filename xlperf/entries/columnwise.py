"""Judge the cells of one column together: what is plainly right becomes a value, the rest waits for `entries.cell`.

Limits and conditions are worked out once for the whole column. Nothing is decided here that `entries.cell` decides
otherwise: what is not plainly right is `UNSURE`, and no place is made for what has no problem.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import compress
from operator import gt, lt, mul
from typing import Final

from xlperf.engine.plan import Column, Sheet
from xlperf.engine.score import given_cells
from xlperf.entries.cell import EARLIEST, LATEST, LONGEST, SHARES_FROM, Raw, is_beyond
from xlperf.formula.evaluate import Cells, worked_out
from xlperf.formula.expression import Expr, columns_of, link_of
from xlperf.formula.ratios import Ratios, ratios
from xlperf.formula.values import (
    EXEMPT,
    LONGEST_NUMBER,
    Value,
    day_number,
    from_float,
    iso_day,
    plain_numbers,
)
from xlperf.problems import Where
from xlperf.scheme.reading.cells import PLAIN, bare, is_empty


class Unsure:
    """What stands for a cell that its own judge has to look at."""


UNSURE: Final = Unsure()
Found = Value | Unsure
_FEW_DIGITS = 10**15  # below it a whole number is the same as a float
_SHORT = 15  # characters; a number that is written in so few is none that is too large
_NUMBER = r"[+-]?(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})"  # as `PLAIN`, of no more digits than a spreadsheet keeps
_NUMBERS = re.compile(rf"{_NUMBER}(?:\n{_NUMBER})*\Z", re.ASCII)
_FIRST, _LAST = day_number(EARLIEST), day_number(LATEST)


class Rows:
    """Rows of a sheet as a source of what limits and conditions look at; computed columns are not there.

    What was worked out is kept until a column that it looks at is filled.
    """

    def __init__(self, sheet: Sheet, rows: Sequence[dict[str, Value]]) -> None:
        self.sheet, self.rows = sheet, rows
        self._columns: dict[str, Cells] = {}
        self._every: dict[int, tuple[Expr, Cells]] = {}

    def has(self, e: Expr) -> bool:
        """Return whether all that an expression looks at was given in the row itself."""
        there = (self.sheet.by_name.get(name) for name in columns_of(e))
        return link_of(e) is None and all(c is not None and c.expr is None for c in there)

    def every(self, e: Expr) -> Cells:
        """Work out an expression for all rows."""
        if id(e) not in self._every:
            self._every[id(e)] = e, worked_out(e, self.sheet.name, self)
        return self._every[id(e)][1]

    def put(self, columns: Mapping[str, Sequence[Value]]) -> None:
        """Put values into the rows, column by column name."""
        for name, values in columns.items():
            for row, value in zip(self.rows, values, strict=True):
                row[name] = value
            self._forget(name)

    def clear(self, names: Sequence[str]) -> None:
        """Make columns blank."""
        blank = dict.fromkeys(names)
        for row in self.rows:
            row.update(blank)
        for name in names:
            self._forget(name)

    def _forget(self, name: str) -> None:
        self._columns.pop(name, None)
        self._every = {at: both for at, both in self._every.items() if name not in columns_of(both[0])}

    def column(self, sheet: str, name: str) -> Cells:
        """Return a column, defaults where a cell is empty."""
        if name not in self._columns:
            self._columns[name] = given_cells(self.sheet.by_name[name], self.rows)
        return self._columns[name]

    def key(self, sheet: str) -> Cells:
        """Return the keys."""
        return self.column(sheet, self.sheet.key.name)

    def size(self, sheet: str) -> int:
        """Return how many rows there are."""
        return len(self.rows)


@dataclass(frozen=True)
class Filled:
    """The cells of one column of a sheet in rows that no other sheet has.

    needed: see `Entry`. at: the rows of the tables; values are put there. raws: what was typed. place, order: of one
    of them, by its position. typed: what a spreadsheet says of one of them, its value and type; None of typed text.
    """

    at: Rows
    column: Column
    needed: bool
    raws: Sequence[Raw]
    place: Callable[[int], Where] = field(default=lambda _: Where())
    order: Callable[[int], int] = field(default=lambda _: 0)
    typed: Callable[[int], tuple[Raw, str]] | None = None

    @property
    def sheet(self) -> Sheet:
        """Return the sheet."""
        return self.at.sheet

    @property
    def rows(self) -> Sequence[dict[str, Value]]:
        """Return the rows."""
        return self.at.rows

    def read(self) -> list[Found]:
        """Return the value of every cell that is plainly right, UNSURE for the others."""
        column, at = self.column, self.at
        if column.offers or not all(at.has(e) for e in (column.low, column.high, column.asked) if e is not None):
            return [UNSURE] * len(self.raws)
        found = _READERS.get(column.holds, _texts)(column, at, self.raws)
        empty: Found = UNSURE if column.required and self.needed else None
        if column.asked is None:
            if empty is None:
                return found
            return [empty if raw is None else value for raw, value in zip(self.raws, found, strict=True)]
        opened = at.every(column.asked)
        rows = zip(self.raws, found, opened, strict=True)
        return [
            (empty if is_open else None) if raw is None else value if is_open else UNSURE
            for raw, value, is_open in rows
        ]


def _each(
    raws: Sequence[Raw], read: Callable[[list[str]], list[Found]], otherwise: Callable[[Raw], Found] = lambda _: UNSURE
) -> list[Found]:
    """Return what cells come to: each text read once, None for nothing. otherwise: reads what is no text."""
    texts = [raw for raw in dict.fromkeys(raws) if isinstance(raw, str)]
    known: dict[Raw, Found] = dict(zip(texts, read(texts), strict=True))
    known[None] = None
    if {*map(type, raws)} <= {str, type(None)}:
        return [*map(known.__getitem__, raws)]
    return [known[raw] if raw is None or isinstance(raw, str) else otherwise(raw) for raw in raws]


def _texts(column: Column, _: Rows, raws: Sequence[Raw]) -> list[Found]:
    """Read texts: free, or one of the choices."""

    def read(raw: str) -> Found:
        if is_empty(raw) or (column.exempt and bare(raw) == EXEMPT):
            return UNSURE
        text = raw.strip()
        if not column.choices:
            return text if len(text) <= LONGEST else UNSURE
        return text if bare(text) == text and text in column.choices else UNSURE

    return _each(raws, lambda texts: [*map(read, texts)])


def _days(_: Column, __: Rows, raws: Sequence[Raw]) -> list[Found]:
    """Read days written 2017-12-31."""

    def read(raw: str) -> Found:
        day = iso_day(raw.strip())
        return day if day is not None and _FIRST <= day < _LAST else UNSURE

    return _each(raws, lambda texts: [*map(read, texts)])


def _numbers(column: Column, at: Rows, raws: Sequence[Raw]) -> list[Found]:
    """Read numbers: within their limits, with no more decimals than asked for, surely no percentages."""
    scale = None if column.decimals is None else 10**column.decimals
    found = _each(raws, lambda texts: _written(texts, scale), lambda raw: _plainly(raw, scale))
    values = Ratios.of([None if isinstance(x, Unsure) else x for x in found])
    beyond = _beyond(values, *(None if e is None else ratios(at.every(e)) for e in (column.low, column.high)))
    return [UNSURE if out else x for x, out in zip(found, beyond, strict=True)] if True in beyond else found


def _beyond(values: Ratios, low: Ratios | None, high: Ratios | None) -> list[bool]:
    """Return which numbers are not within limits, or may be shares of a limit that is none; what is none is not."""
    above, below = values.pair
    beyond = [False] * len(above)
    if low is not None:
        n, d = low.pair
        beyond = list(map(lt, map(mul, above, d), map(mul, n, below)))
    if high is not None:
        n, d = high.pair
        over = map(gt, map(mul, above, d), map(mul, n, below))
        shares = [0 < x < y and t >= SHARES_FROM * e > 0 for x, y, t, e in zip(above, below, n, d, strict=True)]
        beyond = [a or b or c for a, b, c in zip(beyond, over, shares, strict=True)]
    return beyond


_READERS = {"number": _numbers, "date": _days}


@lru_cache(maxsize=20_000, typed=True)  # most marks are said in many books
def _plainly(raw: Raw, scale: int | None) -> Fraction | Unsure:
    """Return what is a number, UNSURE where more has to be looked at."""
    value = None
    if isinstance(raw, float):
        value = from_float(raw) if math.isfinite(raw) else None
    elif isinstance(raw, int) and not isinstance(raw, bool):
        value = from_float(raw) if abs(raw) < _FEW_DIGITS else Fraction(raw)
    elif isinstance(raw, Fraction):
        value = raw
    return UNSURE if value is None else _held(value, scale)


def _written(texts: list[str], scale: int | None) -> list[Found]:
    """Return the numbers that are written as numbers, UNSURE where more has to be looked at."""
    stripped, sure = texts, [True] * len(texts)
    lines = "\n".join(texts)
    if not _NUMBERS.match(lines) or lines.count("\n") >= len(texts):
        stripped = [text.strip() for text in texts]
        sure = [PLAIN.match(text) is not None and len(text) <= LONGEST_NUMBER for text in stripped]
    written = [*compress(stripped, sure)]
    found: list[Found] = [
        x if len(text) <= _SHORT and (scale is None or not scale % x.denominator) else _held(x, scale)
        for text, x in zip(written, plain_numbers(written), strict=True)
    ]
    if len(found) == len(texts):
        return found
    at = iter(found)
    return [next(at) if is_sure else UNSURE for is_sure in sure]


def _held(value: Fraction, scale: int | None) -> Fraction | Unsure:
    """Return a number that a cell can hold with as many decimals as asked for; UNSURE for another."""
    if scale is not None and scale % value.denominator:
        return UNSURE
    return UNSURE if is_beyond(value) else value
