"""Rows made from tables: one for each unit and month, each person and item; their keys and facts.

A row of a made table stands for one row of `each`, joined with one row of another table or with one value of every
list in `over`, or both. Rows of one object stand together, in the order of its table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from xlperf.formula.evaluate import Cells, evaluate
from xlperf.formula.expression import Expr
from xlperf.formula.values import Value, value_text

Row = dict[str, Value]
JOINED = "-"  # between the parts of a made key


class MadeRow(Row):
    """A made row; it stands where its `each` stood."""

    def __init__(self, cells: Mapping[str, Value], at: object = None) -> None:
        super().__init__(cells)
        if at is not None:
            self.at = at


@dataclass(frozen=True)
class Taken:
    """A table that rows are made from. column: what the made row calls it; key: the column that names its rows."""

    column: str
    table: str
    key: str


@dataclass(frozen=True)
class MadeRows:
    """How the rows of a table are made.

    key: the made table's own key column. on: column of `other` → column of `each` that must hold the same. over:
    column → its values. facts: column of the made row → whose it is (`each` or `other`) and what it is called there.
    condition: rows where it does not hold are not made.
    """

    key: str
    each: Taken
    other: Taken | None = None
    on: tuple[tuple[str, str], ...] = ()
    over: tuple[tuple[str, tuple[Value, ...]], ...] = ()
    facts: tuple[tuple[str, str, str], ...] = ()
    condition: Expr | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the columns that together make the key, in order."""
        return (self.each.column, *((self.other.column,) if self.other else ()), *(name for name, _ in self.over))

    def key_of(self, parts: Iterable[Value]) -> str:
        """Return the key of the row that these parts make."""
        return JOINED.join(map(value_text, parts))

    def rows(self, tables: Mapping[str, list[Row]]) -> list[Row]:
        """Make the rows. A row of `each` or `other` without a key makes none: it is told where it stands."""
        made = list(self._all(tables))
        if self.condition is None:
            return made
        holds = evaluate(self.condition, "", _Made(made))
        return [row for row, held in zip(made, holds, strict=True) if held]

    def _all(self, tables: Mapping[str, list[Row]]) -> Iterator[Row]:
        partners = self._partners(tables)
        names = [name for name, _ in self.over]
        spans = [
            (dict(zip(names, values, strict=True)), "".join(f"{JOINED}{value_text(v)}" for v in values))
            for values in product(*(values for _, values in self.over))
        ]
        for row in tables.get(self.each.table, []):
            joined = tuple(row.get(mine) for _, mine in self.on)
            whole = row.get(self.each.key) is not None and None not in joined
            for other in partners.get(joined, []) if whole else ():
                cells, at = self._cells(row, other), getattr(row, "at", None)
                key = cells.pop(self.key)
                for values, after in spans:
                    yield MadeRow({self.key: f"{key}{after}", **cells, **values}, at)

    def _partners(self, tables: Mapping[str, list[Row]]) -> dict[tuple[Value, ...], list[Row]]:
        """Return the rows of the other table by what they are joined on; one empty row where there is none."""
        if self.other is None:
            return {(): [{}]}
        found: dict[tuple[Value, ...], list[Row]] = {}
        for row in tables.get(self.other.table, []):
            if row.get(self.other.key) is not None:
                found.setdefault(tuple(row.get(theirs) for theirs, _ in self.on), []).append(row)
        return found

    def _cells(self, row: Row, other: Row) -> Row:
        """Return what the rows of one object, with one row of the other table, have alike, and how their keys begin."""
        parts = [row.get(self.each.key), *([other.get(self.other.key)] if self.other else [])]
        cells: Row = {self.key: self.key_of(parts), **dict(zip(self.parts, parts, strict=False))}
        for name, whose, there in self.facts:
            cells[name] = (row if whose == "each" else other).get(there)
        return cells


class _Made:
    """The made rows as columns, for the condition that keeps some of them."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    def column(self, sheet: str, name: str) -> Cells:
        return [row[name] for row in self._rows]

    def key(self, sheet: str) -> Cells:
        return [None] * len(self._rows)

    def size(self, sheet: str) -> int:
        return len(self._rows)


def with_made_rows(made: Mapping[str, MadeRows], tables: Mapping[str, list[Row]]) -> dict[str, list[Row]]:
    """Return the tables with every made table complete: what was filled in stays, what is no longer made goes.

    made: table → how its rows are made; one may be made from another that stands before it.
    """
    found = dict(tables)
    for table, how in made.items():
        there = {value_text(row.get(how.key)): row for row in found.get(table, [])}
        rows = []
        for row in how.rows(found):
            known = there.get(value_text(row[how.key]))
            if known is not None:
                known.update(row)
            rows.append(row if known is None else known)
        found[table] = rows
    return found
