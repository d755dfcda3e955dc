"""What the cell formats of a returned book say of numbers: how they are shown, and whether they are days."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from openpyxl.styles.numbers import BUILTIN_FORMATS_MAX_SIZE, builtin_format_code
from openpyxl.styles.stylesheet import Stylesheet
from openpyxl.xml.functions import fromstring

_SMALL = 200_000  # bytes of a part whose formats are remembered; many large ones would fill a reader


class Look(NamedTuple):
    """A cell format. number_format: as openpyxl gives it. is_date, is_span: whether numbers are days, spans."""

    number_format: str
    is_date: bool
    is_span: bool


def looks_of(data: bytes) -> tuple[Look, ...]:
    """Return the cell formats of a book, read by openpyxl; once for all books that one program saved.

    data: the part. Nothing where there are none. A format that is named and not there shows a number as it is.
    """
    return _known(data) if len(data) <= _SMALL else _looks(data)


def _looks(data: bytes) -> tuple[Look, ...]:
    root: Any = fromstring(data)
    sheet: Any = Stylesheet.from_tree(root)
    own = dict(enumerate(sheet.number_formats, BUILTIN_FORMATS_MAX_SIZE))
    found = []
    for number, style in enumerate(sheet.cell_styles):
        kind = style.numFmtId
        shown = own.get(kind, "General") if kind >= BUILTIN_FORMATS_MAX_SIZE else builtin_format_code(kind)
        found.append(Look(str(shown), number in sheet.date_formats, number in sheet.timedelta_formats))
    return tuple(found)


_known = lru_cache(maxsize=64)(_looks)
