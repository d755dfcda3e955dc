"""The sheet 对账: what the engine worked out, beside what the workbook says now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from xlsxwriter.worksheet import Worksheet

from xlperf.engine.plan import Ranking
from xlperf.formula.expression import link_of
from xlperf.workbook import style
from xlperf.workbook.bands import band
from xlperf.workbook.book import Book, cached, protect, put
from xlperf.workbook.highlight import WRONG
from xlperf.workbook.layout import Layout, View
from xlperf.workbook.page import Page
from xlperf.workbook.paper import Paper, print_set_up
from xlperf.workbook.text import quoted
from xlperf.xlsx.addresses import letters
from xlperf.xlsx.cached import Place

TITLE_OF_SHEET = "对账"
SAME, DIFFERENT = "一致", "不一致"
_HEADINGS = ("表", "单位代码", "单位", "项目", "核算结果", "表内现值", "差", "结果")
_WIDTHS = (26.0, 12.0, 22.0, 18.0, 16.0, 16.0, 12.0, 12.0)
_FIRST = 4


@dataclass(frozen=True)
class Line:
    """One number to compare: a column of a unit's row."""

    view: View
    column: str
    position: int


def write_audit(book: Book, layout: Layout, title: str) -> None:
    """Add the sheet; nothing where the plan ranks nobody."""
    found = list(lines_of(layout))
    if not found:
        return
    sheet = book.sheet(book.title(TITLE_OF_SHEET))
    for i, width in enumerate(_WIDTHS):
        sheet.set_column(i, i, width)
    band(book, sheet, 0, (0, 7), title, style.TITLE_LOOK, 34)
    _overall(book, sheet, len(found))
    for i, heading in enumerate(_HEADINGS):
        sheet.write_string(_FIRST - 1, i, heading, book.look(style.HEAD_LOOK))
    for number, line in enumerate(found):
        _write_line(book, sheet, layout, line, _FIRST + number)
    results = (_FIRST, 7, _FIRST + len(found) - 1, 7)
    different = {"type": "cell", "criteria": "==", "value": f'"{DIFFERENT}"', "format": book.look(WRONG)}
    sheet.conditional_format(*results, different)
    print_set_up(sheet, Paper(), (_FIRST - 1, _FIRST - 1))
    sheet.freeze_panes(_FIRST, 3)
    protect(sheet)


def corrected(book: Book, kept: Mapping[Place, Any]) -> dict[Place, Any]:
    """Return what the sheet shows where cells of the book hold something else than was written.

    kept: these cells, and what they show. Only what differs from the sheet as written is returned.
    """
    formulas = book.formulas()
    looked = {quoted(title) + cell: value for (title, cell), value in kept.items()}
    found: dict[Place, Any] = {}
    for (title, cell), (text, written) in formulas.items():
        if title != TITLE_OF_SHEET or not cell.startswith("F") or text not in looked:
            continue
        now, row = looked[text], cell.removeprefix("F")
        numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (now, written))
        difference = round(now - written, 9) if numbers else ""
        same = difference == 0 if numbers else (now or "") == (written or "")
        found[title, cell], found[title, f"G{row}"] = "" if now is None else now, difference
        found[title, f"H{row}"] = SAME if same else DIFFERENT
    wrong = sum(value == DIFFERENT for value in found.values())
    return {**found, **({(TITLE_OF_SHEET, "B2"): _summed_up(wrong)} if wrong else {})}


def _summed_up(wrong: int) -> str:
    """Return how many numbers differ, as the formula of the overall result does."""
    return f"有{wrong}处不一致（数据已改动，请重新计算）"


def lines_of(layout: Layout) -> Iterator[Line]:
    """List every number to compare: score, key of the rank and place of every ranked unit."""
    for ranking in layout.scores.plan.rankings:
        view = layout.by_name.get(ranking.sheet)
        if view is None:
            continue
        for position in range(len(view.rows)):
            for column in _compared(view, ranking):
                yield Line(view, column, position)


def _compared(view: View, ranking: Ranking) -> tuple[str, ...]:
    place = link_of(view.sheet.by_name[ranking.place].expr)
    key = place.column if place is not None and place.kind == "rank" else ranking.score
    return tuple(dict.fromkeys((ranking.score, key, ranking.place)))


def _overall(book: Book, sheet: Worksheet, count: int) -> None:
    """Write in one cell whether workbook and engine agree."""
    results = f"H{_FIRST + 1}:H{_FIRST + count}"
    wrong = f'COUNTIF({results},"{DIFFERENT}")'
    text = f'=IF({wrong}=0,"{SAME}","有"&{wrong}&"处不一致（数据已改动，请重新计算）")'
    sheet.write_string(1, 0, "总结果", book.look({**style.STATE_LOOK, "align": "center"}))
    sheet.merge_range(1, 1, 1, 7, "", book.look(style.STATE_LOOK))
    sheet.write_formula(1, 1, text, book.look(style.STATE_LOOK), SAME)
    sheet.set_row(1, 24)
    note = "“核算结果”是生成本表时精确计算的数，不随表格变化；“表内现值”由公式随时算出。"
    band(book, sheet, 2, (0, 7), note, style.UNDER_LOOK, 20)


def _write_line(book: Book, sheet: Page, layout: Layout, line: Line, row: int) -> None:
    view, column = line.view, line.view.sheet.by_name[line.column]
    value = layout.value(view, line.column, line.position)
    center, whole = book.look(style.CELL_CENTER), layout.whole_numbers(view, line.column)
    put(sheet, row, 0, view.sheet.title, center)
    put(sheet, row, 1, layout.value(view, view.sheet.key.name, line.position), center)
    put(sheet, row, 2, layout.value(view, view.sheet.naming.name, line.position), center)
    put(sheet, row, 3, column.title, center)
    number = book.look({**style.CELL_CENTER, "num_format": style.number_format(column, whole=whole)})
    put(sheet, row, 4, value, number)
    sheet.results[f"E{row + 1}"] = cached(value)
    live = quoted(view.title) + view.cell(line.column, line.position)
    sheet.write_formula(row, 5, f"={live}", number, cached(value))
    kept, now = (f"{letters(i)}{row + 1}" for i in (4, 5))
    numbers = f"COUNT({kept},{now})=2"
    difference = 0.0 if value is not None and not isinstance(value, str) else ""
    sheet.write_formula(row, 6, f'=IF({numbers},ROUND({now}-{kept},9),"")', center, difference)
    same = f'IF({numbers},ROUND({now}-{kept},9)=0,{now}&""={kept}&"")'
    sheet.write_formula(row, 7, f'=IF({same},"{SAME}","{DIFFERENT}")', center, SAME)
    sheet.set_row(row, 19)
