"""打印的表: a pay sheet, a notice, a list as the scheme defines them; live in the 总表, or a book of its own.

Pages are made here and not left to the printer: each has the title and the headings, its own sum where a group takes
several, and at the end of a group its sum and the lines for signatures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from pathlib import Path

from xlperf.engine.plan import Column, Print
from xlperf.engine.score import Scores
from xlperf.formula.values import Value, value_text
from xlperf.workbook import style
from xlperf.workbook.book import Book, Page, cached, protect, put
from xlperf.workbook.layout import Layout, Shown, View
from xlperf.workbook.paper import (
    A3,
    A3_WIDER,
    A4,
    FULL_HEIGHT,
    FULL_LINE,
    PADDING,
    SLACK,
    SMALLEST,
    Paper,
    print_set_up,
)
from xlperf.workbook.seal import Identity, printed
from xlperf.workbook.table import LINE_HEIGHT, band
from xlperf.workbook.text import lines, measure, quoted
from xlperf.xlsx.addresses import letters

NUMBER = "序号"
_ROW, _SUM, _SIGN, _GROUP = 22.0, 24.0, 44.0, 26.0  # points
_NAMED = 12  # of those left out, named one by one
_HEAD = 2  # the row of the headings, counted from 0
_GROUP_LOOK: style.Properties = {**style.BASE, "bold": True, "font_size": 12, "align": "left"}
_SUM_LOOK: style.Properties = {**style.CELL_CENTER, "bold": True}


@dataclass(frozen=True)
class _Group:
    """Rows that are printed together: what the group is called, and positions on the sheet's view."""

    name: str
    rows: tuple[int, ...]
    out: tuple[str, ...] = ()  # who is left out for want of what the print needs


@dataclass
class _Table:
    """A print being written. live: whether cells refer to the table of the 总表 instead of holding values."""

    book: Book
    layout: Layout
    view: View
    spec: Print
    sheet: Page
    widths: list[float]
    live: bool
    row: int = _HEAD + 1
    number: int = 0
    breaks: list[int] = field(default_factory=list)
    written: dict[int, int] = field(default_factory=dict)  # row → position of what stands in it

    @property
    def last(self) -> int:
        """Return the last column, counted from 0."""
        return len(self.widths) - 1

    @property
    def columns(self) -> list[Column]:
        """List the columns of the plan that are printed."""
        return [self.view.sheet.by_name[name] for name in self.spec.columns]


def write_print(
    book: Book, layout: Layout, spec: Print, identity: Identity | None = None, *, live: bool = True
) -> None:
    """Add the worksheet; nothing where the book does not have the table, or no row is to be printed."""
    view = layout.by_name.get(spec.sheet)
    groups = list(_groups(layout, view, spec)) if view is not None else []
    if view is None or not any(g.rows or g.out for g in groups):
        return
    sheet = book.sheet(book.title(spec.title))
    natural = list(_widths(layout, view, spec))
    widths = style.stretched(natural, [False] * len(natural))  # the title needs room where there are few columns
    table = _Table(book, layout, view, spec, sheet, widths, live)
    paper = _paper(table.widths)
    for i, width in enumerate(table.widths):
        sheet.set_column(i, i, width)
    _head(table, identity)
    _body(table, groups, paper)
    print_set_up(sheet, paper, (0, _HEAD))
    sheet.set_h_pagebreaks(table.breaks)
    sheet.print_area(0, 0, table.row - 1, table.last)
    sheet.freeze_panes(_HEAD + 1, 0)
    protect(sheet)


def write_print_book(scores: Scores, spec: Print, file: Path) -> None:
    """Write a print as a book of its own, with values: nothing in it leads back to the 总表."""
    plan = scores.plan
    book = Book(f"{plan.title}{spec.title}", plan.issuer)
    sheet = plan.by_name[spec.sheet]
    size = len(scores.values[sheet.name][sheet.key.name])
    view = View(sheet, sheet.title, tuple(Shown(c.name) for c in sheet.columns), tuple(range(size)))
    write_print(book, Layout(scores, [view]), spec, live=False)
    if not book.workbook.worksheets():  # nobody is to be printed
        band(book, book.sheet(book.title(spec.title)), 0, (0, 3), f"{plan.title}{spec.title}：无", style.TITLE_LOOK, 34)
    book.save(file)


# ---- rows and pages -------------------------------------------------------------------------------------


def _groups(layout: Layout, view: View, spec: Print) -> Iterator[_Group]:
    """List the rows to be printed, group by group in the order in which they first stand."""
    rows = [p for p in range(len(view.rows) + view.spare) if _is_printed(layout, view, spec, p)]
    if spec.order:
        rows.sort(key=lambda p: _first_last(layout.value(view, spec.order, p)))
    found: dict[str, list[int]] = {}
    out: dict[str, list[str]] = {}
    for position in rows:
        name = _group_name(layout, view, spec.by, position)
        found.setdefault(name, [])
        if any(layout.value(view, needed, position) is None for needed in spec.needs):
            out.setdefault(name, []).append(value_text(layout.value(view, view.sheet.naming.name, position)))
        else:
            found[name].append(position)
    return (_Group(name, tuple(some), tuple(out.get(name, ()))) for name, some in found.items())


def _group_name(layout: Layout, view: View, by: str, position: int) -> str:
    """Return what the group of a row is called: the unit by its name, anything else as it stands."""
    named = layout.unit_name(view, position) if by and by == view.sheet.unit else ""
    return named or (value_text(layout.value(view, by, position)) if by else "")


def _is_printed(layout: Layout, view: View, spec: Print, position: int) -> bool:
    if position >= len(view.rows) and position - len(view.rows) not in view.entered:
        return False
    return all(layout.value(view, name, position) == wanted for name, wanted in spec.where.items())


def _first_last(value: Value) -> tuple[bool, Fraction, str]:
    """Return what rows are ordered by: numbers from small to large, then texts, then what is empty."""
    number = value if isinstance(value, Fraction) else Fraction(0)
    return not isinstance(value, Fraction), number, value_text(value)


def _body(table: _Table, groups: Sequence[_Group], paper: Paper) -> None:
    """Write the groups, page by page."""
    spec, first = table.spec, table.row
    room = _room(table, paper)
    left = room
    for group in groups:
        need = _GROUP * bool(spec.by) + _ROW + _end(spec, grouped=bool(spec.by))
        if (spec.apart or left < need) and table.row > first:
            table.breaks.append(table.row)
            left = room
        left = _group(table, group, left, room)
    if spec.by and spec.sums and len(groups) > 1:
        if spec.apart or left < _SUM:  # a page that goes to one unit holds nothing of the others
            table.breaks.append(table.row)
        _sum(table, "总计", first, table.row - 1)
        if everybody := [name for group in groups for name in group.out]:
            _left_out(table, everybody)


def _group(table: _Table, group: _Group, left: float, room: float) -> float:
    """Write one group; return the points that are left on its last page. left: on the page it begins on."""
    spec, begins = table.spec, table.row
    left -= _named(table, group.name) + _SUM * bool(group.out)
    page, several = table.row, False
    for i, position in enumerate(group.rows):
        over = _SUM * bool(spec.sums) if i + 1 < len(group.rows) else _end(spec, grouped=True)
        height = _height(table, position)
        if left < height + over and table.row > page:
            if spec.sums:
                _sum(table, "本页小计", page, table.row - 1)
            table.breaks.append(table.row)
            left = room - _named(table, f"{group.name}（续）")
            page, several = table.row, True
        _line(table, position, height)
        left -= height
    if several and spec.sums:
        _sum(table, "本页小计", page, table.row - 1)
    if spec.sums and group.rows:
        _sum(table, "小计" if spec.by else "合计", begins, table.row - 1)
    if group.out:
        _left_out(table, group.out)
    if spec.sign:
        _signatures(table)
    return left - _end(spec, grouped=True)


def _named(table: _Table, name: str) -> float:
    """Write the line that names a group; return the points it takes, 0 where nothing is grouped."""
    if not table.spec.by:
        return 0
    heading = f"{table.view.sheet.by_name[table.spec.by].title}：{name}"
    band(table.book, table.sheet, table.row, (0, table.last), heading, _GROUP_LOOK, _GROUP)
    table.row += 1
    return _GROUP


def _end(spec: Print, *, grouped: bool) -> float:
    """Return the points that stand below the last row of a group: sums of page and group, signatures."""
    return (2 * _SUM * bool(spec.sums) + _SIGN * bool(spec.sign)) if grouped else _SUM


def _room(table: _Table, paper: Paper) -> float:
    """Return the points below the headings of a page."""
    down = FULL_HEIGHT * (A3_WIDER if paper.size == A3 else 1)
    return down / paper.scale - 34 - 24 - _heading_height(table)


# ---- lines ------------------------------------------------------------------------------------------------


def _head(table: _Table, identity: Identity | None) -> None:
    """Write title, the line below it and the headings; they are repeated on every page."""
    book, spec, plan = table.book, table.spec, table.layout.scores.plan
    band(book, table.sheet, 0, (0, table.last), f"{plan.title}{spec.title}", style.TITLE_LOOK, 34)
    reader = f"仅供{spec.reader}使用，不得公开" if spec.reader else ""
    code = printed(identity) if identity is not None else ""
    line = "　".join(t for t in (plan.caution, reader, f"依据：{spec.basis}", plan.issuer, code) if t)
    band(book, table.sheet, 1, (0, table.last), line, style.UNDER_LOOK, 24)
    headings = [NUMBER, *(c.title for c in table.columns), *spec.blank]
    for i, heading in enumerate(headings):
        table.sheet.write_string(_HEAD, i, heading, book.look(style.HEAD_LOOK))
    table.sheet.set_row(_HEAD, _heading_height(table))


def _heading_height(table: _Table) -> float:
    headings = [NUMBER, *(c.title for c in table.columns), *table.spec.blank]
    tallest = max(lines(text, width) for text, width in zip(headings, table.widths, strict=True))
    return tallest * LINE_HEIGHT + 12


def _line(table: _Table, position: int, height: float) -> None:
    """Write one row: its number, its cells, and what is left empty for writing."""
    table.number += 1
    table.written[table.row] = position
    sheet, row, center = table.sheet, table.row, table.book.look(style.CELL_CENTER)
    put(sheet, row, 0, Fraction(table.number), center)
    for i, column in enumerate(table.columns, 1):
        value = table.layout.value(table.view, column.name, position)
        look = table.book.look({**_look(table, column), "locked": True})
        if table.live:
            cell = quoted(table.view.title) + table.view.cell(column.name, position)
            sheet.write_formula(row, i, f'=IF({cell}="","",{cell})', look, cached(value))
        else:
            put(sheet, row, i, value, look)
    for i in range(len(table.spec.blank)):
        put(sheet, row, len(table.spec.columns) + 1 + i, None, center)
    sheet.set_row(row, height)
    table.row += 1


def _look(table: _Table, column: Column) -> style.Properties:
    whole = column.holds == "number" and table.layout.whole_numbers(table.view, column.name)
    return style.body_look(column, open_=False, tight=True, whole=whole)


def _height(table: _Table, position: int) -> float:
    """Return the height of a row: as many lines as its longest text takes."""
    texts = ((value_text(v) if isinstance(v := table.layout.value(table.view, c.name, position), str) else "", i)
             for i, c in enumerate(table.columns, 1))  # fmt: skip
    return max(_ROW, max(lines(text, table.widths[i]) for text, i in texts) * LINE_HEIGHT + 7)


def _sum(table: _Table, called: str, first: int, last: int) -> None:
    """Write a line of sums over rows (counted from 0): of those that have a number, and how many are empty."""
    spec, sheet, row, look = table.spec, table.sheet, table.row, table.book.look(_SUM_LOOK)
    rows = [p for r, p in table.written.items() if first <= r <= last]
    numbered = f"$A${first + 1}:$A${last + 1}"
    before = 1 + min(map(spec.columns.index, spec.sums))
    for i, column in enumerate(table.columns, 1):
        if column.name not in spec.sums:
            if i >= before:
                put(sheet, row, i, None, look)
            continue
        cells = f"{letters(i)}${first + 1}:{letters(i)}${last + 1}"
        values = [v for p in rows if isinstance(v := table.layout.value(table.view, column.name, p), Fraction)]
        text = f'=IF(SUMPRODUCT(ISNUMBER({numbered})*ISNUMBER({cells}))=0,"",SUMIF({numbered},">0",{cells}))'
        money = table.book.look({**_look(table, column), **_SUM_LOOK, "num_format": _look(table, column)["num_format"]})
        sheet.write_formula(row, i, text, money, cached(sum(values, Fraction(0)) if values else None))
    for i in range(len(spec.blank)):
        put(sheet, row, len(spec.columns) + 1 + i, None, look)
    _called(table, called, rows, numbered, (first, last))
    sheet.set_row(row, _SUM)
    table.row += 1


def _called(table: _Table, called: str, rows: Sequence[int], numbered: str, span: tuple[int, int]) -> None:
    """Write what a line of sums is called, with how many rows have no number to add."""
    places = [1 + table.spec.columns.index(name) for name in table.spec.sums]
    blank = "+".join(f'({letters(at)}${span[0] + 1}:{letters(at)}${span[1] + 1}="")' for at in places)
    empty = f"SUMPRODUCT(ISNUMBER({numbered})*(({blank})>0))"
    values = [[table.layout.value(table.view, name, p) for name in table.spec.sums] for p in rows]
    lacking = sum(None in row for row in values)
    text = f'="{called}"&IF({empty}=0,"","（缺"&{empty}&"行）")'
    words = called + (f"（缺{lacking}行）" if lacking else "")
    look = table.book.look(_SUM_LOOK)
    if min(places) > 1:
        table.sheet.merge_range(table.row, 0, table.row, min(places) - 1, "", look)
    table.sheet.write_formula(table.row, 0, text, look, words)


def _left_out(table: _Table, names: Sequence[str]) -> None:
    """Write who stands in no line, because what the print needs could not be worked out, and who is in no sum."""
    listed = "、".join(names[:_NAMED]) + ("等" if len(names) > _NAMED else "")
    words = f"另有{len(names)}人（行）缺应填的内容，没有列入，合计里也没有：{listed}"
    band(table.book, table.sheet, table.row, (0, table.last), words, {**style.BASE, "align": "left"}, _SUM)
    table.row += 1


def _signatures(table: _Table) -> None:
    """Write who signs, with room to."""
    words = "　　　　　　　　".join(f"{who}：" for who in table.spec.sign) + "　　　　　　　　　　年　　月　　日"
    look: style.Properties = {**style.BASE, "align": "left", "valign": "bottom"}
    band(table.book, table.sheet, table.row, (0, table.last), words, look, _SIGN)
    table.row += 1


# ---- widths -------------------------------------------------------------------------------------------------


def _widths(layout: Layout, view: View, spec: Print) -> Iterator[float]:
    """Return the width of every column: of numbers as they are shown, of texts up to three lines."""
    yield 6.0
    for name in spec.columns:
        column = view.sheet.by_name[name]
        values = [layout.value(view, name, p) for p in range(len(view.rows))]
        texts = [measure(v) for v in values if isinstance(v, str)]
        numbers = [len(f"{float(v):.2f}") for v in values if isinstance(v, Fraction)]
        widest = 12 if column.holds == "date" else max([*numbers, 0]) + 4 if numbers else max([*texts, 0]) + 2
        yield float(min(max(widest, ceil(measure(column.title) / 2) + 2, 8), 36))
    for heading in spec.blank:
        yield float(max(measure(heading) + 4, 14))


def _paper(widths: Sequence[float]) -> Paper:
    """Return the paper that holds all columns side by side, at a scale that is fixed so that pages end where we say."""
    total, line = sum(w + PADDING for w in widths), FULL_LINE * SLACK
    size = A4 if line / total >= SMALLEST else A3
    room = line * (A3_WIDER if size == A3 else 1)
    return Paper(size, scale=min(1.0, int(room / total * 100) / 100))
