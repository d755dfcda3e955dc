"""函数示例: a workbook with every worksheet function, a worked example of a regulation, and the live call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xlperf.workbook import style
from xlperf.workbook.bands import band
from xlperf.workbook.book import Book
from xlperf.workbook.paper import Paper, print_set_up

TITLE = "函数示例"
_HEADINGS = ("函数", "名称", "用途", "依据", "算例", "写法", "结果", "理由")
_WIDTHS = (20.0, 14.0, 32.0, 20.0, 36.0, 44.0, 14.0, 50.0)
_NOTE = (
    "“结果”“理由”两列是活的公式，要装 xlperf 的加载项才能重新计算：LibreOffice 25.2 及以上装 xlperf.oxt，"
    "Windows 版 Excel 用带宏的总表。没有加载项时显示的是已经算好的数。"
)


@dataclass(frozen=True)
class PageLine:
    """One function on the page. call, reason: formulas without the leading `=`; the values are their answers."""

    function: str
    name: str
    help: str
    basis: str
    sentence: str
    call: str
    answer: float | str
    reason: str
    explained: str


def write_function_page(file: Path, lines: Sequence[PageLine]) -> None:
    """Write the workbook."""
    book = Book(TITLE, "xlperf")
    sheet = book.sheet(book.title(TITLE))
    for i, width in enumerate(_WIDTHS):
        sheet.set_column(i, i, width)
    band(book, sheet, 0, (0, 7), "工作表函数示例：每个函数一个办法里的算例", style.TITLE_LOOK, 34)
    band(book, sheet, 1, (0, 7), _NOTE, style.UNDER_LOOK, 20)
    for i, heading in enumerate(_HEADINGS):
        sheet.write_string(2, i, heading, book.look(style.HEAD_LOOK))
    text, center = book.look(style.CELL_TEXT), book.look(style.CELL_CENTER)
    for row, line in enumerate(lines, start=3):
        words = (line.function, line.name, line.help, line.basis, line.sentence, f"={line.call}")
        for i, word in enumerate(words):
            sheet.write_string(row, i, word, text)
        sheet.write_formula(row, 6, f"={line.call}", center, line.answer)
        if line.reason:
            sheet.write_formula(row, 7, f"={line.reason}", text, line.explained)
        else:
            sheet.write_blank(row, 7, None, text)
        sheet.set_row(row, 48)
    print_set_up(sheet, Paper(), (2, 2))
    sheet.freeze_panes(3, 1)
    book.save(file)
