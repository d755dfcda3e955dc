"""Charts as a workbook: each on a worksheet of its own, drawn by the program that opens it from the table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from xlperf.report.chart import Chart
from xlperf.workbook import style
from xlperf.workbook.book import Book, Page, cached, protect, put
from xlperf.workbook.paper import Paper, print_set_up
from xlperf.workbook.table import band
from xlperf.workbook.text import quoted
from xlperf.xlsx.addresses import letters

_HEAD = 3  # the row of the headings, counted from 0; the chosen series stands above
_SIZE = {"width": 900, "height": 430}
_CHOSEN: style.Properties = {**style.CELL_CENTER, "bg_color": style.FILL_IN, "locked": False, "bold": True}


def write_charts(title: str, charts: Sequence[Chart], file: Path) -> None:
    """Write a workbook with a worksheet for every chart."""
    book = Book(title, "")
    for chart in charts:
        _write(book, chart)
    book.save(file)


def _write(book: Book, chart: Chart) -> None:
    name = book.title(chart.title)
    sheet = book.sheet(name)
    last = len(chart.categories)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, max(last, 8), 12)
    band(book, sheet, 0, (0, max(last, 8)), chart.title, style.TITLE_LOOK, 34)
    below = _table(book, sheet, chart)
    drawn = [_HEAD + 1 + i for i in range(len(chart.series))]
    if chart.choose:
        _chooser(book, sheet, chart)
        drawn = [_HEAD - 1, drawn[-1]]
    made = book.workbook.add_chart({"type": chart.kind})
    for row in drawn:
        at = quoted(name)
        end = letters(last)
        made.add_series(
            {
                "name": f"={at}$A${row + 1}",
                "categories": f"={at}$B${_HEAD + 1}:${end}${_HEAD + 1}",
                "values": f"={at}$B${row + 1}:${end}${row + 1}",
            }
        )
    made.set_title({"name": chart.title, "name_font": {"size": 14}})
    if chart.kind != "radar":
        made.set_x_axis({"name": chart.axis if chart.kind == "column" else chart.counted})
        made.set_y_axis({"name": chart.counted if chart.kind == "column" else chart.axis})
    made.set_legend({"position": "bottom"})
    made.set_size(_SIZE)
    for i, note in enumerate(chart.notes):
        band(book, sheet, below + i, (0, max(last, 8)), note, style.UNDER_LOOK, 20)
    sheet.insert_chart(below + len(chart.notes) + 2, 0, made)
    print_set_up(sheet, Paper())
    protect(sheet)


def _table(book: Book, sheet: Page, chart: Chart) -> int:
    """Write the numbers, a row a series; return the row below."""
    head, look = book.look(style.HEAD_LOOK), book.look(_number(chart))
    sheet.write_string(_HEAD, 0, chart.axis, head)
    for i, category in enumerate(chart.categories, 1):
        put(sheet, _HEAD, i, category, head)
    for row, series in enumerate(chart.series, _HEAD + 1):
        put(sheet, row, 0, series.name, book.look(style.CELL_CENTER))
        for i, value in enumerate(series.values, 1):
            put(sheet, row, i, value, look)
    return _HEAD + 1 + len(chart.series)


def _number(chart: Chart) -> style.Properties:
    return {**style.CELL_CENTER, "num_format": "0.0%" if chart.percent else "General"}


def _chooser(book: Book, sheet: Page, chart: Chart) -> None:
    """Write the row of the series that is chosen: its name from a list, its numbers looked up."""
    row, first, last = _HEAD - 1, _HEAD + 2, _HEAD + len(chart.series)
    chosen = chart.series[0]
    names = f"$A${first}:$A${last}"
    put(sheet, row, 0, chosen.name, book.look(_CHOSEN))
    sheet.data_validation(row, 0, row, 0, {"validate": "list", "source": f"={names}"})
    band(book, sheet, row - 1, (0, 8), "在左下的格里选一个单位", style.UNDER_LOOK, 18)
    look = book.look(_number(chart))
    for i, value in enumerate(chosen.values, 1):
        column = letters(i)
        found = f"INDEX({column}${first}:{column}${last},MATCH($A${row + 1},{names},0))"
        known: Fraction | None = value
        sheet.write_formula(row, i, f'=IF({found}="","",{found})', look, cached(known))
