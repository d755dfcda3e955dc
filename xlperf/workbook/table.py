"""Write one table of the plan onto a worksheet: headings, rows, live formulas, limits, protection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from xlsxwriter.worksheet import Worksheet

from xlperf.engine.plan import Column
from xlperf.formula.values import Value, numbers_in
from xlperf.workbook import style
from xlperf.workbook.bands import LINE_HEIGHT, band, legend, titled
from xlperf.workbook.book import Book, protect
from xlperf.workbook.layout import LEADING, UNIT_NAME, Layout, View
from xlperf.workbook.limits import validation, within
from xlperf.workbook.page import Page
from xlperf.workbook.paper import Paper, paper_for, print_set_up
from xlperf.workbook.table_rows import Dress, Rows, asked_rows, column_of, row_key
from xlperf.workbook.text import length_shown, lines, measure
from xlperf.xlsx.skeleton import BASIS, BODY, HEAD, MARK, NAMES, TITLE, UNDER

MONEY_LONGEST = 10  # characters of the largest amount that is typed: 9999999.99
HEAD_HEIGHT, LOWEST = 170.0, 22.0  # points: all that stands above a table, and a row of one line
EMPTY_PRINTED = 10  # empty rows of a ledger that are printed
FOR_REFERENCE = "供选择和查阅，不用填写，不打印。"
CHECKED = " "  # the line of state of a table whose self-check cell will stand there
DECIMALS = (2, 4)  # for which a column of numbers is wide enough: where it must be narrow, and else


def write_table(book: Book, layout: Layout, view: View, dress: Dress) -> Page:
    """Add a worksheet with the table; it knows the formulas that were written."""
    sheet = book.sheet(view.title)
    wide = widths(layout, view)
    _columns(sheet, view, wide)
    _head(book, sheet, layout, view, dress)
    rows = Rows(book, sheet, layout, view, dress)
    for position, height in enumerate(heights(layout, view)):
        rows.write(position)
        sheet.set_row(BODY + position, height)
    write_limits(sheet, layout, view, dress)
    print_set_up(sheet, paper_of(layout, view), (BASIS, HEAD), (1, _frozen(view) - 1))
    _print_area(sheet, view, dress)
    sheet.freeze_panes(BODY, _frozen(view))
    protect(sheet)
    book.tables.append((view, tuple(row_key(layout, view, p) for p in range(len(view.rows) + view.spare))))
    return sheet


def _print_area(sheet: Worksheet, view: View, dress: Dress) -> None:
    """Print the rows in use and some empty ones to write on, or nothing: the hidden, empty corner of the sheet."""
    if not dress.printed:
        sheet.print_area(TITLE, 0, TITLE, 0)
        return
    rows = min(view.size, len(view.rows) + EMPTY_PRINTED)
    sheet.print_area(TITLE, 1, BODY + rows - 1, view.printed)


# ---- columns and headings -------------------------------------------------------------------------


def widths(layout: Layout, view: View) -> list[float]:
    """Return the width of every column in half-width characters; long text takes the room that is left."""
    at = (view.title, view.left, view.shown, view.rows)
    if at not in layout.widths:
        layout.widths[at] = _measured(layout, view)
    return layout.widths[at]


def _measured(layout: Layout, view: View) -> list[float]:
    columns = [column_of(view, s) for s in view.shown]
    natural = [_width(layout, view, c) for c in columns]
    elastic = [c.is_prose and not (s.hidden or s.aside) for c, s in zip(columns, view.shown, strict=True)]
    grown = style.stretched(_on_paper(view, natural), elastic)
    return [n if s.hidden or s.aside else g for n, g, s in zip(natural, grown, view.shown, strict=True)]


def _on_paper(view: View, wide: Sequence[float]) -> list[float]:
    """Return the widths of the columns as they are printed: 0 for those that are not."""
    return [0.0 if s.hidden or s.aside else w for w, s in zip(wide, view.shown, strict=True)]


def _width(layout: Layout, view: View, column: Column) -> float:
    if column.name == UNIT_NAME:
        return min(max(layout.longest_name(view.sheet) + 2, 14.0), 28.0)
    if column.width is not None:
        return float(column.width)
    title, tight = measure(column.title), view.narrow
    if column.holds == "date":
        return 12.0
    if column.holds == "number":
        head = min(max(title / 3 + 2, 6.5), 8.5) if tight else min(max(title / 2 + 2, 9.0), 12.0)
        return max(head, _longest_number(layout, view, column) + 2.0)
    texts = [t for t in layout.values(view, column.name) if isinstance(t, str)]
    longest = max(map(measure, texts), default=0)
    longest = max([longest, *(measure(c) for c in column.choices)])
    return min(max(longest + 2, title / (3 if tight else 2) + 2, 6.0), 16.0 if tight else 20.0)


def _longest_number(layout: Layout, view: View, column: Column) -> int:
    """Return the characters of the longest number as it is shown, and of one that may yet be typed."""
    digits = column.shown if column.shown is not None else DECIMALS[not view.tight]
    whole = column.shown is None and (column.expr is None or layout.whole_numbers(view, column.name))
    values = numbers_in(layout.values(view, column.name))
    longest = max((length_shown(v, digits, whole) for v in values), default=0)
    if column.measure == style.MONEY:
        longest = max(longest, MONEY_LONGEST if column.expr is None else MONEY_LONGEST + 2)  # sums are longer
    if column.high is not None and column.high.op == "const" and isinstance(column.high.args[0], Fraction):
        most = length_shown(column.high.args[0], 0, True)
        longest = max(longest, most + 1 + column.decimals if column.decimals else most)
    return longest


def paper_of(layout: Layout, view: View) -> Paper:
    """Return the paper that the table is printed on."""
    seen = _on_paper(view, widths(layout, view))
    rows = min(len(view.rows) + view.spare, len(view.rows) + EMPTY_PRINTED)
    later = next((i for i, s in enumerate(view.shown, 1) if s.later), 0)
    return paper_for(seen, _frozen(view), HEAD_HEIGHT + rows * LOWEST, later)


def _columns(sheet: Worksheet, view: View, wide: Sequence[float]) -> None:
    sheet.set_column(0, 0, 4, None, {"hidden": True})
    for i, (width, shown_) in enumerate(zip(wide, view.shown, strict=True), 1):
        sheet.set_column(i, i, width, None, {"hidden": True} if shown_.hidden else {})


def _head(book: Book, sheet: Worksheet, layout: Layout, view: View, dress: Dress) -> None:
    first, last = across(layout, view)
    wide = widths(layout, view)
    room = room_across(layout, view) if dress.printed else 0.0
    titled(book, sheet, (first, last), dress.heading, room, view.title)
    band(book, sheet, UNDER, (first, last), dress.under, style.UNDER_LOOK, 20)
    legend(book, sheet, (first, last), dress.state, room)
    plain = book.look(style.BASE)
    sheet.set_row(NAMES, 12, None, {"hidden": True})
    sheet.write_string(NAMES, 0, f"{MARK}|{view.sheet.name}|{len(book.tables) + 1}", plain)
    head, basis = book.look(style.HEAD_LOOK), book.look(style.BASIS_LOOK)
    columns = [column_of(view, s) for s in view.shown]
    clauses = [c.basis if c.basis != view.sheet.basis else "" for c in columns]
    for i, column in enumerate(columns, 1):
        sheet.write_string(NAMES, i, column.name, plain)
        sheet.write_string(HEAD, i, column.title, head)
        sheet.write_string(BASIS, i, clauses[i - 1], basis)
    tallest = max(lines(c.title, w + 1) for c, w in zip(columns, wide, strict=True))
    small = max(lines(c, w + 1) for c, w in zip(clauses, wide, strict=True))
    sheet.set_row(HEAD, tallest * LINE_HEIGHT + 8)
    sheet.set_row(BASIS, small * LINE_HEIGHT + 4, None, {"hidden": not any(clauses)})


def across(layout: Layout, view: View) -> tuple[int, int]:
    """Return the columns that the lines above and below a table take: those of the first page.

    Columns repeated on every page repeat no line.
    """
    breaks = paper_of(layout, view).breaks
    last = [*breaks, view.printed + 1][0] - 1
    return (min(_frozen(view), last) if breaks else 1), last


def room_across(layout: Layout, view: View) -> float:
    """Return how many half-width characters stand across these columns."""
    first, last = across(layout, view)
    return sum(_on_paper(view, widths(layout, view))[first - 1 : last])


def headed(layout: Layout, view: View) -> View:
    """Return a table whose self-check cell stands where the lines above it do."""
    return replace(view, top=across(layout, view)[0])


def _frozen(view: View) -> int:
    naming = (view.sheet.key.name, UNIT_NAME, view.sheet.naming.name)
    leading = [i for name, i in view.at.items() if i <= LEADING and name in naming]
    return max(leading, default=1) + 1


def heights(layout: Layout, view: View) -> list[float]:
    """Return how high every row of a table is, in points: as its longest text needs."""
    most = [1] * (len(view.rows) + view.spare)
    for width, shown_ in zip(widths(layout, view), view.shown, strict=True):
        column = column_of(view, shown_)
        if shown_.hidden or column.holds != "text":
            continue
        named, room = shown_.name == UNIT_NAME, width - 1.5 if column.is_prose else width  # the indent
        every = range(len(most))
        if named:
            values: list[Value] = [layout.unit_name(view, p) for p in every]
        elif view.entered:
            values = [layout.value(view, shown_.name, p) for p in every]
        else:
            values = layout.values(view, shown_.name)
        for position, value in enumerate(values):
            if isinstance(value, str) and (count := lines(value, room)) > most[position]:
                most[position] = count
    return [min(max(count * LINE_HEIGHT + 6, LOWEST), 400.0) for count in most]


# ---- limits ---------------------------------------------------------------------------------------


def write_limits(sheet: Worksheet, layout: Layout, view: View, dress: Dress) -> None:
    """Put a validation on every run of open cells of a column."""
    titles = {c.name: c.title for c in view.sheet.columns}
    for i, shown_ in enumerate(view.shown, view.left + 1):
        if not shown_.open:
            continue
        column = view.sheet.by_name[shown_.name]
        runs = asked_runs(layout, view, column)
        if not runs:
            continue
        options = validation(
            within(column, view.at), layout.row(view, runs[0][0]), titles, dress.offers, layout.scores.plan.year
        )
        if options is None:
            continue
        if len(runs) > 1:
            options["other_cells"] = [[BODY + a, i, BODY + b, i] for a, b in runs[1:]]
        first, last = runs[0]
        sheet.data_validation(BODY + first, i, BODY + last, i, options)


def asked_runs(layout: Layout, view: View, column: Column) -> list[tuple[int, int]]:
    """List the first and last positions of the rows that stand together and are asked for a column."""
    runs: list[tuple[int, int]] = []
    for i, is_wanted in enumerate(asked_rows(layout, view, column)):
        if is_wanted and runs and runs[-1][1] == i - 1:
            runs[-1] = (runs[-1][0], i)
        elif is_wanted:
            runs.append((i, i))
    return runs
