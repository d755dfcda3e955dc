"""The sheet 排名: every ranked list in the order people read it, live from the places on the unit sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from xlsxwriter.worksheet import Worksheet

from xlperf.engine.plan import Ranking
from xlperf.formula.excel import constant_text
from xlperf.formula.values import Value
from xlperf.workbook import style
from xlperf.workbook.book import Book, cached, protect
from xlperf.workbook.layout import Layout, View
from xlperf.workbook.paper import Paper, print_set_up
from xlperf.workbook.table import band

TITLE_OF_SHEET = "排名"
HEADINGS = ("名次", "单位", "得分", "备注")
WIDTHS = (10.0, 38.0, 18.0, 26.0)
ON_ONE_PAGE = 50  # lines of a list that must not go over to a second page
HEADING = 56.0  # points that the title takes on the first page
PAGE = 720.0  # points down a portrait A4 page
LARGEST = 0.78  # the scale at which the columns take its width, whatever the font
_SECTION: style.Properties = {**style.BASE, "bold": True, "font_size": 14, "align": "left"}
_NOTE: style.Properties = {**style.BASE, "font_size": 10, "align": "left"}


@dataclass(frozen=True)
class Group:
    """The units that are ranked against one another, and where they stand on their sheet."""

    ranking: Ranking
    view: View
    name: str
    positions: tuple[int, ...]
    together: bool

    def range(self, column: str) -> str:
        """Return the range of a column: of the group's rows where they stand together, else of all."""
        if self.together:
            return self.view.range(column, self.positions[0], self.positions[-1])
        return self.view.range(column)


def write_ranking(book: Book, layout: Layout, title: str, under: str) -> None:
    """Add the sheet; nothing where the plan ranks nobody or nobody is there."""
    groups = list(groups_of(layout))
    if not groups:
        return
    sheet = book.sheet(book.title(TITLE_OF_SHEET))
    for i, width in enumerate(WIDTHS):
        sheet.set_column(i, i, width)
    band(book, sheet, 0, (0, 3), title, style.TITLE_LOOK, 36)
    band(book, sheet, 1, (0, 3), under, style.UNDER_LOOK, 20)
    row, scale, breaks = 2, _scale(groups), []
    for group, on_new_page in zip(groups, _on_new_page(groups, scale), strict=True):
        breaks += [row] if on_new_page else []
        row = _write_group(book, sheet, layout, group, row)
    print_set_up(sheet, Paper(landscape=False, scale=scale))
    sheet.set_h_pagebreaks(breaks)
    sheet.set_row(row, 20)
    protect(sheet)


def _scale(groups: Sequence[Group]) -> float:
    """Return the scale at which every list of no more than `ON_ONE_PAGE` lines is on one page."""
    tallest = max((_height(g) for g in groups if len(g.positions) <= ON_ONE_PAGE), default=0.0)
    return floor(min(LARGEST, PAGE / (tallest + HEADING)) * 100) / 100


def _on_new_page(groups: Sequence[Group], scale: float) -> Iterator[bool]:
    """Tell for each list whether it begins a page, because what is left of the last one is too little."""
    left = PAGE / scale - HEADING
    for i, group in enumerate(groups):
        begins = i > 0 and _height(group) > left
        left = (PAGE / scale if begins else left) - _height(group)
        yield begins


def _height(group: Group) -> float:
    """Return the height of a list in points: its title, headings, lines, and the two lines below it."""
    return 30 + 24 + len(group.positions) * _line(group) + 2 * 20


def _line(group: Group) -> float:
    return 21.0 if len(group.positions) <= 25 else 18.0


def groups_of(layout: Layout) -> Iterator[Group]:
    """Visit the groups of every ranked list, in list order."""
    plan = layout.scores.plan
    for ranking in plan.rankings:
        view = layout.by_name.get(ranking.sheet)
        if view is None:
            continue
        names = [str(layout.value(view, ranking.group, p) or "") for p in range(len(view.rows))]
        fixed = view.sheet.is_given(ranking.group)
        for name in dict.fromkeys(names):
            positions = tuple(p for p, n in enumerate(names) if n == name)
            together = fixed and positions[-1] - positions[0] + 1 == len(positions)
            yield Group(ranking, view, name, positions, together)


def _write_group(book: Book, sheet: Worksheet, layout: Layout, group: Group, row: int) -> int:
    """Write one list and return the row below it."""
    many = sum(1 for g in groups_of(layout) if g.ranking == group.ranking) > 1
    title = f"{group.ranking.title}（{group.name}）" if many and group.name else group.ranking.title
    band(book, sheet, row, (0, 3), title, _SECTION, 30)
    score = group.view.sheet.by_name[group.ranking.score]
    head = book.look(style.HEAD_LOOK)
    for i, text in enumerate((HEADINGS[0], HEADINGS[1], score.title, HEADINGS[3])):
        sheet.write_string(row + 1, i, text, head)
    sheet.set_row(row + 1, 24)
    order = _in_order(layout, group)
    for i in range(len(group.positions)):
        _write_line(book, sheet, layout, group, row + 2 + i, i + 1, order[i] if i < len(order) else None)
    below = row + 2 + len(group.positions)
    _write_unranked(book, sheet, group, below, len(group.positions) - len(order))
    return below + 2


def _in_order(layout: Layout, group: Group) -> list[int]:
    seats: list[tuple[Fraction, int]] = []
    for position in group.positions:
        seat = layout.value(group.view, group.ranking.seat, position)
        if isinstance(seat, Fraction):
            seats.append((seat, position))
    return [position for _, position in sorted(seats)]


def _write_line(
    book: Book, sheet: Worksheet, layout: Layout, group: Group, row: int, seat: int, position: int | None
) -> None:
    """Write the line of one seat: place, unit and score are looked up live."""
    columns = group.view.sheet.by_name
    name = group.view.sheet.naming.name
    for i, column in enumerate((group.ranking.place, name, group.ranking.score)):
        value: Value = None if position is None else layout.value(group.view, column, position)
        look = {**style.CELL_CENTER, "num_format": style.number_format(columns[column])}
        sheet.write_formula(row, i, "=" + _found(group, column, seat), book.look(look), cached(value))
    sheet.write_blank(row, 3, None, book.look({**style.CELL_CENTER, "locked": False}))
    sheet.set_row(row, _line(group))


def _found(group: Group, column: str, seat: int) -> str:
    """Write what stands in a column of the unit that has a seat; "" while nobody has it."""
    values, seats = group.range(column), group.range(group.ranking.seat)
    if group.together:
        return f'IFERROR(INDEX({values},MATCH({seat},{seats},0)),"")'
    own = f"({group.range(group.ranking.group)}={constant_text(group.name)})*({seats}={seat})"
    first = group.view.range(column, 0, 0)
    line = f"SUMPRODUCT({own}*(ROW({values})-ROW({first})+1))"
    return f'IF({line}=0,"",INDEX({values},MAX({line},1)))'


def _write_unranked(book: Book, sheet: Worksheet, group: Group, row: int, count: int) -> None:
    seats, size = group.range(group.ranking.seat), len(group.positions)
    ranked = f"COUNT({seats})"
    if not group.together:
        own = f"({group.range(group.ranking.group)}={constant_text(group.name)})"
        ranked = f"SUMPRODUCT({own}*ISNUMBER({seats}))"
    text = f'=IF({size}-{ranked}=0,"","未排名 "&({size}-{ranked})&" 个（资料不全或不参加排名）")'
    told = "" if count == 0 else f"未排名 {count} 个（资料不全或不参加排名）"
    sheet.merge_range(row, 0, row, 3, "", book.look(_NOTE))
    sheet.write_formula(row, 0, text, book.look(_NOTE), told)
