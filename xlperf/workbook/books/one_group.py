"""One group of a list in which groups follow one another: a cell beside the page says which, the page shows it alone.

Who is in which group can change while the book is used, so that no lines can be kept for each; a page for one group is
the list with the others' lines away. The cell stands outside what is printed.
"""

from __future__ import annotations

from xlperf.workbook import style
from xlperf.workbook.book import Book, put
from xlperf.workbook.books.listed import Listed
from xlperf.workbook.page import Page
from xlperf.xlsx.addresses import letters

ALL = "全部"
_LABEL = "只看一组（在下格选）"
_WIDTH = 22.0
_CHOSEN: style.Properties = {**style.CELL_CENTER, "bold": True, "locked": False, "bg_color": style.FILL_IN}


def write_choice(book: Book, listed: Listed, sheet: Page, column: int, hidden: int) -> str:
    """Write the cell; return the address of the number of the group that is chosen, −1 for all of them.

    column: where it stands, beside the page. hidden: the first of two columns that are hidden.
    """
    names = [ALL, *listed.known]
    sheet.set_column(column, column, _WIDTH)
    put(sheet, 0, column, _LABEL, book.look({**style.BASE, "align": "center"}))
    put(sheet, 1, column, ALL, book.look(_CHOSEN))
    for row, name in enumerate(names):
        put(sheet, row, hidden + 1, name, book.look(style.BASE))
    every = f"${letters(hidden + 1)}$1:${letters(hidden + 1)}${len(names)}"
    sheet.data_validation(1, column, 1, column, {"validate": "list", "source": f"={every}"})
    number = f"=IFERROR(MATCH(${letters(column)}$2,{every},0)-2,-1)"
    sheet.write_formula(0, hidden, number, None, -1)
    sheet.set_column(hidden, hidden + 1, None, None, {"hidden": True})
    return f"${letters(hidden)}$1"
