"""Rules that lay steps into hidden columns, on 10,000 random rows each: exact = by hand = array = LibreOffice.

Ties, blanks, 不适用, units of no group and units nobody has; 25 plans a rule, 400 rows each.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache

import pytest
from kit.judge import Judge, agrees
from kit.laid_plans import THEIRS, Block, Row, differences

from xlperf.formula.expression import Expr, col, lift, negate, same, step
from xlperf.formula.values import EXEMPT, YES, Value
from xlperf.rules import RULES

PLANS, ROWS = 25, 400
UNITS = ("甲", "乙", "c1", "C1", "街道办事处（园区）", None)


def alike(a: Value, b: Value) -> bool:
    """Compare as cells do: capitals do not matter, a blank is like nothing."""
    return a is not None and b is not None and str(a).lower() == str(b).lower()


def some_value() -> Value:
    ties = [Fraction(n, 100) for n in (9000, 8999, 9001, 0, -500)]
    return random.choice([None, EXEMPT, *ties, *ties, Fraction(random.randrange(-500, 10000), 100)])


# ---- looks with conditions -------------------------------------------------------------------------


def ledger(count: int) -> list[Row]:
    return [
        {"id": f"r{i}", "unit": random.choice(UNITS), "kind": random.choice(["A", "B", None]), "value": some_value()}
        for i in range(count)
    ]


CONDITIONS: list[tuple[list[Expr], Callable[[Row], bool]]] = [
    ([col("value") >= 90], lambda r: isinstance(r["value"], Fraction) and r["value"] >= 90),
    (
        [negate(same(col("kind"), "A")), col("value") < 90],
        lambda r: r["kind"] == "B" and isinstance(r["value"], Fraction) and r["value"] < 90,
    ),
    ([same(col("kind"), "B")], lambda r: r["kind"] == "B"),
]


def numbers(values: Sequence[Value]) -> list[Fraction]:
    return [v for v in values if isinstance(v, Fraction)]


def averaged(values: Sequence[Value]) -> Value:
    found = numbers(values)
    return sum(found, Fraction(0)) / len(found) if found else None


LOOKS: dict[str, Callable[[Sequence[Value]], Value]] = {
    "total": lambda values: sum(numbers(values), Fraction(0)),
    "counted": lambda values: Fraction(len(values)),
    "numbers_in": lambda values: Fraction(len(numbers(values))),
    "mean_of": averaged,
    "lookup": lambda values: values[0] if len(values) == 1 else None,
}


def look(word: str, number: int) -> Block:
    conditions, holds = CONDITIONS[number % len(CONDITIONS)]
    theirs = ledger(random.choice([2, 5, 12, 40]))
    flagged = RULES["flag"](conditions=tuple((c, "条件") for c in conditions))
    where = {"unit": col("unit"), step("计入", flagged, "text"): lift(YES)}
    mine = [{"id": f"m{i}", "unit": random.choice([*UNITS, "没有的"])} for i in range(ROWS)]
    expected = [
        None
        if row["unit"] is None
        else LOOKS[word]([r["value"] for r in theirs if alike(r["unit"], row["unit"]) and holds(r)])
        for row in mine
    ]
    of = THEIRS if word == "counted" else (THEIRS, "value")
    return Block(f"{word} {number}", RULES[word](of=of, where=where), mine, expected, theirs)


MADE: dict[str, Callable[[int], Block]] = {w: lambda n, w=w: look(w, n) for w in LOOKS}


@cache
def blocks() -> dict[str, list[Block]]:
    random.seed(20091120)
    return {word: [make(number) for number in range(PLANS)] for word, make in MADE.items()}


@pytest.mark.parametrize("word", MADE)
def test_exact_face_equals_arithmetic_by_hand(word: str):
    for block in blocks()[word]:
        got = block.exact()
        assert [(row, g, e) for row, g, e in zip(block.mine, got, block.expected, strict=True) if g != e] == []


@pytest.mark.parametrize("word", MADE)
def test_array_face(word: str):
    for block in blocks()[word]:
        got = [x if x is None or isinstance(x, str) else float(x) for x in block.array()]
        assert [(r, g, e) for r, g, e in zip(block.mine, got, block.expected, strict=True) if not agrees(g, e)] == []


@pytest.mark.libreoffice
def test_formula_face(judge: Judge):
    assert differences(judge, [block for made in blocks().values() for block in made]) == []


@pytest.mark.parametrize("word", MADE)
def test_the_sample_holds_what_matters(word: str):
    expected = [e for block in blocks()[word] for e in block.expected]
    assert len(expected) >= 10_000
    assert None in expected
    assert len(set(expected)) > 5
