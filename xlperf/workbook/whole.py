"""Which results can only be whole: places, counts, numbers of seats, sums of such; and shares of whole percents."""

from __future__ import annotations

from fractions import Fraction

from xlperf.engine.plan import Column, Sheet
from xlperf.engine.score import Scores
from xlperf.formula.expression import Expr, link_of, root
from xlperf.formula.values import Value
from xlperf.workbook.style import PERCENT

_KEEPS = frozenset({"add", "sub", "neg", "least", "greatest", "first"})


def units_of(column: Column) -> int:
    """Return how many of what is shown make one: 100 percents, else 1."""
    return 100 if column.measure == PERCENT else 1


def is_whole(value: Value, per: int = 1) -> bool:
    """Return whether a value is a whole number of `per`-ths; text and blanks are no fractions."""
    return not isinstance(value, Fraction) or (value * per).denominator == 1


def always_whole(scores: Scores, sheet: str, name: str, per: int = 1) -> bool:
    """Return whether a column of numbers can hold nothing but whole numbers of `per`-ths; found once for all books."""
    at = ("always whole", sheet, name, per)
    if at not in scores.kept:
        scores.kept[at] = _always_whole(scores, sheet, name, per)
    return bool(scores.kept[at])


def _always_whole(scores: Scores, sheet: str, name: str, per: int) -> bool:
    found = scores.plan.by_name[sheet]
    column = found.by_name[name]
    if column.holds != "number":
        return False
    if (link := link_of(column.expr)) is not None:
        taken = link.kind in ("via", "pick", "total")
        return link.counts or (taken and always_whole(scores, link.sheet or sheet, link.column, per))
    if column.expr is not None:
        return _is_whole(scores, found, root(column.expr), per)
    if column.kind == "input":
        return column.decimals is not None and per % 10**column.decimals == 0
    return not found.grows and all(is_whole(v, per) for v in scores.values[sheet][name])


def _is_whole(scores: Scores, sheet: Sheet, e: Expr, per: int) -> bool:
    match e.op, e.args:
        case (("floor" | "ceiling"), _):
            return True
        case "col", (name,):
            return always_whole(scores, sheet.name, name, per)
        case "const", (value,):
            return is_whole(value, per)
        case "cases", (branches, otherwise):
            return all(_is_whole(scores, sheet, root(x), per) for x in (*(b[1] for b in branches), otherwise[0]))
    products = per == 1 and e.op == "mul"
    return (products or e.op in _KEEPS) and all(_is_whole(scores, sheet, root(x), per) for x in e.args)
