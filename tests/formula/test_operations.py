"""Every operation on every face, against hand-written results; LibreOffice judges the formulas."""

from __future__ import annotations

import csv

import pytest
from kit.faces import Case, sheet_of, shown_for
from kit.judge import Judge, agrees
from kit.operation_cases import CASES, TABLE

from xlperf.formula.array import ARRAY
from xlperf.formula.operations import OPERATIONS
from xlperf.formula.values import Value


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
