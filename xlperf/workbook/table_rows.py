"""The rows of a table on a worksheet: the hidden key, what stands in each column, who is asked to fill it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from operator import and_
from typing import Any, cast

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xlperf.engine.plan import Column
from xlperf.formula.evaluate import of_row
from xlperf.formula.excel import constant_text, formula
from xlperf.formula.expression import Expr, columns_of, lift
from xlperf.formula.values import Value
from xlperf.workbook import style
from xlperf.workbook.book import Book, cached, put
from xlperf.workbook.layout import HOLE, UNIT_NAME, Layout, RowAddresses, Shown, View, new_number
from xlperf.workbook.text import key_text
from xlperf.xlsx.skeleton import BODY, SPARE

# Writes a cell of the row at the last thing it is given: a position, counted from 0. It is bound to no
# writer, which would refer to itself and keep the book.
Write = Callable[..., None]


@dataclass(frozen=True)
class Dress:
    """What surrounds a table, and what its formulas may lean on.

    heading, under, state: the three lines above it. offers: table → range of its keys. directory: table of objects →
    ranges of their codes and names, where the book has them. native: see `formula`. printed: whether the table is
    printed; tables to look things up in are not.
    """

    heading: str
    under: str = ""
    state: str = ""
    offers: Mapping[str, str] = field(default_factory=dict)
    directory: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    native: bool = True
    printed: bool = True


class Rows:
    """Writes the rows of a table one by one; what its columns are is found out once."""

    def __init__(self, book: Book, sheet: Worksheet, layout: Layout, view: View, dress: Dress) -> None:
        self._book, self._sheet, self._layout, self._view, self._dress = book, sheet, layout, view, dress
        self._size, self._looks = len(view.rows), dict[tuple[str, bool | None], Format]()
        self._cells = [self._cell(shown, i) for i, shown in enumerate(view.shown, view.left + 1)]

    def write(self, position: int) -> None:
        """Write one row, its hidden key first."""
        key = row_key(self._layout, self._view, position)
        self._sheet.write_string(BODY + position, self._view.left, key, self._plain)
        for write, given in self._cells:
            write(self, *given, position)

    def _cell(self, shown: Shown, i: int) -> tuple[Write, tuple[Any, ...]]:
        """Return what writes a column, and what it is given before the position. i: the column on the worksheet."""
        if shown.name == UNIT_NAME:
            return Rows._name, (i,)
        column = column_of(self._view, shown)
        if column.expr is not None and not shown.settled:
            return Rows._result, (column, column.expr, i, self._values(column.name))
        asked = asked_rows(self._layout, self._view, column) if shown.open else ()
        return Rows._given, (column, i, self._values(column.name), asked)

    def _values(self, name: str) -> Sequence[Value]:
        """Return what stands in a column, row by row, new entries among them."""
        layout, view = self._layout, self._view
        spare = range(self._size, self._size + view.spare)
        return [*layout.values(view, name), *(layout.value(view, name, position) for position in spare)]

    @cached_property
    def _plain(self) -> Format:
        return self._book.look(style.BASE)

    @cached_property
    def _closed(self) -> Format:
        return self._book.look(style.CLOSED_LOOK)

    @cached_property
    def _continued(self) -> Sequence[bool]:
        """Return row by row whether it was entered in an earlier round, so that nobody fills it here."""
        view = self._view
        before = self._layout.values(view, view.sheet.origin) if view.sheet.origin else [None] * self._size
        return (*(value is not None for value in before), *repeat(False, view.spare))

    def _name(self, i: int, position: int) -> None:
        _unit_name(self._book, self._sheet, self._layout, self._view, self._dress, i, position)

    def _result(self, column: Column, expr: Expr, i: int, values: Sequence[Value], position: int) -> None:
        """Write what a column comes to in a row."""
        view, row = self._view, BODY + position
        if view.is_hole(position):
            self._sheet.write_blank(row, i, None, self._closed)
            return
        text = self._layout.formula(view, column.name, expr, position, native=self._dress.native)
        if position >= self._size:
            text = f'IF({view.cell(view.sheet.key.name, position)}="","",{text})'
        self._sheet.write_formula(row, i, f"={text}", self._look(column), cached(values[position]))

    def _given(self, column: Column, i: int, values: Sequence[Value], asked: Sequence[bool], position: int) -> None:
        """Write what was given for a column in a row, or a place where it is to be. asked: empty where it is locked."""
        view, spare, row = self._view, position >= self._size, BODY + position
        if view.is_hole(position):
            self._sheet.write_blank(row, i, None, self._closed)
        elif spare and column.kind == "key":
            _new_key(self._book, self._sheet, self._layout, view, position, i)
        elif spare and column.name in view.sheet.where and _is_read(self._layout, view, column):
            _new_fact(self._book, self._sheet, self._layout, view, position, column)
        else:
            value = values[position]
            open_ = bool(asked) and not self._continued[position]
            closed = value is None and open_ and not asked[position]
            look = self._closed if closed else self._look(column, open_=open_)
            put(self._sheet, row, i, column.default if spare else value, look)

    def _look(self, column: Column, *, open_: bool | None = None) -> Format:
        """Return how cells of a column look, found once for all rows; open_: None for results."""
        at = (column.name, open_)
        if at not in self._looks:
            now = self._shown_now(column.name) if open_ is None else {}
            self._looks[at] = self._book.look(style.body_look(column, open_=bool(open_), **now))
        return self._looks[at]

    def _shown_now(self, name: str) -> dict[str, bool]:
        layout, view = self._layout, self._view
        return {
            "tight": view.tight,
            "whole": layout.whole_numbers(view, name),
            "long": layout.long_numbers(view, name),
        }


def column_of(view: View, shown_: Shown) -> Column:
    """Return the column of the plan that is shown; for a unit's name one made for it."""
    if shown_.name == UNIT_NAME:
        return Column(UNIT_NAME, view.sheet.whose, "fact", "text", width=18)
    return view.sheet.by_name[shown_.name]


def row_key(layout: Layout, view: View, position: int) -> str:
    """Return what the hidden key column says of a row: the key, or `+1`, `+2` and so on for new entries."""
    if position >= len(view.rows):
        return f"{SPARE}{position - len(view.rows) + 1}"
    return key_text(layout.value(view, view.sheet.key.name, position))


def is_asked(layout: Layout, view: View, column: Column, position: int) -> bool:
    """Return whether somebody is asked to fill a column in this row; spare rows are open."""
    return asked_rows(layout, view, column)[position]


def asked_rows(layout: Layout, view: View, column: Column) -> Sequence[bool]:
    """Return row by row whether somebody is asked to fill a column, spare rows among them; found once for a table."""
    at = (view.title, view.left, column.name)
    if at not in layout.asked:
        layout.asked[at] = (*_asked_of(layout, view, column), *repeat(True, view.spare))
    return layout.asked[at]


def _asked_of(layout: Layout, view: View, column: Column) -> Iterable[bool]:
    there = [row != HOLE for row in view.rows]
    if column.asked is None:
        return there
    names = sorted(columns_of(column.asked))
    known = cast("dict[object, bool]", layout.scores.kept.setdefault(("asked", view.sheet.name, column.name), {}))
    found = [*zip(*[layout.values(view, name) for name in names], strict=True)] if names else [()] * len(view.rows)
    for values in dict.fromkeys(found):
        if values not in known:
            known[values] = bool(of_row(column.asked, dict(zip(names, values, strict=True))))
    return map(and_, there, map(known.__getitem__, found))


def _unit_name(
    book: Book, sheet: Worksheet, layout: Layout, view: View, dress: Dress, column: int, position: int
) -> None:
    """Write the name of whose row it is: fixed where the code is, looked up where the code is typed."""
    name, look = layout.unit_name(view, position), book.look(style.CELL_CENTER)
    if not looked_up(view) or view.sheet.of not in dress.directory:
        put(sheet, BODY + position, column, name or None, look)
        return
    cell = view.cell(view.sheet.unit, position)
    codes, names = dress.directory[view.sheet.of]
    text = f'=IF({cell}="","",IFERROR(INDEX({names},MATCH({cell},{codes},0)),{constant_text(_nobody(view))}))'
    sheet.write_formula(BODY + position, column, text, look, name_beside(layout, view, position))


def name_beside(layout: Layout, view: View, position: int) -> str:
    """Return what stands beside a code that is typed: whose it is, that nobody has it, or nothing."""
    code = layout.value(view, view.sheet.unit, position)
    return layout.unit_name(view, position) or ("" if code is None else _nobody(view))


def _nobody(view: View) -> str:
    return f"无此{view.sheet.whose}"


def looked_up(view: View) -> bool:
    """Return whether the code beside a name is typed, so that the name may have to be looked up."""
    return view.sheet.by_name[view.sheet.unit].kind == "input"


def _new_key(book: Book, sheet: Worksheet, layout: Layout, view: View, position: int, column: int) -> None:
    """Write the number of a new entry, which shows as soon as something is typed into its row."""
    keys = (layout.value(view, view.sheet.key.name, p) for p in range(len(view.rows)))
    number = new_number(keys, position - len(view.rows))
    typed = used(layout.row(view, position), view)
    text = str(number) if view.sheet.key.holds == "number" else constant_text(str(number))
    look = book.look(style.body_look(view.sheet.key, open_=False))
    value = layout.value(view, view.sheet.key.name, position)
    sheet.write_formula(BODY + position, column, f'=IF({typed}=0,"",{text})', look, cached(value))


def _is_read(layout: Layout, view: View, column: Column) -> bool:
    return bool(layout.scores.plan.graph.readers.get((view.sheet.name, column.name)))


def _new_fact(book: Book, sheet: Worksheet, layout: Layout, view: View, position: int, column: Column) -> None:
    """Write what every row of the sheet says in a column; in a new row it shows, and counts, once the row is begun."""
    key = view.cell(view.sheet.key.name, position)
    said = formula(lift(view.sheet.where[column.name]), layout.row(view, position))
    value = layout.value(view, column.name, position)
    look = book.look(style.body_look(column, open_=False))
    sheet.write_formula(BODY + position, view.at[column.name], f'=IF({key}="","",{said})', look, cached(value))


def used(at: RowAddresses, view: View) -> str:
    """Write how many cells of a new row somebody filled; defaults do not count."""
    typed = [s.name for s in view.shown if s.open and view.sheet.by_name[s.name].default is None]
    return f"COUNTA({','.join(at.cell(name) for name in typed)})"
