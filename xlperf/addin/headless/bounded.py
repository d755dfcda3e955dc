"""Whole columns and rows in formulas cut down to the part of the worksheet in use, before an engine sees them.

An engine takes `A:A` for a million cells. What a formula makes of the cells below the last used one may still
count (ROWS, COUNTBLANK, a criterion that empty cells meet): a book is therefore calculated under two bounds, and
where they differ the value is nobody's.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

from xlperf.xlsx.addresses import letters, row_and_column
from xlperf.xlsx.cached import with_formulas
from xlperf.xlsx.cells import cells_of
from xlperf.xlsx.parts import utf8, worksheets

Used = tuple[int, int]  # the last row and the last column in use, counted from 1

_WHOLE = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")"""
    r"""|(?P<title>'(?:[^']|'')*'!|[\w.\u0080-\uffff]+!)?(?<![\w.$:\u0080-\uffff])"""
    r"""(?:(?P<first>\$?[A-Za-z]{1,3}):(?P<last>\$?[A-Za-z]{1,3})|(?P<top>\$?[0-9]{1,7}):(?P<end>\$?[0-9]{1,7}))"""
    r"""(?![\w.(:!\u0080-\uffff])"""
)


def looks_at_whole(formula: str) -> bool:
    """Return whether a formula looks at a whole column or row."""
    return any(match["text"] is None for match in _WHOLE.finditer(formula))


def used_parts(book: Path) -> dict[str, Used]:
    """Return how far each worksheet is in use, by its title in capitals."""
    found: dict[str, Used] = {}
    with zipfile.ZipFile(book) as parts:
        for title, part in worksheets(parts).items():
            rows = columns = 1
            for cell in cells_of(utf8(parts.read(part))):
                if cell.value is not None or cell.inline is not None or cell.formula is not None:
                    row, column = row_and_column(cell.at)
                    rows, columns = max(rows, row), max(columns, column)
            found[title.upper()] = (rows, columns)
    return found


def bounded(formula: str, title: str, used: Mapping[str, Used], beyond: int) -> str:
    """Return a formula (without its =) with ranges in the place of whole columns and rows.

    title: of the worksheet it stands on. beyond: how many empty rows or columns the ranges take along.
    """

    def put(match: re.Match[str]) -> str:
        if match["text"] is not None:
            return match[0]
        sheet = match["title"] or ""
        name = sheet[1:-2].replace("''", "'") if sheet.startswith("'") else sheet[:-1]
        rows, columns = used.get((name or title).upper(), (1, 1))
        if match["first"] is not None:
            return f"{sheet}{match['first']}$1:{match['last']}${rows + beyond}"
        return f"{sheet}$A{match['top']}:${letters(columns + beyond - 1)}{match['end']}"

    return _WHOLE.sub(put, formula)


def write_bounded(book: Path, to: Path, beyond: int) -> Path:
    """Write a copy of a workbook in which no formula looks at a whole column or row."""
    used = used_parts(book)
    to.write_bytes(with_formulas(book, lambda title, text: bounded(text, title, used, beyond)))
    return to
