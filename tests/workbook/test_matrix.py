"""A scorer's matrix: units down, indicators across; every cell is found again, whatever saved or moved it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from kit.libreoffice import converted
from kit.programs import need
from kit.small_plan import MARKS, PLAN, identity, rows

from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Column
from xlperf.engine.score import Scores, score
from xlperf.scheme.load import load_scheme
from xlperf.workbook.back.fill import fill_book
from xlperf.workbook.back.read import read_book
from xlperf.workbook.book import Book
from xlperf.workbook.books.grid import grids
from xlperf.workbook.books.scorer import scorer_leaves, write_scorer_book
from xlperf.xlsx.skeleton import BODY

SHARED, SECOND, THIRD = "共同指标", "第二指标", "一家的指标"


def shared(measure: dict[str, str | None] | None = None) -> Scores:
    """Return the small plan with two indicators of all units but one, and one of a single unit, for one scorer."""
    tables = rows()
    marks = [m | {"scorer": "统计局", "lead": None} for m in tables["marks"] if m["id"] != "U5-2"]
    for mark in marks:
        mark["indicator"] = SHARED if str(mark["id"]).endswith("-1") else SECOND
    single = marks[0] | {"id": "U3-9", "unit": "U3", "indicator": THIRD}
    columns = tuple(replace(c, role="lead") if c.name == "lead" else c for c in MARKS.columns)
    if measure is not None:
        columns = (*columns[:4], Column("measure", "计量单位", "fact", "text", role="measure"), *columns[4:])
        marks = [m | {"measure": measure[m["indicator"]]} for m in marks]
    sheets = tuple(replace(MARKS, columns=columns) if s.name == "marks" else s for s in PLAN.sheets)
    return score(replace(PLAN, sheets=sheets), tables | {"marks": [*marks, single]})


@pytest.fixture(scope="module")
def issued(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("issued") / "lead.xlsx"
    write_scorer_book(shared(), "统计局", file, identity("scorer", "统计局"), "示例办")
    return file


def leads(file: Path) -> dict[str, object]:
    return {c.row_key: c.value for c in read_book(file).cells if c.column == "lead" and c.role == "input"}


def filled(issued: Path, to: Path) -> dict[str, float]:
    given = {key: i / 4 for i, key in enumerate(leads(issued), 1)}
    fill_book(issued, to, {("marks", key, "lead"): value for key, value in given.items()})
    return given


def test_units_stand_down_and_indicators_across(issued):
    book = openpyxl.load_workbook(issued)
    assert book.sheetnames == ["填报说明", "打分表", "指标情况", "单位", "_xlperf"]
    sheet = book["打分表"]
    names = [sheet.cell(row, 2).value for row in range(BODY + 1, BODY + 6)]
    assert names == [f"第{i}局" for i in range(1, 6)]
    assert [c.value for c in sheet[5] if c.value] == ["单位", SHARED, SECOND, THIRD]
    marks = ["核定得分\n（10分）", "核定得分\n（20分）", "核定得分\n（10分）"]
    assert [c.value for c in sheet[6] if c.value and "核定" in c.value] == marks


def test_what_a_number_is_counted_in_stands_over_its_indicator(tmp_path):
    scores = shared(measure={SHARED: "万元", SECOND: None})
    write_scorer_book(scores, "统计局", tmp_path / "book.xlsx", identity("scorer", "统计局"), "示例办")
    over = [c.value for c in openpyxl.load_workbook(tmp_path / "book.xlsx")["打分表"][5] if c.value]
    assert over == ["单位", f"{SHARED}（计量单位：万元）", SECOND, THIRD]


def test_a_unit_without_the_indicator_has_a_closed_cell(issued):
    sheet = openpyxl.load_workbook(issued)["打分表"]
    columns = [c.column for c in sheet[4] if c.value == "lead"]
    cells = [sheet.cell(BODY + 5, column) for column in columns]
    assert [c.protection.locked for c in cells] == [False, True, True]
    assert [bool(c.border.diagonalUp) for c in cells] == [False, True, True]


def test_every_row_is_issued_once(issued):
    wanted = {f"U{u}-{i}" for u in range(1, 6) for i in (1, 2)} - {"U5-2"} | {"U3-9"}
    assert leads(issued).keys() == wanted
    assert read_book(issued).changes == ()


def test_what_is_typed_comes_back(issued, tmp_path):
    given = filled(issued, tmp_path / "back.xlsx")
    assert leads(tmp_path / "back.xlsx") == given


def test_a_moved_matrix_is_read_alike(issued, tmp_path):
    given = filled(issued, tmp_path / "filled.xlsx")
    book = openpyxl.load_workbook(tmp_path / "filled.xlsx")
    sheet = book["打分表"]
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    sheet.title = "打分表（最终版）"
    sheet.insert_cols(2)
    sheet.insert_rows(2, 2)
    book.save(tmp_path / "back.xlsx")
    assert leads(tmp_path / "back.xlsx") == given
    assert {c.what for c in read_book(tmp_path / "back.xlsx").changes} == {"SHEET_RENAMED"}


def test_a_lost_column_is_named(issued, tmp_path):
    book = openpyxl.load_workbook(issued)
    sheet = book["打分表"]
    sheet.delete_cols([c.column for c in sheet[4] if c.value == "lead"][-1])
    book.save(tmp_path / "back.xlsx")
    assert ("COLUMN_LOST", "lead") in {(c.what, c.wanted) for c in read_book(tmp_path / "back.xlsx").changes}


def test_libreoffice_saves_it_and_the_self_check_follows(issued, tmp_path):
    need("soffice")
    half = tmp_path / "half.xlsx"
    given = filled(issued, half)
    fill_book(half, half, {("marks", "U2-2", "lead"): None, ("marks", "U1-1", "lead"): 10.5})
    [saved] = converted([half], tmp_path / "out")
    assert leads(saved) == given | {"U2-2": None, "U1-1": 10.5}
    sheet = openpyxl.load_workbook(saved, data_only=True)["打分表"]
    assert next(c.value for c in sheet[3] if c.value) == f"还差1项：第{BODY + 2}行；填错1处：第{BODY + 1}行"


def test_a_sparse_set_of_indicators_is_no_matrix():
    scores = shared()
    marks = scores.plan.by_name["marks"]
    apart = [{"id": f"x{i}", "unit": f"U{i}", "indicator": f"指标{i}", "full": Fraction(5)} for i in range(1, 6)]
    alone = score(replace(PLAN), rows() | {"marks": [dict.fromkeys(c.name for c in marks.columns) | m for m in apart]})
    assert grids(alone, marks, range(5)) == ([], [0, 1, 2, 3, 4])


def test_many_indicators_of_few_units_stand_below_one_another():
    """Side by side they would take pages of two or three rows."""
    marks = PLAN.by_name["marks"]
    blank = dict.fromkeys(c.name for c in marks.columns)
    for count, wide in ((9, False), (10, True)):
        many = [
            blank | {"id": f"{u}-{i}", "unit": u, "indicator": f"指标{i}"}
            for u in ("U1", "U2", "U3")
            for i in range(count)
        ]
        made, left = grids(score(PLAN, rows() | {"marks": many}), marks, range(len(many)))
        assert (len(made), len(left)) == ((0, len(many)) if wide else (1, 0))


def test_many_indicators_make_several_matrices_whose_formulas_every_program_takes(tmp_path):
    marks = PLAN.by_name["marks"]
    blank = dict.fromkeys(c.name for c in marks.columns)
    many = [
        blank | {"id": f"{u}-{i}", "unit": u, "indicator": f"指标{i}", "full": Fraction(i), "scorer": "统计局"}
        for u in ("U1", "U2", "U3", "U4", "U5", "U6", "U7")
        for i in range(1, 46)
    ]
    file = tmp_path / "lead.xlsx"
    scores = score(PLAN, rows() | {"marks": many})
    write_scorer_book(scores, "统计局", file, identity("scorer", "统计局"), "示例办")
    book = openpyxl.load_workbook(file)
    blocks = {
        sheet.title: sum(str(c.value or "").startswith("xlperf|") for c in sheet[4])
        for sheet in book.worksheets
        if sheet.title.startswith("打分表")
    }
    assert list(blocks.values()) == [20, 20, 5]
    cells = (c for sheet in book.worksheets for row in sheet.iter_rows() for c in row if c.data_type == "f")
    assert max(len(str(c.value)) for c in cells) < 8_000
    assert leads(file).keys() == {m["id"] for m in many}


def test_what_a_value_is_judged_by_stands_beside_it():
    """The target of each unit beside the verified value; what is the same for all of them in the heading."""
    scheme, _ = load_scheme(Path(__file__).parents[2] / "schemes" / "three-units")
    plan, _ = compile_scheme(scheme)
    tables = {name: [dict(row) for row in rows] for name, rows in scheme.tables.items()}
    for mark in tables["marks"]:
        mark["actual"] = Fraction(7) if mark["target"] is not None else None
    (leaf, *_) = scorer_leaves(Book("", "", ""), score(plan, tables), "财政科", scheme.office)
    for view in leaf.views:
        assert [s.name for s in view.shown if not s.hidden] == ["target", "actual", "verified"]
        assert "方向：正向" in view.over
