"""True cached values in a copy of a workbook, without touching anything else in it.

A value is put beside its formula in the worksheet's own text, so that styles, comments, buttons and
parts that no library knows stay as they were. Standard library only.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from xlperf.files import write_whole
from xlperf.formula.values import ERRORS, day_number

Place = tuple[str, str]  # worksheet, cell
_TAG = re.compile(r"<[^>]*>")
_CELL = re.compile(r'<c\b((?:[^>"/]|"[^"]*")*)(?:/>|>(.*?)</c>)', re.S)
_FORMULA = re.compile(r"<f\b[^>]*?/>|<f\b.*?</f>", re.S)
_AT = re.compile(r'\br="([A-Z]+[0-9]+)"')
_TYPE = re.compile(r'\s+t="[^"]*"')


def formulas_of(book: Path) -> dict[Place, str]:
    """Return the text of every formula of a workbook; of a shared formula only the first cell has it."""
    found: dict[Place, str] = {}
    with zipfile.ZipFile(book) as parts:
        for title, part in worksheets(parts).items():
            for attributes, inside in _cells(parts.read(part).decode()):
                text = _FORMULA.search(inside)
                at = _AT.search(attributes)
                if text is not None and at is not None:
                    found[title, at[1]] = unescape(_TAG.sub("", text[0]))
    return found


def _cells(text: str) -> Iterator[tuple[str, str]]:
    for match in _CELL.finditer(text):
        if match[2] is not None:
            yield match[1], match[2]


def worksheets(parts: zipfile.ZipFile) -> dict[str, str]:
    """Return the part that holds each worksheet, by its title."""
    rels = _attributes(parts.read("xl/_rels/workbook.xml.rels").decode(), "Relationship")
    targets = {rel["Id"]: rel["Target"] for rel in rels}
    found = {}
    for sheet in _attributes(parts.read("xl/workbook.xml").decode(), "sheet"):
        target = targets[next(value for name, value in sheet.items() if name.endswith(":id"))]
        found[sheet["name"]] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _attributes(text: str, element: str) -> Iterator[dict[str, str]]:
    """Visit the attributes of every element of a name; nothing of the file is resolved or fetched."""
    for match in re.finditer(rf"<(?:\w+:)?{element}\s([^>]*)>", text):
        yield {name: unescape(value) for name, value in re.findall(r'([\w:]+)="([^"]*)"', match[1])}


def with_formulas(book: Path, rewritten: Callable[[str], str]) -> bytes:
    """Return the bytes of a copy in which every formula is written anew; shared and array formulas stay such."""

    def put(match: re.Match[str]) -> str:
        text = _TAG.sub("", match[0])
        opening = match[0][: match[0].index(">") + 1]
        return match[0] if not text else f"{opening}{escape(rewritten(unescape(text)))}</f>"

    copy = BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as new:
        parts = set(worksheets(old).values())
        for info in old.infolist():
            data = old.read(info)
            new.writestr(info.filename, _FORMULA.sub(put, data.decode()) if info.filename in parts else data)
    return copy.getvalue()


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
                data = _patched(data.decode(), titles[info.filename], values).encode()
            new.writestr(info, data)
    write_whole(out, made.getvalue())


def _patched(text: str, title: str, values: Mapping[Place, Any]) -> str:
    def put(match: re.Match[str]) -> str:
        formula, at = _FORMULA.search(match[2] or ""), _AT.search(match[1])
        if at is None or (title, at[1]) not in values:
            return match[0]
        kind, shown = _shown(values[title, at[1]])
        if formula is None and values[title, at[1]] is None:
            return f"<c{_TYPE.sub('', match[1])}/>"
        return f"<c{_TYPE.sub('', match[1])}{kind}>{formula[0] if formula else ''}<v>{shown}</v></c>"

    return _CELL.sub(put, text)


def _shown(value: Any) -> tuple[str, str]:
    if isinstance(value, bool):
        return ' t="b"', str(int(value))
    if isinstance(value, datetime):
        return "", str(day_number(value.date()))
    if isinstance(value, int | float):
        return "", repr(value)
    text = "" if value is None else str(value)
    return (' t="e"', text) if text in ERRORS else (' t="str"', escape(text))
