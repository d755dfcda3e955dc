"""A document as a workbook: title, paragraphs, tables, seal and code on one worksheet, one page wide.

Tables of different shapes stand below one another, so the columns of the worksheet are the edges of all of them, and
a cell of a table is as many of these as lie within it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate, takewhile
from pathlib import Path
from typing import Any

import openpyxl

from xlperf.formula.values import Value, from_float
from xlperf.report.document import Block, Document, Head, Line, Table, printed, shown_fixed
from xlperf.workbook import style
from xlperf.workbook.bands import LINE_HEIGHT, band
from xlperf.workbook.book import Book, protect, put
from xlperf.workbook.page import Page
from xlperf.workbook.paper import PADDING, print_set_up, scaled
from xlperf.workbook.quiet import quietly
from xlperf.workbook.text import lines, measure

_LEAST, _UPRIGHT, _WIDEST, _LINE = 74.0, 96.0, 26.0, 20.0  # characters; what an upright page holds; a column; points
_SAME = 0.8  # edges closer than so many characters are one
_TITLE: style.Properties = {**style.TITLE_LOOK, "shrink": False, "text_wrap": True}
_BODY: style.Properties = {**style.BASE, "align": "left", "text_wrap": True}
_SECTION: style.Properties = {**_BODY, "bold": True, "font_size": 13}
_SLIP: style.Properties = {**_BODY, "align": "center", "top": 3}
_SEAL: style.Properties = {**style.BASE, "font_size": 13, "align": "right", "indent": 2}
_LOOKS = {"seal": _SEAL, "body": _BODY, "section": _SECTION, "slip": _SLIP, "page": _SECTION}


@dataclass
class _Sheet:
    """A worksheet being filled. edges: where its columns end, in characters from the left.

    room: the points down a page; used: those of the page being filled. Pages are broken here and not by the program, so
    that a table that goes on begins its next page with its headings.
    """

    book: Book
    page: Page
    edges: list[float]
    room: float
    row: int = 0
    used: float = 0.0
    breaks: list[int] = field(default_factory=list)

    @property
    def last(self) -> int:
        """Return the last column, counted from 0."""
        return len(self.edges) - 1

    def across(self, text: str, look: style.Properties, height: float) -> None:
        """Write a line across the page."""
        self.fits(height)
        band(self.book, self.page, self.row, (0, self.last), text, look, height)
        self.down(height)

    def fits(self, height: float) -> bool:
        """Begin a page where rows of so many points do not fit on this one; return whether they did."""
        fitting = self.used + height <= self.room or not self.used
        if not fitting:
            self.turn()
        return fitting

    def turn(self) -> None:
        """Begin a page."""
        self.breaks += [self.row] if self.used else []
        self.used = 0.0

    def down(self, height: float) -> None:
        """Go on below a row of so many points."""
        self.row += 1
        self.used += height

    def put(self, span: tuple[int, int], value: Value, look: style.Properties) -> None:
        """Write a cell over columns (first, last)."""
        first, last = span
        if last > first:
            self.page.merge_range(self.row, first, self.row, last, "", self.book.look(look))
        put(self.page, self.row, first, value, self.book.look(look))


def write_document(document: Document, file: Path) -> None:
    """Write a document as a workbook of values; the same document gives the same bytes."""
    tables = [b for b in document.blocks if isinstance(b, Table)]
    widths = {id(t): _widths(t) for t in tables}
    total = max([_LEAST, *(sum(w) for w in widths.values())])
    ends = {name: [x * total / sum(w) for x in accumulate(w)] for name, w in widths.items()}
    book = Book(document.title, "", document.code, to_read=True)
    paper, room = scaled(total, landscape=total > _UPRIGHT)
    edges = _edges([*ends.values(), [total]])
    sheet = _Sheet(book, book.sheet(book.title(document.name)), edges, room)
    for i, (end, start) in enumerate(zip(sheet.edges, [0.0, *sheet.edges], strict=False)):
        sheet.page.set_column(i, i, max(end - start - PADDING, 0.1))  # many narrow columns are no wider than few
    sheet.across(document.title, _TITLE, 14.0 + 28 * lines(document.title, total * 0.52))
    if document.caution:
        _line(sheet, Line(document.caution), total)
    for i, block in enumerate(document.blocks):
        if isinstance(block, Table):
            _table(sheet, block, ends[id(block)], total, _tail(document.blocks[i + 1 :], total))
            continue
        if block.look == "page":
            sheet.turn()
        _line(sheet, block, total)
    print_set_up(sheet.page, paper)
    sheet.page.set_footer(f'&C&"宋体"&12— &P —&R&"宋体"&11{document.foot}')
    sheet.page.set_h_pagebreaks(sheet.breaks)
    sheet.page.print_area(0, 0, sheet.row - 1, sheet.last)
    protect(sheet.page)
    book.save(file)


def lines_of(file: Path) -> list[list[str]]:
    """Return what a copy of a document says, line by line, numbers as they are printed there."""
    with quietly():
        sheet = openpyxl.load_workbook(file, data_only=True).worksheets[0]
    return [[_shown(cell) for cell in row if cell.value not in (None, "")] for row in sheet.iter_rows()]


def _shown(cell: Any) -> str:
    if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
        decimals = len(str(cell.number_format).partition(".")[2])
        return shown_fixed(from_float(float(cell.value)), decimals)
    return str(cell.value)


def _edges(ends: Sequence[Sequence[float]]) -> list[float]:
    """Return where columns must end so that every table has its own, those that nearly agree being one."""
    found: list[float] = []
    for edge in sorted(x for some in ends for x in some):
        if not found or edge - found[-1] > _SAME:
            found.append(edge)
    found[-1] = max(found[-1], max(x for some in ends for x in some))
    return found


def _spans(sheet: _Sheet, ends: Sequence[float]) -> list[tuple[int, int]]:
    """Return for each column of a table the columns of the worksheet that it takes (first, last)."""
    at = [min(bisect_left(sheet.edges, end - _SAME), sheet.last) for end in ends]
    return list(zip([0, *(i + 1 for i in at)], at, strict=False))


def _line(sheet: _Sheet, line: Line, total: float) -> None:
    sheet.across(line.text, _LOOKS[line.look], _line_height(line, total))


def _line_height(line: Line, total: float) -> float:
    height = max(_LINE, lines(line.text, total * 0.9) * LINE_HEIGHT + 8)
    return height + (12 if line.look == "slip" else 0)


def _tail(blocks: Sequence[Block], total: float) -> float:
    """Return the height of the lines that end a document or what stands before its next page; 0 where a table follows.

    Deadline, seal and slip are never alone on a page: the last row of the table before them goes with them.
    """
    tail = list(takewhile(lambda b: isinstance(b, Line) and b.look != "page", blocks))
    after = blocks[len(tail) : len(tail) + 1]
    ends = not after or isinstance(after[0], Line)
    return sum(_line_height(b, total) for b in tail if isinstance(b, Line)) if ends else 0.0


def _table(sheet: _Sheet, table: Table, ends: Sequence[float], total: float, tail: float) -> None:
    """Write a table with what stands above it, its headings again on every page it goes on to.

    tail: the height of the lines that follow and stay with the last row.
    """
    spans = _spans(sheet, ends)
    room = [end - start for end, start in zip(ends, [0.0, *ends], strict=False)]
    texts = table.printed()
    heights = [max(_height(line, room), table.tall * _LINE) for line in texts]
    top = _height([h.title for h in table.heads], room) + 6
    alone = tail if len(heights) == 1 else 0.0
    sheet.fits(top + sum(heights[:1]) + alone + (_LINE + LINE_HEIGHT if table.title else 0))
    if table.title:
        _line(sheet, Line(table.title, "section"), total)
    _heads(sheet, table, spans, top)
    for number, (values, height) in enumerate(zip(table.rows, heights, strict=True), 1):
        last = number == len(table.rows) > 1
        if not sheet.fits(height + (tail if last else 0.0)):
            _heads(sheet, table, spans, top)
        bold = {"bold": True} if table.last and number == len(table.rows) else {}
        for span, h, value in zip(spans, table.heads, values, strict=True):
            sheet.put(span, value, {**_look(h, value), **bold})
        sheet.page.set_row(sheet.row, height)
        sheet.down(height)


def _heads(sheet: _Sheet, table: Table, spans: Sequence[tuple[int, int]], height: float) -> None:
    for span, h in zip(spans, table.heads, strict=True):
        sheet.put(span, h.title, style.HEAD_LOOK)
    sheet.page.set_row(sheet.row, height)
    sheet.down(height)


def _height(texts: Sequence[str], room: Sequence[float]) -> float:
    return max(_LINE, max(lines(t, w * 0.86) for t, w in zip(texts, room, strict=True)) * LINE_HEIGHT + 7)


def _look(head: Head, value: Value) -> style.Properties:
    look = dict(style.CELL_TEXT if head.prose else style.CELL_CENTER)
    if isinstance(value, Fraction):
        decimals = len(printed(head, value).partition(".")[2])
        look["num_format"] = f"0.{'0' * decimals}" if decimals else "0"
    return look


def breadth(table: Table) -> float:
    """Return how wide a table wants to be, in half-width characters; A4 across holds `paper.ROOM[0]`."""
    return sum(_widths(table))


def _widths(table: Table) -> list[float]:
    """Return the width of every column: of sentences as its heading says, of others as wide as what stands there."""
    found = []
    for h, cells in zip(table.heads, zip(*table.printed(), strict=True), strict=True):
        longest = max([measure(h.title) / 2 + 2, *(measure(text) + 2.5 for text in cells)])
        found.append(h.wide if h.prose else min(max(longest, h.wide), _WIDEST))
    return found
