"""The words that compare in a condition, what each means, and how it is said."""

from __future__ import annotations

from collections.abc import Callable

from xlperf.formula.expression import Expr, negate, same
from xlperf.formula.links import Order

COMPARE: dict[str, tuple[Callable[[Expr, Expr], Expr], str]] = {
    "is": (same, "为"),
    "is_not": (lambda a, b: negate(same(a, b)), "不为"),
    "at_least": (lambda a, b: a >= b, "不小于"),
    "at_most": (lambda a, b: a <= b, "不大于"),
    "above": (lambda a, b: a > b, "大于"),
    "below": (lambda a, b: a < b, "小于"),
}
ORDERS: dict[str, Order] = {"is_not": "differs", "at_least": "ge", "at_most": "le", "above": "gt", "below": "lt"}
SAID: dict[Order, str] = {order: COMPARE[test][1] for test, order in ORDERS.items()}
