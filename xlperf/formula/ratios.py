"""Columns of exact numbers, worked on a column at a time: numerators in one list, denominators in another.

A fraction that is made anew at every step is brought to lowest terms each time, which is most of what exact arithmetic
costs. Here that is done when somebody looks at a value, and where the numbers grow long. Standard library only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property, reduce
from itertools import repeat
from math import gcd
from operator import add, floordiv, mul, sub
from typing import Any, overload

from xlperf.formula.values import Value, half_up, lowest, nearest, ratio, scaled

Whole = list[int]
Seen = int | str | None  # a value as comparisons see it: a number in units of its ninth decimal, text in small letters

PLACES = 9  # decimals that comparisons and steps look at
_SCALE = 10**PLACES
_LONG = 1 << 64  # a denominator above this is brought to lowest terms with its numerator


class Ratios(Sequence[Value]):
    """Values row by row, of which some are numbers.

    pair: numerators, and denominators above 0; both are 0 in a row where no number stands. rest: what stands there;
    None where these rows are all blank.
    """

    __slots__ = ("_pair", "_plain", "_rest", "_seen", "_values")

    def __init__(self, above: Whole, below: Whole, rest: list[Value] | None = None) -> None:
        if below and max(below) > _LONG:
            common = [gcd(n, d) or 1 for n, d in zip(above, below, strict=True)]
            above, below = list(map(floordiv, above, common)), list(map(floordiv, below, common))
        self._pair: tuple[Whole, Whole] | None = (above, below)
        self._rest = rest
        self._values: list[Value] | None = None
        self._seen: list[int | None] | None = None
        self._plain: Sequence[Seen] | None = None

    @classmethod
    def of(cls, values: list[Value]) -> Ratios:
        """Return values as a column; it is taken apart when first asked for."""
        found = cls([], [])
        found._pair, found._values = None, values
        return found

    @classmethod
    def constant(cls, value: Fraction | None, size: int) -> Ratios:
        """Return one number, or blank, in so many rows."""
        n, d = (0, 0) if value is None else value.as_integer_ratio()
        found = cls([n] * size, [d] * size)
        found._values = [value] * size
        if size > 1:  # of one it is asked when it is needed
            found._seen = [None if value is None else scaled(value, PLACES)] * size
        return found

    # ---- as numbers ----------------------------------------------------------------------------------

    @property
    def pair(self) -> tuple[Whole, Whole]:
        """Return numerators and denominators."""
        if self._pair is None:
            values = self._values or []
            kinds = set(map(type, values))
            if kinds <= {Fraction}:
                self._pair = [x._numerator for x in values], [x._denominator for x in values]  # type: ignore[union-attr]  # noqa: SLF001
            else:
                there = [x.as_integer_ratio() if x.__class__ is Fraction else (0, 0) for x in values]
                self._pair = [n for n, _ in there], [d for _, d in there]
                if not kinds <= {Fraction, type(None)}:
                    self._rest = [None if x.__class__ is Fraction else x for x in values]
        return self._pair

    @property
    def rest(self) -> list[Value] | None:
        """Return what stands where no number does."""
        return self._rest if self.pair else None

    @property
    def full(self) -> bool:
        """Return whether a number stands in every row."""
        return 0 not in self.pair[1]

    @property
    def seen(self) -> list[int | None]:
        """Return the numbers as comparisons see them: in units of the ninth decimal; None where there is none."""
        if self._seen is None:
            self._seen = [
                None if not d else n * (_SCALE // d) if not _SCALE % d else nearest(n * _SCALE, d)
                for n, d in zip(*self.pair, strict=True)
            ]
        return self._seen

    @property
    def plain(self) -> Sequence[Seen]:
        """Return the values as comparisons see them, see `plain`."""
        if self._plain is None:
            pairs = zip(self.seen, self.rest or (), strict=True)
            self._plain = self.seen if self.rest is None else [plain(other) if x is None else x for x, other in pairs]
        return self._plain

    def at(self, positions: Iterable[int | None]) -> Ratios:
        """Return the rows at these positions; blank where one is None."""
        (above, below), rest, at = self.pair, self.rest, list(positions)
        if None in at:
            there = [0 if i is None else above[i] for i in at], [0 if i is None else below[i] for i in at]
            return Ratios(*there, None if rest is None else [None if i is None else rest[i] for i in at])
        known: list[int] = at  # type: ignore[assignment]
        taken = [above[i] for i in known], [below[i] for i in known]
        return Ratios(*taken, None if rest is None else [rest[i] for i in known])

    # ---- as values -----------------------------------------------------------------------------------

    @property
    def values(self) -> list[Value]:
        """Return the values, numbers in lowest terms; made when first asked for."""
        if self._values is None:
            if self.full:
                self._values = [*lowest(*self.pair)]
            elif self.rest is None:
                self._values = [ratio(n, d) if d else None for n, d in zip(*self.pair, strict=True)]
            else:
                rows = zip(*self.pair, self.rest, strict=True)
                self._values = [ratio(n, d) if d else other for n, d, other in rows]
        return self._values

    @overload
    def __getitem__(self, at: int) -> Value: ...
    @overload
    def __getitem__(self, at: slice) -> list[Value]: ...
    def __getitem__(self, at: int | slice) -> Value | list[Value]:
        return self.values[at]

    def __iter__(self) -> Iterator[Value]:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self._values) if self._pair is None and self._values is not None else len(self.pair[0])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and not isinstance(other, str) and self.values == list(other)

    __hash__ = None  # type: ignore[assignment]  # as a list

    def __repr__(self) -> str:
        return f"Ratios({self.values!r})"


def ratios(cells: Sequence[Value]) -> Ratios:
    """Return a column that can be calculated with."""
    # of a list the second would ask a long way round
    return cells if cells.__class__ is not list and isinstance(cells, Ratios) else Ratios.of(list(cells))


# ---- arithmetic: blank where one of the two is no number -----------------------------------------------------------


def plus(a: Ratios, b: Ratios) -> Ratios:
    """Add."""
    return _joined(add, a, b)


def minus(a: Ratios, b: Ratios) -> Ratios:
    """Subtract."""
    return _joined(sub, a, b)


def _joined(f: Callable[[int, int], int], a: Ratios, b: Ratios) -> Ratios:
    (n, d), (m, e) = a.pair, b.pair
    if d == e:
        return Ratios(list(map(f, n, m)), d)
    return Ratios(list(map(f, map(mul, n, e), map(mul, m, d))), list(map(mul, d, e)))


def times(a: Ratios, b: Ratios) -> Ratios:
    """Multiply."""
    (n, d), (m, e) = a.pair, b.pair
    return Ratios(list(map(mul, n, m)), list(map(mul, d, e)))


def over(a: Ratios, b: Ratios) -> Ratios:
    """Divide; blank where the divisor is 0."""
    (n, d), (m, e) = a.pair, b.pair
    above, below = list(map(mul, n, e)), list(map(mul, d, m))
    if below and min(m) <= 0:
        above = [(x if y > 0 else -x) if y else 0 for x, y in zip(above, below, strict=True)]
        below = list(map(abs, below))
    return Ratios(above, below)


def negative(a: Ratios) -> Ratios:
    """Return the numbers with the other sign."""
    n, d = a.pair
    return Ratios([-x for x in n], d)


def least(*given: Ratios) -> Ratios:
    """Return the least of each row."""
    return reduce(lambda a, b: _either(a, b, [y < x for x, y in _common(a, b)]), given)


def greatest(*given: Ratios) -> Ratios:
    """Return the greatest of each row."""
    return reduce(lambda a, b: _either(a, b, [y > x for x, y in _common(a, b)]), given)


def _common(a: Ratios, b: Ratios) -> Iterator[tuple[int, int]]:
    """List the numerators of both over one denominator."""
    (n, d), (m, e) = a.pair, b.pair
    return zip(map(mul, n, e), map(mul, m, d), strict=True)


def _either(a: Ratios, b: Ratios, second: Sequence[bool]) -> Ratios:
    (n, d), (m, e) = a.pair, b.pair
    above = [y if s else x for s, x, y in zip(second, n, m, strict=True)]
    below = [y if s else x for s, x, y in zip(second, d, e, strict=True)]
    if not (a.full and b.full):
        there = [x and y for x, y in zip(d, e, strict=True)]
        above = [x if t else 0 for x, t in zip(above, there, strict=True)]
        below = [x if t else 0 for x, t in zip(below, there, strict=True)]
    return Ratios(above, below)


def wholes(a: Ratios, f: Callable[[int, int], int]) -> Ratios:
    """Return whole numbers made of numbers as comparisons see them. f: of the number times 10⁹, and 10⁹."""
    seen = a.seen
    return Ratios([0 if x is None else f(x, _SCALE) for x in seen], [0 if x is None else 1 for x in seen])


def rounded(a: Ratios, digits: Ratios) -> Ratios:
    """Round half away from zero at so many decimals."""
    (n, d), (m, e) = a.pair, digits.pair
    if len({*zip(m, e, strict=True)}) == 1 and e[0] and m[0] >= 0:
        scale = 10 ** (m[0] // e[0])
        return Ratios(
            [nearest(x * scale, y) if y else 0 for x, y in zip(n, d, strict=True)], [scale if y else 0 for y in d]
        )
    rows = zip(a, digits, strict=True)
    return ratios(
        [half_up(x, int(k)) if isinstance(x, Fraction) and isinstance(k, Fraction) else None for x, k in rows]
    )


def compared(f: Callable[[Any, Any], bool], a: Ratios, b: Ratios) -> list[bool]:
    """Compare row by row; what is no number does not hold."""
    one, other = a.seen, b.seen
    if a.full and b.full:
        return list(map(f, one, other))
    return [x is not None and y is not None and f(x, y) for x, y in zip(one, other, strict=True)]


# ---- any values ----------------------------------------------------------------------------------------------------


def plain(x: Value) -> Seen:
    """Return a value as comparisons see it: numbers at nine decimals, text without regard to capitals."""
    return x.lower() if isinstance(x, str) else None if x is None else scaled(x, PLACES)


class Words(list[Value]):
    """A column of texts, or of texts and numbers, that stays as it is."""

    @classmethod
    def constant(cls, value: Value, size: int) -> Words:
        """Return one text in so many rows."""
        found = cls([value] * size)
        found.plain = [plain(value)] * size
        return found

    @cached_property
    def plain(self) -> Sequence[Seen]:
        """Return the values as comparisons see them, see `plain`."""
        known = {x: plain(x) for x in dict.fromkeys(self)}
        return [known[x] for x in self]


def plain_column(cells: Sequence[Value]) -> Sequence[Seen]:
    """Return a column as comparisons see it."""
    if isinstance(cells, Ratios | Words):
        return cells.plain
    return [x.lower() if x.__class__ is str else plain(x) for x in cells]


def plain_at(cells: Sequence[Value]) -> Callable[[int], Seen]:
    """Return what gives the value of a row as comparisons see it."""
    return cells.plain.__getitem__ if isinstance(cells, Ratios | Words) else lambda i: plain(cells[i])


def blank_at(cells: Sequence[Value]) -> Callable[[int], bool]:
    """Return what says whether a row is blank."""
    if not isinstance(cells, Ratios):
        return lambda i: cells[i] is None
    found = blanks(cells)
    return (lambda _: False) if found is None else found.__getitem__


def blanks(cells: Sequence[Value]) -> Sequence[bool] | None:
    """Return which rows are blank; None where none is."""
    if cells.__class__ is list or not isinstance(cells, Ratios):
        found = [x is None for x in cells]
        return found if True in found else None
    if cells.full:
        return None
    others = repeat(None) if cells.rest is None else cells.rest
    return [not d and x is None for d, x in zip(cells.pair[1], others, strict=False)]


def texts_among(cells: Sequence[Value]) -> Sequence[Value] | None:
    """Return a column of which only the texts count; None where it has none."""
    return cells if cells.__class__ is list or not isinstance(cells, Ratios) else cells.rest


def chosen(holds: Sequence[bool], then: Sequence[Value], otherwise: Sequence[Value]) -> Sequence[Value]:
    """Return the rows of one column where something holds, else those of another."""
    if not isinstance(then, Ratios) and not isinstance(otherwise, Ratios):
        return [c if h else r for h, c, r in zip(holds, then, otherwise, strict=True)]
    if False not in holds:
        return then
    if True not in holds:
        return otherwise
    one, other = ratios(then), ratios(otherwise)
    pairs = zip(one.pair, other.pair, strict=True)
    above, below = ([c if h else r for h, c, r in zip(holds, x, y, strict=True)] for x, y in pairs)
    if one.rest is None and other.rest is None:
        return Ratios(above, below)
    rests = [[None] * len(holds) if x.rest is None else x.rest for x in (one, other)]
    return Ratios(above, below, [c if h else r for h, c, r in zip(holds, *rests, strict=True)])


def instead(value: str | None, where: Sequence[bool], cells: Sequence[Value]) -> Sequence[Value]:
    """Return a column with a text, or nothing, in some of its rows."""
    return chosen(where, Ratios.of([value] * len(where)) if isinstance(cells, Ratios) else [value] * len(where), cells)
