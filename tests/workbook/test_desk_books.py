"""What books say of themselves: every column to fill is explained, nothing empty is printed, dates stay whole."""

import shutil
from dataclasses import replace
from datetime import date
from fractions import Fraction
from types import SimpleNamespace

import openpyxl
from click.testing import CliRunner
from kit.masters import blank_master_of, laid_out
from kit.small_plan import MARKS, PLAN, identity, rows

from xlperf.cli import main
from xlperf.engine.plan import Column
from xlperf.engine.score import Scores, score
from xlperf.formula.expression import lift
from xlperf.report.status import BookStatus, Status
from xlperf.rounds.blank import write_blank
from xlperf.scheme.find import find_scheme
from xlperf.workbook.books.receipts import write_receipts
from xlperf.workbook.books.scorer import write_scorer_book
from xlperf.workbook.style import number_format
from xlperf.workbook.table import _longest_number
from xlperf.workbook.text import measure

DAY = date(2026, 11, 21)


def two_kinds() -> Scores:
    """Return the small plan with two indicators of all units; the first block of the matrix takes no points."""
    tables = rows()
    marks = [m | {"scorer": "统计局", "lead": None} for m in tables["marks"]]
    for mark in marks:
        mark["indicator"] = "第一指标" if str(mark["id"]).endswith("-1") else "第二指标"
    columns = tuple(replace(c, role="lead") if c.name == "lead" else c for c in MARKS.columns)
    sheets = tuple(replace(MARKS, columns=columns) if s.name == "marks" else s for s in PLAN.sheets)
    return score(replace(PLAN, sheets=sheets), tables | {"marks": marks})


def texts(sheet):
    return [str(c.value) for row in sheet.iter_rows() for c in row if c.value is not None]


def test_a_date_to_sign_with_stays_on_one_line(tmp_path):
    write_scorer_book(two_kinds(), "统计局", tmp_path / "a.xlsx", identity("scorer", "统计局"), "示例办")
    signed = [t for t in texts(openpyxl.load_workbook(tmp_path / "a.xlsx")["打分表"]) if "日期：" in t]
    space = "\N{NO-BREAK SPACE}"
    assert [t[t.index("日期：") :] for t in signed] == [f"日期：{space * 6}年{space * 4}月{space * 4}日"]


def test_what_is_signed_breaks_between_a_blank_and_the_next_label_only(tmp_path):
    """Programs break Chinese between any two letters: a line that does not fit is broken by us."""
    write_scorer_book(two_kinds(), "统计局", tmp_path / "a.xlsx", identity("scorer", "统计局"), "示例办")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["打分表"]
    cell = next(c for row in sheet.iter_rows() for c in row if "日期：" in str(c.value))
    (across,) = [r for r in sheet.merged_cells.ranges if cell.coordinate in r]
    wide = {
        i: d.width
        for d in sheet.column_dimensions.values()
        if not d.hidden
        for i in range(d.min or 0, (d.max or 0) + 1)
    }
    room = sum(wide.get(i, 0.0) for i in range(across.min_col, across.max_col + 1))
    written = str(cell.value).split("\n")
    assert all(measure(line) < room for line in written), (room, [measure(line) for line in written])
    starts = ("打分单位（盖章）：", "负责人（签字）：", "打分人：", "联系电话：", "日期：")
    assert all(line.startswith(starts) for line in written)
    assert (sheet.row_dimensions[cell.row].height or 0) >= 18 * len(written)


def test_the_guide_of_a_matrix_explains_every_column_to_fill(tmp_path):
    path, _ = find_scheme("three-units")
    write_blank(path, tmp_path / "blank")
    guide = openpyxl.load_workbook(tmp_path / "blank" / "打分表" / "绩效办.xlsx")["填报说明"]
    first = [next((str(c.value) for c in row if c.value), "") for row in guide.iter_rows()]
    filled = [t for t in first[first.index("各栏填什么") + 2 :] if t]
    assert filled == ["核定完成值", "核定得分", "扣分原因及依据"]


def test_places_are_whole_numbers_in_the_audit(tmp_path):
    path, _ = find_scheme("three-units")
    done = CliRunner(env={"XLPERF_LANG": "zh"}).invoke(
        main, ["demo", "--scheme", str(path), "--out", str(tmp_path / "d")]
    )
    assert done.exit_code == 0, done.output
    sheet = openpyxl.load_workbook(tmp_path / "d" / "out" / "总表.xlsx")["对账"]
    places = [row for row in sheet.iter_rows() if row[3].value == "名次"]
    assert {c.number_format for row in places for c in row[4:6]} == {"General"}


def test_every_score_that_is_ranked_is_compared_with_what_the_engine_worked_out(tmp_path):
    file = blank_master_of("hebi-2021", tmp_path / "总表.xlsx")
    sheet = openpyxl.load_workbook(file)["对账"]
    compared = {(row[0].value, row[3].value) for row in sheet.iter_rows(min_row=5)}
    _, plan = laid_out("hebi-2021")
    sheets = [(plan.by_name[r.sheet], r.score) for r in plan.rankings]
    assert {
        (ranked.title, ranked.by_name[score].title) for ranked, score in sheets
    } <= compared  # what the sheet 排名 prints as the score


def test_explain_says_that_the_scheme_is_red(tmp_path):
    path, _ = find_scheme("three-units")
    red = shutil.copytree(path, tmp_path / "red")
    units = (red / "units.csv").read_text("utf-8")
    (red / "units.csv").write_text(units.replace("乡镇,4,100", "乡镇,4,99", 1), "utf-8")
    call = ["explain", "U1", "--scheme", str(red), "--data", str(red)]
    done = CliRunner(env={"XLPERF_LANG": "zh"}).invoke(main, call)
    assert "[SCHEME_RED_SEEN] 考核方案核对有" in done.stderr


def test_nobody_to_chase_is_said_in_a_line_and_no_empty_table_is_printed(tmp_path):
    book = BookStatus("unit", "U1", "城关镇", "自评表", "in", "城关镇.xlsx", DAY)
    write_receipts(Status("r", "考核", 2026, "绩效办", DAY, None, (book,)), tmp_path / "a.xlsx")
    made = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert texts(made["催报"]) == ["考核　催报名单", "截至2026年11月21日，各单位的表已收齐。"]
    assert made["收件台账"].column_dimensions["E"].width > 17, "a whole date on one line: 2026年11月21日"


def test_a_column_is_as_wide_as_its_numbers_are_written():
    """A whole number that is shown with two decimals needs room for them: 117600.00, not 117600."""
    layout = SimpleNamespace(whole_numbers=lambda *_: True, values=lambda *_: [Fraction(117600)])
    view = SimpleNamespace(tight=True, rows=(0,))
    pay = Column("pay", "应发", "computed", "number", lift(0), "四", shown=2)
    assert _longest_number(layout, view, pay) == len("117600.00")
    assert _longest_number(layout, view, replace(pay, shown=None)) == len("117600")


def test_all_numbers_of_a_column_are_shown_alike():
    score = Column("score", "得分", "computed", "number", lift(0), "四")
    assert number_format(score, long=True) == "0.0000"
    assert number_format(score) == "0.00##"
    assert number_format(score, whole=True, long=True) == "General"
