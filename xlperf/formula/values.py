"""What a cell can hold: a number, a text, nothing, or 不适用; and how numbers are read and shown.

Numbers are `fractions.Fraction` made from decimal text, so nothing is lost before the rounding a
scheme names. The three kinds of empty stay apart everywhere: `BLANK` (not reported), zero (a number)
and `EXEMPT` (the indicator does not apply, so it leaves both the score and the full mark).
Dates are whole numbers, the day count that spreadsheets use (1899-12-30 is day 0).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from math import gcd, isfinite, lcm
from operator import floordiv
from typing import Any

Value = Fraction | str | None


class Unread(str):
    """What stands in a cell that was filled wrongly: as empty as a blank for what needs it, but no default counts."""

    __slots__ = ()


BLANK: None = None
UNREAD = Unread()
EXEMPT = "不适用"
YES = "是"
NO = "否"
ERRORS = ("#VALUE!", "#N/A", "#NUM!", "#DIV/0!", "#REF!", "#NAME?", "#NULL!")  # what an error cell shows

VALUE_TYPES = frozenset((Fraction, str, Unread, type(None)))
_EPOCH = date(1899, 12, 30)
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\Z", re.ASCII)
LONGEST_NUMBER = 300  # characters; what is longer is no number that anybody typed
LARGEST = Fraction(10**15)  # what a cell can hold to the last whole digit
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_FRACTION = re.compile(r"[+-]?\d+/[1-9]\d*\Z", re.ASCII)


def as_value(found: object) -> Value:
    """Return what Python calls a number as the value it is; TypeError for what no cell holds: a truth value, a list."""
    if found is None or isinstance(found, str | Fraction):
        return found
    if isinstance(found, bool) or not isinstance(found, int | float) or not isfinite(found):
        raise TypeError(f"{found!r} is no value of a cell: a Fraction, a text, None")
    return Fraction(found) if isinstance(found, int) else from_float(found)


def as_values(found: list[Any]) -> list[Value]:
    """Return values as `as_value` does; the same list where all of them are."""
    return found if VALUE_TYPES.issuperset(map(type, found)) else [as_value(v) for v in found]


def number(text: str) -> Fraction | None:
    """Read decimal text, a percentage or a fraction; None where the text is not a number, or longer than any is."""
    plain = text.strip()
    if len(plain) > LONGEST_NUMBER:
        return None
    if plain.endswith("%"):
        share = number(plain[:-1])
        return None if share is None else share / 100
    if _DECIMAL.match(plain) or _FRACTION.match(plain):
        return Fraction(plain)
    return None


def ratio(n: int, d: int) -> Fraction:
    """Return n/d in lowest terms. d: above 0.

    `Fraction(n, d)` spends most of its time on finding out what kinds of numbers these are.
    """
    common = gcd(n, d)
    found: Fraction = object.__new__(Fraction)
    found._numerator = n // common  # type: ignore[attr-defined]  # noqa: SLF001 as `Fraction.__new__` sets it
    found._denominator = d // common  # type: ignore[attr-defined]  # noqa: SLF001
    return found


def lowest(above: Sequence[int], below: Sequence[int]) -> list[Fraction]:
    """Return a column of n/d in lowest terms, see `ratio`. below: above 0."""
    common = list(map(gcd, above, below))
    made, found = object.__new__, []
    for n, d in zip(map(floordiv, above, common), map(floordiv, below, common), strict=True):
        one: Fraction = made(Fraction)
        one._numerator = n  # type: ignore[attr-defined]  # noqa: SLF001 as `Fraction.__new__` sets it
        one._denominator = d  # type: ignore[attr-defined]  # noqa: SLF001
        found.append(one)
    return found


@lru_cache(maxsize=4096)
def whole(n: int) -> Fraction:
    """Return a whole number; those that come again and again, places and counts, are made once."""
    return Fraction(n)


def ratio_sum(ratios: Iterable[tuple[int, int]]) -> Fraction:
    """Add numbers up, given as numerator and denominator, those with the same denominator first."""
    sums: dict[int, int] = {}
    for n, d in ratios:
        sums[d] = sums.get(d, 0) + n
    common = lcm(*sums)
    return ratio(sum(n * (common // d) for d, n in sums.items()), common)


def alike(a: Value, b: Value) -> bool:
    """Return whether two values are the same; what == of fractions asks besides takes longer than the answer."""
    if a.__class__ is Fraction and b.__class__ is Fraction:
        return a.as_integer_ratio() == b.as_integer_ratio()
    return a is b or a == b


def numbers_in(values: Iterable[Value]) -> list[Fraction]:
    """Return the numbers among some values."""
    return [v for v in values if type(v) is Fraction]  # isinstance asks a long way round: a number is an abstract class


def plain_numbers(texts: Sequence[str]) -> list[Fraction]:
    """Return the numbers of digits with at most a sign and a point, which the caller has made sure of."""
    digits = "\n".join(texts).replace(".", "").split("\n") if texts else []
    return lowest(list(map(int, digits)), [10 ** (len(t) - 1 - t.find(".")) if "." in t else 1 for t in texts])


def iso_day(text: str) -> Fraction | None:
    """Read a date written 2017-12-31; None where it is written another way or no such day."""
    try:
        return day_number(date.fromisoformat(text)) if _ISO_DAY.match(text) else None
    except ValueError:
        return None


def exactly(text: str, holds: str) -> Value:
    """Read text as a column holds it (`number`, `date`, `text`); None where it is empty or nothing of the kind."""
    plain = text.strip()
    if holds == "text":
        return plain or None
    return iso_day(plain) if holds == "date" else number(plain)


def says(text: str, value: Value) -> bool:
    """Return whether text is what a typed value is written as: 1 and 1.0 say the number 1, nothing says blank."""
    if isinstance(value, Fraction):
        return value in (number(text), iso_day(text))
    return text == (value or "")


@lru_cache(maxsize=20_000)  # most marks are said in many books
def from_float(x: float) -> Fraction:
    """Return the decimal a spreadsheet shows for a stored double: its 15 significant digits."""
    return Fraction(f"{x:.15g}")


def day_number(day: date) -> Fraction:
    """Return a date as the spreadsheet's day count."""
    return Fraction((day - _EPOCH).days)


def day_of(serial: Fraction) -> date:
    """Return the date of a spreadsheet's day count."""
    return _EPOCH + timedelta(days=int(serial))


def half_up(x: Fraction, digits: int) -> Fraction:
    """Round half away from zero at `digits` decimals, as the spreadsheet's ROUND does."""
    if digits >= 0:
        return ratio(scaled(x, digits), 10**digits)
    scale = 10**-digits
    return Fraction(nearest(x.numerator, x.denominator * scale) * scale)


def scaled(x: Fraction, digits: int) -> int:
    """Return a number in units of its last decimal of so many, rounded half away from zero."""
    n, d = x.as_integer_ratio()
    scale: int = 10**digits
    return n * (scale // d) if not scale % d else nearest(n * scale, d)


def nearest(n: int, d: int) -> int:
    """Return the whole number nearest to n/d, a half away from zero. d: above 0."""
    whole = (2 * abs(n) + d) // (2 * d)
    return whole if n >= 0 else -whole


def decimal(x: Fraction) -> str:
    """Write a number without losing anything: decimal text where it ends, else `p/q`."""
    n, rest = x.numerator, x.denominator
    if rest == 1:
        return str(n)
    twos = fives = 0
    while not rest & 1:
        rest, twos = rest >> 1, twos + 1
    while not rest % 5:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{n}/{x.denominator}"
    digits = max(twos, fives)
    text = f"{abs(n) * 10**digits // x.denominator:0{digits + 1}d}"
    return f"{'-' if n < 0 else ''}{text[:-digits]}.{text[-digits:]}"


def shown(value: Value, digits: int = 4) -> str:
    """Write a value for a person: at most `digits` decimals, half up, no trailing zeros."""
    if value is None:
        return "未报"
    if isinstance(value, str):
        return value
    return decimal(half_up(value, digits))


def value_text(value: Value) -> str:
    """Write a value as exact text: a number as its decimals, a date as its day number, blank as nothing."""
    return "" if value is None else value if isinstance(value, str) else decimal(value)
