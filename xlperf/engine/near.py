"""临界: who stands close to the next place, and whose numbers stand close to a limit that decides something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from xlperf.engine.plan import Column, Ranking, Sheet
from xlperf.engine.score import Scores
from xlperf.formula.expression import Expr, walk
from xlperf.formula.values import Value

_COMPARED = ("gt", "ge", "lt", "le")
Row = dict[str, Value]


@dataclass(frozen=True)
class NearPlace:
    """Two who follow one another in a group. place, score: of the lower; above: the score of the upper."""

    group: Value
    upper: Row
    lower: Row
    place: Fraction
    score: Fraction
    above: Fraction
    gap: Fraction


@dataclass(frozen=True)
class NearLimit:
    """A number close to a figure that it is compared with. decides: the heading of what follows from it."""

    row: Row
    title: str
    value: Fraction
    limit: Fraction
    gap: Fraction
    decides: str


def near_places(scores: Scores, ranking: Ranking, within: Fraction) -> Iterator[NearPlace]:
    """List the pairs of one group that follow one another and are no further apart than so many points."""
    groups: dict[Value, list[Row]] = {}
    for row in scores.rows(ranking.sheet):
        if isinstance(row[ranking.place], Fraction) and isinstance(row[ranking.score], Fraction):
            groups.setdefault(row[ranking.group], []).append(row)
    for group, rows in groups.items():
        rows.sort(key=lambda r: _number(r[ranking.seat]))
        for upper, lower in pairwise(rows):
            above, score = _number(upper[ranking.score]), _number(lower[ranking.score])
            if abs(above - score) <= within:
                yield NearPlace(group, upper, lower, _number(lower[ranking.place]), score, above, above - score)


def near_thresholds(scores: Scores, sheet: Sheet, within: Fraction) -> Iterator[NearLimit]:
    """List the numbers of a sheet that are close to a figure which an award, a grade or money depends on."""
    seen = set()
    for column in sheet.columns:
        if column.expr is None or not _decides(column):
            continue
        for name, limit in _compared(column.expr):
            if name not in sheet.by_name or sheet.by_name[name].expr is None or (name, limit) in seen:
                continue
            seen.add((name, limit))
            for row in scores.rows(sheet.name):
                value = row[name]
                if isinstance(value, Fraction) and abs(value - limit) <= within:
                    yield NearLimit(row, sheet.by_name[name].title, value, limit, value - limit, column.title)


def _decides(column: Column) -> bool:
    return column.holds == "text" or column.role in ("award", "money")


def _compared(e: Expr) -> Iterator[tuple[str, Fraction]]:
    """List the columns that an expression compares with figures."""
    for node in walk(e):
        if node.op in _COMPARED:
            left, right = node.args
            for one, other in ((left, right), (right, left)):
                if one.op == "col" and other.op == "const" and isinstance(other.args[0], Fraction):
                    yield one.args[0], other.args[0]


def _number(value: Value) -> Fraction:
    return value if isinstance(value, Fraction) else Fraction(0)
