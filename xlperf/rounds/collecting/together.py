"""Tables of a returned book in which nothing is odd: what was typed is judged and taken column by column.

Which tables these are is decided here, and whatever is not as plain as that is left to `examine`, cell by cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, repeat

from xlperf.engine.objects import Thing
from xlperf.engine.plan import SCORER, Column, Row, Sheet
from xlperf.engine.roster import MASTER, Party, Roster
from xlperf.entries.columnwise import Filled, Rows
from xlperf.entries.entry import Entry
from xlperf.formula.values import Value, decimal, ratio
from xlperf.problems import Where
from xlperf.rounds.accepted import Gathered
from xlperf.workbook.back.returned import Part, PlainTable, ReadCell, ReadColumn
from xlperf.xlsx.skeleton import SPARE

_TYPES: Mapping[str, frozenset[type]] = {"text": frozenset({str, type(None)})}
_NUMBERS = frozenset({int, float, type(None)})


@dataclass
class Together:
    """A table to be judged by its columns.

    at: the positions of its rows in the book. rows: of the tables of the round, as this book has them. columns: those
    to fill, in the order of the sheet.
    """

    sheet: Sheet
    table: PlainTable
    at: Sequence[int]
    rows: Sequence[dict[str, Value]]
    columns: Sequence[tuple[Column, ReadColumn]]

    def filled(self, place: Callable[[ReadCell], Where]) -> list[Filled]:
        """List its columns as they are judged. place: of a cell."""
        if not self.rows:
            return []
        rows, table = Rows(self.sheet, self.rows), self.table

        def column(planned: Column, read: ReadColumn) -> Filled:
            def cell(i: int) -> ReadCell:
                return table.cell(self.at[i], read)

            raws = read.values if len(self.at) == len(table.keys) else [read.values[i] for i in self.at]
            return Filled(
                rows, planned, True, raws, lambda i: place(cell(i)), typed=lambda i: (cell(i).value, cell(i).data_type)
            )

        return [column(*both) for both in self.columns]

    def each(self, looked_at: Mapping[tuple[int, str], Entry]) -> Iterator[tuple[str, str, Value, Entry | None]]:
        """List its cells row by row: key, column, value, and the entry of one that was looked at."""
        for i, row in zip(self.at, self.rows, strict=True):
            for name in (column.name for column, _ in self.columns):
                entry = looked_at.get((id(row), name))
                yield self.table.keys[i], name, row[name] if entry is None else entry.value, entry

    def texts(self) -> Gathered:
        """Return what was accepted, where no cell had to be looked at by itself."""
        at = [(self.sheet.name, column.name) for column, _ in self.columns]
        keys = [key for i in self.at for key in repeat(self.table.keys[i], len(at))]
        return Gathered(at * len(self.rows), keys, [value_once(row[name]) for row in self.rows for _, name in at])


def plain_tables_of(
    parts: Sequence[Part], roster: Roster, party: Party, mine: dict[int, dict[str, Value]]
) -> list[Together | None]:
    """Return the tables of a book that are judged by their columns, each in its place among all; None for the others.

    mine: id of a row of the round → as this book has it, to which these are added. The office's own book is none of
    these: what stands in it is held against what everybody sent.
    """
    if party == MASTER or not any(isinstance(part, PlainTable) for part in parts):
        return [None] * len(parts)
    names = [{part.plan_sheet} if isinstance(part, PlainTable) else {c.plan_sheet for c in part} for part in parts]
    shared = _shared(parts, names, roster)
    return [
        _together(part, roster, party, shared, mine)
        if isinstance(part, PlainTable) and sum(part.plan_sheet in some for some in names) == 1
        else None
        for part in parts
    ]


def _shared(parts: Sequence[Part], names: Sequence[Collection[str]], roster: Roster) -> frozenset[int]:
    """Return the rows, by their id, that stand in several sheets of a book, each of which judges what is typed."""
    known = roster.plan.by_name
    tables = Counter(known[name].table for name in set(chain.from_iterable(names)) if name in known)
    if not tables or max(tables.values()) == 1:
        return frozenset()
    spots: set[tuple[str, str]] = set()
    for part in parts:
        some = zip(repeat(part.plan_sheet), part.keys) if isinstance(part, PlainTable) else (c[:2] for c in part)
        spots.update(some)
    found = Counter(id(row) for spot in spots if (row := roster.rows.get(spot)) is not None)
    return frozenset(at for at, count in found.items() if count > 1)


def _together(
    table: PlainTable, roster: Roster, party: Party, shared: Collection[int], mine: dict[int, dict[str, Value]]
) -> Together | None:
    sheet = roster.plan.by_name.get(table.plan_sheet)
    read = {column.name: column for column in table.inputs}
    if sheet is None or not read.keys() <= sheet.by_name.keys():
        return None
    columns = [(column, read[column.name]) for column in sheet.columns if column.name in read]
    if not all(column.kind == "input" and _is_plain(column, typed) for column, typed in columns):
        return None
    at, rows = [], []
    owned: dict[tuple[Thing | None, Value], bool] = {}
    for i, key in enumerate(table.keys):
        if key.startswith(SPARE):
            if any(typed.values[i] is not None for _, typed in columns):
                return None
            continue
        row = roster.rows.get((sheet.name, key))
        if row is None or id(row) in shared or sheet.is_continued(row):
            return None
        whose = roster.objects.of_row(sheet, row), row.get(sheet.scorer)
        if whose not in owned:
            owned[whose] = _is_own(roster, party, sheet, row, [column for column, _ in columns])
        if not owned[whose]:
            return None
        at.append(i)
        rows.append(row)
    return Together(sheet, table, at, [mine.setdefault(id(row), dict(row)) for row in rows], columns)


def _is_plain(column: Column, read: ReadColumn) -> bool:
    """Check that everything in a column is what a spreadsheet plainly says it is, so that its type alone tells."""
    plainly = read.kinds <= {"n", "s"} and not any("%" in shown for shown in read.formats)
    return plainly and {*map(type, read.values)} <= _TYPES.get(column.holds, _NUMBERS)


def _is_own(roster: Roster, party: Party, sheet: Sheet, row: Row, columns: Collection[Column]) -> bool:
    """Check that a row may stand in a book, and that who has the book fills all of these columns in it."""
    if not roster.is_own(party, sheet, row):
        return False
    owners = {roster.owner(sheet, column, row) for column in {column.by: column for column in columns}.values()}
    return owners <= ({party, MASTER} if party == (SCORER, roster.office) else {party})


def value_once(value: Value) -> str:
    """Return a value as `value_text` does; most numbers are said in many cells."""
    return "" if value is None else value if isinstance(value, str) else _decimal_once(*value.as_integer_ratio())


@lru_cache(maxsize=20_000)
def _decimal_once(above: int, below: int) -> str:
    return decimal(ratio(above, below))
