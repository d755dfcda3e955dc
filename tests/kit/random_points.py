"""Trials of the rules that give points, honours and pay; thresholds, ties and blanks are over-sampled."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from kit.random_rows import Trial, Variant, cents, columns, figure, near, pairs, pick, whole_up
from xlperf.formula.expression import col, lift
from xlperf.formula.values import NO, YES, Value

R = Mapping[str, Any]
ZERO, ONE = Fraction(0), Fraction(1)


# ---- steps and bands ---------------------------------------------------------------------------


def steps_row() -> dict[str, Value]:
    target = random.choice([ZERO, Fraction(-1), *(Fraction(random.randrange(20, 4000, 5), 10) for _ in range(12))])
    step = figure(random.choice(["0.05", "0.1", "0.025", "1", "5"]))
    size = step * target if step < 1 and random.random() < 0.7 else step
    actual = near(target + size * Fraction(random.randrange(-14, 15), random.choice([1, 1, 2])))
    return {"actual": actual, "target": target, "step": step, "points": pick(5, "0.5", 2, -5), "cap": pick(0, 10, 30)}


def steps_by_hand(side: str, mode: str, base: str, capped: bool) -> Any:
    def f(r: R) -> Value:
        if base == "relative" and r["target"] <= 0:
            return None
        size = r["step"] * r["target"] if base == "relative" else r["step"]
        far = r["actual"] - r["target"] if side == "over" else r["target"] - r["actual"]
        if far <= 0:
            return ZERO
        whole = 0
        while (whole + 1) * size <= far:
            whole += 1
        if mode == "ceil" and whole * size < far:
            whole += 1
        given = far / size * r["points"] if mode == "prorata" else whole * r["points"]
        if not capped or abs(given) <= r["cap"]:
            return given
        return r["cap"] if given > 0 else -r["cap"]

    return f


STEPS = Trial(
    "steps",
    steps_row,
    [
        Variant(
            columns("actual", "target", "step", "points", *(["cap"] if capped else []))
            | {"side": side, "mode": mode, "base": base},
            steps_by_hand(side, mode, base, capped),
        )
        for side, mode, base, capped in product(
            ("over", "under"), ("floor", "ceil", "prorata"), ("relative", "points"), (False, True)
        )
    ],
)


def band_row() -> dict[str, Value]:
    limits = sorted(random.sample(range(-5, 60), 3))
    row = {f"l{i}": Fraction(limit, 2) for i, limit in enumerate(limits)}
    row |= {f"v{i}": cents(-3, 20) for i in range(3)}
    value = random.choice([near(row[f"l{random.randrange(3)}"]), cents(-5, 35)])
    return {"value": value, "below": cents(-2, 2), **row}


def band_by_hand(edge: str, below: bool) -> Any:
    def f(r: R) -> Value:
        given = r["below"] if below else ZERO
        for i in range(3):
            if r["value"] > r[f"l{i}"] or (edge == "at_least" and r["value"] == r[f"l{i}"]):
                given = r[f"v{i}"]
        return given

    return f


def marginal_by_hand(r: R) -> Value:
    """Add up slice by slice; under the first limit everything is priced at `below`."""
    edges = [r["l0"], r["l1"], r["l2"], None]
    sum_ = min(r["value"], r["l0"]) * r["below"]
    for i in range(3):
        top = r["value"] if edges[i + 1] is None else min(r["value"], edges[i + 1])
        if top > edges[i]:
            sum_ += (top - edges[i]) * r[f"v{i}"]
    return sum_


BANDS = {"value": col("value"), "bands": pairs("l0", "v0", "l1", "v1", "l2", "v2")}
BAND = Trial(
    "band",
    band_row,
    [
        Variant(BANDS | {"below": col("below"), "edge": "at_least"}, band_by_hand("at_least", True)),
        Variant(BANDS | {"below": col("below"), "edge": "above"}, band_by_hand("above", True)),
        Variant(BANDS | {"edge": "above"}, band_by_hand("above", False)),
        Variant(BANDS | {"below": col("below"), "counts": "marginal"}, marginal_by_hand),
    ],
)


def places_row() -> dict[str, Value]:
    field = random.choice([1, 1, 2, 2, 3, 4, 8, 30])
    place = random.choice([1, 2, field, max(field - 1, 1), random.randint(1, field)])
    row = {"place": Fraction(place), "field": Fraction(field), "tied": pick(1, 1, 2, 3)}
    return row | {"p1": cents(0, 10), "p2": cents(0, 5), "b1": cents(-10, 0), "b2": cents(-5, 0), "s2": cents(0, 5)}


def places_by_hand(top: bool, bottom: bool, tied: bool, shared: bool) -> Any:
    def f(r: R) -> Value:
        if r["field"] < 2:
            return ZERO
        if shared and r["place"] == 1 and r["tied"] > 1:
            return r["s2"] if r["tied"] == 2 else ZERO
        given = ZERO
        if top:
            given += {1: r["p1"], 2: r["p2"]}.get(r["place"], 0)
        if bottom:
            given += {r["field"]: r["b1"], r["field"] - 1: r["b2"]}.get(r["place"], 0)
        return given

    return f


TOP = {"top": ((lift(1), col("p1")), (lift(2), col("p2")))}
BOTTOM = {"bottom": ((lift(1), col("b1")), (lift(2), col("b2")))}
PLACE = columns("place", "field")
RANK_POINTS = Trial(
    "rank_points",
    places_row,
    [
        Variant(PLACE | TOP, places_by_hand(True, False, False, False)),
        Variant(PLACE | BOTTOM, places_by_hand(False, True, False, False)),
        Variant(PLACE | TOP | BOTTOM, places_by_hand(True, True, False, False)),
        Variant(PLACE | TOP | BOTTOM | columns("tied"), places_by_hand(True, True, True, False)),
        Variant(
            PLACE | TOP | BOTTOM | columns("tied") | {"shared": ((lift(2), col("s2")),)},
            places_by_hand(True, True, True, True),
        ),
    ],
)

EVEN_SPLIT = Trial(
    "even_split",
    lambda: {"total": cents(0, 60), "tasks": pick(0, -1, 1, 2, 3, 6, 7, 8), "done": pick(0, 1, "0.5", "0.995")},
    [
        Variant(columns("total", "tasks"), lambda r: None if r["tasks"] <= 0 else r["total"] / r["tasks"]),
        Variant(
            columns("total", "tasks", "done"),
            lambda r: None if r["tasks"] <= 0 else r["done"] * r["total"] / r["tasks"],
        ),
    ],
)


def multiplied(r: R, *names: str) -> Fraction:
    made = ONE
    for name in names:
        made *= r[name]
    return made


PRODUCT = Trial(
    "product",
    lambda: {
        "a": random.choice([cents(-100, 2000), Fraction(random.randrange(1, 999), 2)]),
        "b": pick(1, 3, "0.5", "1.05", "0.955"),
        "c": pick(0, 1, "1.5", "0.35", "2.25"),
    },
    [
        Variant({"factors": tuple(map(col, "abc"))}, lambda r: multiplied(r, *"abc")),
        Variant({"factors": tuple(map(col, "abc")), "digits": lift(2)}, lambda r: whole_up(multiplied(r, *"abc"), 2)),
        Variant({"factors": (col("a"),), "digits": lift(0)}, lambda r: whole_up(r["a"])),
    ],
)


def counts_by_hand(r: R) -> Value:
    if any(r[n] < 0 or r[n].denominator > 1 for n in "abc"):
        return None
    return r["a"] * 10 - r["b"] * 5 + r["c"] * Fraction(1, 2)


COUNT_POINTS = Trial(
    "count_points",
    lambda: {n: pick(0, 0, 1, 2, 3, 10, 25, *([-1, "1.5"] if random.random() < 0.2 else [])) for n in "abc"},
    [
        Variant(
            {"counts": ((col("a"), lift(10)), (col("b"), lift(-5)), (col("c"), lift(Fraction(1, 2))))}, counts_by_hand
        )
    ],
)

# ---- tiers, honours, awards --------------------------------------------------------------------


def highest_by_hand(by: str, halved: bool) -> Any:
    def f(r: R) -> Value:
        top = max(r["l0"], r["l1"], r["l2"])
        counted = [r[f"p{i}"] for i in range(3) if by == "points" or r[f"l{i}"] == top]
        return sorted(counted)[-1] * (r["share"] if halved else 1)

    return f


ENTRIES = {"entries": pairs("l0", "p0", "l1", "p1", "l2", "p2")}
HIGHEST = Trial(
    "highest",
    lambda: {
        **{f"l{i}": pick(1, 2, 3, 4) for i in range(3)},
        **{f"p{i}": pick(0, 5, 10, -2, "7.5") for i in range(3)},
        "share": pick("0.5", 1, 0),
    },
    [
        Variant(
            ENTRIES | {"by": by} | (columns("share") if halved else {}),
            highest_by_hand(by, halved),
            frozenset({"l0", "l1", "l2"} if by == "points" else ()),
        )
        for by, halved in product(("level", "points"), (False, True))
    ],
)


def cumulative(r: R) -> Value:
    count = 0
    while count < 4 and r["wxyz"[count]] >= 1:
        count += 1
    return Fraction(count)


TIER = Trial(
    "tier",
    lambda: {n: pick(1, 1, 1, "0.99", "1.2", 0, "0.999999") for n in "wxyz"},
    [
        Variant({"done": tuple(map(col, "wxyz"))}, cumulative),
        Variant(
            {"done": tuple(map(col, "wxyz")), "counts": "alone"},
            lambda r: Fraction(max([i for i, n in enumerate("wxyz", 1) if r[n] >= 1], default=0)),
        ),
    ],
)


def award_by_hand(names: tuple[Value, Value], rest: Value, asked: bool) -> Any:
    def f(r: R) -> Value:
        if asked and r["eligible"] != YES:
            return rest
        return names[0] if r["place"] <= r["last1"] else names[1] if r["place"] <= r["last2"] else rest

    return f


AWARDS: list[tuple[tuple[Value, Value], Value]] = [
    (("一等奖", "二等奖"), "无"),
    (("一等奖", "二等奖"), None),
    ((Fraction(5000), Fraction(3000)), ZERO),
]


def award_row() -> dict[str, Value]:
    last1, more = random.randint(1, 3), random.randint(0, 3)
    place = random.choice([last1, last1 + 1, last1 + more, last1 + more + 1, 1])
    eligible = random.choice([YES, YES, NO])
    return {"place": Fraction(place), "last1": Fraction(last1), "last2": Fraction(last1 + more), "eligible": eligible}


AWARD = Trial(
    "award",
    award_row,
    [
        Variant(
            columns("place", *(["eligible"] if asked else []))
            | {"places": ((col("last1"), lift(names[0])), (col("last2"), lift(names[1]))), "otherwise": lift(rest)},
            award_by_hand(names, rest, asked),
        )
        for (names, rest), asked in product(AWARDS, (False, True))
    ],
    texts=frozenset({"eligible"}),
)

GRADES = {"A": "n1", "技师": "n2", "高级工": "n3"}
TABLE = {"grade": col("grade"), "table": tuple((lift(g), col(n)) for g, n in GRADES.items())}


def graded(r: R) -> Any:
    name = "n1" if r["grade"] in ("A", "a") else GRADES.get(r["grade"])
    return None if name is None else r[name]


COEFFICIENT = Trial(
    "coefficient",
    lambda: {
        "grade": random.choice(["A", "a", "技师", "高级工", "学徒", "技 师"]),
        **{n: cents(0, 3) for n in GRADES.values()},
        "addon": pick(0, "0.05", "-0.1"),
    },
    [
        Variant(TABLE, graded),
        Variant(TABLE | columns("addon"), lambda r: None if graded(r) is None else graded(r) + r["addon"]),
    ],
    texts=frozenset({"grade"}),
)

PAY = Trial(
    "pay",
    lambda: {
        "base": random.choice([Fraction(3000), cents(1000, 9000), Fraction(random.randrange(200000, 900001, 5), 100)]),
        "multiple": pick(1, 2, "1.5", "0.25"),
        "share": pick(1, "0.95", "0.875", "0.605", 0),
        "coefficient": pick(1, "1.35", "0.8"),
        "addon": pick(0, "0.05", "-0.02"),
    },
    [
        Variant(
            columns("base", "multiple", "share", "coefficient") | {"digits": lift(2)},
            lambda r: whole_up(multiplied(r, "base", "multiple", "share", "coefficient"), 2),
        ),
        Variant(
            columns("base", "multiple", "share", "coefficient", "addon") | {"digits": lift(0)},
            lambda r: whole_up(multiplied(r, "base", "multiple", "share") * (r["coefficient"] + r["addon"])),
        ),
    ],
)

# ---- who stands at the end of a class ------------------------------------------------------------


def class_row() -> dict[str, Value]:
    """Make a small class with many ties, and look at one of its units from an end."""
    scores = [random.randrange(3) for _ in range(random.randrange(1, 7))]
    at = random.randrange(len(scores))
    own = scores[at]
    return {
        "place": Fraction(1 + sum(s > own for s in scores)),
        "opposite": Fraction(1 + sum(s < own for s in scores)),
        "seat": Fraction(1 + sum(s > own for s in scores) + scores[:at].count(own)),
        "size": Fraction(len(scores)),
        "places": pick(0, 1, 2, 3),
        "more_than": pick(0, 1, 2),
    }


def end_by_hand(small: str, tied: str, by_seat: bool) -> Callable[[Mapping[str, Any]], Value]:
    def f(r: Mapping[str, Any]) -> Value:
        before, after = int(r["place"]) - 1, int(r["opposite"]) - 1  # how many stand on either side
        all_equal = before == after == 0
        if r["size"] <= r["more_than"]:
            return NO
        if tied == "none" and all_equal and r["size"] > 1:
            return NO
        if (r["seat"] if by_seat else r["place"]) - r["places"] > 0:
            return NO
        return NO if small == "nearer" and before > 0 and before >= after else YES

    return f


AT_END = Trial(
    "at_end",
    class_row,
    [
        Variant(
            columns("place", "opposite", "size", "places", "more_than", *(["seat"] if by_seat else []))
            | {"small": small, "tied": tied},
            end_by_hand(small, tied, by_seat),
            frozenset({"opposite", *(["place"] if by_seat else [])} if small == tied == "every" else ()),
        )
        for small in ("nearer", "every")
        for tied in ("none", "every")
        for by_seat in (False, True)
    ],
)

POINTS = (STEPS, BAND, RANK_POINTS, EVEN_SPLIT, PRODUCT, COUNT_POINTS, HIGHEST, TIER, AWARD, COEFFICIENT, PAY, AT_END)
