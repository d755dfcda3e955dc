"""Rules that lay steps into hidden columns, on random rows: exact = by hand = array = LibreOffice.

10,000 rows each by `make random-rows`, fewer in every run: ties, blanks, 不适用, units of no group and units nobody
has; plans of 80 rows.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache

import pytest
from kit.judge import Judge, agrees
from kit.laid_plans import THEIRS, Block, Row, differences
from kit.random_rows import ROWS as TRIED
from kit.random_rows import whole_up

from xlperf.formula.expression import Expr, col, lift, negate, same, step
from xlperf.formula.values import EXEMPT, YES, Value
from xlperf.rules import RULES

ROWS = 80
PLANS = TRIED // ROWS
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


# ---- shares, awards, the highest once --------------------------------------------------------------


def groups_of(rows: Sequence[Row], gathered: Callable[[list[int]], dict[int, Value]]) -> list[Value]:
    """Work group by group: positions of the rows of a group → what each of them comes to."""
    made: dict[int, Value] = {}
    for name in {str(r["group"]).lower() for r in rows if r["group"] is not None}:
        made |= gathered([i for i, r in enumerate(rows) if str(r["group"]).lower() == name])
    return [made.get(i) for i in range(len(rows))]


def some_group() -> Value:
    return random.choice([*(f"组{i}" for i in range(40)), "c1", "C1", None])


def share(number: int) -> Block:
    unit = random.choice([Fraction(1, 100), Fraction(1), Fraction(1, 10)])
    pools = {f"组{i}": unit * random.choice([0, 1, 7, 100, 123457, 10_000_000, 98_765_432]) for i in range(40)}
    weights: list[Value] = [Fraction(0), Fraction(1), Fraction(1), Fraction(3), Fraction(5, 4), Fraction(11, 10)]
    rows: list[Row] = []
    for i in range(ROWS):
        group = some_group()
        rare = random.choice([None, EXEMPT, Fraction(-1)]) if random.random() < 0.01 else random.choice(weights)
        pool = pools.get(str(group), unit * 12)
        if group == "组3":
            rare = Fraction(0)
        rows.append({"id": f"m{i}", "group": group, "pool": pool + (unit / 4 if group == "组5" else 0), "value": rare})

    def gathered(at: list[int]) -> dict[int, Value]:
        there = [i for i in at if rows[i]["value"] != EXEMPT]
        made: dict[int, Value] = dict.fromkeys((i for i in at if i not in there), EXEMPT)
        given = [rows[i]["value"] for i in there]
        if None in given or not there or sum(given) <= 0 or rows[there[0]]["pool"] % unit:
            return made
        units = rows[there[0]]["pool"] / unit
        dues = {i: whole_up(units * rows[i]["value"] / sum(given), 6) for i in there}
        wholes = {i: Fraction(dues[i].__floor__()) for i in there}
        left = units - sum(wholes.values())
        order = sorted(there, key=lambda i: (-(dues[i] - wholes[i]), i))
        for n, i in enumerate(order):
            made[i] = None if rows[i]["value"] < 0 else unit * (wholes[i] + (n < left))
        return made

    expr = RULES["shared_out"](pool=col("pool"), weight="value", within={"group": col("group")}, unit=lift(unit))
    return Block(f"shared_out {number}", expr, rows, groups_of(rows, gathered))


PLACES = (("一等奖", 1), ("二等奖", 2), ("三等奖", 1))


def award(number: int) -> Block:
    slots, ties = ("refill", "keep")[number % 2], ("list", "told", "every")[number % 3]
    order, bars = ("high", "low")[number // 6 % 2], number % 5 > 0
    rows = [
        {
            "id": f"m{i}",
            "group": some_group(),
            "value": some_value() if random.random() < 0.2 else Fraction(random.randrange(80, 95)),
            "veto": random.choice(["否", "否", "否", "是", None]) if bars else None,
        }
        for i in range(ROWS)
    ]
    least = Fraction(82)

    def out(i: int) -> bool:
        under = rows[i]["value"] < least if order == "high" else rows[i]["value"] > least
        return bars and (rows[i]["veto"] == "是" or under)

    def gathered(at: list[int]) -> dict[int, Value]:
        made: dict[int, Value] = {}
        known = [i for i in at if isinstance(rows[i]["value"], Fraction)]
        made |= {i: EXEMPT for i in at if bars and rows[i]["value"] == EXEMPT}
        known_bar = [i for i in known if not bars or rows[i]["veto"] is not None]
        field = [i for i in known_bar if not out(i)] if slots == "refill" else known
        sign = -1 if order == "high" else 1
        for i in known_bar:
            ahead = sum(sign * rows[j]["value"] < sign * rows[i]["value"] for j in field)
            tied = [j for j in field if rows[j]["value"] == rows[i]["value"]]
            place = ahead + 1 + (tied.index(i) if ties == "list" and i in tied else 0)
            made[i] = "无" if out(i) else named(place, len(tied) if ties == "told" else 1)
        return made

    def named(place: int, tied: int) -> Value:
        last = 0
        for name, many in PLACES:
            if place <= last + many:
                cut = [last + sum(m for _, m in PLACES[:k]) - last for k in range(1, 4)]
                return None if any(place <= c < place + tied - 1 for c in cut) else name
            last += many
        return "无"

    barred = ((same(col("veto"), YES), "一票否决"),) if bars else ()
    more = {"barred": barred, "least": lift(least)} if bars else {}
    expr = RULES["awarded"](
        by="value",
        within={"group": col("group")},
        places=tuple((lift(n), lift(m)) for n, m in PLACES),
        otherwise=lift("无"),
        slots=slots,
        ties=ties,
        order=order,
        **more,
    )
    texts = frozenset({"id", "group", "veto"})
    expected = groups_of(rows, gathered)
    for i in (i for i, row in enumerate(rows) if row["group"] is None and bars):  # barred or 不适用 even so
        if rows[i]["value"] == EXEMPT:
            expected[i] = EXEMPT
        elif None not in (rows[i]["value"], rows[i]["veto"]) and out(i):
            expected[i] = "无"
    return Block(f"awarded {number}", expr, rows, expected, texts=texts, holds="text")


def best(number: int) -> Block:
    by, order, gated = ("level", None)[number % 2], ("high", "low")[number // 2 % 2], number // 4 % 2 == 0
    theirs = [
        {**row, "matter": random.choice("xyz"), "level": Fraction(random.randrange(1, 4))}
        for row in ledger(random.choice([5, 40, 80]))
    ]
    mine = [{"id": f"m{i}", "unit": random.choice([*UNITS, "没有的"])} for i in range(ROWS)]
    conditions = (same(col("kind"), "A"), col("level") >= 2)
    flagged = RULES["flag"](conditions=tuple((c, "条件") for c in conditions[1:]))
    where = {"unit": col("unit")}
    if gated:
        where |= {"kind": lift("A"), step("计入", flagged, "text"): lift(YES)}

    def come_to(unit: Value) -> Value:
        there = [r for r in theirs if alike(r["unit"], unit)]
        if gated:
            there = [r for r in there if r["kind"] == "A" and r["level"] >= 2]
        chosen: list[Value] = []
        for matter in "xyz":
            entries = [r for r in there if r["matter"] == matter and isinstance(r[by or "value"], Fraction)]
            keys = [r[by or "value"] for r in entries]
            if entries:
                chosen.append(entries[keys.index(max(keys) if order == "high" else min(keys))]["value"])
        return None if None in chosen else sum(numbers(chosen), Fraction(0))

    expected = [None if row["unit"] is None else come_to(row["unit"]) for row in mine]
    texts = frozenset({"id", "unit", "kind", "matter"})
    more = {"by": by} if by else {}
    expr = RULES["best_of"](of=(THEIRS, "value"), where=where, once=("matter",), order=order, **more)
    return Block(f"best_of {number}", expr, mine, expected, theirs, texts=texts)


MADE: dict[str, Callable[[int], Block]] = {w: lambda n, w=w: look(w, n) for w in LOOKS} | {
    "shared_out": share,
    "awarded": award,
    "best_of": best,
}


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
    assert len(expected) >= TRIED
    assert None in expected
    assert len(set(expected)) > 5
