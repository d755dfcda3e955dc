"""Rules that ask whether something holds: what counts, who is flagged."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Literal

from xlperf.formula.expression import Expr, alone, both, cases, either, lift, negate, say
from xlperf.formula.values import NO, YES
from xlperf.rules.registry import Conditions, Number, Result, ResultBranches, rule


def as_written(sentence: str) -> str:
    """Keep braces of a heading from being read as a place for a value."""
    return sentence.replace("{", "{{").replace("}", "}}")


def _met(tests: Sequence[Expr]) -> Expr:
    return reduce(lambda a, b: a + b, (cases((holds, 1, ""), otherwise=(0, "")) for holds in tests))


@rule("XP_ONLYIF", "符合条件才计")
def only_if(points: Number, conditions: Conditions) -> Expr:
    """Return the points where every condition holds, else 0; the first one that fails is the reason.

    points: asked for only where the conditions hold; elsewhere they may be blank (不适用 stays 不适用). The cells of
    the conditions may not.
    """
    failed = [(negate(holds), 0, f"不计：须{as_written(sentence)}") for holds, sentence in conditions]
    return cases(*failed, otherwise=(alone(points, spared=False), "符合条件，计入"))


@rule("XP_FLAG", "条件判断", "text")
def flag(conditions: Conditions, need: Literal["all", "any"] = "all") -> Expr:
    """Answer 是 where the conditions hold, else 否.

    need: `all` of them (并且), or `any` one (或者). For at least so many (至少几条), flag a `how_many` column.
    """
    tests = [holds for holds, _ in conditions]
    words = ("或" if need == "any" else "、").join(as_written(sentence) for _, sentence in conditions)
    holds = both(*tests) if need == "all" else either(*tests)
    return cases((holds, YES, f"符合：{words}"), otherwise=(NO, f"不符合：{words}"))


@rule("XP_HOWMANY", "符合条数")
def how_many(conditions: Conditions) -> Expr:
    """Count how many of the conditions hold, where points or steps depend on their number."""
    tests = [holds for holds, _ in conditions]
    words = "、".join(as_written(sentence) for _, sentence in conditions)
    met = _met(tests)
    none = negate(either(*tests))
    return cases((none, lift(0), f"一条也不符合：{words}"), otherwise=(met, say("{met}条符合：" + words, met=met)))


@rule("XP_CHOOSE", "分情形")
def choose(branches: ResultBranches, otherwise: Result) -> Expr:
    """Take the value of the first branch whose conditions all hold, in the order of the regulation.

    What a branch gives is asked for only where it is taken; elsewhere it may be blank. The cells of all conditions
    may not: write `blank:` in a condition on a cell that may stay empty.
    """
    rows = [
        (both(*(h for h, _ in when)), alone(then), "、".join(as_written(s) for _, s in when)) for when, then in branches
    ]
    return cases(*rows, otherwise=(alone(otherwise), "其他情形"))
