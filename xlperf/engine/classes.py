"""办法体检: places and last places held against how many units a class has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from xlperf.engine.bounds import Bounds
from xlperf.engine.plan import Column, Sheet
from xlperf.formula.expression import Expr, columns_of, link_of, root
from xlperf.formula.links import Link
from xlperf.formula.values import shown
from xlperf.problems import Problem, Where, problem

Problems = Iterator[Problem]

_DENIED = {"gt": "le", "le": "gt", "ge": "lt", "lt": "ge"}
SMALL = 2  # in a class of two, whoever is not first is last


@dataclass(frozen=True)
class Cut:
    """A condition on a place: how it is ranked, up to which place, and how large a class must be for it."""

    ranked: Link
    places: Fraction
    above: Fraction


def small_class_problems(bounds: Bounds, places: Mapping[tuple[str, str], Where]) -> Problems:
    """List conditions that take in more places than a class has units, or the last place of a tiny class."""
    for sheet in bounds.plan.unit_sheets():
        for column in (c for c in sheet.columns if not c.step):
            at = places[sheet.name, column.name]
            problems = [p for cut in _cuts(bounds, sheet, column) for p in _held(bounds, sheet, column, cut, at)]
            yield from problems[:1]  # the widest cut says it for the narrower ones


def _held(bounds: Bounds, sheet: Sheet, column: Column, cut: Cut, at: Where) -> Problems:
    found = _classes(bounds, sheet, cut.ranked)
    meant = [name for name, rows in found.items() if any(_may_count(bounds, sheet, column, row) for row in rows)]
    sizes = {name: len(found[name]) for name in meant if len(found[name]) > cut.above}
    low = cut.ranked.order == "low"
    small = {name: n for name, n in sizes.items() if n < cut.places or (low and n <= SMALL)}
    if small:
        name = min(small, key=lambda group: small[group])
        values = {"sheet": sheet.title, "column": column.title, "group": name}
        counts = {"size": small[name], "places": shown(cut.places, 6), "count": len(small)}
        yield problem("LAST_IN_SMALL_CLASS" if low else "PLACES_EXCEED_CLASS", at, **values, **counts)


def _classes(bounds: Bounds, sheet: Sheet, ranked: Link) -> dict[str, list[int]]:
    """Return the rows of each class that a ranking ranks apart; a unit without a class is in none."""
    found: dict[str, list[int]] = {}
    for row in range(bounds.size(sheet.name)):
        key = [bounds.known(value, sheet, row)[1] for _, value in ranked.match]
        if None not in key:
            found.setdefault("、".join(map(shown, key)), []).append(row)
    return found


def _may_count(bounds: Bounds, sheet: Sheet, column: Column, row: int) -> bool:
    """Return whether anything goes on from a cell; facts may say that others of its kind are taken in its row."""
    readers = bounds.plan.graph.readers.get((sheet.name, column.name), ())
    exprs = [sheet.by_name[name].expr if there == sheet.name else None for there, name in readers]
    return not exprs or any(
        e is None or link_of(e) is not None or _may_take(bounds, e, column.name, sheet, row) for e in exprs
    )


def _may_take(bounds: Bounds, e: Expr, name: str, sheet: Sheet, row: int) -> bool:
    """Return whether an expression may look at a column in a row, as far as facts decide its branches."""
    e = root(e)
    if name not in columns_of(e) or e.op != "cases":
        return name in columns_of(e)
    branches, (otherwise, _) = e.args
    for when, then, _ in branches:
        holds = bounds.holds(when, sheet, row, {})
        if name in columns_of(when) or (holds is not False and _may_take(bounds, then, name, sheet, row)):
            return True
        if holds is True:
            return False
    return _may_take(bounds, otherwise, name, sheet, row)


# ---- conditions on places --------------------------------------------------------------------------


def _cuts(bounds: Bounds, sheet: Sheet, column: Column) -> list[Cut]:
    """List the cuts of a column, the widest first."""
    found = []
    for tests in _tested(column.expr):
        above = max((_guard(bounds, sheet, test) for test in tests), default=Fraction(0))
        for test in tests:
            ranked, places = _cut(bounds, sheet, test)
            if ranked is not None and places is not None and places >= 1:
                found.append(Cut(ranked, places, above))
    return sorted(found, key=lambda cut: -cut.places)


def _tested(e: Expr | None) -> Iterator[list[Expr]]:
    """List the comparisons that hold together where a column takes one of its values."""
    e = root(e) if e is not None else None
    if e is None or e.op != "cases":
        return
    branches, _ = e.args
    passed: list[Expr] = []
    for when, _, _ in branches:
        for tests in _alternatives(when):
            yield [*passed, *tests]
        passed += [x for tests in _alternatives(Expr("negate", (when,))) for x in tests]
    yield passed


def _alternatives(e: Expr) -> list[list[Expr]]:
    """Write a condition as lists of comparisons, each list enough by itself; what is denied is left out."""
    match e.op, e.args:
        case "negate", (Expr(op="negate", args=(inner,)),):
            return _alternatives(inner)
        case "negate", (Expr(op="either", args=parts),):
            return _alternatives(Expr("both", tuple(Expr("negate", (p,)) for p in parts)))
        case "negate", (Expr(op=op, args=args),) if op in _DENIED:
            return [[Expr(_DENIED[op], args)]]
        case "negate", _:
            return [[]]
        case "both", parts:
            made: list[list[Expr]] = [[]]
            for part in parts:
                made = [[*one, *more] for one in made for more in _alternatives(part)]
            return made
        case "either", parts:
            return [tests for part in parts for tests in _alternatives(part)]
    return [[e]]


def _cut(bounds: Bounds, sheet: Sheet, test: Expr) -> tuple[Link | None, Fraction | None]:
    """Return the ranking that a comparison is about and up to which place it goes."""
    if test.op not in ("le", "same"):
        return None, None
    what, limit = test.args
    return _ranked(sheet, what), _figure(bounds, sheet, limit)


def _ranked(sheet: Sheet, e: Expr, seen: frozenset[str] = frozenset()) -> Link | None:
    """Return the ranking that an expression is, directly or as what is taken first."""
    if e.op == "first":
        return next((found for x in e.args if (found := _ranked(sheet, x, seen)) is not None), None)
    if e.op != "col" or e.args[0] in seen:
        return None
    expr = sheet.by_name[e.args[0]].expr
    link = link_of(expr)
    if link is not None:
        return link if link.kind == "rank" else None
    return None if expr is None else _ranked(sheet, root(expr), seen | {e.args[0]})


def _guard(bounds: Bounds, sheet: Sheet, test: Expr) -> Fraction:
    """Return the size that a class must exceed where a condition on its count says so, else 0."""
    if test.op not in ("gt", "ge") or test.args[0].op != "col":
        return Fraction(0)
    link = link_of(sheet.by_name[test.args[0].args[0]].expr)
    size = _figure(bounds, sheet, test.args[1]) if link is not None and link.kind in ("count", "tally") else None
    return Fraction(0) if size is None else size if test.op == "gt" else size - 1


def _figure(bounds: Bounds, sheet: Sheet, e: Expr) -> Fraction | None:
    """Return the number that an expression is in the first row, where facts decide it."""
    found = bounds.of(e, sheet, 0) if bounds.size(sheet.name) else None
    return found.high if found is not None and found.low == found.high and isinstance(found.high, Fraction) else None
