"""Judge the cells of one column together: what is plainly right becomes a value, the rest waits for `entries.cell`.

Limits and conditions are worked out once for the whole column. Nothing is decided here that `entries.cell` decides
otherwise: what is not plainly right is `UNSURE`, and no place is made for what has no problem.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from xlperf.engine.plan import Column, Row, Sheet
from xlperf.engine.score import defaulted
from xlperf.entries.cell import EARLIEST, LATEST, LONGEST, SHARES_FROM, Raw, is_beyond
from xlperf.formula.evaluate import evaluate
from xlperf.formula.expression import Expr, columns_of, link_of
from xlperf.formula.values import (
    EXEMPT,
    LONGEST_NUMBER,
    Value,
    day_number,
    from_float,
    iso_day,
    plain_number,
)
from xlperf.problems import Where
from xlperf.scheme.reading.cells import PLAIN, bare, is_empty


class Unsure:
    """What stands for a cell that its own judge has to look at."""


UNSURE: Final = Unsure()
Found = Value | Unsure
_FIRST, _LAST = day_number(EARLIEST), day_number(LATEST)


@dataclass(frozen=True)
class Filled:
    """The cells of one column of a sheet in rows that no other sheet has.

    needed: see `Entry`. rows: of the tables; values are put there. raws: what was typed. place, order: of one of
    them, by its position.
    """

    sheet: Sheet
    column: Column
    needed: bool
    rows: Sequence[dict[str, Value]]
    raws: Sequence[Raw]
    place: Callable[[int], Where]
    order: Callable[[int], int]

    def read(self) -> list[Found]:
        """Return the value of every cell that is plainly right, UNSURE for the others."""
        column, at = self.column, _Given(self.sheet, self.rows)
        if column.offers or not all(at.has(e) for e in (column.low, column.high, column.asked) if e is not None):
            return [UNSURE] * len(self.rows)
        read = _reader(column, at)
        closed = [not x for x in at.every(column.asked)] if column.asked is not None else [False] * len(self.rows)
        asked = column.required and self.needed
        return [
            (None if shut or not asked else UNSURE) if raw is None else UNSURE if shut else read(raw, i)
            for i, (raw, shut) in enumerate(zip(self.raws, closed, strict=True))
        ]


class _Given:
    """The rows as a source of what limits and conditions look at; computed columns are not there."""

    def __init__(self, sheet: Sheet, rows: Sequence[Row]) -> None:
        self._sheet, self._rows = sheet, rows

    def has(self, e: Expr) -> bool:
        """Return whether all that an expression looks at was given in the row itself."""
        there = (self._sheet.by_name.get(name) for name in columns_of(e))
        return link_of(e) is None and all(c is not None and c.expr is None for c in there)

    def every(self, e: Expr) -> Sequence[Value]:
        """Work out an expression for all rows."""
        return evaluate(e, self._sheet.name, self)

    def column(self, sheet: str, name: str) -> Sequence[Value]:
        """Return a column, defaults where a cell is empty."""
        column = self._sheet.by_name[name]
        return [defaulted(column, row.get(name)) for row in self._rows]

    def key(self, sheet: str) -> Sequence[Value]:
        """Return the keys."""
        return self.column(sheet, self._sheet.key.name)

    def size(self, sheet: str) -> int:
        """Return how many rows there are."""
        return len(self._rows)


Read = Callable[[Raw, int], Found]


def _reader(column: Column, at: _Given) -> Read:
    if column.holds == "number":
        return _numbers(column, at)
    return _days if column.holds == "date" else _texts(column)


def _texts(column: Column) -> Read:
    """Return what reads a text: free, or one of the choices."""
    seen: dict[str, Found] = {}

    def read(raw: Raw, _: int) -> Found:
        if not isinstance(raw, str) or is_empty(raw) or (column.exempt and bare(raw) == EXEMPT):
            return UNSURE
        text = raw.strip()
        if not column.choices:
            return text if len(text) <= LONGEST else UNSURE
        if text not in seen:
            seen[text] = text if bare(text) == text and text in column.choices else UNSURE
        return seen[text]

    return read


def _days(raw: Raw, _: int) -> Found:
    """Read a day written 2017-12-31."""
    day = iso_day(raw.strip()) if isinstance(raw, str) else None
    return day if day is not None and _FIRST <= day < _LAST else UNSURE


def _numbers(column: Column, at: _Given) -> Read:
    """Return what reads a number: within its limits, with no more decimals than asked for, surely no percentage."""
    low, high = (_limit(e, at) for e in (column.low, column.high))
    scale = None if column.decimals is None else 10**column.decimals
    seen: dict[Raw, Fraction | None] = {}

    def read(raw: Raw, i: int) -> Found:
        if raw in seen and raw.__class__ is str:
            value = seen[raw]
        else:
            value = seen[raw] = _plainly(raw, scale)
        if value is None:
            return UNSURE
        n, d = value.numerator, value.denominator
        least, most = low[i], high[i]
        if least is not None and n * least.denominator < least.numerator * d:
            return UNSURE
        if most is not None:
            top = most.numerator
            if n * most.denominator > top * d or (0 < n < d and top >= SHARES_FROM * most.denominator):
                return UNSURE
        return value

    return read


def _plainly(raw: Raw, scale: int | None) -> Fraction | None:
    """Return a number that is written as one, None where more has to be looked at."""
    value = None
    if isinstance(raw, str):
        plain = raw.strip()
        value = plain_number(plain) if len(plain) <= LONGEST_NUMBER and PLAIN.match(plain) else None
    elif isinstance(raw, float):
        value = from_float(raw) if math.isfinite(raw) else None
    elif isinstance(raw, int) and not isinstance(raw, bool):
        value = Fraction(raw)
    elif isinstance(raw, Fraction):
        value = raw
    if value is None or is_beyond(value):
        return None
    return value if scale is None or scale % value.denominator == 0 else None


def _limit(e: Expr | None, at: _Given) -> Sequence[Fraction | None]:
    """Work a limit out for all rows; None where there is none."""
    found = [None] * at.size("") if e is None else at.every(e)
    return [x if isinstance(x, Fraction) else None for x in found]
