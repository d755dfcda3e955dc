"""Every rule × every row of its case table × every face; every branch of a rule is hit by a row."""

from __future__ import annotations

import pytest
from kit.faces import sheet_of, shown_for
from kit.judge import Judge, agrees
from kit.rule_cases import CASES, CELL_RULES, FOLDER, TABLES, RuleCase, is_told, templates

from xlperf.formula.explain import explain
from xlperf.formula.expression import col, lift, same
from xlperf.rules import RULES, Rule


@pytest.fixture(scope="module")
def shown(judge: Judge) -> list[list[object]]:
    return judge({"cases": sheet_of(CASES)})["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_exact_face(case: RuleCase):
    assert case.exact() == case.expected


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_array_face(case: RuleCase):
    got = case.array()
    assert agrees(got if got is None or isinstance(got, str) else float(got), case.expected), got


@pytest.mark.libreoffice
def test_formula_face(shown: list[list[object]]):
    wrong = [
        (case.name, case.expected, shown_for(shown, i), case.typed(1)[0], case.computed(1)[0])
        for i, case in enumerate(CASES)
        if not all(agrees(cell, case.expected) for cell in shown_for(shown, i))
    ]
    assert wrong == []


@pytest.mark.parametrize("case", [c for c in CASES if c.reason], ids=lambda c: c.name)
def test_reason_face(case: RuleCase):
    told = explain(case.expr, case.row, {}).sentence()
    assert [part for part in case.reason.split("；") if part not in told] == [], told


@pytest.mark.parametrize("rule", CELL_RULES, ids=lambda r: r.word)
def test_every_branch_is_hit_by_a_row(rule: Rule):
    told = {sentence for c in TABLES[rule.word] for sentence in explain(c.expr, c.row, {}).because}
    written = {template for case in TABLES[rule.word] for template in templates(case.expr)}
    written.discard("")  # an inner choice without words of its own; the branch round it is told
    assert sorted(t for t in written if not is_told(t, told)) == []


def test_every_rule_has_a_case_table():
    assert [word for word in RULES if not (FOLDER / f"{word}.csv").exists()] == []


def test_every_table_holds_a_blank_row():
    """A blank input makes a blank result somewhere in the table of every rule that may see one."""
    assert [word for word, cases in TABLES.items() if all(case.expected is not None for case in cases)] == []


def test_a_call_keeps_its_arguments_in_the_order_of_the_function():
    made = RULES["achieve"](most=lift(2), direction=col("d"), target=col("t"), actual=col("a"), full=col("f"))
    assert [name for name, _ in made.args[1]] == ["full", "actual", "target", "direction", "most"]
    steps = RULES["steps"](actual=col("a"), target=col("t"), step=lift(1), points=lift(5), side="under")
    assert steps.args[1][4:] == (("cap", None), ("side", "under"))


def test_braces_in_a_heading_are_told_as_they_stand():
    made = RULES["only_if"](points=lift(2), conditions=((same(col("a"), "是"), "“事项{一}”为是"),))
    assert explain(made, {"a": "否"}, {}).because == ("不计：须“事项{一}”为是",)
