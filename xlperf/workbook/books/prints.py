"""打印的表: a pay sheet, a notice, a list as the scheme defines them; live in the 总表, or a book of its own.

Pages are made here and not left to the printer: each has the title and the headings, its own sum where a group takes
several, and at the end of a group its sum and the lines for signatures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from xlperf.engine.plan import Column, Print
from xlperf.engine.score import Scores
from xlperf.files import file_name
from xlperf.formula.values import Value, value_text
from xlperf.workbook import style
from xlperf.workbook.bands import LINE_HEIGHT, band
from xlperf.workbook.book import Book, cached, protect, put
from xlperf.workbook.books.listed import Group, Listed, Numbers
from xlperf.workbook.books.one_group import write_choice
from xlperf.workbook.books.print_paper import lines_of, paper_of, texts_of, widths_of
from xlperf.workbook.layout import UNIT_NAME, Layout, Shown, View
from xlperf.workbook.page import Page
from xlperf.workbook.paper import A3, A3_WIDER, FULL_HEIGHT, Paper, print_set_up
from xlperf.workbook.seal import Identity, printed
from xlperf.workbook.text import lines, quoted
from xlperf.xlsx.addresses import letters

NUMBER = "序号"
_ROW, _SUM, _SIGN, _GROUP = 22.0, 24.0, 44.0, 26.0  # points
_NAMED = 12  # of those left out, named one by one
_HEAD = 2  # the row of the headings, counted from 0
_GROUP_LOOK: style.Properties = {**style.BASE, "bold": True, "font_size": 12, "align": "left"}
_SUM_LOOK: style.Properties = {**style.CELL_CENTER, "text_wrap": False, "shrink": True, "bold": True}


@dataclass
class _Table:
    """A print being written. numbers: where rows can change, which line each is; None where every line has its row."""

    book: Book
    listed: Listed
    spec: Print
    sheet: Page
    widths: list[float]
    numbers: Numbers | None = None
    row: int = _HEAD + 1
    number: int = 0
    breaks: list[int] = field(default_factory=list)
    written: dict[int, int] = field(default_factory=dict)  # row → position of what stands in it

    @property
    def layout(self) -> Layout:
        """Return where everything stands."""
        return self.listed.layout

    @property
    def view(self) -> View:
        """Return the table that is printed."""
        return self.listed.view

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
    """Add the worksheet; nothing where the book does not have the table, or no row can ever be printed."""
    view = layout.by_name.get(spec.sheet)
    listed = Listed(layout, view, spec, live) if view is not None else None
    if listed is None or not any(g.rows or g.out for g in listed.groups):
        return
    if listed.streams:  # nobody's rows stand together for good: the group is the first column
        spec = replace(spec, by="", columns=(spec.by, *(c for c in spec.columns if c != spec.by)))
    sheet = book.sheet(book.title(spec.title))
    natural = widths_of(listed, spec)
    widths = style.stretched(natural, [False] * len(natural))  # the title needs room where there are few columns
    table = _Table(book, listed, spec, sheet, widths)
    if listed.moving:
        table.numbers = Numbers(listed, sheet, table.last + 2, _HEAD + 1)
        if listed.streams and listed.known:
            table.numbers.chosen = write_choice(book, listed, sheet, table.last + 1, table.numbers.after)
        table.numbers.write()
    paper = paper_of(table.widths)
    for i, width in enumerate(table.widths):
        sheet.set_column(i, i, width)
    _head(table, identity)
    _body(table, listed.groups, paper)
    if listed.streams and spec.sums:
        _sums_by_group(table)
    print_set_up(sheet, paper, (0, _HEAD))
    sheet.set_h_pagebreaks(table.breaks)
    sheet.print_area(0, 0, table.row - 1, table.last)
    sheet.freeze_panes(_HEAD + 1, 0)
    protect(sheet)


def write_print_book(scores: Scores, spec: Print, file: Path, rows: Sequence[int] | None = None) -> None:
    """Write a print as a book of its own, with values: nothing in it leads back to the 总表.

    rows: positions on the sheet of the plan, where the book is for some of them only and shows nothing of the others.
    """
    plan = scores.plan
    book = Book(f"{plan.title}{spec.title}", plan.issuer, caution=plan.caution)
    view = _whole(scores, spec, rows)
    write_print(book, Layout(scores, [view]), spec, live=False)
    if not book.workbook.worksheets():  # nobody is to be printed
        sheet = book.sheet(book.title(spec.title))
        band(book, sheet, 0, (0, 3), f"{plan.title}{spec.title}：无", style.TITLE_LOOK, 34)
        sheet.set_column(0, 3, 24.0)
        print_set_up(sheet, Paper())
    book.save(file)


def write_print_books(scores: Scores, spec: Print, folder: Path) -> list[Path]:
    """Write a book for every group of a print, named by it, and return the files; groups in list order."""
    view = _whole(scores, spec)
    found = Listed(Layout(scores, [view]), view, spec, live=False).standing
    files = []
    for number, (name, rows) in enumerate(found.items(), 1):
        files.append(folder / f"{number:0{len(str(len(found)))}d} {file_name(name)}.xlsx")
        write_print_book(scores, spec, files[-1], rows)
    return files


def _whole(scores: Scores, spec: Print, rows: Sequence[int] | None = None) -> View:
    """Return the sheet of a print with all its columns, and all rows or some."""
    sheet = scores.plan.by_name[spec.sheet]
    some = range(scores.size(sheet.name)) if rows is None else rows
    return View(sheet, sheet.title, tuple(Shown(c.name) for c in sheet.columns), tuple(some))


# ---- rows and pages -------------------------------------------------------------------------------------


def _body(table: _Table, groups: Sequence[Group], paper: Paper) -> None:
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
        if table.numbers is not None and spec.needs:
            _left_out_now(table, None)
        elif everybody := [name for group in groups for name in group.out]:
            _left_out(table, everybody)


def _group(table: _Table, group: Group, left: float, room: float) -> float:
    """Write one group; return the points that are left on its last page. left: on the page it begins on."""
    spec, begins = table.spec, table.row
    left -= _named(table, group.name) + _SUM * bool(group.out or (table.numbers and spec.needs))
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
        _line(table, group, i, height)
        left -= height
    if several and spec.sums:
        _sum(table, "本页小计", page, table.row - 1)
    if spec.sums and group.rows:
        _sum(table, "小计" if spec.by else "合计", begins, table.row - 1)
    if table.numbers is not None and spec.needs:
        _left_out_now(table, group)
    elif group.out:
        _left_out(table, group.out)
    if spec.sign:
        _signatures(table)
    return left - _end(spec, grouped=True)


def _named(table: _Table, name: str) -> float:
    """Write the line that names a group; return the points it takes, 0 where nothing is grouped."""
    if not table.spec.by:
        return 0
    by, sheet = table.spec.by, table.view.sheet
    heading = f"{sheet.whose if by == sheet.unit else sheet.by_name[by].title}：{name}"
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


def _line(table: _Table, group: Group, place: int, height: float) -> None:
    """Write one row of a group: its number, its cells, and what is left empty for writing. place: counted from 0."""
    sheet, row, center, position = table.sheet, table.row, table.book.look(style.CELL_CENTER), group.rows[place]
    if position is not None:
        table.number += 1
        table.written[row] = position
    at = ""
    if table.numbers is None:
        put(sheet, row, 0, Fraction(table.number), center)
    else:
        at = table.numbers.find(row, group, place + 1, position)
        column = at.strip("$0123456789")
        counted = f'=IF({at}="","",COUNT(${column}${_HEAD + 2}:{at}))'
        sheet.write_formula(row, 0, counted, center, "" if position is None else table.number)
    for i, column_ in enumerate(table.columns, 1):
        value = None if position is None else _value(table, column_.name, position)
        look = table.book.look({**_look(table, column_), "locked": True})
        if table.listed.live:
            cell = _source(table, column_.name, position, at)
            shown = f'IF({cell}="","",{cell})'
            sheet.write_formula(row, i, f'=IF({at}="","",{shown})' if at else f"={shown}", look, cached(value))
        else:
            put(sheet, row, i, value, look)
    for i in range(len(table.spec.blank)):
        put(sheet, row, len(table.spec.columns) + 1 + i, None, center)
    sheet.set_row(row, height)
    table.row += 1


def _source(table: _Table, name: str, position: int | None, at: str) -> str:
    """Return where a cell of a line comes from: its row, or the row whose number the line found."""
    shown = UNIT_NAME if _is_named(table, name) else name
    if at:
        return f"INDEX({table.view.range(shown)},{at})"
    return quoted(table.view.title) + table.view.cell(shown, position or 0)


def _is_named(table: _Table, name: str) -> bool:
    """Return whether the name of a unit stands for its code: where groups are a column."""
    return table.listed.streams and name == table.view.sheet.unit and UNIT_NAME in table.view.at


def _value(table: _Table, name: str, position: int) -> Value:
    if _is_named(table, name):
        return table.layout.unit_name(table.view, position) or None
    return table.layout.value(table.view, name, position)


def _look(table: _Table, column: Column) -> style.Properties:
    """Return how a column looks; a text that can change shrinks where it is too long for its one line."""
    whole = column.holds == "number" and table.layout.whole_numbers(table.view, column.name)
    look = style.body_look(column, open_=False, tight=True, whole=whole)
    listed = table.listed
    settled = not listed.live or column.is_prose or listed.is_fixed(column.name)
    settled = settled or bool(texts_of(listed.layout.scores, listed.view.sheet.name, column))
    return look if settled else {**look, "text_wrap": False, "shrink": True}


def _height(table: _Table, position: int | None) -> float:
    """Return the height of a row: as many lines as its longest text takes, or can take; one of what nobody knows.

    Of sentences that nobody knows it is two.

    Where lines of a live print end, pages end, and sums stand: none of it may depend on what is typed.
    """
    listed, tallest = table.listed, 1
    for i, column in enumerate(table.columns, 1):
        if listed.live and (table.numbers is not None or not listed.is_fixed(column.name)):
            tallest = max(tallest, lines_of(listed, column, table.widths[i]), 2 if column.is_prose else 1)
        elif position is not None and isinstance(v := table.layout.value(table.view, column.name, position), str):
            tallest = max(tallest, lines(value_text(v), table.widths[i]))
    return max(_ROW, tallest * LINE_HEIGHT + 7)


def _sums_by_group(table: _Table) -> None:
    """Write the sums of every group that there can be, below a list in which groups follow one another."""
    first, last, look = _HEAD + 1, table.row - 2, table.book.look(_SUM_LOOK)
    names = f"$B${first + 1}:$B${last + 1}"
    for name in table.listed.known:
        mine = [p for p in table.written.values() if table.listed.group_name(p) == name]
        band(table.book, table.sheet, table.row, (0, 1), f"小计：{name}", _SUM_LOOK, _SUM)
        quoted_ = name.replace('"', '""')
        for i, column in enumerate(table.columns[1:], 2):
            if column.name not in table.spec.sums:
                put(table.sheet, table.row, i, None, look)
                continue
            cells = f"{letters(i)}${first + 1}:{letters(i)}${last + 1}"
            values = [v for p in mine if isinstance(v := _value(table, column.name, p), Fraction)]
            text = f'=IF(SUMPRODUCT(({names}="{quoted_}")*ISNUMBER({cells}))=0,"",SUMIF({names},"{quoted_}",{cells}))'
            money = {**_look(table, column), **_SUM_LOOK, "num_format": _look(table, column)["num_format"]}
            value = cached(sum(values, Fraction(0)) if values else None)
            table.sheet.write_formula(table.row, i, text, table.book.look(money), value)
        table.row += 1


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
        values = [v for p in rows if isinstance(v := _value(table, column.name, p), Fraction)]
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
    values = [[_value(table, name, p) for name in table.spec.sums] for p in rows]
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


def _left_out_now(table: _Table, group: Group | None) -> None:
    """Write the same where rows can change: of a group, or of all."""
    if table.numbers is None:
        return
    text, words = table.numbers.left_out(group)
    look = table.book.look({**style.BASE, "align": "left"})
    band(table.book, table.sheet, table.row, (0, table.last), "", {**style.BASE, "align": "left"}, _SUM)
    table.sheet.write_formula(table.row, 0, text, look, words)
    table.row += 1


def _signatures(table: _Table) -> None:
    """Write who signs, with room to."""
    words = "　　　　　　　　".join(f"{who}：" for who in table.spec.sign) + "　　　　　　　　　　年　　月　　日"
    look: style.Properties = {**style.BASE, "align": "left", "valign": "bottom"}
    band(table.book, table.sheet, table.row, (0, table.last), words, look, _SIGN)
    table.row += 1
