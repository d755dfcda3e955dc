"""Every operation on every face, against hand-written results; LibreOffice judges the formulas."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from kit.faces import Case, is_text_cell, sheet_of, shown_for, value_of
from kit.judge import Judge, agrees

from xlperf.formula.array import ARRAY
from xlperf.formula.expression import Expr, cases, col, same
from xlperf.formula.operations import OPERATIONS
from xlperf.formula.values import NO, YES, Value

TABLE = Path(__file__).parents[1] / "cases" / "operations.csv"
CONDITIONS = {"gt", "ge", "lt", "le", "same", "both", "either", "negate", "is_blank", "is_number", "is_exempt"}
OF_CONDITIONS = {"both", "either", "negate"}


def expression(operation: str, names: list[str]) -> Expr:
    """Apply an operation to columns; a condition answers 是 or 否, and takes 是 for a condition that holds."""
    arguments = tuple(same(col(n), YES) if operation in OF_CONDITIONS else col(n) for n in names)
    made = Expr(operation, arguments)
    return cases((made, YES, ""), otherwise=(NO, "")) if operation in CONDITIONS else made


def read_cases() -> list[Case]:
    """Read the case table; columns are called a, b, c …"""
    made = []
    with TABLE.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            texts = [part.strip() for part in row["arguments"].split(";")]
            names = list("abcdef"[: len(texts)])
            if row["operation"] in OF_CONDITIONS:
                of_text = frozenset(names)
            else:
                of_text = frozenset(n for n, t in zip(names, texts, strict=True) if is_text_cell(t))
            values: dict[str, Value] = {n: value_of(t) for n, t in zip(names, texts, strict=True)}
            name = f"line {line}: {row['operation']}({row['arguments']})"
            expr = expression(row["operation"], names)
            made.append(Case(name, expr, values, value_of(row["expected"]), of_text, row["sheet"] or None))
    return made


CASES = read_cases()


@pytest.fixture(scope="module")
def shown(judge: Judge) -> list[list[object]]:
    return judge({"cases": sheet_of(CASES)})["cases"]


def test_every_operation_has_cases_and_an_array_function():
    with TABLE.open(encoding="utf-8", newline="") as file:
        covered = {row["operation"] for row in csv.DictReader(file)}
    assert covered == set(OPERATIONS)
    assert set(ARRAY) == set(OPERATIONS)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_exact_face(case: Case):
    assert agrees_exactly(case.exact(), case.expected)


def agrees_exactly(got: Value, expected: Value) -> bool:
    return type(got) is type(expected) and got == expected


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_array_face(case: Case):
    got = case.array()
    assert agrees(got if got is None or isinstance(got, str) else float(got), case.expected)


@pytest.mark.libreoffice
def test_formula_face(shown: list[list[object]]):
    wrong = []
    for i, case in enumerate(CASES):
        for text in shown_for(shown, i):
            right = text == case.sheet if case.sheet else agrees(text, case.expected)
            if not right:
                wrong.append((case.name, case.expected, shown_for(shown, i), case.typed(1), case.computed(1)))
    assert wrong == []
