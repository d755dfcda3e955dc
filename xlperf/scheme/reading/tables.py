"""CSV tables, read strictly: UTF-8, one header, no ragged rows, every cell typed by its column."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import itemgetter
from pathlib import Path

from xlperf.formula.values import Value, exactly
from xlperf.problems import Problem, Where, problem
from xlperf.scheme.model import ColumnSpec, Scalar, SheetSpec
from xlperf.scheme.reading.cells import typed
from xlperf.scheme.reading.sources import BOM, own_sign, text_of
from xlperf.scheme.vocabulary import FREE_COLUMNS, HOLDS, Holds
from xlperf.scheme.words import nearest

LARGEST = 64_000_000  # bytes; ten thousand units with sixty indicators need about forty million


class TableRow(dict[str, Value]):
    """A row of a table that remembers its line; a round of ten thousand units has three hundred thousand."""

    __slots__ = ("_file", "_line")

    def __init__(self, cells: Mapping[str, Value] | Iterable[tuple[str, Value]], file: str, line: int) -> None:
        super().__init__(cells)
        self._file, self._line = file, line

    @property
    def at(self) -> Where:
        """Return where the row stands."""
        return Where(self._file, self._line, 1)


@dataclass(frozen=True)
class Reads:
    """How a column of a table is read: what it holds, and whether 不适用 may stand in it."""

    holds: Holds = "text"
    exempt: bool = False


def holds_of(column: ColumnSpec) -> Holds:
    """Return what a column holds: keys hold text and the others numbers unless they say otherwise."""
    usual = "text" if column.attributes.get(Scalar("is")) == "key" else "number"
    said = str(column.attributes.get(Scalar("holds"), usual))
    return next((holds for holds in HOLDS if holds == said), "text")


def given_columns(sheets: Iterable[SheetSpec], table: str) -> list[ColumnSpec]:
    """List the columns that sheets take from a table; where two are called alike the first says how it is read."""
    return [c for s in sheets if s.rows == table for c in s.columns if not c.rule]


def typed_where(columns: Iterable[ColumnSpec], where: Mapping[str, str]) -> dict[str, Value]:
    """Type conditions on rows as the columns hold them; what cannot be typed stays text, which no such cell holds."""
    holds = {c.name: holds_of(c) for c in reversed(list(columns)) if c.name in where}
    return {str(name): exactly(text, holds.get(str(name), "text")) or str(text) for name, text in where.items()}


def reads(column: ColumnSpec) -> Reads:
    """Return how a column is read from a table."""
    return Reads(holds_of(column), column.attributes.get(Scalar("exempt")) == "yes")


@dataclass(frozen=True)
class Text:
    """A CSV file before its cells are read: the line of its header, the names there, and what stands below each.

    numbers: of the lines below the header.
    """

    header: int
    names: tuple[str, ...]
    numbers: Sequence[int] = ()
    columns: Sequence[Sequence[str]] = ()


def read_lines(file: Path, shown_as: str) -> tuple[Text, list[Problem]]:
    """Read a CSV file as text: a blank or double heading and a line with too many or too few cells are told."""
    text, problems = text_of(file, shown_as, LARGEST)
    return (Text(1, ()), problems) if text is None else lines_of(text, shown_as)


def lines_of(written: str, shown_as: str) -> tuple[Text, list[Problem]]:
    """Read the text of a CSV file into columns; see `read_lines`."""
    plain = _plain_lines(written)
    text, problems = (plain, []) if plain is not None else _lines(written, shown_as)
    sign = own_sign(written)
    if sign:
        line = written.count("\n", 0, written.index(sign)) + 1
        problems.insert(0, problem("HIDDEN_CHARACTER", Where(shown_as, line, 1), found=f"U+{ord(sign):04X}"))
    return text, problems


def _lines(written: str, shown_as: str) -> tuple[Text, list[Problem]]:
    problems: list[Problem] = []
    header = 1
    names: list[str] = []
    numbers: list[int] = []
    found: list[list[str]] = []

    def report(code: str, line: int, column: int, **values: str) -> None:
        problems.append(problem(code, Where(shown_as, line, column), **values))

    lines = csv.reader(io.StringIO(written.removeprefix(BOM), newline=""), strict=True)
    line = 1
    try:
        for cells in lines:
            at, line = line, lines.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not names:
                header, names = at, [cell.strip() for cell in cells]
                for column, name in enumerate(names, 1):
                    if not name:
                        report("TABLE_BLANK_HEADER", at, column)
                    elif name in names[: column - 1]:
                        report("TABLE_DUPLICATE_HEADER", at, column, found=name)
            elif len(cells) != len(names):
                stands = {"found": str(len(cells)), "wanted": str(len(names)), "row": "，".join(cells)}
                report("TABLE_RAGGED_ROW", at, 1, **stands)
            else:
                numbers.append(at)
                found.append(cells)
    except csv.Error as fault:
        report("CSV_SYNTAX", line, 1, found=str(fault))
    columns = [[cells[i] for cells in found] for i in range(len(names))]
    return Text(header, tuple(names), numbers, columns), problems


def _plain_lines(written: str) -> Text | None:
    """Read a text in which nothing is odd: nothing quoted, all lines of the same length, no blank first cell.

    None for another text. So it takes less than half the time that the library of CSV takes.
    """
    body = written.removeprefix(BOM).replace("\r\n", "\n").removesuffix("\n")
    lines = body.split("\n")
    commas = {*map(str.count, lines, repeat(","))}
    if '"' in body or "\r" in body or len(commas) != 1 or max(map(len, lines)) > csv.field_size_limit():
        return None
    cells, width = body.replace("\n", ",").split(","), commas.pop() + 1
    names = [cell.strip() for cell in cells[:width]]
    if not all(names) or len({*names}) < width or not all(map(str.strip, cells[::width])):
        return None
    return Text(1, tuple(names), range(2, len(lines) + 1), [cells[at::width][1:] for at in range(width)])


def read_table(
    file: Path,
    columns: Mapping[str, Holds | Reads],
    shown_as: str,
    needed: Collection[str] = (),
) -> tuple[list[dict[str, Value]], list[Problem]]:
    """Read a CSV file into typed rows.

    columns: the columns it may have and how they are read; `aliases` and `note` may always stand.
    shown_as: the name shown in problems. needed: columns that must stand. A row with a problem in a
    cell has None there; the rows are usable only where no problem is an error.
    """
    text, problems = text_of(file, shown_as, LARGEST)
    return ([], problems) if text is None else table_of(text, columns, shown_as, needed)


def table_of(
    written: str, columns: Mapping[str, Holds | Reads], shown_as: str, needed: Collection[str] = ()
) -> tuple[list[dict[str, Value]], list[Problem]]:
    """Read the text of a CSV file into typed rows; see `read_table`."""
    known = {**dict.fromkeys(FREE_COLUMNS, Reads()), **_as_reads(columns)}
    text, problems = lines_of(written, shown_as)
    if text.names:
        problems += _heading_problems(text, shown_as, known, needed)
    names: list[str] = []
    values: list[Sequence[Value]] = []
    odd: list[tuple[int, int, Problem]] = []
    for number, (name, cells) in enumerate(zip(text.names, text.columns, strict=True), 1):
        if (how := known.get(name)) is not None:
            names.append(name)
            values.append(_values(cells, how))
            for line, cell in _unread(cells, values[-1], text.numbers):
                wrong = typed(cell, how.holds, Where(shown_as, line, number, name), how.exempt)
                odd += [(line, number, wrong)] if isinstance(wrong, Problem) else []
    rows: list[dict[str, Value]] = [
        TableRow(zip(names, cells, strict=True), shown_as, line)
        for line, *cells in zip(text.numbers, *values, strict=True)
    ]
    return rows, problems + [wrong for _, _, wrong in sorted(odd, key=itemgetter(0, 1))]


def _values(cells: Sequence[str], how: Reads) -> Sequence[Value]:
    """Type a column, None for what cannot be read; equal texts become one value."""
    every = {cell: typed(cell, how.holds, None, how.exempt) for cell in dict.fromkeys(cells)}
    known = {cell: None if isinstance(value, Problem) else value for cell, value in every.items()}
    return [*map(known.__getitem__, cells)]


def _unread(cells: Sequence[str], values: Sequence[Value], lines: Sequence[int]) -> Iterator[tuple[int, str]]:
    """List the cells that came to nothing although something stands in them."""
    for line, cell, value in zip(lines, cells, values, strict=True):
        if value is None and cell:
            yield line, cell


def _as_reads(columns: Mapping[str, Holds | Reads]) -> dict[str, Reads]:
    return {name: how if isinstance(how, Reads) else Reads(how) for name, how in columns.items()}


def _heading_problems(text: Text, shown_as: str, known: Collection[str], needed: Collection[str]) -> Iterator[Problem]:
    """List headings that nobody reads, with the nearest that could be meant, and those that are missing."""
    for column, name in enumerate(text.names, 1):
        if name and name not in known:
            near = nearest(name, [n for n in known if n not in text.names])
            yield problem("TABLE_UNKNOWN_COLUMN", Where(shown_as, text.header, column), found=name, nearest=near)
    for name in sorted(set(needed) - set(text.names)):
        found = "、".join(text.names)
        yield problem("TABLE_MISSING_COLUMN", Where(shown_as, text.header, 1), name=name, found=found)
