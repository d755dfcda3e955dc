"""Looks at other rows as worksheet functions: the ranges become a sheet, the rule's own look does the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from xlperf.addin.cells import Columns, TwoSheets, grid_of, line_of, single, value_of, wrong
from xlperf.formula.evaluate import Cells, evaluate
from xlperf.formula.excel import SIGNS
from xlperf.formula.expression import Expr, col, lift
from xlperf.formula.links import Order, Side
from xlperf.formula.operations import equal
from xlperf.formula.signature import Slot
from xlperf.formula.values import Value, number, shown
from xlperf.rules import Rule

Given = Sequence[tuple[Slot, str, Any]]  # slot, title, what the cell or range holds
Look = tuple[Expr, TwoSheets]


def looked(rule: Rule, given: Given) -> Look:
    """Bind a look at other rows: the rule's call and the two sheets it looks at."""
    here, there, bound = Columns(), dict[str, list[Value]](), dict[str, Any]()
    takes = {p.name: p.takes for p in rule.parameters}
    where: dict[Any, Expr] = {}
    for slot, title, raw in given:
        if slot.takes == "column":
            name = f"m{len(where)}" if slot.repeats else slot.name
            there[name] = _alike(line_of(raw, title, text=True), there, title)
        elif slot.repeats:
            side, wanted = _wanted(f"m{len(where)}", there[f"m{len(where)}"], raw)
            where[side] = here.cell(wanted, title, text=True)
        elif slot.takes == "word":
            bound[slot.parameter] = raw
        else:
            bound[slot.parameter] = here.cell(raw, title, text=True).args[0]
    one_of = rule.having("one_of")
    if one_of and not where and "key" not in bound:
        raise wrong("FN_MISSING", argument="、".join(p.name for p in one_of))
    for name, kind in takes.items():
        ways: Mapping[str, Any] = {"column": ("there", name), "sheet": "there", "match": where}
        if kind in ways and not (kind == "match" and not where and "key" in bound):
            bound[name] = ways[kind]
    return rule(**bound), TwoSheets(here, there)


_HELD = re.compile("(>=|<=|<>|>|<)(.+)", re.DOTALL)
_ORDERS: Mapping[str, Order] = {sign: order for order, sign in SIGNS.items()}


def _wanted(name: str, cells: Sequence[Value], raw: Any) -> tuple[Any, Any]:
    """Read what a column must be: `">="&date` and the like, as SUMIFS takes them, or a value that it must equal.

    Where the column itself holds such a text, that text is meant.
    """
    text = None if grid_of(raw) is not None else single(raw)
    held = _HELD.fullmatch(text) if isinstance(text, str) else None
    if held is None or text in cells or (held[1] != "<>" and number(held[2]) is None):
        return name, raw
    value = number(held[2])
    return Side(name, _ORDERS[held[1]]), held[2] if value is None else float(value)


def _alike(values: list[Value], others: Mapping[str, list[Value]], title: str) -> list[Value]:
    for other in others.values():
        if len(other) != len(values):
            raise wrong("FN_SIZES", argument=title, found=len(values), wanted=len(other))
    return values


# ---- rank: the row looks at its own sheet -----------------------------------------------------------


@dataclass(frozen=True)
class Peers:
    """The rows that are ranked: their keys and what says which group they are in."""

    columns: Mapping[str, list[Value]]

    def column(self, sheet: str, name: str) -> Cells:
        """Return a column."""
        return self.columns[name]

    def key(self, sheet: str) -> Cells:
        """Return the keys: ranked rows need none."""
        return [None] * self.size(sheet)

    def size(self, sheet: str) -> int:
        """Return how many rows there are."""
        return len(self.columns["by_among"])


def ranked(rule: Rule, given: Given) -> tuple[list[Value], tuple[int, int]]:
    """Rank one cell among a range, or a whole range: places and the shape of the result."""
    raw = {slot.name: (title, cell) for slot, title, cell in given if not slot.repeats}
    words = {slot.parameter: cell for slot, _, cell in given if slot.takes == "word"}
    columns = {"by_among": line_of(raw["by_among"][1], raw["by_among"][0], text=True)}
    within = _groups([(title, cell) for slot, title, cell in given if slot.repeats], columns)
    places = evaluate(rule(by="by_among", within=within, **words), "", Peers(columns))
    title, by = raw["by"]
    grid = grid_of(by)
    if grid is None:
        return [_place(value_of(single(by), title), columns["by_among"], places)], (1, 1)
    if line_of(by, title, text=True) != columns["by_among"]:
        raise wrong("FN_RANK_RANGE", argument=title)
    return places, (len(grid), len(grid[0]))


def _groups(pairs: Sequence[tuple[str, Any]], columns: dict[str, list[Value]]) -> dict[str, Expr]:
    within: dict[str, Expr] = {}
    for i in range(0, len(pairs), 2):
        (title, groups), (other, mine) = pairs[i], pairs[i + 1]
        name = f"m{i}"
        columns[name] = _alike(line_of(groups, title, text=True), columns, title)
        if grid_of(mine) is None:
            within[name] = lift(value_of(single(mine), other, text=True))
        else:
            columns[f"v{i}"] = _alike(line_of(mine, other, text=True), columns, other)
            within[name] = col(f"v{i}")
    return within


def _place(mine: Value, keys: Iterable[Value], places: Sequence[Value]) -> Value:
    if not isinstance(mine, Fraction):
        return None
    found = {p for key, p in zip(keys, places, strict=True) if p is not None and equal(key, mine)}
    if not found:
        raise wrong("FN_NOT_AMONG", "#N/A", found=shown(mine))
    if len(found) > 1:
        raise wrong("FN_TIES", found=shown(mine))
    return found.pop()
