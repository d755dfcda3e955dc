"""What the cell formats of a returned book say of numbers: how they are shown, and whether they are days."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from openpyxl.styles.numbers import BUILTIN_FORMATS_MAX_SIZE, builtin_format_code
from openpyxl.styles.stylesheet import Stylesheet
from openpyxl.xml.functions import fromstring


@dataclass(frozen=True)
class Look:
    """A cell format. number_format: as openpyxl gives it. is_date, is_span: whether numbers are days, spans."""

    number_format: str
    is_date: bool
    is_span: bool


@lru_cache(maxsize=64)
def looks_of(data: bytes) -> tuple[Look, ...]:
    """Return the cell formats of a book, read by openpyxl; once for all books that one program saved.

    data: the part. ValueError where there are none.
    """
    root: Any = fromstring(data)
    sheet: Any = Stylesheet.from_tree(root)
    if not sheet.cell_styles:
        raise ValueError("no cell formats")
    found = []
    for number, style in enumerate(sheet.cell_styles):
        own = style.numFmtId - BUILTIN_FORMATS_MAX_SIZE
        shown = sheet.number_formats[own] if own >= 0 else builtin_format_code(style.numFmtId)
        found.append(Look(str(shown), number in sheet.date_formats, number in sheet.timedelta_formats))
    return tuple(found)
