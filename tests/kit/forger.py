"""A forger with a genuine book of its own: what it changes in the hidden map, marks, keys, names and worksheets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xlperf.xlsx.skeleton import BODY, HEAD, MAP, MARK, NAMES

SELF, CLAIMS = "自评表", "加减分申报"
Forgery = Callable[[Workbook], None]


def forged(file: Path, forgery: Forgery) -> Path:
    """Apply a forgery to a book in place."""
    book = openpyxl.load_workbook(file)
    forgery(book)
    book.save(file)
    return file


def row_of(sheet: Worksheet, key: str) -> int:
    """Return the row of a table by its hidden key."""
    return next(c.row for c in sheet["A"] if c.value == key)


def column_of(sheet: Worksheet, name: str) -> int:
    """Return the column of a table by its machine name."""
    return next(c.column for c in sheet[NAMES + 1] if c.value == name)


def number_of(sheet: Worksheet) -> str:
    """Return the number of the table of a worksheet."""
    return str(sheet.cell(NAMES + 1, 1).value).split("|")[2]


def opens(book: Workbook, title: str, name: str, value: object, key: str = "+1") -> None:
    """Add a column to a table, in the map too, as one to be filled; write a value into a row of it."""
    sheet = book[title]
    at = sheet.max_column + 1
    sheet.cell(NAMES + 1, at).value = name
    sheet.cell(HEAD + 1, at).value = name
    sheet.cell(row_of(sheet, key), at).value = value
    letter = get_column_letter(at)
    book[MAP].append(["column", number_of(sheet), name, letter, "input"])


def claim_approved(book: Workbook) -> None:
    """Fill a claim and approve it: columns of the office, opened in the map."""
    sheet = book[CLAIMS]
    row = row_of(sheet, "+1")
    sheet.cell(row, column_of(sheet, "item")).value = "国家级表彰"
    sheet.cell(row, column_of(sheet, "points")).value = 5
    opens(book, CLAIMS, "approved", 5)


def rows_of_its_own(table: str, **cells: object) -> Forgery:
    """Make the table of claims say that it is another table, with columns of the forger's choice."""

    def forgery(book: Workbook) -> None:
        sheet = book[CLAIMS]
        number = number_of(sheet)
        sheet.cell(NAMES + 1, 1).value = f"{MARK}|{table}|{number}"
        for at, (name, value) in enumerate(cells.items(), 2):
            sheet.cell(NAMES + 1, at).value = name
            sheet.cell(row_of(sheet, "+1"), at).value = value
            book[MAP].append(["column", number, name, get_column_letter(at), "input"])
        for line in book[MAP].iter_rows(min_row=2):
            if [line[0].value, line[1].value] == ["table", number]:
                line[2].value = table

    return forgery


def row_gone(key: str) -> Forgery:
    """Delete a row, in the map too."""

    def forgery(book: Workbook) -> None:
        book[SELF].delete_rows(row_of(book[SELF], key))
        lines = book[MAP]
        lines.delete_rows(
            next(line[0].row for line in lines.iter_rows() if [c.value for c in line[:3:2]] == ["row", key])
        )

    return forgery


def column_gone(name: str) -> Forgery:
    """Delete a column, in the map too."""

    def forgery(book: Workbook) -> None:
        book[SELF].delete_cols(column_of(book[SELF], name))
        lines = book[MAP]
        lines.delete_rows(
            next(line[0].row for line in lines.iter_rows() if [c.value for c in line[:3:2]] == ["column", name])
        )

    return forgery


def table_gone(book: Workbook) -> None:
    """Delete the worksheet that the unit is judged by, in the map too."""
    number = number_of(book[SELF])
    del book[SELF]
    del book.defined_names[f"XLPERF_T{number}"]
    for line in list(book[MAP].iter_rows(min_row=2))[::-1]:
        if line[1].value == number:
            book[MAP].delete_rows(line[0].row)


def copied(name: str, value: object) -> Forgery:
    """Copy the worksheet of a table and write other numbers into the copy."""

    def forgery(book: Workbook) -> None:
        copy = book.copy_worksheet(book[SELF])
        copy.cell(BODY + 1, column_of(copy, name)).value = value

    return forgery


def renamed_key(was: str, now: str) -> Forgery:
    """Give a row another key, in the map too."""

    def forgery(book: Workbook) -> None:
        sheet = book[SELF]
        sheet.cell(row_of(sheet, was), 1).value = now
        for line in book[MAP].iter_rows(min_row=2):
            if [line[0].value, line[2].value] == ["row", was]:
                line[2].value = now

    return forgery


def heading(name: str, text: str) -> Forgery:
    """Write another heading over a column."""

    def forgery(book: Workbook) -> None:
        book[SELF].cell(HEAD + 1, column_of(book[SELF], name)).value = text

    return forgery
