"""附表: forms of a regulation stand in the books as they were printed, and such books come back as others do."""

import csv
import shutil

import openpyxl
import pytest
from kit.libreoffice import converted
from kit.masters import laid_out
from kit.rounds import issued_file, send

from xlperf.engine.score import score
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.distribute import distribute
from xlperf.rounds.store import new_round
from xlperf.scheme.load import find_scheme, load_scheme
from xlperf.workbook.back.read import read_book
from xlperf.workbook.books.master import write_master
from xlperf.workbook.books.unit import write_unit_book
from xlperf.workbook.seal import Identity, sealed

COUNTY = "guannan-2009"
FORM = """
forms:
  annex:
    {title: 附表, heading: 三单位指标, basis: 样板 第二条, rows: marks, where: {unit: U1},
     book: yes, units: {name: 城关镇},
     columns: [side, indicator, full], merged: {side: side}, side: side, lines: lines, sums: [full],
     filled: {title: 本单位填, of: [marks.actual, marks.self], by: no, matched: [no]}, remark: 备注：样板。}
"""


def grid(sheet):
    """Return what stands in the lines of a form, below its headings; a cell that is part of another is `〃`."""
    areas = sheet.merged_cells.ranges
    inner = {at for area in areas for at in area.cells} - {(area.min_row, area.min_col) for area in areas}
    return [
        ["〃" if (c.row, c.column) in inner else c.value for c in row]
        for row in sheet.iter_rows(min_row=3, max_row=sheet.max_row)
    ]


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """Write the books of a township, a park and a department, and the 总表; return them open."""
    scheme, plan = laid_out(COUNTY)
    folder, scores = tmp_path_factory.mktemp("books"), score(plan, scheme.tables)
    for unit in ("T01", "P03", "D01"):
        identity = sealed(Identity("unit", "r", scheme.id, scheme.year, unit, 1), b"k" * 32)
        write_unit_book(scores, unit, folder / f"{unit}.xlsx", identity, scheme=scheme)
    return {file.stem: openpyxl.load_workbook(file) for file in folder.iterdir()}


def test_the_annex_of_townships_is_the_printed_one(books):
    lines = grid(books["T01"]["附件1（乡镇）"])
    assert lines[0] == ["类别", "指标名称", "分值", "完成值或自评分"] * 2
    assert len(lines) == 1 + 18 + 1
    assert [line[:3] for line in lines[1:3]] == [
        ["一、项目引进（25分）", "1、新开工进园区项目", 6],
        ["〃", "2、注册资本超1000万元项目", 6],
    ]
    assert lines[1][4:7] == ["六、新农村建设（20分）", "1、新增农村土地流转面积", 3]
    assert (lines[12][4], lines[12][5][:4], lines[12][6]) == ("八、和谐共建（18分）", "党的建设", 18)
    assert lines[13][4:7] == lines[14][4:7] == ["〃"] * 3
    assert lines[15][4:7] == ["〃", "计划生育", "扣分"]
    assert lines[18][:3] == ["〃", "3、企业入库税收翻番", 2]
    assert lines[18][4:7] == ["合　　计", "〃", "=SUM(C4:C21,G4:G20)"]
    assert lines[19][0] == "备注：定量指标加减分不超过原分值，定性指标得分不超过原分值。"


def test_parks_have_two_columns_of_points_and_departments_no_categories(books):
    lines = grid(books["P03"]["附件1（园区）"])
    assert lines[0][:4] == ["类别", "指标名称", "分值1", "分值2"]
    assert lines[7][:4] == ["〃", "3、重点推进项目", 3, 15]
    assert lines[14][5:9] == ["合　　计", "〃", "=SUM(C4:C17,H4:H16)", "=SUM(D4:D17,I4:I16)"]
    lines = grid(books["D01"]["附件1（部门）"])
    left = [["一、单位职能工作", 50], ["二、重点绩效内容", "（20）"], ["⑴优化工作流程", 10], ["⑵关键绩效指标", 10]]
    assert [line[:2] for line in lines[1:5]] == left
    assert [line[4:6] for line in lines[4:8]] == [
        ["⑹计划生育", "扣分"],
        ["⑺县委、县政府交办的其它各项任务", 5],
        ["合　　计", "=SUM(B4:B10,F4:F8)"],
        [None, None],
    ]


def test_annex_2_has_merged_categories_contents_points_and_remarks(books):
    lines = grid(books["T01"]["附件2（乡镇）"])
    assert lines[1] == ["特色目标", "建筑工程类", "具体内容见责任状", "10", "分值按承担任务平均分配"]
    assert lines[2] == ["〃", "农业经济类", "具体内容见责任状", "〃", "〃"]
    assert [line[2:4] for line in lines[8:13]] == [["〃", "〃"]] * 5
    assert (lines[13][0], lines[13][3]) == ("〃", "8")
    assert [row[0] for row in grid(books["D01"]["附件3"])[1:5]] == [
        "组织领导与率先垂范",
        "〃",
        "〃",
        "落实党风廉政建设责任制",
    ]
    words = " ".join(str(c) for book in books.values() for line in grid(book[book.sheetnames[-4]]) for c in line)
    assert "merged from" not in words
    assert "maximum" not in words


@pytest.mark.parametrize(("unit", "name"), [("P03", "附件2（园区）"), ("D01", "附件2（部门）")])
def test_what_is_assessed_has_more_room_than_the_points_said_beside_it(books, unit, name):
    """The points of a block stand in one tall cell and take its lines: the annex is one page, as it was printed."""
    sheet = books[unit][name]
    assert sheet.column_dimensions["C"].width > 1.5 * sheet.column_dimensions["D"].width
    assert sum(line.height for line in sheet.row_dimensions.values() if line.height) < 620


@pytest.fixture
def small(tmp_path):
    """Return the folder of a scheme of three units with a form of two blocks."""
    source = find_scheme("three-units")[0]
    folder = shutil.copytree(source if source.is_dir() else source.parent, tmp_path / "scheme")
    file = folder / "scheme.yaml"
    text = file.read_text("utf-8").replace(
        "      direction: {is: fact", "      side: {is: fact, holds: text, title: 块}\n"
        "      lines: {is: fact, title: 行}\n      direction: {is: fact",
    ).replace("\nrankings:", f"{FORM}\nrankings:")  # fmt: skip
    file.write_text(text, "utf-8")
    rows = list(csv.DictReader((folder / "marks.csv").open(encoding="utf-8")))
    for row in rows:
        row |= {"side": "左" if int(row["no"]) < 3 else "右", "lines": "1"}
    with (folder / "marks.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder


@pytest.mark.libreoffice
def test_a_book_with_forms_comes_back_and_shows_what_was_filled(small, tmp_path):
    round_, problems = new_round(small, tmp_path / "round")
    assert round_ is not None, problems
    distribute(round_)
    book = openpyxl.load_workbook(issued_file(round_, "unit", "U1"))
    assert "附表" in book.sheetnames
    assert "附表" not in openpyxl.load_workbook(issued_file(round_, "unit", "U2")).sheetnames
    assert len(grid(book["附表"])) == 1 + 3 + 1  # 3 lines: two rows beside two rows and the sum
    sent = send(round_, "unit", "U1")
    (again,) = converted([sent], tmp_path / "again")
    shown = grid(openpyxl.load_workbook(again, data_only=True)["附表"])
    typed = {(c.row_key, c.column): c.value for c in read_book(sent).cells if c.plan_sheet == "marks"}
    assert [line[3] for line in shown[1:3]] == [typed["U1-1", "actual"], typed["U1-2", "actual"]]
    assert [line[7] for line in shown[1:3]] == [typed["U1-3", "actual"], typed["U1-4", "self"]]
    shutil.copy(again, sent)
    result = collect(round_)
    assert [r.decision for r in result.receipts] == ["accepted"]
    assert [p.code for p in result.problems] == ["RENAMED"]  # the file, as people do


def test_what_a_form_names_must_be_there(small):
    file = small / "scheme.yaml"
    text = file.read_text("utf-8")
    file.write_text(
        text.replace("columns: [side, indicator, full]", "columns: [side, word, full]")
        .replace("sums: [full]", "sums: [indicator]")
        .replace("of: [marks.actual", "of: [marx.actual")
        .replace("units: {name:", "units: {groop:"),
        "utf-8",
    )
    problems = {(p.code, dict(p.values).get("found")) for p in load_scheme(small)[1]}
    assert problems >= {
        ("UNKNOWN_COLUMN", "word"), ("UNKNOWN_COLUMN", "groop"), ("UNKNOWN_SHEET", "marx"), ("PRINT_SUM", "indicator"),
    }  # fmt: skip


def test_the_office_has_every_form_as_it_was_printed(tmp_path):
    scheme, plan = laid_out(COUNTY)
    few = {**scheme.tables, "units": scheme.tables["units"][:3], "people": [], "tasks": [], "results": []}
    scores = score(plan, {**few, "quantity": [], "quality": [], "family": [], "clean": []})
    identity = sealed(Identity("master", "r", scheme.id, scheme.year, "", 1), b"k" * 32)
    write_master(scores, tmp_path / "总表.xlsx", identity=identity, scheme=scheme)
    book = openpyxl.load_workbook(tmp_path / "总表.xlsx")
    assert {form.title for form in plan.forms} <= set(book.sheetnames)
    assert grid(book["附件1（乡镇）"])[0] == ["类别", "指标名称", "分值"] * 2
