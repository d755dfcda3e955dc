"""One workbook being written: fixed options and dates, formats made once, saved in one move.

The same input gives the same bytes: no clock, no user name, formats numbered in the order of use.
"""

from __future__ import annotations

import io
import re
from datetime import datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, cast

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.packager import Packager
from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.worksheet import Worksheet

from xlperf.files import write_whole
from xlperf.formula.values import Value
from xlperf.workbook.layout import View
from xlperf.workbook.page import Page, SaidTexts, Spot
from xlperf.workbook.style import BODY_FONT, Properties
from xlperf.workbook.text import inert, worksheet_title
from xlperf.xlsx.addresses import letters

_WRITTEN = datetime(2020, 1, 1)
_ODD = re.compile("[\x00-\x1f&<>\ufffe\uffff]|_x")  # what is written as something else


Place = tuple[str, str]  # title of the worksheet, address of the cell


class SharedTexts(SharedStrings):  # type: ignore[misc]
    """The part of the texts that cells share; every text is a text.

    The library takes one that begins with <r> and ends with </r> for markup made by itself and writes it as it is.
    """

    def _xml_rich_si_element(self, string: str) -> None:
        self._xml_si_element(string, [])

    def _write_sst_strings(self) -> None:
        self.fh.write("".join(map(as_shared, self.string_table.string_array)))


@lru_cache(maxsize=20_000)
def as_shared(text: str) -> str:
    """Write a text as the library writes it among those that cells share; a plain one is asked of nobody."""
    if not _ODD.search(text) and text == text.strip():
        return f"<si><t>{text}</t></si>"
    maker = SharedTexts()
    maker.fh = io.StringIO()
    maker._write_si(text)  # noqa: SLF001 (so that it is the library's own way)
    return str(maker.fh.getvalue())


class _Packager(Packager):  # type: ignore[misc]
    def _write_shared_strings_file(self) -> None:
        texts = SharedTexts()
        texts.string_table = self.workbook.str_table
        if texts.string_table.count:
            texts._set_xml_writer(self._filename("xl/sharedStrings.xml"))  # noqa: SLF001 (the library has no other door)
            texts._assemble_xml_file()  # noqa: SLF001


class _Keeper(_Packager):
    """Keeps the parts and leaves nothing to be packed."""

    def __init__(self, found: list[tuple[str, bytes]]) -> None:
        super().__init__()
        self._found = found

    def _create_package(self) -> list[Any]:
        files = super()._create_package()
        self._found += [(name, made.getvalue() if raw else made.getvalue().encode()) for made, name, raw in files]
        return []


_HEADER_LINE = 60  # letters of a line above a page, A4 upright


class Titles:
    """The titles of the worksheets of one book, no two of them alike."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def title(self, text: str) -> str:
        """Take a worksheet title that no other worksheet of the book has."""
        title = worksheet_title(text, self._taken)
        self._taken.add(title.lower())
        return title


TO_READ = "xlperf"  # the category, among the properties of a workbook, of one that is for people to read


class Book(Titles):
    """A workbook with its formats, the titles it has used and the tables written so far.

    noting: whether it remembers which text was written when (`said`), so that others can be stamped from it. remembers:
    False for one that nobody asks what was written to it, and that takes less memory. to_read: whether it is for people
    to read, with nothing in it to calculate. caution: what stands above every printed page (see `Plan.caution`).
    """

    def __init__(
        self,
        title: str,
        issuer: str,
        keywords: str = "",
        *,
        noting: bool = False,
        remembers: bool = True,
        to_read: bool = False,
        caution: str = "",
    ) -> None:
        super().__init__()
        self._caution = caution
        self._remembers = remembers
        self._bytes = io.BytesIO()
        self.workbook = xlsxwriter.Workbook(self._bytes, _options())
        self.workbook._get_packager = _Packager  # noqa: SLF001 (the library's own place for another)
        self._said: list[str] | None = [] if noting else None
        if self._said is not None:
            self.workbook.str_table = SaidTexts(self._said)
        self.workbook.set_properties(
            {"title": inert(title), "author": inert(issuer), "keywords": keywords, "created": _WRITTEN}
            | ({"category": TO_READ} if to_read else {})
        )
        self.workbook.set_calc_mode("auto")
        self._formats: dict[frozenset[tuple[str, Any]], Format] = {}
        self._pages: dict[str, Page] = {}
        self.tables: list[tuple[View, tuple[str, ...]]] = []  # each with the keys of its rows

    def look(self, properties: Properties) -> Format:
        """Return the format with these properties."""
        said = frozenset(properties.items())
        found = self._formats.get(said)
        if found is None:
            found = self._formats[said] = self.workbook.add_format(properties)
        return found

    def sheet(self, title: str) -> Page:
        """Add a worksheet under a title taken before."""
        page = cast("Page", self.workbook.add_worksheet(title, Page))
        page.said, page.remembers = self._said, self._remembers
        page.workbook_add_format = None  # of no use to us; through it a book that is done would refer to itself
        if self._caution:
            page.set_header(_above(self._caution), {"scale_with_doc": False})
        self._pages[title] = page
        return page

    def formulas(self) -> dict[Place, tuple[str, str | float]]:
        """Return every formula written: text without `=`, and value."""
        pages = self._pages.items()
        return {(title, _address(*at)): found for title, page in pages for at, found in page.formulas.items()}

    def values(self, title: str) -> dict[str, str | float]:
        """Return every value that `put` wrote on a worksheet: address → value."""
        return {_address(*at): value for at, value in self._pages[title].values.items()}

    def locked(self) -> dict[str, dict[tuple[int, int], str | float]]:
        """Return what stands in the locked cells of every worksheet written so far."""
        return {title: page.locked for title, page in self._pages.items() if page.locked}

    def results(self) -> dict[Place, str | float]:
        """Return every result written as a plain value."""
        return {(title, cell): value for title, page in self._pages.items() for cell, value in page.results.items()}

    def said(self) -> list[str]:
        """Return every text in the order they were written, with those that were written again."""
        return self._said or []

    def order(self, title: str) -> dict[tuple[int, int], int]:
        """Return (row, column) counted from 0 → which of the texts said stands there."""
        return self._pages[title].order

    def spots(self, title: str) -> list[Spot]:
        """Return where values stand in the part of a worksheet, once there are parts."""
        return self._pages[title].spots

    def data(self) -> bytes:
        """Return the bytes of the book; nothing is written to it afterwards."""
        self.workbook.close()
        return self._bytes.getvalue()

    def parts(self) -> list[tuple[str, bytes]]:
        """Return the parts of the book, name and bytes, not packed; nothing is written to it afterwards."""
        found: list[tuple[str, bytes]] = []
        self.workbook._get_packager = partial(_Keeper, found)  # noqa: SLF001 (the library's own place for another)
        self.workbook.close()
        return found

    def save(self, file: Path) -> None:
        """Write the file in one move, so that a reader never meets half of it."""
        write_whole(file, self.data(), lasting=False)


def _above(caution: str) -> str:
    """Return a caution as the header of a page: two lines at most, of what a header may hold."""
    text = caution if len(caution) <= 2 * _HEADER_LINE else f"{caution[: 2 * _HEADER_LINE - 1]}…"
    lines = (text[:_HEADER_LINE], text[_HEADER_LINE:])
    return '&C&"宋体"&9' + "\n".join(line.replace("&", "&&") for line in lines if line)


def _options() -> dict[str, Any]:
    """Return the options, made anew each time because XlsxWriter writes into them."""
    return {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": BODY_FONT, "font_size": 11},
    }


def _address(row: int, column: int) -> str:
    return f"{letters(column)}{row + 1}"


def put(sheet: Worksheet, row: int, column: int, value: Value, look: Format) -> None:
    """Write one value as what it is: text as inert text, a number as a number, nothing as an empty cell."""
    if value is None:
        sheet.write_blank(row, column, None, look)
        return
    stands = cached(value)
    if isinstance(stands, str):
        sheet.write_string(row, column, stands, look)
    else:
        sheet.write_number(row, column, stands, look)
    if isinstance(sheet, Page) and sheet.remembers:
        sheet.values[row, column] = stands


def cached(value: Value) -> str | float:
    """Return what a formula cell stores as its value."""
    if value is None:
        return ""
    return inert(value) if isinstance(value, str) else float(value)


def protect(sheet: Worksheet) -> None:
    """Lock everything but the cells to fill, without a password; widths, heights and filters stay free."""
    sheet.protect("", {"format_columns": True, "format_rows": True, "autofilter": True, "sort": True})
