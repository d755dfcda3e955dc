"""Lines that stand across the columns of a worksheet: its title, what is said below it, what must be said first."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from xlperf.workbook import style
from xlperf.workbook.book import Book, put
from xlperf.workbook.text import lines, measure
from xlperf.xlsx.skeleton import STATE, TITLE

LINE_HEIGHT = 15.0
_NEAR = 2.0  # half-width characters of a title that a line holds beyond its room, whatever the font


def band(
    book: Book, sheet: Worksheet, row: int, columns: tuple[int, int], text: str, look: style.Properties, height: float
) -> None:
    """Write a line across columns (first, last; counted from 0)."""
    first, last = columns
    if last > first:
        sheet.merge_range(row, first, row, last, "", book.look(look))
    put(sheet, row, first, text or None, book.look(look))
    sheet.set_row(row, height)


def titled(book: Book, sheet: Worksheet, columns: tuple[int, int], text: str, width: float, own: str = "") -> None:
    """Write the title of a table across columns, on several lines where the letters of one would shrink too far.

    width: of the columns together, in half-width characters of the text below; 0 where nothing is printed, so that the
    letters may be as small as the columns want them. own: the end of the text that belongs together on the last line.
    """
    room = width / style.TITLE_LETTER
    if not room or lines(text, room) == 1:
        band(book, sheet, TITLE, columns, text, style.TITLE_LOOK, 34)
        return
    whole = text.removesuffix(own)
    if whole != text and max(measure(whole), measure(own)) < room + _NEAR:
        text = f"{whole}\n{own}"
    look = {**style.TITLE_LOOK, "shrink": False, "text_wrap": True}
    band(book, sheet, TITLE, columns, text, look, 28 * lines(text, room))


def legend(book: Book, sheet: Worksheet, columns: tuple[int, int], text: str, width: float) -> None:
    """Write what the colours mean, the same in every book, on as many lines as it takes. width: as of `titled`."""
    taken = lines(text, width) if width else 1
    look = style.UNDER_LOOK if taken == 1 else {**style.UNDER_LOOK, "text_wrap": True}
    band(book, sheet, STATE, columns, text, look, 20 if taken == 1 else LINE_HEIGHT * taken + 5)


def caution(book: Book, sheet: Worksheet, row: int, columns: tuple[int, int], text: str, width: float) -> int:
    """Write what must be said first (see `Plan.caution`) across columns; return the rows it takes, 0 or 1.

    width: of the columns together, in half-width characters.
    """
    if text:
        band(book, sheet, row, columns, text, style.CAUTION_LOOK, lines(text, width) * LINE_HEIGHT + 9)
    return int(bool(text))
