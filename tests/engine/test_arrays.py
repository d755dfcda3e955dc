"""The array face where something depends on it: every decision is that of the exact face, however close it is."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from kit.masters import laid_out
from kit.simulated import simulated

from xlperf.engine.arrays import ArrayColumns, Vectors, proved_columns, score_drawn, scores_drawn
from xlperf.engine.plan import Column, Plan, Sheet
from xlperf.engine.score import rows_of, score
from xlperf.formula.expression import Expr, cases, col, floor, lift, rank, rounded, same
from xlperf.formula.values import EXEMPT

ROWS = 3_000
SHEET = "s"


def computed(name: str, expr: Expr, holds="number") -> Column:
    return Column(name, name, "computed", holds, expr)


def close_plan() -> Plan:
    """Lay out shares that fall on halves, limits and ties, where only exact arithmetic knows which side."""
    share = col("a") / col("b")
    columns = (
        Column("id", "id", "key", "text"),
        Column("group", "group", "fact", "text"),
        Column("a", "a", "input"),
        Column("b", "b", "input"),
        computed("share", share),
        computed("rounded", rounded(share, 3)),
        computed("steps", floor(share / lift(Fraction(1, 16)))),
        computed("third", share * 3),
        computed("word", cases((col("third") >= Fraction(3, 16), "够", ""), otherwise=("不够", "")), "text"),
        computed("equal", cases((same(share, Fraction(1, 7)), 1, ""), otherwise=(0, ""))),
        computed("place", rank("rounded", {"group": col("group")})),
        computed("seat", rank("rounded", {"group": col("group")}, ties="list")),
        computed("weighted", rounded(col("a") * Fraction(7, 100) + col("b") * Fraction(93, 100), 1)),
    )
    return Plan("p", "", 2026, (Sheet(SHEET, "s", SHEET, columns),))


def close_rows() -> list[dict]:
    draw = random.Random(3)
    return [
        {"id": f"U{i}", "group": f"G{i % 40}", "a": None if i % 97 == 0 else Fraction(draw.randrange(1, 60), 2),
         "b": Fraction(draw.choice((3, 7, 16, 32, 48, 112)))}
        for i in range(ROWS)
    ]  # fmt: skip


def plain(values) -> list:
    return [v if v is None or isinstance(v, str) else np.inf if v == EXEMPT else float(v) for v in values]


def test_halves_limits_and_ties_of_shares_are_decided_exactly():
    plan, tables = close_plan(), {SHEET: close_rows()}
    exact, columns = score(plan, tables), proved_columns(plan, rows_of(plan, tables))
    found = columns.every()[SHEET]
    for name in ("rounded", "steps", "word", "equal", "place", "seat", "weighted"):
        got = [None if isinstance(v, float) and np.isnan(v) else v for v in found[name].tolist()]
        assert got == plain(exact.column(SHEET, name)), name
    assert columns.asked[SHEET, "rounded"] > 0  # halves of shares, which a double cannot tell
    assert (SHEET, "weighted") not in columns.asked  # marks by weights lie on known decimals: nobody has to be asked


@pytest.mark.parametrize("scheme_id", ["yangcheng-2020", "three-units"])
def test_a_random_round_on_arrays_shows_what_the_exact_face_does(scheme_id):
    scheme, plan = laid_out(scheme_id)
    tables = simulated(plan, scheme.tables, 11)
    exact, found = score(plan, tables), proved_columns(plan, rows_of(plan, tables)).every()
    for sheet in plan.sheets:
        for column in sheet.columns:
            cells = found[sheet.name][column.name].tolist()
            for got, wanted in zip(cells, exact.column(sheet.name, column.name), strict=True):
                if isinstance(wanted, Fraction):
                    assert got == pytest.approx(float(wanted), rel=1e-12, abs=1e-12), (sheet.name, column.name)
                else:
                    seen = None if isinstance(got, float) and np.isnan(got) else got
                    assert (EXEMPT if seen == np.inf else seen) == wanted, (sheet.name, column.name)


def test_draws_share_what_no_draw_reaches_and_come_to_the_same():
    plan, tables = close_plan(), {SHEET: close_rows()}
    scores, draw = score(plan, tables), np.random.default_rng(5)
    draws = [{(SHEET, "a"): draw.integers(1, 60, ROWS) / 2} for _ in range(3)]
    wanted = [(SHEET, "place"), (SHEET, "word")]
    for drawn, found in zip(draws, scores_drawn(scores, draws, wanted), strict=True):
        anew = score_drawn(scores, drawn)[SHEET]
        assert found[SHEET, "place"].tolist() == anew["place"].tolist()
        assert found[SHEET, "word"].tolist() == anew["word"].tolist()


def test_columns_made_once_serve_again():
    plan, tables = close_plan(), {SHEET: close_rows()}
    rows = rows_of(plan, tables)
    vectors = Vectors(plan, rows)
    first, second = (ArrayColumns(plan, rows, vectors=vectors) for _ in range(2))
    assert first.column(SHEET, "a") is second.column(SHEET, "a")
    assert np.array_equal(first.every()[SHEET]["place"], second.every()[SHEET]["place"], equal_nan=True)
