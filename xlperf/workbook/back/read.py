"""Read a workbook back: every cell of every table, found by its marks and not by its place.

Rows may have been inserted or sorted, columns moved, worksheets renamed: a table is found by the mark in
its corner (or, where that is gone, by its defined name), a column by its machine name in the hidden row,
a row by its key in the hidden column. What a cell means is judged elsewhere; nothing is typed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import openpyxl
from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.utils import coordinate_to_tuple, get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from xlperf.workbook.seal import Identity, printed_codes, read_identity
from xlperf.xlsx.cached import Place, stored_results
from xlperf.xlsx.skeleton import HEAD, MAP, MARK, NAMES

Results = Mapping[Place, Any]

TOP, LEFT = 300, 1_000  # how far from the corner of a worksheet a table may stand or have been pushed
ADDED = 2_000  # how many rows somebody may have inserted

What = Literal[
    "SHEET_RENAMED", "SHEET_ADDED", "TABLE_LOST", "MARK_LOST", "COLUMN_LOST", "COLUMN_MOVED",
    "ROW_LOST", "ROW_TWICE", "ROW_ADDED", "ROW_MOVED",
]  # fmt: skip


@dataclass(frozen=True)
class ReadCell:
    """One cell of a table as it came back.

    value: what openpyxl gives; for a formula its text. cached: the stored value of a formula, None
    where the program stored none; otherwise the value. role: whether the cell was issued to be filled.
    """

    plan_sheet: str
    row_key: str
    column: str
    sheet: str
    cell: str
    value: Any
    data_type: str
    number_format: str
    formula: bool
    cached: Any
    role: Literal["input", "locked", ""]
    comment: str = ""


@dataclass(frozen=True)
class Change:
    """A way in which the layout is not as issued; found and wanted are titles, addresses or keys."""

    what: What
    sheet: str
    cell: str = ""
    found: str = ""
    wanted: str = ""


@dataclass(frozen=True)
class ReadBook:
    """A workbook read back.

    disagreements: what its carriers of identity contradict. codes: the printed codes. made_from: see `seal.origin`;
    empty where the book does not say.
    """

    identity: Identity | None
    disagreements: tuple[str, ...]
    codes: tuple[str, ...]
    cells: tuple[ReadCell, ...]
    changes: tuple[Change, ...]
    made_from: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Issued:
    """A table as the map says it was issued."""

    number: str
    plan_sheet: str
    title: str
    columns: dict[str, tuple[str, Literal["input", "locked"]]]
    rows: dict[str, int]


@dataclass(frozen=True)
class _Found:
    """Where a table stands now: its corner, and its columns counted from 1."""

    number: str
    plan_sheet: str
    sheet: Worksheet
    row: int
    column: int
    columns: dict[str, int]


def read_book(file: Path) -> ReadBook:
    """Read every table of a workbook that this package wrote, whatever program saved it since.

    The file must have passed the guard. Raises what openpyxl raises where it cannot be read at all.
    """
    data = file.read_bytes()  # the library would judge the file by its name
    book = openpyxl.load_workbook(BytesIO(data))
    results = stored_results(BytesIO(data))
    identity, wrong = read_identity(book)
    issued = _issued(book)
    changes: list[Change] = []
    found = list(_tables(book, issued, changes))
    changes += _worksheets(issued, found)
    cells = [cell for table in found for cell in _cells(table, results, issued.get(table.number), changes)]
    return ReadBook(identity, tuple(wrong), tuple(printed_codes(book)), tuple(cells), tuple(changes), _made_from(book))


def _issued(book: Workbook) -> dict[str, _Issued]:
    """Read the map; empty where it is gone."""
    found: dict[str, _Issued] = {}
    if MAP not in book.sheetnames:
        return found
    for line in book[MAP].iter_rows(min_row=2, values_only=True):
        texts = [str(cell) for cell in line if cell is not None]
        match texts:
            case ["table", number, plan_sheet, title, *_]:
                found[number] = _Issued(number, plan_sheet, title, {}, {})
            case ["column", number, name, letter, role] if number in found:
                found[number].columns[name] = (letter, "input" if role == "input" else "locked")
            case ["row", number, key, row] if number in found:
                found[number].rows[key] = int(row)
    return found


def _made_from(book: Workbook) -> dict[str, str]:
    lines = book[MAP].iter_rows(min_row=2, values_only=True) if MAP in book.sheetnames else ()
    return {str(line[1] or ""): str(line[2] or "") for line in lines if line[0] == "from" and len(line) > 2}


# ---- where the tables are ---------------------------------------------------------------------------


def _tables(book: Workbook, issued: dict[str, _Issued], changes: list[Change]) -> Iterator[_Found]:
    seen: set[str] = set()
    for sheet in book.worksheets:
        if sheet.title == MAP:
            continue
        for cell in _marks(sheet):
            _, plan_sheet, number = str(cell.value).split("|")
            seen.add(number)
            yield _found(number, plan_sheet, sheet, cell.row or 1, cell.column or 1)
    for number, table in issued.items():
        if number in seen:
            continue
        found = _by_name(book, table)
        if found is None:
            changes.append(Change("TABLE_LOST", table.title, wanted=table.title))
        else:
            changes.append(Change("MARK_LOST", found.sheet.title, wanted=table.title))
            yield found


def _marks(sheet: Worksheet) -> Iterator[Cell | MergedCell]:
    for row in sheet.iter_rows(max_row=min(sheet.max_row, TOP), max_col=min(sheet.max_column, LEFT)):
        for cell in row:
            text = cell.value if isinstance(cell, Cell) and isinstance(cell.value, str) else ""
            if text.startswith(f"{MARK}|") and text.count("|") == 2:
                yield cell


def _found(number: str, plan_sheet: str, sheet: Worksheet, row: int, column: int) -> _Found:
    found: dict[str, int] = {}
    for (cell,) in sheet.iter_cols(min_row=row, max_row=row, min_col=column + 1):
        if isinstance(cell.value, str) and cell.value:
            if cell.value.startswith(f"{MARK}|"):
                break  # the next table beside it
            found.setdefault(cell.value, cell.column or 1)
    return _Found(number, plan_sheet, sheet, row, column, found)


def _by_name(book: Workbook, table: _Issued) -> _Found | None:
    """Find a table by its defined name, which programs move along with the cells."""
    name = book.defined_names.get(f"XLPERF_T{table.number}")
    for title, area in name.destinations if name is not None else ():
        if title in book.sheetnames and "#" not in area:
            left, top, *_ = range_boundaries(area)
            column, row = left or 1, top or 1
            columns = {n: coordinate_to_tuple(f"{letter}1")[1] + column - 1 for n, (letter, _) in table.columns.items()}
            return _Found(table.number, table.plan_sheet, book[title], row, column, columns)
    return None


def _worksheets(issued: dict[str, _Issued], found: list[_Found]) -> Iterator[Change]:
    now = {table.number: table.sheet.title for table in found}
    for number, table in issued.items():
        if number in now and now[number] != table.title:
            yield Change("SHEET_RENAMED", now[number], found=now[number], wanted=table.title)


# ---- cells ------------------------------------------------------------------------------------------


def _cells(table: _Found, results: Results, issued: _Issued | None, changes: list[Change]) -> Iterator[ReadCell]:
    columns = dict(table.columns)
    if issued is not None:
        changes += _columns(table, issued)
    rows = dict(_rows(table, issued, changes))
    if issued is not None:
        changes += [Change("ROW_LOST", table.sheet.title, wanted=key) for key in issued.rows if key not in rows]
    for key, row in rows.items():
        for name, column in columns.items():
            role = issued.columns[name][1] if issued is not None and name in issued.columns else ""
            yield _read(table, results, key, name, row, column, role)


def _read(
    table: _Found, results: Results, key: str, name: str, row: int, column: int, role: Literal["input", "locked", ""]
) -> ReadCell:
    cell = table.sheet.cell(row, column)
    formula = cell.data_type == "f"
    stored = results.get((table.sheet.title, cell.coordinate)) if formula else cell.value
    comment = cell.comment.text if cell.comment is not None else ""
    value = str(getattr(cell.value, "text", cell.value)) if formula else cell.value
    return ReadCell(
        table.plan_sheet, key, name, table.sheet.title, cell.coordinate, value, str(cell.data_type),
        str(cell.number_format), formula, stored, role, comment,
    )  # fmt: skip


def _columns(table: _Found, issued: _Issued) -> Iterator[Change]:
    for name, (letter, _) in issued.columns.items():
        at = table.columns.get(name)
        if at is None:
            yield Change("COLUMN_LOST", table.sheet.title, wanted=name)
        elif get_column_letter(at - table.column + 1) != letter:
            yield Change("COLUMN_MOVED", table.sheet.title, found=get_column_letter(at), wanted=letter)


def _rows(table: _Found, issued: _Issued | None, changes: list[Change]) -> Iterator[tuple[str, int]]:
    """List the rows of a table: key and row. A row without a key but with something typed is a change."""
    wanted = issued.rows if issued is not None else {}
    last = min(table.sheet.max_row, table.row + len(wanted) + ADDED)
    end = max((r for r in range(table.row + 1, last + 1) if _key(table, r) in wanted), default=last)
    seen: set[str] = set()
    shift = table.row - (NAMES + 1)
    moved = False
    for row in range(table.row + 1, last + 1):
        key = _key(table, row)
        where = f"{get_column_letter(table.column)}{row}"
        if not key:
            if table.row + HEAD - NAMES < row <= end and _has_content(table, row, issued):
                changes.append(Change("ROW_ADDED", table.sheet.title, where))
        elif wanted and key not in wanted:
            changes.append(Change("ROW_ADDED", table.sheet.title, where, found=key))
        elif key in seen:
            changes.append(Change("ROW_TWICE", table.sheet.title, where, found=key))
        else:
            seen.add(key)
            moved = moved or (key in wanted and wanted[key] + shift != row)
            yield key, row
    if moved:
        changes.append(Change("ROW_MOVED", table.sheet.title))


def _key(table: _Found, row: int) -> str:
    value = table.sheet.cell(row, table.column).value
    return "" if value is None else str(value)


def _has_content(table: _Found, row: int, issued: _Issued | None) -> bool:
    if issued is None:
        return False
    fill = (table.columns[n] for n, (_, role) in issued.columns.items() if role == "input" and n in table.columns)
    return any(table.sheet.cell(row, column).value not in (None, "") for column in fill)
