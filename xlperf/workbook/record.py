"""The record of what was issued: where every table, column and row of a book stood, and every locked cell.

It is made while the book is written, kept compactly in the round, and a returned book is laid against it; what
the book says of itself is needed only to find rows that moved. A locked cell is kept as the value that was written:
a number, a text after `'`, or a formula with its `=`.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from xlperf.remote import Readable
from xlperf.workbook.book import Book
from xlperf.workbook.layout import Shown, View
from xlperf.workbook.seal import Identity, carriers
from xlperf.xlsx.pack import Pieces
from xlperf.xlsx.skeleton import BODY, NAMES
from xlperf.xlsx.spliced import spliced

Role = Literal["input", "locked", "reported"]  # reported: what others sent, shown as it was when the book was written
Kept = str | float
Spot = tuple[int, int]  # row and column, counted from 1

_LEVEL = 1  # of packing: there is one for every book
_HEAD = b"\x78\x01"  # of what is packed at that level, with a checksum behind it
_LONGEST = 64_000_000  # bytes of a record; a longer one is none of ours


@dataclass(frozen=True)
class IssuedTable:
    """A table as it was issued. row, column: its corner, counted from 1.

    columns: name → how many columns to the right of the corner, and what is done in it. rows: key → row of the
    worksheet.
    """

    number: str
    plan_sheet: str
    title: str
    row: int
    column: int
    columns: Mapping[str, tuple[int, Role]]
    rows: Mapping[str, int]


@dataclass(frozen=True)
class Record:
    """What one book was when it was issued.

    identity: its text; code: the printed code. cells: worksheet → the locked cells that something stands in.
    """

    identity: str
    code: str
    tables: tuple[IssuedTable, ...]
    cells: Mapping[str, Mapping[Spot, Kept]] = field(default_factory=dict)

    def by_number(self) -> dict[str, IssuedTable]:
        """Return the tables by their number."""
        return {table.number: table for table in self.tables}

    def text(self) -> str:
        """Write the record; the same record gives the same text."""
        tables = [
            [
                t.number,
                t.plan_sheet,
                t.title,
                t.row,
                t.column,
                [[n, *c] for n, c in t.columns.items()],
                [*t.rows.items()],
            ]
            for t in self.tables
        ]
        cells = {title: [[*spot, kept] for spot, kept in sorted(there.items())] for title, there in self.cells.items()}
        data = {"identity": self.identity, "code": self.code, "tables": tables, "cells": cells}
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"))

    def digest(self) -> str:
        """Return the sha256 of the text."""
        return digest_of(self.text())

    def shape(self) -> str:
        """Digest what the book asks for: row by row the cells to fill, and the facts that stand beside them.

        Where they stand, and what others have reported since, is not part of it.
        """
        asked = sorted(line for t in self.tables for line in _asked(t, self.cells.get(t.title, {})))
        return digest_of(json.dumps(asked, ensure_ascii=False))


def _asked(table: IssuedTable, cells: Mapping[Spot, Kept]) -> Iterator[list[str]]:
    """List the cells to fill of a table, and what was issued beside them and is not worked out."""
    for key, row in table.rows.items():
        for name, (at, role) in table.columns.items():
            kept = cells.get((row, table.column + at))
            if role == "input":
                yield [table.plan_sheet, key, name]
            elif role == "locked" and kept is not None and not str(kept).startswith("="):
                yield [table.plan_sheet, key, name, str(kept)]


def record_of(book: Book, identity: Identity) -> Record:
    """Return the record of a book that has been written."""
    tables = (_table(str(n), view, keys) for n, (view, keys) in enumerate(book.tables, 1))
    return Record(identity.text(), identity.code(), tuple(tables), book.locked())


def sent_out(book: Book, identity: Identity, file: Path) -> Record:
    """Write the carriers of a finished book and save it; return the record of it."""
    record = finished(book, identity)
    book.save(file)
    return record


def finished(book: Book, identity: Identity) -> Record:
    """Write the carriers of a book to which nothing else comes; return the record of it."""
    record = record_of(book, identity)
    carriers(book, identity)
    return record


def _table(number: str, view: View, keys: tuple[str, ...]) -> IssuedTable:
    columns: dict[str, tuple[int, Role]] = {s.name: (view.at[s.name] - view.left, _role(view, s)) for s in view.shown}
    rows = {key: BODY + position for position, key in enumerate(keys, 1) if key}
    return IssuedTable(number, view.sheet.name, view.title, NAMES + 1, view.left + 1, columns, rows)


def _role(view: View, shown: Shown) -> Role:
    if shown.open:
        return "input"
    column = view.sheet.by_name.get(shown.name)
    return "reported" if column is not None and column.kind == "input" else "locked"


def packed(record: Record) -> bytes:
    """Return the bytes that a record is kept as."""
    return as_kept(record.text())


def digest_of(text: str) -> str:
    """Return the digest of a record or of its shape, of their text."""
    return hashlib.sha256(text.encode()).hexdigest()


def as_kept(text: str) -> bytes:
    """Return the bytes that the text of a record is kept as."""
    return zlib.compress(text.encode(), _LEVEL)


def kept_in_pieces(record: Pieces) -> tuple[bytes, str]:
    """Return the bytes that a record is kept as, packed piece by piece, and its digest. record: its text, in pieces."""
    text = record.whole()
    kept = (_HEAD, spliced(record.shared, record.own), zlib.adler32(text).to_bytes(4, "big"))
    return b"".join(kept), hashlib.sha256(text).hexdigest()


def read_record(file: Readable) -> tuple[Record, str]:
    """Read a record that was kept, and its digest; OSError where it is not there, ValueError where it is damaged."""
    try:
        text = zlib.decompressobj().decompress(file.read_bytes(), _LONGEST).decode()
        data = json.loads(text)
        tables = tuple(
            IssuedTable(number, sheet, title, row, column, {n: (at, role) for n, at, role in columns}, dict(rows))
            for number, sheet, title, row, column, columns, rows in data["tables"]
        )
        cells = {title: {(r, c): kept for r, c, kept in there} for title, there in data["cells"].items()}
        return Record(data["identity"], data["code"], tables, cells), hashlib.sha256(text.encode()).hexdigest()
    except (zlib.error, UnicodeDecodeError, KeyError, TypeError) as fault:
        raise ValueError(f"{file.name}: {fault}") from fault


def record_name(serial: int) -> str:
    """Return the name of the file that the record of a book is kept in."""
    return f"{serial}.record"
