"""Trials of the rules that decide, set targets and compare years; thresholds and blanks are over-sampled."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from kit.random_rows import ByHand, Trial, Variant, cents, columns, figure, near, pick, whole_up
from xlperf.formula.expression import col, lift, negate, same
from xlperf.formula.values import EXEMPT, NO, YES, Value

R = Mapping[str, Any]
ZERO, ONE = Fraction(0), Fraction(1)


def yes(holds: bool) -> str:
    return YES if holds else NO


# ---- conditions --------------------------------------------------------------------------------


def conditions_row() -> dict[str, Value]:
    low = cents(0, 90)
    row: dict[str, Value] = {"a": near(low), "low": low, "b": pick(0, 1, 2, 3), "points": cents(-5, 10)}
    return row | {"state": random.choice(["通过", "通过", "待审", "Yes", "yes"]), "other": pick(5, 6)}


CONDITIONS = (
    (col("a") >= col("low"), "甲"),
    (same(col("state"), "通过"), "乙"),
    (col("b") > 1, "丙"),
    (negate(same(col("state"), "YES")), "丁"),
)


def held(r: R) -> list[bool]:
    return [r["a"] >= r["low"], r["state"] == "通过", r["b"] in (2, 3), r["state"] not in ("Yes", "yes")]


FLAG = Trial(
    "flag",
    conditions_row,
    [
        Variant({"conditions": CONDITIONS}, lambda r: yes(False not in held(r))),
        Variant({"conditions": CONDITIONS, "need": "any"}, lambda r: yes(True in held(r))),
    ],
    texts=frozenset({"state"}),
)

HOW_MANY = Trial(
    "how_many",
    conditions_row,
    [
        Variant({"conditions": CONDITIONS}, lambda r: Fraction(held(r).count(True))),
        Variant({"conditions": CONDITIONS[1:3]}, lambda r: Fraction(held(r)[1:3].count(True))),
    ],
    texts=frozenset({"state"}),
)


def open_branches() -> dict[str, Value]:
    """Make a row in which what a branch gives may be blank or 不适用, taken or not."""
    row = conditions_row()
    return row | {name: random.choice([None, EXEMPT, *[row[name]] * 6]) for name in ("points", "other")}


ONLY_IF = Trial(
    "only_if",
    open_branches,
    [
        Variant({"points": col("points"), "conditions": c}, lambda r, n=n: r["points"] if all(held(r)[:n]) else ZERO)
        for c, n in ((CONDITIONS, 4), (CONDITIONS[:1], 1), (CONDITIONS[:2], 2))
    ],
    texts=frozenset({"state"}),
    open=frozenset({"points", "other"}),
    exempting=frozenset({"points"}),
)

BRANCHES = ((CONDITIONS[:2], lift("优秀")), (CONDITIONS[2:3], col("points")), (CONDITIONS[3:], lift(None)))


def chosen(r: R) -> Value:
    first, second, third, fourth = held(r)
    if first and second:
        return "优秀"
    return r["points"] if third else None if fourth else r["other"]


CHOOSE = Trial(
    "choose",
    open_branches,
    [Variant({"branches": BRANCHES, "otherwise": col("other")}, chosen)],
    texts=frozenset({"state"}),
    open=frozenset({"points", "other"}),
)

# ---- quotas, targets, growth -------------------------------------------------------------------


def quota_by_hand(mode: str) -> Any:
    def f(r: R) -> Value:
        exact = r["people"] * r["share"]
        if mode == "half_up":
            return whole_up(exact)
        return Fraction(exact.numerator // exact.denominator + (1 if mode == "ceil" and exact.denominator > 1 else 0))

    return f


QUOTA = Trial(
    "quota",
    lambda: {
        "people": random.choice([Fraction(20 * random.randrange(20)), Fraction(random.randrange(400))]),
        "share": pick("0.15", "0.2", "0.05", "0.6", "0.125", "0.333", 1, 0),
    },
    [Variant(columns("people", "share") | {"rounding": m}, quota_by_hand(m)) for m in ("floor", "ceil", "half_up")],
)

SHARE_CHANGED = Trial(
    "share_changed",
    lambda: {"base": pick("0.15", "0.2", 0, 20000), "change": pick("0.05", "-0.05", 0, -1, "0.15")},
    [
        Variant(columns("base", "change"), lambda r: r["base"] + r["change"]),
        Variant(columns("base", "change") | {"mode": "relative"}, lambda r: r["base"] + r["base"] * r["change"]),
    ],
)


def numbers(*xs: Value) -> list[Fraction]:
    return [x for x in xs if isinstance(x, Fraction)]


def average(*xs: Value) -> Value:
    found = numbers(*xs)
    return sum(found, ZERO) / len(found) if found else None


def with_holes() -> Value:
    return random.choice([None, None, EXEMPT, ZERO, cents(-5, 90), cents(0, 90), cents(0, 90)])


MEAN_PRESENT = Trial(
    "mean_present",
    lambda: {n: random.choice([None, with_holes()]) for n in "abcd"},
    [
        Variant({"values": tuple(map(col, "abcd"))}, lambda r: average(*(r[n] for n in "abcd"))),
        Variant({"values": (col("a"), lift(3))}, lambda r: average(r["a"], Fraction(3))),
    ],
    open=frozenset("abcd"),
)


def first_given(*xs: Value) -> Value:
    return next((x for x in xs if x is not None), None)


def target_by_hand(take: str, split: bool) -> Any:
    def f(r: R) -> Value:
        mean, own = average(r["a"], r["b"], r["c"]), r["assigned"]
        if isinstance(own, Fraction):
            return max(own, mean) if take == "max" and mean is not None else own
        return mean if mean is not None else r["split"] if split else None

    return f


TARGET_FROM = Trial(
    "target_from",
    lambda: {
        **{n: random.choice([None, with_holes()]) for n in "abc"},
        "assigned": random.choice([None, EXEMPT, ZERO, cents(0, 90)]),
        "split": random.choice([None, cents(0, 90)]),
    },
    [
        Variant(
            columns("assigned", *(["split"] if split else [])) | {"years": tuple(map(col, "abc")), "take": take},
            target_by_hand(take, split),
        )
        for take, split in product(("first_of", "max"), (True, False))
    ],
    open=frozenset({*"abc", "assigned", "split"}),
)


def two_row() -> dict[str, Value]:
    before = random.choice([ZERO, ZERO, Fraction(-2), cents(-9, 500), cents(1, 500)])
    return {"now": random.choice([before, near(before), ZERO, cents(-9, 500)]), "before": before}


CHANGE = Trial("change", two_row, [Variant(columns("now", "before"), lambda r: r["now"] - r["before"])])


def grown(r: R) -> Value:
    if r["before"] == 0:
        return EXEMPT
    return None if r["before"] < 0 else r["now"] / r["before"] - 1


GROWTH = Trial("growth", two_row, [Variant(columns("now", "before"), grown)])


def two_ways(r: R) -> Value:
    if r["rate"] == EXEMPT:
        return r["full"] * r["increment"]
    if r["rate"] is None:
        return None
    return r["full"] * r["increment"] * r["alpha"] + r["full"] * r["rate"] * (1 - r["alpha"])


INCREMENT_AND_RATE = Trial(
    "increment_and_rate",
    lambda: {
        "full": pick(5, 10, "2.5"),
        "increment": pick(0, 1, "0.8", "0.333"),
        "rate": random.choice([None, EXEMPT, ZERO, ONE, cents(0, 1)]),
        "alpha": pick("0.5", 0, 1, "0.3"),
    },
    [Variant(columns("full", "increment", "rate", "alpha"), two_ways)],
    open=frozenset({"rate"}),
)


def reached_row() -> dict[str, Value]:
    target = random.choice([ZERO, Fraction(-3), cents(1, 90), cents(1, 90), cents(1, 90)])
    cap = figure(random.choice(["1", "1.2", "2", "0"]))
    actual = random.choice([near(target), near(target * cap), ZERO, Fraction(-1), cents(0, 200)])
    return {"full": cents(0, 20), "actual": actual, "target": target, "cap": cap}


def share_by_hand(capped: bool) -> Any:
    def f(r: R) -> Value:
        cap = r["cap"] if capped else ONE
        return None if r["target"] <= 0 else min(cap, max(ZERO, r["actual"] / r["target"]))

    return f


SHARE_REACHED = Trial(
    "share_reached",
    reached_row,
    [
        Variant(columns("actual", "target"), share_by_hand(False)),
        Variant(columns("actual", "target", "cap"), share_by_hand(True)),
    ],
)


def met_in_a_row(r: R) -> Value:
    made = 0
    for name in "abcd":
        if r[name] == 0:
            break
        made += 1
    return Fraction(made)


STREAK = Trial(
    "streak",
    lambda: {n: pick(1, 1, 0) for n in "abcd"},
    [Variant({"flags": tuple(map(col, "abcd"))}, met_in_a_row)],
)


def said_in_a_row(word: str) -> ByHand:
    def by_hand(r: R) -> Value:
        said, made = r[word] if word else "是", 0
        while made < 4 and (r["abcd"[made]] or "").lower() == said.lower():
            made += 1
        return Fraction(made)

    return by_hand


IN_A_ROW = Trial(  # years: this one, the year before …; a year without a result and one that is exempt are breaks
    "in_a_row",
    lambda: (
        {n: random.choice(["是", "是", "是", "否", "Yes", None, EXEMPT]) for n in "abcd"}
        | {"word": random.choice(["是", "是", "yes", "优秀"])}
    ),
    [
        Variant({"says": lift("是"), "cells": tuple(map(col, "abcd"))}, said_in_a_row("")),
        Variant({"says": col("word"), "cells": tuple(map(col, "abcd"))}, said_in_a_row("word")),
    ],
    texts=frozenset({*"abcd", "word"}),
    open=frozenset("abcd"),
)

RESCALED = Trial(
    "rescaled",
    lambda: {
        "amount": cents(-5, 900),
        "total": random.choice([ZERO, Fraction(-1), cents(1, 900)]),
        "pool": cents(0, 900),
    },
    [
        Variant(
            columns("amount", "total", "pool"),
            lambda r: None if r["total"] <= 0 else r["pool"] / r["total"] * r["amount"],
        )
    ],
)

# ---- what is left ------------------------------------------------------------------------------

REACHED = Trial(
    "reached",
    reached_row,
    [
        Variant(columns("full", "actual", "target"), lambda r: ZERO if r["actual"] < r["target"] else r["full"]),
        Variant(
            columns("full", "actual", "target") | {"edge": "above"},
            lambda r: ZERO if r["actual"] <= r["target"] else r["full"],
        ),
    ],
)
ADJUSTED = Trial(
    "adjusted",
    lambda: {n: cents(0, 99) for n in "abcd"},
    [
        Variant(
            {"score": col("a"), "bonus": (col("b"), col("c")), "deductions": (col("d"),)},
            lambda r: r["a"] + r["b"] + r["c"] - r["d"],
        )
    ],
)
ADDED = Trial(
    "added",
    lambda: {n: cents(-9, 99) for n in "abc"},
    [Variant({"scores": tuple(map(col, "abc"))}, lambda r: r["a"] + r["b"] + r["c"])],
)
FIRST_OF = Trial(
    "first_of",
    lambda: {n: random.choice([None, with_holes()]) for n in "abc"},
    [
        Variant({"scores": tuple(map(col, "abc"))}, lambda r: first_given(r["a"], r["b"], r["c"])),
        Variant({"scores": (col("a"), col("b"), lift(7))}, lambda r: first_given(r["a"], r["b"], Fraction(7))),
    ],
    open=frozenset("abc"),
)
IN_FORCE = Trial(
    "in_force",
    lambda: {"full": cents(0, 20), "score": with_holes()},
    [Variant(columns("full", "score"), lambda r: EXEMPT if r["score"] == EXEMPT else r["full"])],
    open=frozenset({"score"}),
)

DECISIONS = (
    *(
        FLAG,
        HOW_MANY,
        ONLY_IF,
        CHOOSE,
        QUOTA,
        SHARE_CHANGED,
        MEAN_PRESENT,
        TARGET_FROM,
        CHANGE,
        GROWTH,
        INCREMENT_AND_RATE,
    ),
    *(SHARE_REACHED, STREAK, IN_A_ROW, RESCALED, REACHED, ADJUSTED, ADDED, FIRST_OF, IN_FORCE),
)
