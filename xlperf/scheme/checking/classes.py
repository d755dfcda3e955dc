"""办法体检: places and last places held against how many units a class has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from xlperf.formula.values import shown
from xlperf.problems import Problem, problem
from xlperf.scheme.checking.bounds import Bounds
from xlperf.scheme.checking.figures import adopted_options, resolved
from xlperf.scheme.model import ColumnSpec, Listing, Mapping, Scalar, Scheme, SheetSpec
from xlperf.scheme.reading.nodes import listing, mapping, text

Problems = Iterator[Problem]

SMALL = 2  # in a class of two, whoever is not first is last


@dataclass(frozen=True)
class Cut:
    """A condition on a place: up to which place, and how large a class must be for it to apply."""

    ranked: ColumnSpec
    places: Fraction
    above: Fraction


def small_class_problems(scheme: Scheme) -> Problems:
    """Name conditions that take in more places than a class has units, or the last place of a tiny class."""
    bounds = Bounds(scheme, adopted_options(scheme))
    for sheet in scheme.sheets:
        if sheet.rows == "units":
            for column in sheet.columns:
                for cut in _cuts(bounds, sheet, column):
                    yield from _held(bounds, sheet, column, cut)


def _held(bounds: Bounds, sheet: SheetSpec, column: ColumnSpec, cut: Cut) -> Problems:
    sizes = {name: n for name, n in _classes(bounds, sheet, cut.ranked).items() if n > cut.above}
    low = text(cut.ranked.arguments, "order") == "low"
    small = {name: n for name, n in sizes.items() if n < cut.places or (low and n <= SMALL)}
    if small:
        name = min(small, key=lambda group: small[group])
        told = {"sheet": sheet.title, "column": text(column.attributes, "title", column.name), "group": name}
        counts = {"size": small[name], "places": shown(cut.places, 6), "count": len(small)}
        yield problem("LAST_IN_SMALL_CLASS" if low else "PLACES_EXCEED_CLASS", column.at, **told, **counts)


def _classes(bounds: Bounds, sheet: SheetSpec, ranked: ColumnSpec) -> dict[str, int]:
    """Count the units of each class that a ranking ranks apart; a unit without a class is in none."""
    within = mapping(ranked.arguments, "within")
    keys = ([bounds.plain(sheet, node, row) for node in within.values()] for row in bounds.rows(sheet))
    return Counter("、".join(map(shown, key)) for key in keys if None not in key)


# ---- conditions on places --------------------------------------------------------------------------


def _cuts(bounds: Bounds, sheet: SheetSpec, column: ColumnSpec) -> Iterator[Cut]:
    for conditions in _condition_lists(column):
        above = max((_guard(bounds, sheet, c) for c in conditions), default=Fraction(0))
        for condition in conditions:
            ranked = _ranked(bounds, sheet, text(condition, "column"))
            places = _figure(bounds, sheet, condition, "at_most", "is")
            if ranked and places is not None and places >= 1:
                yield Cut(ranked, places, above)
    if column.rule == "award":
        ranked = _ranked(bounds, sheet, text(column.arguments, "place"))
        pairs = [p for p in listing(column.arguments, "places") if isinstance(p, Listing) and p]
        known = [last for p in pairs if (last := _first_figure(bounds, sheet, p[0])) is not None]
        if ranked and known:
            yield Cut(ranked, max(known), Fraction(0))


def _condition_lists(column: ColumnSpec) -> Iterator[list[Mapping]]:
    lists = [listing(column.arguments, "conditions")]
    lists += [listing(b, "when") for b in listing(column.arguments, "branches") if isinstance(b, Mapping)]
    for found in lists:
        yield [c for c in found if isinstance(c, Mapping)]


def _ranked(bounds: Bounds, sheet: SheetSpec, name: str) -> ColumnSpec | None:
    """Return the rank column that a name stands for, directly or as what is taken first."""
    column = next((c for c in sheet.columns if c.name == name), None)
    if column is None or column.rule == "rank":
        return column
    if column.rule == "first_of":
        for node in listing(column.arguments, "scores"):
            found = resolved(node, bounds.options)
            if isinstance(found, Scalar) and found != name and (ranked := _ranked(bounds, sheet, found)):
                return ranked
    return None


def _guard(bounds: Bounds, sheet: SheetSpec, condition: Mapping) -> Fraction:
    """Return the size that a class must exceed where a condition on its count says so, else 0."""
    column = next((c for c in sheet.columns if c.name == text(condition, "column")), None)
    if column is None or column.rule != "counted":
        return Fraction(0)
    above, least = (_figure(bounds, sheet, condition, word) for word in ("above", "at_least"))
    return above if above is not None else Fraction(0) if least is None else least - 1


def _figure(bounds: Bounds, sheet: SheetSpec, condition: Mapping, *words: str) -> Fraction | None:
    found = (_first_figure(bounds, sheet, condition.get(Scalar(word))) for word in words)
    return next((figure for figure in found if figure is not None), None)


def _first_figure(bounds: Bounds, sheet: SheetSpec, node: object) -> Fraction | None:
    rows = bounds.rows(sheet)
    found = bounds.of(sheet, node, rows[0]) if rows and isinstance(node, Scalar | Mapping) else None
    return found if isinstance(found, Fraction) else None
