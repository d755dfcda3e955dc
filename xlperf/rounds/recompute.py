"""A 总表 calculated anew from its plan: exact, fast, and without any spreadsheet program.

The book says which scheme it belongs to and holds every input. The engine scores them, the book is
written anew, and its values are put beside the same formulas in a copy of the given book, so that
whatever else the office added there stays.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Column, Plan
from xlperf.engine.score import Scores, rows_of, score
from xlperf.entries.cell import Asked, judge
from xlperf.formula.values import Value
from xlperf.problems import Problem, Where, errors, problem
from xlperf.scheme.find import find_scheme
from xlperf.scheme.load import load_scheme
from xlperf.scheme.model import Scheme
from xlperf.workbook.back.read import ReadBook, ReadCell, read_book
from xlperf.workbook.back.stored import stored_values
from xlperf.workbook.books.audit import TITLE_OF_SHEET as AUDIT
from xlperf.workbook.books.master import write_master
from xlperf.workbook.layout import SPARE
from xlperf.workbook.seal import Identity
from xlperf.workbook.text import key_text
from xlperf.xlsx.cached import Place, formulas_of, write_values

Row = dict[str, Value]
_KEY = re.compile(r'=0,"","([^"]+)"\)$')  # what a spare row is called as soon as something stands in it
_SPARE_FORM = re.compile(r'IF\(([A-Z]+[0-9]+)="","",')
_AUDITED = re.compile(r"E([5-9]|[1-9][0-9]+)")  # 核算结果 on the sheet 对账, below its headings
_MARKS = ("NOT_A_NUMBER", "CELL_ERROR", "FORMULA_IN_INPUT", "PICTURE_IN_CELL", "WRONG_TYPE")


@dataclass(frozen=True)
class Recomputed:
    """What came of it. scores: None where nothing could be calculated."""

    scores: Scores | None
    written: int
    problems: tuple[Problem, ...]


def recomputed(book: Path, out: Path, readings: Mapping[str, str] | None = None) -> Recomputed | None:
    """Write a copy of a 总表 with true values; None where the book is not a 总表 of xlperf.

    readings: adopted options other than the scheme's.
    """
    read = read_book(book)
    if read.identity is None or read.identity.kind != "master":
        return None
    scheme, problems = _scheme_of(read.identity)
    if scheme is None or errors(problems):
        return Recomputed(None, 0, tuple(problems))
    plan, told = compile_scheme(scheme, dict(readings or {}))
    changes = [(c.sheet, c.wanted or c.found) for c in read.changes]
    damaged = [problem("LAYOUT_CHANGED", Where(book.name, sheet=sheet), found=found) for sheet, found in changes]
    if damaged or errors(told):
        return Recomputed(None, 0, (*told, *damaged))
    tables, plan, judged = filled(scheme, plan, read, book.name)
    scores = score(plan, tables)
    values = _values(scores, scheme, read.identity, book)
    write_values(book, out, values)
    return Recomputed(scores, len(values), tuple(judged))


def _scheme_of(identity: Identity) -> tuple[Scheme | None, list[Problem]]:
    path, problems = find_scheme(identity.scheme)
    return load_scheme(path) if path is not None else (None, problems)


def filled(scheme: Scheme, plan: Plan, read: ReadBook, file: str) -> tuple[dict[str, list[Row]], Plan, list[Problem]]:
    """Return the tables with what stands in the book, and the plan with as many spare rows fewer."""
    tables = {name: [dict(row) for row in rows] for name, rows in scheme.tables.items()}
    for sheet in plan.sheets:
        tables.setdefault(sheet.table, [])
    rows = {
        (name, key_text(row[plan.by_name[name].key.name])): row
        for name, found in rows_of(plan, tables).items()
        for row in found
    }
    grown = _add_rows(plan, read, tables, rows)
    problems: list[Problem] = []
    for cell in read.cells:
        row = rows.get((cell.plan_sheet, cell.row_key))
        column = plan.by_name[cell.plan_sheet].by_name.get(cell.column)
        if cell.role == "input" and column is not None and row is not None:
            row[cell.column], told = _judged(column, cell, row, file)
            problems += [p for p in told if p.code in _MARKS]
    sheets = tuple(replace(s, grows=s.grows - grown.get(s.name, 0)) for s in plan.sheets)
    return tables, replace(plan, sheets=sheets), problems


def _add_rows(
    plan: Plan, read: ReadBook, tables: dict[str, list[Row]], rows: dict[tuple[str, str], Row]
) -> dict[str, int]:
    """Add the spare rows in which something stands, and the empty ones above them; return how many a sheet."""
    names = {(c.plan_sheet, c.row_key): m[1] for c in read.cells if c.formula and (m := _KEY.search(str(c.value)))}
    grown: dict[str, int] = {}
    used = {}
    for cell in read.cells:
        column = plan.by_name[cell.plan_sheet].by_name.get(cell.column)
        counts = column is not None and column.default is None and cell.value not in (None, "")
        if cell.row_key.startswith(SPARE) and cell.role == "input" and counts:
            used[cell.plan_sheet, cell.row_key] = int(cell.row_key.removeprefix(SPARE))
    for (name, _), number in used.items():
        grown[name] = max(grown.get(name, 0), number)
    for name, count in grown.items():
        sheet = plan.by_name[name]
        for key in (f"{SPARE}{n}" for n in range(1, count + 1)):
            rows[name, key] = {sheet.key.name: names.get((name, key)) if (name, key) in used else None, **sheet.where}
            tables[sheet.table].append(rows[name, key])
    return grown


def _judged(column: Column, cell: ReadCell, row: Row, file: str) -> tuple[Value, list[Problem]]:
    free = replace(column, low=None, high=None, asked=None, required=False, offers="")
    where = Where(file, sheet=cell.sheet, cell=cell.cell)
    formula = str(cell.value) if cell.formula else ""
    return judge(Asked(free, row, where), cell.value, cell.data_type, formula, "%" in cell.number_format)


def _values(scores: Scores, scheme: Scheme, identity: Identity, book: Path) -> dict[Place, Any]:
    """Write the book anew and take the value of every formula that stands in the given book as well."""
    texts = formulas_of(book)
    native = not any("XP_" in text for text in texts.values())
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "book.xlsx"
        write_master(scores, made, identity=identity, native=native, scheme=scheme)
        return dict(_same(made, texts))


def _same(made: Path, texts: Mapping[Place, str]) -> Iterator[tuple[Place, Any]]:
    """Take the values of formulas that both books hold, of the names of new rows, and of the audit.

    A spare row has its own form of the same formula.
    """
    wanted, shown = formulas_of(made), stored_values(made)
    titles = {title for title, _ in shown}
    for (title, cell), text in texts.items():
        again = wanted.get((title, cell))
        if again in text if again else title in titles and _KEY.search(text) is not None:
            spare = _SPARE_FORM.match(text) if again != text else None
            empty = spare is not None and shown.get((title, spare[1])) in (None, "")
            yield (title, cell), None if empty else shown.get((title, cell))
    for (title, cell), value in shown.items():
        if title == AUDIT and _AUDITED.fullmatch(cell) is not None:
            yield (title, cell), value
