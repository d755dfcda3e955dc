"""临界: who stands close to the next place, and whose numbers stand close to a limit that decides something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from xlperf.engine.live import Live
from xlperf.engine.losses import unrounded
from xlperf.engine.plan import Column, Ranking
from xlperf.engine.score import Scores
from xlperf.formula.expression import Expr, link_of, walk
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


def near_thresholds(scores: Scores, ranking: Ranking, within: Fraction) -> Iterator[NearLimit]:
    """List the points on the way to a ranked score that are close to a figure which an award, a grade or money reads.

    Counts of entries and places are whole: they are never close to anything.
    """
    seen, sheet = set(), scores.plan.by_name[ranking.sheet]
    behind = scores.plan.graph.behind([(sheet.name, ranking.score)])
    for column in sheet.columns:
        if column.expr is None or not _decides(column) or (sheet.name, column.name) in behind:
            continue
        for name, limit in _compared(column.expr):
            if (sheet.name, name) not in behind or not _in_points(sheet.by_name[name]) or (name, limit) in seen:
                continue
            seen.add((name, limit))
            for row in scores.rows(sheet.name):
                value = row[name]
                if isinstance(value, Fraction) and abs(value - limit) <= within:
                    yield NearLimit(row, sheet.by_name[name].title, value, limit, value - limit, column.title)


@dataclass(frozen=True)
class NearAward:
    """Who would earn or suffer something else with so many points more, or fewer.

    more, fewer: the awards of the row then, by column; None where they are what they are now.
    """

    row: Row
    more: Row | None
    fewer: Row | None


def near_awards(scores: Scores, ranking: Ranking, within: Fraction) -> Iterator[NearAward]:
    """List whose awards would be others were the score so many points higher or lower; each is really computed."""
    sheet = scores.plan.by_name[ranking.sheet]
    awards = sheet.of_role("award")
    goals = [(sheet.name, c.name) for c in awards]
    live, points = Live(scores, only=scores.plan.graph.behind(goals)), unrounded(sheet, ranking.score)
    for at, row in enumerate(scores.rows(sheet.name)):
        now = row[points]
        if not isinstance(now, Fraction) or not within:
            continue
        then: list[Row | None] = []
        for score in (now + within, now - within):
            moved = live.suppose({(sheet.name, points): {at: score}})
            found = {c.name: live.column(sheet.name, c.name)[at] for c in awards}
            then.append(found if any(found[c.name] != row[c.name] for c in awards) else None)
            live.restore(moved)
        if any(x is not None for x in then):
            yield NearAward(row, *then)


def _in_points(column: Column) -> bool:
    link = link_of(column.expr)
    return column.expr is not None and column.holds == "number" and (link is None or not link.counts)


def _decides(column: Column) -> bool:
    return column.role in ("award", "money") or (column.holds == "text" and column.role != "warning")


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
