"""The sheet 排名: every ranked list in the order people read it, live from the places on the unit sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from xlperf.engine.plan import Ranking
from xlperf.engine.ranked import consequence, deciders
from xlperf.formula.excel import LONGEST_TEXT, constant_text
from xlperf.formula.values import NO, YES
from xlperf.report.ranking import INCOMPLETE, OUTSIDE, called
from xlperf.workbook import style
from xlperf.workbook.bands import band
from xlperf.workbook.book import Book, cached, protect
from xlperf.workbook.layout import UNIT_NAME, Layout, View
from xlperf.workbook.paper import SMALLEST, Paper, print_set_up
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
_AT = len(WIDTHS)  # the first hidden column: which row of the unit sheet stands on a line
_OF_GROUP = 1_000_000  # the number of a line is its group times this, and its place in the group
LARGEST = 0.78  # the scale at which the columns take its width, whatever the font
_SECTION: style.Properties = {**style.BASE, "bold": True, "font_size": 14, "align": "left"}
_NOTE: style.Properties = {**style.BASE, "align": "left"}
_SEAL: style.Properties = {**style.BASE, "font_size": 14, "align": "right", "indent": 2, "locked": False}


@dataclass(frozen=True)
class Group:
    """The units that are ranked against one another, and where they stand on their sheet.

    number: of the group in its list, from 1. fixed: whether the scheme says who is in it. together: whether these rows
    stand together as well.
    """

    ranking: Ranking
    view: View
    name: str
    positions: tuple[int, ...]
    number: int
    fixed: bool
    together: bool


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
    lists = {r: [g for g in groups if g.ranking == r] for r in dict.fromkeys(g.ranking for g in groups)}
    orders = {r: _write_order(book, sheet, layout, some, _AT + 1 + 4 * i) for i, (r, some) in enumerate(lists.items())}
    for group, on_new_page in zip(groups, _on_new_page(groups, scale), strict=True):
        breaks += [row] if on_new_page else []
        many = len(lists[group.ranking]) > 1
        row = _write_group(book, sheet, layout, group, row, orders[group.ranking], many=many)
    sheet.set_column(_AT, _AT + 4 * len(lists), 4, None, {"hidden": True})
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
        found: dict[str, list[int]] = {}
        for position, name in enumerate(names):
            found.setdefault(name, []).append(position)
        for number, (name, positions) in enumerate(found.items(), 1):
            together = fixed and positions[-1] - positions[0] + 1 == len(positions)
            yield Group(ranking, view, name, tuple(positions), number, fixed, together)


def _write_group(
    book: Book, sheet: Worksheet, layout: Layout, group: Group, row: int, order: str, *, many: bool
) -> int:
    """Write one list and return the row below it. order: where the lines of all rows are. many: of several groups."""
    title = f"{group.ranking.title}（{group.name}）" if many and group.name else group.ranking.title
    band(book, sheet, row, (0, 3), title, _SECTION, 30)
    score = group.view.sheet.by_name[group.ranking.score]
    head = book.look(style.HEAD_LOOK)
    for i, text in enumerate((HEADINGS[0], HEADINGS[1], score.title, HEADINGS[3])):
        sheet.write_string(row + 1, i, text, head)
    sheet.set_row(row + 1, 24)
    for i, position in enumerate(_in_order(layout, group)):
        at = f"${letters(_AT)}{row + 3 + i}"
        found = f"=IFERROR(MATCH({_OF_GROUP * group.number + i + 1},{order},0),0)"
        sheet.write_formula(row + 2 + i, _AT, found, book.look(style.BASE), position + 1)
        _write_line(book, sheet, layout, group, row + 2 + i, _Line(position, at))
    below = row + 2 + len(group.positions)
    ranked = sum(isinstance(layout.value(group.view, group.ranking.seat, p), Fraction) for p in group.positions)
    _write_count(book, sheet, below, len(group.positions), ranked)
    return below + 1


@dataclass(frozen=True)
class _Line:
    """A line of a list: whose row stands there now, and the cell that says whose does, 0 for nobody's."""

    position: int
    at: str


def _in_order(layout: Layout, group: Group) -> list[int]:
    """Return the rows as they stand in the list: by seat, then those that have none."""

    def seat(position: int) -> tuple[bool, Fraction]:
        found = layout.value(group.view, group.ranking.seat, position)
        return (False, found) if isinstance(found, Fraction) else (True, Fraction(position))

    return sorted(group.positions, key=seat)


def _write_order(book: Book, sheet: Worksheet, layout: Layout, groups: Sequence[Group], helper: int) -> str:
    """Write which line of which list each row of the unit sheet has; return the range that says it.

    Hidden columns from `helper` on: the number of the group, 0 where a row is in none; the seat, 0 where a unit has
    none; the number of the group and of the line in it as one number, seats first; the names of the groups.
    """
    view, look = groups[0].view, book.look(style.BASE)
    of, seats, lines, names = (letters(helper + i) for i in range(4))
    last = view.size
    line: dict[int, tuple[Group | None, int]] = {}
    for group in groups:
        line.update({p: (group, i) for i, p in enumerate(_in_order(layout, group), 1)})
    for group in groups:
        sheet.write_string(group.number - 1, helper + 3, group.name, look)
    for at in range(last):
        mine, number = line.get(at, (None, 0))
        _write_number_of(sheet, groups, at, helper, (f"${names}$1:${names}${len(groups)}", mine), look)
        seat = _cell(view, groups[0].ranking.seat, at)
        value = layout.value(view, groups[0].ranking.seat, at)
        known = float(value) if isinstance(value, Fraction) else 0
        sheet.write_formula(at, helper + 1, f"=IF(ISNUMBER({seat}),{seat},0)", look, known)
        unseated = _unseated((of, seats), at, last, mine)
        text = f'=IF({of}{at + 1}=0,"",{of}{at + 1}*{_OF_GROUP}+IF({seats}{at + 1}>0,{seats}{at + 1},{unseated}))'
        sheet.write_formula(at, helper + 2, text, look, "" if mine is None else _OF_GROUP * mine.number + number)
    return f"${lines}$1:${lines}${last}"


def _unseated(columns: tuple[str, str], at: int, last: int, group: Group | None) -> str:
    """Write which line of its group a row without a seat takes: after all seats, in the order of the rows.

    columns: with the numbers of groups, and with seats. last: row of the sheet.
    """
    of, seats = columns
    until = f"{seats}{at + 1}"
    if group is not None and group.together:  # nobody else stands between its rows
        first, end = group.positions[0] + 1, group.positions[-1] + 1
        return f'COUNTIF(${seats}${first}:${seats}${end},">0")+COUNTIF(${seats}${first}:{until},0)'
    mine = f"{of}{at + 1}"
    every = f'COUNTIFS(${of}$1:${of}${last},{mine},${seats}$1:${seats}${last},">0")'
    return f"{every}+COUNTIFS(${of}$1:{mine},{mine},${seats}$1:{until},0)"


def _write_number_of(
    sheet: Worksheet, groups: Sequence[Group], at: int, helper: int, known: tuple[str, Group | None], look: Format
) -> None:
    """Write the number of the group that a row is in. known: the range of the names, the group it is in now."""
    names, group = known
    number = group.number if group is not None else 0
    if groups[0].fixed:
        sheet.write_number(at, helper, number, look)
        return
    cell = _cell(groups[0].view, groups[0].ranking.group, at)
    blank = next((g.number for g in groups if not g.name), 0)
    text = f'=IF({cell}="",{blank},IFERROR(MATCH({cell}&"",{names},0),0))'
    sheet.write_formula(at, helper, text, look, number)


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
    return f'IF({line.at}=0,"",INDEX({group.view.range(column)},{line.at}))'


def _write_count(book: Book, sheet: Worksheet, row: int, size: int, ranked: int) -> None:
    """Write below a list how many units have no place; its last lines name them."""
    unplaced = f'COUNTIF(A{row - size + 1}:A{row},"{UNPLACED}")'
    text = f'=IF({unplaced}=0,"","未排名 "&{unplaced}&" 个，列在表末，原因见备注")'
    words = "" if ranked == size else f"未排名 {size - ranked} 个，列在表末，原因见备注"
    sheet.merge_range(row, 0, row, 3, "", book.look(_NOTE))
    sheet.write_formula(row, 0, text, book.look(_NOTE), words)
    sheet.set_row(row, 20)
