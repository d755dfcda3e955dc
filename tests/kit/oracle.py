"""What a returned book shows to a reader that shares no code with the program: zip and XML of the standard library.

A table begins below the corner that says `xlperf|table|number`; names stand beside the corner, keys below it. That is
all the oracle knows: no record, no map, no seal.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from io import BytesIO
from xml.etree import ElementTree

Spot = tuple[str, str, str]  # table, key of the row, name of the column
_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_AT = re.compile(r"([A-Z]+)([0-9]+)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def seen_in(data: bytes) -> dict[Spot, set[str]]:
    """Return every value that stands at a spot of a table, on whatever worksheet; "" where nothing stands."""
    found: dict[Spot, set[str]] = {}
    with zipfile.ZipFile(BytesIO(data)) as book:
        names = book.namelist()
        texts = _texts(book.read("xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in names else []
        for part in (p for p in _worksheets(book) if p in names):
            for spot, text in _tables(_grid(book.read(part), texts)):
                found.setdefault(spot, set()).add(text)
    return found


def _worksheets(book: zipfile.ZipFile) -> Iterator[str]:
    """List the parts of the worksheets that the workbook names; what is no part of the book shows nothing."""
    links = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for sheet in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{_S}sheet"):
        target = targets.get(sheet.get(_ID), "")
        yield target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _texts(data: bytes) -> list[str]:
    return ["".join(t.text or "" for t in si.iter(f"{_S}t")) for si in ElementTree.fromstring(data)]


def _grid(data: bytes, texts: list[str]) -> dict[int, dict[int, str]]:
    """Return what the cells of a worksheet show, by row and column."""
    rows: dict[int, dict[int, str]] = {}
    for cell in ElementTree.fromstring(data).iter(f"{_S}c"):
        at = _AT.fullmatch(cell.get("r", ""))
        shown = cell.findtext(f"{_S}v") or ""
        if cell.get("t") == "s" and shown:
            shown = texts[int(shown)]
        elif cell.get("t") == "inlineStr":
            shown = "".join(t.text or "" for t in cell.iter(f"{_S}t"))
        if at is not None:
            column = sum((ord(c) - 64) * 26**i for i, c in enumerate(reversed(at[1])))
            rows.setdefault(int(at[2]), {})[column] = shown
    return rows


def _tables(rows: dict[int, dict[int, str]]) -> Iterator[tuple[Spot, str]]:
    for top in sorted(rows):
        corners = [(c, t.split("|")) for c, t in sorted(rows[top].items()) if t.startswith("xlperf|")]
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
