"""Amounts and texts: the larger of several, whole steps, 大写, words joined."""

from __future__ import annotations

from typing import Literal

from xlperf.formula.expression import Expr, apply, ceiling, floor, greatest, least, lift, rounded
from xlperf.formula.operations import PLACES
from xlperf.rules.registry import Number, Numbers, Step, Values, rule


@rule("XP_MAX", "取大")
def max_of(values: Numbers) -> Expr:
    """Take the largest of several values; empty while one of them is."""
    return greatest(*values)


@rule("XP_MIN", "取小")
def min_of(values: Numbers) -> Expr:
    """Take the smallest of several values; empty while one of them is."""
    return least(*values)


@rule("XP_TOSTEP", "按步取整")
def to_step(value: Number, step: Step, way: Literal["floor", "ceil", "half_up"] = "floor") -> Expr:
    """Bring a value to a whole number of steps: full tens of yuan, half points.

    way: `floor` to the step below (舍去), `ceil` to the step above (进位), `half_up` to the nearer one (四舍五入).
    """
    steps = value / step
    return {"floor": floor(steps), "ceil": ceiling(steps), "half_up": rounded(steps, 0)}[way] * step


@rule("XP_INWORDS", "人民币大写", "text")
def in_words(amount: Number) -> Expr:
    """Write an amount of money in capital words (大写金额), rounded half up to the cent.

    0 is 零元整, a negative amount begins with 负; nothing where it has 13 digits before the point or more.
    """
    return apply("in_words", amount)


@rule("XP_JOIN", "连写", "text")
def joined(texts: Values, digits: Number = lift(PLACES)) -> Expr:
    """Join texts and numbers to one text; empty while one of them is.

    digits: decimals at which numbers are written, half up and without zeros at the end. Dates are numbers here: take
    them apart with `date_part` first.
    """
    return apply("joined", *(apply("as_text", x, digits) for x in texts))
