"""The table of cell operations: the only place where a face meets an operation.

Each row gives the Excel text, the exact function and how tightly the text binds. What spreadsheets
do at the edges is settled here and nowhere else:

* comparisons and steps look at nine decimals on every face, because `(1.15-1)/0.05` is 2.9999…
  in binary and 3 on paper; `ROUND(x,9)` says so in the workbook;
* text is compared without regard to capitals, as cells, SUMIFS and MATCH do;
* rounding is half away from zero;
* an empty operand makes an empty result; a condition on an empty operand does not hold;
* dividing by zero gives an empty result, so rules say first what a zero divisor means.

The array face keeps its functions in `array.py` (it needs numpy, and this module must run on the
standard library alone); a test holds the two tables against each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from operator import ge, gt, le, lt
from typing import Any, TypeGuard

from xlperf.formula.amounts import in_words, in_words_formula
from xlperf.formula.calendar import months_later, part
from xlperf.formula.values import EXEMPT, Value, half_up, ratio, shown

PLACES = 9  # decimals that comparisons and steps look at
REMAINDERS = 6  # decimals at which what is left of a share is compared: a double of its size still holds them

_SCALE = 10**PLACES

ATOM = 9  # text that needs no brackets
COMPARE, CONCATENATE, SUM, PRODUCT, SIGN = 2, 3, 4, 5, 7


@dataclass(frozen=True, slots=True)
class Operation:
    """One row: `{0}`, `{1}` … or `{all}` stand for the arguments' Excel text."""

    excel: str
    exact: Callable[..., Any]
    binds: int = ATOM
    keeps_noise: bool = True  # False where the result has no binary noise beyond nine decimals
    takes_clean: bool = False  # True where arguments are compared and so want ROUND(…,9) first


def _is_number(x: Value) -> TypeGuard[Fraction]:
    """Return whether a value is a number; blank and text first: of these isinstance asks a long way round."""
    return x.__class__ is Fraction or (x is not None and not isinstance(x, str) and isinstance(x, Fraction))


def _strict(f: Callable[..., Any]) -> Callable[..., Any]:
    def applied(*xs: Value) -> Any:
        for x in xs:
            if x.__class__ is not Fraction and not _is_number(x):
                return None
        return f(*xs)

    return applied


def _holds(f: Callable[[int, int], bool]) -> Callable[[Value, Value], bool]:
    """Compare two numbers, which then stand over one denominator."""

    def applied(a: Value, b: Value) -> bool:
        if not _is_number(a) or not _is_number(b):
            return False
        a, b = clean(a), clean(b)
        return f(a.numerator * b.denominator, b.numerator * a.denominator)

    return applied


def clean(x: Fraction) -> Fraction:
    """Return a number at the nine decimals that comparisons look at."""
    return x if _SCALE % x.denominator == 0 else half_up(x, PLACES)


def equal(a: Value, b: Value) -> bool:
    """Compare two values as a cell comparison does: see `plain`; a blank equals nothing."""
    if a is None:
        return False
    one, other = plain(a), plain(b)
    if one.__class__ is Fraction and other.__class__ is Fraction:  # in lowest terms; their own == asks what each is
        return one.as_integer_ratio() == other.as_integer_ratio()
    return bool(one == other)


def plain(x: Value) -> Value:
    """Return a value as comparisons see it: numbers at nine decimals, text without regard to capitals."""
    if isinstance(x, str):
        return x.lower()
    return None if x is None else clean(x)


def stands(their: Value, order: str, mine: Value) -> bool:
    """Return whether one value is above, below … another (`links.Order`); blank and 不适用 among numbers never are."""
    if order != "differs":
        return bool(OPERATIONS[order].exact(their, mine))
    return their is not None and isinstance(their, Fraction) == isinstance(mine, Fraction) and not equal(their, mine)


def _add(a: Fraction, b: Fraction) -> Fraction:
    d, e = a.denominator, b.denominator
    return ratio(a.numerator * e + b.numerator * d, d * e)


def _sub(a: Fraction, b: Fraction) -> Fraction:
    d, e = a.denominator, b.denominator
    return ratio(a.numerator * e - b.numerator * d, d * e)


def _mul(a: Fraction, b: Fraction) -> Fraction:
    return ratio(a.numerator * b.numerator, a.denominator * b.denominator)


def _div(a: Fraction, b: Fraction) -> Fraction | None:
    n, d = b.numerator, b.denominator
    return ratio(a.numerator * (d if n > 0 else -d), a.denominator * abs(n)) if n else None


def _least(first: Fraction, *others: Fraction) -> Fraction:
    for x in others:
        first = x if x.numerator * first.denominator < first.numerator * x.denominator else first
    return first


def _greatest(first: Fraction, *others: Fraction) -> Fraction:
    for x in others:
        first = x if x.numerator * first.denominator > first.numerator * x.denominator else first
    return first


def _first(*xs: Value) -> Value:
    return next((x for x in xs if x is not None), None)


def _as_text(x: Value, digits: Value) -> Value:
    return shown(x, int(digits)) if isinstance(x, Fraction) and isinstance(digits, Fraction) else x


def _joined(*xs: Value) -> Value:
    texts = [x for x in xs if isinstance(x, str)]
    return "".join(texts) if len(texts) == len(xs) else None


OPERATIONS: dict[str, Operation] = {
    "add": Operation("{0}+{1}", _strict(_add), SUM),
    "sub": Operation("{0}-{1}", _strict(_sub), SUM),
    "mul": Operation("{0}*{1}", _strict(_mul), PRODUCT),
    "div": Operation("{0}/{1}", _strict(_div), PRODUCT),
    "neg": Operation("-{0}", _strict(lambda a: -a), SIGN),
    "gt": Operation("{0}>{1}", _holds(gt), COMPARE, takes_clean=True),
    "ge": Operation("{0}>={1}", _holds(ge), COMPARE, takes_clean=True),
    "lt": Operation("{0}<{1}", _holds(lt), COMPARE, takes_clean=True),
    "le": Operation("{0}<={1}", _holds(le), COMPARE, takes_clean=True),
    "same": Operation("{0}={1}", equal, COMPARE, takes_clean=True),
    "both": Operation("AND({all})", lambda *xs: all(xs)),
    "either": Operation("OR({all})", lambda *xs: any(xs)),
    "negate": Operation("NOT({0})", lambda x: not x),
    "is_blank": Operation('{0}=""', lambda x: x is None, COMPARE),
    "is_number": Operation("ISNUMBER({0})", lambda x: isinstance(x, Fraction)),
    "is_exempt": Operation(f'{{0}}="{EXEMPT}"', lambda x: x == EXEMPT, COMPARE),
    "floor": Operation(
        "INT({0})", _strict(lambda x: Fraction(clean(x).__floor__())), keeps_noise=False, takes_clean=True
    ),
    "ceiling": Operation(
        "-INT(-{0})", _strict(lambda x: Fraction(clean(x).__ceil__())), SIGN, keeps_noise=False, takes_clean=True
    ),
    "rounded": Operation("ROUND({0},{1})", _strict(lambda x, n: half_up(x, int(n))), keeps_noise=False),
    "least": Operation("MIN({all})", _strict(_least)),
    "greatest": Operation("MAX({all})", _strict(_greatest)),
    "first": Operation("", _first),  # its text is nested IFs, written by the formula face
    "year": Operation("YEAR({0})", _strict(lambda x: part(x, "year")), keeps_noise=False, takes_clean=True),
    "month": Operation("MONTH({0})", _strict(lambda x: part(x, "month")), keeps_noise=False, takes_clean=True),
    "day": Operation("DAY({0})", _strict(lambda x: part(x, "day")), keeps_noise=False, takes_clean=True),
    "months_later": Operation("EDATE({0},{1})", _strict(months_later), keeps_noise=False, takes_clean=True),
    "in_words": Operation(in_words_formula(), _strict(in_words), keeps_noise=False),
    "as_text": Operation('IF(ISNUMBER({0}),ROUND({0},{1}),{0})&""', _as_text, CONCATENATE, keeps_noise=False),
    "joined": Operation("CONCATENATE({all})", _joined, keeps_noise=False),
}
