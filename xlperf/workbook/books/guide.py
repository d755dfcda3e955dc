"""The sheet 填报说明 at the front of a book that somebody outside fills."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from xlperf.engine.plan import Column, Sheet
from xlperf.rules import RULES
from xlperf.scheme.checking.paper import decided_by_people
from xlperf.scheme.model import Scheme
from xlperf.workbook import style
from xlperf.workbook.bands import LINE_HEIGHT, band, caution
from xlperf.workbook.book import Book, protect, put
from xlperf.workbook.books.front import BY_PEOPLE
from xlperf.workbook.layout import View
from xlperf.workbook.limits import in_words
from xlperf.workbook.paper import Paper, keep_apart, print_set_up
from xlperf.workbook.selfcheck import state_cell
from xlperf.workbook.text import lines

TITLE_OF_SHEET = "填报说明"
_WIDTHS = (26.0, 14.0, 96.0)
_HEADING: style.Properties = {**style.BASE, "bold": True, "font_size": 14, "align": "left"}
_PART: style.Properties = {**style.FRAMED, "bold": True, "align": "left", "indent": 1, "bg_color": style.HEADING}
THREE_KINDS = (
    "空白：还没有报。空白不会当作0分，自查格会列出缺的行。",
    "0：就是0分（或0个、0元），表示没有得分、没有完成。",
    "不适用：该项撤销或不涉及，得分和分值同时退出。只有注明可填“不适用”的格才能这样填。",
)
RULES_OF_USE = (
    "只填浅黄格，其余已锁定；带斜线的灰格不用填。数字格只填数字，不写“分”“约”等字，不粘贴图片。",
    "不要增删或移动行、列，不要改表名；可以改文件名，可以调列宽、行高。",
    "填完看表头上方的自查格：显示“可以报送”再报；显示“还差3项：第7、12、19行”时，行号是表格软件左侧的行号。",
    "盖章的纸质件打印本文件即可，每表一页宽、表头逐页重复。电子件原样报回，保持 .xlsx 格式。",
)


@dataclass(frozen=True)
class Cover:
    """What the guide says of the book: title, the lines of facts, the tables with their present state, the year.

    caution: what must be said first; see `Plan.caution`. filled: every table of the book, where one
    state covers several: the blocks of a matrix. sheets: of the plan, whose worked examples are printed.
    """

    title: str
    facts: Sequence[tuple[str, str]]
    tables: Sequence[tuple[View, str]]
    year: int
    caution: str = ""
    filled: Sequence[View] = ()
    sheets: Collection[str] = ()


def write_guide(book: Book, title: str, cover: Cover, scheme: Scheme | None) -> None:
    """Add the sheet under a title taken before."""
    sheet = book.sheet(title)
    for i, width in enumerate(_WIDTHS, 1):
        sheet.set_column(i, i, width)
    sheet.set_column(0, 0, 2)
    band(book, sheet, 0, (1, 3), cover.title, style.TITLE_LOOK, 36)
    row = 1
    row += caution(book, sheet, row, (1, 3), cover.caution, sum(_WIDTHS))
    for label, text in cover.facts:
        put(sheet, row, 1, label, book.look(style.CELL_CENTER))
        band(book, sheet, row, (2, 3), text, style.CELL_TEXT, 20)
        row += 1
    for view, state in cover.tables:
        put(sheet, row, 1, f"自查：{view.title}", book.look(style.CELL_CENTER))
        look = {**style.CELL_TEXT, "bold": True}
        height = lines(f"自查：{view.title}", _WIDTHS[0]) * LINE_HEIGHT + 5
        band(book, sheet, row, (2, 3), "", look, max(height, lines(state, sum(_WIDTHS[1:])) * LINE_HEIGHT + 5))
        sheet.write_formula(row, 2, f"={state_cell(view)}", book.look(look), state)
        row += 1
    texts = [*RULES_OF_USE, *THREE_KINDS]
    numbered = [f"{i}. {text}" for i, text in enumerate(texts, 1)]
    together: list[tuple[int, int]] = []  # headings with the row below
    for heading, paragraphs in (("怎样填", numbered), ("算例", _examples(scheme, cover.sheets))):
        together += [(row, row + 1)] if paragraphs else []
        row = _paragraphs(book, sheet, row, heading, paragraphs)
    row = _columns(book, sheet, row, cover.filled or [view for view, _ in cover.tables], cover.year, together)
    end = _paragraphs(book, sheet, row, BY_PEOPLE, _decided(scheme))  # last, and short: nobody fills it in
    print_set_up(sheet, Paper())
    keep_apart(sheet, [*together, *([(row, end - 1)] if end > row else [])])
    protect(sheet)


def _paragraphs(book: Book, sheet: Worksheet, row: int, heading: str, paragraphs: Sequence[str]) -> int:
    """Write paragraphs under a heading, nothing where there are none; return the row below."""
    if not paragraphs:
        return row
    band(book, sheet, row, (1, 3), heading, _HEADING, 26)
    for i, text in enumerate(paragraphs, row + 1):
        look = {**style.TEXT_LOOK, "valign": "vcenter"}
        band(book, sheet, i, (1, 3), text, look, lines(text, sum(_WIDTHS)) * LINE_HEIGHT + 3)
    return row + 1 + len(paragraphs)


def _examples(scheme: Scheme | None, sheets: Collection[str]) -> list[str]:
    """Take the examples that the scheme writes for readers; what is only a test, or of another period, is not printed.

    sheets: of the plan. An example is of this period where it works out something of one of them.
    """
    meant = [e for e in scheme.examples if e.guide and (not e.gives or e.gives.keys() & {*sheets})] if scheme else []
    return [f"{RULES[e.rule].zh if e.rule in RULES else '算法'}（依据：{e.basis}）：{e.steps}" for e in meant]


def _decided(scheme: Scheme | None) -> list[str]:
    """Return in one paragraph the clauses that no formula decides; the reasons stand in the office's workbook."""
    found = [f"{basis}：{says}" for basis, says, _ in (decided_by_people(scheme) if scheme else ())]
    return [f"下列事项由有权决定的人决定，公式不算，只登记结果：{'；'.join(found)}。"] if found else []


def _columns(
    book: Book, sheet: Worksheet, row: int, views: Sequence[View], year: int, together: list[tuple[int, int]]
) -> int:
    """Write every column to fill, table by table: what may stand there, whether it must; return the row below.

    together: rows that no page may part are added to it.
    """
    band(book, sheet, row, (1, 3), "各栏填什么", _HEADING, 26)
    top = row
    for i, text in enumerate(("栏目", "必填", "填法"), 1):
        sheet.write_string(row + 1, i, text, book.look(style.HEAD_LOOK))
    row += 2
    groups = _filled(views)
    for title, sheet_, columns in groups:
        if len(groups) > 1:
            band(book, sheet, row, (1, 3), title, _PART, 22)
            row += 1
        together.append((top, row))
        titles = {c.name: c.title for c in sheet_.columns}
        for column in columns:
            how = "。".join(t for t in (in_words(column, titles, year) or "填文字", column.note) if t) + "。"
            put(sheet, row, 1, column.title, book.look(style.CELL_CENTER))
            put(sheet, row, 2, "必填" if column.required else "选填", book.look(style.CELL_CENTER))
            put(sheet, row, 3, how, book.look(style.CELL_TEXT))
            sheet.set_row(row, lines(how, _WIDTHS[2]) * LINE_HEIGHT + 4)
            row += 1
        top = row
    return row


def _filled(views: Sequence[View]) -> list[tuple[str, Sheet, list[Column]]]:
    """List the sheets of the plan that are filled here, each with its title in the book and its columns to fill."""
    found = []
    for sheet in dict.fromkeys(v.sheet.name for v in views):
        same = [v for v in views if v.sheet.name == sheet]
        open_ = {s.name for v in same for s in v.shown if s.open}
        title = same[0].title if len({v.title for v in same}) == 1 else same[0].sheet.title
        found.append((title, same[0].sheet, [c for c in same[0].sheet.columns if c.name in open_]))
    return found
