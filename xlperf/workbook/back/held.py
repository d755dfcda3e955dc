"""What a 总表 holds: the tables of its plan filled with every row that stands in it, whoever entered it.

A row of the scheme is known by its key; so is an entry of a ledger that was taken in before. An entry typed into
a row for new entries has none yet: it gets the number that the row shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from xlperf.engine.plan import Column, Plan, Sheet, Tables
from xlperf.engine.score import Scores, score
from xlperf.entries.cell import Asked, agrees, judge
from xlperf.entries.entry import Entry, judge_entries
from xlperf.entries.text import value_of
from xlperf.formula.values import Value, value_text
from xlperf.problems import Problem, Where, problem, word
from xlperf.scheme.reading.cells import is_empty
from xlperf.workbook.back.read import ReadBook, ReadCell
from xlperf.workbook.layout import new_number
from xlperf.workbook.text import key_text
from xlperf.xlsx.skeleton import SPARE

Row = dict[str, Value]
UNSAID = ("MISSING", "TEXT_CUT")  # an unfilled cell is not a fault here, and text counts for nothing


@dataclass
class Held:
    """What a book holds.

    tables: as `score` takes them. file: the book's name. entered: sheet → which rows for new entries (counted from 0)
    hold one, their rows being the last of the sheet. spare: sheet → how many rows for new entries the book has.
    filled: every cell that somebody filled, with its row in the tables.
    """

    tables: dict[str, list[Row]]
    file: str
    entered: dict[str, list[int]] = field(default_factory=dict)
    spare: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    filled: list[tuple[Sheet, Column, Row, Where]] = field(default_factory=list)


def held(plan: Plan, tables: Tables, read: ReadBook, file: str) -> Held:
    """Return what stands in a book. tables: of the scheme; nothing given is changed. file: named in problems."""
    found = Held({name: [dict(row) for row in rows] for name, rows in tables.items()}, file)
    for sheet in plan.sheets:
        found.tables.setdefault(sheet.table, [])
    known = _index(plan, found.tables)
    rows: dict[str, dict[str, dict[str, ReadCell]]] = {}
    for cell in read.cells:
        if cell.plan_sheet in plan.by_name:
            rows.setdefault(cell.plan_sheet, {}).setdefault(cell.row_key, {})[cell.column] = cell
    for name, cells_by_key in rows.items():
        sheet = plan.by_name[name]
        for key, cells in cells_by_key.items():
            if not key.startswith(SPARE):
                row = known.get((sheet.table, key))
                if row is None:
                    row = known[sheet.table, key] = _new_row(sheet, value_of(key, sheet.key))
                    found.tables[sheet.table].append(row)
                _fill(sheet, row, cells, found)
    for name, cells_by_key in rows.items():  # what is new comes last
        _enter(plan.by_name[name], cells_by_key, found)
    return found


def _index(plan: Plan, tables: dict[str, list[Row]]) -> dict[tuple[str, str], Row]:
    keys = {sheet.table: plan.key_of(sheet.table) for sheet in plan.sheets}
    return {(table, key_text(row.get(keys[table]))): row for table in keys for row in reversed(tables[table])}


def _new_row(sheet: Sheet, key: Value) -> Row:
    return {sheet.key.name: key, **sheet.where}


def _enter(sheet: Sheet, rows: dict[str, dict[str, ReadCell]], found: Held) -> None:
    """Take the entries typed into rows for new entries, in their order; an empty row is none."""
    keys = [value_of(key, sheet.key) for key in rows if not key.startswith(SPARE)]
    spare = [(int(key.removeprefix(SPARE)) - 1, cells) for key, cells in rows.items() if key.startswith(SPARE)]
    found.spare[sheet.name] = len(spare)
    for number, cells in sorted(spare, key=lambda pair: pair[0]):
        if any(_is_typed(sheet.by_name.get(name), cell) for name, cell in cells.items()):
            row = _new_row(sheet, value_of(str(new_number(keys, number)), sheet.key))
            _fill(sheet, row, cells, found)
            found.tables[sheet.table].append(row)
            found.entered.setdefault(sheet.name, []).append(number)


def _is_typed(column: Column | None, cell: ReadCell) -> bool:
    """Return whether somebody filled a cell of a new row; what stands there from the beginning does not count."""
    default = column is None or column.default is not None
    return cell.role == "input" and not default and not is_empty(cell.value)


def _fill(sheet: Sheet, row: Row, cells: dict[str, ReadCell], found: Held) -> None:
    """Put what was typed into a row; a fact of the scheme stays, and a cell that says something else is told."""
    for column in (c for c in sheet.columns if c.name in cells and c.expr is None):
        cell = cells[column.name]
        if column.kind == "input":
            row[column.name], problems = judged_cell(sheet, column, cell, row, found.file)
            found.problems += [p for p in problems if p.code not in UNSAID]
            found.filled.append((sheet, column, row, Where(found.file, sheet=cell.sheet, cell=cell.cell)))
        elif not cell.formula and cell.row_key and not cell.row_key.startswith(SPARE):
            _hold(sheet, column, cell, row, found)


def _hold(sheet: Sheet, column: Column, cell: ReadCell, row: Row, found: Held) -> None:
    if column.name not in row:
        row[column.name], _ = judged_cell(sheet, column, cell, row, found.file)
    elif not agrees(cell.value, row[column.name]):
        was, now = value_text(row[column.name]) or word("空"), value_text_of(cell) or word("空")
        found.problems.append(
            problem("NOT_AS_WRITTEN", Where(found.file, sheet=cell.sheet, cell=cell.cell), was=was, now=now)
        )


def value_text_of(cell: ReadCell) -> str:
    """Write what stands in a cell the way a problem shows it."""
    return "" if cell.value is None else f"={cell.value}" if cell.formula else str(cell.value)


def judged_cell(sheet: Sheet, column: Column, cell: ReadCell, row: Row, file: str) -> tuple[Value, list[Problem]]:
    """Read a cell as a spreadsheet does: whatever its limits, and whether or not anybody was asked."""
    free = unlimited(column)
    where = Where(file, sheet=cell.sheet, cell=cell.cell)
    formula = str(cell.value).removeprefix("=") if cell.formula else ""
    asked = Asked(free, row, where, measure=sheet.measured_by)
    return judge(asked, cell.value, cell.data_type, formula, "%" in cell.number_format)


def unlimited(column: Column) -> Column:
    """Return a column that takes whatever it can hold."""
    return replace(column, low=None, high=None, asked=None, required=False, offers="", decimals=None)


def beyond_limits(plan: Plan, found: Held) -> list[Problem]:
    """List which cells hold what may not stand there: a book shows what follows from them, and nobody takes them in."""
    rows = {id(row): dict(row) for rows in found.tables.values() for row in rows}
    tables = {name: [rows[id(row)] for row in found.tables[name]] for name in found.tables}
    filled = [(s, c, rows[id(row)], at) for s, c, row, at in found.filled if row.get(c.name) is not None]
    entries = [Entry(sheet, column, row, row[column.name], at) for sheet, column, row, at in filled]
    judge_entries(plan, tables, entries)
    return [p for entry in entries for p in entry.problems]


def plan_as_written(plan: Plan, spare: dict[str, int]) -> Plan:
    """Return the plan with as many rows for new entries as a book has."""
    return replace(plan, sheets=tuple(replace(s, grows=spare.get(s.name, s.grows)) for s in plan.sheets))


def scored(plan: Plan, tables: Tables) -> Scores:
    """Score what stands in a book, see `as_scored`."""
    return Scores(plan, score(as_scored(plan), tables).values)


def as_scored(plan: Plan) -> Plan:
    """Return the plan by which a book is calculated: a default was written out, so that an empty cell is empty."""

    def blank(sheet: Sheet) -> Sheet:
        return replace(sheet, columns=tuple(replace(c, default=None) for c in sheet.columns))

    return replace(plan, sheets=tuple(map(blank, plan.sheets)))


def misplaced(plan: Plan, rows: dict[str, list[Row]], read: ReadBook, found: Held) -> Iterable[str]:
    """List the worksheets whose rows are not those, in that order, that the plan would write."""
    there: dict[str, dict[str, str]] = {}
    for cell in read.cells:
        there.setdefault(cell.plan_sheet, {}).setdefault(cell.row_key, cell.sheet)
    for name, keys in there.items():
        if name not in plan.by_name:
            yield next(iter(keys.values()))
            continue
        new = len(found.entered.get(name, ()))
        issued = rows[name][: len(rows[name]) - new]
        wanted = [key_text(row[plan.by_name[name].key.name]) for row in issued]
        if wanted != [key for key in keys if not key.startswith(SPARE)]:
            yield next(iter(keys.values()))
