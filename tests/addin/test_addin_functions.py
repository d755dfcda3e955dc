"""The worksheet functions: complete help, and every case of every rule answered through cells.

Bad arguments answer with a typed error whose reason names the argument, and XP_EXPLAIN says the same.
"""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from kit.judge import agrees
from kit.link_cases import LINKS
from kit.rule_cases import CASES, RuleCase
from kit.twosheets import Link
from kit.worksheet import arguments, link_arguments

from xlperf.addin.functions import OMITTED, CellError, functions
from xlperf.formula.signature import looks_up_names
from xlperf.rules import RULES
from xlperf.rules.texts import help_texts

F = functions()
VBA_NAME = re.compile(r"XP_[A-Z][A-Z_]{1,27}")


# ---- the register is complete ------------------------------------------------------------------------


def test_every_rule_is_a_function_but_those_that_look_at_a_whole_group():
    assert [rule.word for rule in RULES.values() if rule.name not in F] == ["shared_out", "awarded", "best_of"]
    wanted = {"XP_TIER", "XP_HIGHEST", "XP_AWARD", "XP_COEFFICIENT", "XP_PAY", "XP_EXPLAIN", "XP_CAP", "XP_ROUND"}
    assert wanted - set(F) == set()


def test_names_are_valid_in_vba():
    assert [name for name in F if not VBA_NAME.fullmatch(name)] == []
    wrong = [(f.name, a.name) for f in F.values() for a in f.arguments if not re.fullmatch(r"[a-z][a-z_]*", a.name)]
    assert wrong == []
    assert [f.name for f in F.values() if len({a.name for a in f.arguments}) < len(f.arguments)] == []


def test_everything_has_help_in_both_languages():
    lacking = [f.name for f in F.values() if not (f.zh and f.help("zh") and f.help("en"))]
    lacking += [
        f"{f.name}.{a.name}" for f in F.values() for a in f.arguments if not (a.title and a.help("zh") and a.help("en"))
    ]
    assert lacking == []


def test_help_fits_the_dialogue_of_the_spreadsheet():
    """The wizard of Excel cuts texts after 255 characters."""
    told = [text for f in F.values() for text in (f.help("zh"), f.help("en"))]
    told += [text for f in F.values() for a in f.arguments for text in (a.help("zh"), a.help("en"))]
    assert [text for text in told if len(text) > 255] == []


def test_no_help_for_what_does_not_exist():
    known = {(f.name, a) for f in F.values() for a in ("", *(x.name for x in f.arguments))}
    known |= {(r.name or r.word, a) for r in RULES.values() for a in ("", *(p.name for p in r.parameters))}
    assert [key for key in help_texts() if key not in known] == []


def test_the_core_runs_on_the_standard_library_alone():
    code = "import sys, xlperf.addin.functions as f; f.functions()['XP_STEPS'](115, 100, .05, 5); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert loaded - set(sys.stdlib_module_names) <= {"xlperf", "__main__"} | {n for n in loaded if n.startswith("_")}


# ---- every case through cells ----------------------------------------------------------------------------


def answered(name: str, cells: list[object]) -> object:
    try:
        return F[name](*cells)
    except CellError as error:
        return error.code


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_every_case(case: RuleCase):
    name, cells = arguments(case.expr, case.row)
    got = answered(name, cells)
    if looks_up_names(name) and got == "#N/A":
        got = None  # typed by hand it says that the grade is not listed; a scheme's cell stays empty
    assert agrees(got, case.expected), (name, cells, got)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_a_range_answers_with_a_range(case: RuleCase):
    name, cells = arguments(case.expr, case.row)
    first = F[name].arguments[0].slot
    if first.takes not in ("number", "text") or answered(name, cells) == "#N/A":
        return  # a list or a table stands first: a range is that list
    got = F[name](((cells[0],), (cells[0],), (cells[0],)), *cells[1:])
    assert isinstance(got, list)
    assert [len(row) for row in got] == [1, 1, 1]
    assert all(agrees(row[0], case.expected) for row in got), (name, cells, got)


@pytest.mark.parametrize("link", LINKS, ids=lambda x: x.name)
def test_every_look_at_other_rows(link: Link):
    for i, expected in enumerate(link.expected):
        name, cells = link_arguments(link, i)
        if name == "XP_RANK" and "list" in cells:
            continue  # one cell does not say where it stands in the list: see the next test
        if name == "XP_RANK" and expected is None and cells[0] not in (None, "不适用"):
            continue  # a row of no group has no place of its own
        assert agrees(answered(name, cells), expected), (name, cells)


@pytest.mark.parametrize("link", [x for x in LINKS if "rank" in x.name], ids=lambda x: x.name)
def test_a_whole_column_is_ranked_at_once(link: Link):
    got = answered(*link_arguments(link, None))
    flat = [row[0] for row in got] if isinstance(got, list) else [got]
    assert len(flat) == len(link.expected)
    assert all(agrees(cell, expected) for cell, expected in zip(flat, link.expected, strict=True)), got


# ---- what is wrong ------------------------------------------------------------------------------------------

BAD = {
    "text for a number": ("XP_STEPS", ["115个", 100, 0.05, 5], "#VALUE!", "完成值"),
    "an error": ("XP_STEPS", ["#N/A", 100, 0.05, 5], "#N/A", "完成值"),
    "not finite": ("XP_ROUND", [float("inf"), 2], "#NUM!", "数值"),
    "missing": ("XP_STEPS", [115, 100, 0.05], "#VALUE!", "每步分值"),
    "left out in between": ("XP_STEPS", [115, OMITTED, 0.05, 5], "#VALUE!", "目标值"),
    "nothing at all": ("XP_SUM", [], "#VALUE!", "得分"),
    "too many": ("XP_ROUND", [1, 2, 3], "#VALUE!", "3个"),
    "unknown word": ("XP_STEPS", [115, 100, 0.05, 5, OMITTED, "above"], "#VALUE!", "over、under"),
    "reversed table": ("XP_BAND", [3, ((200, 10), (100, 5))], "#VALUE!", "从低到高"),
    "the same limit twice": ("XP_BAND", [3, ((100, 5), (100, 6))], "#VALUE!", "从低到高"),
    "table of one column": ("XP_BAND", [3, ((200,), (100,))], "#VALUE!", "两列"),
    "table of one cell": ("XP_BAND", [3, 200], "#VALUE!", "两列"),
    "empty table": ("XP_BAND", [3, ((None, None), ("", ""))], "#VALUE!", "空的"),
    "text in a table": ("XP_BAND", [3, ((100, "五"), (200, 10))], "#VALUE!", "分档表"),
    "two-dimensional list": ("XP_STREAK", [((1, 0), (1, 1))], "#VALUE!", "2行2列"),
    "ranges of two sizes": ("XP_CAP", [((1,), (2,), (3,)), ((1,), (2,))], "#VALUE!", "下限"),
    "too short a column": ("XP_TOTAL", [((1,), (2,)), "skip", (("a",),), "a"], "#VALUE!", "条件列"),
    "weights too few": ("XP_COMPOSITE", [((1, 2, 3),), ((0.5, 0.5),)], "#VALUE!", "权重"),
    "half a pair": ("XP_COMPOSITE", [1, 0.5, 2], "#VALUE!", "成对"),
    "no condition": ("XP_FLAG", ["all", "也许"], "#VALUE!", "条件"),
    "unknown grade": ("XP_COEFFICIENT", ["学徒", (("技师", 1.5), ("高级工", 1.3))], "#N/A", "学徒"),
    "not in the column": ("XP_RANK", [70, ((90,), (80,))], "#N/A", "70"),
    "another column": ("XP_RANK", [((90,), (70,)), ((90,), (80,))], "#VALUE!", "同一区域"),
    "tied, list order, one cell": ("XP_RANK", [90, ((90,), (90,)), OMITTED, "list"], "#VALUE!", "并列"),
    "a step of 0": ("XP_STEPS", [115, 100, 0, 5], "#DIV/0!", "除以0"),
    "a list too long": ("XP_SUM", [((1,),) * 201], "#VALUE!", "200"),
}


@pytest.mark.parametrize(("name", "cells", "code", "told"), BAD.values(), ids=BAD)
def test_bad_arguments_answer_with_an_error_and_its_reason(name, cells, code, told):
    with pytest.raises(CellError) as caught:
        F[name](*cells)
    assert caught.value.code == code
    assert told in str(caught.value)
    assert F["XP_EXPLAIN"](name, *cells) == f"{code}：{caught.value}"


EXPLAINED = {
    "the reason": (["XP_STEPS", 115, 100, 0.05, 5], "超过目标3步，每步5分"),
    "without the prefix": (["steps", 115, 100, 0.05, 5], "超过目标3步"),
    "by its Chinese name": (["每步加减分", 115, 100, 0.05, 5], "得15"),
    "what is not reported": (["XP_STEPS", None, 100, 0.05, 5], "未报：完成值"),
    "what the rule refuses": (["XP_STEPS", 5, 0, 0.05, 5], "目标值不大于0"),
    "不适用": (["XP_STEPS", "不适用", 100, 0.05, 5], "不适用"),
    "a condition": (["XP_FLAG", "all", True, False], "不符合：第1个条件、第2个条件"),
    "a sum": (["XP_TOTAL", ((1,), (2,)), "skip", (("a",), ("b",)), "b"], "得2"),
    "a place": (["XP_RANK", 80, ((90,), (80,))], "第2名"),
}


@pytest.mark.parametrize(("cells", "told"), EXPLAINED.values(), ids=EXPLAINED)
def test_explain_says_why(cells, told):
    assert told in F["XP_EXPLAIN"](*cells)


def test_explain_over_a_range_is_a_range():
    told = F["XP_EXPLAIN"]("XP_STEPS", ((115,), (None,)), 100, 0.05, 5)
    assert ["得15" in told[0][0], "未报" in told[1][0]] == [True, True]


def test_explain_of_an_unknown_function_names_the_nearest():
    with pytest.raises(CellError, match="XP_STEPS"):
        F["XP_EXPLAIN"]("XP_STEP", 1)


def test_an_empty_cell_is_not_an_argument_left_out():
    assert F["XP_STEPS"](130, 100, 0.05, 5, OMITTED) == 30
    assert F["XP_STEPS"](130, 100, 0.05, 5, None) == ""
    assert F["XP_STEPS"](130, 100, 0.05, 5, "") == ""


def test_numbers_are_read_as_the_decimals_a_cell_shows():
    assert F["XP_STEPS"](1.15, 1, 0.05, 5) == 15
    assert F["XP_ROUND"](1.005, 2) == 1.01
    assert F["XP_SUM"](0.1, 0.2) == 0.3
