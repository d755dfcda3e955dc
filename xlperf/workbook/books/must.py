"""The sheet 核对: whether the data keep the rules that the scheme sets for them, live."""

from __future__ import annotations

from xlperf.engine.plan import Must
from xlperf.formula.values import NO, value_text
from xlperf.workbook import style
from xlperf.workbook.bands import LINE_HEIGHT, band
from xlperf.workbook.book import Book, protect, put
from xlperf.workbook.highlight import WRONG
from xlperf.workbook.layout import Layout
from xlperf.workbook.page import Page
from xlperf.workbook.paper import Paper, print_set_up
from xlperf.workbook.table import LOWEST
from xlperf.workbook.text import lines

TITLE = "核对"
KEPT, NOT_KEPT = "符合", "不符"
_HEADINGS = ("规矩", "依据", "表", "不符的行数", "首个不符的行", "因此不计算的列", "结果")
_WIDTHS = (38.0, 12.0, 14.0, 9.0, 16.0, 26.0, 8.0)
_FIRST, _LAST = 4, len(_WIDTHS) - 1


def write_musts(book: Book, layout: Layout, title: str) -> None:
    """Add the sheet; nothing where the scheme sets no rules."""
    musts = [m for m in layout.scores.plan.musts if m.sheet in layout.by_name]
    if not musts:
        return
    sheet = book.sheet(book.title(TITLE))
    for i, width in enumerate(_WIDTHS):
        sheet.set_column(i, i, width)
    band(book, sheet, 0, (0, _LAST), title, style.TITLE_LOOK, 34)
    wrong = [_wrong(layout, must) for must in musts]
    _overall(book, sheet, wrong)
    sheet.set_row(_FIRST - 1, 2 * LINE_HEIGHT + 8)
    for i, heading in enumerate(_HEADINGS):
        sheet.write_string(_FIRST - 1, i, heading, book.look(style.HEAD_LOOK))
    for number, (must, rows) in enumerate(zip(musts, wrong, strict=True)):
        _write_line(book, sheet, layout, must, rows, _FIRST + number)
    results = (_FIRST, _LAST, _FIRST + len(musts) - 1, _LAST)
    red = {"type": "cell", "criteria": "==", "value": f'"{NOT_KEPT}"', "format": book.look(WRONG)}
    sheet.conditional_format(*results, red)
    print_set_up(sheet, Paper(), (_FIRST - 1, _FIRST - 1))
    sheet.freeze_panes(_FIRST, 1)
    protect(sheet)


def _wrong(layout: Layout, must: Must) -> list[int]:
    """Return the positions of the rows that do not keep a rule."""
    view = layout.by_name[must.sheet]
    return [p for p in range(len(view.rows) + view.spare) if layout.value(view, must.column, p) == NO]


def _overall(book: Book, sheet: Page, wrong: list[list[int]]) -> None:
    """Write in one cell how many rules are not kept."""
    results = f"G{_FIRST + 1}:G{_FIRST + len(wrong)}"
    count = f'COUNTIF({results},"{NOT_KEPT}")'
    number = sum(bool(rows) for rows in wrong)
    text = f'=IF({count}=0,"全部符合",{count}&"条规矩有不符的行")'
    sheet.write_string(1, 0, "总结果", book.look({**style.STATE_LOOK, "align": "center"}))
    sheet.merge_range(1, 1, 1, _LAST, "", book.look(style.STATE_LOOK))
    sheet.write_formula(1, 1, text, book.look(style.STATE_LOOK), f"{number}条规矩有不符的行" if number else "全部符合")
    sheet.set_row(1, 24)
    note = "由公式随时核对；不符的行，列出的数不计算（空白，不是0），合计里也没有它们。"
    band(book, sheet, 2, (0, _LAST), note, style.UNDER_LOOK, 20)


def _write_line(book: Book, sheet: Page, layout: Layout, must: Must, wrong: list[int], row: int) -> None:
    view, center, wide = layout.by_name[must.sheet], book.look(style.CELL_CENTER), book.look(style.CELL_TEXT)
    stops = "、".join(layout.scores.plan.titles[f"{s}.{c}"] for s, c in must.stops)
    for i, text in enumerate((must.says, must.basis, view.sheet.title)):
        put(sheet, row, i, text, wide if i == 0 else center)
    held = view.range(must.column)
    sheet.write_formula(row, 3, f'=COUNTIF({held},"{NO}")', center, len(wrong))
    named = view.range(view.sheet.naming.name)
    first = value_text(layout.value(view, view.sheet.naming.name, wrong[0])) if wrong else ""
    found = f'=IF(D{row + 1}=0,"",INDEX({named},MATCH("{NO}",{held},0))&"")'
    sheet.write_formula(row, 4, found, center, first)
    put(sheet, row, 5, stops or None, wide)
    result = f'=IF(D{row + 1}=0,"{KEPT}","{NOT_KEPT}")'
    sheet.write_formula(row, 6, result, center, NOT_KEPT if wrong else KEPT)
    tallest = max(lines(text, width) for text, width in ((must.says, _WIDTHS[0]), (stops, _WIDTHS[5])))
    sheet.set_row(row, max(tallest * LINE_HEIGHT + 6, LOWEST))
