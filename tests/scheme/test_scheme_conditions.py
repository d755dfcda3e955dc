"""Conditions in their short form stand for the list at length, wherever conditions stand."""

import pytest
from kit.small_scheme import SCHEME, write

from xlperf.engine.check import check_source
from xlperf.engine.compile import compile_scheme
from xlperf.problems import errors
from xlperf.scheme.load import folder_source, load_scheme

BEFORE = "      place:\n        title: 名次\n"
ONE = "      good: {title: 好, basis: 五, holds: text, flag: {conditions: CONDITIONS}}\n"
TWO = "      asked: {is: input, by: office, title: 补, asked: CONDITIONS}\n"
THREE = "      chosen: {title: 选, basis: 五, choose: {branches: [{when: CONDITIONS, then: 1}], otherwise: 空}}\n"


def sheets(folder, line, conditions):
    """Return the sheets of the small scheme with one more column."""
    text = SCHEME.replace(BEFORE, line.replace("CONDITIONS", conditions) + BEFORE, 1)
    scheme, problems = load_scheme(write(folder, scheme=text))
    assert scheme is not None, [p.text() for p in problems]
    plan, problems = compile_scheme(scheme)
    assert problems == []
    return plan.sheets


@pytest.mark.parametrize("line", [ONE, TWO, THREE], ids=["conditions", "asked", "when"])
@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("{group: 甲组}", "[{column: group, is: 甲组}]"),
        ("{group: 甲组, marks: {above: 5}}", "[{column: group, is: 甲组}, {column: marks, above: 5}]"),
        (
            "{marks: {at_least: 5, at_most: 9, blank: 0}}",
            "[{column: marks, at_least: 5, blank: 0}, {column: marks, at_most: 9, blank: 0}]",
        ),
        ("[{group: 甲}, {marks: {is_given: yes}}]", "[{column: group, is: 甲}, {column: marks, is_given: yes}]"),
        ("{group: {reading: ties, same: 甲, list: 乙}}", "[{column: group, is: {reading: ties, same: 甲, list: 乙}}]"),
    ],
)
def test_short_and_long_make_the_same_plan(tmp_path, line, short, long):
    assert sheets(tmp_path, line, short) == sheets(tmp_path, line, long)


@pytest.mark.parametrize(
    ("conditions", "code"),
    [
        ("{grup: 甲组}", "UNKNOWN_COLUMN"),
        ("{group: {iss: 甲组}}", "WRONG_VALUE"),
        ("{group: {blank: 甲组}}", "WRONG_VALUE"),
        ("{column: group, is: 甲组}", "WRONG_VALUE"),
        ("{}", "WRONG_VALUE"),
    ],
)
def test_a_wrong_condition_is_told_where_it_stands(tmp_path, conditions, code):
    text = SCHEME.replace(BEFORE, ONE.replace("CONDITIONS", conditions) + BEFORE, 1)
    at = SCHEME.partition(BEFORE)[0].count("\n") + 1
    found = errors(check_source(folder_source(write(tmp_path, scheme=text)))[1])
    assert (code, at) in {(p.code, p.where.line) for p in found}
