"""The most a column can hold, row by row, from the limits a scheme states: what bonuses can add to a base.

Only upper limits of points are followed. `inf` means that the scheme sets none (a ledger that grows, an
input without `high`); None means that it cannot be told from the scheme.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import inf
from typing import Any

from xlperf.formula.values import Value, says, shown
from xlperf.scheme.checking.figures import Options, figure_of, resolved
from xlperf.scheme.model import ColumnSpec, Listing, Mapping, Node, Scalar, Scheme, SheetSpec
from xlperf.scheme.reading.nodes import text

Row = dict[str, Value]
Bound = Fraction | float | None


class Bounds:
    """Upper limits of the cells of a scheme under one set of options."""

    def __init__(self, scheme: Scheme, options: Options) -> None:
        self.scheme = scheme
        self.options = options
        self.sheets = {s.name: s for s in scheme.sheets}
        self._columns = {(s.name, c.name): c for s in scheme.sheets for c in s.columns}
        self._kept: dict[tuple[str, str, int], Bound] = {}

    def rows(self, sheet: SheetSpec) -> list[Row]:
        """Return the rows a sheet starts with."""
        rows = self.scheme.tables.get(sheet.rows, [])
        return [r for r in rows if all(says(wanted, r.get(name)) for name, wanted in sheet.where.items())]

    def most(self, sheet: SheetSpec, name: str, row: Row) -> Bound:
        """Return the most a cell can hold."""
        at = (sheet.name, name, id(row))
        if at not in self._kept:
            self._kept[at] = None  # a circle cannot be told
            self._kept[at] = self._most(sheet, self._columns[sheet.name, name], row)
        return self._kept[at]

    def _most(self, sheet: SheetSpec, column: ColumnSpec, row: Row) -> Bound:
        if column.rule:
            follow = _RULES.get(column.rule)
            return None if follow is None else follow(self, sheet, column.arguments, row)
        kind = text(column.attributes, "is")
        if kind == "fact":
            value = row.get(column.name)
            return value if isinstance(value, Fraction) else None
        if kind == "input" and text(column.attributes, "holds", "number") == "number":
            high = column.attributes.get(Scalar("high"))
            return inf if high is None else self.of(sheet, high, row)
        return None

    def of(self, sheet: SheetSpec, node: Node | None, row: Row) -> Bound:
        """Return the most that a word of a rule call can stand for."""
        node = resolved(node, self.options)
        if isinstance(node, Scalar) and (sheet.name, node) in self._columns:
            return self.most(sheet, node, row)
        return figure_of(self.scheme, node, self.options)

    def plain(self, sheet: SheetSpec, node: Node | None, row: Row) -> Value:
        """Return the text or number that a word stands for where facts alone decide it, else None."""
        node = resolved(node, self.options)
        if not isinstance(node, Scalar):
            return None
        column = self._columns.get((sheet.name, node))
        if column is None:
            found = figure_of(self.scheme, node, self.options)
            return str(node) if found is None else found
        if column.rule == "first_of":
            found_first = (self.plain(sheet, part, row) for part in _items(column.arguments, "scores"))
            return next((value for value in found_first if value is not None), None)
        return row.get(column.name)

    def peers(self, sheet: SheetSpec, where: Mapping, mine: SheetSpec, row: Row) -> list[Row] | None:
        """Return the rows of a sheet that match, None where computed columns decide or rows come in later."""
        if sheet.grows or sheet.rows not in self.scheme.tables:
            return None
        if any((c := self._columns.get((sheet.name, name))) is None or c.rule for name in where):
            return None
        wanted = {name: self.plain(mine, node, row) for name, node in where.items()}
        return [r for r in self.rows(sheet) if all(r.get(str(name)) == value for name, value in wanted.items())]


# ---- rules -----------------------------------------------------------------------------------------

Follow = Callable[[Bounds, SheetSpec, Mapping, Row], Bound]


def _items(arguments: Mapping, name: str) -> list[Any]:
    found = arguments.get(Scalar(name))
    return found if isinstance(found, Listing) else []


def _shown(value: Value) -> str:
    return "" if value is None else shown(value)


def _sum(parts: Iterable[Bound]) -> Bound:
    known = list(parts)
    if inf in known:
        return inf
    return None if None in known else sum((p for p in known if p is not None), Fraction(0))


def _largest(parts: Iterable[Bound]) -> Bound:
    known = list(parts)
    if inf in known:
        return inf
    return None if None in known else max((p for p in known if p is not None), default=None)


def _product(parts: Iterable[Bound]) -> Bound:
    made: Fraction | float = Fraction(1)
    for part in parts:
        if part is None:
            return None
        made = Fraction(0) if 0 in (made, part) else made * part
    return made


def _same_as(name: str) -> Follow:
    return lambda bounds, sheet, given, row: bounds.of(sheet, given.get(Scalar(name)), row)


def _largest_of(name: str) -> Follow:
    return lambda bounds, sheet, given, row: _largest(bounds.of(sheet, n, row) for n in _items(given, name))


def _sum_of(*names: str) -> Follow:
    def follow(bounds: Bounds, sheet: SheetSpec, given: Mapping, row: Row) -> Bound:
        one = [given[Scalar(n)] for n in names if n in given and not isinstance(given[Scalar(n)], Listing)]
        many = [node for n in names for node in _items(given, n)]
        return _sum(bounds.of(sheet, node, row) for node in [*one, *many])

    return follow


def _limited(bounds: Bounds, sheet: SheetSpec, given: Mapping, row: Row) -> Bound:
    score, high = (bounds.of(sheet, given.get(Scalar(n)), row) for n in ("score", "high"))
    known = [x for x in (score, high) if x is not None]
    return min(known) if known else None


def _weighted(bounds: Bounds, sheet: SheetSpec, given: Mapping, row: Row) -> Bound:
    parts = given.get(Scalar("parts"))
    if not isinstance(parts, Mapping):
        return None
    return _sum(_product((bounds.of(sheet, a, row), bounds.of(sheet, b, row))) for a, b in parts.items())


def _steps(bounds: Bounds, sheet: SheetSpec, given: Mapping, row: Row) -> Bound:
    return bounds.of(sheet, given[Scalar("cap")], row) if "cap" in given else inf


def _bands(name: str) -> Follow:
    def follow(bounds: Bounds, sheet: SheetSpec, given: Mapping, row: Row) -> Bound:
        pairs = [p for p in _items(given, name) if isinstance(p, Listing) and len(p) == 2]
        return _largest(bounds.of(sheet, pair[1], row) for pair in pairs)

    return follow


def _choose(bounds: Bounds, sheet: SheetSpec, given: Mapping, row: Row) -> Bound:
    taken = [b.get(Scalar("then")) for b in _items(given, "branches") if isinstance(b, Mapping)]
    taken.append(given.get(Scalar("otherwise")))
    return _largest(bounds.of(sheet, node, row) for node in taken if resolved(node, bounds.options) != "空")


def _any_row(bounds: Bounds, sheet: SheetSpec, given: Mapping, _row: Row) -> Bound:
    other, _, name = text(given, "of").partition(".")
    there = bounds.sheets.get(sheet.name if other == "this" else other)
    return _largest(bounds.most(there, name, r) for r in bounds.rows(there)) if there else None


def _total(bounds: Bounds, sheet: SheetSpec, given: Mapping, row: Row) -> Bound:
    other, _, name = text(given, "of").partition(".")
    there = bounds.sheets.get(sheet.name if other == "this" else other)
    where = given.get(Scalar("where"))
    if there is None or not isinstance(where, Mapping):
        return None
    if there.grows:
        return inf
    rows = bounds.peers(there, where, sheet, row)
    return None if rows is None else _sum(bounds.most(there, name, r) for r in rows)


def _counted(bounds: Bounds, sheet: SheetSpec, given: Mapping, _row: Row) -> Bound:
    there = bounds.sheets.get(sheet.name if text(given, "of") == "this" else text(given, "of"))
    if there is None:
        return None
    return inf if there.grows else Fraction(len(bounds.rows(there)))


def _numbers_in(bounds: Bounds, sheet: SheetSpec, given: Mapping, _row: Row) -> Bound:
    other = text(given, "of").partition(".")[0]
    there = bounds.sheets.get(sheet.name if other == "this" else other)
    if there is None:
        return None
    return inf if there.grows else Fraction(len(bounds.rows(there)))


_RULES: dict[str, Follow] = {
    "achieve": lambda b, s, g, r: _product(b.of(s, g.get(Scalar(n), Scalar("1")), r) for n in ("full", "most")),
    "reached": _same_as("full"),
    "in_force": _same_as("full"),
    "increment_and_rate": _same_as("full"),
    "normalise": _same_as("to"),
    "only_if": _same_as("points"),
    "shown_at": _same_as("score"),
    "even_split": _same_as("total"),
    "limited": _limited,
    "weighted": _weighted,
    "added": _sum_of("scores"),
    "adjusted": _sum_of("score", "bonus"),
    "first_of": _largest_of("scores"),
    "choose": _choose,
    "band": _bands("bands"),
    "rank_points": _bands("top"),
    "steps": _steps,
    "product": lambda b, s, g, r: _product(b.of(s, n, r) for n in _items(g, "factors")),
    "lookup": _any_row,
    "mean_of": _any_row,
    "total": _total,
    "counted": _counted,
    "numbers_in": _numbers_in,
}
