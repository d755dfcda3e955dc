"""Evaluate a plan: every computed column of every sheet, exactly or as arrays.

Columns are computed on demand, so sheets may look at each other both ways as long as no column
depends on itself; a circle is named when it is met.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any, Generic, TypeVar

from xlperf.engine.objects import Objects, Party, Thing, objects_of
from xlperf.engine.plan import Column, Plan, Row, Sheet, Tables
from xlperf.formula.evaluate import Cells, worked_out
from xlperf.formula.index import Index
from xlperf.formula.ratios import Ratios, Words
from xlperf.formula.values import VALUE_TYPES, Unread, Value, as_values, value_text
from xlperf.many import many_objects

C = TypeVar("C")


class CircularPlan(Exception):
    """A column depends on itself."""

    def __init__(self, path: list[tuple[str, str]]) -> None:
        super().__init__("a column depends on itself: " + " → ".join(f"{s}.{c}" for s, c in path))


class UnknownColumn(Exception):
    """An expression names a column that the plan does not have."""

    def __init__(self, sheet: str, name: str) -> None:
        super().__init__(f"no column {sheet}.{name} in the plan")


def defaulted(column: Column, value: Value) -> Value:
    """Return what a cell counts as: its default where it is empty, nothing where what stood there was wrong."""
    return column.default if value is None else None if isinstance(value, Unread) else value


def given_values(column: Column, rows: Sequence[Row]) -> list[Value]:
    """Return what counts in the rows of a column that nobody works out, see `defaulted`."""
    name = column.name
    try:
        return _counted(column, list(map(itemgetter(name), rows)))
    except KeyError:  # some rows lack it
        return _counted(column, [row.get(name) for row in rows])


def _counted(column: Column, values: list[Any]) -> list[Value]:
    """Return what counts of what stands in the rows of a column."""
    kinds = set(map(type, values))
    if column.default is not None or Unread in kinds:
        return as_values([defaulted(column, v) for v in values])
    return values if kinds <= VALUE_TYPES else as_values(values)


def given_cells(column: Column, rows: Sequence[Row]) -> Words | Ratios:
    """Return the same as a column that others are worked out from."""
    return _cells(column, given_values(column, rows))


def _cells(column: Column, values: list[Value]) -> Words | Ratios:
    return Words(values) if column.holds == "text" else Ratios.of(values)


class Columns(Generic[C]):
    """The columns of a plan over tables, computed when asked for and kept."""

    def __init__(self, plan: Plan, rows: Mapping[str, list[dict[str, Value]]]) -> None:
        self.plan = plan
        self.rows = rows
        self._kept: dict[tuple[str, str], C] = {}
        self._open: list[tuple[str, str]] = []

    def column(self, sheet: str, name: str) -> C:
        """Return a column, computing it and what it needs first."""
        at = (sheet, name)
        if at in self._kept:
            return self._kept[at]
        if at in self._open:
            raise CircularPlan([*self._open[self._open.index(at) :], at])
        try:
            column = self.plan.by_name[sheet].by_name[name]
        except KeyError:
            raise UnknownColumn(sheet, name) from None
        self._open.append(at)
        try:
            self._kept[at] = self._made(sheet, column)
        finally:
            self._open.pop()
        return self._kept[at]

    def key(self, sheet: str) -> C:
        """Return the key column of a sheet."""
        return self.column(sheet, self.plan.by_name[sheet].key.name)

    def size(self, sheet: str) -> int:
        """Return how many rows a sheet has."""
        return len(self.rows[sheet])

    def given(self, sheet: str, column: Column) -> list[Value]:
        """Return the values that came in, with defaults where a cell was empty, and not where it was wrong."""
        return given_values(column, self.rows[sheet])

    def _made(self, sheet: str, column: Column) -> C:
        raise TypeError("Columns is completed by a face")


class ExactColumns(Columns[Cells]):
    """Columns in exact fractions; where rows stand is found out once for all of them."""

    def __init__(self, plan: Plan, rows: Mapping[str, list[dict[str, Value]]]) -> None:
        super().__init__(plan, rows)
        self.index = Index(self)

    def take_given(self) -> None:
        """Take all given columns, where every row has them, with one look at each row."""
        for sheet in self.plan.sheets:
            given, rows = [c for c in sheet.columns if c.expr is None], self.rows[sheet.name]
            if len(given) < 2 or not rows:  # a getter of one name makes no tuple
                continue
            try:
                found = [*map(itemgetter(*(c.name for c in given)), rows)]
            except KeyError:
                continue
            for at, column in enumerate(given):
                values = _counted(column, [*map(itemgetter(at), found)])
                self._kept[sheet.name, column.name] = _cells(column, values)

    def _made(self, sheet: str, column: Column) -> Cells:
        if column.expr is None:
            return given_cells(column, self.rows[sheet])
        found = worked_out(column.expr, sheet, self, index=self.index)
        return found if isinstance(found, Ratios | Words) else Words(found)


@dataclass(frozen=True)
class Scores:
    """A scored plan: sheet → column → one exact value a row (fraction, text, None, 不适用).

    kept: what is worked out of it once for all who ask.
    """

    plan: Plan
    values: Mapping[str, Mapping[str, Cells]]
    kept: dict[object, object] = field(default_factory=dict, init=False, repr=False, compare=False)
    _rows: dict[str, list[dict[str, Value]]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _at: dict[str, dict[Value, int]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _within: dict[str, dict[Thing | None, tuple[int, ...]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _held: dict[str, dict[Party, tuple[int, ...]]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def column(self, sheet: str, name: str) -> Cells:
        """Return a column of a sheet."""
        return self.values[sheet][name]

    def rows(self, sheet: str) -> list[dict[str, Value]]:
        """Return the rows of a sheet, inputs and results alike; put together once and not to be changed."""
        if sheet not in self._rows:
            columns = self.values[sheet]
            names = list(columns)
            self._rows[sheet] = [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        return self._rows[sheet]

    def position(self, sheet: str, key: Value) -> int:
        """Return where the row that a key names stands, the first of several; KeyError where there is none."""
        if sheet not in self._at:
            found: dict[Value, int] = {}
            for i, value in enumerate(self.values[sheet][self.plan.by_name[sheet].key.name]):
                found.setdefault(value, i)
            self._at[sheet] = found
        return self._at[sheet][key]

    def holds(self, sheet: str, key: Value) -> bool:
        """Return whether a sheet has a row of this key."""
        try:
            return self.position(sheet, key) >= 0
        except KeyError:
            return False

    def row(self, sheet: str, key: Value) -> dict[str, Value]:
        """Return the row of a sheet that a key names; KeyError where there is none."""
        return self.rows(sheet)[self.position(sheet, key)]

    def where_is(self, unit: Value, table: str = "") -> Sheet | None:
        """Return the sheet that scores a unit, a ranked one first; None where no sheet has its row.

        table: of the objects it is one of, where it is none of the outermost.
        """
        ranked = {r.sheet for r in self.plan.rankings}
        homes = [s for s in self.plan.sheets if s.table == table] if table else self.plan.unit_sheets()
        for sheet in sorted(homes, key=lambda s: s.name not in ranked):
            if self.holds(sheet.name, unit):
                return sheet
        return None

    @cached_property
    def index(self) -> Index:
        """Return where the rows of each sheet stand by what is written in them."""
        return Index(self)

    def key(self, sheet: str) -> Cells:
        """Return the key column of a sheet."""
        return self.values[sheet][self.plan.by_name[sheet].key.name]

    def size(self, sheet: str) -> int:
        """Return how many rows a sheet has."""
        return len(self.key(sheet))

    @cached_property
    def objects(self) -> Objects:
        """Return who there is, in list order."""
        tables: dict[str, list[dict[str, Value]]] = {}
        for subject in self.plan.subjects:
            homes = [s for s in self.plan.sheets if s.table == subject.table]
            for sheet in sorted(homes, key=lambda s: not {subject.name, subject.by} - {""} <= s.by_name.keys()):
                names = [n for n in (sheet.key.name, subject.name, subject.by) if n in sheet.by_name]
                columns = [self.values[sheet.name][n] for n in names]
                rows = (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))
                tables.setdefault(subject.table, []).extend(rows)
        return objects_of(self.plan, tables)

    def things(self, sheet: Sheet) -> list[Thing | None]:
        """Return row by row which object it is, or belongs to; None where it belongs to nobody."""
        if sheet.table in self.plan.subject_of:
            return [(sheet.table, value_text(key)) for key in self.values[sheet.name][sheet.key.name]]
        if not sheet.unit:
            return [None] * len(self.values[sheet.name][sheet.key.name])
        return [None if v is None else (sheet.of, value_text(v)) for v in self.values[sheet.name][sheet.unit]]

    def rows_held(self, sheet: Sheet, party: Party) -> tuple[int, ...]:
        """Return the rows of a sheet that come in a book."""
        if sheet.name not in self._held:
            found: dict[Party, list[int]] = {}
            holder = {thing: self.objects.holder_in(sheet, thing) for thing in dict.fromkeys(self.things(sheet))}
            for at, thing in enumerate(self.things(sheet)):
                found.setdefault(holder[thing], []).append(at)
            self._held[sheet.name] = {held: tuple(at) for held, at in found.items()}
        return self._held[sheet.name].get(party, ())

    def rows_within(self, sheet: Sheet, bearer: Thing | None) -> tuple[int, ...]:
        """Return the rows of a sheet that are of an object, of one within it, or nobody's; all of them for None."""
        if sheet.name not in self._within:
            found: dict[Thing | None, list[int]] = {}
            things = self.things(sheet)
            chains = {thing: self.objects.chain(thing) or (None,) for thing in dict.fromkeys(things)}
            for at, thing in enumerate(things):
                for one in chains[thing]:
                    found.setdefault(one, []).append(at)
            self._within[sheet.name] = {one: tuple(at) for one, at in found.items()}
        if bearer is None:
            return tuple(range(self.size(sheet.name)))
        known = self._within[sheet.name]
        own, nobody = known.get(bearer, ()), known.get(None, ())
        return tuple(sorted((*own, *nobody))) if own and nobody else own or nobody

    @cached_property
    def unit_names(self) -> Mapping[Value, str]:
        """Return the name of every unit by its code, in list order; the code itself where it has no name."""
        names: dict[Value, str] = {}
        for sheet in self.plan.unit_sheets():
            for row in self.rows(sheet.name):
                names.setdefault(row[sheet.key.name], self.plan.name_of(sheet, row))
        return names


def rows_of(plan: Plan, tables: Tables) -> dict[str, list[dict[str, Value]]]:
    """Share out the rows of tables to the sheets of a plan: `marks` rows to every sheet on `marks`, and so on.

    A sheet's `where` keeps only the rows whose facts agree. Row order is kept.
    """
    tables_of = ((s, tables.get(s.table, [])) for s in plan.sheets)
    return {s.name: [row for row in rows if s.takes(row)] if s.where else list(rows) for s, rows in tables_of}


@many_objects()
def score(plan: Plan, tables: Tables) -> Scores:
    """Score a plan exactly.

    tables: table name → rows (column name → fraction, text or None). Empty input stays empty: what
    needs it is empty too. A Python number is the fraction it stands for; TypeError for what no cell holds. Raises
    CircularPlan or UnknownColumn where the scheme is wrong.
    """
    for sheet in plan.sheets:  # what says which rows a sheet has is compared before any column is made
        for name in sheet.where:
            rows = tables.get(sheet.table, [])
            found = [row.get(name) for row in rows]
            if (typed := as_values(found)) is not found:
                made = [{**row, name: value} for row, value in zip(rows, typed, strict=True)]
                tables = {**tables, sheet.table: made}
    columns = ExactColumns(plan, rows_of(plan, tables))
    columns.take_given()
    return Scores(plan, {s.name: {c.name: columns.column(s.name, c.name) for c in s.columns} for s in plan.sheets})
