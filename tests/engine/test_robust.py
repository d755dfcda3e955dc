"""Weights moved a little: shares known by hand, each draw equal to the exact face, nothing moved that is no weight."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from kit.masters import made_up

from xlperf.engine.live import Live
from xlperf.engine.plan import Column, Plan, Ranking, Sheet
from xlperf.engine.robust import _Moving, robustness, weighs
from xlperf.engine.score import score
from xlperf.formula.expression import col
from xlperf.rules import RULES

TENTH = Fraction(1, 10)


def two(a, b):
    """Score two units, each with two parts that weigh a half; the first has the award 优."""
    mixed = RULES["weighted"](parts=((col("one"), Fraction(1, 2)), (col("other"), Fraction(1, 2))))
    best = RULES["flag"](conditions=((col("place") <= 1, "第一"),))
    columns = (
        Column("code", "代码", "key", "text"),
        Column("group", "组别", "fact", "text"),
        Column("one", "甲", "input"),
        Column("other", "乙", "input"),
        Column("total", "总分", "computed", expr=mixed),
        Column("place", "名次", "computed", expr=RULES["rank"](by="total", within={"group": col("group")})),
        Column("best", "优", "computed", "text", expr=best, role="award"),
    )
    plan = Plan(
        "two", "", 2024, (Sheet("units", "单位", "units", columns),),
        (Ranking("units", "排名", "total", "place", "place", "group"),),
    )  # fmt: skip
    names = ("one", "other")
    parts = {code: dict(zip(names, map(Fraction, some), strict=True)) for code, some in (("A", a), ("B", b))}
    rows = [{"code": code, "group": "", **some} for code, some in parts.items()]
    return score(plan, {"units": rows})


def test_a_share_worked_out_by_hand():
    scores = two((90, 80), ("84", "86.5"))  # A before B where one weight is 1.0833 times the other: 18.0 % of a square
    first, second = robustness(scores, TENTH, 4000)
    assert (first.place, second.place) == (2, 1)
    assert 1 - first.same == pytest.approx(0.1803, abs=0.025)
    assert first.same == second.same == first.award
    assert (first.best, first.worst, second.best, second.worst) == (1, 2, 1, 2)
    assert (first.low, first.high) == (1, 2)


def test_who_leads_in_everything_stays():
    scores = two((90, 80), (89, 79))
    assert all(k.same == k.award == 1 and k.best == k.worst for k in robustness(scores, TENTH, 200))


def test_the_same_seed_gives_the_same_answer_and_another_does_not():
    scores = two((90, 80), (84, "86.5"))
    assert robustness(scores, TENTH, 300, 5) == robustness(scores, TENTH, 300, 5)
    assert robustness(scores, TENTH, 300, 5) != robustness(scores, TENTH, 300, 6)


@pytest.fixture(scope="module")
def three():
    return made_up("three-units")


def test_full_marks_are_weights_where_no_rule_weighs(three):
    assert weighs(three.plan) == ((), ("指标得分",))


def test_a_draw_is_what_the_exact_face_makes_of_it(three):
    ranking = three.plan.rankings[0]
    moving = _Moving(three, 0.5, 3)
    for _ in range(3):
        drawn = moving.drawn()
        put = {}
        for name in ("score", "full"):
            cells = drawn.plain(("marks", name))
            assert not np.array_equal(cells, moving.still(("marks", name)).x, equal_nan=True)
            put["marks", name] = {i: Fraction(v) for i, v in enumerate(cells.tolist()) if np.isfinite(v)}
        live = Live(three)
        live.suppose(put)
        for name in (ranking.score, ranking.place):
            exact = [float(v) for v in live.column(ranking.sheet, name)]
            assert drawn.plain((ranking.sheet, name)).tolist() == pytest.approx(exact, abs=1e-9)


def test_what_a_unit_is_marked_for_adds_up_as_before(three):
    sheet = three.plan.by_name["marks"]
    drawn = _Moving(three, 0.5, 4).drawn().plain(("marks", "full"))
    for unit in set(three.column("marks", sheet.unit)):
        at = [i for i, u in enumerate(three.column("marks", sheet.unit)) if u == unit]
        assert sum(drawn[i] for i in at) == pytest.approx(float(sum(three.column("marks", "full")[i] for i in at)))
    words = {}
    for i, label in enumerate(three.column("marks", sheet.naming.name)):
        words.setdefault((label, three.column("marks", sheet.unit)[i]), drawn[i])
    assert len(words) == len(drawn)
