"""Columns worked out together by a flat list of calls: the same as column by column, whatever numbers come next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from engine.test_arrays import SHEET, close_plan, close_rows
from kit.masters import laid_out
from kit.simulated import simulated

from xlperf.engine.arrays import ArrayColumns, Vectors
from xlperf.engine.score import rows_of, score
from xlperf.formula import program
from xlperf.formula.program import Program
from xlperf.formula.recording import Missed, NotBelow, Within, all_hold, is_like, none_holds
from xlperf.formula.vectors import Numbers, objects

WANTED = [(SHEET, name) for name in ("share", "rounded", "steps", "word", "equal", "place", "seat", "weighted")]


def equal(column, other, size: int) -> bool:
    one, two = (np.broadcast_to(objects(x), (size,)) for x in (column, other))
    unlike = np.flatnonzero(one != two)
    if not all(isinstance(x, float) for side in (one, two) for x in side[unlike]):
        return False
    return np.allclose(one[unlike].astype(float), two[unlike].astype(float), rtol=1e-12, atol=1e-12)


def programs(plan) -> list:
    return [p for some in plan.kept.get("programs", {}).values() for p in some]


def together(plan, rows, wanted, drawn=None):
    """Work columns out together and one by one; return how many programs there are then."""
    vectors = Vectors(plan, rows)
    found = ArrayColumns(plan, rows, drawn, vectors=vectors).of(wanted)
    single = ArrayColumns(plan, rows, drawn, vectors=vectors)
    for sheet, name in wanted:
        assert equal(found[sheet, name], single.column(sheet, name), len(rows[sheet])), (sheet, name)
    return len(programs(plan))


@pytest.mark.parametrize(
    "scheme_id", ["dashiqiao-2017", "guannan-2009", "hebi-2021", "three-units", "yangcheng-2020", "yiyang-2018"]
)
def test_every_column_of_a_random_round_is_the_one_worked_out_alone(scheme_id, monkeypatch):
    scheme, plan = laid_out(scheme_id)
    monkeypatch.setitem(plan.kept, "programs", {})
    rows = rows_of(plan, simulated(plan, scheme.tables, 5))
    wanted = [(s.name, c.name) for s in plan.sheets for c in s.columns]
    assert [together(plan, rows, wanted) for _ in range(3)] == [0, 1, 1]
    monkeypatch.setattr(program, "BLOCK", 16)
    assert together(plan, rows, wanted) == 1
    assert all(isinstance(p, Program) for p in programs(plan))


def close():
    plan = close_plan()
    return plan, rows_of(plan, {SHEET: close_rows()[:400]})


def test_the_same_list_serves_other_numbers_of_the_kind():
    plan, rows = close()
    draw = np.random.default_rng(1)
    counts = [
        together(plan, rows, WANTED, {(SHEET, "a"): draw.integers(1, 60, len(rows[SHEET])) / 2.0}) for _ in range(5)
    ]
    assert counts == [0, 1, 1, 1, 1]


def test_numbers_of_another_kind_are_worked_out_by_another_list():
    plan, rows = close()
    size = len(rows[SHEET])
    draw = np.random.default_rng(2)
    whole = draw.integers(1, 60, size).astype(float)
    kinds = [whole, whole / 4, whole * 1e6, -whole, np.where(np.arange(size) % 7 == 0, np.nan, whole), whole / 3]
    for numbers in (*kinds, *reversed(kinds)):
        together(plan, rows, WANTED, {(SHEET, "a"): numbers})
    assert 1 < len(programs(plan)) <= 8


def test_a_zero_that_divides_and_a_number_too_small_are_seen_each_time():
    plan, rows = close()
    size = len(rows[SHEET])
    divisors = [np.full(size, 16.0), np.full(size, 16.0)]
    for small in (0.0, 1e-7):
        divisors.append(np.where(np.arange(size) == 5, small, 16.0))
    for numbers in divisors:
        together(plan, rows, WANTED, {(SHEET, "b"): numbers})


def test_lists_do_not_grow_without_end():
    plan, rows = close()
    draw = np.random.default_rng(3)
    for power in range(14):
        numbers = draw.integers(1, 60, len(rows[SHEET])) * 10.0**power
        together(plan, rows, WANTED, {(SHEET, "a"): numbers})
    assert len(programs(plan)) <= 8


def test_results_are_those_of_the_exact_face():
    plan, rows = close()
    exact = score(plan, rows)
    vectors = Vectors(plan, rows)
    for _ in range(3):
        found = ArrayColumns(plan, rows, vectors=vectors).of([(SHEET, "weighted"), (SHEET, "share")])
    for name in ("weighted", "share"):
        wanted = [None if v is None else pytest.approx(float(v), rel=1e-14) for v in exact.column(SHEET, name)]
        assert objects(found[SHEET, name]).tolist() == wanted


@pytest.mark.parametrize(
    ("guard", "fits", "not_"),
    [
        (Within(-1, 2), [-1.0, 2.0, np.nan, np.inf], [2.5]),
        (Within(0, 2), [0.0, 2.0, np.nan], [-0.5, np.nan]),
        (NotBelow(0.5), [0.0, -0.5, 3.0, np.nan], [0.25]),
        (none_holds, [False, False], [False, True]),
        (all_hold, [True, True], [False, True]),
    ],
)
def test_what_was_decided_from_numbers_is_looked_at_each_time(guard, fits, not_):
    guard(np.array(fits))
    with pytest.raises(Missed):
        guard(np.array(not_))


def test_less_known_than_was_recorded_is_not_like_it():
    known = Numbers(np.zeros(2), True, 2, True, 1e-15, 8.0, 0.0)
    assert is_like(replace(known, decimals=1, most=7.0, low=3.0), known)
    less = [{"whole": False}, {"decimals": 3}, {"decimals": None}, {"nearest": False}, {"most": 9.0}, {"low": -1.0}]
    for fact in (*less, {"error": 1e-14}):
        assert not is_like(replace(known, **fact), known), fact
    assert is_like(replace(known, low=-1.0), replace(known, low=-8.0))
