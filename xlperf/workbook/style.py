"""How the workbooks look: fonts, colours, number formats and print set-up after GB/T 9704.

Formats are plain mappings of XlsxWriter properties; `book.Book` turns each into one format object.
Meaning never hangs on colour alone: what is closed is also struck through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from xlsxwriter.worksheet import Worksheet

from xlperf.engine.plan import Column
from xlperf.formula.expression import Expr, root

Properties = dict[str, Any]

BODY_FONT, TITLE_FONT = "仿宋", "宋体"
FILL_IN, HEADING, CLOSED = "#FFF8DC", "#E8E8E8", "#E4E4E4"
A3, A4 = 8, 9
FULL_LINE = 138.0  # half-width characters across a landscape A4 page at 11 points
NARROWEST = 115.0  # room for the title and the lines above a table
PADDING = 0.72  # what the edges of a column take, in characters
A3_WIDER = 1.46  # how much more an A3 page takes
SMALLEST = 0.62  # below this scale an A4 page is not read with ease; then A3
SMALLEST_A3 = 0.52  # below this scale an A3 page is not either; then several
SPLIT_SCALE = 0.7

NAMED: Properties = {"font_scheme": "none"}  # else Excel shows the theme's font instead of the one named
BASE: Properties = {**NAMED, "font_name": BODY_FONT, "font_size": 11, "valign": "vcenter"}
FRAMED: Properties = {**BASE, "border": 1, "border_color": "#808080"}
TITLE_LOOK: Properties = {
    **NAMED,
    "font_name": TITLE_FONT, "font_size": 20, "bold": True, "align": "center", "valign": "vcenter",
}  # fmt: skip
LEFT: Properties = {"align": "left", "indent": 1}
UNDER_LOOK: Properties = {**BASE, "align": "left"}
STATE_LOOK: Properties = {**BASE, "bold": True, "font_size": 12, "align": "left", "text_wrap": True}
HEAD_LOOK: Properties = {**FRAMED, "bold": True, "align": "center", "text_wrap": True, "bg_color": HEADING}
BASIS_LOOK: Properties = {
    **FRAMED, "font_size": 8, "align": "center", "text_wrap": True, "font_color": "#404040", "bg_color": "#F6F6F6",
}  # fmt: skip
CLOSED_LOOK: Properties = {**FRAMED, "bg_color": CLOSED, "diag_type": 1, "diag_border": 1, "diag_color": "#808080"}
TEXT_LOOK: Properties = {**BASE, "text_wrap": True, "align": "left", "valign": "top"}
CELL_TEXT: Properties = {**FRAMED, "text_wrap": True, **LEFT}
CELL_CENTER: Properties = {**FRAMED, "align": "center", "text_wrap": True}


def body_look(column: Column, *, open_: bool, tight: bool = False, whole: bool = False) -> Properties:
    """Return the look of a body cell of a column.

    open_: somebody fills it here. tight, whole: see `number_format`.
    """
    look = {**FRAMED, "locked": not open_, "num_format": number_format(column, tight=tight, whole=whole)}
    if open_:
        look["bg_color"] = FILL_IN
    if column.holds == "text":
        look |= {"text_wrap": True, **(LEFT if is_long(column) else {"align": "center"})}
        look["num_format"] = "@" if open_ else "General"
    else:
        look["align"] = "center"
    return look


def is_long(column: Column) -> bool:
    """Tell whether a text column holds sentences: then it stands left and takes the room that is left."""
    return column.holds == "text" and (column.width or 0) >= 20


def number_format(column: Column, *, tight: bool = False, whole: bool = False) -> str:
    """Return the number format of a column; it never hides what was typed.

    tight: two decimals of a result instead of up to four; the cell still holds all of them. whole: the
    results are whole numbers now.
    """
    if column.holds == "date":
        return "yyyy-mm-dd"
    if column.holds == "text":
        return "General"
    if column.shown is not None:
        return "0" if column.shown == 0 else "0." + "0" * column.shown
    if column.expr is None or whole or counts(column.expr):
        return "General"
    return "0.00" if tight else "0.00##"


def counts(e: Expr) -> bool:
    """Tell whether an expression gives whole numbers: a place, a count, a number of places."""
    return root(e).op in ("rank", "count", "floor", "ceiling", "via")


@dataclass(frozen=True)
class Paper:
    """A sheet of paper and how it lies.

    breaks: the columns (counted from 0) that begin a further page, for tables no single page can hold; they
    are then printed at `SPLIT_SCALE`.
    """

    size: int = A4
    landscape: bool = True
    breaks: tuple[int, ...] = ()


def paper_for(widths: Sequence[float], repeated: int) -> Paper:
    """Return A4 landscape, A3 where A4 would shrink the type too far, several A3 pages where that would too.

    widths: of the columns from column B on, 0 where hidden. repeated: the first column that is not printed
    on every page.
    """
    printed = [w + PADDING if w else 0.0 for w in widths]
    total = max(sum(printed), 1)
    if FULL_LINE / total >= SMALLEST:
        return Paper()
    if FULL_LINE * A3_WIDER / total >= SMALLEST_A3:
        return Paper(A3)
    kept, rest = printed[: repeated - 1], printed[repeated - 1 :]
    room = FULL_LINE * A3_WIDER / SPLIT_SCALE * 0.95 - sum(kept)  # slack: fonts differ
    share = sum(rest) / ceil(sum(rest) / room)  # pages alike, not one full and one almost empty
    breaks, used = [], 0.0
    for column, width in enumerate(rest, repeated):
        if used + width > min(share + 6, room):
            breaks.append(column)
            used = 0.0
        used += width
    return Paper(A3, breaks=tuple(breaks))


def stretched(widths: Sequence[float], elastic: Sequence[bool], line: float = FULL_LINE) -> list[float]:
    """Widen the elastic columns until the table fills the line, then all of them where it is still narrow.

    The title and the lines above a table need room even where the table has few columns.
    """
    found = _widened(widths, elastic, line, 70.0)
    return _widened(found, [w > 0 for w in found], NARROWEST, 40.0) if sum(found) < NARROWEST else found


def _widened(widths: Sequence[float], elastic: Sequence[bool], line: float, most: float) -> list[float]:
    room = line - sum(w + PADDING for w in widths if w)
    base = sum(w for w, e in zip(widths, elastic, strict=True) if e)
    if room <= 0 or base <= 0:
        return list(widths)
    return [max(w, min(w + room * w / base, most)) if e else w for w, e in zip(widths, elastic, strict=True)]


def print_set_up(
    sheet: Worksheet, paper: Paper, repeat: tuple[int, int] | None = None, columns: tuple[int, int] | None = None
) -> None:
    """Set a worksheet up for printing: one page wide, header rows repeated, the page number below.

    repeat, columns: rows and columns printed on every page; columns only where the paper has breaks.
    """
    sheet.set_paper(paper.size)
    if paper.landscape:
        sheet.set_landscape()
    else:
        sheet.set_portrait()
    if paper.breaks and columns is not None:
        sheet.set_print_scale(round(SPLIT_SCALE * 100))
        sheet.set_v_pagebreaks(list(paper.breaks))
        sheet.repeat_columns(*columns)
    else:
        sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.center_horizontally()
    sheet.set_footer('&C&"宋体"&12— &P —')
    if repeat is not None:
        sheet.repeat_rows(*repeat)
    sheet.hide_gridlines(2)
