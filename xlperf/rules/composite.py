"""Putting scores together: weights, the 100 scale, limits, bonus and deduction."""

from __future__ import annotations

from functools import reduce

from xlperf.formula.expression import Expr, blank, cases, first, greatest, is_exempt, least, lift, rounded, say
from xlperf.formula.values import EXEMPT
from xlperf.rules.registry import Base, Bonuses, Most, Number, Numbers, Parts, Total, Values, rule


def _sum(xs: tuple[Expr, ...]) -> Expr:
    return reduce(lambda a, b: a + b, xs) if xs else lift(0)


@rule("XP_COMPOSITE", "加权合成")
def weighted(parts: Parts, weights_sum: Total | None = None) -> Expr:  # noqa: ARG001 for the check, see below
    """Add scores, each multiplied by its weight.

    parts: score and weight in turn; weights as shares (80%) or points. weights_sum: what the
    regulation says the weights add up to; the scheme's check holds them against it.
    """
    return _sum(tuple(score * weight for score, weight in parts))


@rule("XP_NORMALISE", "折算")
def normalise(score: Number, full: Number, to: Most) -> Expr:
    """Bring a score to another full mark: `to`×score/full, nothing where the full mark is not above 0."""
    return cases(
        (full > 0, to * score / full, say("按满分{full}折算为{to}分制", full=full, to=to)),
        otherwise=(blank(), "满分不大于0，无法折算"),
    )


@rule("XP_ADJUST", "加减分")
def adjusted(score: Base, bonus: Bonuses = (), deductions: Numbers = (), digits: Number | None = None) -> Expr:
    """Add bonus points to a score and take deductions off; deductions are given as positive amounts.

    digits: round half up once, at the end (money: 2), so that amounts that cancel leave 0 in a workbook too.
    """
    made = reduce(lambda a, b: a - b, deductions, reduce(lambda a, b: a + b, bonus, score))
    return made if digits is None else rounded(made, digits)


@rule("XP_CAP", "上下限")
def limited(score: Number, low: Number | None = None, high: Number | None = None) -> Expr:
    """Keep a score between a floor and a cap; either may be left out."""
    capped = score if high is None else least(score, high)
    return capped if low is None else greatest(capped, low)


@rule("XP_SUM", "合计")
def added(scores: Numbers) -> Expr:
    """Add scores; empty while one of them is."""
    return _sum(scores)


@rule("XP_FIRST", "取先有者")
def first_of(scores: Values) -> Expr:
    """Take the first score that is given, in the order listed (on-site before lead, lead before formula)."""
    return first(*scores)


@rule("XP_ROUND", "四舍五入")
def shown_at(score: Number, digits: Number) -> Expr:
    """Round half up at a number of decimals."""
    return rounded(score, digits)


@rule("XP_INFORCE", "在用分值")
def in_force(full: Number, score: Number) -> Expr:
    """Return the full mark of an indicator while it applies; 不适用 once its score says so.

    A withdrawn or inapplicable indicator leaves the score and the full mark alike.
    """
    return cases((is_exempt(score), EXEMPT, "不适用，不计分值"), otherwise=(full, "计入分值"))
