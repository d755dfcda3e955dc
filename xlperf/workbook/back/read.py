"""Read a workbook back: every cell of every table, found by its marks and not by its place.

Rows may have been inserted or sorted, columns moved, worksheets renamed: what was issued says which cells there must
be (the round's record, or else the hidden map of the book), `locate` says where they are now. What a cell means is
judged elsewhere; nothing is typed here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from openpyxl import Workbook

from xlperf.formula.values import ERRORS
from xlperf.remote import Readable
from xlperf.workbook.back.around import Page, around, is_still, pages_of, shown
from xlperf.workbook.back.guard import BROKEN_ZIP
from xlperf.workbook.back.lean import lean_book
from xlperf.workbook.back.locate import Change, Found, columns_and_rows, own_map, tables
from xlperf.workbook.back.plain import formula_text, said_in
from xlperf.workbook.back.returned import Part, PlainTable, ReadCells, ReadColumn
from xlperf.workbook.back.returned import ReadCell as ReadCell
from xlperf.workbook.back.shapes import Head, Laid, Unusual
from xlperf.workbook.back.unusual import unusual_book
from xlperf.workbook.record import Kept, Record, Role, read_record, record_name
from xlperf.workbook.seal import Identity, printed_codes, read_identity, read_map_seal
from xlperf.xlsx.cached import Place
from xlperf.xlsx.pack import unpacked
from xlperf.xlsx.skeleton import MAP

Results = Mapping[Place, Any]
Pages = Mapping[str, Page | None]
_CONSTANTS: Mapping[str, tuple[Any, str]] = {
    **{f"={error}": (error, "e") for error in ERRORS},
    "=NA()": ("#N/A", "e"),  # what becomes of every error in .xls
    "=TRUE()": (True, "b"),
    "=FALSE()": (False, "b"),
}
_SERIALS = 1_000_000_000  # no round issues as many


@dataclass(frozen=True)
class ReadBook:
    """A workbook read back.

    disagreements: what its carriers of identity contradict. codes: the printed codes. made_from: see `seal.origin`;
    empty where the book does not say. record: the digest of the record it was laid against, "" where it was read by
    its own map. opened_by: the party whose password opened it, None where it had none. map_seal: see
    `seal.read_map_seal`. extent: the most rows times columns of a worksheet; 0 where that is not known.
    """

    identity: Identity | None
    disagreements: tuple[str, ...]
    codes: tuple[str, ...]
    cells: Sequence[ReadCell]
    changes: tuple[Change, ...]
    made_from: Mapping[str, str] = field(default_factory=dict)
    record: str = ""
    opened_by: tuple[str, str] | None = None
    map_seal: tuple[str, str] = ("", "")
    extent: int = field(default=0, compare=False)


def read_book(
    file: Path | bytes,
    records: Readable | None = None,
    parts: Mapping[str, bytes] | None = None,
    *,
    brief: bool = False,
) -> ReadBook:
    """Read every table of a workbook that this package wrote, whatever program saved it since.

    file: or its bytes. records: the folder with the records of what was issued; without one the hidden map of the book
    is believed. parts: of the file, where they were unpacked before. brief: whether locked cells that stand as they
    were issued are left out, but for the first cell of each row; without a record none is. The file must have passed
    the guard. Raises what openpyxl raises where it cannot be read at all.
    """
    data = file if isinstance(file, bytes) else file.read_bytes()  # the library would judge the file by its name
    book, results = _loaded(data, parts)
    codes = tuple(printed_codes(book))
    identity, wrong = read_identity(book, codes)
    record, digest = _record(records, identity)
    issued = own_map(book) if record is None else record.by_number()
    changes: list[Change] = []
    found = list(tables(book, issued, changes, on_record=record is not None))
    for table in found:
        columns_and_rows(table, changes)
    pages = pages_of(book, record, found) if record is not None else {}
    read = _in_brief if brief and record is not None else _whole
    cells = ReadCells(read(table, results, record, pages) for table in found)
    changes += around(record, pages) if record is not None else ()
    return ReadBook(
        identity, tuple(wrong), codes, cells, tuple(changes), _made_from(book), digest, None, read_map_seal(book),
        getattr(book, "extent", 0),
    )  # fmt: skip


def _loaded(data: bytes, parts: Mapping[str, bytes] | None = None) -> tuple[Any, Results]:
    """Return a book with what its formulas show: read lean, or whole where it has anything unusual."""
    try:
        book = lean_book(dict(unpacked(data)) if parts is None else parts)
    except (Unusual, *BROKEN_ZIP):
        book = unusual_book(data)
    return book, book.results


def _record(records: Readable | None, identity: Identity | None) -> tuple[Record | None, str]:
    """Return the record of the book that this one says it is; None where there is none, or it is damaged."""
    if records is not None and identity is not None and identity.serial < _SERIALS:
        with suppress(OSError, ValueError):
            return read_record(records / record_name(identity.serial))
    return None, ""


def _made_from(book: Workbook) -> dict[str, str]:
    lines: Any = ()
    if MAP in book.sheetnames and "from" in said_in(book[MAP]).values():
        lines = book[MAP].iter_rows(min_row=2, values_only=True)
    return {str(line[1] or ""): str(line[2] or "") for line in lines if line[0] == "from" and len(line) > 2}


def _whole(table: Found, results: Results, record: Record | None, pages: Pages) -> Part:
    return tuple(_cells(table, results, record, pages))


def _in_brief(table: Found, results: Results, record: Record | None, pages: Pages) -> Part:
    """Return the cells of a table but for locked ones that say what was issued; see `read_book`."""
    page = pages.get(table.issued.title) if table.issued is not None and table.is_in_place else None
    rows = None if page is None else page.doubtful(table)
    plain = _plain_table(table) if page is not None and not rows else None
    if plain is not None:
        return plain
    found, last = [], None
    for cell in _cells(table, results, record, pages, rows):
        if cell.row_key != last or cell.role != "locked" or cell.was is not None:
            found.append(cell)
        last = cell.row_key
    return tuple(found)


def _plain_table(table: Found) -> PlainTable | None:
    """Return a table in place whose locked cells all say what was issued; None where anything else is odd in it."""
    column_of: Callable[[int, tuple[int, ...]], Laid | None] | None = getattr(table.sheet, "column_of", None)
    columns, rows, said = [], tuple(table.rows.values()), table.said
    for number, (name, at) in enumerate(table.columns.items()):
        role = table.role(name)
        if role == "locked" and number:
            continue
        laid = column_of(at, rows) if column_of is not None else None
        if laid is None or role not in ("locked", "input"):
            return None
        values = tuple(map(said.get, laid.spots))
        columns.append(ReadColumn(name, role, at, values, laid.data_types(values), laid.number_formats))
    return PlainTable(table.plan_sheet, table.sheet.title, tuple(table.rows), rows, tuple(columns))


def _cells(
    table: Found, results: Results, record: Record | None, pages: Pages, rows: Collection[int] | None = None
) -> Iterator[ReadCell]:
    """List the cells of a table. rows: those whose locked cells are listed, None for all; the first always is."""
    issued, page = table.issued, pages.get(table.issued.title) if table.issued is not None else None
    kept: Mapping[tuple[int, int], Kept] = page.kept if page is not None else {}
    moved = _is_moved(table)
    columns = [(name, at, table.role(name)) for name, at in table.columns.items()]
    few = [*columns[:1], *(column for column in columns[1:] if column[2] != "locked")]
    heads: Mapping[tuple[int, int], Head] = getattr(table.sheet, "heads", {})
    said, title = table.said, table.sheet.title
    for key, row in table.rows.items():
        for name, column, role in columns if rows is None or row in rows else few:
            head = heads.get((row, column)) if role == "input" else None
            if (
                head is not None and head.at and head.data_type != "f"
            ):  # as `_read` reads it, without the detour by a cell
                value = said.get((row, column))
                kind = head.kind if value is None else head.data_type
                shown_as = head.number_format
                yield ReadCell(table.plan_sheet, key, name, title, head.at, value, kind, shown_as, False, value, role)
                continue
            if record is None or issued is None or role not in ("locked", "reported"):
                yield _read(table, results, (key, name), (row, column), role, None)
                continue
            was = kept.get((issued.rows[key], issued.column + issued.columns[name][0]))
            cell = _read(table, results, (key, name), (row, column), role, (was,))
            was_formula = moved and cell.formula and isinstance(was, str) and was.startswith("=")
            yield cell._replace(was=None) if was_formula else cell


def _is_moved(table: Found) -> bool:
    """Check whether rows or columns are not where they were, so that every formula is spelled otherwise."""
    issued = table.issued
    if issued is None:
        return False
    columns = (table.columns.get(n) != issued.column + at for n, (at, _) in issued.columns.items())
    return any(columns) or any(issued.rows.get(key) != row for key, row in table.rows.items())


def _read(
    table: Found,
    results: Results,
    names: tuple[str, str],
    at: tuple[int, int],
    role: Role | Literal[""],
    was: tuple[Kept | None] | None,
) -> ReadCell:
    """Read one cell. names: of row and column. was: what was issued here, None where that is not known."""
    cell = table.sheet.cell(*at)
    formula = cell.data_type == "f"
    value: Any = formula_text(cell.value) if formula else cell.value
    kind = str(cell.data_type)
    if (
        formula and role == "input" and value.upper() in _CONSTANTS
    ):  # how LibreOffice writes an error or a truth value that was typed
        value, kind, formula = *_CONSTANTS[value.upper()], False
    title, address = table.sheet.title, cell.coordinate
    comment = cell.comment.text if cell.comment is not None else ""
    then = None if was is None or is_still(was[0], value, formula=formula) else shown(was[0])
    return ReadCell(
        table.plan_sheet, *names, title, address, value, kind, str(cell.number_format), formula,
        results.get((title, address)) if formula else value, role, comment, then,
    )  # fmt: skip
