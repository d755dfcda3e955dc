"""Random rows, thresholds and ties and blanks over-sampled, against arithmetic written out here.

The exact face must not differ once in all rows (100,000 by `make random-rows`); on a tenth of them LibreOffice
calculates the same, and the array face on all. `by_hand` shares no code with the rules: integers, `Decimal`, plain
fractions.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from kit.faces import Arrays, Columns, RowAddresses, plain
from kit.judge import Formula, Judge, agrees
from kit.random_rows import ROWS as JUDGED

from xlperf.formula import array
from xlperf.formula.evaluate import evaluate
from xlperf.formula.excel import formula
from xlperf.formula.expression import Expr, col, lift
from xlperf.formula.values import EXEMPT, Value
from xlperf.rules import RULES
from xlperf.terms import HIGHER, LOWER

ROWS = 10 * JUDGED
NAMES = ("full", "actual", "target", "direction", "score", "out_of", "first", "second", "value", "low", "high")
TEXTS = frozenset({"direction"})
HALF, SHARE = Fraction(1, 2), Fraction(7, 10)
Row = Mapping[str, Value]


def cents(low: int, high: int, by: int = 1) -> Fraction:
    return Fraction(random.randrange(low, high, by), 100)


def some_row(number: int) -> Row:
    """Make a row; every fifth has a hole."""
    target = random.choice([Fraction(0), Fraction(-1), *(cents(100, 20000, 5) for _ in range(20))])
    low = cents(-500, 0)
    row: dict[str, Value] = {
        "full": Fraction(random.randrange(1, 40), 2),
        "actual": random.choice(_around(target)),
        "target": target,
        "direction": random.choice([HIGHER, LOWER]),
        "score": cents(-500, 20000),
        "out_of": random.choice([Fraction(0), Fraction(175), Fraction(100), cents(1, 20000)]),
        "first": cents(0, 10000),
        "second": cents(0, 10000),
        "low": low,
        "high": low + random.choice([Fraction(0), cents(1, 3000)]),
    }
    row["value"] = random.choice([row["low"], row["high"], cents(-600, 3000)])
    if number % 5 == 0:
        row[random.choice([n for n in NAMES if n != "direction"])] = random.choice([None, None, EXEMPT])
    return row


def _around(target: Fraction) -> list[Fraction]:
    """List what matters near a target: itself, a hair off, whole and half steps of 5 %, nothing, less."""
    steps = [target * (1 + Fraction(random.randrange(-30, 60), 40)) for _ in range(6)]
    return [target, target - Fraction(1, 100), target + Fraction(1, 100), Fraction(0), Fraction(-3), *steps]


def halves_up(x: Fraction, digits: int) -> Fraction:
    """Round by integers alone: twice the number plus one, halved."""
    scaled = abs(x) * 10**digits
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(-whole if x < 0 else whole, 10**digits)


def decimals_up(x: Fraction, digits: int) -> Fraction:
    """Round by `Decimal`, for numbers that end."""
    with localcontext() as context:
        context.prec = 60
        ended = Decimal(x.numerator) / Decimal(x.denominator)
        return Fraction(ended.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def achieved(full: Fraction, actual: Fraction, target: Fraction, direction: str) -> Value:
    if target <= 0:
        return None
    if direction == LOWER:
        return (
            2 * full if actual <= 0 else min(2 * full, full * (target / actual))
        )  # nothing is never worse than a little
    reached = full * (actual / target)
    return Fraction(0) if reached < 0 else 2 * full if reached > 2 * full else reached


def stepped(actual: Fraction, target: Fraction) -> Value:
    """Count the steps one by one."""
    if target <= 0:
        return None
    steps = 0
    while steps < 6 and actual >= target + target * Fraction(5, 100) * (steps + 1):
        steps += 1
    return Fraction(5 * steps)


def limited(value: Fraction, low: Fraction, high: Fraction) -> Value:
    return low if value < low else high if value > high else value


COLUMNS: dict[str, tuple[Expr, tuple[str, ...], Callable[..., Value]]] = {
    "achieve": (
        RULES["achieve"](
            full=col("full"), actual=col("actual"), target=col("target"), direction=col("direction"), most=lift(2)
        ),
        ("full", "actual", "target", "direction"),
        achieved,
    ),
    "normalise": (
        RULES["normalise"](score=col("score"), full=col("out_of"), to=lift(100)),
        ("score", "out_of"),
        lambda score, out_of: score * 100 / out_of if out_of > 0 else None,
    ),
    "limited": (
        RULES["limited"](score=col("value"), low=col("low"), high=col("high")),
        ("value", "low", "high"),
        limited,
    ),
    "weighted": (
        RULES["weighted"](parts=((col("first"), SHARE), (col("second"), 1 - SHARE))),
        ("first", "second"),
        lambda first, second: (first * 7 + second * 3) / 10,
    ),
    "steps": (
        RULES["steps"](
            actual=col("actual"), target=col("target"), step=lift(Fraction(5, 100)), points=lift(5), cap=lift(30)
        ),
        ("actual", "target"),
        stepped,
    ),
    "rounded halves": (
        RULES["shown_at"](score=RULES["weighted"](parts=((col("first"), HALF), (col("second"), HALF))), digits=lift(2)),
        ("first", "second"),
        lambda first, second: decimals_up((first + second) / 2, 2),
    ),
    "rounded shares": (
        RULES["shown_at"](
            score=RULES["weighted"](parts=((col("first"), SHARE), (col("second"), 1 - SHARE))), digits=lift(2)
        ),
        ("first", "second"),
        lambda first, second: halves_up(first * SHARE + second * (1 - SHARE), 2),
    ),
}
ROUNDED = {"rounded halves", "rounded shares"}


def by_hand(row: Row, needed: Sequence[str], f: Callable[..., Value]) -> Value:
    given = [row[name] for name in needed]
    if EXEMPT in given:
        return EXEMPT
    return None if None in given else f(*given)


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    random.seed(20170101)
    return [some_row(i) for i in range(ROWS)]


@pytest.fixture(scope="module")
def expected(rows: list[Row]) -> dict[str, list[Value]]:
    return {name: [by_hand(row, needed, f) for row in rows] for name, (_, needed, f) in COLUMNS.items()}


@pytest.fixture(scope="module")
def shown(judge: Judge, rows: list[Row]) -> list[list[object]]:
    grid = []
    for r, row in enumerate(rows[:JUDGED], start=1):
        at = RowAddresses(NAMES, r, TEXTS, frozenset(NAMES) - TEXTS)
        texts = [Formula(formula(expr, at)) for expr, _, _ in COLUMNS.values()]
        grid.append([None, None, *(row[name] for name in NAMES), *texts])
    return judge({"rows": grid})["rows"]


@pytest.mark.parametrize("name", COLUMNS)
def test_exact_face_equals_arithmetic_by_hand(rows: list[Row], expected: dict[str, list[Value]], name: str):
    source = Columns({n: [row[n] for row in rows] for n in NAMES}, rows=ROWS)
    got = evaluate(COLUMNS[name][0], "", source)
    assert [i for i in range(ROWS) if got[i] != expected[name][i]] == []


@pytest.mark.parametrize("name", COLUMNS)
def test_array_face(rows: list[Row], expected: dict[str, list[Value]], name: str):
    source = Arrays({n: [row[n] for row in rows] for n in NAMES}, TEXTS, ROWS)
    got = array.evaluate(COLUMNS[name][0], "", source)
    assert [
        (rows[i], got[i])
        for i in range(ROWS)
        if not agrees(_cell(got[i]), expected[name][i], identical=name in ROUNDED)
    ] == []


def _cell(x: float) -> object:
    found = plain(x)
    return float(x) if isinstance(found, Fraction) else found


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", COLUMNS)
def test_formula_face(rows: list[Row], expected: dict[str, list[Value]], shown: list[list[object]], name: str):
    at = 2 + len(NAMES) + list(COLUMNS).index(name)
    assert [
        (rows[i], shown[i][at], expected[name][i])
        for i in range(JUDGED)
        if not agrees(shown[i][at], expected[name][i], identical=name in ROUNDED)
    ] == []


def test_the_sample_holds_what_matters(rows: list[Row], expected: dict[str, list[Value]]):
    first, second = ([row[n] for row in rows[:JUDGED]] for n in ("first", "second"))
    numbers = [
        (a, b) for a, b in zip(first, second, strict=True) if isinstance(a, Fraction) and isinstance(b, Fraction)
    ]
    assert sum((a + b) * 100 % 2 == 1 for a, b in numbers) > 0.3 * JUDGED  # exact halves of a cent
    on_step = [r for r in rows[:JUDGED] if isinstance(r["actual"], Fraction) and isinstance(r["target"], Fraction)]
    assert sum(r["target"] > 0 and r["actual"] / r["target"] % Fraction(1, 20) == 0 for r in on_step) > 0.2 * JUDGED
    for name in COLUMNS:
        assert None in expected[name][:JUDGED]
        assert EXEMPT in expected[name][:JUDGED]
