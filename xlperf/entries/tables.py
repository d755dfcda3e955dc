"""Tables from outside, whole: read, held against the scheme, judged cell by cell, with every problem at once.

One way for a folder of CSV files, pandas frames and lists of mappings; they differ only in who makes the `Given`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from xlperf.engine.objects import objects_of
from xlperf.engine.plan import Column, Plan, Row, Sheet, Tables
from xlperf.engine.reason import is_asked
from xlperf.engine.score import rows_of
from xlperf.entries.cell import as_typed, wanted_words
from xlperf.entries.columnwise import Filled, Rows
from xlperf.entries.complete import incomplete
from xlperf.entries.entry import Entry, Known, judge_entries
from xlperf.entries.given import Given
from xlperf.entries.lines import Lines, Meant
from xlperf.entries.plain import Plain, typed_by
from xlperf.entries.text import claim_words
from xlperf.formula.values import Value, value_text
from xlperf.problems import Problem, Where, problem
from xlperf.scheme.made import with_made_rows
from xlperf.scheme.model import Scheme


def table_names(plan: Plan) -> list[str]:
    """List the tables that may be given."""
    return list(dict.fromkeys([*_roster(plan), *(s.table for s in plan.sheets)]))


def _roster(plan: Plan) -> list[str]:
    """Return the table of the units, alone in a list; no table where nobody is appraised."""
    return [plan.units.table] if plan.units is not None else []


def judged_tables(scheme: Scheme, plan: Plan, given: Mapping[str, Given]) -> tuple[Tables, list[Problem]]:
    """Read given tables into the scheme's own.

    given: by name, each one that `table_names` lists. A table that is not given is the scheme's own. The tables can
    be scored even where a problem is an error: a cell with an error is blank, and what needs it stays blank.
    """
    # a table that is given is made anew of the scheme's own, which stays as it is
    tables: dict[str, list[dict[str, Value]]] = {
        n: rows if n in given and n not in plan.made else [dict(r) for r in rows] for n, rows in scheme.tables.items()
    }
    offered = {c.offers for sheet in plan.sheets for c in sheet.columns}
    names = [n for n in table_names(plan) if n in given]
    readers = []
    for name in sorted(names, key=lambda n: (n in plan.made, n not in _roster(plan), n not in offered)):
        if name in plan.made:
            tables = with_made_rows(plan.made, tables)
        reader = Lines(plan, name, tables, given[name], [])
        tables[name] = reader.rows()
        readers.append(reader)
        if reader.is_roster:
            _keep_roster(plan, tables)
    entered = [_entered(reader) for reader in readers]
    tables = with_made_rows(plan.made, tables)
    columns = [column for both in entered for column in both.columns]
    apart = judge_entries(plan, tables, [e for both in entered for e in both.cells], columns=columns)
    problems: list[Problem] = []
    for reader, both in zip(readers, entered, strict=True):
        problems += reader.problems
        mine = (e for e in apart if e.sheet.table == reader.table)
        found = sorted((*both.cells, *mine), key=lambda e: e.order)
        problems += [_unfinished(plan, e, p) if p.code == "MISSING" else p for e in found for p in e.problems]
        problems += _adrift(reader)
        problems += _undocumented(reader)
        problems += _absent(reader)
    problems += [p for name in table_names(plan) if name not in given for p in _not_given(plan, name, tables)]
    return tables, list(dict.fromkeys([*problems, *incomplete(scheme, plan, tables)]))


def _not_given(plan: Plan, table: str, tables: Tables) -> Iterator[Problem]:
    """List, sheet by sheet, how many cells are empty because a table with cells to fill was not given."""
    rows = rows_of(plan, tables)
    for sheet in (s for s in plan.sheets if s.table == table and not s.grows):
        required = [c for c in sheet.inputs() if c.required and c.default is None]
        known = Known(plan, tables)
        cells = [(c, row) for row in rows[sheet.name] for c in required if row.get(c.name) is None]
        empty = sum(is_asked(c, known.of(sheet, c, row)) for c, row in cells)
        if empty:
            yield problem("TABLE_NOT_GIVEN", Where(table), name=table, sheet=sheet.title, count=empty)


def _unfinished(plan: Plan, entry: Entry, p: Problem) -> Problem:
    """Refuse an entry of a ledger that lacks a cell on which scores rest: nobody can say what it counts.

    A cell of a fixed roster is merely not there yet, and what needs it is blank.
    """
    if not entry.sheet.grows or not _counts(plan, entry.sheet, entry.column):
        return p
    row = {name: value_text(value) for name, value in entry.row.items()}
    claim = claim_words(entry.sheet, row) or row.get(entry.sheet.key.name, "")
    return problem("ROW_UNFINISHED", p.where, claim=claim, title=entry.column.title, todo=wanted_words(entry.column))


def _counts(plan: Plan, sheet: Sheet, column: Column) -> bool:
    """Check whether scores rest on a column: something is computed from it, warnings aside."""
    spots = plan.graph.touched([(sheet.name, column.name)])
    return any(plan.by_name[s].by_name[c].role != "warning" for s, c in spots)


def _keep_roster(plan: Plan, tables: dict[str, list[dict[str, Value]]]) -> None:
    """Leave out the scheme's rows of units that are not on the roster."""
    objects = objects_of(plan, tables)
    codes = objects.names(plan.units.table).keys() if plan.units is not None else ()
    for sheet in plan.sheets:
        if sheet.unit and sheet.table in tables and not plan.is_home(sheet):
            above = ((row, objects.chain(objects.of_row(sheet, row))) for row in tables[sheet.table])
            tables[sheet.table] = [row for row, chain in above if chain and chain[-1][1] in codes]


@dataclass
class Entered:
    """What lines brought to be judged: cells one by one, and columns of plain lines."""

    cells: list[Entry]
    columns: list[Filled]


def _entered(reader: Lines) -> Entered:
    """List the cells to be judged: every input of a row that a line speaks of, and the facts that it gives."""
    needed = {s.name: _needed(reader.plan, s) for s in reader.sheets}
    cells: list[Entry] = []
    for meant in reader.meant.values():
        cells += _entries(reader, meant, reader.taking(meant.row), needed, meant.at << _WIDTH)
    columns: list[Filled] = []
    for sheets, plain in _by_sheets(reader):
        if len(sheets) == 1:
            columns += _filled(reader, sheets[0], plain, needed)
        else:
            for number in range(len(plain.places)):
                meant = reader.of_plain(number, plain)
                cells += _entries(reader, meant, sheets, needed, meant.at << _WIDTH)
    return Entered(cells, columns)


def _by_sheets(reader: Lines) -> Iterator[tuple[list[Sheet], Plain]]:
    """List the plain lines by the sheets that take their rows."""
    if not any(s.where for s in reader.sheets):
        yield reader.sheets, reader.plain
        return
    found: dict[tuple[str, ...], tuple[list[Sheet], Plain]] = {}
    for place, key, row in zip(reader.plain.places, reader.plain.keys, reader.plain.rows, strict=True):
        sheets = reader.taking(row)
        _, plain = found.setdefault(tuple(s.name for s in sheets), (sheets, Plain()))
        plain.places.append(place)
        plain.keys.append(key)
        plain.rows.append(row)
    yield from found.values()


_WIDTH = 20  # bits that count the columns of a row


def _entries(
    reader: Lines, meant: Meant, sheets: Iterable[Sheet], needed: Mapping[str, Collection[str]], order: int
) -> Iterator[Entry]:
    """List the cells of one row to be judged. order: of the first of them."""
    for at, (sheet, column) in enumerate(((s, c) for s in sheets for c in s.columns), order):
        if column.kind not in ("input", "fact") or (column.kind == "fact" and _is_settled(column, meant)):
            continue
        if meant.unscored and column.kind == "input":
            meant.row[column.name] = None
            continue
        if (meant.line.number, column.name) in reader.doubtful:
            continue
        raw = as_typed(meant.raw.get(column.name), column)
        raw = meant.row.get(column.name) if raw is None else raw
        wanted = column.name in needed[sheet.name] or column.name in meant.raw
        if raw is None and not (wanted and column.required):
            meant.row[column.name] = None
            continue
        yield Entry(sheet, column, meant.row, raw, partial(reader.place, meant, column.name), wanted, order=at)


def _filled(reader: Lines, sheet: Sheet, plain: Plain, needed: Mapping[str, Collection[str]]) -> Iterator[Filled]:
    """List the inputs of plain lines by column."""
    rows, lines = Rows(sheet, plain.rows), reader.given.lines
    for at, column in enumerate(sheet.columns):
        if column.kind == "input":
            name = column.name
            yield Filled(
                rows,
                column,
                name in reader.given.names or name in needed[sheet.name],
                typed_by(reader.given, name, plain),
                lambda i, name=name: reader.given.place(lines[plain.places[i]].number, name),  # type: ignore[misc]
                lambda i, at=at: (plain.places[i] << _WIDTH) + at,  # type: ignore[misc]
            )


def _is_settled(column: Column, meant: Meant) -> bool:
    """Return whether nothing is left to judge of a fact: it is not given here, or was read and nothing limits it."""
    limits = (column.low, column.high, column.decimals, column.asked, *column.choices, column.offers or None)
    read = meant.row.get(column.name) is not None and all(limit is None for limit in limits)
    return column.name not in meant.raw or read


def _needed(plan: Plan, sheet: Sheet) -> set[str]:
    """List the columns of a sheet that some computed column is made from."""
    return {read.column for made_from in plan.graph.reads.values() for read in made_from if read.sheet == sheet.name}


# ---- rows -----------------------------------------------------------------------------------------


def _adrift(reader: Lines) -> Iterator[Problem]:
    """List rows that no sheet reads, and units that belong to no class and so are ranked nowhere."""
    split = [s for s in reader.sheets if s.where]
    if not split and not reader.is_roster:
        return
    for meant in reader.spoken_of():
        taken = reader.taking(meant.row)
        if reader.is_roster:
            yield from _unranked(reader, meant, [s for s in split if s in taken] if split else taken, split)
        elif split and not taken:
            name = next(iter(split[0].where))
            near = "、".join(dict.fromkeys(value_text(s.where[name]) for s in split if name in s.where))
            found = value_text(meant.row.get(name)) or "空"
            yield problem("ROW_IN_NO_SHEET", reader.place(meant, name), name=name, found=found, nearest=near)


def _unranked(reader: Lines, meant: Meant, taken: list[Sheet], split: list[Sheet]) -> Iterator[Problem]:
    row: Row = meant.row
    groups = {r.group for r in reader.plan.rankings for s in taken if s.name == r.sheet}
    facts = {c.name for s in taken for c in s.columns if c.kind == "fact"}
    lacking: Collection[str] = groups & facts if taken else {name for s in split for name in s.where}
    unit = value_text(row.get(reader.key))
    for name in sorted(n for n in lacking if row.get(n) is None):
        yield problem("UNIT_WITHOUT_GROUP", reader.place(meant, name), unit=unit, name=name)
    for name in sorted(n for n in lacking if not taken and row.get(n) is not None):
        found = value_text(row[name])
        yield problem("UNIT_IN_NO_SHEET", reader.place(meant, name), unit=unit, name=name, found=found)


def _undocumented(reader: Lines) -> Iterator[Problem]:
    """List once which required columns of a ledger are not given at all."""
    for sheet in (s for s in reader.sheets if s.grows):
        here = [m for m in reader.spoken_of() if sheet.takes(m.row)]
        for column in sheet.inputs() if here else ():
            if column.required and column.name not in {*reader.given.names, *_needed(reader.plan, sheet)}:
                at = Where(reader.given.file, reader.given.header, path=column.name)
                values = {"name": column.name, "title": column.title, "sheet": sheet.title, "count": len(here)}
                counts = _counts(reader.plan, sheet, column)
                yield problem("LEDGER_COLUMN_ABSENT" if counts else "DATA_COLUMN_ABSENT", at, **values)


def _absent(reader: Lines) -> Iterator[Problem]:
    """List which of the scheme's rows no line spoke of, one problem a unit."""
    missing: dict[str, int] = {}
    if not reader.is_roster and reader.unit and any(s.scorer for s in reader.sheets):
        for key in reader.unsaid():
            unit = value_text(reader.base[key].get(reader.unit))
            missing[unit] = missing.get(unit, 0) + 1
    for unit, count in sorted(missing.items()):
        yield problem("DATA_NOT_REPORTED", Where(reader.given.file, path=unit), titles=f"{unit}的{count}行")
