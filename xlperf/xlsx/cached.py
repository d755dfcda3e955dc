"""Formulas and stored values of a workbook, and a copy with true values, without touching anything else in it.

A value is put beside its formula in the worksheet's own bytes, so that styles, comments, buttons and
parts that no library knows stay as they were. Standard library only.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from xlperf.files import write_whole
from xlperf.formula.values import ERRORS, day_number
from xlperf.xlsx.addresses import moved, row_and_column
from xlperf.xlsx.cells import Cell, UnsoundCell, cells_of
from xlperf.xlsx.parts import shared_texts, utf8, worksheets

Place = tuple[str, str]  # worksheet, cell
NOISE = 1e-12  # relative; a smaller difference is made by binary arithmetic, or by a program that stores 15 digits
_SAID = re.compile(rb"\s+(?:t|vm)\s*=\s*(?:\"[^\"]*\"|'[^']*')")  # what a cell says of its old value


@dataclass(frozen=True)
class Change:
    """A cell that shows something else than before; None for a cell that showed nothing."""

    sheet: str
    cell: str
    was: Any
    now: Any


def formulas_of(book: Path | BytesIO) -> dict[Place, str]:
    """Return the text of every formula of a workbook; each cell of a shared formula has its own."""
    found: dict[Place, str] = {}
    with zipfile.ZipFile(book) as parts:
        for title, cells in _sheets(parts):
            shared: dict[str, Cell] = {}
            for cell in cells:
                text = _text(cell, shared)
                if text:
                    found[title, cell.at] = text
    return found


def _text(cell: Cell, shared: dict[str, Cell]) -> str:
    """Return what a cell calculates, "" where nothing. shared: the first cells of the shared formulas so far."""
    if cell.formula is None or cell.formula_kind.get("t") != "shared":
        return cell.text
    number = cell.formula_kind.get("si", "")
    if cell.text:
        shared[number] = cell
    first = shared.get(number)
    if first is None or first is cell:
        return cell.text
    (row, column), (first_row, first_column) = row_and_column(cell.at), row_and_column(first.at)
    return moved(first.text, row - first_row, column - first_column)


def _sheets(parts: zipfile.ZipFile) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    for title, part in worksheets(parts).items():
        try:
            yield title, cells_of(utf8(parts.read(part)))
        except UnsoundCell as fault:
            raise UnsoundCell(fault.cell, fault.found, title) from None


def stored_results(book: Path | BytesIO) -> dict[Place, Any]:
    """Return what every formula cell shows without calculating: number, text, truth value; an error as its text.

    None where the program that saved the book stored nothing.
    """
    return _stored_where(book, lambda _, cell: cell.formula is not None)


def stored_values(book: Path | BytesIO, places: Collection[Place]) -> dict[Place, Any]:
    """Return what some cells show, whether or not they calculate it; nothing for a cell that is not there."""
    wanted = set(places)
    return _stored_where(book, lambda title, cell: (title, cell.at) in wanted) if wanted else {}


def changes(book: Path | BytesIO, values: Mapping[Place, Any]) -> list[Change]:
    """List the cells of a book that show something else than these values, in the order of the book."""
    stored = stored_values(book, values)
    return [Change(*at, was, values[at]) for at, was in stored.items() if not shows_alike(was, values[at])]


def shows_alike(a: Any, b: Any) -> bool:
    """Return whether two values look the same in a cell: numbers to 12 digits, and nothing is nothing."""
    if any(isinstance(v, bool) or not isinstance(v, int | float) for v in (a, b)):
        return bool(("" if a is None else a) == ("" if b is None else b) and isinstance(a, bool) == isinstance(b, bool))
    return bool(abs(a - b) <= NOISE * max(1.0, abs(a), abs(b)))


def shows_error(value: Any) -> bool:
    """Return whether a cell shows an error, which stands in it as its text."""
    return isinstance(value, str) and value.startswith("#")


def _stored_where(book: Path | BytesIO, wanted: Callable[[str, Cell], bool]) -> dict[Place, Any]:
    found: dict[Place, Any] = {}
    with zipfile.ZipFile(book) as parts:
        texts: list[str] | None = None
        for title, cells in _sheets(parts):
            for cell in cells:
                if not wanted(title, cell):
                    continue
                if cell.kind == "s" and texts is None:
                    texts = shared_texts(parts)
                found[title, cell.at] = _stored(cell, texts or [])
    return found


def _stored(cell: Cell, texts: list[str]) -> Any:
    value = cell.inline if cell.kind == "inlineStr" else cell.value
    if value is None:
        return None
    match cell.kind:
        case "b":
            return value.strip() in ("1", "true")
        case "s":
            return texts[int(value)] if value.strip().isdigit() and int(value) < len(texts) else None
        case "n" if value.strip():
            return float(value) if any(sign in value for sign in ".eE") else int(value)
    return value if cell.kind != "n" else None


def without_formulas(book: Path | BytesIO, places: Collection[Place]) -> bytes:
    """Return the bytes of a copy in which these cells hold what is stored in them and calculate nothing."""

    def put(title: str, data: bytes, cell: Cell) -> bytes:
        begin, end = cell.formula if cell.formula is not None and (title, cell.at) in places else (cell.end, cell.end)
        return data[cell.head[0] : begin] + data[end : cell.end]

    return _copied(book, put)


def with_formulas(book: Path | BytesIO, rewritten: Callable[[str, str], str]) -> bytes:
    """Return the bytes of a copy in which every formula is written anew; shared and array formulas stay such.

    rewritten: from the title of the worksheet and the text.
    """

    def put(title: str, data: bytes, cell: Cell) -> bytes:
        if cell.formula is None or not cell.text:
            return data[cell.head[0] : cell.end]
        begin, end = cell.formula
        closing = f"</{cell.prefix}f>".encode()
        text = escape(rewritten(title, cell.text)).encode()
        head = data[cell.formula_head[0] : cell.formula_head[1]]
        return data[cell.head[0] : begin] + head + text + closing + data[end : cell.end]

    return _copied(book, put)


def _copied(book: Path | BytesIO, put: Callable[[str, bytes, Cell], bytes]) -> bytes:
    """Return the bytes of a copy in which each cell is what `put` makes of it: from title, part and cell."""
    copy = BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as new:
        titles = {part: title for title, part in worksheets(old).items()}
        for info in old.infolist():
            data = old.read(info)
            if info.filename in titles:
                data = _rewritten(utf8(data), partial(put, titles[info.filename]))
            new.writestr(info.filename, data)
    return copy.getvalue()


def _rewritten(data: bytes, put: Callable[[bytes, Cell], bytes]) -> bytes:
    """Return a part in which each cell is what `put` makes of it."""
    pieces, last = [], 0
    for cell in cells_of(data):
        pieces += [data[last : cell.head[0]], put(data, cell)]
        last = cell.end
    return b"".join([*pieces, data[last:]])


def write_values(book: Path, out: Path, values: Mapping[Place, Any]) -> None:
    """Write a copy in which these cells show these values; every other cell stays as it was.

    A formula stays beside its value. A value is a number, a text, a truth value, an error as its text, or
    None for nothing. The copy appears in one move.
    """
    made = BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        titles = {part: title for title, part in worksheets(old).items()}
        for info in old.infolist():
            data = old.read(info)
            if info.filename in titles:
                data = _patched(utf8(data), titles[info.filename], values)
            new.writestr(info, data)
    write_whole(out, made.getvalue())


def _patched(data: bytes, title: str, values: Mapping[Place, Any]) -> bytes:
    def put(data: bytes, cell: Cell) -> bytes:
        if (title, cell.at) not in values:
            return data[cell.head[0] : cell.end]
        value = values[title, cell.at]
        head = _SAID.sub(b"", data[cell.head[0] : cell.head[1]].removesuffix(b">").removesuffix(b"/"))
        if cell.formula is None and value is None:
            return head + b"/>"
        kind, shown = stored_as(value)
        formula = data[slice(*cell.formula)] if cell.formula is not None else b""
        p = cell.prefix
        return head + f"{kind}>".encode() + formula + f"<{p}v>{shown}</{p}v></{p}c>".encode()

    return _rewritten(data, put)


def stored_as(value: Any) -> tuple[str, str]:
    """Return how a cell says of what kind a value is, and the value, both as XML."""
    if isinstance(value, bool):
        return ' t="b"', str(int(value))
    if isinstance(value, datetime):
        return "", str(day_number(value.date()))
    if isinstance(value, int | float):
        return "", repr(value)
    text = "" if value is None else str(value)
    return (' t="e"', text) if text in ERRORS else (' t="str"', escape(text))
