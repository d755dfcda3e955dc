"""Columns of another sheet held against a column of this row by size: bound, laid, explained, followed, told."""

from fractions import Fraction

import pytest
from kit.small_scheme import SCHEME, TABLES, write

from xlperf.engine.check import check_source
from xlperf.engine.compile import compile_scheme
from xlperf.engine.live import Edit, Live
from xlperf.engine.reason import explain_cell
from xlperf.engine.refused import refused_rows
from xlperf.engine.score import score
from xlperf.problems import errors
from xlperf.scheme.load import folder_source, load_scheme

BEFORE = "      process: {is: input"
LOOKS = """\
      larger: {title: 大于过程分的, total: {of: marks.full, where: {unit: code, full: {above: this.process}}}}
      scored: {title: 得分不到的, counted: {of: marks, where: {score: {below: this.process, blank: 0}}}}
      others: {title: 别的单位, counted: {of: marks, where: {unit: {is_not: this.code}, full: {at_least: 20}}}}
      edge: {title: 按口径, counted: {of: marks, where: {full: {from: this.process, edge: at_least}}}}
      only: {title: 唯一一条, lookup: {of: marks.full, where: {unit: code, full: {at_most: this.process}}}}
"""
TEXT = SCHEME.replace(BEFORE, LOOKS + BEFORE, 1)
MARKS = TABLES["marks.csv"] + "M4,U1,40,,5,2020-12-31,正向,\nM5,U1,15,,5,2020-12-31,逆向,\n"


@pytest.fixture
def looked(tmp_path):
    """The small scheme with looks that compare by size, and its tables: five marks, three units."""
    scheme, problems = load_scheme(write(tmp_path, scheme=TEXT, marks=MARKS))
    assert errors(problems) == []
    plan, bound = compile_scheme(scheme)
    assert bound == []
    units = [{**row, "process": Fraction(n)} for n, row in zip((15, 5, 0), scheme.tables["units"], strict=True)]
    marks = [{**row, "actual": Fraction(5) if row["id"] != "M5" else None} for row in scheme.tables["marks"]]
    return plan, {**scheme.tables, "units": units, "marks": marks}


def test_each_row_is_held_against_this_row(looked):
    plan, tables = looked
    scores = score(plan, tables)
    assert scores.column("A", "larger") == [40, 20]  # of 10, 40, 15 those above 15; of 20 those above 5
    assert scores.column("A", "scored") == [3, 2]  # 10, 40, 30, and two without a score that count as 0
    assert scores.column("A", "others") == [2, 2]
    assert scores.column("A", "edge") == [4, 5]
    assert scores.column("A", "only") == [None, None]  # U1 has two of at most 15, U2 none


def test_a_computed_column_there_is_compared_at_nine_decimals(looked):
    plan, _ = looked
    steps = {c.name: c.title for c in plan.by_name["marks"].columns if c.step}
    assert list(steps.values()) == ["得分不到的·比较值", "别的单位·计入"]


def test_the_reason_says_what_is_compared_and_lists_these_rows(looked):
    plan, tables = looked
    found = explain_cell(score(plan, tables), "A", "U1", "larger")
    assert "只看“分值”大于本行“过程”的" in found.working
    assert len(found.parts) == 1  # M4 of 40 points


def test_edits_on_either_side_are_followed(looked):
    plan, tables = looked
    live = Live(score(plan, tables))
    live.edit(Edit("A", "U1", "process", Fraction(8)), Edit("marks", "M5", "actual", Fraction(2)))
    units = [dict(row, process=Fraction(8)) if row["code"] == "U1" else row for row in tables["units"]]
    marks = [dict(row, actual=Fraction(2)) if row["id"] == "M5" else row for row in tables["marks"]]
    assert live.scores().values == score(plan, {**tables, "units": units, "marks": marks}).values


def test_a_look_up_that_finds_several_is_told(looked):
    plan, tables = looked
    told = [p for p in refused_rows(score(plan, tables)) if p.where.path == "only"]
    assert {p.code for p in told} == {"LOOKUP_SEVERAL", "LOOKUP_NONE"}


WRONG = {
    "a text by size": ("full: {above: this.process}", "full: {above: this.group}", "TEXT_ORDERED"),
    "a text there by size": ("full: {above: this.process}", "direction: {above: this.process}", "TEXT_ORDERED"),
    "no such column here": ("full: {above: this.process}", "full: {above: this.proces}", "UNKNOWN_COLUMN"),
    "no such column there": ("full: {above: this.process}", "ful: {above: this.process}", "UNKNOWN_COLUMN"),
    "a number that is no text": ("unit: {is_not: this.code}", "full: {is_not: this.code}", "NEVER_EQUAL"),
    "no comparison": ("full: {above: this.process}", "full: {over: this.process}", "THIS_COLUMN"),
    "in a rule about a group": (
        "counted: {of: marks, where: {score: {below: this.process, blank: 0}}}",
        "best_of: {of: marks.full, where: {unit: code, full: {below: this.process}}}",
        "THIS_COLUMN",
    ),
    "in a condition of this row": (
        "counted: {of: marks, where: {score: {below: this.process, blank: 0}}}",
        "only_if: {points: 1, conditions: {marks: {below: this.process}}}",
        "THIS_COLUMN",
    ),
}


@pytest.mark.parametrize(("old", "new", "code"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_at_its_line(tmp_path, old, new, code):
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    found = errors(check_source(folder_source(write(tmp_path, scheme=text, marks=MARKS)))[1])
    assert (code, text[: text.index(new)].count("\n") + 1) in {(p.code, p.where.line) for p in found}
