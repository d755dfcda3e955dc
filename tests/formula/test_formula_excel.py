"""The text of formulas: brackets only where needed, only functions every program has, within Excel's limits."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest
from kit.faces import Case, RowAddresses, sheet_of, shown_for
from kit.judge import Judge, agrees
from kit.link_cases import LINKS
from kit.operation_cases import CASES as OPERATION_CASES
from kit.rule_cases import CASES as RULE_CASES
from kit.twosheets import Stack

from xlperf.engine.compile import compile_scheme
from xlperf.formula.excel import ambiguous, constant_text, formula
from xlperf.formula.expression import (
    Expr,
    blank,
    both,
    cases,
    ceiling,
    col,
    either,
    first,
    floor,
    greatest,
    is_blank,
    is_exempt,
    least,
    lift,
    negate,
    rounded,
    same,
)  # fmt: skip
from xlperf.formula.values import Value
from xlperf.rules import RULES
from xlperf.scheme.load import load_scheme

SCHEMES = sorted(path.parent.name for path in (Path(__file__).parents[2] / "schemes").glob("*/scheme.yaml"))
SAFE = {
    "SUM", "SUMPRODUCT", "SUMIFS", "COUNTIFS", "AVERAGEIFS", "IF", "IFERROR", "INDEX", "MATCH", "VLOOKUP", "RANK",
    "LARGE", "ROUND", "SUBTOTAL", "TEXT", "TRIM", "SUBSTITUTE", "DATEDIF", "WORKDAY", "NETWORKDAYS", "HYPERLINK",
    "COUNTBLANK", "MEDIAN", "INT", "MIN", "MAX", "AND", "OR", "NOT", "ISNUMBER", "ROWS", "COUNT", "AVERAGE",
    "YEAR", "MONTH", "DAY", "EDATE", "MID", "RIGHT", "CONCATENATE", "ABS", "ROW",
}  # fmt: skip
LONGEST, DEEPEST = 8192, 64

a, b, c, t = col("a"), col("b"), col("c"), col("t")
AT = RowAddresses("abct", 1, frozenset("t"), filled=frozenset("abct"))  # a is C1, b D1, c E1, t F1

TEXTS = [
    (a - (b - c), "C1-(D1-E1)"),
    (a - b - c, "C1-D1-E1"),
    (a + (b - c), "C1+D1-E1"),
    (a - (b + c), "C1-(D1+E1)"),
    (a / (b * c), "C1/(D1*E1)"),
    (a / b * c, "C1/D1*E1"),
    (a / (b / c), "C1/(D1/E1)"),
    (a * (b + c), "C1*(D1+E1)"),
    ((a + b) * c, "(C1+D1)*E1"),
    (a * b + c, "C1*D1+E1"),
    (-a * b, "-C1*D1"),
    (-(a * b), "-(C1*D1)"),
    (-(a + b), "-(C1+D1)"),
    (a - -b, "C1--D1"),
    (a * -2, "C1*(-2)"),
    (a - (-2), "C1-(-2)"),
    (lift(-2), "-2"),
    (a * Fraction(1, 3), "C1*(1/3)"),
    (a * Fraction(-1, 3), "C1*((-1/3))"),
    (a * Fraction("0.05"), "C1*0.05"),
    (floor(a + b), "INT(ROUND(C1+D1,9))"),
    (floor(a), "INT(C1)"),
    (ceiling(a + b), "-INT(-ROUND(C1+D1,9))"),
    (a - ceiling(b), "C1--INT(-D1)"),
    (a - ceiling(b - c), "C1--INT(-ROUND(D1-E1,9))"),
    (rounded(a * b, 2), "ROUND(C1*D1,2)"),
    (floor(rounded(a, 2)), "INT(ROUND(C1,2))"),
    (least(a, b + c), "MIN(C1,D1+E1)"),
    (cases((a + b > c, a, ""), otherwise=(b, "")), "IF(ROUND(C1+D1,9)>E1,C1,D1)"),
    (cases((a > b, cases((b > c, 1, ""), otherwise=(2, "")), ""), otherwise=(3, "")), "IF(C1>D1,IF(D1>E1,1,2),3)"),
    (cases((a > b, 1, ""), (b > c, 2, ""), otherwise=(blank(), "")), 'IF(C1>D1,1,IF(D1>E1,2,""))'),
    (cases((a > b, 1, ""), otherwise=(2, "")) * c, "IF(C1>D1,1,2)*E1"),
    (cases((both(a > b, negate(same(t, "是"))), 1, ""), otherwise=(0, "")), 'IF(AND(C1>D1,NOT(F1="是")),1,0)'),
    (cases((either(is_blank(a), is_exempt(b)), 1, ""), otherwise=(0, "")), 'IF(OR(C1="",D1="不适用"),1,0)'),
    (first(a, b, 0), 'IF(C1="",IF(D1="",0,D1),C1)'),
    (first(a, b), 'IF(C1="",IF(D1="","",D1),C1)'),
    (lift('说"是"'), '"说""是"""'),
    (greatest(a, -5), "MAX(C1,-5)"),
]


@pytest.mark.parametrize(("expr", "text"), TEXTS, ids=[text for _, text in TEXTS])
def test_brackets_only_where_needed(expr: Expr, text: str):
    assert formula(expr, AT) == text


def test_guards_name_what_is_needed():
    at = RowAddresses("abct", 1, frozenset("t"), frozenset("b"))
    assert formula(a + b, at) == 'IF(D1="不适用","不适用",IF(COUNT(C1,D1)<2,"",C1+D1))'
    assert formula(cases((same(t, "是"), a, ""), otherwise=(0, "")), at) == (
        'IF(OR(F1="",COUNT(C1)<1),"",IF(F1="是",C1,0))'
    )


def test_calls_where_the_add_in_is_installed():
    made = RULES["normalise"](score=a, full=b, to=lift(100))
    assert formula(made, AT, native=False) == "XP_NORMALISE(C1,D1,100)"
    assert formula(made, AT) == 'IF(D1>0,100*C1/D1,"")'


def test_looks_at_other_rows_are_never_calls():
    for link in LINKS[:40]:
        texts = [cell.text for grid in Stack([link]).written().values() for row in grid for cell in row[5:]]
        assert [x for x in texts if "XP_" in x] == []


# ---- random trees: what brackets must not change -----------------------------------------------------


def some_tree(depth: int) -> Expr:
    if depth == 0:
        return random.choice([a, b, c, lift(Fraction(random.randrange(-30, 30), 4)), lift(random.randrange(1, 9))])
    x, y = some_tree(depth - 1), some_tree(depth - random.randrange(1, depth + 1))
    makers = [
        lambda: x + y, lambda: x - y, lambda: x * y, lambda: y - x, lambda: -x, lambda: x / lift(4), lambda: y / x,
        lambda: floor(x), lambda: ceiling(x), lambda: rounded(x, 2), lambda: least(x, y), lambda: greatest(x, y),
        lambda: cases((some_condition(x, y), x, "一"), (x > 3, y, "二"), otherwise=(x - y, "三")),
    ]  # fmt: skip
    return random.choice(makers)()


def some_condition(x: Expr, y: Expr) -> Expr:
    return random.choice([x > y, x <= y, negate(x < y), both(x > 0, y > 0), either(same(x, y), y >= 1)])


def some_cases(count: int) -> list[Case]:
    """Make trees whose value is a number of moderate size; a zero divisor somewhere makes none."""
    random.seed(7)
    made: list[Case] = []
    while len(made) < count:
        row: dict[str, Value] = {n: Fraction(random.randrange(-40, 40), 8) for n in "abc"}
        case = Case(str(len(made)), some_tree(random.randrange(1, 5)), row, None)
        value = case.exact()
        if isinstance(value, Fraction) and abs(value) < 10**6 and len(case.typed(1)[0].text) < 2000:
            made.append(Case(case.name, case.expr, row, value))
    return made


TREES = some_cases(1500)


def test_random_trees_as_arrays():
    assert [(case.expr, case.expected) for case in TREES if not agrees(_float(case.array()), case.expected)] == []


@pytest.mark.libreoffice
def test_random_trees_as_formulas(judge: Judge):
    shown = judge({"trees": sheet_of(TREES)})["trees"]
    assert [
        (case.typed(1)[0], case.expected, shown_for(shown, i))
        for i, case in enumerate(TREES)
        if not all(agrees(cell, case.expected) for cell in shown_for(shown, i))
    ] == []


def _float(value: Value) -> object:
    return float(value) if isinstance(value, Fraction) else value


# ---- what may stand in a formula, and how much -------------------------------------------------------


@dataclass(frozen=True)
class LongAddresses:
    """Addresses as long as a real book has them, every guard on."""

    texts: frozenset[str]

    def cell(self, name: str) -> str:
        return "AB1234"

    def is_text(self, name: str) -> bool:
        return name in self.texts

    def is_clean(self, name: str) -> bool:
        return False

    def is_filled(self, name: str) -> bool:
        return False

    def may_be_exempt(self, name: str) -> bool:
        return name not in self.texts

    def whole(self, sheet: str, name: str) -> str:
        return "'市直部门、园区（一）'!$AB$12:$AB$1234"

    def keys(self, sheet: str) -> str:
        return self.whole(sheet, "")

    def linked(self, key: str, sheet: str, name: str) -> None:
        return None

    def computed(self, sheet: str, name: str) -> bool:
        return False

    def block(self, sheet: str, name: str, match: object) -> None:
        return None

    def above(self, name: str) -> str:
        return "$AB$12:$AB1233"


def scheme_formulas(name: str) -> Iterator[str]:
    scheme, problems = load_scheme(Path(__file__).parents[2] / "schemes" / name)
    assert scheme is not None, problems
    plan, _ = compile_scheme(scheme)
    for sheet in plan.sheets:
        at = LongAddresses(frozenset(x.name for x in sheet.columns if x.holds == "text"))
        yield from (formula(x.expr, at) for x in sheet.columns if x.expr is not None)


def table_formulas() -> Iterator[str]:
    for case in [*OPERATION_CASES, *RULE_CASES]:
        yield from (cell.text for cell in (case.typed(1)[0], case.computed(1)[0]))
    for grid in Stack(LINKS).written().values():
        yield from (cell.text for row in grid for cell in row[-2:] if hasattr(cell, "text"))


def functions_in(text: str) -> set[str]:
    return set(re.findall(r"([A-Z][A-Z0-9_.]*)\(", re.sub(r'"[^"]*"', '""', text)))


def nesting(text: str) -> int:
    """Count how deep brackets stand in brackets, texts left out."""
    depth = deepest = 0
    for sign in re.sub(r'"[^"]*"', "", text):
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    assert depth == 0
    return deepest


@pytest.mark.parametrize("name", SCHEMES)
def test_scheme_formulas_are_safe(name: str):
    for text in scheme_formulas(name):
        assert functions_in(text) <= SAFE
        assert len(text) <= LONGEST
        assert nesting(text) <= DEEPEST


def test_table_formulas_are_safe():
    for text in table_formulas():
        assert functions_in(text) <= SAFE
        assert len(text) <= LONGEST
        assert nesting(text) <= DEEPEST


# ---- constants and keys ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(1, 3), "(1/3)"),
        (Fraction(-1, 2), "-0.5"),
        (Fraction("0.000001"), "0.000001"),
        (Fraction(10**15), "1000000000000000"),
        (None, '""'),
        ("", '""'),
        ("甲" * 255, '"' + "甲" * 255 + '"'),
        ("甲" * 256, '("' + "甲" * 255 + '"&"甲")'),
    ],
    ids=str,
)
def test_constants(value: Value, text: str):
    assert constant_text(value) == text


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["U1", "U2", "甲组", "001", "2", "3"], []),
        (["001", "1", "2"], ["001", "1"]),
        (["0.5", "50%", "1"], ["0.5", "50%"]),
        (["110101199001011234", "110101199001011235"], ["110101199001011234", "110101199001011235"]),
        (["１", "1"], ["１", "1"]),
        (["1,000", "1000"], ["1,000", "1000"]),
        (["1e999", "1"], []),
        (["甲*", "乙?", "丙~", ">5", "=x", "<>"], ["甲*", "乙?", "丙~", ">5", "=x", "<>"]),
        (["甲" * 256, "甲" * 255], ["甲" * 256]),
        (["U1", "U1"], []),
    ],
    ids=str,
)
def test_texts_that_a_criterion_takes_for_another(texts: list[str], found: list[str]):
    assert ambiguous(texts) == found
