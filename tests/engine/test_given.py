"""What is handed to the engine in Python: numbers are the fractions they stand for, what no cell holds is refused."""

from dataclasses import replace
from fractions import Fraction

import pytest

from xlperf.engine.compile import compile_scheme
from xlperf.engine.score import score
from xlperf.scheme.find import find_scheme
from xlperf.scheme.load import load_scheme


@pytest.fixture(scope="module")
def three():
    scheme, _ = load_scheme(find_scheme("three-units")[0])
    return scheme, compile_scheme(scheme)[0]


def filled(scheme, number):
    marks = [
        {**row, "verified": number(n % 7 * 20), "self": number(n % 2)} for n, row in enumerate(scheme.tables["marks"])
    ]
    return {**scheme.tables, "marks": marks}


def as_python(row):
    return {n: int(v) if isinstance(v, Fraction) and v.denominator == 1 else v for n, v in row.items()}


def test_python_numbers_are_fractions(three):
    scheme, plan = three
    wanted = score(plan, filled(scheme, Fraction)).values
    assert any(isinstance(v, Fraction) and v for v in wanted["marks"]["score"])
    for number in (int, float):
        assert score(plan, filled(scheme, number)).values == wanted
    tables = {name: [as_python(row) for row in rows] for name, rows in filled(scheme, int).items()}
    found = score(plan, tables).values
    assert found == wanted
    kinds = {type(v) for columns in found.values() for cells in columns.values() for v in cells}
    assert kinds <= {Fraction, str, type(None)}


def test_what_says_which_rows_a_sheet_has_too(three):
    """A sheet whose `where` names a number takes the rows that say it as a Python number."""
    scheme, plan = three
    marks = next(s for s in plan.sheets if s.table == "marks")
    some = replace(plan, sheets=tuple(replace(s, where={"no": Fraction(1)}) if s is marks else s for s in plan.sheets))
    wanted = score(some, filled(scheme, Fraction)).values
    assert wanted["marks"]["id"]
    tables = filled(scheme, Fraction)
    assert score(some, {**tables, "marks": [as_python(row) for row in tables["marks"]]}).values == wanted


@pytest.mark.parametrize("odd", [True, float("nan"), [1]])
def test_what_no_cell_holds_is_refused(three, odd):
    scheme, plan = three
    with pytest.raises(TypeError, match="no value of a cell"):
        score(plan, filled(scheme, lambda _: odd))
