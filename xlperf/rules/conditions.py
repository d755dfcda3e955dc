"""Rules that ask whether something holds: what counts, who is flagged."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Literal

from xlperf.formula.expression import Expr, alone, both, cases, either, lift, negate, say
from xlperf.formula.values import NO, YES
from xlperf.formula.words import sentence
from xlperf.rules.registry import Conditions, Number, Result, ResultBranches, rule

OTHERWISE = "其他情形"  # why, where a choice comes to none of its branches


def together(sentences: Sequence[str], between: str = "、") -> str:
    """Join sentences to one that can still be said in another language. between: `、` (and) or `或` (or)."""
    return reduce(lambda one, other: sentence(f"{{one}}{between}{{other}}", one=one, other=other), sentences)


def _met(tests: Sequence[Expr]) -> Expr:
    return reduce(lambda a, b: a + b, (cases((holds, 1, ""), otherwise=(0, "")) for holds in tests))


@rule("XP_ONLYIF", "符合条件才计")
def only_if(points: Number, conditions: Conditions) -> Expr:
    """Return the points where every condition holds, else 0; the first one that fails is the reason.

    points: asked for only where the conditions hold; elsewhere they may be blank (不适用 stays 不适用). The cells of
    the conditions may not.
    """
    failed = [(negate(holds), 0, say("不计：须{condition}", condition=said)) for holds, said in conditions]
    return cases(*failed, otherwise=(alone(points, spared=False), "符合条件，计入"))


@rule("XP_FLAG", "条件判断", "text")
def flag(conditions: Conditions, need: Literal["all", "any"] = "all") -> Expr:
    """Answer 是 where the conditions hold, else 否.

    need: `all` of them (并且), or `any` one (或者). For at least so many (至少几条), flag a `how_many` column.
    """
    tests = [holds for holds, _ in conditions]
    words = together([said for _, said in conditions], "或" if need == "any" else "、")
    holds = both(*tests) if need == "all" else either(*tests)
    met, unmet = say("符合：{conditions}", conditions=words), say("不符合：{conditions}", conditions=words)
    return cases((holds, YES, met), otherwise=(NO, unmet))


@rule("XP_HOWMANY", "符合条数")
def how_many(conditions: Conditions) -> Expr:
    """Count how many of the conditions hold, where points or steps depend on their number."""
    tests = [holds for holds, _ in conditions]
    words = together([said for _, said in conditions])
    met = _met(tests)
    none = (negate(either(*tests)), lift(0), say("一条也不符合：{conditions}", conditions=words))
    return cases(none, otherwise=(met, say("{met}条符合：{conditions}", met=met, conditions=words)))


@rule("XP_CHOOSE", "分情形")
def choose(branches: ResultBranches, otherwise: Result) -> Expr:
    """Take the value of the first branch whose conditions all hold, in the order of the regulation.

    What a branch gives is asked for only where it is taken; elsewhere it may be blank. The cells of all conditions
    may not: write `blank:` in a condition on a cell that may stay empty.
    """
    rows = [
        (both(*(h for h, _ in when)), alone(then), say("{conditions}", conditions=together([s for _, s in when])))
        for when, then in branches
    ]
    return cases(*rows, otherwise=(alone(otherwise), OTHERWISE))
