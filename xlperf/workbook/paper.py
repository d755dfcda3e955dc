"""Which paper a table is printed on, where it breaks into pages, and how a worksheet is set up for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from xlsxwriter.worksheet import Worksheet

A3, A4 = 8, 9
FULL_LINE = 128.0  # half-width characters across a landscape A4 page at 11 points (仿宋: 6 points each)
FULL_HEIGHT = 490.0  # points down a landscape A4 page
UPRIGHT_LINE, UPRIGHT_HEIGHT = 87.0, 730.0  # the same of an upright page
PADDING = 0.63  # what the edges of a column take, in characters
A3_WIDER = 1.46  # how much more an A3 page takes
SMALLEST = 0.75  # the scale at which 11 points become 8.25; nothing is printed smaller
SPLIT_LARGEST = 0.8  # a table of several pages need not be larger
SLACK = 0.84  # fonts differ: where 仿宋 is missing another one takes up to 7 points a character
A3_HIGHER = 1.49  # and how much more down the page
LEAST = 8.1 / 11  # the scale that a table may shrink to, so that its last line is not alone on a page
REPEATED = 60.0  # points of the rows of headings that stand on every page
A_POINT = 0.75  # points to a pixel of 1/96 inch
TOLERANCE = (0.96, 0.97, 0.98, 0.99, 1.0, 1.01, 1.02, 1.03, 1.04)  # programs break pages a little earlier or later
ROOM = (FULL_LINE * SLACK / SMALLEST, FULL_LINE * SLACK * A3_WIDER / SMALLEST)  # characters across A4, across A3


@dataclass(frozen=True)
class Paper:
    """A sheet of paper and how it lies.

    breaks: the columns (counted from 0) that begin a further page, for tables no single page can hold.
    scale: of what is printed, 0 where it is fitted to the width of the page.
    """

    size: int = A4
    landscape: bool = True
    breaks: tuple[int, ...] = ()
    scale: float = 0


def paper_for(widths: Sequence[float], repeated: int, height: float, later: int = 0) -> Paper:
    """Return A4 landscape, A3 where A4 would shrink the type too far, several pages where that would too.

    widths: of the columns from column B on, 0 where hidden. repeated: the first column that is not printed
    on every page. height: of the table in points; several pages are of the size, and lie the way, that takes the least
    paper. later: the first column that begins a further page, where there are several; 0 for none.
    """
    printed = [w + PADDING if w else 0.0 for w in widths]
    total, line = max(sum(printed), 1), FULL_LINE * SLACK
    if line / total >= SMALLEST - 1e-9:
        return Paper()
    if line * A3_WIDER / total >= SMALLEST - 1e-9:
        return Paper(A3)
    first = later - 1 if later else len(printed)
    kept, parts = sum(printed[: repeated - 1]), (printed[repeated - 1 : first], printed[first:])
    least = kept + max(sum(parts[0]) if parts[1] else 0.0, *printed)  # what is read first stands on one page
    sheets = [(size, lying) for lying in (True, False) for size in (A4, A3)]
    fitting = [sheet for sheet in sheets if least <= _line(*sheet) / SMALLEST] or [(A3, True)]
    made = [_parted_over(sheet, kept, parts, repeated) for sheet in fitting]
    return min(made, key=lambda paper: _taken(paper, height))


def _line(size: int, landscape: bool) -> float:
    """Return how many characters stand across a page."""
    return (FULL_LINE if landscape else UPRIGHT_LINE) * SLACK * (A3_WIDER if size == A3 else 1)


def _high(size: int, landscape: bool) -> float:
    """Return how many points stand down a page."""
    return (FULL_HEIGHT if landscape else UPRIGHT_HEIGHT) * (A3_HIGHER if size == A3 else 1)


def _parted_over(sheet: tuple[int, bool], kept: float, parts: Sequence[Sequence[float]], repeated: int) -> Paper:
    """Share the columns out over pages of one kind. kept: the width that is repeated on each of them."""
    line, first = _line(*sheet), repeated - 1 + len(parts[0])
    breaks, widest = [first + 1] if parts[1] else [], 0.0
    for start, part in zip((repeated - 1, first), parts, strict=True):
        within, found = _split(part, line / SMALLEST - kept) if part else ([], 0.0)
        breaks, widest = [*breaks, *(start + at + 1 for at in within)], max(widest, found)
    scale = min(floor(line / (kept + widest) * 100) / 100, SPLIT_LARGEST)
    return Paper(*sheet, tuple(sorted(breaks)), scale)


def _taken(paper: Paper, height: float) -> int:
    """Return how much paper a table of several pages takes, in sheets of A4."""
    room = _high(paper.size, paper.landscape) * min(TOLERANCE) / paper.scale
    down = 1 + max(0, ceil((height - room) / (room - REPEATED)))
    return (len(paper.breaks) + 1) * down * (2 if paper.size == A3 else 1)


def _split(widths: Sequence[float], room: float) -> tuple[list[int], float]:
    """Share columns out over as few pages as can be, pages alike; return where they break, and the widest page."""
    pages = len(_breaks(widths, room))
    low, high = max(widths), max(room, *widths)
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (low, middle) if len(_breaks(widths, middle)) <= pages else (middle, high)
    return _breaks(widths, high), high


def _breaks(widths: Sequence[float], room: float) -> list[int]:
    found, used = [], 0.0
    for i, width in enumerate(widths):
        if used and used + width > room + 1e-6:
            found.append(i)
            used = 0.0
        used += width
    return found


def scaled(total: float, *, landscape: bool) -> tuple[Paper, float]:
    """Return paper of a fixed scale that holds so many characters across, and the points of rows that fit down a page.

    A sheet that is fitted to the width takes no breaks in Excel, and how much fits down it hangs on the fonts.
    """
    size = A4 if total <= ROOM[0] else A3
    line, high = (FULL_LINE, FULL_HEIGHT) if landscape else (UPRIGHT_LINE, UPRIGHT_HEIGHT)
    if size == A3:
        line, high = line * A3_WIDER, high * A3_HIGHER
    scale = floor(min(1.0, line * SLACK / max(total, 1)) * 100) / 100
    return Paper(size, landscape=landscape, scale=scale), high * min(TOLERANCE) / scale


def print_set_up(
    sheet: Worksheet, paper: Paper, repeat: tuple[int, int] | None = None, columns: tuple[int, int] | None = None
) -> None:
    """Set a worksheet up for printing: one page wide, header rows repeated, the page number below.

    repeat, columns: rows and columns printed on every page; columns only where the paper has breaks.
    """
    sheet.set_paper(paper.size)
    if paper.landscape:
        sheet.set_landscape()
    else:
        sheet.set_portrait()
    if paper.scale:
        sheet.set_print_scale(round(paper.scale * 100))
    else:
        sheet.fit_to_pages(1, 0)
    if paper.breaks and columns is not None:
        sheet.set_v_pagebreaks(list(paper.breaks))
        sheet.print_across()
        sheet.repeat_columns(*columns)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.center_horizontally()
    sheet.set_footer('&C&"宋体"&12— &P —')
    if repeat is not None:
        sheet.repeat_rows(*repeat)
    sheet.hide_gridlines(2)


def keep_together(
    sheet: Worksheet, first: int, last: int, repeat: tuple[int, int] | None = None, end: int | None = None
) -> None:
    """Let the last rows of a worksheet that is set up, totals and the line to sign on, never stand alone on a page.

    A table fitted to the width of the page shrinks a little, where that leaves it legible; another one breaks a row
    earlier. first, last: of these rows; repeat: those printed on every page; end: the last column printed, None for
    all; counted from 0. Programs differ in how wide a character is, and so in the scale: both ends are looked at.
    """
    heights = [_height(sheet, row) for row in range(last + 1)]
    again = sum(heights[repeat[0] : repeat[1] + 1]) if repeat is not None else 0.0
    down = _high(sheet.paper_size, not sheet.orientation)  # 0 where it lies
    if not sheet.fit_page:
        rooms = [down / sheet.print_scale * 100 * near for near in TOLERANCE]
        if any(_starts(heights, again, room)[-1] >= first for room in rooms):
            sheet.set_h_pagebreaks([first - 1])
        return
    scales = _scales(sheet, end)
    rooms = [down / scale * near for scale in scales for near in TOLERANCE]
    pages = [len(starts) - 1 for room in rooms if (starts := _starts(heights, again, room))[-1] >= first]
    if pages and len(_starts(heights, again, down / LEAST)) <= min(pages):
        sheet.fit_to_pages(1, min(pages))
    elif pages:
        sheet.set_print_scale(int(min(scales) * 100))
        sheet.set_h_pagebreaks([first - 1])


def keep_apart(sheet: Worksheet, groups: Sequence[tuple[int, int]]) -> None:
    """Let no page of a worksheet that is set up, fitted to the width of the page, begin within a group of its rows.

    groups: first and last row of each, in order, counted from 0: a heading with what stands below it. Where a page
    could begin there, the scale is fixed and the page begins with the group: a fitted sheet takes no breaks. What one
    page can hold while it stays legible stands on one.
    """
    last = max(last for _, last in groups)
    heights = [_height(sheet, row) for row in range(last + 1)]
    scales = _scales(sheet)
    if sum(heights) <= FULL_HEIGHT / LEAST * min(TOLERANCE):
        sheet.fit_to_pages(1, 1)
        return
    fitted = [FULL_HEIGHT / scale * near for scale in scales for near in TOLERANCE]
    if not _parted(heights, groups, fitted, []):
        return
    scale = int(min(scales) * 100)
    rooms = [FULL_HEIGHT / scale * 100 * near for near in TOLERANCE]
    breaks: list[int] = []
    while parted := _parted(heights, groups, rooms, breaks):
        breaks.append(parted)
    sheet.set_print_scale(scale)
    sheet.set_h_pagebreaks(breaks)


def _parted(
    heights: Sequence[float], groups: Sequence[tuple[int, int]], rooms: Sequence[float], breaks: list[int]
) -> int:
    """Return the first row of the first group that a page begins within; 0 for none. A break stands above a row."""
    starts = {row for room in rooms for row in _starts(heights, 0.0, room, breaks)}
    parted = (first for first, last in groups if first not in breaks and any(first < row <= last for row in starts))
    return next(parted, 0)


def _height(sheet: Worksheet, row: int) -> float:
    """Return the height of a row that was set, in points; 0 where it is hidden."""
    info = sheet.row_info.get(row)
    if info is None:
        return float(sheet.default_row_height) * A_POINT
    return 0.0 if info.hidden else float(info.height) * A_POINT


def _scales(sheet: Worksheet, end: int | None = None) -> list[float]:
    """Return the scales at which the columns fit the width of the page: with wide characters, with narrow ones."""
    shown = [x.width for at, x in sheet.col_info.items() if not x.hidden and (end is None or at <= end)]
    total = sum((pixels - 5) / 7 + PADDING for pixels in shown)
    line = FULL_LINE * (A3_WIDER if sheet.paper_size == A3 else 1)
    return [min(1.0, line * slack / max(total, 1)) for slack in (SLACK, 1.0)]


def _starts(heights: Sequence[float], again: float, room: float, breaks: Sequence[int] = ()) -> list[int]:
    """Return the row that each page begins with.

    again: the height repeated on every page. room: the height of one. breaks: rows that begin a page in any case.
    """
    found, used = [0], 0.0
    for row, height in enumerate(heights):
        if (used + height > room or row in breaks) and row > found[-1]:
            found.append(row)
            used = again
        used += height
    return found
