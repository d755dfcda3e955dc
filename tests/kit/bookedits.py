"""Ways to change a returned book that are not its cells to fill: every kind by name, at a place drawn at random."""

from __future__ import annotations

import random
from collections.abc import Callable

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from xlperf.xlsx.skeleton import BASIS, BODY, HEAD, MAP, MARK, NAMES, STATE, TITLE, UNDER

Edit = Callable[[random.Random, Workbook], None]
EDITS: dict[str, Edit] = {}


def kind(edit: Edit) -> Edit:
    """Enter a kind of edit under its name."""
    EDITS[edit.__name__] = edit
    return edit


def tables(book: Workbook) -> list[Worksheet]:
    """List the worksheets with a table."""
    return [s for s in book.worksheets if s.title != MAP and str(s.cell(NAMES + 1, 1).value or "").startswith(MARK)]


def _locked(draw: random.Random, book: Workbook):
    """Return a locked cell of a table that something stands in, none of the key column."""
    cells = [
        c
        for s in tables(book)
        for row in s.iter_rows(min_row=BODY + 1, min_col=2)
        for c in row
        if c.value is not None and c.protection.locked and s.cell(c.row, 1).value and not hasattr(c, "_unreal")
    ]
    return draw.choice(cells)


def _set(name: str, value: object) -> None:
    def edit(draw: random.Random, book: Workbook) -> None:
        _locked(draw, book).value = value

    edit.__name__ = f"locked_cell_{name}"
    kind(edit)


for _name, _value in {
    "number": 7,
    "text": "改",
    "blank": None,
    "formula": "=1+1",
    "error": "#REF!",
    "huge": 1e300,
}.items():
    _set(_name, _value)


def _line(name: str, row: int) -> None:
    def edit(draw: random.Random, book: Workbook) -> None:
        sheet = draw.choice(tables(book))
        there = [c for c in sheet[row + 1] if c.value is not None]
        if there:
            draw.choice(there).value = "别的"

    edit.__name__ = f"line_{name}"
    kind(edit)


for _name, _row in {
    "title": TITLE,
    "under": UNDER,
    "state": STATE,
    "names": NAMES,
    "basis": BASIS,
    "head": HEAD,
}.items():
    _line(_name, _row)


def _map(name: str, first: str, column: int, value: object) -> None:
    def edit(draw: random.Random, book: Workbook) -> None:
        lines = [line for line in book[MAP].iter_rows(min_row=2) if line[0].value == first]
        line = draw.choice(lines)
        if column < len(line):
            line[column].value = value

    edit.__name__ = f"map_{name}"
    kind(edit)


_map("table_elsewhere", "table", 2, "events")
_map("table_number", "table", 1, "9")
_map("column_open", "column", 4, "input")
_map("column_closed", "column", 4, "locked")
_map("column_moved", "column", 3, "Z")
_map("column_named", "column", 2, "lead")
_map("row_moved", "row", 3, "99")
_map("row_named", "row", 2, "U44-01")
_map("row_no_number", "row", 3, "x")


@kind
def map_gone(draw: random.Random, book: Workbook) -> None:
    del book[MAP]


@kind
def row_deleted(draw: random.Random, book: Workbook) -> None:
    sheet = draw.choice(tables(book))
    sheet.delete_rows(draw.randint(1, sheet.max_row))


@kind
def row_inserted(draw: random.Random, book: Workbook) -> None:
    sheet = draw.choice(tables(book))
    sheet.insert_rows(draw.randint(BODY + 1, sheet.max_row))


@kind
def column_deleted(draw: random.Random, book: Workbook) -> None:
    sheet = draw.choice(tables(book))
    sheet.delete_cols(draw.randint(1, sheet.max_column))


@kind
def column_inserted(draw: random.Random, book: Workbook) -> None:
    sheet = draw.choice(tables(book))
    sheet.insert_cols(draw.randint(1, sheet.max_column))


@kind
def keys_swapped(draw: random.Random, book: Workbook) -> None:
    sheet = draw.choice(tables(book))
    rows = draw.sample(range(BODY + 1, BODY + 5), 2)
    a, b = (sheet.cell(r, 1) for r in rows)
    a.value, b.value = b.value, a.value


@kind
def key_twice(draw: random.Random, book: Workbook) -> None:
    sheet = draw.choice(tables(book))
    sheet.cell(BODY + 2, 1).value = sheet.cell(BODY + 1, 1).value


@kind
def key_gone(draw: random.Random, book: Workbook) -> None:
    draw.choice(tables(book)).cell(BODY + 2, 1).value = None


@kind
def names_swapped(draw: random.Random, book: Workbook) -> None:
    sheet = draw.choice(tables(book))
    there = [c for c in sheet[NAMES + 1][1:] if c.value]
    a, b = draw.sample(there, 2)
    a.value, b.value = b.value, a.value


@kind
def name_twice(draw: random.Random, book: Workbook) -> None:
    sheet = draw.choice(tables(book))
    there = [c for c in sheet[NAMES + 1][1:] if c.value]
    sheet.cell(NAMES + 1, sheet.max_column + 1).value = draw.choice(there).value


@kind
def mark_gone(draw: random.Random, book: Workbook) -> None:
    draw.choice(tables(book)).cell(NAMES + 1, 1).value = None


@kind
def mark_twice(draw: random.Random, book: Workbook) -> None:
    sheet = draw.choice(tables(book))
    sheet.cell(40 + BODY, 30).value = sheet.cell(NAMES + 1, 1).value


@kind
def sheet_copied(draw: random.Random, book: Workbook) -> None:
    book.copy_worksheet(draw.choice(tables(book)))


@kind
def sheet_deleted(draw: random.Random, book: Workbook) -> None:
    del book[draw.choice([s.title for s in book.worksheets if s.title != MAP])]


@kind
def sheet_renamed(draw: random.Random, book: Workbook) -> None:
    draw.choice(book.worksheets).title = "改名"


@kind
def sheet_added(draw: random.Random, book: Workbook) -> None:
    book.create_sheet("附").append(["合计", 100])


@kind
def sheets_shuffled(draw: random.Random, book: Workbook) -> None:
    book.move_sheet(draw.choice(book.worksheets), draw.randint(-3, 3))


@kind
def identity_gone(draw: random.Random, book: Workbook) -> None:
    book.defined_names.pop("XLPERF_ID", None)


@kind
def identity_edited(draw: random.Random, book: Workbook) -> None:
    name = book.defined_names["XLPERF_ID"]
    name.attr_text = name.attr_text.replace("U22", "U44")


@kind
def keywords_edited(draw: random.Random, book: Workbook) -> None:
    book.properties.keywords = "xlperf1|AAAA-BBBB-C|x"


@kind
def keywords_gone(draw: random.Random, book: Workbook) -> None:
    book.properties.keywords = None


@kind
def map_identity_edited(draw: random.Random, book: Workbook) -> None:
    book[MAP]["A1"] = str(book[MAP]["A1"].value).replace("|1|", "|2|")


@kind
def table_name_moved(draw: random.Random, book: Workbook) -> None:
    name = draw.choice([n for n in book.defined_names if n.startswith("XLPERF_T")])
    book.defined_names[name].attr_text = f"'{book.worksheets[0].title}'!$A$1:$B$9"


@kind
def protection_off(draw: random.Random, book: Workbook) -> None:
    for sheet in book.worksheets:
        sheet.protection.sheet = False


@kind
def hidden_shown(draw: random.Random, book: Workbook) -> None:
    book[MAP].sheet_state = "visible"
    for sheet in tables(book):
        sheet.row_dimensions[NAMES + 1].hidden = False
        sheet.column_dimensions["A"].hidden = False


@kind
def validations_gone(draw: random.Random, book: Workbook) -> None:
    for sheet in tables(book):
        sheet.data_validations.dataValidation = []


@kind
def comment_added(draw: random.Random, book: Workbook) -> None:
    _locked(draw, book).comment = Comment("请看", "填表人")


@kind
def look_changed(draw: random.Random, book: Workbook) -> None:
    _locked(draw, book).font = Font(bold=True, color="FF0000")


@kind
def far_cell(draw: random.Random, book: Workbook) -> None:
    draw.choice(tables(book)).cell(draw.choice((900, 9_000, 200_000)), draw.choice((40, 400))).value = "远"


@kind
def beside_typed(draw: random.Random, book: Workbook) -> None:
    sheet = draw.choice(tables(book))
    sheet.cell(BODY + 1, sheet.max_column + 2).value = "备注"


@kind
def guide_text(draw: random.Random, book: Workbook) -> None:
    cells = [c for row in book.worksheets[0].iter_rows() for c in row if isinstance(c.value, str)]
    draw.choice(cells).value = "改过的说明"
