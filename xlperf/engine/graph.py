"""What reads what: the columns that each computed column is made from, and how it looks at them.

One graph serves whoever asks: which columns nothing goes on from, what an edit touches, which sheets a sheet
looks at, what a fact is needed for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from xlperf.formula.expression import Expr, columns_of, link_of

if TYPE_CHECKING:
    from xlperf.engine.plan import Sheet

Spot = tuple[str, str]  # sheet, column
How = Literal["row", "key", "named", "matched", "rows", "peers"]


@dataclass(frozen=True, slots=True)
class Read:
    """One column that another is made from.

    how: `row` the cell of the same row; `key` the key column in which a row is looked up; `named` the cell of
    the row so found; `matched` a column that says which rows are taken; `rows` the cells of these rows;
    `peers` the cells of all rows of the same sheet.
    """

    sheet: str
    column: str
    how: How

    @property
    def spot(self) -> Spot:
        """Return where it stands."""
        return self.sheet, self.column


def reads(e: Expr, sheet: str, keys: Mapping[str, str]) -> tuple[Read, ...]:
    """List what an expression on a sheet is made from, each column and way once, own row first.

    keys: sheet → name of its key column.
    """
    link = link_of(e)
    if link is None:
        return tuple(Read(sheet, name, "row") for name in sorted(columns_of(e)))
    asked = (*link.wanted, *link.against)
    mine = {name for value in asked for name in columns_of(value)} | ({link.key} if link.key else set())
    own = [Read(sheet, name, "row") for name in sorted(mine)]
    there = link.sheet or sheet
    if link.kind == "via":
        return (*own, Read(there, keys.get(there, ""), "key"), Read(there, link.column, "named"))
    matched = [Read(there, name, "matched") for name in (*link.names, *(x.column for x in link.limits))]
    taken = [Read(there, link.column, "peers" if link.kind == "rank" else "rows")] if link.column else []
    return tuple(dict.fromkeys((*own, *matched, *taken)))


@dataclass(frozen=True)
class Graph:
    """Every computed column with what it reads."""

    reads: Mapping[Spot, tuple[Read, ...]] = field(default_factory=dict)

    @cached_property
    def readers(self) -> Mapping[Spot, frozenset[Spot]]:
        """Return for each column the columns that are made from it directly."""
        found: dict[Spot, set[Spot]] = {}
        for at, made_from in self.reads.items():
            for read in made_from:
                found.setdefault(read.spot, set()).add(at)
        return {spot: frozenset(at) for spot, at in found.items()}

    def touched(self, spots: Iterable[Spot]) -> frozenset[Spot]:
        """Return every computed column whose values can change when cells of these columns do."""
        found: set[Spot] = set()
        waiting = list(spots)
        while waiting:
            for reader in self.readers.get(waiting.pop(), ()):
                if reader not in found:
                    found.add(reader)
                    waiting.append(reader)
        return frozenset(found)

    def behind(self, spots: Iterable[Spot]) -> frozenset[Spot]:
        """Return every column that these are made from, directly or not, themselves included."""
        found = set(spots)
        waiting = list(found)
        while waiting:
            for read in self.reads.get(waiting.pop(), ()):
                if read.spot not in found:
                    found.add(read.spot)
                    waiting.append(read.spot)
        return frozenset(found)

    def sheets_read(self, sheet: str) -> Iterator[str]:
        """List the other sheets that the columns of a sheet look at, each once, in the order of the columns."""
        seen = {sheet}
        for (own, _), made_from in self.reads.items():
            for read in made_from if own == sheet else ():
                if read.sheet not in seen:
                    seen.add(read.sheet)
                    yield read.sheet


def graph_of(sheets: Iterable[Sheet]) -> Graph:
    """Read the graph off the sheets of a plan."""
    there = tuple(sheets)
    keys = {s.name: s.key.name for s in there if s.columns}
    found = {(s.name, c.name): reads(c.expr, s.name, keys) for s in there for c in s.columns if c.expr is not None}
    return Graph(found)
