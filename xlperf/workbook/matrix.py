"""A matrix: what is given to many units side by side, the units down, a table of few columns for each indicator across.

Every block is a table as any other: a hidden column of its own says which row of the plan each line is, so that a
returned book is read the same way. A unit without the indicator has a closed cell there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from xlperf.engine.plan import Column
from xlperf.formula.values import Value, shown, value_text
from xlperf.workbook import style
from xlperf.workbook.bands import LINE_HEIGHT, band, titled
from xlperf.workbook.book import Book, protect, put
from xlperf.workbook.layout import Layout, View
from xlperf.workbook.page import Page
from xlperf.workbook.paper import Paper, paper_for, print_set_up
from xlperf.workbook.table import HEAD_HEIGHT, LOWEST, write_limits
from xlperf.workbook.table_rows import Dress, Rows, column_of, row_key
from xlperf.workbook.text import lines
from xlperf.xlsx.skeleton import BASIS, BODY, HEAD, MARK, NAMES, STATE, TITLE, UNDER

UNIT, FIRST = 1, 2  # the column of the units' names, and that of the first block's keys
NARROW, WIDEST = 11.0, 40.0  # of a column among many, and among few


@dataclass(frozen=True)
class Matrix:
    """A worksheet of blocks. units: their codes, a line each. blocks: tables from left to right with these lines."""

    title: str
    units: tuple[Value, ...]
    blocks: tuple[View, ...]

    @property
    def end(self) -> int:
        """Return the last column, counted from 0."""
        return self.blocks[-1].end

    def widths(self, layout: Layout) -> tuple[float, float]:
        """Return the width of the column of names, and that of every other."""
        named = min(max(layout.longest_name(self.blocks[0].sheet) + 2, 14.0), 28.0)
        count = sum(len(_visible(block)) for block in self.blocks)
        return named, min(max((style.NARROWEST - named) / count, NARROW), WIDEST)

    def paper(self, layout: Layout) -> Paper:
        """Return the paper it is printed on; a page never breaks within a block."""
        named, wide = self.widths(layout)
        widths = [0.0] * self.end  # from column B on
        widths[0] = named
        for block in self.blocks:
            widths[block.left] = wide * len(_visible(block))
        return paper_for(widths, FIRST, HEAD_HEIGHT + len(self.units) * LOWEST)

    def across(self, layout: Layout) -> tuple[int, int]:
        """Return the columns that the lines above and below take: those of the first page."""
        breaks = self.paper(layout).breaks
        return (self.blocks[0].first, breaks[0] - 1) if breaks else (UNIT, self.end)

    def width(self, layout: Layout) -> float:
        """Return how many half-width characters stand across these columns."""
        (named, wide), (first, last) = self.widths(layout), self.across(layout)
        shown = sum(first <= at <= last for block in self.blocks for at in _visible(block))
        return wide * shown + (named if first == UNIT else 0.0)


def write_matrix(book: Book, layout: Layout, matrix: Matrix, dress: Dress) -> Page:
    """Add a worksheet with the blocks."""
    sheet = book.sheet(matrix.title)
    named, wide = matrix.widths(layout)
    sheet.set_column(0, 0, 4, None, {"hidden": True})
    sheet.set_column(UNIT, UNIT, named)
    _head(book, sheet, layout, matrix, dress, wide)
    names = layout.names(matrix.blocks[0].sheet)
    for position, unit in enumerate(matrix.units):
        name = names.get(value_text(unit), str(unit))
        put(sheet, BODY + position, UNIT, name, book.look(style.CELL_CENTER))
        sheet.set_row(BODY + position, max(lines(name, named) * LINE_HEIGHT + 6, LOWEST))
    for block in matrix.blocks:
        rows = Rows(book, sheet, layout, block, dress)
        for position in range(len(block.rows)):
            rows.write(position)
        write_limits(sheet, layout, block, dress)
        keys = tuple(row_key(layout, block, p) for p in range(len(block.rows)))
        book.tables.append((block, keys))
    print_set_up(sheet, matrix.paper(layout), (BASIS, HEAD), (UNIT, UNIT))
    sheet.print_area(TITLE, UNIT, BODY + len(matrix.units) - 1, matrix.end)
    sheet.freeze_panes(BODY, FIRST)
    protect(sheet)
    return sheet


def _visible(block: View) -> list[int]:
    return [block.at[s.name] for s in block.shown if not s.hidden]


def _head(book: Book, sheet: Page, layout: Layout, matrix: Matrix, dress: Dress, wide: float) -> None:
    first, last = matrix.across(layout)
    titled(book, sheet, (first, last), dress.heading, matrix.width(layout), matrix.title)
    band(book, sheet, UNDER, (first, last), dress.under, style.UNDER_LOOK, 20)
    band(book, sheet, STATE, (matrix.blocks[0].first, last), dress.state, style.UNDER_LOOK, 20)
    head, plain = book.look(style.HEAD_LOOK), book.look(style.BASE)
    sheet.merge_range(BASIS, UNIT, HEAD, UNIT, "单位", head)
    sheet.set_row(NAMES, 12, None, {"hidden": True})
    tallest = [1, 1]
    for number, block in enumerate(matrix.blocks, len(book.tables) + 1):
        sheet.write_string(NAMES, block.left, f"{MARK}|{block.sheet.name}|{number}", plain)
        sheet.set_column(block.left, block.left, 4, None, {"hidden": True})
        for shown_ in block.shown:
            at, column = block.at[shown_.name], column_of(block, shown_)
            sheet.write_string(NAMES, at, shown_.name, plain)
            sheet.set_column(at, at, wide, None, {"hidden": True} if shown_.hidden else {})
            text = _heading(layout, block, column)
            sheet.write_string(HEAD, at, text, head)
            tallest[1] = max(tallest[1], lines(text, wide + 1))
        seen = _visible(block)
        if len(seen) > 1:
            sheet.merge_range(BASIS, seen[0], BASIS, seen[-1], block.over, head)
        else:
            sheet.write_string(BASIS, seen[0], block.over, head)
        tallest[0] = max(tallest[0], lines(block.over, wide * len(seen) + 1))
    for row, most in zip((BASIS, HEAD), tallest, strict=True):
        sheet.set_row(row, most * LINE_HEIGHT + 8)


def _heading(layout: Layout, block: View, column: Column) -> str:
    """Return the heading of a column, with the most that may stand in it where that is the same for all."""
    full = constant(layout, block, column)
    return column.title if full is None else f"{column.title}\n（{full}分）"


def constant(layout: Layout, block: View, column: Column) -> str | None:
    """Return the full mark of a column of points as it is shown, None where it is not one number for all units."""
    if column.high is None or column.high.op != "col" or column.role not in ("self", "lead", "onsite"):
        return None
    values = {layout.value(block, column.high.args[0], p) for p in range(len(block.rows)) if not block.is_hole(p)}
    found = values.pop() if len(values) == 1 else None
    return None if found is None else shown(found)


def side_by_side(blocks: Sequence[View]) -> tuple[View, ...]:
    """Return tables placed one beside another, hidden columns first in each."""
    placed, left = [], FIRST
    for block in blocks:
        columns = sorted(block.shown, key=lambda s: not s.hidden)
        placed.append(replace(block, left=left, shown=tuple(columns)))
        left = placed[-1].end + 1
    return tuple(placed)
