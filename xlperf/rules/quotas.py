"""How many people or units a share amounts to."""

from __future__ import annotations

from typing import Literal

from xlperf.formula.expression import Expr, ceiling, floor, rounded
from xlperf.rules.registry import Number, Share, rule


@rule("XP_QUOTA", "名额")
def quota(people: Number, share: Share, rounding: Literal["floor", "ceil", "half_up"] = "floor") -> Expr:
    """Turn a share of the people into a whole number of places.

    rounding: `floor` for 不超过, `ceil` for 不低于, `half_up` where a regulation says 四舍五入.
    """
    exact = people * share
    return {"floor": floor(exact), "ceil": ceiling(exact), "half_up": rounded(exact, 0)}[rounding]


@rule("XP_SHARE", "比例增减")
def share_changed(base: Number, change: Number, mode: Literal["points", "relative"] = "points") -> Expr:
    """Raise or lower a share: by percentage points, or by a part of itself.

    change: negative lowers. mode: `points` adds 5 percentage points for 5%, `relative` multiplies by 1.05.
    """
    return base + change if mode == "points" else base * (1 + change)
