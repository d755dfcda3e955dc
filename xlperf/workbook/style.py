"""How the workbooks look: fonts, colours, number formats after GB/T 9704.

Formats are plain mappings of XlsxWriter properties; `book.Book` turns each into one format object.
Meaning never hangs on colour alone: what is closed is also struck through.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlperf.engine.plan import Column
from xlperf.workbook.paper import PADDING, ROOM

Properties = dict[str, Any]

PERCENT, MONEY = "%", "元"  # what results may be counted in
BODY_FONT, TITLE_FONT = "仿宋", "宋体"
FILL_IN, HEADING, CLOSED = "#FFF8DC", "#E8E8E8", "#E4E4E4"
WIDE = 138.0  # half-width characters that a table takes where it has long text; a page shrinks it a little
TITLE_LETTER = 1.7  # widths of a letter of the text that one of a title takes, made a little smaller
NARROWEST = 115.0  # room for the title and the lines above a table

NAMED: Properties = {"font_scheme": "none"}  # else Excel shows the theme's font instead of the one named
BASE: Properties = {**NAMED, "font_name": BODY_FONT, "font_size": 11, "valign": "vcenter"}
FRAMED: Properties = {**BASE, "border": 1, "border_color": "#808080"}
TITLE_LOOK: Properties = {
    **NAMED,
    "font_name": TITLE_FONT, "font_size": 20, "bold": True, "align": "center", "valign": "vcenter", "shrink": True,
}  # fmt: skip
LEFT: Properties = {"align": "left", "indent": 1}
UNDER_LOOK: Properties = {**BASE, "align": "left"}
STATE_LOOK: Properties = {**BASE, "bold": True, "font_size": 12, "align": "left", "text_wrap": True}
HEAD_LOOK: Properties = {**FRAMED, "bold": True, "align": "center", "text_wrap": True, "bg_color": HEADING}
BASIS_LOOK: Properties = {
    **FRAMED, "align": "center", "text_wrap": True, "font_color": "#404040", "bg_color": "#F6F6F6",
}  # fmt: skip
CLOSED_LOOK: Properties = {**FRAMED, "bg_color": CLOSED, "diag_type": 1, "diag_border": 1, "diag_color": "#808080"}
CAUTION_LOOK: Properties = {**FRAMED, "bold": True, "align": "left", "text_wrap": True, "font_color": "#C00000"}
TEXT_LOOK: Properties = {**BASE, "text_wrap": True, "align": "left", "valign": "top"}
CELL_TEXT: Properties = {**FRAMED, "text_wrap": True, **LEFT}
CELL_CENTER: Properties = {**FRAMED, "align": "center", "text_wrap": True}


def body_look(
    column: Column, *, open_: bool, tight: bool = False, whole: bool = False, long: bool = False
) -> Properties:
    """Return the look of a body cell of a column.

    open_: somebody fills it here. tight, whole, long: see `number_format`.
    """
    look = {**FRAMED, "locked": not open_, "num_format": number_format(column, tight=tight, whole=whole, long=long)}
    if open_:
        look["bg_color"] = FILL_IN
    if column.holds == "text":
        look |= {"text_wrap": True, **(LEFT if column.is_prose else {"align": "center"})}
        look["num_format"] = "@" if open_ else "General"
    else:
        look["align"] = "center"
    return look


def number_format(column: Column, *, tight: bool = False, whole: bool = False, long: bool = False) -> str:
    """Return the number format of a column; it never hides what was typed.

    tight: two decimals of a result instead of up to four; the cell still holds all of them. whole: the
    results are whole numbers. long: some have more than two decimals, so that all are shown with four.
    """
    if column.holds == "date":
        return "yyyy-mm-dd"
    if column.holds == "text":
        return "General"
    if column.measure == PERCENT and column.expr is not None:  # the value stays a share: 0.15 is shown as 15%
        return _zeros(column.shown - 2 if column.shown is not None else 0 if whole else 2) + "%"
    if column.shown is not None:
        return _zeros(column.shown)
    if column.expr is None or whole:
        return "General"
    return "0.00" if tight else "0.0000" if long else "0.00##"


def _zeros(decimals: int) -> str:
    return "0." + "0" * decimals if decimals > 0 else "0"


def stretched(widths: Sequence[float], elastic: Sequence[bool], line: float = WIDE) -> list[float]:
    """Widen the elastic columns until the table fills the line, then all of them where it is still narrow.

    The title and the lines above a table need room even where the table has few columns.
    """
    found = _widened(_narrowed(widths, elastic), elastic, line, 70.0)
    return _widened(found, [w > 0 for w in found], NARROWEST, 40.0) if sum(found) < NARROWEST else found


def _narrowed(widths: Sequence[float], elastic: Sequence[bool]) -> list[float]:
    """Narrow the elastic columns by a third at most, where that spares a larger page or a further one."""
    total, base = sum(w + PADDING for w in widths if w), sum(w for w, e in zip(widths, elastic, strict=True) if e)
    for room in ROOM:
        over = total - room
        if 0 < over <= base / 3:
            return [w - over * w / base if e else w for w, e in zip(widths, elastic, strict=True)]
    return list(widths)


def _widened(widths: Sequence[float], elastic: Sequence[bool], line: float, most: float) -> list[float]:
    room = line - sum(w + PADDING for w in widths if w)
    base = sum(w for w, e in zip(widths, elastic, strict=True) if e)
    if room <= 0 or base <= 0:
        return list(widths)
    return [max(w, min(w + room * w / base, most)) if e else w for w, e in zip(widths, elastic, strict=True)]
