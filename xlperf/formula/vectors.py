"""Columns of the array face: numbers as float64 with what is proved of them, texts as codes of a list of words.

Numbers know by how much they may be off, and on how many decimals their exact values lie where that is known: a sum of
marks with two decimals and weights with two lies on four, whatever noise its double has. So a half, a tie or a limit is
decided as the exact face decides it, without asking it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from xlperf.formula.values import EXEMPT, Value, from_float

Column = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.intp]

BLOCK = 8_192  # rows; what a few hundred calls pass on then stays in the cache of a core
UNIT = 2.0**-53  # what one operation on doubles may be off, of the size of its result
_HELD = 2.0**50  # whole numbers up to here are doubles, halves between them too
_MOST_DECIMALS = 15


@dataclass(slots=True, eq=False)  # made by the hundred: a frozen one takes three times as long
class Numbers:
    """A column of numbers: NaN is blank, +inf 不适用; of length 1 where it is the same in every row.

    whole: whether no row is blank or 不适用. decimals: on how many decimals every exact value lies, None where nobody
    knows. nearest: whether each double is the one nearest to its exact value. error: by how much a double may be off at
    most. most, low: no value is larger than the one in size, or below the other.
    """

    x: Floats
    whole: bool = False
    decimals: int | None = None
    nearest: bool = False
    error: float = np.inf
    most: float = np.inf
    low: float = -np.inf

    def real(self) -> Floats:
        """Return the numbers, 不适用 as NaN: it takes no part in arithmetic."""
        return self.x if self.whole else np.where(np.isinf(self.x), np.nan, self.x)

    def measured(self) -> Numbers:
        """Return the same with its bounds as they are, and not as they were reckoned."""
        low, high = extent(self.x, whole=self.whole)
        return replace(self, most=max(abs(low), abs(high)), low=low)

    def on(self, decimals: int | None = None) -> Numbers | None:
        """Return it with the nearest doubles where the exact values are proved; None where they are not.

        decimals: of which there may be no more, None for as many as a double holds.
        """
        if self.decimals is None or (decimals is not None and self.decimals > decimals):
            return None
        if self.nearest:
            return self
        known = self if self.is_proved(self.decimals) else self.measured()
        if not known.is_proved(self.decimals):
            return None
        scale = 10.0**self.decimals
        x = np.rint(self.x * scale) / scale
        return replace(known, x=x, nearest=True, error=known.most * UNIT)

    def is_proved(self, decimals: int) -> bool:
        """Return whether only one value of so many decimals is as near as the exact one must be."""
        scale = 10.0**decimals
        return self.most * scale < _HELD and self.error * scale < 0.25

    def take(self, at: Codes, *, some_miss: bool) -> Numbers:
        """Return the numbers of some rows; blank where a position is below 0. some_miss: whether one is."""
        if not len(self.x):
            return replace(self, x=np.full(len(at), np.nan), whole=False)
        found = self.x[at]
        return replace(self, x=np.where(at < 0, np.nan, found), whole=False) if some_miss else replace(self, x=found)


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """A column of texts: the place of each in a list of words, −1 for a blank cell; length 1 as with numbers."""

    codes: Codes
    words: tuple[str, ...]

    def objects(self) -> Column:
        """Return the texts themselves, None for blank."""
        words = np.empty(len(self.words) + 1, object)
        words[:-1] = self.words
        words[-1] = None
        found: Column = words[self.codes]
        return found

    def take(self, at: Codes, *, some_miss: bool) -> Texts:
        """Return the texts of some rows; blank where a position is below 0. some_miss: whether one is."""
        if not len(self.codes):
            return replace(self, codes=np.full(len(at), -1))
        found = self.codes[at]
        return replace(self, codes=np.where(at < 0, -1, found) if some_miss else found)

    def where(self, holds: Callable[[str], bool], blank: bool = False) -> Truths:
        """Return in which rows a word is one of which something holds. blank: the answer for a blank cell."""
        return looked_up(np.array([*map(holds, self.words), blank], bool), self.codes)


@dataclass(frozen=True, slots=True, eq=False)
class Mixed:
    """A column in which numbers and texts stand: floats, str, None, cell by cell."""

    x: Column

    def take(self, at: Codes, *, some_miss: bool) -> Mixed:
        """Return the cells of some rows; blank where a position is below 0. some_miss: whether one is."""
        if not len(self.x):
            return Mixed(np.full(len(at), None, object))
        found = self.x[at]
        found[at < 0] = None
        return Mixed(found)


Cells = Numbers | Texts | Mixed


def looked_up(of_words: Column, codes: Codes) -> Column:
    """Return for each row what stands at the place of its word; the last of all is for a blank cell."""
    found: Column = of_words[codes] if isinstance(codes, np.ndarray) else codes.within(of_words)
    return found


def extent(x: Floats, *, whole: bool = False) -> tuple[float, float]:
    """Return the smallest and the largest of the numbers, 0 and 0 where there is none. whole: whether all are."""
    if not isinstance(x, np.ndarray):  # one that is recorded knows bounds that hold for others too
        found: tuple[float, float] = x.extent()
        return found
    there = x if whole else x[np.isfinite(x)]
    return (float(there.min()), float(there.max())) if there.size else (0.0, 0.0)


# ---- made of plain values, and back ------------------------------------------------------------------------------


def decimals_of(value: Fraction) -> int | None:
    """Return on how many decimals a number lies; None where it has no end, or too many for a double."""
    for count in range(_MOST_DECIMALS + 1):
        if 10**count % value.denominator == 0:
            return count
    return None


def constant(value: Value) -> Cells:
    """Return a column that is the same in every row."""
    if isinstance(value, Fraction):
        x = float(value)
        return Numbers(np.array([x]), True, decimals_of(value), True, abs(x) * UNIT, abs(x), x)
    if value is None or value == EXEMPT:
        return nothing(np.nan if value is None else np.inf)
    return Texts(np.zeros(1, np.intp), (value,))


def nothing(mark: float = np.nan) -> Numbers:
    """Return a column without one number. mark: NaN for blank, +inf for 不适用."""
    return Numbers(np.array([mark]), False, 0, True, 0.0, 0.0, 0.0)


def is_nothing(x: Cells) -> bool:
    """Return whether a column is blank throughout, so that it may count as one of texts."""
    return isinstance(x, Numbers) and len(x.x) == 1 and bool(np.isnan(x.x[0]))


def numbers(x: Floats) -> Numbers:
    """Return typed numbers, each the nearest double of a decimal, with what can be seen of them."""
    whole = bool(np.isfinite(x).all())
    found = Numbers(x, whole, None, True, np.inf).measured()
    there = x if whole else x[np.isfinite(x)]
    decimals = None
    for count in range(10):
        scale = 10.0**count
        if found.most * scale >= _HELD:
            break
        if bool((np.rint(there * scale) / scale == there).all()):
            decimals = count
            break
    return replace(found, decimals=decimals, error=found.most * UNIT)


def as_drawn(x: Floats) -> Numbers:
    """Return numbers that somebody drew: each is what it is, on whatever decimals."""
    found = Numbers(x, bool(np.isfinite(x).all()), None, True, np.inf).measured()
    return replace(found, error=found.most * UNIT)


def texts(values: Sequence[Any]) -> Texts:
    """Return a column of texts; what is no text is blank."""
    at: dict[Any, int] = {}
    found = [at.setdefault(v, len(at)) if isinstance(v, str) else -1 for v in values]
    return Texts(np.array(found, np.intp), tuple(map(str, at)))


def cells(x: Column | Cells) -> Cells:
    """Return an array as what it holds: float64 as numbers, objects as texts where they are."""
    if not isinstance(x, np.ndarray):
        return x
    if x.dtype != object:
        return numbers(np.asarray(x, np.float64))
    return texts(x.tolist()) if all(v is None or isinstance(v, str) for v in x) else Mixed(x)


def typed(values: Sequence[Value], text: bool) -> Cells:
    """Return plain values as a column. text: whether it holds texts."""
    if text:
        return texts(values) if all(v is None or isinstance(v, str) for v in values) else Mixed(to_array(values, True))
    return numbers(to_array(values, text=False))


def to_array(values: Sequence[Value], text: bool) -> Column:
    """Make a column array of plain values; `text` keeps them as objects."""
    if text:
        made = np.empty(len(values), object)
        made[:] = list(values)
        return made
    found = [
        v.numerator / v.denominator if isinstance(v, Fraction) else np.nan if v is None else np.inf for v in values
    ]
    return np.array(found, np.float64)


def plain_array(x: Cells) -> Column:
    """Return a column as callers see it: float64 (NaN blank, +inf 不适用), or objects where it holds text."""
    return x.objects() if isinstance(x, Texts) else x.x


def objects(x: Cells) -> Column:
    """Return every value of a column as an object: float, text, None or 不适用."""
    if isinstance(x, Texts):
        return x.objects()
    if isinstance(x, Mixed):
        return x.x
    made = x.x.astype(object)
    made[np.isnan(x.x)] = None
    made[np.isinf(x.x)] = EXEMPT
    return made


def value_of(x: Any) -> Value:
    """Return a cell as a plain value; a float counts as the fifteen digits it shows."""
    return from_float(x) if isinstance(x, float) else x
