"""Trials of the rules that every scheme uses: shares of a target, weights, full marks, limits, rounding, parts."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from kit.random_rows import Trial, Variant, cents, columns, near, pick, whole_up
from xlperf.formula.expression import col, lift
from xlperf.formula.values import Value

R = Mapping[str, Any]
CENT = Fraction(1, 100)


def achieve_row() -> dict[str, Value]:
    target = random.choice([Fraction(0), Fraction(-1), *(cents(1, 200) for _ in range(6))])
    actual = random.choice([near(target), near(target * 2), cents(-5, 300), Fraction(0)])
    direction = random.choice(["正向", "正向", "逆向", "逆向", "双向"])
    return {"full": pick(4, 10, "12.5"), "actual": actual, "target": target, "direction": direction, "most": pick(1, 2)}


def achieved(most: bool) -> Any:
    def by_hand(r: R) -> Value:
        cap = r["full"] * (r["most"] if most else 1)
        if r["target"] <= 0 or r["direction"] == "双向":
            return None
        if r["direction"] == "正向":
            return max(Fraction(0), min(cap, r["full"] * r["actual"] / r["target"]))
        return cap if r["actual"] <= 0 else min(cap, r["full"] * r["target"] / r["actual"])

    return by_hand


NAMES = ("full", "actual", "target", "direction")
ACHIEVE = Trial(
    "achieve",
    achieve_row,
    [Variant(columns(*NAMES), achieved(False)), Variant(columns(*NAMES, "most"), achieved(True))],
    texts=frozenset({"direction"}),
)

WEIGHTED = Trial(
    "weighted",
    lambda: {"a": cents(-5, 120), "b": cents(0, 100), "c": pick(0, 1, 100)},
    [
        Variant(
            {"parts": ((col("a"), Fraction(7, 10)), (col("b"), Fraction(3, 10)))},
            lambda r: (7 * r["a"] + 3 * r["b"]) / 10,
        ),
        Variant(
            {"parts": ((col("a"), Fraction(1, 3)), (col("b"), Fraction(1, 3)), (col("c"), Fraction(1, 3)))},
            lambda r: (r["a"] + r["b"] + r["c"]) / 3,
        ),
    ],
)

NORMALISE = Trial(
    "normalise",
    lambda: {"score": cents(-5, 150), "full": pick(0, -1, 30, 60, 100, 150), "to": pick(10, 100)},
    [
        Variant(columns("score", "full", "to"), lambda r: r["to"] * r["score"] / r["full"] if r["full"] > 0 else None),
        Variant(
            {"score": col("score"), "full": col("full"), "to": lift(100)},
            lambda r: 100 * r["score"] / r["full"] if r["full"] > 0 else None,
        ),
    ],
)


def limited_row() -> dict[str, Value]:
    low, high = cents(-10, 10), cents(5, 40)
    return {"score": random.choice([near(low), near(high), cents(-20, 60)]), "low": low, "high": high}


LIMITED = Trial(
    "limited",
    limited_row,
    [
        Variant(columns("score", "low", "high"), lambda r: max(min(r["score"], r["high"]), r["low"])),
        Variant(columns("score", "low"), lambda r: max(r["score"], r["low"])),
        Variant(columns("score", "high"), lambda r: min(r["score"], r["high"])),
    ],
)


def shown_row() -> dict[str, Value]:
    half = Fraction(random.randrange(-20000, 20000), 200)  # every second one is a half of a cent
    return {
        "score": random.choice([half, half / 10, Fraction(random.randrange(1, 999), 7)]),
        "digits": pick(0, 1, 2, 9),
    }


SHOWN_AT = Trial(
    "shown_at",
    shown_row,
    [
        Variant(columns("score", "digits"), lambda r: whole_up(r["score"], int(r["digits"]))),
        Variant({"score": col("score"), "digits": lift(2)}, lambda r: whole_up(r["score"], 2)),
    ],
)


def instalment_row() -> dict[str, Value]:
    total = random.choice([cents(-900, 900), cents(0, 20), cents(0, 9) + Fraction(1, 200)])
    return {"total": total, "parts": pick(1, 2, 3, 7, 12, 0, "2.5"), "number": pick(1, 2, 3, 7, 13)}


def paid(r: R) -> Value:
    cents_, parts = r["total"] / CENT, r["parts"]
    if parts < 1 or parts.denominator != 1 or cents_.denominator != 1:
        return None
    if r["number"] > parts:
        return Fraction(0)
    each, left = divmod(abs(int(cents_)), int(parts))
    made = (each + (1 if r["number"] <= left else 0)) * CENT
    return -made if cents_ < 0 else made


INSTALMENT = Trial(
    "instalment",
    instalment_row,
    [Variant({**columns("total", "parts", "number"), "unit": lift(CENT)}, paid)],
)

PLAIN = (ACHIEVE, WEIGHTED, NORMALISE, LIMITED, SHOWN_AT, INSTALMENT)
