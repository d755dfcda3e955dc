"""The front sheet 说明 of the office's workbook: what it is, how to use it, which 口径 it follows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from xlsxwriter.worksheet import Worksheet

from xlperf.engine.score import Scores
from xlperf.formula.values import decimal
from xlperf.scheme.checking.paper import decided_by_people
from xlperf.scheme.model import Scheme
from xlperf.workbook import style
from xlperf.workbook.bands import LINE_HEIGHT, band, caution
from xlperf.workbook.book import Book, protect, put
from xlperf.workbook.paper import Paper, keep_apart, print_set_up
from xlperf.workbook.text import lines

_WIDTHS = (18.0, 46.0, 46.0, 26.0)
BY_PEOPLE = "由人决定的事项"
_HEADING: style.Properties = {**style.BASE, "bold": True, "font_size": 14, "align": "left"}
HOW_TO = (
    "1. 浅黄格由人填写，其余已锁定。填错格式或超出限额时会提示；复制粘贴会绕过提示，以“对账”和重新计算的结果为准。",
    "2. 空白表示未报，不等于0分；0表示得0分；“不适用”表示该项撤销或不涉及，得分和分值同时退出。三者不可混用。",
    "3. 各表的计算格都是公式：改一个原始数，得分、综合得分和名次随之变化。“排名”按当前数自动排列。",
    "4. “对账”把生成本表时精确计算的结果和表内现值逐项比较。数据改动后会显示“不一致”，请用 xlperf 重新计算。",
    "5. 台账末尾留有空行，从空行开始依次填写，编号自动生成。保护没有密码，它防误改，不防人。",
    (
        "6. 打印：横向，表头逐页重复；列多的用A3，或分几页、每页重复单位名称。灰底带斜线的格不用填。"
        "台账印到已填行后10行，查阅用的表不印；要多印的改打印区域。"
    ),
    "7. 被隐藏的列是代码、中间计算列和没有内容的列，选中两侧的列后“取消隐藏”可以查看。",
    "8. 橙色格：这一行已动笔而缺必填的数；红底粗体：数字超出限额；名次前三为绿底粗体。表头可以筛选。",
)


def write_front(book: Book, title: str, scores: Scores, scheme: Scheme | None, code: str) -> None:
    """Add the front sheet."""
    plan = scores.plan
    sheet = book.sheet(title)
    for i, width in enumerate(_WIDTHS):
        sheet.set_column(i, i, width)
    band(book, sheet, 0, (0, 3), f"{plan.title}总表", style.TITLE_LOOK, 40)
    facts = [("制发单位", plan.issuer), ("依据文件", plan.document), ("年度", f"{plan.year}年"), ("本表编码", code)]
    row = 1
    row += caution(book, sheet, row, (0, 3), plan.caution, sum(_WIDTHS))
    for label, text in facts:
        put(sheet, row, 0, label, book.look(style.CELL_CENTER))
        sheet.merge_range(row, 1, row, 3, "", book.look(style.CELL_TEXT))
        put(sheet, row, 1, text or None, book.look(style.CELL_TEXT))
        sheet.set_row(row, 22)
        row += 1
    sections = [row]  # the row that each begins with, and the one below the last
    sections.append(_paragraphs(book, sheet, row, "使用说明", HOW_TO))
    if scheme is not None:
        sections.append(_readings(book, sheet, sections[-1], scores, scheme))
        sections.append(_assumed(book, sheet, sections[-1], scheme))
        heads = ("条款", "事项", "为什么由人决定、在哪里登记")
        sections.append(_table(book, sheet, sections[-1], BY_PEOPLE, heads, decided_by_people(scheme)))
    print_set_up(sheet, Paper())
    keep_apart(sheet, [(first, min(first + 2, below - 1)) for first, below in pairwise(sections) if below > first])
    protect(sheet)


def _paragraphs(book: Book, sheet: Worksheet, row: int, heading: str, texts: Sequence[str]) -> int:
    band(book, sheet, row, (0, 3), heading, _HEADING, 32)
    for i, text in enumerate(texts, row + 1):
        height = lines(text, sum(_WIDTHS)) * LINE_HEIGHT + 6
        band(book, sheet, i, (0, 3), text, {**style.TEXT_LOOK, "valign": "vcenter"}, height)
    return row + 1 + len(texts)


def _readings(book: Book, sheet: Worksheet, row: int, scores: Scores, scheme: Scheme) -> int:
    """List every question the regulation leaves open, with what was adopted."""
    found = []
    for reading in scheme.open_readings.values():
        adopted = scores.plan.readings.get(reading.id, reading.adopted)
        others = "；".join(text for name, text in reading.options.items() if name != adopted)
        by = reading.by if adopted == reading.adopted else "本次另行选定"
        found.append(
            (reading.basis, f"{reading.question}\n另一读法：{others}", reading.options.get(adopted, adopted), by)
        )
    return _table(book, sheet, row, "口径", ("条款", "问题", "采用", "谁定的"), found)


def _assumed(book: Book, sheet: Worksheet, row: int, scheme: Scheme) -> int:
    """List the figures that the regulation does not give and somebody assumed."""
    found = [(f.basis, f.title, decimal(f.value), f.assumed) for f in scheme.figures.values() if f.assumed]
    return _table(book, sheet, row, "假定的数（请办公室确定）", ("条款", "名称", "现用值", "为什么是假定"), found)


def _table(
    book: Book, sheet: Worksheet, row: int, heading: str, headings: Sequence[str], rows: Sequence[Sequence[str]]
) -> int:
    if not rows:
        return row
    last = len(headings) - 1  # where there are fewer, the last one takes what is left
    widths = (*_WIDTHS[:last], sum(_WIDTHS[last:]))
    band(book, sheet, row, (0, 3), heading, _HEADING, 32)
    for number, texts in enumerate([headings, *rows], row + 1):
        look = book.look(style.CELL_TEXT if number > row + 1 else style.HEAD_LOOK)
        if last < len(_WIDTHS) - 1:
            sheet.merge_range(number, last, number, len(_WIDTHS) - 1, "", look)
        for i, text in enumerate(texts):
            put(sheet, number, i, text or None, look)
        tallest = max(lines(t, w) for t, w in zip(texts, widths, strict=True))
        sheet.set_row(number, tallest * LINE_HEIGHT + 8 if number > row + 1 else 22)
    return row + 2 + len(rows)
