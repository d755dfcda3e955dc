"""The sheet 排名: every ranked list in the order people read it, live from the places on the unit sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from xlsxwriter.worksheet import Worksheet

from xlperf.engine.plan import Ranking
from xlperf.engine.ranked import consequence, deciders
from xlperf.formula.excel import LONGEST_TEXT, constant_text
from xlperf.formula.values import NO, YES
from xlperf.report.ranking import INCOMPLETE, OUTSIDE, called
from xlperf.workbook import style
from xlperf.workbook.book import Book, cached, protect
from xlperf.workbook.layout import UNIT_NAME, Layout, View
from xlperf.workbook.paper import SMALLEST, Paper, print_set_up
from xlperf.workbook.table import band
from xlperf.workbook.text import quoted
from xlperf.xlsx.addresses import letters
from xlperf.xlsx.skeleton import UNPLACED

TITLE_OF_SHEET = "排名"
HEADINGS = ("名次", "单位", "得分", "备注")
WIDTHS = (10.0, 38.0, 18.0, 26.0)
ON_ONE_PAGE = 44  # lines of a list that must not go over to a second page
HEADING = 56.0  # points that the title takes on the first page
SEAL = (26.0, 26.0)  # points that the lines of issuer and date take
PAGE = 720.0  # points down a portrait A4 page
LARGEST = 0.78  # the scale at which the columns take its width, whatever the font
_SECTION: style.Properties = {**style.BASE, "bold": True, "font_size": 14, "align": "left"}
_NOTE: style.Properties = {**style.BASE, "align": "left"}
_SEAL: style.Properties = {**style.BASE, "font_size": 14, "align": "right", "indent": 2, "locked": False}


@dataclass(frozen=True)
class Group:
    """The units that are ranked against one another, and where they stand on their sheet."""

    ranking: Ranking
    view: View
    name: str
    positions: tuple[int, ...]
    together: bool

    @property
    def candidates(self) -> tuple[int, ...]:
        """Return the positions whose units may be in the group, now or after other numbers were typed."""
        return self.positions if self.together else tuple(range(self.view.size))

    def range(self, column: str) -> str:
        """Return the range of a column: of the group's rows where they stand together, else of all."""
        if self.together:
            return self.view.range(column, self.positions[0], self.positions[-1])
        return self.view.range(column)


def write_ranking(book: Book, layout: Layout, title: str, under: str) -> None:
    """Add the sheet, the page that is published; nothing where the plan ranks nobody or nobody is there."""
    groups = list(groups_of(layout))
    if not groups:
        return
    sheet = book.sheet(book.title(TITLE_OF_SHEET))
    for i, width in enumerate(WIDTHS):
        sheet.set_column(i, i, width)
    band(book, sheet, 0, (0, 3), title, style.TITLE_LOOK, 36)
    band(book, sheet, 1, (0, 3), under, style.UNDER_LOOK, 20)
    row, scale, breaks = 2, _scale(groups), []
    for number, (group, on_new_page) in enumerate(zip(groups, _on_new_page(groups, scale), strict=True)):
        breaks += [row] if on_new_page else []
        row = _write_group(book, sheet, layout, group, row, len(WIDTHS) + 2 * number)
    sheet.set_column(len(WIDTHS), len(WIDTHS) + 2 * len(groups) - 1, 4, None, {"hidden": True})
    _write_seal(book, sheet, layout.scores.plan.issuer, row)
    print_set_up(sheet, Paper(landscape=False, scale=scale), (3, 3) if len(groups) == 1 else None)
    sheet.print_area(0, 0, row + 1, len(WIDTHS) - 1)
    sheet.set_h_pagebreaks(breaks)
    protect(sheet)


def _write_seal(book: Book, sheet: Worksheet, issuer: str, row: int) -> None:
    """Write who publishes the lists, to be sealed, and a line for the date."""
    look = book.look(_SEAL)
    texts = (f"{issuer}（盖章）", f"{'　' * 4}年{'　' * 2}月{'　' * 2}日")
    for i, (text, height) in enumerate(zip(texts, SEAL, strict=True)):
        sheet.merge_range(row + i, 1, row + i, 3, text, look)
        sheet.set_row(row + i, height)


def _scale(groups: Sequence[Group]) -> float:
    """Return the scale at which every list of no more than `ON_ONE_PAGE` lines is on one page, type still legible."""
    tallest = max((_height(g) for g in groups if len(g.positions) <= ON_ONE_PAGE), default=0.0)
    return floor(max(SMALLEST, min(LARGEST, PAGE / (tallest + HEADING + sum(SEAL)))) * 100) / 100


def _on_new_page(groups: Sequence[Group], scale: float) -> Iterator[bool]:
    """Return for each list whether it begins a page, because what is left of the last one is too little."""
    left = PAGE / scale - HEADING
    for i, group in enumerate(groups):
        needed = _height(group) + (sum(SEAL) if i == len(groups) - 1 else 0.0)
        begins = i > 0 and needed > left
        left = (PAGE / scale if begins else left) - needed
        yield begins


def _height(group: Group) -> float:
    """Return the height of a list in points: its title, headings, lines, and the line below it."""
    return 30 + 24 + len(group.positions) * _line(group) + 20


def _line(group: Group) -> float:
    return 21.0 if len(group.positions) <= 25 else 17.0


def groups_of(layout: Layout) -> Iterator[Group]:
    """List the groups of every ranked list, in list order."""
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


def _write_group(book: Book, sheet: Worksheet, layout: Layout, group: Group, row: int, helper: int) -> int:
    """Write one list and return the row below it. helper: the first of two hidden columns of its own."""
    many = sum(1 for g in groups_of(layout) if g.ranking == group.ranking) > 1
    title = f"{group.ranking.title}（{group.name}）" if many and group.name else group.ranking.title
    band(book, sheet, row, (0, 3), title, _SECTION, 30)
    score = group.view.sheet.by_name[group.ranking.score]
    head = book.look(style.HEAD_LOOK)
    for i, text in enumerate((HEADINGS[0], HEADINGS[1], score.title, HEADINGS[3])):
        sheet.write_string(row + 1, i, text, head)
    sheet.set_row(row + 1, 24)
    lines = _write_order(book, sheet, layout, group, helper)
    for i, position in enumerate(_in_order(layout, group)):
        _write_line(book, sheet, layout, group, row + 2 + i, _Line(i + 1, position, lines))
    below = row + 2 + len(group.positions)
    ranked = sum(isinstance(layout.value(group.view, group.ranking.seat, p), Fraction) for p in group.positions)
    _write_count(book, sheet, below, len(group.positions), ranked)
    return below + 1


@dataclass(frozen=True)
class _Line:
    """A line of a list: which it is (counted from 1), whose row stands there now, the range that says whose does."""

    number: int
    position: int
    order: str


def _in_order(layout: Layout, group: Group) -> list[int]:
    """Return the rows as they stand in the list: by seat, then those that have none."""

    def seat(position: int) -> tuple[bool, Fraction]:
        found = layout.value(group.view, group.ranking.seat, position)
        return (False, found) if isinstance(found, Fraction) else (True, Fraction(position))

    return sorted(group.positions, key=seat)


def _write_order(book: Book, sheet: Worksheet, layout: Layout, group: Group, helper: int) -> str:
    """Write beside the list which line each row of the unit sheet has; return the range that says it.

    The first column holds the seat, 0 where a unit of the group has none; the second the line: seats come first.
    """
    first, last = 1, len(group.candidates)
    seats, lines = letters(helper), letters(helper + 1)
    every = f"${seats}${first}:${seats}${last}"
    order = {position: line for line, position in enumerate(_in_order(layout, group), 1)}
    look = book.look(style.BASE)
    for at, position in enumerate(group.candidates):
        seat = _cell(group.view, group.ranking.seat, position)
        text = f"IF(ISNUMBER({seat}),{seat},0)"
        if not group.together:
            text = f'IF({_cell(group.view, group.ranking.group, position)}={constant_text(group.name)},{text},"")'
        value = layout.value(group.view, group.ranking.seat, position)
        known = float(value) if isinstance(value, Fraction) else 0
        sheet.write_formula(at, helper, f"={text}", look, known if position in order else "")
        mine, until = f"{seats}{at + 1}", f"{seats}${first}:{seats}{at + 1}"
        text = f'IF({mine}="","",IF({mine}>0,{mine},COUNTIF({every},">0")+COUNTIF({until},0)))'
        sheet.write_formula(at, helper + 1, f"={text}", look, order.get(position, ""))
    return f"${lines}${first}:${lines}${last}"


def _cell(view: View, column: str, position: int) -> str:
    return quoted(view.title) + view.cell(column, position)


def _write_line(book: Book, sheet: Worksheet, layout: Layout, group: Group, row: int, line: _Line) -> None:
    """Write one line: place, unit and score are looked up live; who has no place stands last, with the reason."""
    columns = group.view.sheet.by_name
    name = group.view.sheet.naming.name
    values = [layout.value(group.view, c, line.position) for c in (group.ranking.place, name, group.ranking.score)]
    ranked = isinstance(values[0], Fraction)
    for i, column in enumerate((group.ranking.place, name, group.ranking.score)):
        whole, long = (asked(group.view, column) for asked in (layout.whole_numbers, layout.long_numbers))
        look = {**style.CELL_CENTER, "num_format": style.number_format(columns[column], whole=whole, long=long)}
        text, value = _found(group, column, line), cached(values[i])
        if i == 1 and (of := _of(layout, group, line)) is not None:
            text, value = f'IF({text}="","",{text}&{of[0]})', called(str(values[i] or ""), of[1])
        if i == 0:
            text = f'IF(ISNUMBER({text}),{text},IF({_unit(row)}="","","{UNPLACED}"))'
            value = value if ranked else UNPLACED
        sheet.write_formula(row, i, f"={text}", book.look(look), value)
    beside, words = _beside(layout, group, line)
    outside, out = f'"{OUTSIDE}"', OUTSIDE
    if beside != '""':
        outside, out = (
            f'IF({beside}="","{OUTSIDE}","{OUTSIDE}："&{beside})',
            f"{OUTSIDE}：{words}" if words else OUTSIDE,
        )
    missing = INCOMPLETE if values[2] is None else out
    text = f'IF({_unit(row)}="","",IF(ISNUMBER(A{row + 1}),{beside},IF(C{row + 1}="","{INCOMPLETE}",{outside})))'
    look = {**style.CELL_CENTER, "locked": False}
    sheet.write_formula(row, 3, f"={text}", book.look(look), words if ranked else missing)
    sheet.set_row(row, _line(group))


def _beside(layout: Layout, group: Group, line: _Line) -> tuple[str, str]:
    """Return what decides a place beside the score, as a formula, and the words it comes to now."""
    texts, said = [], []
    for column in deciders(layout.scores.plan, group.ranking):
        if column.name not in group.view.at:
            continue
        found, title = _found(group, column.name, line), constant_text(column.title)
        named = constant_text(f"；{column.title}：")
        holds = f'OR({found}="",{found}="{NO}",{found}="无",{found}=0)'
        texts.append(f'IF({holds},"",IF(OR({found}="{YES}",{found}={title}),"；"&{title},{named}&{found}))')
        said.append(consequence(column, layout.value(group.view, column.name, line.position)))
    return f"MID({'&'.join(texts)},2,{LONGEST_TEXT})" if texts else '""', "；".join(filter(None, said))


def _of(layout: Layout, group: Group, line: _Line) -> tuple[str, str] | None:
    """Return what is written behind a name of what a person belongs to, and that name now; None behind units."""
    sheet = group.view.sheet
    if layout.scores.plan.is_home(sheet) or sheet.table not in layout.scores.plan.subject_of:
        return None
    if UNIT_NAME not in group.view.at:
        return None
    return f'"（"&{_found(group, UNIT_NAME, line)}&"）"', layout.unit_name(group.view, line.position)


def _unit(row: int) -> str:
    return f"B{row + 1}"


def _found(group: Group, column: str, line: _Line) -> str:
    """Write what stands in a column of the unit on a line; "" while nobody is there."""
    return f'IFERROR(INDEX({group.range(column)},MATCH({line.number},{line.order},0)),"")'


def _write_count(book: Book, sheet: Worksheet, row: int, size: int, ranked: int) -> None:
    """Write below a list how many units have no place; its last lines name them."""
    unplaced = f'COUNTIF(A{row - size + 1}:A{row},"{UNPLACED}")'
    text = f'=IF({unplaced}=0,"","未排名 "&{unplaced}&" 个，列在表末，原因见备注")'
    words = "" if ranked == size else f"未排名 {size - ranked} 个，列在表末，原因见备注"
    sheet.merge_range(row, 0, row, 3, "", book.look(_NOTE))
    sheet.write_formula(row, 0, text, book.look(_NOTE), words)
    sheet.set_row(row, 20)
