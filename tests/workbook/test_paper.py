"""Which page a table is printed on: legible, what is read first on the first page, names on every page."""

from __future__ import annotations

from itertools import pairwise

import pytest

from xlperf.engine.compile import compile_scheme
from xlperf.scheme.find import find_scheme
from xlperf.scheme.load import load_scheme
from xlperf.workbook.book import Book
from xlperf.workbook.books.choice import FEWEST, arranged, for_paper
from xlperf.workbook.books.unit import BESIDE, write_signature
from xlperf.workbook.layout import NARROW, TIGHT, Shown
from xlperf.workbook.paper import (
    A3,
    A3_HIGHER,
    A3_WIDER,
    A4,
    FULL_HEIGHT,
    FULL_LINE,
    PADDING,
    SLACK,
    SMALLEST,
    Paper,
    keep_apart,
    keep_together,
    paper_for,
    print_set_up,
)
from xlperf.xlsx.skeleton import BASIS, HEAD
from xlperf.xlsx.skeleton import BODY as BODY_ROW

BODY = 11.0  # points of the type that everything is written in
LINE = {A4: FULL_LINE * SLACK, A3: FULL_LINE * SLACK * A3_WIDER}


def pages(widths: list[float], repeated: int, paper) -> list[float]:
    """Return the width of each page, in characters; columns before `repeated` stand on all."""
    starts = [repeated, *(b for b in paper.breaks), len(widths) + 1]
    kept = sum(w + PADDING for w in widths[: repeated - 1])
    return [kept + sum(w + PADDING for w in widths[a - 1 : b - 1]) for a, b in pairwise(starts)]


@pytest.mark.parametrize("count", [5, 12, 18, 24, 31, 46, 68])
@pytest.mark.parametrize("width", [7.0, 9.5, 14.0])
@pytest.mark.parametrize("height", [300.0, 9000.0])
@pytest.mark.parametrize("later", [0, 4])
def test_type_is_never_smaller_than_eight_points(count, width, height, later):
    widths = [8.0, 20.0, *[width] * count]
    paper = paper_for(widths, 3, height, later)
    for page in pages(widths, 3, paper) if paper.breaks else [sum(w + PADDING for w in widths)]:
        scale = paper.scale or LINE[paper.size] / page
        assert scale * BODY >= 8
        assert page * scale <= LINE[paper.size] + 1e-6, "no column falls off the page"
    assert paper.scale == 0 or paper.scale >= SMALLEST


@pytest.mark.parametrize(("units", "blocks"), [(44, 20), (44, 9), (20, 20), (4, 12), (90, 20)])
def test_a_matrix_takes_the_least_paper(units, blocks):
    """44 units stood on three pages with a strip of ten rows on three more; an upright page holds them all."""
    widths, height = [16.0, *[0.0, 23.0] * blocks], 170 + 22.0 * units
    paper = paper_for(widths, 2, height)
    pages_ = (len(paper.breaks) + 1) * (2 if paper.size == A3 else 1)
    lying = FULL_HEIGHT * (A3_HIGHER if paper.size == A3 else 1) / paper.scale
    if (units, blocks) == (44, 20):
        assert (paper.size, paper.landscape, pages_) == (A3, False, 8)
    assert paper.landscape or height > lying * 0.96, "upright only where that spares pages"


def test_outside_the_office_a_table_is_printed_on_a4():
    """What nobody fills and nobody reads stands behind the printed page, at its right; the order is otherwise kept."""
    plan, _ = compile_scheme(load_scheme(find_scheme("yiyang-2018")[0])[0])
    marks = plan.by_name["marks"]
    filled = {c.name for c in marks.inputs("unit")}
    shown = [Shown(c.name, open=c.name in filled) for c in marks.columns]
    kept = for_paper(marks, shown)
    assert {s.name for s in kept} == {s.name for s in shown}
    aside = [s.aside for s in kept]
    assert aside == sorted(aside)
    printed = {s.name for s in kept if not s.aside}
    assert filled | {"full", "measure", "target", "indicator", "score"} <= printed
    assert {"assigned", "y1", "rate_target", "level_full"} & printed == set()
    assert for_paper(marks, shown[:NARROW]) == tuple(shown[:NARROW]), "few enough columns stay as they are"


def test_what_is_read_first_is_on_the_first_page():
    widths = [8.0, 20.0, *[9.0] * 40]
    paper = paper_for(widths, 3, 300.0, later=12)
    assert paper.breaks[0] == 12
    assert paper_for(widths[:9], 3, 300.0, later=6) == paper_for(widths[:9], 3, 300.0), "one page holds all"


def test_the_first_page_has_what_is_read_first_or_the_order_stays():
    path, _ = find_scheme("hebi-2021")
    scheme, _ = load_scheme(path)
    plan, _ = compile_scheme(scheme)
    for sheet in plan.sheets:
        shown = tuple(Shown(c.name) for c in sheet.columns)
        order = arranged(sheet, shown)
        assert {s.name for s in order} == {s.name for s in shown}
        later = [s.name for s in order if s.later]
        first = [s.name for s in order if not s.later]
        if not later:
            assert order == shown
            continue
        assert len(sheet.columns) > TIGHT
        assert len(first) >= FEWEST
        assert not {c.name for c in sheet.of_role("composite", "place", "award", "score")} & set(later)
    streets = plan.by_name["streets"]
    assert any(s.later for s in arranged(streets, tuple(Shown(c.name) for c in streets.columns)))


def signed(rows: int) -> int:
    """Return how many pages a table of so many rows, with a line to sign on, is fitted to; 0 as many as it takes."""
    sheet = Book("标题", "单位").sheet("表")
    sheet.set_column(1, 4, 24.0)
    for row in range(BODY_ROW, BODY_ROW + rows):
        sheet.set_row(row, 24.0)
    sheet.set_row(BODY_ROW + rows, 36.0)
    print_set_up(sheet, Paper(), (BASIS, HEAD))
    keep_together(sheet, BODY_ROW + rows, BODY_ROW + rows, (BASIS, HEAD))
    return sheet.fit_height


def test_the_line_to_sign_on_is_never_alone_on_a_page():
    """As rows are added it is pulled back to the page before, and only where it would have been alone."""
    fitted = [signed(rows) for rows in range(10, 60)]
    assert {0, 1, 2} <= set(fitted)
    assert fitted.count(0) > len(fitted) / 2
    assert [pages for pages in fitted if pages] == sorted(pages for pages in fitted if pages)


def test_the_line_to_sign_on_has_rows_of_the_table_above_it():
    """A last page with one row, the totals and the line was a page for nothing: it is drawn back as well."""

    def drawn_back(rows: int) -> bool:
        book = Book("标题", "单位")
        sheet = book.sheet("表")
        sheet.set_column(1, 4, 24.0)
        sheet.set_column(5, 9, 60.0)  # for the screen alone
        for row in range(BODY_ROW, BODY_ROW + rows):
            sheet.set_row(row, 24.0)
        print_set_up(sheet, Paper(), (BASIS, HEAD))
        write_signature(book, sheet, (1, 4), 4, (BODY_ROW + rows, BODY_ROW + rows), ("负责人",), 60.0)
        return bool(sheet.fit_height or sheet.hbreaks)

    alone, together = ({rows for rows in range(10, 60) if test(rows)} for test in (signed, drawn_back))
    assert alone < together
    assert {rows + n for rows in alone for n in range(BESIDE)} & {*range(10, 58)} <= together
    assert len(together) < 40


def guided(rows: int) -> tuple[bool, list[int]]:
    """Return whether a guide with so many lines before its second heading stays fitted, and the rows of its breaks."""
    sheet = Book("标题", "单位").sheet("填报说明")
    for column, width in enumerate((26.0, 14.0, 96.0), 1):
        sheet.set_column(column, column, width)
    for row in range(rows + 30):
        sheet.set_row(row, 22.0)
    print_set_up(sheet, Paper())
    keep_apart(sheet, [(0, 1), (rows, rows + 1), (rows + 28, rows + 29)])
    return bool(sheet.fit_page), list(sheet.hbreaks)


def test_a_heading_is_never_the_last_line_of_a_page():
    found = [guided(rows) for rows in range(10, 60)]
    assert any(fitted for fitted, _ in found), "left alone where no page could end there"
    assert not any(fitted and breaks for fitted, breaks in found), "a fitted sheet takes no breaks"
    for rows, (_, breaks) in enumerate(found, 10):
        assert {*breaks} <= {rows, rows + 28}
    assert any(rows in breaks for rows, (_, breaks) in enumerate(found, 10))


def test_a_target_stands_on_the_page_of_the_value_that_is_held_against_it():
    plan, _ = compile_scheme(load_scheme(find_scheme("dashiqiao-2017")[0])[0])
    marks = plan.by_name["marks"]
    order = {s.name: s.later for s in arranged(marks, tuple(Shown(c.name) for c in marks.columns))}
    assert any(order.values())
    assert (order["target"], order["actual"]) == (False, False)
