"""From where to where a number can lie: arithmetic on both ends at once.

`inf` means that the scheme sets no limit; None means that the end cannot be told. NOTHING is the span of a
cell that is empty or holds text: what needs it is empty too, and among alternatives it does not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import inf

End = Fraction | float | None


@dataclass(frozen=True, slots=True)
class Span:
    """Both ends, included."""

    low: End
    high: End


NOTHING = Span(inf, -inf)
UNTOLD = Span(None, None)


def point(x: Fraction) -> Span:
    """Return the span of one number."""
    return Span(x, x)


def added(spans: Iterable[Span]) -> Span:
    """Add numbers; without limit where one of them is."""
    parts = list(spans)
    return NOTHING if NOTHING in parts else Span(_sum([s.low for s in parts]), _sum([s.high for s in parts]))


def _sum(ends: list[End]) -> End:
    endless = [e for e in ends if e in (inf, -inf)]
    if endless:
        return endless[0]
    return None if None in ends else sum((e for e in ends if e is not None), Fraction(0))


def negated(x: Span) -> Span:
    """Turn a number round."""
    return x if x == NOTHING else Span(_minus(x.high), _minus(x.low))


def _minus(end: End) -> End:
    return None if end is None else -end


def multiplied(a: Span, b: Span) -> Span:
    """Multiply two numbers; where one cannot be negative, the ends of the other that can be told are enough."""
    if NOTHING in (a, b):
        return NOTHING
    for x, y in ((a, b), (b, a)):
        if y.low is not None and y.low >= 0:
            return Span(_by_positive(x.low, y.high, y.low), _by_positive(x.high, y.low, y.high))
    corners = [_times(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    known = [c for c in corners if c is not None]
    return Span(min(known), max(known)) if len(known) == len(corners) else UNTOLD


def _by_positive(end: End, where_negative: End, where_positive: End) -> End:
    """Multiply an end by the end of a number that cannot be negative: which one depends on the sign."""
    return None if end is None else _times(end, where_negative if end < 0 else where_positive)


def _times(a: End, b: End) -> End:
    if 0 in (a, b):
        return Fraction(0)
    return None if a is None or b is None else a * b


def divided(a: Span, b: Span) -> Span:
    """Divide; a divisor of 0 gives nothing, so one that cannot be negative is above 0."""
    if NOTHING in (a, b):
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
    return NOTHING if NOTHING in parts else negated(largest(map(negated, parts)))


def largest(spans: Iterable[Span]) -> Span:
    """Take the largest of several numbers; one known lower end is enough."""
    parts = list(spans)
    if NOTHING in parts:
        return NOTHING
    known = [s.low for s in parts if s.low is not None]
    is_known = bool(known) and (len(known) == len(parts) or max(known) > -inf)
    return Span(max(known) if is_known else None, _outer([s.high for s in parts], max, inf))


def either(spans: Iterable[Span]) -> Span:
    """Cover every number that one of several can be; NOTHING where none can."""
    parts = [s for s in spans if s != NOTHING]
    if not parts:
        return NOTHING
    return Span(_outer([s.low for s in parts], min, -inf), _outer([s.high for s in parts], max, inf))


def _outer(ends: list[End], choose: Callable[[list[Fraction | float]], Fraction | float], endless: float) -> End:
    if endless in ends:
        return endless
    return None if None in ends else choose([e for e in ends if e is not None])


def stepped(x: Span, step: Callable[[Fraction], Fraction]) -> Span:
    """Round both ends that are numbers."""
    return x if x == NOTHING else Span(_step(x.low, step), _step(x.high, step))


def _step(end: End, step: Callable[[Fraction], Fraction]) -> End:
    return step(end) if isinstance(end, Fraction) else end


def within(x: Span, limit: Span) -> Span:
    """Narrow a span by what else is known of the number."""
    if NOTHING in (x, limit):
        return x
    lows = [e for e in (x.low, limit.low) if e is not None]
    highs = [e for e in (x.high, limit.high) if e is not None]
    return Span(max(lows, default=None), min(highs, default=None))
