"""Judge everything that was entered, together: each cell once what its limits look at is known.

A limit may look at facts, at other cells of the row, and at computed columns. So cells are judged in order: first those
whose limits need nothing that is entered, then those that look at these, with the columns computed in between. A cell
with an error is blank for all that follows; a limit that rests on a blank cell limits nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import chain
from typing import Any, cast

from xlperf.engine.graph import Spot
from xlperf.engine.objects import Objects, Thing, objects_of
from xlperf.engine.plan import Column, Plan, Row, Sheet, Tables
from xlperf.engine.reason import is_asked
from xlperf.engine.score import ExactColumns, defaulted, rows_of
from xlperf.entries.cell import Asked, Raw, as_typed, judge
from xlperf.entries.columnwise import UNSURE, Filled, Rows, Unsure
from xlperf.formula.expression import columns_of
from xlperf.formula.values import UNREAD, Value, value_text
from xlperf.problems import Problem, Where, errors

_FEW = 3  # cells of a column up to which they are judged one by one


@dataclass
class Entry:
    """One cell that somebody filled or should have filled.

    row: its row in the tables, where the value is put. needed: whether an empty cell is told where the column is
    required. data_type, formula, percent: what a spreadsheet says of the cell. value, problems: what came of it. order:
    where it stands among others, for whoever brings them.
    """

    sheet: Sheet
    column: Column
    row: dict[str, Value]
    raw: Raw
    where: Where | Callable[[], Where]
    needed: bool = True
    data_type: str = ""
    formula: str = ""
    percent: bool = False
    value: Value = None
    problems: list[Problem] = field(default_factory=list)
    order: int = 0


def judge_entries(
    plan: Plan,
    tables: Tables,
    entries: Collection[Entry],
    own: Callable[[Thing | None], bool] = lambda _: True,
    columns: Collection[Filled] = (),
) -> list[Entry]:
    """Judge entries, each in `value` and `problems`, and put the values into their rows, which stand in the tables.

    own: which objects whoever filled them may name: a unit its own people. columns: cells to be judged together, in
    rows of which each is in one sheet alone; those of them that had to be looked at one by one are returned.
    """
    level = levels(plan)
    offered = Offers(plan, tables, own)
    wrong: set[tuple[int, str]] = set()
    steps: dict[int, list[Entry]] = {}
    for entry in entries:
        entry.row[entry.column.name] = None
        steps.setdefault(level[entry.sheet.name, entry.column.name], []).append(entry)
    together: dict[int, list[Filled]] = {}
    for filled in columns:
        together.setdefault(level[filled.sheet.name, filled.column.name], []).append(filled)
    looked_at: list[Entry] = []
    first = min(steps.keys() | together.keys(), default=0)
    _clear([filled for step, some in together.items() if step > first for filled in some])
    for step in sorted(steps.keys() | together.keys()):
        apart = _judge_together(together.get(step, ()))
        looked_at += apart
        these = [*steps.get(step, ()), *apart]
        known, asks = Known(plan, tables), _Asks()
        for entry in chain(_unsure(steps.get(step, ())), apart):
            _judge(entry, known.of(entry.sheet, entry.column, entry.row), offered, asks)
        for entry in these:  # a row of two sheets is judged by both
            spot = id(entry.row), entry.column.name
            if entry.problems and errors(entry.problems):
                wrong.add(spot)
            entry.row[entry.column.name] = _nothing(entry.column) if spot in wrong else entry.value
    return looked_at


def _clear(columns: Collection[Filled]) -> None:
    """Make cells blank for those that are judged before them."""
    blank: dict[Rows, list[str]] = {}
    for filled in columns:
        blank.setdefault(filled.at, []).append(filled.column.name)
    for rows, names in blank.items():
        rows.clear(names)


def _unsure(entries: Collection[Entry]) -> Iterator[Entry]:
    """Judge what a spreadsheet plainly says, column by column; list the other cells, still to be judged.

    A number that is written as text is not plain there: it is read with a note.
    """
    by_column: dict[tuple[int, int, bool], list[Entry]] = {}
    for entry in entries:
        plain = entry.raw is None or isinstance(entry.raw, str if entry.column.holds == "text" else int | float)
        if entry.formula or entry.percent or entry.data_type not in ("n", "s") or not plain:
            yield entry
        else:
            by_column.setdefault((id(entry.sheet), id(entry.column), entry.needed), []).append(entry)
    for some in by_column.values():
        if len(some) < _FEW:
            yield from some
            continue
        first, raws = some[0], [e.raw for e in some]
        together = Filled(Rows(first.sheet, [e.row for e in some]), first.column, first.needed, raws)
        for entry, value in zip(some, together.read(), strict=True):
            if isinstance(value, Unsure):
                yield entry
            else:
                entry.value, entry.problems = value, []


def _judge_together(columns: Collection[Filled]) -> list[Entry]:
    """Put what is plainly right into its rows; return the other cells, still to be judged."""
    judged: dict[Rows, dict[str, list[Any]]] = {}
    apart: list[Entry] = []
    for filled in columns:
        found = filled.read()
        unsure = [i for i, value in enumerate(found) if value is UNSURE]
        values = [None if value is UNSURE else value for value in found] if unsure else found
        judged.setdefault(filled.at, {})[filled.column.name] = values
        apart += [_entry(filled, i) for i in unsure]
    for rows, values_of in judged.items():
        rows.put(values_of)
    return apart


def _entry(filled: Filled, i: int) -> Entry:
    """Return one cell of a column, to be judged by itself."""
    raw, kind = (as_typed(filled.raws[i], filled.column), "") if filled.typed is None else filled.typed(i)
    at, row = partial(filled.place, i), filled.rows[i]
    return Entry(filled.sheet, filled.column, row, raw, at, filled.needed, kind, order=filled.order(i))


def _nothing(column: Column) -> Value:
    """Return what stands for a wrong cell: it is no blank, so that a default does not count in its place."""
    return UNREAD if column.default is not None else None


def _judge(entry: Entry, known: Row, offered: Offers, asks: _Asks) -> None:
    column = entry.column
    offer = offered.of(column.offers)
    open_, measure = asks.whether(entry, known), entry.sheet.measured_by
    asked = Asked(column, known, entry.where, offer.keys, offer.names, open_, measure, offer.shared, offered.year)
    entry.value, problems = judge(asked, entry.raw, entry.data_type, entry.formula, entry.percent)
    entry.problems = [p for p in problems if entry.needed or p.code != "MISSING"] if problems else []


class _Asks:
    """Whether rows ask for cells; those that agree in what the condition looks at are asked once."""

    def __init__(self) -> None:
        self._looks_at: dict[Spot, tuple[str, ...]] = {}
        self._found: dict[tuple[object, ...], bool] = {}

    def whether(self, entry: Entry, known: Row) -> bool:
        """Return whether the row of a cell asks for it. known: what the condition looks at."""
        if entry.column.asked is None:
            return True
        at = entry.sheet.name, entry.column.name
        if at not in self._looks_at:
            self._looks_at[at] = tuple(columns_of(entry.column.asked))
        case = (*at, *[known.get(name) for name in self._looks_at[at]])
        if case not in self._found:
            self._found[case] = is_asked(entry.column, known)
        return self._found[case]


@dataclass(frozen=True)
class Offer:
    """The keys of a table that a cell may name, in order, and other words for them: the names of units, of people.

    shared: the names that several bear, each with their keys.
    """

    keys: Mapping[str, None] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    shared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


NOTHING = Offer()


class Offers:
    """What may be written where a column takes the keys of a table, by table, found out when it is asked for.

    own: see `judge_entries`. year: that is appraised.
    """

    def __init__(self, plan: Plan, tables: Tables, own: Callable[[Thing | None], bool] = lambda _: True) -> None:
        self._plan, self._tables, self._own, self.year = plan, tables, own, plan.year
        self._found: dict[str, Offer] = {"": NOTHING}

    @cached_property
    def _objects(self) -> Objects:
        return objects_of(self._plan, self._tables)

    def of(self, table: str) -> Offer:
        """Return what a table offers; nothing for ""."""
        if table not in self._found:
            self._found[table] = self._offer(table)
        return self._found[table]

    def _offer(self, table: str) -> Offer:
        plan, objects = self._plan, self._objects
        sheet = next((s for s in plan.sheets if s.table == table), None)
        key, home = plan.key_of(table), plan.units is not None and plan.units.table == table
        rows = self._tables.get(table, [])
        there = [r for r in rows if home or sheet is None or self._own(objects.of_row(sheet, r))]
        keys: dict[str, None] = {value_text(row.get(key)): None for row in there}
        bearers: dict[str, list[str]] = {}
        for code, name in objects.names(table).items():
            if code in keys:
                bearers.setdefault(name, []).append(code)
        names = {name: codes[0] for name, codes in bearers.items() if len(codes) == 1}
        shared = {name: tuple(codes) for name, codes in bearers.items() if len(codes) > 1}
        return Offer(keys, names, shared)


def beyond_limits(plan: Plan, tables: Tables, *, every: bool = False) -> list[Entry]:
    """Judge again, in their rows, the accepted cells whose limits rest on computed columns; return those in error.

    Such a limit can change with what others enter later. A cell that no longer stands is blank from here on. every:
    judge all accepted cells, because the scheme was changed after they were.
    """
    late = {s.name: [c for c in s.inputs() if every or looks_at_computed(s, c)] for s in plan.sheets}
    if not any(late.values()):
        return []
    rows = rows_of(plan, tables)
    found = []
    for sheet in (s for s in plan.sheets if late[s.name]):
        for row in rows[sheet.name]:
            key = value_text(row.get(sheet.key.name))
            for column in (c for c in late[sheet.name] if row.get(c.name) is not None):
                at = Where(sheet=sheet.title, path=f"{key} {column.title}")
                found.append(Entry(sheet, column, row, row[column.name], at))
    judge_entries(plan, tables, found)
    return [e for e in found if errors(e.problems)]


# ---- what limits look at --------------------------------------------------------------------------


class Known:
    """What the limits of cells look at: the rows as far as they are judged, and columns computed from them."""

    def __init__(self, plan: Plan, tables: Tables) -> None:
        self._plan, self._tables = plan, tables
        self._columns: ExactColumns | None = None
        self._at: dict[tuple[str, int], int] = {}
        self._read: dict[Spot, tuple[list[Column], list[str]]] = {}

    def of(self, sheet: Sheet, column: Column, row: Row) -> Row:
        """Return what the limits and conditions of a cell look at, defaults where a cell is empty."""
        at = sheet.name, column.name
        if at not in self._read:
            names = [*looks_at(column), sheet.measured_by]
            columns = [c for name in names if (c := sheet.by_name.get(name)) is not None]
            self._read[at] = [c for c in columns if c.expr is None], [c.name for c in columns if c.expr is not None]
        given, computed = self._read[at]
        found = {c.name: defaulted(c, row.get(c.name)) for c in given}
        for name in computed:
            found[name] = self._value(sheet, row, name)
        return found

    def _value(self, sheet: Sheet, row: Row, name: str) -> Value:
        """Return a computed cell of the row; None where the row stands in no table."""
        if self._columns is None:
            rows = rows_of(self._plan, self._tables)
            self._columns = ExactColumns(self._plan, rows)
            self._at = {(name, id(row)): i for name, found in rows.items() for i, row in enumerate(found)}
        at = self._at.get((sheet.name, id(row)))
        return None if at is None else self._columns.column(sheet.name, name)[at]


def looks_at(column: Column) -> frozenset[str]:
    """List the columns of its row that the limits of a column and the condition for asking look at."""
    found = [columns_of(e) for e in (column.low, column.high, column.asked) if e is not None]
    return frozenset().union(*found)


def looks_at_computed(sheet: Sheet, column: Column) -> bool:
    """Return whether what may stand in a column follows from computed columns."""
    return any(c.expr is not None for name in looks_at(column) if (c := sheet.by_name.get(name)) is not None)


def levels(plan: Plan) -> dict[Spot, int]:
    """Return when each column that is not computed can be judged: 0, or after those of all lower numbers.

    Columns whose limits look at one another are judged at the same time. Found out once for a plan.
    """
    if "levels" not in plan.kept:
        plan.kept["levels"] = _levels(plan)
    return cast("dict[Spot, int]", plan.kept["levels"])


def _levels(plan: Plan) -> dict[Spot, int]:
    found: dict[Spot, int] = {}
    open_: set[Spot] = set()

    def level(at: Spot) -> int:
        if at not in found:
            open_.add(at)
            before = [b for b in _before(plan, at) if b not in open_]
            found[at] = 1 + max(map(level, before)) if before else 0
            open_.discard(at)
        return found[at]

    for sheet in plan.sheets:
        for column in (c for c in sheet.columns if c.expr is None):
            level((sheet.name, column.name))
    return found


def _before(plan: Plan, at: Spot) -> set[Spot]:
    """List the columns that somebody gives and that stand behind the limits of one, through everything computed."""
    sheet = plan.by_name[at[0]]
    waiting = [(sheet.name, name) for name in looks_at(sheet.by_name[at[1]]) if name in sheet.by_name]
    seen = set(waiting)
    found = set()
    while waiting:
        here = waiting.pop()
        if plan.by_name[here[0]].by_name[here[1]].expr is None:
            found.add(here)
        new = {read.spot for read in plan.graph.reads.get(here, ())} - seen
        seen |= new
        waiting += new
    return found - {at}
