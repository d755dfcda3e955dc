"""The made-up rule of docs/developing.md: its text there, one function and one case table, runs on every face."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from math import inf
from pathlib import Path

import pytest
from kit import rule_cases, small_scheme
from kit.faces import sheet_of, shown_for
from kit.judge import Judge, agrees
from kit.rule_cases import is_told, read_table, templates
from kit.worksheet import arguments

from xlperf.addin.functions import functions
from xlperf.engine.bounds import Bounds
from xlperf.engine.compile import compile_scheme
from xlperf.engine.lint import lint_problems
from xlperf.engine.reason import explain_cell
from xlperf.engine.score import score
from xlperf.formula import expression
from xlperf.formula.calls import call_text
from xlperf.formula.explain import explain
from xlperf.formula.signature import SIGNATURES
from xlperf.rules import RULES, Rule, registry
from xlperf.scheme.load import load_scheme
from xlperf.scheme.schema import schema_text

ACHIEVED = "achieve: {full: full, actual: actual, target: target, direction: direction}"
PAGE = (Path(__file__).parents[2] / "docs" / "developing.md").read_text("utf-8")


def block(language: str) -> str:
    """Return the block of code that the section on adding a rule shows in a language."""
    section = PAGE.partition("## Adding a rule")[2].partition("\n## ")[0]
    found = re.findall(rf"```{language}\n(.*?)```", section, re.DOTALL)
    assert len(found) == 1
    return found[0]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rule]:
    """Register the rule as a module of `rules` would, and put its table where tables are looked for."""
    folder = tmp_path_factory.mktemp("cases")
    (folder / "overdue.csv").write_text(block("csv"), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rule_cases, "FOLDER", folder)
        names = {name: getattr(home, name) for home in (expression, registry) for name in vars(home)}
        exec(compile(block("python"), "overdue.py", "exec"), names)  # the text of the page is the test
        functions.cache_clear()
        yield RULES["overdue"]
    rule = RULES.pop("overdue")
    del SIGNATURES[rule.name]
    functions.cache_clear()


def test_the_table_holds_on_the_exact_the_array_and_the_worksheet_face(made: Rule):
    for case in read_table(made):
        assert case.exact() == case.expected, case.name
        got = case.array()
        assert agrees(got if got is None or isinstance(got, str) else float(got), case.expected), case.name
        name, cells = arguments(case.expr, case.row)
        assert agrees(functions()[name](*cells), case.expected), case.name


def test_every_branch_is_told(made: Rule):
    cases = read_table(made)
    told = {sentence for case in cases for sentence in explain(case.expr, case.row, {}).because}
    assert [t for case in cases for t in templates(case.expr) if not is_told(t, told)] == []
    assert all(part in explain(c.expr, c.row, {}).sentence() for c in cases for part in c.reason.split("；"))


@pytest.mark.libreoffice
def test_libreoffice_calculates_its_formula(made: Rule, judge: Judge):
    cases = read_table(made)
    shown = judge({"cases": sheet_of(cases)})["cases"]
    wrong = [c.name for i, c in enumerate(cases) if not all(agrees(x, c.expected) for x in shown_for(shown, i))]
    assert wrong == []


def test_it_is_written_as_one_call_where_the_add_in_is(made: Rule):
    case = read_table(made)[0]
    name, bound, _ = case.expr.args
    assert call_text(name, bound, lambda x: f"<{x.args[0]}>", str) == "XP_OVERDUE(<days>,<grace>,<each>)"


def test_a_scheme_may_use_it_and_explain_tells_why(made: Rule, tmp_path: Path):
    overdue = "overdue: {days: actual, grace: 3, each: 0.5}"
    text = small_scheme.SCHEME.replace(ACHIEVED, overdue)
    scheme, problems = load_scheme(small_scheme.write(tmp_path, scheme=text))
    assert [p.text() for p in problems] == []
    plan, problems = compile_scheme(scheme)
    assert [p.text() for p in problems] == []
    marks = [{**row, "actual": Fraction(7)} for row in scheme.tables["marks"]]
    scores = score(plan, {**scheme.tables, "marks": marks})
    assert scores.row("marks", "M1")["score"] == 2
    found = explain_cell(scores, "marks", "M1", "score")
    assert (found.because, found.basis) == (("逾期7天，宽限3天，每天扣0.5分",), "三1")
    assert '"overdue"' in schema_text()


@pytest.mark.parametrize(("cap", "most"), [("", inf), (", cap: 5", 5)])
def test_the_most_it_can_give_follows_from_its_expression(made: Rule, tmp_path: Path, cap: str, most: float):
    scheme, plan = compiled(tmp_path, f"overdue: {{days: actual, grace: 3, each: 0.5{cap}}}")
    assert Bounds(plan, scheme.tables).most("marks", "score", 0) == most


def test_the_check_of_the_paper_reads_its_annotations(made: Rule, tmp_path: Path):
    scheme, plan = compiled(tmp_path, "overdue: {days: actual, grace: 3, each: 0.5, cap: -1}")
    found = lint_problems(scheme, plan)
    assert [(p.code, dict(p.values)["name"]) for p in found] == [("CAP_NEGATIVE", "cap")]
    given = "overdue: {days: actual, grace: 宽限, each: 0.5}"
    text = small_scheme.SCHEME.replace(ACHIEVED, given)
    problems = compile_scheme(load_scheme(small_scheme.write(tmp_path, scheme=text))[0])[1]
    assert [(p.code, dict(p.values)["found"]) for p in problems] == [("NUMBER_WANTED", "宽限")]


def compiled(folder: Path, written: str):
    """Bind the small scheme with the rule in the place of another."""
    scheme, problems = load_scheme(small_scheme.write(folder, scheme=small_scheme.SCHEME.replace(ACHIEVED, written)))
    plan, told = compile_scheme(scheme)
    assert [p.text() for p in (*problems, *told)] == []
    return scheme, plan


@pytest.mark.parametrize(
    ("written", "code"),
    [("{days: actual, grace: 3}", "MISSING_PARAMETER"), ("{day: actual, grace: 3, each: 1}", "UNKNOWN_PARAMETER")],
)
def test_a_slip_in_a_scheme_is_told(made: Rule, tmp_path: Path, written: str, code: str):
    text = small_scheme.SCHEME.replace(ACHIEVED, f"overdue: {written}")
    scheme, _ = load_scheme(small_scheme.write(tmp_path, scheme=text))
    assert code in [p.code for p in compile_scheme(scheme)[1]]
