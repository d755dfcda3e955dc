"""Points for reaching a target."""

from __future__ import annotations

from typing import Literal

from xlperf.formula.expression import Expr, blank, both, cases, greatest, least, lift, same, say
from xlperf.rules.registry import Number, Text, rule
from xlperf.terms import HIGHER, LOWER


@rule("XP_ACHIEVE", "按完成比例计分")
def achieve(full: Number, actual: Number, target: Number, direction: Text, most: Number = lift(1)) -> Expr:
    """Return the share of the full mark that was reached, pro rata, never below 0.

    full: points of the indicator. actual, target: in the same unit. direction: 正向 where more is
    better (actual/target counts), 逆向 where less is better (target/actual counts). most: how many
    times the full mark can be reached at most. A target of 0 or less gives no result, and so does any
    other word for the direction.
    """
    cap = full * most
    return cases(
        (target <= 0, blank(), "目标值不大于0，无法按比例计分"),
        (both(same(direction, LOWER), actual <= 0), cap, say("越低越好，完成值不大于0，得到上限{cap}", cap=cap)),
        (
            same(direction, LOWER),
            least(cap, full * target / actual),
            say("越低越好，目标{target}，完成{actual}，按目标÷完成计", target=target, actual=actual),
        ),
        (
            same(direction, HIGHER),
            greatest(0, least(cap, full * actual / target)),
            say("目标{target}，完成{actual}，按完成÷目标计", target=target, actual=actual),
        ),
        otherwise=(blank(), say("方向须写{higher}或{lower}", higher=HIGHER, lower=LOWER)),
    )


@rule("XP_REACHED", "达标得分")
def reached(full: Number, actual: Number, target: Number, edge: Literal["at_least", "above"] = "at_least") -> Expr:
    """Return all the points at the target and none below it.

    edge: `at_least` (以上, 力争) counts the target itself, `above` (超) does not.
    """
    holds = actual >= target if edge == "at_least" else actual > target
    return cases(
        (holds, full, say("完成{actual}，达到{target}", actual=actual, target=target)),
        otherwise=(0, say("完成{actual}，未达到{target}", actual=actual, target=target)),
    )
