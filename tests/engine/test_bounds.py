"""The span of a cell holds whatever the cell comes to; spans worked out hold what is worked out."""

from fractions import Fraction
from math import inf
from random import Random

import pytest
from kit.masters import laid_out
from kit.simulated import simulated

from xlperf.engine.bounds import Bounds
from xlperf.engine.score import score
from xlperf.engine.span import NOTHING, UNTOLD, Span, added, divided, either, largest, multiplied, negated, smallest

SCHEMES = ("three-units", "dashiqiao-2017", "hebi-2021", "yiyang-2018")


def inside(x: Fraction, span: Span) -> bool:
    return (span.low is None or span.low <= x) and (span.high is None or x <= span.high)


def within_limits(plan, tables):
    """Leave full marks that somebody fills at their default: the marks below them were drawn by it."""
    for sheet in plan.sheets:
        limits = {c.high.args[0] for c in sheet.inputs() if c.high is not None and c.high.op == "col"}
        for row in tables.get(sheet.table, []):
            row.update({c.name: None for c in sheet.inputs() if c.name in limits})
    return tables


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_every_number_of_a_simulated_round_lies_in_its_span(scheme_id):
    scheme, plan = laid_out(scheme_id)
    scores = score(plan, within_limits(plan, simulated(plan, scheme.tables, 7)))
    bounds = Bounds(plan, scheme.tables)
    told, wrong = 0, []
    for sheet in (s for s in plan.sheets if not s.grows):
        for name in (c.name for c in sheet.columns if c.expr is not None and c.holds == "number"):
            for row in range(bounds.size(sheet.name)):
                value, span = scores.values[sheet.name][name][row], bounds.span(sheet.name, name, row)
                if isinstance(value, Fraction):
                    told += span != UNTOLD
                    wrong += [] if inside(value, span) else [(sheet.name, name, row, value, span)]
    assert wrong == []
    assert told > 10


OPERATIONS = {
    added: lambda a, b: a + b,
    smallest: min,
    largest: max,
    (lambda pair: multiplied(*pair)): lambda a, b: a * b,
    (lambda pair: divided(*pair)): lambda a, b: a / b if b else None,
    (lambda pair: added((pair[0], negated(pair[1])))): lambda a, b: a - b,
}


def test_spans_hold_what_is_worked_out_of_numbers_in_them():
    draw = Random(11)
    ends = [None, *(Fraction(n, 2) for n in range(-6, 7))]
    for _ in range(4000):
        pair, numbers = [], []
        for _ in range(2):
            number = Fraction(draw.randint(-6, 6), 2)
            low = draw.choice([None, -inf, *(e for e in ends if e is not None and e <= number)])
            high = draw.choice([None, inf, *(e for e in ends if e is not None and e >= number)])
            pair.append(Span(low, high))
            numbers.append(number)
        for spans, exact in OPERATIONS.items():
            value = exact(*numbers)
            assert value is None or inside(value, spans(pair)), (pair, numbers)
        assert all(inside(x, either(pair)) for x in numbers)


def test_what_is_empty_spoils_arithmetic_and_does_not_count_among_alternatives():
    one = Span(Fraction(1), Fraction(2))
    assert added((one, NOTHING)) == multiplied(one, NOTHING) == largest((one, NOTHING)) == NOTHING
    assert either((one, NOTHING)) == one
    assert either(()) == NOTHING


@pytest.mark.parametrize("name", ["three-units", "hebi-2021", "dashiqiao-2017"])
def test_rows_with_the_same_facts_have_the_bounds_that_each_has_alone(name, monkeypatch):
    scheme, plan = laid_out(name)
    kept, alone = Bounds(plan, scheme.tables), Bounds(plan, scheme.tables)
    monkeypatch.setattr(alone, "_decided_by", lambda *_: None)
    for sheet in plan.sheets:
        for column in (c for c in sheet.columns if c.holds == "number"):
            for row in range(kept.size(sheet.name)):
                assert kept.span(sheet.name, column.name, row) == alone.span(sheet.name, column.name, row)
