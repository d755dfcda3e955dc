"""附表: tables of the regulation as they were printed, blocks beside one another, for the 总表 and the units' books.

A form is read and not filled: what a unit enters stands once, in its tables, and the form refers to it. So a form is no
table of the record (`workbook.record`), and a book with forms comes back as one without.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from typing import cast

from xlperf.engine.plan import Column
from xlperf.engine.score import Scores
from xlperf.formula.values import Value, value_text
from xlperf.scheme.forms import AnnexForm
from xlperf.workbook import style
from xlperf.workbook.bands import LINE_HEIGHT, band
from xlperf.workbook.book import Book, cached, protect, put
from xlperf.workbook.layout import Layout
from xlperf.workbook.page import Page
from xlperf.workbook.paper import paper_for, print_set_up
from xlperf.workbook.table import HEAD_HEIGHT, LOWEST
from xlperf.workbook.text import lines, measure, quoted
from xlperf.xlsx.addresses import letters

_HEAD, _BODY = 2, 3  # the row of the headings, and the first below it, counted from 0
_MERGED, _LONGEST, _NUMBER = 16.0, 30.0, 8.0  # widths of a column of merged cells, of other texts, of numbers
_POINTS = "General;-General;"  # no points are printed as nothing, not as 0


Link = tuple[str, str, int]


@dataclass(frozen=True)
class Cell:
    """A cell of a form: its first line and column counted from 0, how many lines it takes, and what it holds.

    links: where a unit's own entry may be, the first that is there counts: (sheet of the plan, column, position in the
    table of the book). None where the cell is no such one.
    """

    line: int
    column: int
    high: int
    value: Value
    look: style.Properties = field(default_factory=lambda: style.CELL_CENTER)
    links: tuple[Link, ...] | None = None


@dataclass(frozen=True)
class Placed:
    """A form with its rows. title: of its worksheet. layout: of the tables of the book that it refers to, if any."""

    form: AnnexForm
    scores: Scores
    title: str
    layout: Layout | None = None

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Return the columns of a block, without that of the unit's own entries."""
        there = self.scores.plan.by_name[self.form.rows].by_name
        return tuple(there[str(name)] for name in self.form.columns)

    @property
    def across(self) -> int:
        """Return how many columns a block has."""
        return len(self.form.columns) + self.has_entries

    @property
    def has_entries(self) -> bool:
        """Return whether a column shows what the unit enters."""
        return bool(self.layout is not None and self.form.filled.of)

    @property
    def headings(self) -> list[str]:
        """Return the headings of a block."""
        own = [self.form.titles.get(c.name, c.title) for c in self.columns]
        return [*own, self.form.filled.title] if self.has_entries else own

    @cached_property
    def blocks(self) -> list[list[int]]:
        """Return the rows of every block, as positions on the sheet of the plan."""
        form, values = self.form, self.scores.values[self.form.rows]
        found: dict[Value, list[int]] = {}
        for row in range(self.scores.size(form.rows)):
            if all(values[str(name)][row] == wanted for name, wanted in form.where.items()):
                found.setdefault(values[form.side][row] if form.side else "", []).append(row)
        return list(found.values())

    @cached_property
    def height(self) -> int:
        """Return how many lines the form has, that of the sums included."""
        ends = [sum(map(self.taken, rows)) for rows in self.blocks]
        return max([*ends[:-1], ends[-1] + bool(self.form.sums)]) if ends else 0

    def taken(self, row: int) -> int:
        """Return how many lines a row takes."""
        said = self.value(self.form.lines, row) if self.form.lines else None
        return max(1, int(said)) if isinstance(said, Fraction) else 1

    def value(self, name: str, row: int) -> Value:
        """Return what stands in a column of a row."""
        return self.scores.values[self.form.rows][name][row]

    def printed(self, name: str, row: int) -> Value:
        """Return what is printed there: where it is empty, what the form says stands instead."""
        found = self.value(name, row)
        other = self.form.instead.get(name)
        return self.value(other, row) if found is None and other else found

    def cells(self) -> Iterator[Cell]:
        """List the cells that something may stand in, block by block."""
        for number, (rows, fixed) in enumerate(zip(self.blocks, self._fixed, strict=True)):
            yield from fixed
            if self.has_entries:
                last = (number + 1) * self.across - 1
                for row, start, (value, links) in zip(rows, self._starts(rows), map(self._entered, rows), strict=True):
                    yield Cell(start, last, self.taken(row), value, links=links)

    @cached_property
    def _fixed(self) -> list[list[Cell]]:
        """List for each block the cells that are the same in every book; found once for all of them."""
        at = ("form", self.form.id, self.across)
        if at not in self.scores.kept:
            self.scores.kept[at] = [[*self._of_block(n, rows)] for n, rows in enumerate(self.blocks)]
        return cast("list[list[Cell]]", self.scores.kept[at])

    def _of_block(self, number: int, rows: Sequence[int]) -> Iterator[Cell]:
        left, starts = number * self.across, self._starts(rows)
        for i, column in enumerate(self.columns):
            for span in self._spans(column.name, rows):
                said = self.printed(column.name, rows[span.start])
                high = sum(self.taken(rows[at]) for at in span)
                yield Cell(starts[span.start], left + i, high, said, _look(column, said))

    def _starts(self, rows: Sequence[int]) -> list[int]:
        """Return in which line each row of a block begins."""
        return [*accumulate(map(self.taken, rows[:-1]), initial=0)]

    def _spans(self, name: str, rows: Sequence[int]) -> Iterator[range]:
        """List the runs of rows that are one cell of a column."""
        by, begins = self.form.merged.get(name), 0
        marks = [i if by is None or (v := self.value(by, row)) is None else v for i, row in enumerate(rows)]
        for i in range(1, len(rows) + 1):
            if i == len(rows) or marks[i] != marks[begins]:
                yield range(begins, i)
                begins = i

    def _entered(self, row: int) -> tuple[Value, tuple[Link, ...]]:
        """Return what the unit entered for a row, and where it may; nowhere where the book has no such row."""
        links, value = list[Link](), None
        wanted = {self.value(str(name), row) for name in self.form.filled.matched} - {None}
        for sheet, column, said, there in self._there:
            for position in sorted(position for one in wanted for position in there.get(one, ())):
                links.append((sheet, column, position))
                value = said[position] if value is None else value
        return value, tuple(links)

    @cached_property
    def _there(self) -> list[tuple[str, str, list[Value], dict[Value, list[int]]]]:
        """List where the unit enters something: sheet, column, what stands in it, and where the rows named so are."""
        filled, layout = self.form.filled, self.layout
        found: list[tuple[str, str, list[Value], dict[Value, list[int]]]] = []
        if layout is None:
            return found
        for sheet, column in filled.of:
            view = layout.by_name.get(sheet)
            if view is not None and {column, filled.by} <= view.at.keys():
                there: dict[Value, list[int]] = {}
                for position, by in enumerate(layout.values(view, filled.by)):
                    there.setdefault(by, []).append(position)
                found.append((sheet, column, layout.values(view, column), there))
        return found

    def shape(self) -> Hashable:
        """Return all in which two books with this form may differ; see `workbook.shape`."""
        entered = (self._entered(row) for rows in self.blocks for row in rows) if self.has_entries else ()
        return self.title, self.form.id, tuple(entered)


def placed_in_master(book: Book, scores: Scores) -> list[Placed]:
    """Return every form, for the 总表: as it was printed."""
    return [Placed(form, scores, book.title(form.title)) for form in scores.plan.forms]


def forms_of(scores: Scores, unit: str) -> tuple[AnnexForm, ...]:
    """Return the forms that the book of a unit holds. unit: its code."""
    return tuple(form for form in scores.plan.forms if form.book and _holds(scores, unit, form.units))


def _holds(scores: Scores, unit: str, wanted: Mapping[str, Value]) -> bool:
    """Return whether the facts of a unit are those wanted."""
    plan = scores.plan
    for sheet in (s for s in plan.sheets if plan.is_home(s) and wanted.keys() <= s.by_name.keys()):
        values = scores.values[sheet.name]
        for row, key in enumerate(values[sheet.key.name]):
            if value_text(key) == unit:
                return all(values[name][row] == value for name, value in wanted.items())
    return False


# ---- on paper ---------------------------------------------------------------------------------------


def write_annex(book: Book, placed: Placed, under: str) -> None:
    """Add the worksheet of a form. under: the line below its heading."""
    if not placed.blocks:
        return
    sheet, wide = book.sheet(placed.title), _widths(placed)
    last = len(wide) - 1
    for i, width in enumerate(wide):
        sheet.set_column(i, i, width)
    band(book, sheet, 0, (0, last), placed.form.heading or placed.form.title, style.TITLE_LOOK, 34)
    band(book, sheet, 1, (0, last), under, style.UNDER_LOOK, 20)
    headings = placed.headings * len(placed.blocks)
    for i, heading in enumerate(headings):
        sheet.write_string(_HEAD, i, heading, book.look(style.HEAD_LOOK))
    tallest = max(lines(text, width) for text, width in zip(headings, wide, strict=True))
    sheet.set_row(_HEAD, tallest * LINE_HEIGHT + 8)
    cells = [*placed.cells()]
    heights = _heights(placed.height, cells, wide)
    for line, height in enumerate(heights):
        sheet.set_row(_BODY + line, height)
        for i in range(len(wide)):
            sheet.write_blank(_BODY + line, i, None, book.look(style.CELL_CENTER))
    for cell in cells:
        _write(book, sheet, placed, cell)
    _sums(book, sheet, placed)
    end = _BODY + placed.height
    if placed.form.remark:
        look = {**style.BASE, "text_wrap": True, "align": "left"}
        band(book, sheet, end, (0, last), placed.form.remark, look, lines(placed.form.remark, sum(wide)) * 15 + 9)
    print_set_up(sheet, paper_for(wide, 1, HEAD_HEIGHT + sum(heights)), (_HEAD, _HEAD))
    sheet.print_area(0, 0, end - (not placed.form.remark), last)
    protect(sheet)


def _look(column: Column, value: Value) -> style.Properties:
    if isinstance(value, str) and (column.is_prose or measure(value) > 1.5 * _LONGEST):
        return style.CELL_TEXT
    return {**style.CELL_CENTER, "num_format": _POINTS} if isinstance(value, Fraction) else style.CELL_CENTER


def _write(book: Book, sheet: Page, placed: Placed, cell: Cell) -> None:
    row, look = _BODY + cell.line, book.look(cell.look)
    if cell.high > 1:
        sheet.merge_range(row, cell.column, row + cell.high - 1, cell.column, "", look)
    if not cell.links or placed.layout is None:
        put(sheet, row, cell.column, cell.value, look)
        return
    text = '""'
    for name, column, position in reversed(cell.links):
        view = placed.layout.by_name[name]
        at = quoted(view.title) + view.cell(column, position)
        text = f'IF({at}="",{text},{at})'
    sheet.write_formula(row, cell.column, f"={text}", look, cached(cell.value))


def _sums(book: Book, sheet: Page, placed: Placed) -> None:
    """Write 合计 below the last block: its sums are those of all blocks."""
    form, names = placed.form, [str(name) for name in placed.form.columns]
    if not form.sums:
        return
    left = (len(placed.blocks) - 1) * placed.across
    row = _BODY + sum(map(placed.taken, placed.blocks[-1]))
    look = {**style.CELL_CENTER, "bold": True}
    first = min(names.index(name) for name in form.sums)
    if first > 1:
        sheet.merge_range(row, left, row, left + first - 1, "", book.look(look))
    if first:
        put(sheet, row, left, "合　　计", book.look(look))
    for name in form.sums:
        at, found = names.index(name), [placed.value(name, r) for rows in placed.blocks for r in rows]
        columns = [letters(block * placed.across + at) for block in range(len(placed.blocks))]
        ranges = ",".join(
            f"{c}{_BODY + 1}:{c}{_BODY + (placed.height if c != columns[-1] else row - _BODY)}" for c in columns
        )
        total = sum((v for v in found if isinstance(v, Fraction)), Fraction(0))
        sheet.write_formula(row, left + at, f"=SUM({ranges})", book.look(look), cached(total))


def _widths(placed: Placed) -> list[float]:
    """Return the widths of all columns: long texts take the room that is left."""
    wide, elastic = [], []
    for name, title in zip([*map(str, placed.form.columns), ""], [*placed.headings, ""], strict=False):
        if not name:
            continue
        texts = [placed.printed(name, row) for rows in placed.blocks for row in rows]
        longest = max((measure(v) + 2.0 for v in texts if isinstance(v, str)), default=0.0)
        number = any(isinstance(v, Fraction) for v in texts)
        most = _NUMBER if number else _MERGED if name in placed.form.merged and longest <= 3 * _MERGED else _LONGEST
        wide.append(max(min(longest, most), min(measure(title) + 2.0, most), _NUMBER))
        elastic.append(longest > 2 * most and not number)  # what fits into two lines needs no more room
    if placed.has_entries:
        wide, elastic = [*wide, 12.0], [*elastic, False]
    return style.stretched(wide * len(placed.blocks), elastic * len(placed.blocks))


def _heights(height: int, cells: Sequence[Cell], wide: Sequence[float]) -> list[float]:
    """Return the height of every line: a cell of several lines has the room of all of them."""
    found = [LOWEST] * height
    for cell in sorted(cells, key=lambda c: c.high):
        if isinstance(cell.value, str):
            room = wide[cell.column] - (1.5 if cell.look is style.CELL_TEXT else -1.0)
            needed = lines(cell.value, room) * LINE_HEIGHT + 6
            there = range(cell.line, cell.line + cell.high)
            lacking = needed - sum(found[i] for i in there)
            for i in there if lacking > 0 else ():
                found[i] += lacking / cell.high
    return found
