"""Which units and indicators of one scorer make a matrix, because most of these units have most of these indicators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from xlperf.engine.plan import Sheet
from xlperf.engine.score import Scores
from xlperf.formula.values import Value, value_text

FULL = Fraction(1, 2)  # how much of a matrix must be cells to fill
WIDER = 3  # indicators for every unit: more of them take more paper side by side than below one another
MOST = 20  # indicators of a matrix: a line checks itself in one formula, which programs cut at 8,192 characters


@dataclass(frozen=True)
class Grid:
    """Units down and indicators across. rows: indicator → unit → position in the sheet of the plan."""

    units: tuple[Value, ...]
    rows: Mapping[Value, Mapping[Value, int]]


def indicator_column(sheet: Sheet) -> str:
    """Return the column that words the indicator, "" where the sheet has none or somebody types it."""
    return sheet.label.name if sheet.label is not None and sheet.label.kind == "fact" else ""


def grids(scores: Scores, sheet: Sheet, rows: Sequence[int]) -> tuple[list[Grid], list[int]]:
    """Return the matrices that rows make, and the rows that are left.

    Indicators come together while their units are the same or part of the same, and half of the cells at least are
    to be filled. What has one unit or one indicator is no matrix, nor is one of few units and many indicators, nor an
    indicator that a unit has twice.
    """
    label = indicator_column(sheet)
    if not label or not sheet.unit or sheet.table in scores.plan.subject_of:
        return [], list(rows)
    values = scores.values[sheet.name]
    found: dict[Value, dict[Value, int]] = {}
    twice: set[Value] = set()
    for i in rows:
        own = found.setdefault(values[label][i], {})
        twice |= {values[label][i]} if values[sheet.unit][i] in own else set()
        own.setdefault(values[sheet.unit][i], i)
    order = {key: at for at, key in enumerate(scores.objects.names(sheet.of))}
    made = []

    def place(unit: Value) -> int:
        return order.get(value_text(unit), len(order))

    for cluster in _clusters({word: own for word, own in found.items() if word not in twice}):
        units = {unit for own in cluster.values() for unit in own}
        if len(units) > 1 and 1 < len(cluster) <= WIDER * len(units):
            made.append(
                Grid(
                    tuple(sorted(units, key=place)),
                    {w: found[w] for w in found if w in cluster},
                )
            )
    taken = {i for grid in made for own in grid.rows.values() for i in own.values()}
    return made, [i for i in rows if i not in taken]


def _clusters(found: Mapping[Value, dict[Value, int]]) -> list[dict[Value, dict[Value, int]]]:
    """Put indicators together that belong to a matrix, those of the most units first."""
    clusters: list[dict[Value, dict[Value, int]]] = []
    for word, own in sorted(found.items(), key=lambda pair: -len(pair[1])):
        fits = next((c for c in clusters if len(c) < MOST and _fits(c, own)), None)
        if fits is None:
            clusters.append(fits := {})
        fits[word] = own
    return clusters


def _fits(cluster: Mapping[Value, Mapping[Value, int]], own: Mapping[Value, int]) -> bool:
    """Return whether an indicator belongs to a matrix whose first indicator has the most units."""
    units = next(iter(cluster.values())).keys()
    cells = sum(map(len, cluster.values())) + len(own)
    return own.keys() <= units and cells >= FULL * len(units) * (len(cluster) + 1)
