"""What people typed into a 总表 that lies as it was issued, as columns: read from the inputs alone, in one sweep.

The book's own map says where they stand. Rosters are read column by column, a cell that is anything but a plain number
or text by itself; ledgers row by row, as `held` does, new entries with them. A book in which anything lies otherwise (a
row moved, a key changed, cells written in another way) is not read here: `Irregular` says so.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from math import isfinite
from pathlib import Path
from typing import Literal

import numpy as np

from xlperf.engine.graph import Spot
from xlperf.engine.plan import Column, Plan, Sheet, Tables
from xlperf.engine.score import rows_of
from xlperf.entries.cell import EARLIEST, LATEST, Asked, judge
from xlperf.formula.values import EXEMPT, LARGEST, Value, day_number
from xlperf.formula.vectors import Cells, Codes, Floats, numbers, objects, texts, value_of
from xlperf.many import many_objects
from xlperf.problems import Problem, Where
from xlperf.scheme.reading.cells import is_empty
from xlperf.workbook.back.held import UNSAID, Held, held, judged_cell, unlimited
from xlperf.workbook.back.opened import Issued, OpenBook, Table, read_map
from xlperf.workbook.back.read import ReadBook, ReadCell
from xlperf.workbook.text import key_text
from xlperf.xlsx import addresses
from xlperf.xlsx.columns import FlatColumn, Irregular
from xlperf.xlsx.skeleton import BODY, SPARE

Row = dict[str, Value]
Rows = dict[str, list[Row]]
_SHOWS_ALL = 16  # characters of a number that a double gives back as they are
_MILLION, _FIFTEEN_DIGITS, _HALF_A_DIGIT = 1e6, 1e15, 3.5e-16  # the last: relative, 5e-16 less half of a double's own
_TYPES = {b"s": "s", b"str": "s", b"b": "b", b"e": "e"}
_DAYS = float(day_number(EARLIEST)), float(day_number(LATEST))


@dataclass(frozen=True)
class Typed:
    """What a book holds.

    rows: sheet by sheet, those of ledgers with what was typed, those of rosters without. columns: what was typed into
    rosters. entered: see `Held`. spare: sheet → how many rows for new entries the book has. ledgers: what was read row
    by row. problems: what is wrong with single cells.
    """

    rows: Rows
    columns: Mapping[Spot, Cells]
    ledgers: Held
    spare: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def entered(self) -> Mapping[str, Sequence[int]]:
        """Return which rows for new entries hold one; see `Held`."""
        return self.ledgers.entered

    def filled(self, plan: Plan, issued: Issued) -> Iterator[tuple[Sheet, Column, Row, Where]]:
        """List every cell to fill, with its row: the key and the cell."""
        for sheet, column, row, value, where in self._cells(plan, issued):
            yield sheet, column, {sheet.key.name: row[sheet.key.name], column.name: value}, where

    def as_held(self, plan: Plan, issued: Issued) -> Held:
        """Return everything that was read as `held` has it, with tables of its own."""
        copies = {id(row): dict(row) for rows in self.ledgers.tables.values() for row in rows}
        tables = {name: [copies[id(row)] for row in rows] for name, rows in self.ledgers.tables.items()}
        filled = []
        for sheet, column, row, value, where in self._cells(plan, issued):
            mine = copies[id(row)]
            mine[column.name] = value
            filled.append((sheet, column, mine, where))
        return replace(self.ledgers, tables=tables, filled=filled)

    def _cells(self, plan: Plan, issued: Issued) -> Iterator[tuple[Sheet, Column, Row, Value, Where]]:
        """List every cell to fill with its row and value: table by table, row by row; new entries last."""
        new = {id(r) for name, some in self.entered.items() for r in self.rows[name][-len(some) :]}
        ledgers = [(sheet, c, row, row[c.name], at) for sheet, c, row, at in self.ledgers.filled]
        for table in issued.tables:
            yield from (cell for cell in ledgers if cell[0].name == table.sheet and id(cell[2]) not in new)
            yield from self._of_roster(plan.by_name[table.sheet], table)
        yield from (cell for cell in ledgers if id(cell[2]) in new)

    def _of_roster(self, sheet: Sheet, table: Table) -> Iterator[tuple[Sheet, Column, Row, Value, Where]]:
        names = [n for n in table.letters if (sheet.name, n) in self.columns]
        columns = [objects(self.columns[sheet.name, name]) for name in names]
        rows = zip(self.rows[sheet.name], table.keys.values(), *columns, strict=True) if names else ()
        for row, line, *values in rows:
            for name, value in zip(names, values, strict=True):
                at = Where(self.ledgers.file, sheet=table.title, cell=f"{table.letters[name]}{line}")
                yield sheet, sheet.by_name[name], row, value_of(value), at

    def complete(self) -> Rows:
        """Return the rows with what was typed, as exact values."""
        made = {name: [dict(row) for row in rows] for name, rows in self.rows.items()}
        for (sheet, name), cells in self.columns.items():
            for row, value in zip(made[sheet], objects(cells), strict=True):
                row[name] = value_of(value)
        return made


@dataclass
class _Taking:
    """Columns being read from an open book. problems: each with the place that says when it is told."""

    book: OpenBook
    plan: Plan
    file: str
    rows: Rows
    columns: dict[Spot, Cells] = field(default_factory=dict)
    problems: list[tuple[tuple[int, int, int], Problem]] = field(default_factory=list)


@many_objects()
def typed_in(file: Path, plan: Plan, tables: Tables) -> Typed:
    """Return what stands in a 总表. tables: of the scheme. Irregular where the book is not as it was issued."""
    try:
        with zipfile.ZipFile(file) as parts:
            book = OpenBook(parts)
            return typed_into(book, read_map(book), plan, tables, file.name)
    except (KeyError, IndexError, ValueError, zipfile.BadZipFile) as fault:
        raise Irregular(str(fault)) from None


def typed_into(book: OpenBook, issued: Issued, plan: Plan, tables: Tables, file: str) -> Typed:
    """Return what stands in an open 总表. file: named in problems. What is not as issued raises as it is met."""
    by_title: dict[str, list[Table]] = {}
    for table in issued.tables:
        by_title.setdefault(table.title, []).append(table)
    columns = {}
    for title, there in by_title.items():
        wanted = [x for t in there for x in (addresses.letters(t.corner), *_letters(plan, t))]
        columns[title] = book.columns(title, wanted, BODY + 1)
    ledgers = [t for t in issued.tables if plan.by_name[t.sheet].grows]
    cells = [cell for t in ledgers for cell in _cells(t, plan.by_name[t.sheet], columns[t.title], book)]
    found = held(plan, tables, ReadBook(None, (), (), tuple(cells), ()), file)
    taking = _Taking(book, plan, file, rows_of(plan, found.tables))
    _hold_apart(plan, taking.rows)
    for number, table in enumerate(issued.tables):
        entered = len(found.entered.get(table.sheet, ()))
        _take(table, number, columns[table.title], taking, entered)
    spare = {t.sheet: sum(key.startswith(SPARE) for key in t.keys) for t in ledgers}
    problems = [p for _, p in sorted(taking.problems, key=lambda pair: pair[0])]
    return Typed(taking.rows, taking.columns, found, spare, (*problems, *found.problems))


def _letters(plan: Plan, table: Table) -> Iterator[str]:
    """List the letters of the columns that are read: those to fill, of a ledger all that nobody works out."""
    sheet = plan.by_name[table.sheet]
    for name, letter in table.letters.items():
        if name in table.inputs or (sheet.grows and name in sheet.by_name):
            yield letter


def _hold_apart(plan: Plan, rows: Rows) -> None:
    """Check that no other sheet holds a cell to fill of a roster: there it would be read from the rows."""
    for one, other in combinations(plan.sheets, 2):
        if one.table != other.table:
            continue
        shared = [c for c in one.columns if c.expr is None and (o := other.by_name.get(c.name)) and o.expr is None]
        if not any("input" in (c.kind, other.by_name[c.name].kind) for c in shared):
            continue
        if not {*map(id, rows[one.name])}.isdisjoint(map(id, rows[other.name])):
            raise Irregular("a cell to fill on two worksheets")


# ---- ledgers, row by row -------------------------------------------------------------------------------------------


def _cells(table: Table, sheet: Sheet, columns: Mapping[str, FlatColumn], book: OpenBook) -> Iterator[ReadCell]:
    """List the cells of a ledger; of the rows for new entries those of rows in which something was typed."""
    for key, row in table.keys.items():
        cells = [*_row(table, sheet, columns, book, key, row)]
        if not key.startswith(SPARE) or any(c.role == "input" and not is_empty(c.value) for c in cells):
            yield from cells


def _row(
    table: Table, sheet: Sheet, columns: Mapping[str, FlatColumn], book: OpenBook, key: str, row: int
) -> Iterator[ReadCell]:
    for name, letter in table.letters.items():
        column = sheet.by_name.get(name)
        if column is None or column.expr is not None:
            continue
        cells = columns.get(letter)
        i = cells.at.get(row, -1) if cells is not None else -1
        yield _cell(table, name, cells if i >= 0 else None, i, key, f"{letter}{row}", book)


def _cell(table: Table, name: str, cells: FlatColumn | None, i: int, key: str, at: str, book: OpenBook) -> ReadCell:
    """Return one cell as the slow reader gives it. cells, i: its column and place in it; None where there is none."""
    role: Literal["input", "locked"] = "input" if name in table.inputs else "locked"
    if cells is None:
        return ReadCell(table.sheet, key, name, table.title, at, None, "n", "General", False, None, role)
    shown, formula = book.look(cells.styles[i]).number_format, cells.formulas[i].decode()
    if formula and role == "input":
        raise Irregular("a formula typed in")
    value = formula or book.value(cells.kinds[i], cells.values[i], cells.styles[i])
    kind = "f" if formula else _TYPES.get(cells.kinds[i], "s" if isinstance(value, str) else "d")
    if kind == "d" and isinstance(value, int | float):
        kind = "n"
    return ReadCell(table.sheet, key, name, table.title, at, value, kind, shown, bool(formula), value, role)


# ---- rosters, column by column -------------------------------------------------------------------------------------


def _take(table: Table, number: int, columns: Mapping[str, FlatColumn], taking: _Taking, entered: int) -> None:
    """Hold the rows of a table against the plan; take what was typed into it, if it is one of a roster."""
    sheet, rows = taking.plan.by_name[table.sheet], taking.rows[table.sheet]
    keys = columns.get(addresses.letters(table.corner)) or FlatColumn((), (), (), (), ())
    _hold_keys(table, keys, taking.book)
    issued = [key for key in table.keys if not key.startswith(SPARE)]
    known = [key_text(row[sheet.key.name]) for row in rows[: len(rows) - entered]]
    if issued != known:
        raise Irregular("rows in another order")
    if sheet.grows:
        return
    lines = [table.keys[key] for key in issued]
    there = keys.places(lines)
    for place, (name, letter) in enumerate(table.letters.items()):
        if name not in table.inputs:
            continue
        cells = columns.get(letter)
        if cells is None:
            raise Irregular("a column")
        same = isinstance(there, slice) and cells.rows[there] == keys.rows[there]
        rows_here = there if same else cells.places(lines)
        reading = _Reading(taking, table, sheet, sheet.by_name[name], cells, rows_here)
        taking.columns[sheet.name, name] = reading.column(rows, lines, (number, place))


def _hold_keys(table: Table, cells: FlatColumn, book: OpenBook) -> None:
    """Check that every row stands where it was issued, below one another, and that there is no other."""
    lines = [*table.keys.values()]
    if lines != [*range(BODY + 1, BODY + 1 + len(lines))]:
        raise Irregular("a gap between rows")
    there = cells.places(lines)
    places = range(len(cells.rows))[there] if isinstance(there, slice) else there
    if [book.text(cells.kinds[i], cells.values[i]) if i >= 0 else "" for i in places] != [*table.keys]:
        raise Irregular("a key")
    if sum(map(bool, cells.values)) != len(lines):
        raise Irregular("a row that was not issued")


@dataclass(frozen=True)
class _Reading:
    """One column of a table being read. there: where its cells are, see `FlatColumn.places`."""

    taking: _Taking
    table: Table
    sheet: Sheet
    of: Column
    cells: FlatColumn
    there: Sequence[int] | slice

    def _some(self, values: Sequence[bytes]) -> Sequence[bytes]:
        there = self.there
        return values[there] if isinstance(there, slice) else [values[i] if i >= 0 else b"" for i in there]

    def column(self, rows: Sequence[Row], lines: Sequence[int], place: tuple[int, int]) -> Cells:
        """Return the cells as they are judged. rows: their rows in the tables. lines: their rows on the worksheet.

        place: of the table and of the column, for the order in which problems are told.
        """
        kinds, values = self._some(self.cells.kinds), self._some(self.cells.values)
        read, odd = self._texts(kinds, values) if self.of.holds == "text" else self._numbers(kinds, values)
        if any(self._some(self.cells.formulas)):
            raise Irregular("a formula typed in")
        if not odd:
            return read
        letter = self.table.letters[self.of.name]
        made, styles = objects(read).copy(), self._some(self.cells.styles)
        whole = FlatColumn((), styles, kinds, [b""] * len(kinds), values)
        for i in odd:
            key, at = key_text(rows[i][self.sheet.key.name]), f"{letter}{lines[i]}"
            cell = _cell(self.table, self.of.name, whole, i, key, at, self.taking.book)
            value, problems = judged_cell(self.sheet, self.of, cell, rows[i], self.taking.file)
            made[i] = float(value) if value is not None and not isinstance(value, str) else value
            self.taking.problems += [((place[0], i, place[1]), p) for p in problems if p.code not in UNSAID]
        return _column(made, text=self.of.holds == "text")

    def _numbers(self, kinds: Sequence[bytes], values: Sequence[bytes]) -> tuple[Cells, list[int]]:
        """Return a column of numbers or days, and the places of the cells that are to be judged one by one."""
        book, days = self.taking.book, self.of.holds == "date"
        odd: list[int] = []
        if set(kinds) <= {b"", b"n"} and all(values):
            x = [*map(float, values)]
            if not np.isfinite(x).all():  # as a file spells it; here infinity is 不适用
                raise Irregular("no number")
        else:
            x = [self._plain(kind, value) for kind, value in zip(kinds, values, strict=True)]
            odd = [i for i, value in enumerate(x) if value == -np.inf]
        made = _shown(np.array(x, np.float64), values)
        styles = self._some(self.cells.styles)
        if days:
            plain = (made == np.floor(made)) & (made >= _DAYS[0]) & (made < _DAYS[1])
            shown = [style in book.days for style in styles]
            odd = np.flatnonzero(~(np.isnan(made) | (plain & np.array(shown, bool)))).tolist()
        else:
            looks = {*styles}
            for styled in (book.percent, book.days):
                if not styled.isdisjoint(looks):
                    odd += [i for i, style in enumerate(styles) if style in styled and not np.isnan(made[i])]
            odd += np.flatnonzero(np.isfinite(made) & (np.abs(made) >= float(LARGEST))).tolist()
        made[odd] = np.nan
        return numbers(made), sorted({*odd})

    def _plain(self, kind: bytes, value: bytes) -> float:
        """Return a number, NaN for nothing, +inf for 不适用; −inf for what must be judged by itself."""
        if not value:
            return float(np.nan)
        if kind in (b"", b"n"):
            if not isfinite(x := float(value)):
                raise Irregular("no number")
            return x
        text = self.taking.book.texts[int(value)] if kind == b"s" else "?"
        if text == EXEMPT and self.of.exempt:
            return float(np.inf)
        return float(np.nan) if is_empty(text) else float(-np.inf)

    def _texts(self, kinds: Sequence[bytes], values: Sequence[bytes]) -> tuple[Cells, list[int]]:
        """Return a column of texts, and the places of the cells that are to be judged one by one."""
        free, book = unlimited(self.of), self.taking.book
        meant: dict[tuple[bytes, bytes], Value] = {}
        doubtful = set()
        for kind, value in set(zip(kinds, values, strict=True)):
            if value and kind != b"s":
                doubtful.add((kind, value))
                continue
            meant[kind, value], problems = judge(Asked(free, {}, Where()), book.text(kind, value) or None)
            if problems:
                doubtful.add((kind, value))
        odd = [i for i, at in enumerate(zip(kinds, values, strict=True)) if at in doubtful] if doubtful else []
        return texts([meant.get(at) for at in zip(kinds, values, strict=True)]), odd


def _shown(x: Floats, written: Sequence[bytes]) -> Floats:
    """Return numbers as a spreadsheet shows what it stores: with fifteen digits. written: how they stand in the file.

    A number closer than half of the fifteenth digit to one of at most six decimals is that one: it is the nearest
    double to a whole number below 1e15 over a million, which is off by 1.2e-16 of it at most.
    """
    with np.errstate(all="ignore"):  # 不适用 is an infinity
        near = np.rint(x * _MILLION) / _MILLION
        is_near = (np.abs(x - near) <= _HALF_A_DIGIT * np.abs(x)) & (np.abs(x) < _FIFTEEN_DIGITS / _MILLION)
    shown = np.where(is_near, near, x)
    for i in np.flatnonzero(~is_near).tolist():
        if len(written[i]) > _SHOWS_ALL:
            shown[i] = float(f"{x[i]:.15g}")
    return shown


def _column(made: Codes, *, text: bool) -> Cells:
    """Return values, one by one as objects, as a column."""
    if text:
        return texts([*made])
    marks = {None: np.nan, EXEMPT: np.inf}
    return numbers(np.array([marks[v] if v is None or isinstance(v, str) else v for v in made], np.float64))
