"""What people typed into a 总表 that lies as it was issued, as columns: read from the inputs alone, in one sweep.

The book's own map says where they stand. A book in which anything is otherwise (a row moved, text where a number
belongs, a formula typed in, a new entry, a date) is not read here: `Irregular` says so, and `back.read` reads it.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from xlperf.engine.graph import Spot
from xlperf.engine.plan import Column, Plan, Tables
from xlperf.engine.score import rows_of
from xlperf.entries.cell import Asked, judge
from xlperf.formula.digests import digest_of_lines
from xlperf.formula.values import EXEMPT, LARGEST, Value
from xlperf.formula.vectors import Cells, Texts, numbers, objects, texts, value_of
from xlperf.problems import Where
from xlperf.scheme.reading.cells import is_empty
from xlperf.workbook.text import key_text
from xlperf.xlsx import addresses
from xlperf.xlsx.flat import FlatColumn, Irregular, columns_of, percent_styles, texts_of
from xlperf.xlsx.parts import workbook_part, worksheets
from xlperf.xlsx.skeleton import BODY, MAP, SPARE

Rows = dict[str, list[dict[str, Value]]]
_SHOWS_ALL = 16  # characters of a number that a double gives back as they are
_LINE = 6  # cells of a line of the map


@dataclass
class Table:
    """Where the map says a table was issued. letters: of its columns to fill, by name. keys: row by key."""

    sheet: str
    title: str
    corner: int
    letters: dict[str, str] = field(default_factory=dict)
    keys: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Typed:
    """What a book holds. rows: of the scheme, sheet by sheet, without what was typed. columns: what was typed."""

    rows: Rows
    columns: Mapping[Spot, Cells]

    def complete(self) -> Rows:
        """Return the rows with what was typed, as exact values."""
        made = {name: [dict(row) for row in rows] for name, rows in self.rows.items()}
        for (sheet, name), cells in self.columns.items():
            for row, value in zip(made[sheet], objects(cells), strict=True):
                row[name] = value_of(value)
        return made


class _Book:
    """An open book, and the texts and styles that its cells name."""

    def __init__(self, parts: zipfile.ZipFile) -> None:
        self._parts = parts
        self.worksheets = worksheets(parts)
        home = workbook_part(parts).rpartition("/")[0]
        self.texts = texts_of(parts, f"{home}/sharedStrings.xml")
        self.percent = percent_styles(parts.read(f"{home}/styles.xml"))

    def columns(self, title: str, letters: Sequence[str], first: int) -> dict[str, FlatColumn]:
        """Return some columns of a worksheet from a row on."""
        if title not in self.worksheets:
            raise Irregular(f"no worksheet {title}")
        return columns_of(self._parts.read(self.worksheets[title]), letters, first)

    def text(self, kind: bytes, value: bytes) -> str:
        """Return the text of a cell, "" where it is empty."""
        if not value:
            return ""
        if kind != b"s":
            raise Irregular("no text")
        return self.texts[int(value)]


def typed_in(file: Path, plan: Plan, tables: Tables) -> Typed:
    """Return what stands in a 总表. tables: of the scheme. Irregular where the book is not as it was issued."""
    try:
        with zipfile.ZipFile(file) as parts:
            book = _Book(parts)
            rows = rows_of(plan, tables)
            found: dict[Spot, Cells] = {}
            by_title: dict[str, list[Table]] = {}
            for table in _issued(book):
                by_title.setdefault(table.title, []).append(table)
            for title, there in by_title.items():
                wanted = [x for t in there for x in (addresses.letters(t.corner), *t.letters.values())]
                columns = book.columns(title, wanted, BODY + 1)
                for table in there:
                    _take(table, plan, rows, columns, book, found)
    except (KeyError, IndexError, zipfile.BadZipFile) as fault:
        raise Irregular(str(fault)) from None
    return Typed(rows, found)


def _issued(book: _Book) -> list[Table]:
    """Read where the tables stand; Irregular where the map is not what was issued."""
    letters = [addresses.letters(i) for i in range(_LINE)]
    columns = book.columns(MAP, letters, 2)
    lines: dict[bytes, list[str]] = {row: [""] * _LINE for row in columns["A"].rows} if columns else {}
    for i, letter in enumerate(letters):
        column = columns.get(letter)
        for row, kind, value in zip(column.rows, column.kinds, column.values, strict=True) if column else ():
            lines[row][i] = book.text(kind, value)
    *said, whole = lines.values()
    count, digest = digest_of_lines(said)
    if whole[:3] != ["whole", str(count), digest]:
        raise Irregular("the map")
    found: dict[str, Table] = {}
    for what, number, *rest in said:
        match what, rest:
            case "table", (sheet, title, area, *_):
                corner = area.rpartition("!")[2].split(":")[0].strip("$").split("$")[0]
                found[number] = Table(sheet, title, addresses.number(corner))
            case "column", (name, letter, "input", *_):
                table = found[number]
                table.letters[name] = addresses.letters(table.corner + addresses.number(letter))
            case "row", (key, line, *_):
                found[number].keys[key] = int(line)
    return list(found.values())


def _take(
    table: Table, plan: Plan, rows: Rows, columns: Mapping[str, FlatColumn], book: _Book, found: dict[Spot, Cells]
) -> None:
    """Take what was typed into one table."""
    sheet = plan.by_name[table.sheet]
    lines = [*table.keys.values()]
    keys = columns[addresses.letters(table.corner)]
    _hold_keys(table, keys, lines, book)
    known = {key_text(row[sheet.key.name]): i for i, row in enumerate(rows[sheet.name])}
    spare = [key for key in table.keys if key.startswith(SPARE)]
    issued = [key for key in table.keys if not key.startswith(SPARE)]
    at = [known[key] for key in issued]
    if at != sorted(at):
        raise Irregular("rows in another order")
    there = keys.places([table.keys[key] for key in issued])
    for name, letter in table.letters.items():
        column = sheet.by_name[name]
        cells = columns.get(letter)
        if cells is None:
            raise Irregular("a column")
        if spare and column.default is None:
            _hold_empty(cells, [table.keys[key] for key in spare])
        same = isinstance(there, slice) and cells.rows[there] == keys.rows[there]
        read = _read(column, cells, there if same else cells.places([table.keys[key] for key in issued]), book)
        found[sheet.name, name] = _put(read, at, len(known), found.get((sheet.name, name)))


def _hold_keys(table: Table, cells: FlatColumn, lines: Sequence[int], book: _Book) -> None:
    """Check that every row stands where it was issued."""
    there = cells.places(lines)
    places = range(len(cells.rows))[there] if isinstance(there, slice) else there
    if [book.text(cells.kinds[i], cells.values[i]) if i >= 0 else "" for i in places] != [*table.keys]:
        raise Irregular("a key")
    if sum(map(bool, cells.values)) != len(lines):
        raise Irregular("a row that was not issued")


def _hold_empty(cells: FlatColumn, rows: Sequence[int]) -> None:
    """Check that nothing was typed into rows for new entries."""
    for i in (cells.at.get(row, -1) for row in rows):
        if i >= 0 and (cells.formulas[i] or cells.values[i]):
            raise Irregular("a new entry")


def _read(column: Column, cells: FlatColumn, there: Sequence[int] | slice, book: _Book) -> Cells:
    """Read the cells of a column as they are judged."""

    def some(values: Sequence[bytes]) -> Sequence[bytes]:
        return values[there] if isinstance(there, slice) else [values[i] if i >= 0 else b"" for i in there]

    if any(some(cells.formulas)) or (book.percent and not book.percent.isdisjoint(some(cells.styles))):
        raise Irregular("a formula or a percentage")
    kinds, values = some(cells.kinds), some(cells.values)
    if column.holds == "text":
        return _texts(column, kinds, values, book)
    plain = set(kinds) <= {b"", b"n"}
    if column.holds == "date" and not (plain and not any(values)):
        raise Irregular("a date")
    if plain and all(values):
        x = [*map(float, values)]
    else:
        x = [_number(column, kind, value, book) for kind, value in zip(kinds, values, strict=True)]
    if max(map(len, values), default=0) > _SHOWS_ALL:  # a spreadsheet shows fifteen digits of what it stores
        x = [v if len(text) <= _SHOWS_ALL else float(f"{v:.15g}") for v, text in zip(x, values, strict=True)]
    made = numbers(np.array(x, np.float64))
    if made.most > LARGEST:
        raise Irregular("a number too large")
    return made


def _number(column: Column, kind: bytes, value: bytes, book: _Book) -> float:
    if kind in (b"", b"n"):
        return float(value) if value else np.nan
    text = book.text(kind, value)
    if text == EXEMPT and column.exempt:
        return np.inf
    if not is_empty(text):
        raise Irregular("text in the place of a number")
    return np.nan


def _texts(column: Column, kinds: Sequence[bytes], values: Sequence[bytes], book: _Book) -> Texts:
    free = replace(column, low=None, high=None, asked=None, required=False, offers="", decimals=None)
    meant: dict[bytes, Value] = {}
    for kind, value in set(zip(kinds, values, strict=True)):
        meant[value], problems = judge(Asked(free, {}, Where()), book.text(kind, value) or None)
        if problems:
            raise Irregular("a text to be told of")
    return texts([meant[value] for value in values])


def _put(read: Cells, at: Sequence[int], size: int, before: Cells | None) -> Cells:
    """Return a column of the plan of what was read at some of its rows. before: what other tables gave."""
    if before is None and len(at) == size:
        return read
    made: list[object] = [None] * size if before is None else [*objects(before)]
    for position, value in zip(at, objects(read), strict=True):
        made[position] = value
    if isinstance(read, Texts):
        return texts(made)
    marks = {None: np.nan, EXEMPT: np.inf}
    return numbers(np.array([marks[v] if v is None or isinstance(v, str) else v for v in made], np.float64))
