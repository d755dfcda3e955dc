"""What stands out in the office's own tables: what is missing, what may not stand there, the first three places.

Conditional formats with formulas on their own worksheet only, which every program since Excel 2010 has. Colour never
says anything alone: a missing cell is empty, a wrong number is bold, a place is a number.
"""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from xlperf.engine.plan import Column
from xlperf.workbook import style
from xlperf.workbook.book import Book
from xlperf.workbook.layout import Layout, View
from xlperf.workbook.limits import acceptable
from xlperf.workbook.table import asked_runs
from xlperf.workbook.table_rows import used
from xlperf.xlsx.addresses import letters
from xlperf.xlsx.skeleton import BODY

MISSING: style.Properties = {"bg_color": "#F8CBAD"}
WRONG: style.Properties = {"bg_color": "#FFC7CE", "font_color": "#9C0006", "bold": True}
FIRST: style.Properties = {"bg_color": "#E2EFDA", "bold": True}
PLACES = 3
Run = tuple[int, int]  # first and last row of a table, counted from 0


def write_highlights(book: Book, sheet: Worksheet, layout: Layout, view: View) -> None:
    """Put the formats on the cells that people fill and on the places."""
    places = {r.place for r in layout.scores.plan.rankings if r.sheet == view.sheet.name}
    for shown_ in view.shown:
        column = view.sheet.by_name.get(shown_.name)
        if column is None:
            continue
        if shown_.open:
            _open_cells(book, sheet, layout, view, column)
        elif column.name in places:
            cell = view.cell(column.name, 0)
            _put(book, sheet, view, column, [(0, view.size - 1)], f"AND(ISNUMBER({cell}),{cell}<={PLACES})", FIRST)


def _open_cells(book: Book, sheet: Worksheet, layout: Layout, view: View, column: Column) -> None:
    """Mark a blank that is required in a row somebody has begun, and a number outside its limits."""
    runs = asked_runs(layout, view, column)
    if not runs:
        return
    at = layout.row(view, runs[0][0])
    empty = f'TRIM({at.cell(column.name)})=""'
    if column.required and column.default is None:
        _put(book, sheet, view, column, runs, f"AND({empty},{used(at, view)}>0)", MISSING)
    condition = acceptable(column, at, {}) if column.holds == "number" else ""
    if condition:
        _put(book, sheet, view, column, runs, f"IF({empty},FALSE,NOT({condition}))", WRONG)


def _put(
    book: Book, sheet: Worksheet, view: View, column: Column, runs: Sequence[Run], text: str, look: style.Properties
) -> None:  # fmt: skip
    at = view.at[column.name]
    options = {"type": "formula", "criteria": f"={text}", "format": book.look(look)}
    if len(runs) > 1:
        name = letters(at)
        options["multi_range"] = " ".join(f"{name}{BODY + a + 1}:{name}{BODY + b + 1}" for a, b in runs)
    sheet.conditional_format(BODY + runs[0][0], at, BODY + runs[0][1], at, options)
