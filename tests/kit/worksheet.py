"""Cases of the rules as calls of worksheet functions: cells instead of expressions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from kit.twosheets import MINE, Link
from xlperf.addin.functions import OMITTED
from xlperf.formula.evaluate import of_row
from xlperf.formula.excel import SIGNS
from xlperf.formula.expression import Expr, columns_of, needs
from xlperf.formula.links import Side
from xlperf.formula.signature import arranged, is_condition_list
from xlperf.formula.values import EXEMPT, Value


def cell(value: Value) -> object:
    """Show a value as a cell holds it."""
    return float(value) if isinstance(value, Fraction) else value


def arguments(expr: Expr, row: Mapping[str, Value]) -> tuple[str, list[Any]]:
    """Return the function and the arguments of a rule's call over one row."""
    name, bound, _ = expr.args
    return name, [_argument(value, slot.takes, row) for slot, value in arranged(name, dict(bound))]


def _argument(value: Any, takes: str, row: Mapping[str, Value]) -> Any:
    if value is None:
        return OMITTED
    if isinstance(value, str):
        return value
    if is_condition_list(value) and value:
        found = [_condition(condition, row) for condition, _ in value]
        return None if None in found else all(found)
    if takes == "condition":
        return _condition(value, row)
    if isinstance(value, Expr):
        return cell(of_row(value, row))
    if takes == "table":
        return tuple((cell(of_row(a, row)), cell(of_row(b, row))) for a, b in value)
    return (tuple(cell(of_row(x, row)) for x in value),)


def _condition(e: Expr, row: Mapping[str, Value]) -> object:
    return None if any(row[name] is None for name in needs(e)) else bool(of_row(e, row))


# ---- looks at other rows ----------------------------------------------------------------------------


def column(rows: Sequence[Mapping[str, Value]], name: str) -> tuple[tuple[object], ...]:
    """Return a column of rows as a range."""
    return tuple((cell(row.get(name)),) for row in rows)


def link_arguments(link: Link, index: int | None) -> tuple[str, list[Any]]:
    """Return the call that one row of `mine` makes, or (index None) the call over all rows at once."""
    name, bound, _ = link.expr.args
    given = dict(bound)
    words = [given.get(w, OMITTED) for w in _WORDS[name]]
    match = given.get("where", given.get("within", {}))
    theirs = link.mine if name == "XP_RANK" else link.theirs
    tail = [x for n, v in match.items() for x in (column(theirs, _name(n)), _wanted(v, link, index, n))]
    return name, [*_looked(name, given, link, index), *words, *tail]


_WORDS: Mapping[str, tuple[str, ...]] = {
    "XP_LOOKUP": (), "XP_TOTAL": ("blanks",), "XP_COUNT": (), "XP_NUMBERS": (), "XP_MEAN": (),
    "XP_RANK": ("order", "ties"),
}  # fmt: skip


def _looked(name: str, given: Mapping[str, Any], link: Link, index: int | None) -> list[Any]:
    if name == "XP_RANK":
        values = column(link.mine, given["by"])
        return [values if index is None else values[index][0], values]
    if name == "XP_LOOKUP" and given["key"] is None:
        return [OMITTED, OMITTED, column(link.theirs, "value")]
    if name == "XP_LOOKUP":
        keys = column(link.mine, given["key"])
        return [keys if index is None else keys[index][0], column(link.theirs, "id"), column(link.theirs, "value")]
    return [column(link.theirs, "id" if name == "XP_COUNT" else given["of"][1])]


def _name(n: str | Side) -> str:
    return str(n.column) if isinstance(n, Side) else n


def _wanted(value: Expr, link: Link, index: int | None, n: str | Side) -> object:
    if not columns_of(value):
        return cell(of_row(value, {}))
    whole = column(link.mine, next(iter(columns_of(value))))
    if isinstance(n, Side) and index is not None and whole[index][0] not in (None, EXEMPT):
        return f"{SIGNS[n.order]}{whole[index][0]}"
    return whole if index is None else whole[index][0]


__all__ = ["MINE", "arguments", "cell", "column", "link_arguments"]
