"""A second reader beside the first: what was typed must be the same to both, or a person looks at it.

Two programs that read one file differently are how a number is lost in silence. The second one is `python-calamine`,
which shares no code with the first; where it is not installed (a page in a browser) only one reads, and `is_there` says
so. It lays a worksheet out whole, so that one with a cell far away is read by our own reader of parts instead.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from importlib.util import find_spec
from io import BytesIO
from operator import is_
from typing import Any

from openpyxl.utils.datetime import to_excel

from xlperf.scheme.reading.cells import is_empty
from xlperf.workbook.back.read import ReadBook
from xlperf.workbook.back.returned import Part, PlainTable, ReadCell, ReadCells, parts_of
from xlperf.xlsx.addresses import number as column_number
from xlperf.xlsx.addresses import row_and_column
from xlperf.xlsx.cached import stored_values
from xlperf.xlsx.parts import utf8, worksheets

LARGEST = 2_000_000  # rows times columns of a worksheet that is laid out whole
_NEAR = 1e-6  # of a day, about a tenth of a second: programs store times to that
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ADDRESS = re.compile(rb"\sr=[\"']([A-Z]{1,3})(\d{1,7})[\"']")

_SAME_KIND: Mapping[type, tuple[type, ...]] = {float: (int, float), int: (int, float), str: (str,)}


class Unreadable(Exception):
    """The second reader cannot read a file that the first one reads."""


def is_there() -> bool:
    """Return whether there is a second reader on this machine."""
    return find_spec("python_calamine") is not None


def made_ready() -> bool:
    """Load the second reader, once for all workers that begin after; return whether there is one."""
    there = is_there()
    if there:
        import python_calamine  # noqa: F401 (each worker would load it anew)
    return there


def compared(book: ReadBook, data: bytes) -> ReadBook:
    """Return a book whose cells to fill say where a second reader reads something else.

    data: the file. Formulas and errors are not compared: no such cell is taken. Raises Unreadable.
    """
    parts = parts_of(book.cells)
    if not any(map(_is_asked, parts)) or not is_there():
        return book
    second = _Second(data, {} if 0 < book.extent <= LARGEST else _far(data))
    found = [_compared(part, second) for part in parts]
    return book if all(map(is_, found, parts)) else replace(book, cells=ReadCells(found))


def _is_asked(part: Part) -> bool:
    """Return whether a table has cells that are compared."""
    return bool(part.inputs) if isinstance(part, PlainTable) else any(map(_is_compared, part))


def _is_compared(cell: ReadCell) -> bool:
    return cell.role == "input" and not cell.formula and cell.data_type != "e"


def _compared(part: Part, second: _Second) -> Part:
    """Return a table whose cells to fill say where the second reader reads something else."""
    if isinstance(part, PlainTable):
        if second.reads_the_same(part):
            return part
        part = tuple(part.cells())
    asked: dict[str, list[ReadCell]] = {}
    for cell in filter(_is_compared, part):
        asked.setdefault(cell.sheet, []).append(cell)
    other = {
        (title, cell.cell): "" if is_empty(value) else str(value)
        for title, cells in asked.items()
        for cell, value in zip(cells, second.cells(title, [c.cell for c in cells]), strict=True)
        if not alike(cell.value, value)
    }
    return tuple(_with(c, other.get((c.sheet, c.cell))) for c in part) if other else part


def _with(cell: ReadCell, other: str | None) -> ReadCell:
    return cell if other is None or cell.role != "input" else cell._replace(other=other)


def alike(first: Any, second: Any) -> bool:
    """Return whether two readers read the same: number, day, text, truth value or nothing."""
    if first == second and type(first) in _SAME_KIND.get(type(second), ()):
        return True
    if is_empty(first) or is_empty(second):
        return is_empty(first) and is_empty(second)
    if isinstance(first, str) or isinstance(second, str):
        return isinstance(first, str) and isinstance(second, str) and _plain(first) == _plain(second)
    if isinstance(first, bool) or isinstance(second, bool):
        return first is second
    a, b = _number(first), _number(second)
    if isinstance(first, int | float) and isinstance(second, int | float):
        return f"{a:.15g}" == f"{b:.15g}"
    return abs(a - b) <= _NEAR


def _plain(text: str) -> str:
    return " ".join(_ESCAPE.sub(lambda m: chr(int(m[1], 16)), text).split())


def _number(value: Any) -> float:
    days = isinstance(value, datetime | date | time | timedelta)
    serial: Callable[[Any], Any] = to_excel  # the stubs do not know what it returns
    return float(serial(value) if days else value)


class _Second:
    """The second reader of a file, which reads the worksheets that it is asked about. far: see `_far`."""

    def __init__(self, data: bytes, far: Mapping[str, set[str]]) -> None:
        self._data, self._far = data, far
        self._areas: dict[str, tuple[int, int, list[list[Any]]]] = {}

    @cached_property
    def _book(self) -> Any:
        import python_calamine as calamine  # not in every place that reads books

        with _unreadable():
            return calamine.CalamineWorkbook.from_filelike(BytesIO(self._data))

    def _area(self, title: str) -> tuple[int, int, list[list[Any]]]:
        """Return what stands in a worksheet, line by line, and where the first cell of that is, counted from 0."""
        if title not in self._areas:
            book = self._book
            with _unreadable():
                sheet = book.get_sheet_by_name(title)
                self._areas[title] = *(sheet.start or (0, 0)), sheet.to_python(skip_empty_area=True)
        return self._areas[title]

    def cells(self, title: str, wanted: Sequence[str]) -> list[Any]:
        """Return what stands in some cells of a worksheet. wanted: their addresses."""
        if title in self._far:
            _ = self._book  # which both of them read
            with _unreadable():
                return _far_cells(self._data, title, self._far[title], wanted)
        top, left, lines = self._area(title)
        height, found = len(lines), []
        for address in wanted:
            row, column = row_and_column(address)
            down, across = row - 1 - top, column - 1 - left
            value = lines[down][across] if 0 <= down < height and 0 <= across < len(lines[down]) else ""
            found.append(None if value == "" else value)
        return found

    def reads_the_same(self, table: PlainTable) -> bool:
        """Check whether this reader plainly reads the same in all cells to fill; False where that takes a closer look.

        A truth value does not count as plain: Python takes it for a number.
        """
        if table.sheet in self._far or any("e" in column.kinds for column in table.inputs):
            return False
        top, left, lines = self._area(table.sheet)
        height = len(lines)
        there = [lines[at] if 0 <= (at := row - 1 - top) < height else [] for row in table.rows]
        for column in table.inputs:
            across = column.at - 1 - left
            shown = [line[across] if 0 <= across < len(line) else "" for line in there]
            found = [None if value == "" else value for value in shown]
            if found != [*column.values] or bool in {*map(type, found), *map(type, column.values)}:
                return False
        return True


@contextmanager
def _unreadable() -> Iterator[None]:
    """Let whatever the second reader cannot read be Unreadable."""
    import python_calamine as calamine

    try:
        yield
    except (calamine.CalamineError, ValueError, KeyError) as fault:
        raise Unreadable(f"{type(fault).__name__} {fault}") from fault


def _far(data: bytes) -> dict[str, set[str]]:
    """Return the worksheets that are too large to be laid out whole, each with the addresses in it."""
    found: dict[str, set[str]] = {}
    with zipfile.ZipFile(BytesIO(data)) as parts:
        for title, part in worksheets(parts).items():
            there = set(_ADDRESS.findall(utf8(parts.read(part))))
            rows = max((int(row) for _, row in there), default=0)
            columns = max((column_number(letter.decode()) + 1 for letter in {a for a, _ in there}), default=0)
            if rows * columns > LARGEST:
                found[title] = {f"{letter.decode()}{int(row)}" for letter, row in there}
    return found


def _far_cells(data: bytes, title: str, there: set[str], wanted: Sequence[str]) -> list[Any]:
    found = stored_values(BytesIO(data), {(title, c) for c in there})
    return [found.get((title, cell)) for cell in wanted]
