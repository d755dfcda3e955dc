"""Which blank cells made a result empty: the walk from an empty result down to where nothing stands.

What each column waits for is said by its expression (`formula.evaluate.awaited`), so a branch that is not taken is
not followed. Scored plans and the columns of a worked example are walked alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from xlperf.engine.plan import Plan
from xlperf.formula.evaluate import Cells, asked_by, awaited
from xlperf.formula.expression import columns_of, link_of
from xlperf.formula.index import Index
from xlperf.formula.ratios import plain
from xlperf.formula.values import Value, value_text

Cell = tuple[str, int, str]  # sheet, position of the row, column


class Valued(Protocol):
    """A plan with values: scored whole, or as far as somebody asked."""

    @property
    def plan(self) -> Plan:
        """Return the plan."""
        ...

    @property
    def index(self) -> Index:
        """Return where the rows stand by what is written in them."""
        ...

    def column(self, sheet: str, name: str) -> Cells:
        """Return a column of a sheet."""
        ...


@dataclass(frozen=True)
class Walk:
    """The cells visited on the way down from one empty result, each once."""

    source: Valued
    _seen: set[Cell] = field(default_factory=set)

    def down(self, cell: Cell) -> Iterator[Cell]:
        """List the lowest empty cells: given ones where nothing stands, computed ones that nothing below explains."""
        sheet, position, name = cell
        if cell in self._seen or self.source.column(sheet, name)[position] is not None:
            return
        self._seen.add(cell)
        below = [] if self.source.plan.by_name[sheet].by_name[name].expr is None else list(self._below(cell))
        if not below:
            yield cell
        for other in below:
            yield from self.down(other)

    def _below(self, cell: Cell) -> Iterator[Cell]:
        """List the empty cells that a computed one is directly made from."""
        sheet, position, name = cell
        there = self.source.plan.by_name[sheet]
        expr = there.by_name[name].expr
        if expr is None:
            return
        row = self._row(sheet, position, columns_of(expr))
        needed = awaited(expr, row)
        for other in (n for n in needed or sorted(columns_of(expr)) if row[n] is None):
            column = there.by_name[other]
            if needed or column.expr is not None or column.required:  # of a choice of several those that must be there
                yield sheet, position, other
        yield from (c for c in self._linked(cell, row) if self.source.column(c[0], c[2])[c[1]] is None)

    def _row(self, sheet: str, position: int, names: frozenset[str]) -> dict[str, Value]:
        return {name: self.source.column(sheet, name)[position] for name in names}

    def _linked(self, cell: Cell, row: dict[str, Value]) -> Iterator[Cell]:
        """List the cells of other rows that a look takes its value from."""
        link = link_of(self.source.plan.by_name[cell[0]].by_name[cell[2]].expr)
        if link is None or not link.sheet or not link.column:
            return
        if link.kind == "via":
            found = self.source.index.keyed(link.sheet).get(plain(row[link.key]))
            at = [] if found is None else [found]
        else:
            wanted, against = asked_by(link, row)
            at = [] if None in wanted + against else [*self.source.index.taken(link, link.sheet, (wanted, against))]
        yield from ((link.sheet, i, link.column) for i in at)


def blank_cells(source: Valued, cell: Cell) -> list[Cell]:
    """List the blank cells that made a cell empty; none where it is not empty."""
    return list(Walk(source).down(cell))


def spelled(plan: Plan, source: Valued, cell: Cell) -> str:
    """Write a cell as examples do, with its heading: `marks.M1.actual（完成值）`."""
    sheet, position, name = cell
    there = plan.by_name[sheet]
    key = value_text(source.column(sheet, there.key.name)[position])
    return f"{sheet}.{key}.{name}（{there.by_name[name].title}）"
