"""Decisions of the array face: halves, limits and steps, taken as the exact face takes them wherever that is proved.

Rows in which it is not are noted as doubtful, so that whoever publishes what comes out asks the exact face for these.
Without being asked, such a row counts as a spreadsheet would have it: what differs only in the last digits of a double
is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, Protocol

import numpy as np

from xlperf.formula.expression import Expr, exempting, needs
from xlperf.formula.ratios import PLACES
from xlperf.formula.values import EXEMPT
from xlperf.formula.vectors import (
    BLOCK,
    UNIT,
    Cells,
    Column,
    Floats,
    Mixed,
    Numbers,
    Texts,
    Truths,
    cells,
    constant,
    extent,
    nothing,
    numbers,
)

_DIGITS = 14  # of a double's fifteen, those behind the first


class Source(Protocol):
    """Where columns come from, as arrays or as `vectors.Cells`."""

    def column(self, sheet: str, name: str) -> Column | Cells:
        """Return a column of a sheet."""
        ...

    def key(self, sheet: str) -> Column | Cells:
        """Return the key column of a sheet."""
        ...

    def size(self, sheet: str) -> int:
        """Return how many rows a sheet has."""
        ...


Guards = dict[int, tuple[tuple[str, ...], tuple[str, ...]]]  # an expression, by its id → what it needs, what exempts it


@dataclass
class Fold:
    """One column being worked out.

    asked: whether somebody asks for the rows in which a decision is not proved. guards, constants: what is known of
    expressions by their id, see `needed` and `constant`; kept by whoever keeps the expressions.
    """

    sheet: str
    source: Source
    asked: bool = False
    guards: Guards = field(default_factory=dict)
    constants: dict[int, Cells] = field(default_factory=dict)
    doubts: list[Truths] = field(default_factory=list)

    def column(self, name: str, sheet: str | None = None) -> Cells:
        """Return a column, of the own sheet where none is named."""
        return cells(self.source.column(self.sheet if sheet is None else sheet, name))

    def column_of_keys(self, sheet: str) -> Cells:
        """Return the key column of a sheet."""
        return cells(self.source.key(sheet))

    def needed(self, e: Expr) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the columns that an expression needs, and those that make it 不适用."""
        if id(e) not in self.guards:
            self.guards[id(e)] = needs(e), exempting(e)
        return self.guards[id(e)]

    def constant(self, e: Expr) -> Cells:
        """Return a constant as a column of length 1, which nobody changes."""
        if id(e) not in self.constants:
            self.constants[id(e)] = constant(e.args[0])
        return self.constants[id(e)]

    def apply(self, call: Callable[..., Any], *given: Any) -> Any:
        """Do an operation on columns, row by row."""
        return call(self, *given)

    def whole(self, call: Callable[..., Any], *given: Any) -> Any:
        """Do what looks at columns as wholes, or at their values one by one."""
        return call(self, *given)

    def spread(self, x: Cells) -> Cells:
        """Return a column as long as its sheet."""
        size = self.source.size(self.sheet)
        if isinstance(x, Texts):
            return x if len(x.codes) == size else replace(x, codes=np.broadcast_to(x.codes, (size,)))
        return x if len(x.x) == size else replace(x, x=np.broadcast_to(x.x, (size,)))

    def doubt(self, rows: Callable[[], Truths]) -> None:
        """Note rows that are not decided for certain."""
        if self.asked:
            self.doubts.append(rows())

    def doubtful(self) -> Truths:
        """Return in which rows something is not proved."""
        size = self.source.size(self.sheet)
        return reduce(np.logical_or, self.doubts, np.zeros(size, bool))


def half_up(x: Floats, digits: int | Floats) -> Floats:
    """Round half away from zero, looking at the 15 digits that a spreadsheet looks at."""
    if not isinstance(x, np.ndarray) or x.size <= BLOCK:
        return _half_up(x, digits)
    rounded = np.empty(len(x))
    for at in (slice(i, i + BLOCK) for i in range(0, len(x), BLOCK)):  # what one step leaves is still in the cache
        rounded[at] = _half_up(x[at], digits[at] if isinstance(digits, np.ndarray) and digits.size > 1 else digits)
    return rounded


def _half_up(x: Floats, digits: int | Floats) -> Floats:
    with np.errstate(all="ignore"):  # blank, 不适用 and the logarithm of zero
        if isinstance(digits, int) and max(map(abs, extent(x))) * 10.0**digits < 1e14:
            return _at_scale(x, 10.0**digits)
        last = np.minimum(np.trunc(digits), _DIGITS - np.floor(np.log10(np.abs(x))))
        result: Floats = np.where(np.isinf(x) | (x == 0), x, _at_scale(x, 10.0**last))
    return result


def _at_scale(x: Floats, scale: Any) -> Floats:
    size = np.abs(x) * scale
    whole = np.floor(size)
    noise = np.minimum(size * 4e-15 + 1e-15, 0.25)  # the last digits are a quarter apart at most
    rounded: Floats = np.copysign((whole + (size - whole > 0.5 - noise)) / scale, x)
    return rounded


def is_empty(x: Column | Cells) -> Truths:
    """Return which cells are blank; one answer where it is the same in every row."""
    match cells(x):
        case Numbers() as n:
            return np.zeros(1, bool) if n.whole else np.isnan(n.x)
        case Texts() as t:
            return t.codes < 0
        case Mixed() as m:
            return np.array([v is None or (isinstance(v, float) and np.isnan(v)) for v in m.x], bool)


def is_exempt(x: Column | Cells) -> Truths:
    """Return which cells are 不适用; one answer where it is the same in every row."""
    match cells(x):
        case Numbers() as n:
            return np.zeros(1, bool) if n.whole else np.isinf(n.x)
        case Texts() as t:
            return t.where(lambda word: word == EXEMPT)
        case Mixed() as m:
            return np.array([v == EXEMPT for v in m.x], bool)


def as_numbers(x: Cells) -> Numbers:
    """Keep the numbers of a column; whatever else stands there is blank."""
    if isinstance(x, Numbers):
        return x
    if isinstance(x, Texts):
        return replace(nothing(), x=np.where(x.codes < 0, np.nan, np.nan))
    return numbers(np.array([v if isinstance(v, float) else np.nan for v in x.x], np.float64))


def cleaned(x: Cells, face: Fold) -> Numbers:
    """Return numbers at the nine decimals that comparisons look at, each the nearest double; 不适用 stays."""
    a = as_numbers(x)
    return a.on(PLACES) or rounded_at(a, PLACES, face)


def rounded_at(a: Numbers, digits: int, face: Fold) -> Numbers:
    """Round at so many decimals, by whole numbers where the exact values are proved."""
    known = a.on()
    if known is not None and known.decimals is not None and known.decimals <= digits:
        return known
    most = a.most + 10.0**-digits
    made = Numbers(a.x, a.whole, max(digits, 0), True, most * UNIT, most, 0.0 if a.low >= 0 else -most)
    if known is None or known.decimals is None or known.most * 10.0**known.decimals >= 2.0**50:
        face.doubt(lambda: near_half(a, digits))
        return replace(made, x=half_up(a.x, digits), nearest=a.most * 10.0**digits < 1e14)
    step = 10.0 ** (known.decimals - digits)
    size = np.rint((known.x if a.low >= 0 else np.abs(known.x)) * 10.0**known.decimals)
    whole = np.floor((size + step / 2) / step)
    x = whole / 10.0**digits if digits >= 0 else whole * 10.0**-digits
    return replace(made, x=x if a.low >= 0 else np.copysign(x, known.x))


def near_half(a: Numbers, digits: int | Floats) -> Truths:
    """Return in which rows a number may be on the other side of a half than its double."""
    scale = 10.0 ** np.asarray(digits, float)
    size = np.abs(a.real()) * scale
    near = np.abs(size - np.floor(size) - 0.5) <= a.error * scale + size * 4 * UNIT
    return np.asarray(near | (size >= 2.0**50), bool)
