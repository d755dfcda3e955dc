"""From where to where a number can lie: arithmetic on both ends at once.

`inf` means that the scheme sets no limit; None means that the end cannot be told. NOTHING is the span of a
cell that is empty or holds text: what needs it is empty too, and among alternatives it does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import inf

from xlperf.formula.values import ratio_sum

Known = Fraction | float
End = Known | None
_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Span:
    """Both ends, included."""

    low: End
    high: End

    @property
    def is_nothing(self) -> bool:
        """Return whether it is the span of no number; asked far more often than fractions can be compared."""
        return self.low.__class__ is float and self.low == inf and self.high == -inf


NOTHING = Span(inf, -inf)
UNTOLD = Span(None, None)


def point(x: Fraction) -> Span:
    """Return the span of one number."""
    return Span(x, x)


def added(spans: Iterable[Span]) -> Span:
    """Add numbers; without limit where one of them is."""
    parts = list(spans)
    return NOTHING if _one_is_nothing(parts) else Span(_sum([s.low for s in parts]), _sum([s.high for s in parts]))


def _sum(ends: list[End]) -> End:
    endless = [e for e in ends if e.__class__ is float]
    if endless:
        return endless[0]
    there = [e.as_integer_ratio() for e in ends if isinstance(e, Fraction)]
    return ratio_sum(there) if len(there) == len(ends) else None


def _one_is_nothing(spans: Iterable[Span]) -> bool:
    return any(s.is_nothing for s in spans)


def negated(x: Span) -> Span:
    """Turn a number round."""
    return x if x.is_nothing else Span(_minus(x.high), _minus(x.low))


def _minus(end: End) -> End:
    return None if end is None else -end


def multiplied(a: Span, b: Span) -> Span:
    """Multiply two numbers; where one cannot be negative, the ends of the other that can be told are enough."""
    if a.is_nothing or b.is_nothing:
        return NOTHING
    for x, y in ((a, b), (b, a)):
        if y.low is not None and not _below(y.low, _ZERO):
            return Span(_by_positive(x.low, y.high, y.low), _by_positive(x.high, y.low, y.high))
    corners = [_times(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    known = [c for c in corners if c is not None]
    return Span(_least(known), _most(known)) if len(known) == len(corners) else UNTOLD


def _by_positive(end: End, where_negative: End, where_positive: End) -> End:
    """Multiply an end by the end of a number that cannot be negative: which one depends on the sign."""
    return None if end is None else _times(end, where_negative if _below(end, _ZERO) else where_positive)


def _times(a: End, b: End) -> End:
    if any(x is not None and not x for x in (a, b)):
        return _ZERO
    return None if a is None or b is None else a * b


def divided(a: Span, b: Span) -> Span:
    """Divide; a divisor of 0 gives nothing, so one that cannot be negative is above 0."""
    if a.is_nothing or b.is_nothing:
        return NOTHING
    if b.high is not None and b.high <= 0:
        a, b = negated(a), negated(b)
    if b.low is None or b.low < 0:
        return UNTOLD
    return multiplied(a, Span(_over(b.high) or Fraction(0), _over(b.low)))


def _over(end: End) -> End:
    """Return 1 over an end that is not negative; None where that cannot be told."""
    return None if end is None or end == 0 else Fraction(0) if end == inf else 1 / end


def smallest(spans: Iterable[Span]) -> Span:
    """Take the smallest of several numbers; one known upper end is enough."""
    parts = list(spans)
    return NOTHING if _one_is_nothing(parts) else negated(largest(map(negated, parts)))


def largest(spans: Iterable[Span]) -> Span:
    """Take the largest of several numbers; one known lower end is enough."""
    parts = list(spans)
    if _one_is_nothing(parts):
        return NOTHING
    known = [s.low for s in parts if s.low is not None]
    is_known = bool(known) and (len(known) == len(parts) or _most(known) != -inf)
    return Span(_most(known) if is_known else None, _outer([s.high for s in parts], _most, inf))


def either(spans: Iterable[Span]) -> Span:
    """Cover every number that one of several can be; NOTHING where none can."""
    parts = [s for s in spans if not s.is_nothing]
    if not parts:
        return NOTHING
    return Span(_outer([s.low for s in parts], _least, -inf), _outer([s.high for s in parts], _most, inf))


def _outer(ends: list[End], choose: Callable[[list[Known]], Known], endless: float) -> End:
    if any(e.__class__ is float and e == endless for e in ends):
        return endless
    known = [e for e in ends if e is not None]
    return choose(known) if len(known) == len(ends) else None


def _most(ends: list[Known]) -> Known:
    return reduce(lambda a, b: b if _below(a, b) else a, ends)


def _least(ends: list[Known]) -> Known:
    return reduce(lambda a, b: b if _below(b, a) else a, ends)


def _below(a: Known, b: Known) -> bool:
    """Return whether one end lies below another; their own < finds out first what kinds of numbers they are."""
    if a.__class__ is Fraction and b.__class__ is Fraction:
        return a.numerator * b.denominator < b.numerator * a.denominator
    return a < b


def stepped(x: Span, step: Callable[[Fraction], Fraction]) -> Span:
    """Round both ends that are numbers."""
    return x if x.is_nothing else Span(_step(x.low, step), _step(x.high, step))


def _step(end: End, step: Callable[[Fraction], Fraction]) -> End:
    return step(end) if isinstance(end, Fraction) else end


def within(x: Span, limit: Span) -> Span:
    """Narrow a span by what else is known of the number."""
    if x.is_nothing or limit.is_nothing:
        return x
    lows = [e for e in (x.low, limit.low) if e is not None]
    highs = [e for e in (x.high, limit.high) if e is not None]
    return Span(_most(lows) if lows else None, _least(highs) if highs else None)
