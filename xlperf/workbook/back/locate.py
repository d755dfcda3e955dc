"""Where the tables of a returned book stand now: found by the marks in their corners, held against what was issued.

A table is found by its mark (or, where that is gone, by its defined name), a column by its machine name in the
hidden row, a row by its key in the hidden column. What was issued says which of these there must be; what the book
says beyond that is named and not read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from xlperf.scheme.reading.cells import is_empty
from xlperf.workbook.back.plain import said_in
from xlperf.workbook.record import IssuedTable, Role
from xlperf.xlsx.addresses import number as column_number
from xlperf.xlsx.skeleton import HEAD, MAP, MARK, NAMES

TOP, LEFT = 300, 1_000  # how far from the corner of a worksheet a table may stand or have been pushed
ADDED = 2_000  # how many rows somebody may have inserted

What = Literal[
    "SHEET_RENAMED", "SHEET_ADDED", "SHEET_LOST", "TABLE_LOST", "TABLE_TWICE", "MARK_LOST", "MARK_UNKNOWN",
    "COLUMN_LOST", "COLUMN_TWICE", "COLUMN_ADDED", "COLUMN_MOVED",
    "ROW_LOST", "ROW_TWICE", "ROW_ADDED", "ROW_MOVED", "HEADING_CHANGED", "TEXT_CHANGED",
]  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A way in which the layout is not as issued; found and wanted are titles, addresses, keys or texts.

    table: the sheet of the plan whose row is lost.
    """

    what: What
    sheet: str
    cell: str = ""
    found: str = ""
    wanted: str = ""
    table: str = ""


@dataclass
class Found:
    """Where a table stands now: its corner, its columns and its rows, all counted from 1.

    issued: as it went out; None where neither the round nor the book itself says.
    """

    number: str
    plan_sheet: str
    sheet: Worksheet
    row: int
    column: int
    columns: dict[str, int]
    issued: IssuedTable | None
    rows: dict[str, int] = field(default_factory=dict)

    @cached_property
    def said(self) -> Mapping[tuple[int, int], Any]:
        """Return what stands in the worksheet, by row and column."""
        return said_in(self.sheet)

    @cached_property
    def is_in_place(self) -> bool:
        """Check whether the table, its columns and its rows are all there, and all where they were issued."""
        issued = self.issued
        if issued is None or (self.row, self.column) != (issued.row, issued.column) or self.rows != issued.rows:
            return False
        return self.columns == {name: issued.column + at for name, (at, _) in issued.columns.items()}

    def role(self, name: str) -> Role | Literal[""]:
        """Return whether a column was issued to be filled, "" where nobody knows."""
        return self.issued.columns[name][1] if self.issued is not None and name in self.issued.columns else ""


def own_map(book: Workbook) -> dict[str, IssuedTable]:
    """Read what the hidden map of the book says was issued; empty where it is gone."""
    found: dict[str, IssuedTable] = {}
    if MAP not in book.sheetnames:
        return found
    columns: dict[str, dict[str, tuple[int, Role]]] = {}
    rows: dict[str, dict[str, int]] = {}
    for line in book[MAP].iter_rows(min_row=2, values_only=True):
        texts = [str(cell) for cell in line if cell is not None]
        match texts:
            case ["table", number, plan_sheet, title, *_]:
                columns[number], rows[number] = {}, {}
                at = (NAMES + 1, 1, columns[number], rows[number])
                found[number] = IssuedTable(number, plan_sheet, title, *at)
            case ["column", number, name, letter, role] if number in found:
                columns[number][name] = (column_number(letter), "input" if role == "input" else "locked")
            case ["row", number, key, row] if number in found:
                rows[number][key] = int(row)
    return found


def tables(
    book: Workbook, issued: Mapping[str, IssuedTable], changes: list[Change], *, on_record: bool
) -> Iterator[Found]:
    """Find every table. on_record: whether `issued` is the round's own record, so that nothing else counts."""
    seen: dict[str, Found] = {}
    for sheet, cell in _marks(book):
        _, plan_sheet, number = str(cell.value).split("|")
        table, title, at = issued.get(number), str(sheet.title), cell.coordinate
        if on_record and (table is None or table.plan_sheet != plan_sheet):
            changes.append(Change("MARK_UNKNOWN", title, at, found=str(cell.value)))
        elif number in seen:
            changes.append(Change("TABLE_TWICE", title, at, found=title, wanted=seen[number].sheet.title))
        else:
            columns = _columns(sheet, cell, table if on_record else None, changes)
            seen[number] = Found(number, plan_sheet, sheet, cell.row, cell.column, columns, table)
    for number, table in issued.items():
        if number not in seen:
            found = _by_name(book, table)
            if found is None:
                changes.append(Change("TABLE_LOST", table.title, wanted=table.title))
            else:
                changes.append(Change("MARK_LOST", found.sheet.title, wanted=table.title))
                seen[number] = found
    for found in seen.values():
        if found.issued is not None and found.sheet.title != found.issued.title:
            now = found.sheet.title
            changes.append(Change("SHEET_RENAMED", now, found=now, wanted=found.issued.title))
        yield found


def _marks(book: Workbook) -> Iterator[tuple[Any, Any]]:
    """List the marks of tables: worksheet and cell."""
    begins = f"{MARK}|"
    for sheet in book.worksheets:
        said = said_in(sheet) if sheet.title != MAP else {}
        marked = [spot for spot, v in said.items() if v.__class__ is str and v.startswith(begins) and v.count("|") == 2]
        for row, column in sorted(marked):
            if row <= TOP and column <= LEFT:
                yield sheet, sheet.cell(row, column)


def _columns(sheet: Any, mark: Any, issued: IssuedTable | None, changes: list[Change]) -> dict[str, int]:
    """Return the columns of a table by name. issued: what alone counts, None where every name does."""
    found: dict[str, int] = {}
    for (cell,) in sheet.iter_cols(
        min_row=mark.row, max_row=mark.row, min_col=mark.column + 1, max_col=min(sheet.max_column, 2 * LEFT)
    ):
        text = cell.value
        if not isinstance(text, str) or not text:
            continue
        if text.startswith(f"{MARK}|"):
            break  # the next table beside it
        if issued is not None and text not in issued.columns:
            changes.append(Change("COLUMN_ADDED", sheet.title, cell.coordinate, found=text))
        elif issued is not None and text in found:
            changes.append(Change("COLUMN_TWICE", sheet.title, cell.coordinate, found=text))
        else:
            found.setdefault(text, cell.column)
    return found


def _by_name(book: Workbook, table: IssuedTable) -> Found | None:
    """Find a table by its defined name, which programs move along with the cells."""
    name = book.defined_names.get(f"XLPERF_T{table.number}")
    for title, area in name.destinations if name is not None else ():
        if title in book.sheetnames and "#" not in area:
            left, top, *_ = range_boundaries(area)
            column, row = left or 1, top or 1
            columns = {n: column + at for n, (at, _) in table.columns.items()}
            return Found(table.number, table.plan_sheet, book[title], row, column, columns, table)
    return None


def columns_and_rows(table: Found, changes: list[Change]) -> None:
    """Find the rows of a table, and name what is lost, moved, added or there twice."""
    issued = table.issued
    for name, (offset, _) in issued.columns.items() if issued is not None else ():
        at = table.columns.get(name)
        if at is None:
            changes.append(Change("COLUMN_LOST", table.sheet.title, wanted=name))
        elif at - table.column != offset:
            was = get_column_letter(table.column + offset)
            changes.append(Change("COLUMN_MOVED", table.sheet.title, found=get_column_letter(at), wanted=was))
    table.rows = dict(_rows(table, issued.rows if issued is not None else {}, changes))
    lost = [key for key in issued.rows if key not in table.rows] if issued is not None else []
    changes += [Change("ROW_LOST", table.sheet.title, wanted=key, table=table.plan_sheet) for key in lost]


def _rows(table: Found, wanted: Mapping[str, int], changes: list[Change]) -> Iterator[tuple[str, int]]:
    """List the rows of a table: key and row. A row without a key but with something typed is a change."""
    last = min(table.sheet.max_row, table.row + len(wanted) + ADDED)
    keys = [(row, _key(table, row)) for row in range(table.row + 1, last + 1)]
    end = max((row for row, key in keys if key in wanted), default=last)
    seen: set[str] = set()
    shift = table.row - (table.issued.row if table.issued is not None else NAMES + 1)
    moved = False
    for row, key in keys:
        where = f"{get_column_letter(table.column)}{row}"
        if not key:
            if table.row + HEAD - NAMES < row <= end and _has_content(table, row):
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


def _key(table: Found, row: int) -> str:
    value = table.said.get((row, table.column))
    return "" if value is None else str(value)


def _has_content(table: Found, row: int) -> bool:
    fill = (column for name, column in table.columns.items() if table.role(name) == "input")
    return not all(is_empty(table.said.get((row, column))) for column in fill)
