"""The glossary and the code say the same: every term once, every role a term of the plan."""

import ast
import re
from pathlib import Path

from xlperf.scheme.vocabulary import COMPUTED
from xlperf.terms import ROLES, SINGLE_ROLES, TERMS

ROOT = Path(__file__).parents[2]
LINE = re.compile(r"^\| ([a-z ]+) \| ([\u4e00-\u9fff]*) \| (.+) \|$", re.M)
# words the field has another word for: what stands on the left is written as on the right
SAID_OTHERWISE = {
    "kpi": "indicator", "employee": "person", "department": "unit",
    "punishment": "deduction", "penalty": "deduction", "total_score": "composite", "position_in_group": "place",
    "applicant": "unit", "spreadsheet_file": "book", "told": "problems",
}  # fmt: skip


def test_the_page_holds_every_term_with_its_chinese_word():
    page = {en: zh for en, zh, _ in LINE.findall((ROOT / "docs" / "glossary.md").read_text("utf-8"))}
    assert {en: zh for en, zh in page.items() if en != "plan"} == TERMS


def test_a_chinese_word_stands_for_one_term():
    assert len(set(TERMS.values())) == len(TERMS)


def test_roles_are_what_schemes_may_say():
    assert COMPUTED["role"].words == tuple(ROLES)
    assert set(ROLES) >= SINGLE_ROLES


def names_in(tree):
    """List every name that a module gives to something: functions, classes, parameters, variables, fields."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name


def test_names_in_code_use_the_words_of_the_field():
    found = []
    for path in (ROOT / "xlperf").rglob("*.py"):
        for line, given in names_in(ast.parse(path.read_text("utf-8"))):
            name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", given).lower()
            words = {*name.strip("_").split("_"), name.strip("_")}
            found += [f"{path.name}:{line} {given}" for word in words & SAID_OTHERWISE.keys()]
    assert found == []
