"""A second reader beside the first: what was typed must be the same to both, or a person looks at it.

Two programs that read one file differently are how a number is lost in silence. The second one is `python-calamine`,
which shares no code with the first; where it is not installed (a page in a browser) only one reads, and `is_there` says
so. It lays a worksheet out whole, so that one with a cell far away is read by our own reader of parts instead.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from importlib.util import find_spec
from io import BytesIO
from typing import Any

from openpyxl.utils.datetime import to_excel

from xlperf.scheme.reading.cells import is_empty
from xlperf.workbook.back.read import ReadBook, ReadCell
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
    asked: dict[str, list[ReadCell]] = {}
    for cell in book.cells:
        if cell.role == "input" and not cell.formula and cell.data_type != "e":
            asked.setdefault(cell.sheet, []).append(cell)
    if not asked or not is_there():
        return book
    far = {} if 0 < book.extent <= LARGEST else _far(data)
    shown = _second_reading(data, {title: [c.cell for c in cells] for title, cells in asked.items()}, far)
    other = {
        (title, cell.cell): "" if is_empty(value) else str(value)
        for title, cells in asked.items()
        for cell, value in zip(cells, shown[title], strict=True)
        if not alike(cell.value, value)
    }
    if not other:
        return book
    return replace(book, cells=tuple(_with(c, other.get((c.sheet, c.cell))) for c in book.cells))


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


def _second_reading(
    data: bytes, wanted: Mapping[str, Sequence[str]], far: Mapping[str, set[str]]
) -> dict[str, Sequence[Any]]:
    """Read some worksheets: title → what stands in some cells. wanted: their addresses. far: see `_far`."""
    import python_calamine as calamine  # not in every place that reads books

    try:
        book = calamine.CalamineWorkbook.from_filelike(BytesIO(data))
        return {
            title: _far_cells(data, title, far[title], cells)
            if title in far
            else _cells(book.get_sheet_by_name(title), cells)
            for title, cells in wanted.items()
        }
    except (calamine.CalamineError, ValueError, KeyError) as fault:
        raise Unreadable(f"{type(fault).__name__} {fault}") from fault


def _cells(sheet: Any, wanted: Sequence[str]) -> list[Any]:
    top, left = sheet.start or (0, 0)
    lines = sheet.to_python(skip_empty_area=True)
    height, found = len(lines), []
    for address in wanted:
        row, column = row_and_column(address)
        down, across = row - 1 - top, column - 1 - left
        value = lines[down][across] if 0 <= down < height and 0 <= across < len(lines[down]) else ""
        found.append(None if value == "" else value)
    return found


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
