"""得失: where a ranked score lost and gained points, each in points of the score itself.

Every line is a supposition that is really computed: what the score would be had this row earned its full mark, had this
part been given all it can, did this entry not count. Caps, means and shares make such suppositions depend on one
another; what they do together beyond what each does alone is the `rest`, so that for every row of a ranked list

    score + Σ lost + rest = full,   exactly,

where full is the score with every row at its full mark, every limited part at its limit and no entry that adds or
takes points. What has no full mark (an earlier period's result) counts as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from xlperf.engine.graph import Spot
from xlperf.engine.limits import limits
from xlperf.engine.live import Live
from xlperf.engine.plan import UNIT, Column, Ranking, Sheet
from xlperf.engine.score import Scores
from xlperf.formula.expression import link_of, root
from xlperf.formula.values import Value, value_text

LineKind = Literal["item", "part", "entry"]
Cells = dict[Spot, dict[int, Value]]
ZERO = Fraction(0)


@dataclass(frozen=True)
class LossLine:
    """One row or cell in which points were lost (or gained: negative).

    kind: `item` a row with a full mark, `part` a cell of the unit's own row with a limit, `entry` a row or cell that
    adds or takes points. column: which was supposed otherwise. full: None for an entry. earned: what stands there.
    lost: in points of the score that is ranked, None where that has no value. place: what the unit's would be.
    """

    kind: LineKind
    sheet: str
    position: int
    column: str
    full: Fraction | None
    earned: Value
    lost: Fraction | None
    place: Value = None

    @property
    def raw(self) -> Fraction | None:
        """Return the points lost on the row itself; None where it has no full mark or no score."""
        return self.full - self.earned if self.full is not None and isinstance(self.earned, Fraction) else None

    @property
    def worth(self) -> Fraction | None:
        """Return what one point of the row is worth in the score; None where none was lost."""
        raw = self.raw
        return self.lost / raw if raw and self.lost is not None else None


@dataclass(frozen=True)
class Breakdown:
    """One row of a ranked list taken apart.

    score: unrounded, None where there is none. full: None where no line has a full mark. rest: what the lines do
    together beyond what each does alone. worth: sheet → what one point of a row there is worth, the least and most.
    """

    ranking: Ranking
    position: int
    score: Fraction | None
    place: Value
    full: Fraction | None
    lines: tuple[LossLine, ...]
    rest: Fraction
    worth: Mapping[str, tuple[Fraction, Fraction]]


def breakdowns(scores: Scores, ranking: Ranking) -> Iterator[Breakdown]:
    """Take every row of a ranked list apart, in list order."""
    taker = _Taker(scores, ranking)
    for position in range(scores.size(ranking.sheet)):
        yield taker.apart(position)


def unrounded(sheet: Sheet, column: str) -> str:
    """Return the column that a published score is the rounding of; the score itself where it is not rounded."""
    e = sheet.by_name[column].expr
    while e is not None and (bare := root(e)).op == "rounded" and bare.args[0].op == "col":
        column = bare.args[0].args[0]
        e = sheet.by_name[column].expr
    return column


class _Taker:
    """Takes the rows of one ranked list apart."""

    def __init__(self, scores: Scores, ranking: Ranking) -> None:
        self.scores, self.plan, self.ranking = scores, scores.plan, ranking
        self.sheet = self.plan.by_name[ranking.sheet]
        self.column = unrounded(self.sheet, ranking.score)
        self.behind = self.plan.graph.behind([(self.sheet.name, self.column)])
        goal = (self.sheet.name, ranking.place)
        self.live = Live(scores, only=self.behind | self.plan.graph.behind([goal]))
        self.entered = self._entry_columns()
        self.owned = {s.name: self._owned(s) for s in self.plan.sheets}

    def _owned(self, sheet: Sheet) -> dict[tuple[str, str], list[int]]:
        found: dict[tuple[str, str], list[int]] = {}
        for at, thing in enumerate(self.scores.things(sheet)):
            if thing is not None:
                found.setdefault(thing, []).append(at)
        return found

    def _entry_columns(self) -> dict[str, tuple[str, ...]]:
        """Return sheet → its columns of numbers that are added up on the sheets of those who are ranked."""
        found: dict[str, dict[str, None]] = {}
        for home in (s for s in self.plan.sheets if s.table == self.sheet.table):
            for column in home.columns:
                link = link_of(column.expr)
                if link is None or link.kind != "total" or (home.name, column.name) not in self.behind:
                    continue
                there = self.plan.by_name[link.sheet]
                if there.table != self.sheet.table and there.by_name[link.column].holds == "number":
                    found.setdefault(link.sheet, {})[link.column] = None
        return {name: tuple(columns) for name, columns in found.items()}

    # ---- one row -----------------------------------------------------------------------------------

    def apart(self, position: int) -> Breakdown:
        """Take one row apart."""
        thing = (self.sheet.table, value_text(self.scores.key(self.sheet.name)[position]))
        score, place = self._now(position)
        lines, every = [], dict[Spot, dict[int, Value]]()
        for line, cells in self._suppositions(thing):
            then, would = self._supposed(cells, position)
            if score is not None and then is None:
                continue  # a denominator: without it there is no score
            lost = None if score is None or then is None else then - score
            lines.append(
                LossLine(line.kind, line.sheet, line.position, line.column, line.full, line.earned, lost, would)
            )
            for spot, values in cells.items():
                every.setdefault(spot, {}).update(values)
        full = None
        if score is not None and any(x.full is not None for x in lines):
            full, _ = self._supposed(every, position)
        rest = ZERO
        if score is None or full is None:
            lines = [x for x in lines if x.full is not None]
        else:
            rest = full - score - sum((x.lost or ZERO for x in lines), ZERO)
        worth = self._worth(lines, position, score)
        return Breakdown(self.ranking, position, score, place, full, tuple(lines), rest, worth)

    def _now(self, position: int) -> tuple[Fraction | None, Value]:
        score = self.live.column(self.sheet.name, self.column)[position]
        place = self.live.column(self.sheet.name, self.ranking.place)[position]
        return (score if isinstance(score, Fraction) else None), place

    def _supposed(self, cells: Cells, position: int) -> tuple[Fraction | None, Value]:
        moved = self.live.suppose(cells)
        found = self._now(position)
        self.live.restore(moved)
        return found

    def _worth(
        self, lines: list[LossLine], position: int, score: Fraction | None
    ) -> dict[str, tuple[Fraction, Fraction]]:
        """Return what one point is worth, sheet by sheet, also where nothing was lost."""
        found: dict[str, list[Fraction]] = {}
        for line in (x for x in lines if x.kind == "item"):
            if line.worth is not None:
                found.setdefault(line.sheet, []).append(line.worth)
        for line in (x for x in lines if x.kind == "item" and x.sheet not in found and score is not None):
            if isinstance(line.earned, Fraction) and line.earned >= 1:
                then, _ = self._supposed({(line.sheet, line.column): {line.position: line.earned - 1}}, position)
                if then is not None and score is not None:
                    found[line.sheet] = [score - then]
        return {name: (min(values), max(values)) for name, values in found.items()}

    # ---- what is supposed --------------------------------------------------------------------------

    def _suppositions(self, thing: tuple[str, str]) -> Iterator[tuple[LossLine, Cells]]:
        """List what a row of the list would have had otherwise, line by line, each with the cells to put so."""
        for sheet in self.plan.sheets:
            for position in self.owned[sheet.name].get(thing, ()):
                row = self.scores.rows(sheet.name)[position]
                if sheet.table == self.sheet.table:
                    yield from self._own_cells(sheet, position, row, thing)
                    continue
                points, full = sheet.the("score"), sheet.the("full")
                if points is not None and full is not None and (sheet.name, points.name) in self.behind:
                    most = row[full.name]
                    if isinstance(most, Fraction) and not isinstance(row[points.name], str):
                        yield self._line("item", sheet, position, points, most)
                elif limited := self._limited(sheet):
                    for column in limited:
                        yield from self._raised(sheet, position, row, column, thing)
                elif sheet.name in self.entered:
                    yield from self._entry(sheet, position, row)

    def _limited(self, sheet: Sheet) -> list[Column]:
        """List the columns of a fixed list, filled by others than the unit, whose numbers have a limit."""
        if sheet.grows:
            return []
        mine = (c for c in sheet.inputs() if c.by != UNIT and c.holds == "number" and c.high is not None)
        return [c for c in mine if (sheet.name, c.name) in self.behind]

    def _own_cells(
        self, sheet: Sheet, position: int, row: Mapping[str, Value], thing: tuple[str, str]
    ) -> Iterator[tuple[LossLine, Cells]]:
        """List the numbers that somebody types in the own row, and means of others: up to their limit, or away."""
        for column in sheet.columns:
            if column.holds != "number" or (sheet.name, column.name) not in self.behind:
                continue
            link = link_of(column.expr)
            if column.kind == "input" and column.high is not None:
                yield from self._raised(sheet, position, row, column, thing)
            elif row[column.name] and (column.kind == "input" or (link is not None and link.kind == "mean")):
                yield self._line("entry", sheet, position, column, None, ZERO)  # typed, or a mean of others

    def _raised(
        self, sheet: Sheet, position: int, row: Mapping[str, Value], column: Column, thing: tuple[str, str]
    ) -> Iterator[tuple[LossLine, Cells]]:
        """List a cell at its limit; one that takes points off at nothing."""
        now = row[column.name]
        _, most = limits(column, row)
        if not isinstance(now, Fraction) or not isinstance(most, Fraction):
            return
        if self._takes_off(sheet, position, column, most, thing):
            if now:
                yield self._line("entry", sheet, position, column, None, ZERO)
            return
        yield self._line("part", sheet, position, column, most)

    def _takes_off(self, sheet: Sheet, position: int, column: Column, most: Fraction, thing: tuple[str, str]) -> bool:
        """Return whether the score falls as a cell rises from nothing to its limit."""
        at = self.owned[self.sheet.name].get(thing, [0])[0]
        (least, _), (all_, _) = (
            self._supposed({(sheet.name, column.name): {position: value}}, at) for value in (ZERO, most)
        )
        return least is not None and all_ is not None and all_ < least

    def _entry(self, sheet: Sheet, position: int, row: Mapping[str, Value]) -> Iterator[tuple[LossLine, Cells]]:
        """List an entry of a ledger that counts, as if it did not."""
        counted = [name for name in self.entered[sheet.name] if isinstance(row[name], Fraction) and row[name]]
        if counted:
            line, _ = self._line("entry", sheet, position, sheet.by_name[counted[0]], None, ZERO)
            yield line, {(sheet.name, name): {position: ZERO} for name in counted}

    def _line(
        self, kind: LineKind, sheet: Sheet, position: int, column: Column, full: Fraction | None, to: Value = None
    ) -> tuple[LossLine, Cells]:
        """Return a line, not worked out yet, and the cell that is put otherwise: to its full mark, else to `to`."""
        earned = self.scores.column(sheet.name, column.name)[position]
        line = LossLine(kind, sheet.name, position, column.name, full, earned, None)
        return line, {(sheet.name, column.name): {position: full if full is not None else to}}
