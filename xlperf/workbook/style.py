"""How the workbooks look: fonts, colours, number formats and print set-up after GB/T 9704.

Formats are plain mappings of XlsxWriter properties; `book.Book` turns each into one format object.
Meaning never hangs on colour alone: what is closed is also struck through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
SMALLEST = 0.62  # below this scale a page is not read with ease; then A3

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


def body_look(column: Column, *, open_: bool, tight: bool = False) -> Properties:
    """Return the look of a body cell of a column; open_: somebody fills it here; tight: in narrow columns."""
    look = {**FRAMED, "locked": not open_, "num_format": number_format(column, tight=tight)}
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


def number_format(column: Column, *, tight: bool = False) -> str:
    """Return the number format of a column; it never hides what was typed.

    tight: two decimals of a result instead of up to four; the cell still holds all of them.
    """
    if column.holds == "date":
        return "yyyy-mm-dd"
    if column.holds == "text":
        return "General"
    if column.shown is not None:
        return "0" if column.shown == 0 else "0." + "0" * column.shown
    if column.expr is None or counts(column.expr):
        return "General"
    return "0.00" if tight else "0.00##"


def counts(e: Expr) -> bool:
    """Tell whether an expression gives whole numbers: a place, a count, a number of places."""
    return root(e).op in ("rank", "count", "floor", "ceiling", "via")


@dataclass(frozen=True)
class Paper:
    """A sheet of paper and how it lies."""

    size: int = A4
    landscape: bool = True


def paper_for(widths: Sequence[float]) -> Paper:
    """Return A4 landscape, or A3 where A4 would shrink the type too far."""
    return Paper(A4 if FULL_LINE / max(sum(widths), 1) >= SMALLEST else A3)


def stretched(widths: Sequence[float], elastic: Sequence[bool], line: float = FULL_LINE) -> list[float]:
    """Widen the elastic columns until the table fills the line, then all of them where it is still narrow.

    The title and the lines above a table need room even where the table has few columns.
    """
    found = _widened(widths, elastic, line, 70.0)
    return _widened(found, [w > 0 for w in found], NARROWEST, 40.0) if sum(found) < NARROWEST else found


def _widened(widths: Sequence[float], elastic: Sequence[bool], line: float, most: float) -> list[float]:
    room = line - sum(widths)
    base = sum(w for w, e in zip(widths, elastic, strict=True) if e)
    if room <= 0 or base <= 0:
        return list(widths)
    return [max(w, min(w + room * w / base, most)) if e else w for w, e in zip(widths, elastic, strict=True)]


def print_set_up(sheet: Worksheet, paper: Paper, repeat: tuple[int, int] | None = None) -> None:
    """Set a worksheet up for printing: one page wide, header rows repeated, the page number below."""
    sheet.set_paper(paper.size)
    if paper.landscape:
        sheet.set_landscape()
    else:
        sheet.set_portrait()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.center_horizontally()
    sheet.set_footer('&C&"宋体"&12— &P —')
    if repeat is not None:
        sheet.repeat_rows(*repeat)
    sheet.hide_gridlines(2)
