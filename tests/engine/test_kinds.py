"""Text where a number is wanted, and comparisons that never hold, are told where they stand, with what is meant."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from kit.small_scheme import MARK, SCHEME, write

from xlperf.engine.check import check_source
from xlperf.engine.compile import compile_scheme
from xlperf.engine.score import score
from xlperf.problems import errors
from xlperf.scheme.find import schemes_available
from xlperf.scheme.load import folder_source, load_scheme

FULL = "full: full, actual"
MOST = "total: {of: marks.score, where: {unit: code}}"
CASES = [
    ("NUMBER_WANTED", FULL, "full: »分值, actual", "写列名、figures 中的名称或数：full"),  # a heading
    ("NUMBER_WANTED", FULL, "full: »分 值, actual", "full（分值）"),  # nearly a heading
    ("NUMBER_WANTED", "{result: share,", "{result: »结果权重,", "：share"),  # the title of a figure
    ("NUMBER_WANTED", "{result: share,", "{»结果: share,", "：result"),
    ("NUMBER_WANTED", "low: 0, default", "low: »零分, default", "marks"),
    ("NUMBER_WANTED", MOST, "first_of: {scores: [»过程, marks]}", "：process"),  # a heading among the values
    ("NUMBER_WANTED", MOST, "choose: {branches: [{when: [], then: »过程}], otherwise: 0}", "process；算出来是文字的列"),
    ("NUMBER_WANTED", MOST, "choose: {branches: [{when: [], then: »无}], otherwise: 0}", "算出来是文字的列"),
    ("TEXT_COLUMN", MOST, "first_of: {scores: [marks, »group]}", "marks"),
    ("TEXT_COLUMN", FULL, "full: »direction, actual", "full"),
    ("TEXT_COLUMN", "total: {of: marks.score,", "total: {of: »marks.direction,", "full"),
    ("TEXT_COLUMN", "rank: {by: final,", "rank: {by: »group,", "marks"),
    ("NEVER_EQUAL", "asked: [{column: target, is_given: yes}]", "asked: [{column: target, is: »很高}]", "holds"),
    ("NEVER_EQUAL", "asked: [{column: target, is_given: yes}]", "asked: [{column: direction, is: »1}]", "holds"),
    ("NEVER_EQUAL", "asked: [{column: target, is_given: yes}]", "asked: [{column: direction, is: »target}]", "holds"),
    ("TEXT_ORDERED", "asked: [{column: target, is_given: yes}]", "asked: [{column: target, above: »很高}]", "is_not"),
    ("TEXT_ORDERED", "asked: [{column: target, is_given: yes}]", "asked: [{column: direction, above: »1}]", "is_not"),
    ("NEVER_EQUAL", "within: {group: group}", "within: {group: »marks}", "holds"),
    ("UNKNOWN_COLUMN", "within: {group: group}", "within: {»grup: group}", "group"),
    ("UNKNOWN_COLUMN", "where: {unit: code}}", "where: {»units: code}}", "unit"),
]  # fmt: skip


def spoiled(folder: Path, old: str, new: str) -> tuple[int, int]:
    assert old in SCHEME
    text = SCHEME.replace(old, new, 1)
    before = text.partition(MARK)[0]
    write(folder, scheme=text.replace(MARK, ""))
    return before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1


@pytest.mark.parametrize(("code", "old", "new", "meant"), CASES)
def test_a_slip_of_kind_is_one_error_at_its_place(tmp_path, code, old, new, meant):
    place = spoiled(tmp_path, old, new)
    problems = errors(check_source(folder_source(tmp_path))[1])
    found = list(dict.fromkeys((p.code, p.where.line, p.where.column) for p in problems))
    assert found == [(code, *place)], "\n".join(p.text() for p in problems)
    assert meant in problems[0].remedy("zh")
    assert "{" not in problems[0].text("zh") + problems[0].text("en")
    assert "\x1e" not in problems[0].text("zh") + problems[0].text("en")


def test_a_word_that_is_no_choice_is_named(tmp_path):
    old = "kind: {is: input, by: 财政局, holds: text, title: 类别, choices: [加分, 减分], default: 加分}\n"
    counts = "counts: {title: 计, basis: 四, only_if: {points: 1, conditions: [{column: kind, is: »加}]}}\n"
    place = spoiled(tmp_path, old, f"{old}      {counts}")
    problems = errors(check_source(folder_source(tmp_path))[1])
    assert [(p.code, p.where.line, p.where.column) for p in problems] == [("WRONG_WORD", *place)]
    assert "加分、减分" in problems[0].remedy("zh")


def test_one_option_of_a_reading_may_be_a_word_that_never_stands_there(tmp_path):
    old = "kind: {is: input, by: 财政局, holds: text, title: 类别, choices: [加分, 减分], default: 加分}\n"
    wanted = "{reading: ties, same: 不分, list: 加分}"
    counts = f"counts: {{title: 计, basis: 四, only_if: {{points: 1, conditions: [{{column: kind, is: {wanted}}}]}}}}\n"
    spoiled(tmp_path, old, f"{old}      {counts}")
    assert errors(check_source(folder_source(tmp_path))[1]) == []


def test_a_fact_that_is_no_choice_is_named_in_its_table(tmp_path):
    old = "direction: {is: fact, holds: text, title: 方向}"
    spoiled(tmp_path, old, "direction: {is: fact, holds: text, title: 方向, choices: [正向]}")
    found = load_scheme(tmp_path)[1]
    assert [(p.code, p.where.file, p.where.line) for p in found] == [("WRONG_WORD", "marks.csv", 4)]


@pytest.mark.parametrize("folder", schemes_available(), ids=lambda f: f.name)
def test_the_shipped_schemes_have_no_slip_of_kind(folder):
    scheme, _ = load_scheme(folder)
    assert compile_scheme(scheme)[1] == []


def test_no_remedy_ends_in_nothing(tmp_path):
    """Where nothing is known that could be meant, that is said."""
    text = SCHEME.replace("figures:\n  share: {value: 80%, title: 结果权重, basis: 四}\n", "")
    text = text.replace("{result: share, process: 20%}", "{result: 80%, process: 20%}")
    stated = "{says: 各单位分值一致, basis: 附件, sum: marks.full, by: unit, equals: units.marks}"
    write(tmp_path, scheme=text.replace(stated, stated.replace("units.marks", "60")))
    problems = check_source(folder_source(tmp_path))[1]
    assert {"UNKNOWN_FIGURE", "UNKNOWN_TABLE"} <= {p.code for p in problems}
    for p in problems:
        for language in ("zh", "en"):
            assert not p.remedy(language).rstrip().endswith(("：", ":")), p.text(language)


EDGE = """\
  reached:
    question: 90分以上含不含90分？
    basis: 六
    options: {at_least: 含, above: 不含}
    adopted: at_least
figures:
"""
GOOD = """\
      good:
        title: 优秀
        basis: 五
        holds: text
        flag: {conditions: {process: {from: 90, edge: {reading: reached}}}}
"""


@pytest.mark.parametrize(("option", "answer"), [("at_least", "是"), ("above", "否")])
def test_a_reading_decides_whether_a_limit_itself_counts(tmp_path, option, answer):
    text = SCHEME.replace("figures:\n", EDGE, 1).replace("      final:\n", GOOD + "      final:\n", 1)
    scheme, problems = load_scheme(write(tmp_path, scheme=text))
    assert errors(problems) == []
    plan, problems = compile_scheme(scheme, {"reached": option})
    assert problems == []
    units = [{**row, "process": Fraction(90)} for row in scheme.tables["units"]]
    assert score(plan, {**scheme.tables, "units": units}).column("A", "good") == [answer, answer]


def test_an_edge_is_one_of_two_words(tmp_path):
    text = SCHEME.replace("figures:\n", EDGE, 1).replace("      final:\n", GOOD + "      final:\n", 1)
    _, problems = check_source(folder_source(write(tmp_path, scheme=text.replace("from: 90", "to: 90"))))
    assert ("WRONG_VALUE", "at_most、below") in {(p.code, dict(p.values).get("wanted")) for p in errors(problems)}


@pytest.mark.parametrize(
    "new",
    ["choose: {branches: [], otherwise: 无}", "award: {place: marks, places: [[1, 过程]]}"],
    ids=["choose", "award"],
)
def test_a_column_that_a_rule_fills_with_text_is_told_where_a_number_is_wanted(tmp_path, new):
    write(tmp_path, scheme=SCHEME.replace(MOST, new, 1))
    found = {p.code for p in errors(check_source(folder_source(tmp_path))[1])}
    assert found == {"TEXT_COLUMN"}
