"""Conditions in looks, look-ups by several columns: bound, laid into hidden columns, explained, told when they fail."""

from fractions import Fraction

import openpyxl
import pytest
from kit.differences import differences
from kit.libreoffice import converted
from kit.masters import laid_out
from kit.programs import need
from kit.small_plan import identity
from kit.small_scheme import SCHEME, TABLES, write

from xlperf.engine.check import check_source
from xlperf.engine.compile import Bound, compile_scheme
from xlperf.engine.live import Edit, Live
from xlperf.engine.reason import explain_cell
from xlperf.engine.refused import refused_rows
from xlperf.engine.score import score
from xlperf.problems import errors
from xlperf.scheme.find import schemes_available
from xlperf.scheme.load import folder_source, load_scheme
from xlperf.workbook.books.master import write_master

LARGE = "total: {of: marks.score, where: {unit: code, full: {at_least: 15}, direction: 正向}}"
TOTAL = "total: {of: marks.score, where: {unit: code}}"
FACTOR = """\
      factor: {is: input, by: office, title: 类别}
      step:
        title: 系数
        basis: 五4
        lookup: {of: steps.value, where: {class: group, level: factor}}
"""
STEPS = """\
  steps:
    title: 系数表
    rows: steps
    basis: 附件
    columns:
      no: {is: key, title: 序号}
      class: {is: fact, holds: text, title: 组别}
      level: {is: fact, title: 类别}
      value: {is: fact, title: 系数}
  events:
"""


def loaded(folder, text, **tables):
    """Load a changed small scheme; problems that are errors fail the test."""
    write(folder, scheme=text, **tables)
    scheme, problems = load_scheme(folder)
    assert errors(problems) == []
    plan, bound = compile_scheme(scheme)
    assert bound == []
    return scheme, plan


@pytest.fixture
def large(tmp_path):
    """The small scheme that adds up only marks of 15 points and more."""
    text = SCHEME.replace(TOTAL, LARGE)
    marks = TABLES["marks.csv"] + "M4,U1,40,,5,2020-12-31,正向,\n"
    return loaded(tmp_path, text, marks=marks)


def test_conditions_become_one_hidden_column_of_the_other_sheet(large):
    _, plan = large
    (made,) = (c for c in plan.by_name["marks"].columns if c.step)
    assert (made.name, made.title, made.holds, made.basis) == ("result_1", "结果·计入", "text", "五1")
    assert [c.name for s in plan.sheets for c in s.columns if c.step] == ["result_1"]  # A and B share it


def test_only_rows_that_meet_the_conditions_count_and_the_column_says_why(large):
    scheme, plan = large
    rows = [dict(row, actual=Fraction(5)) for row in scheme.tables["marks"]]
    scores = score(plan, {**scheme.tables, "marks": rows})
    assert scores.row("A", "U1")["result"] == 40
    assert explain_cell(scores, "marks", "M1", "result_1").because == ("不符合：分值不小于15",)
    live = Live(scores)
    live.edit(Edit("marks", "M4", "actual", Fraction(1)))
    rows[-1]["actual"] = Fraction(1)
    assert live.scores().values == score(plan, {**scheme.tables, "marks": rows}).values


def test_a_condition_on_a_column_that_is_not_there_is_told(tmp_path):
    text = SCHEME.replace(TOTAL, LARGE.replace("full:", "ful:"))
    _, problems = check_source(folder_source(write(tmp_path, scheme=text)))
    assert [(p.code, dict(p.values)["found"]) for p in errors(problems)] == [("UNKNOWN_COLUMN", "ful")]


def test_a_look_up_takes_a_key_or_columns(tmp_path):
    text = SCHEME.replace(TOTAL, "lookup: {of: marks.score}")
    _, problems = check_source(folder_source(write(tmp_path, scheme=text)))
    assert "ONE_OF" in {p.code for p in errors(problems)}


def test_a_look_up_by_several_columns_tells_rows_that_find_none_or_several(tmp_path):
    text = SCHEME.replace("  events:\n", STEPS, 1).replace(
        "  marks: marks.csv", "  marks: marks.csv\n  steps: steps.csv"
    )
    text = text.replace("      final:\n", FACTOR + "      final:\n", 1)
    (tmp_path / "steps.csv").write_text(
        "no,class,level,value\n1,甲组,1,1.2\n2,甲组,2,1.5\n3,甲组,2,1.6\n", "utf-8", newline=""
    )
    scheme, plan = loaded(tmp_path, text)
    units = [dict(row, factor=Fraction(n)) for n, row in enumerate(scheme.tables["units"], 1)]
    scores = score(plan, {**scheme.tables, "units": units})
    assert [scores.row("A", u)["step"] for u in ("U1", "U2")] == [Fraction(6, 5), None]
    units[0]["factor"] = Fraction(9)
    problems = list(refused_rows(score(plan, {**scheme.tables, "units": units})))
    assert [(p.code, p.where.sheet) for p in problems] == [
        ("LOOKUP_NONE", "部门"),
        ("LOOKUP_SEVERAL", "部门"),
        ("LOOKUP_NONE", "乡镇"),
    ]
    assert "U1（组别＝甲组、类别＝9）" in problems[0].message("zh")
    assert "U2（组别＝甲组、类别＝2）" in problems[1].message("en")


LOOKED = """\
      by_group: {title: 组别系数, basis: 五5, lookup: {key: group, of: steps.value}}
      level_of: {title: 组别层级, basis: 五5, lookup: {key: group, of: steps.level}}
      both: {title: 两项, basis: 五5, added: {scores: [by_group, level_of]}}
      sole: {title: 无人再用, basis: 五5, lookup: {key: group, of: steps.level}}
      spare: {title: 备用, basis: 五5, lookup: {key: group, of: steps.level}}
      spared: {title: 备用的, basis: 五5, first_of: {scores: [spare, 0]}}
      due: {title: 用到才要, basis: 五5, lookup: {key: group, of: steps.level}}
      paid: {title: 才给, basis: 五5, only_if: {points: due, conditions: {marks: {above: 15}}}}
"""


def test_a_key_that_names_no_row_is_told_where_something_is_empty_for_it(tmp_path):
    steps = STEPS.replace("no: {is: key, title: 序号}", "no: {is: key, title: 组别}")
    text = SCHEME.replace("  events:\n", steps, 1).replace(
        "  marks: marks.csv", "  marks: marks.csv\n  steps: steps.csv"
    )
    (tmp_path / "steps.csv").write_text("no,class,level,value\n乙组,乙组,2,1.6\n", "utf-8", newline="")
    _, plan = loaded(tmp_path, text.replace("      final:\n", LOOKED + "      final:\n", 1))
    scheme, _ = loaded(tmp_path, text.replace("      final:\n", LOOKED + "      final:\n", 1))
    (told,) = refused_rows(score(plan, scheme.tables))  # one problem for all the columns that look there by one key
    assert told.code == "LOOKUP_NONE"
    assert dict(told.values)["title"] == "组别系数、组别层级、无人再用、用到才要"
    assert "U1（组别＝甲组）；U2（组别＝甲组）" in told.message("zh")
    assert list(refused_rows(score(plan, {**scheme.tables, "steps": []}))) == []  # nothing is there yet


AMONG = """\
      prize:
        title: 奖项
        basis: 五5
        holds: text
        awarded:
          by: marks
          within: {group: group}
          places: [[一等奖, 1], [二等奖, share_of_prizes]]
          otherwise: 无
          barred: {process: {above: 5}}
      pay:
        title: 奖金
        basis: 五6
        role: money
        shared_out: {pool: 1000, weight: marks, unit: 0.01, within: [{group: group}, {column: process, at_most: 5}]}
      best:
        title: 就高
        basis: 五7
        best_of: {of: marks.score, where: [{unit: code}, {column: full, at_least: 10}], once: [direction], by: full}
      below: {title: 低于过程分, total: {of: marks.full, where: {score: {above: this.process, at_most: this.marks}}}}
      rest: {title: 别家, basis: 五8, counted: {of: marks, where: {unit: {is_not: this.code}}}}
"""


@pytest.fixture
def among(tmp_path):
    """The small scheme with an award, a shared pool and the highest mark of each direction, scored."""
    text = SCHEME.replace("      final:\n", AMONG + "      final:\n", 1)
    text = text.replace("figures:\n", "figures:\n  share_of_prizes: {value: 1, title: 二等奖, basis: 五}\n", 1)
    marks = TABLES["marks.csv"] + "M4,U1,40,,5,2020-12-31,正向,\nM5,U1,15,,5,2020-12-31,逆向,\n"
    scheme, plan = loaded(tmp_path, text, marks=marks)
    units = [{**scheme.tables["units"][0], "code": f"U{n}", "marks": Fraction(10 * n)} for n in range(1, 6)]
    units = [{**row, "process": Fraction(6 if row["code"] == "U5" else 1)} for row in units]
    marks = [{**row, "actual": Fraction(5)} for row in scheme.tables["marks"]]
    return scheme, score(plan, {**scheme.tables, "units": units, "marks": marks})


def test_rules_that_look_at_a_whole_group_are_written_in_a_scheme(among):
    _, scores = among
    assert scores.column("A", "prize") == ["无", "无", "二等奖", "一等奖", "无"]
    assert scores.column("A", "pay") == [100, 200, 300, 400, None]
    assert scores.column("A", "best")[:2] == [55, 0]
    assert scores.column("A", "below")[:2] == [10, 25]
    assert scores.column("A", "rest")[:2] == [2, 4]


@pytest.mark.libreoffice
def test_their_hidden_columns_stand_in_the_book_and_calculate(among, tmp_path):
    need("soffice")
    scheme, scores = among
    write_master(scores, tmp_path / "总表.xlsx", identity=identity(), scheme=scheme)
    (recalculated,) = converted([tmp_path / "总表.xlsx"], tmp_path / "out")
    assert list(differences(scores, recalculated)) == []
    book = openpyxl.load_workbook(tmp_path / "总表.xlsx")["部门"]
    titles = {cell.value: cell.column_letter for row in book.iter_rows(max_row=8) for cell in row if cell.value}
    assert book.column_dimensions[titles["奖金·权重合计"]].hidden
    assert not book.column_dimensions[titles["奖金"]].hidden


WRONG = {
    "a column the ledger lacks": ("once: [direction]", "once: [directionn]", "UNKNOWN_COLUMN"),
    "a text to rank by": ("by: full}", "by: direction}", "TEXT_COLUMN"),
    "places that are words": ("[二等奖, share_of_prizes]", "[二等奖, 两家]", "NUMBER_WANTED"),
    "a text for weights": ("weight: marks", "weight: group", "TEXT_COLUMN"),
}


@pytest.mark.parametrize(("old", "new", "code"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_in_them_is_told(tmp_path, old, new, code):
    assert old in AMONG
    text = SCHEME.replace("      final:\n", AMONG.replace(old, new) + "      final:\n", 1)
    text = text.replace("figures:\n", "figures:\n  share_of_prizes: {value: 1, title: 二等奖, basis: 五}\n", 1)
    _, problems = check_source(folder_source(write(tmp_path, scheme=text)))
    assert code in {p.code for p in errors(problems)}


@pytest.mark.parametrize("scheme_id", [path.name for path in schemes_available()])
def test_columns_taken_again_under_another_reading_make_the_same_plan(scheme_id):
    """So many readings can be tried with the columns bound once; some from all over the scheme, one after the other."""
    scheme, _ = laid_out(scheme_id)
    others = [{n: o} for n, r in scheme.open_readings.items() for o in r.options if o != r.adopted]
    bound = Bound()
    for readings in ({}, *others[:: max(len(others) // 8, 1)], {}):
        kept = compile_scheme(scheme, readings, bound, circles=False)[0]
        assert kept == compile_scheme(scheme, readings, Bound(), circles=False)[0]
