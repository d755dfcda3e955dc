"""Amounts and texts: the larger of several, whole steps, 大写, words joined."""

from __future__ import annotations

from typing import Literal

from xlperf.formula.expression import (
    Expr,
    apply,
    blank,
    cases,
    ceiling,
    either,
    floor,
    greatest,
    least,
    lift,
    negate,
    refused,
    rounded,
    same,
    say,
)
from xlperf.formula.ratios import PLACES
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


@rule("XP_INSTALMENT", "分期")
def instalment(total: Number, parts: Number, number: Number, unit: Step) -> Expr:
    """Return one instalment of an amount paid or returned in equal parts, so that the parts add up to it exactly.

    total: what is paid, below 0 what is returned. parts: in how many. number: which one; 0 after the last. unit: the
    smallest part (0.01 yuan). What does not divide goes one unit each to the first instalments (最大余数法 of equal
    parts). A total that is no whole number of units gives nothing and is told (SHARE_NOT_WHOLE), and parts that are no
    whole number above 0 give nothing.
    """
    units = rounded(greatest(total, -total) / unit, 0)
    whole = floor(units / parts)
    amount = (whole + cases((number <= units - whole * parts, 1, ""), otherwise=(0, ""))) * unit
    sentence = say("{total}分{parts}次，第{number}次", total=total, parts=parts, number=number)
    uneven = refused("SHARE_NOT_WHOLE", "总额{pool}不是{unit}的整倍数", pool=total, unit=unit)
    return cases(
        (either(parts < 1, negate(same(parts, floor(parts)))), blank(), "分几次须为大于0的整数"),
        (negate(same(greatest(total, -total) / unit, units)), blank(), uneven),
        (number > parts, 0, say("分{parts}次，已经办完", parts=parts)),
        (total < 0, -amount, sentence),
        otherwise=(amount, sentence),
    )


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
