"""收件台账: every book of a round with where it is, and 催报, the list of whom to chase; one page wide on A4."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Literal

from xlperf.problems import Problem
from xlperf.report.status import BookState, BookStatus, Status, Stray
from xlperf.workbook import style
from xlperf.workbook.bands import LINE_HEIGHT, band
from xlperf.workbook.book import Book, put
from xlperf.workbook.paper import Paper, print_set_up
from xlperf.workbook.text import lines

LEDGER, CHASE = "收件台账", "催报"
WORDS: dict[BookState, str] = {"in": "已收", "held": "待补正", "out": "未报", "unissued": "未发表"}
_Look = BookState | Literal["again"]  # `again`: in, and a newer one is held
_FILLS: dict[_Look, str] = {
    "in": "#E2F0D9",
    "again": "#DDEBF7",
    "held": "#FFF2CC",
    "out": "#F8CBAD",
    "unissued": "#EDEDED",
}
_LEDGER_COLUMNS = (
    ("序号", 5.0), ("单位", 22.0), ("表", 8.0), ("状态", 8.0), ("收到日期", 18.0), ("逾期（天）", 7.0),
    ("收到的文件", 22.0), ("待补正的内容", 30.0),
)  # fmt: skip
_CHASE_COLUMNS = (
    ("序号", 5.0), ("单位", 24.0), ("欠哪份表", 10.0), ("现状", 9.0), ("逾期（天）", 8.0), ("要做什么", 42.0),
    ("联系人、催报记录", 22.0),
)  # fmt: skip
_AGAIN, _AGAIN_MASTER = "已收，另有一份待补正", "已收，另有一份待处理"
_SAID = {*WORDS.values(), _AGAIN, _AGAIN_MASTER}
_SHOWN = 3  # problems of one book written out


def write_receipts(status: Status, file: Path) -> None:
    """Write the workbook; the same status gives the same bytes."""
    book = Book(f"{status.title} {LEDGER}", status.office, to_read=True)
    _ledger(book, status)
    _chase(book, status)
    book.save(file)


def _ledger(book: Book, status: Status) -> None:
    rows: list[tuple[Sequence[str | int], _Look]] = [
        ((n, b.name, b.book, said(b), _day(b.arrived), b.late or "", b.file, wrong(b)), "again" if b.again else b.state)
        for n, b in enumerate(status.books, 1)
    ]
    rows += [
        ((len(rows) + n, "认不出是谁的", "", WORDS["held"], "", "", s.file, wrong(s)), "held")
        for n, s in enumerate(status.strays, 1)
    ]
    _sheet(book, LEDGER, _LEDGER_COLUMNS, (f"{status.title}　{LEDGER}", summary(status)), rows)


def _chase(book: Book, status: Status) -> None:
    rows: list[tuple[Sequence[str | int], _Look]] = [
        ((n, b.name, b.book, said(b), b.late or "", todo(b), ""), "again" if b.again else b.state)
        for n, b in enumerate(status.chased, 1)
    ]
    _sheet(book, CHASE, _CHASE_COLUMNS, (f"{status.title}　{CHASE}名单", notice(status)), rows)


def _sheet(
    book: Book,
    title: str,
    columns: Sequence[tuple[str, float]],
    above: tuple[str, str],
    rows: Sequence[tuple[Sequence[str | int], _Look]],
) -> None:
    """Write one table. above: its title and the line below it. rows: the cells, and the state that colours them."""
    sheet = book.sheet(book.title(title))
    widths = [width for _, width in columns]
    for i, width in enumerate(widths):
        sheet.set_column(i, i, width)
    last = len(columns) - 1
    band(book, sheet, 0, (0, last), above[0], style.TITLE_LOOK, 36)
    height = lines(above[1], sum(widths)) * LINE_HEIGHT + 6
    band(book, sheet, 1, (0, last), above[1], {**style.UNDER_LOOK, "text_wrap": True}, height)
    if not rows:  # the line above says it all; an empty table would look like one to fill
        print_set_up(sheet, Paper(), (0, 0))
        return
    for i, (heading, _) in enumerate(columns):
        sheet.write_string(2, i, heading, book.look(style.HEAD_LOOK))
    sheet.set_row(2, 2 * LINE_HEIGHT)
    for at, (cells, state) in enumerate(rows, 3):
        for i, value in enumerate(cells):
            look = style.CELL_TEXT if widths[i] > 20 else style.CELL_CENTER
            colour = {"bg_color": _FILLS[state], "bold": True} if value in _SAID else {}
            put(sheet, at, i, _value(value), book.look({**look, **colour}))
        tallest = max(lines(str(c), w - 3) for c, w in zip(cells, widths, strict=True))
        sheet.set_row(at, max(tallest, 1) * LINE_HEIGHT + 6)
    sheet.autofilter(2, 0, max(2 + len(rows), 3), last)
    sheet.freeze_panes(3, 2)
    print_set_up(sheet, Paper(), (2, 2))


def _value(value: str | int) -> str | Fraction | None:
    if isinstance(value, int):
        return Fraction(value)
    return value or None


# ---- words ---------------------------------------------------------------------------------------


def summary(status: Status) -> str:
    """Return in one line how far the round is."""
    kinds = dict.fromkeys((b.kind, b.book) for b in status.books if b.kind != "master")
    parts = []
    for kind, book in kinds:
        counts = status.counts(kind)
        words = "、".join(f"{WORDS[s]}{n}" for s, n in counts.items() if n)
        parts.append(f"{book}{sum(counts.values())}份：{words}")
    due = f"　截止日：{_day(status.deadline)}" if status.deadline else ""
    return f"{status.office}　{_day(status.today)}　{'；'.join(parts)}{due}"


def said(b: BookStatus) -> str:
    """Return where a book is."""
    if b.again:
        return _AGAIN_MASTER if b.kind == "master" else _AGAIN
    return WORDS[b.state]


def notice(status: Status) -> str:
    """Write the paragraph that can be sent to everybody."""
    if not status.chased:
        return f"截至{_day(status.today)}，各单位的表已收齐。"
    parts = []
    for state in ("out", "held"):
        names: dict[str, list[str]] = {}
        for b in (b for b in status.owed if b.state == state):
            names.setdefault(b.book, []).append(b.name)
        parts += [f"{WORDS[state]}{book}：{'、'.join(who)}" for book, who in names.items()]
    again = [f"{b.name}{b.book}" for b in status.chased if b.again]
    parts += [f"{_AGAIN}：{'、'.join(again)}"] if again else []
    return f"截至{_day(status.today)}，{'；'.join(parts)}。{_until(status)}"


def _until(status: Status) -> str:
    left = status.days_left
    if left is None:
        return "请尽快报送。"
    return f"请于{_day(status.deadline)}前报送。" if left >= 0 else f"截止日已过{-left}天，请立即报送。"


def todo(b: BookStatus) -> str:
    """Return what one who owes a book is asked to do."""
    if b.state == "out":
        return f"报送{b.book}"
    return f"按退回意见改正后重新报送{'（先前收下的仍有效）' if b.again else ''}：{wrong(b)}"


def wrong(of: BookStatus | Stray) -> str:
    """Write why a book is held: the first problems, in the words of the office."""
    parts = [f"{_place(p)}{p.message()}" for p in of.problems[:_SHOWN]]
    more = f"；……共{len(of.problems)}处" if len(of.problems) > _SHOWN else ""
    return "；".join(parts) + more


def _place(p: Problem) -> str:
    return f"{p.where.sheet}!{p.where.cell} " if p.where.cell else ""


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day is not None else ""
