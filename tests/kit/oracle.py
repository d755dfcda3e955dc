"""What a returned book shows to a reader that shares no code with the program: zip and XML of the standard library.

A table begins below the corner that says `xlperf|table|number`, or that a name of the workbook gives where somebody
wrote over it; names stand beside the corner, keys below it. That is all the oracle knows: no record, no map, no seal.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from io import BytesIO
from xml.etree import ElementTree

Spot = tuple[str, str, str]  # table, key of the row, name of the column
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
LEAD = "xlperf|"
_NAMED = re.compile(r"(.+)!\$([A-Z]+)\$([0-9]+)")
_AT = re.compile(r"([A-Z]+)([0-9]+)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def seen_in(data: bytes, corners: Mapping[str, str] | None = None) -> dict[Spot, set[str]]:
    """Return every value that stands at a spot of a table, on whatever worksheet; "" where nothing stands.

    corners: what stood in the corner of the table with a number; nothing where a table is known by its corner alone.
    """
    found: dict[Spot, set[str]] = {}
    with zipfile.ZipFile(BytesIO(data)) as book:
        names = book.namelist()
        texts = _texts(book.read("xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in names else []
        for title, part in _worksheets(book):
            rows = _grid(book.read(part), texts) if part in names else {}
            for number, row, column in _named_corners(book, title):
                corner = (corners or {}).get(number, "")
                if corner and not rows.get(row, {}).get(column, "").startswith(LEAD):
                    rows.setdefault(row, {})[column] = corner
            for spot, text in _tables(rows):
                found.setdefault(spot, set()).add(text)
    return found


def corners_in(data: bytes) -> dict[str, str]:
    """Return what stands in the corners of the tables of a book that nobody spoiled, by number."""
    with zipfile.ZipFile(BytesIO(data)) as book:
        texts = _texts(book.read("xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in book.namelist() else []
        grids = [_grid(book.read(part), texts) for _, part in _worksheets(book)]
    marks = (t for rows in grids for cells in rows.values() for t in cells.values() if t.startswith(LEAD))
    return {t.split("|")[2]: t for t in marks}


def _named_corners(book: zipfile.ZipFile, title: str) -> Iterator[tuple[str, int, int]]:
    """List the tables whose name in the workbook gives a place on a worksheet: number, row, column."""
    for name in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{_S}definedName"):
        at = _NAMED.match(name.text or "")
        if name.get("name", "").startswith("XLPERF_T") and at is not None and at[1].strip("'") == title:
            yield name.get("name", "").removeprefix("XLPERF_T"), int(at[3]), _column(at[2])


def _worksheets(book: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """List the titles and parts of the worksheets that the workbook names, whether or not the book has them."""
    links = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for sheet in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{_S}sheet"):
        target = targets.get(sheet.get(_ID), "")
        yield sheet.get("name", ""), target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _texts(data: bytes) -> list[str]:
    return ["".join(t.text or "" for t in si.iter(f"{_S}t")) for si in ElementTree.fromstring(data)]


def _grid(data: bytes, texts: list[str]) -> dict[int, dict[int, str]]:
    """Return what the cells of a worksheet show, by row and column; nothing where no program could read it."""
    rows: dict[int, dict[int, str]] = {}
    try:
        cells = list(ElementTree.fromstring(data).iter(f"{_S}c"))
    except ElementTree.ParseError:
        return rows
    for cell in cells:
        at = _AT.fullmatch(cell.get("r", ""))
        shown = cell.findtext(f"{_S}v") or ""
        if cell.get("t") == "s" and shown:
            shown = texts[int(shown)]
        elif cell.get("t") == "inlineStr":  # one text at most, says the format
            inside = cell.find(f"{_S}is")
            shown = "" if inside is None else "".join(t.text or "" for t in inside.iter(f"{_S}t"))
        if at is not None:
            rows.setdefault(int(at[2]), {})[_column(at[1])] = shown
    return rows


def _column(letters: str) -> int:
    return sum((ord(c) - 64) * 26**i for i, c in enumerate(reversed(letters)))


def _tables(rows: dict[int, dict[int, str]]) -> Iterator[tuple[Spot, str]]:
    for top in sorted(rows):
        corners = [(c, t.split("|")) for c, t in sorted(rows[top].items()) if t.startswith(LEAD)]
        for column, (_, table, *_) in corners:
            end = min((c for c, _ in corners if c > column), default=1 << 20)
            for row in (r for r in sorted(rows) if r > top and rows[r].get(column)):
                for at, name in rows[top].items():
                    if column < at < end and name:
                        yield (table, rows[row][column], name), rows[row].get(at, "")


def same(taken: str, shown: str) -> bool:
    """Return whether what was taken from a cell is what it shows: a number, a day, a text."""
    taken, shown = (unicodedata.normalize("NFKC", t).strip() for t in (taken, shown))
    if " ".join(taken.split()) == " ".join(shown.split()):
        return True
    try:
        number = Decimal(shown.removesuffix("分").strip())
        if _DAY.fullmatch(taken):
            return date.fromisoformat(taken) == date(1899, 12, 30) + timedelta(days=int(number))
        return float(number) == float(Decimal(taken))
    except (InvalidOperation, ValueError, OverflowError):
        return False
