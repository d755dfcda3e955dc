"""Charts as a workbook: each on a worksheet of its own, drawn by the program that opens it from the table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from xlperf.formula.values import Value
from xlperf.report.chart import Chart
from xlperf.workbook import style
from xlperf.workbook.bands import band
from xlperf.workbook.book import Book, cached, protect, put
from xlperf.workbook.page import Page
from xlperf.workbook.paper import Paper, print_set_up
from xlperf.workbook.text import quoted
from xlperf.xlsx.addresses import letters

_HEAD = 3  # the row of the headings, counted from 0; the chosen series stands above
_SIZE = {"width": 900, "height": 430}
_ACROSS, _LEAST = 12, 8  # categories side by side; columns that the chart is wide
_DRAWN = 23  # rows that a chart above its table takes
_CHOSEN: style.Properties = {**style.CELL_CENTER, "bg_color": style.FILL_IN, "locked": False, "bold": True}


def write_charts(title: str, charts: Sequence[Chart], file: Path) -> None:
    """Write a workbook with a worksheet for every chart."""
    book = Book(title, "", to_read=True)
    for chart in charts:
        _write(book, chart)
    book.save(file)


def _write(book: Book, chart: Chart) -> None:
    name = book.title(chart.title)
    sheet = book.sheet(name)
    down = _lies_down(chart)
    wide = max(_LEAST, len(chart.series) if down else len(chart.categories))
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, wide, 12)
    band(book, sheet, 0, (0, wide), chart.title, style.TITLE_LOOK, 34)
    head = _HEAD + (_DRAWN if down else 0)
    below = _table(book, sheet, chart, head)
    if chart.choose:
        _chooser(book, sheet, chart)
    made = book.workbook.add_chart({"type": chart.kind})
    for series in _ranges(chart, quoted(name), head):
        made.add_series(series)
    made.set_title({"name": chart.title, "name_font": {"size": 14}})
    if chart.kind != "radar":
        made.set_x_axis({"name": chart.axis if chart.kind == "column" else chart.counted})
        made.set_y_axis({"name": chart.counted if chart.kind == "column" else chart.axis})
    made.set_legend({"position": "bottom"})
    made.set_size(_SIZE)
    at = _HEAD - 2 if down else below
    for i, note in enumerate(chart.notes):
        band(book, sheet, at + i, (0, wide), note, style.UNDER_LOOK, 20)
    sheet.insert_chart(at + len(chart.notes) + (1 if down else 2), 0, made)
    print_set_up(sheet, Paper())
    protect(sheet)


def _lies_down(chart: Chart) -> bool:
    """Return whether the table stands below the chart, a row a category: across, no page would hold it."""
    return not chart.choose and len(chart.categories) > _ACROSS


def _ranges(chart: Chart, at: str, head: int) -> list[dict[str, str]]:
    """Return where name, categories and values of every series that is drawn stand."""
    count = len(chart.categories)
    if _lies_down(chart):
        categories = f"={at}$A${head + 2}:$A${head + 1 + count}"
        columns = [letters(i) for i in range(1, len(chart.series) + 1)]
        return [
            {"name": f"={at}${c}${head + 1}", "categories": categories,
             "values": f"={at}${c}${head + 2}:${c}${head + 1 + count}"}
            for c in columns
        ]  # fmt: skip
    rows = [head + 1 + i for i in range(len(chart.series))]
    drawn = [head - 1, rows[-1]] if chart.choose else rows
    end = letters(count)
    return [
        {"name": f"={at}$A${row + 1}", "categories": f"={at}$B${head + 1}:${end}${head + 1}",
         "values": f"={at}$B${row + 1}:${end}${row + 1}"}
        for row in drawn
    ]  # fmt: skip


def _table(book: Book, sheet: Page, chart: Chart, head: int) -> int:
    """Write the numbers, a row a series, or a row a category where they are many; return the row below."""
    looks = book.look(style.HEAD_LOOK), book.look(style.CELL_CENTER), book.look(_number(chart))
    lines: list[list[Value]] = [[chart.axis, *chart.categories]]
    lines += [[series.name, *series.values] for series in chart.series]
    if _lies_down(chart):
        lines = [[line[i] for line in lines] for i in range(len(lines[0]))]
    for row, line in enumerate(lines):
        for i, value in enumerate(line):
            put(sheet, head + row, i, value, looks[0] if not row else looks[2] if i else looks[1])
    return head + len(lines)


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
