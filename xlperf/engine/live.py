"""A scored plan that is changed: only the rows that a change reaches are computed again.

The plan's graph says which columns read a changed one and how; from there the rows are found: the same
row, those that name it, those that add it up, its peers. Where a value comes out as it was, nothing
goes on from it. The result is the same as scoring everything anew. A change is a cell that gets another value
(`edit`), or another option of a reading, which gives some columns another expression (`Live(scores, plan)`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from xlperf.engine.graph import Read, Spot
from xlperf.engine.plan import Plan, Sheet
from xlperf.engine.score import Scores
from xlperf.formula.evaluate import Cells, evaluate
from xlperf.formula.expression import Expr, link_of
from xlperf.formula.index import Group, Index
from xlperf.formula.links import Link
from xlperf.formula.ratios import plain
from xlperf.formula.values import Value, alike


@dataclass(frozen=True)
class Edit:
    """One cell that gets another value. key: of its row."""

    sheet: str
    key: Value
    column: str
    value: Value


class Moved(NamedTuple):
    """One cell that came to hold something else."""

    sheet: str
    position: int
    column: str
    old: Value
    new: Value


class NotAnInput(Exception):
    """A cell that is worked out, or that the scheme gives, cannot be typed over."""

    def __init__(self, sheet: str, column: str) -> None:
        super().__init__(f"{sheet}.{column} is not an input")


class Live:
    """The values of a scored plan while cells are edited. It starts from scores and leaves them as they are.

    plan: one that is akin (`is_akin`), whose expressions count from now on. only: the computed columns that are
    followed, None for all of them.
    """

    def __init__(self, scores: Scores, plan: Plan | None = None, *, only: Collection[Spot] | None = None) -> None:
        self.plan: Plan = plan or scores.plan
        self.index = Index(self)
        self._values = {s: {c: list(cells) for c, cells in columns.items()} for s, columns in scores.values.items()}
        self._askers: dict[tuple[Spot, tuple[str, ...]], Mapping[Group, Collection[int]]] = {}
        spots = [spot for spot in _in_order(self.plan) if only is None or spot in only]
        self._order = [_Followed.of(self.plan, spot) for spot in spots]
        self._readers: dict[Spot, list[int]] = {}  # a column → those that read it, by their place in the order
        for place, one in enumerate(self._order):
            for spot in {read.spot for read in one.reads}:
                self._readers.setdefault(spot, []).append(place)
        if plan is not None:
            self._turn(scores.plan)

    # ---- as a source of columns ------------------------------------------------------------------

    def column(self, sheet: str, name: str) -> Cells:
        """Return a column of a sheet."""
        return self._values[sheet][name]

    def key(self, sheet: str) -> Cells:
        """Return the key column of a sheet."""
        return self._values[sheet][self.plan.by_name[sheet].key.name]

    def size(self, sheet: str) -> int:
        """Return how many rows a sheet has."""
        return len(self.key(sheet))

    def scores(self) -> Scores:
        """Return what everything comes to now."""
        return Scores(
            self.plan,
            {s.name: {c.name: list(self.column(s.name, c.name)) for c in s.columns} for s in self.plan.sheets},
        )

    # ---- editing ---------------------------------------------------------------------------------

    def edit(self, *edits: Edit) -> list[Moved]:
        """Type values into cells and compute what follows; return every cell that changed, the typed ones first.

        A value of None clears the cell, and the column's default counts. Raises KeyError where there is no such row,
        NotAnInput where the column is no input.
        """
        moved: list[Moved] = []
        dirty: dict[Spot, set[int]] = {}
        before: dict[Spot, dict[int, Value]] = {}
        for edit in edits:
            column = self.plan.by_name[edit.sheet].by_name[edit.column]
            if column.kind != "input":
                raise NotAnInput(edit.sheet, edit.column)
            position = self.index.keyed(edit.sheet)[plain(edit.key)]
            value = column.default if edit.value is None else edit.value
            moved += self._put((edit.sheet, edit.column), {position: value}, dirty, before)
        return moved + self._follow(dirty, before, {})

    def suppose(self, cells: Mapping[Spot, Mapping[int, Value]]) -> list[Moved]:
        """Let cells hold other values, computed ones too, and compute what follows; return every cell that changed.

        cells: (sheet, column) → position → value. They stay as they are put, whatever they are made from. `restore`
        takes the answer and puts everything back.
        """
        moved: list[Moved] = []
        dirty: dict[Spot, set[int]] = {}
        before: dict[Spot, dict[int, Value]] = {}
        for spot, values in cells.items():
            moved += self._put(spot, values, dirty, before)
        return moved + self._follow(dirty, before, cells)

    def restore(self, moved: Iterable[Moved]) -> None:
        """Put back what a supposition changed."""
        for move in moved:
            self._put((move.sheet, move.column), {move.position: move.old}, {}, {})

    def _turn(self, was: Plan) -> None:
        """Compute the columns that another plan made otherwise, and what follows."""
        other: set[Spot] = set()
        for sheet, column in self.plan.computed():
            old = was.by_name[sheet.name].by_name.get(column.name)
            if old is None or old.expr != column.expr:
                other.add((sheet.name, column.name))
                self._values[sheet.name].setdefault(column.name, [None] * self.size(sheet.name))
        self._follow({}, {}, {}, other)

    def _follow(
        self,
        dirty: dict[Spot, set[int]],
        before: dict[Spot, dict[int, Value]],
        held: Mapping[Spot, Mapping[int, Value]],
        whole: Collection[Spot] = (),
    ) -> list[Moved]:
        """Compute what follows from cells that changed; return what came to hold something else.

        held: cells that stay as they are. whole: columns of which every row is computed.
        """
        moved: list[Moved] = []
        reading = {place for spot in dirty for place in self._readers.get(spot, ())}
        for place, one in enumerate(self._order):
            spot = one.spot
            if spot in whole:
                reached: Collection[int] = range(self.size(spot[0]))
            elif place in reading:
                reached = self._reached(one, dirty, before)
            else:
                continue
            rows = sorted(set(reached) - held.get(spot, {}).keys())
            if rows:
                values = evaluate(one.expr, spot[0], self, rows=rows, index=self.index)
                moves = self._put(spot, dict(zip(rows, values, strict=True)), dirty, before)
                if moves:
                    moved += moves
                    reading.update(self._readers.get(spot, ()))
        return moved

    def _put(
        self, spot: Spot, values: Mapping[int, Value], dirty: dict[Spot, set[int]], before: dict[Spot, dict[int, Value]]
    ) -> list[Moved]:
        """Write values, and keep which rows came to hold something else and what they held."""
        sheet, name = spot
        cells = self._values[sheet][name]
        moved = [
            Moved(sheet, i, name, cells[i], value) for i, value in values.items()
            if cells[i] is not value and not alike(cells[i], value)
        ]  # fmt: skip
        if moved:
            rows, was = dirty.setdefault(spot, set()), before.setdefault(spot, {})
            for _, position, _, old, new in moved:
                cells[position] = new
                rows.add(position)
                was.setdefault(position, old)
            now = {move.position: move.new for move in moved}
            self.index.follow(sheet, name, now, key=name == self.plan.by_name[sheet].key.name)
            for at in [at for at in self._askers if at[0][0] == sheet and name in at[1]]:
                del self._askers[at]
        return moved

    # ---- which rows an edit reaches ----------------------------------------------------------------

    def _reached(
        self, one: _Followed, dirty: Mapping[Spot, set[int]], before: Mapping[Spot, Mapping[int, Value]]
    ) -> set[int]:
        """Return the rows of a column that read something which changed."""
        link = one.link
        rows: set[int] = set()
        for read in one.reads:
            changed = dirty.get(read.spot)
            if not changed:
                continue
            if read.how == "row":
                rows |= changed
            if link is not None and (read.how != "row" or link.kind == "rank"):
                rows.update(self._looking(one, link, read, changed, before))
        return rows

    def _looking(
        self, one: _Followed, link: Link, read: Read, changed: set[int], before: Mapping[Spot, Mapping[int, Value]]
    ) -> Iterable[int]:
        """Return the rows whose look at other rows falls on one of those that changed."""
        if read.how == "key":
            return range(self.size(one.spot[0]))
        if link.kind == "via":
            keys = self.key(read.sheet)
            askers = self._asking(one, link)
            return (row for i in changed for row in askers.get((plain(keys[i]),), ()))
        there = link.sheet or one.spot[0]
        names = link.names
        if read.how == "peers":
            return self._passed(there, link, changed, before)
        groups = {group for i in changed for group in self._groups_of(there, names, i, before)}
        if link.kind == "rank":
            members = self.index.grouped(there, names)
            return (row for group in groups for row in members.get(group, ()))
        askers = self._asking(one, link)
        return (row for group in groups for row in askers.get(group, ()))

    def _passed(
        self, sheet: str, link: Link, changed: set[int], before: Mapping[Spot, Mapping[int, Value]]
    ) -> Iterable[int]:
        """Return the rows of a ranking that a number passed when it changed, or is level with; itself among them.

        Whoever stands outside of what it was and what it is has as many above as before, and as many below. Of a row
        that has come into another group, the columns that say so are followed as well.
        """
        rows: set[int] = set()
        for i in changed:
            was, now = plain(before[sheet, link.column][i]), plain(self._values[sheet][link.column][i])
            group = tuple([plain(self._values[sheet][name][i]) for name in link.names])
            if not isinstance(was, int) or not isinstance(now, int):
                rows.update(self.index.grouped(sheet, link.names).get(group, ()))
                continue
            numbers, there, _ = self.index.ordered(sheet, link.column, link.names, group)
            passed = numbers[bisect_left(numbers, min(was, now)) : bisect_right(numbers, max(was, now))]
            rows.update(*map(there.__getitem__, dict.fromkeys(passed)))
        return rows

    def _groups_of(
        self, sheet: str, names: tuple[str, ...], position: int, before: Mapping[Spot, Mapping[int, Value]]
    ) -> set[Group]:
        """Return the group that a row belongs to, and the one it belonged to before the edit."""
        now = [self._values[sheet][name][position] for name in names]
        was = [before.get((sheet, name), {}).get(position, value) for name, value in zip(names, now, strict=True)]
        return {tuple(map(plain, now)), tuple(map(plain, was))}

    def _asking(self, one: _Followed, link: Link) -> Mapping[Group, Collection[int]]:
        """Return, for what a look asks for, the rows that ask it; kept until a column it depends on changes."""
        at = (one.spot, one.own)
        if at not in self._askers:
            found: dict[Group, list[int]] = {}
            asked: list[Cells]
            sheet = one.spot[0]
            if link.kind == "via":
                asked = [self.column(sheet, link.key)]
            else:
                asked = [evaluate(value, sheet, self) for _, value in link.match]
            for i in range(self.size(sheet)):
                found.setdefault(tuple(plain(cells[i]) for cells in asked), []).append(i)
            self._askers[at] = found
        return self._askers[at]


@dataclass(frozen=True)
class _Followed:
    """A computed column that edits are followed into: what it is made from, said once. own: of that, in its own row."""

    spot: Spot
    expr: Expr
    link: Link | None
    reads: tuple[Read, ...]
    own: tuple[str, ...]

    @classmethod
    def of(cls, plan: Plan, spot: Spot) -> _Followed:
        """Return a column of a plan."""
        expr, reads = plan.by_name[spot[0]].by_name[spot[1]].expr, tuple(plan.graph.reads[spot])
        if expr is None:
            raise TypeError(f"{spot} is not computed")
        return cls(spot, expr, link_of(expr), reads, tuple(sorted(r.column for r in reads if r.how == "row")))


def is_akin(plan: Plan, other: Plan) -> bool:
    """Return whether two plans have the same sheets with the same columns to fill, so that only expressions differ."""
    return [_given(s) for s in plan.sheets] == [_given(s) for s in other.sheets]


def _given(sheet: Sheet) -> tuple[object, ...]:
    columns = [(c.name, c.kind, c.holds, c.default) for c in sheet.columns if c.expr is None]
    return sheet.name, sheet.table, sheet.where, sheet.grows, columns


def _in_order(plan: Plan) -> list[Spot]:
    """List the computed columns so that each comes after those it reads."""
    order: dict[Spot, None] = {}

    def visit(spot: Spot) -> None:
        if spot in order or spot not in plan.graph.reads:
            return
        for read in plan.graph.reads[spot]:
            visit(read.spot)
        order[spot] = None

    for spot in plan.graph.reads:
        visit(spot)
    return list(order)
