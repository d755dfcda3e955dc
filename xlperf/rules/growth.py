"""Targets that differ by unit, change against last year, and both in one score."""

from __future__ import annotations

from functools import reduce
from typing import Literal

from xlperf.formula.expression import (
    Expr,
    blank,
    cases,
    first,
    greatest,
    is_blank,
    is_exempt,
    is_number,
    lift,
    rounded,
    same,
    say,
)
from xlperf.formula.values import EXEMPT
from xlperf.rules.registry import Cells, Most, Number, Numbers, Share, Text, rule


def _present(xs: tuple[Expr, ...]) -> Expr:
    return reduce(lambda a, b: a + b, (cases((is_number(x), 1, ""), otherwise=(0, "")) for x in xs))


def _mean(xs: tuple[Expr, ...]) -> Expr:
    filled = (cases((is_number(x), first(x, 0), ""), otherwise=(0, "")) for x in xs)
    return reduce(lambda a, b: a + b, filled) / _present(xs)


@rule("XP_MEANOF", "平均（缺项不计）")
def mean_present(values: Numbers) -> Expr:
    """Average the numbers that are there; nothing where none is."""
    return cases(
        (same(_present(values), 0), blank(), "没有可平均的数"),
        otherwise=(_mean(values), say("{n}个数的平均", n=_present(values))),
    )


@rule("XP_TARGET", "目标值")
def target_from(
    assigned: Number, years: Numbers, split: Number = blank(), take: Literal["first_of", "max"] = "first_of"
) -> Expr:
    """Find a unit's own target: assigned, else the mean of the years that exist, else the split of a key task.

    take: `max` takes the larger of the assigned target and the mean where both exist.
    """
    none = same(_present(years), 0)
    mean = _mean(years)
    if take == "max":
        chosen = cases((none, first(assigned, 0), "没有历年数"), otherwise=(greatest(first(assigned, 0), mean), "取大"))
        return cases(
            (is_number(assigned), chosen, "下达任务与历年平均取大"),
            (none, first(split, None), "按重点工作分解"),
            otherwise=(mean, "按历年平均"),
        )
    return cases(
        (is_number(assigned), first(assigned, None), "按下达任务"),
        (none, first(split, None), "按重点工作分解"),
        otherwise=(mean, "按历年平均"),
    )


@rule("XP_DIFFERENCE", "增减")
def change(now: Number, before: Number, digits: Number | None = None) -> Expr:
    """Return the difference now − before (for places: before is `now`, so that rising is positive).

    digits: round half up at so many decimals (money: 2): what is left of two large amounts is then no noise of theirs.
    """
    return now - before if digits is None else rounded(now - before, digits)


@rule("XP_GROWTH", "增长率")
def growth(now: Number, before: Number) -> Expr:
    """Return the growth rate (now − before) ÷ before; 不适用 from a base of 0, nothing from a negative one."""
    return cases(
        (same(before, 0), EXEMPT, "基期为0，增长率不适用"),
        (before < 0, blank(), "基期为负，算不出增长率"),
        otherwise=((now - before) / before, say("由{before}到{now}", before=before, now=now)),
    )


@rule("XP_TWOWAY", "增量增速合成")
def increment_and_rate(full: Most, increment: Number, rate: Number, alpha: Share) -> Expr:
    """Score the increment and the growth rate together: full × (α × increment + (1 − α) × rate).

    increment, rate: shares reached (1 = target). Where the rate is 不适用 the increment counts alone;
    where it is not reported there is no result.
    """
    return cases(
        (is_exempt(rate), full * increment, "增长率不适用，只考增量"),
        (is_blank(rate), blank(), "增长率未报"),
        otherwise=(full * (alpha * increment + (1 - alpha) * first(rate, 0)), "增量与增速合成"),
    )


@rule("XP_SHARE_REACHED", "完成比例")
def share_reached(actual: Number, target: Number, cap: Number = lift(1)) -> Expr:
    """Return actual ÷ target between 0 and the cap; nothing where the target is not above 0."""
    ratio = actual / target
    return cases(
        (target <= 0, blank(), "目标值不大于0"),
        (ratio > cap, cap, say("完成{actual}，目标{target}，封顶{cap}", actual=actual, target=target, cap=cap)),
        (ratio < 0, lift(0), "完成值为负，计0"),
        otherwise=(ratio, say("完成{actual}，目标{target}", actual=actual, target=target)),
    )


@rule("XP_STREAK", "连续年数")
def streak(flags: Numbers) -> Expr:
    """Count consecutive years: flags (1 or 0) from this year backwards; the first 0 ends the count."""
    made: Expr = lift(0)
    for flag in reversed(flags):
        made = flag * (1 + made)
    return made


@rule("XP_RUN", "连续次数")
def in_a_row(says: Text, cells: Cells) -> Expr:
    """Count how many cells, from the first on, say a word without a break; an empty one is a break.

    says: the word. cells: of this year, the year before, the one before that.
    """
    run: Expr = lift(0)
    for cell in reversed(cells):
        run = cases(
            (is_blank(cell), 0, "没有记录，到此为止"),
            (same(first(cell, says), says), 1 + run, say("连续为“{says}”", says=says)),
            otherwise=(0, say("{cell}，不是“{says}”，到此为止", cell=cell, says=says)),
        )
    return run


@rule("XP_RESCALE", "总额平衡")
def rescaled(amount: Number, total: Number, pool: Number) -> Expr:
    """Scale an amount so that all amounts add up to the pool: amount × pool ÷ total."""
    return cases((total <= 0, blank(), "合计不大于0，无法平衡"), otherwise=(amount * pool / total, "按总额平衡"))
