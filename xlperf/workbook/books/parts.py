"""总表 in parts: a book for every unit, where one book of all people and months is more than a machine can open.

Each holds the tables of the office with the rows of its unit and live formulas; what is looked up beyond them stands as
its value. They are for looking: nothing is filled in, and none carries an identity. One is in memory at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from xlperf.engine.objects import Thing
from xlperf.engine.part import looking_beyond, part_of
from xlperf.engine.plan import Plan
from xlperf.engine.score import Scores
from xlperf.files import file_name
from xlperf.workbook.book import Book
from xlperf.workbook.books.choice import arranged
from xlperf.workbook.books.master import hidden_columns, sheets_written
from xlperf.workbook.layout import UNIT_NAME, Layout, Shown, View
from xlperf.workbook.table import write_table
from xlperf.workbook.table_rows import Dress
from xlperf.xlsx.skeleton import HEAD

STATE = "供查阅：只有本部门的行；公式是活的，引用本部门以外的数以数值列出。不用填写，不收回。"


def write_parts(scores: Scores, folder: Path, *, native: bool = True) -> Iterator[Path]:
    """Write the books into a folder, one after the other, and return each. native: see `master_book`."""
    units = scores.plan.units
    if units is None:
        return
    names = scores.objects.names(units.table)
    width = len(str(len(names)))
    for number, (key, name) in enumerate(names.items(), 1):
        file = folder / f"{number:0{width}d} {file_name(name)}.xlsx"
        part_book(scores, (units.table, key), native=native).save(file)
        yield file


def part_book(scores: Scores, bearer: Thing, *, native: bool = True) -> Book:
    """Make the book of one unit."""
    part, plan = part_of(scores, bearer), scores.plan
    name = scores.objects.title(bearer)
    book = Book(f"{plan.title}总表（{name}）", plan.issuer, remembers=False, caution=plan.caution)
    layout = Layout(part, _views(book, part))
    for view in layout.views:
        under = "　".join(t for t in (name, f"依据：{view.sheet.basis}" if view.sheet.basis else "") if t)
        dress = Dress(f"{plan.title}{view.sheet.title}", under, STATE, native=native)
        write_table(book, layout, view, dress).autofilter(HEAD, 1, view.last, view.end)
    return book


def _views(book: Book, part: Scores) -> list[View]:
    plan, beyond, found = part.plan, looking_beyond(part), []
    for sheet in sheets_written(part):
        hidden, shown = hidden_columns(part, sheet), []
        for column in sheet.columns:
            settled = (sheet.name, column.name) in beyond
            shown.append(Shown(column.name, hidden=column.name in hidden, settled=settled))
            if column.name == sheet.unit and column.name != sheet.key.name:
                shown.append(Shown(UNIT_NAME))
        rows = tuple(range(part.size(sheet.name)))
        if rows or _is_read(plan, sheet.name, part):
            found.append(View(sheet, book.title(sheet.title), arranged(sheet, shown), rows))
    return found


def _is_read(plan: Plan, name: str, part: Scores) -> bool:
    """Return whether a sheet with rows looks at this one."""
    return any(name in plan.graph.sheets_read(s.name) for s in plan.sheets if part.size(s.name))
