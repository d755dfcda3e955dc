"""Looks at other rows on random rows: exact = loops by hand = array = LibreOffice.

Pairs of small sheets of 40 rows (250 pairs a rule by `make random-rows`, fewer in every run): ties, blanks, 不适用,
units of no group and units nobody has. Each pair is written in one of the four forms (typed or computed values, open or
fixed roster).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

import pytest
from kit.faces import plain
from kit.judge import Formula, Judge, agrees, read_cell
from kit.mass_judge import judged
from kit.random_rows import ROWS as TRIED
from kit.twosheets import MINE, RESULTS, THEIRS, Link, Place, Row, Stack

from xlperf.engine.arrays import score_drawn
from xlperf.engine.plan import Column, Plan
from xlperf.engine.score import score
from xlperf.formula.excel import formula
from xlperf.formula.expression import Expr, col, lift
from xlperf.formula.links import Order, Side
from xlperf.formula.values import EXEMPT, Value
from xlperf.rules import RULES

ROWS = 40
BLOCKS = TRIED // ROWS
UNITS = ("甲", "乙", "c1", "C1", "街道办事处（园区）", None)
Where = dict[str, Expr]

# ---- rows --------------------------------------------------------------------------------------


def some_value() -> Value:
    ties = [Fraction(n, 100) for n in (9000, 8999, 9001, 0, -500)]
    return random.choice([None, EXEMPT, *ties, *ties, Fraction(random.randrange(-500, 10000), 100)])


def unit_rows(count: int, kind: bool, units: Sequence[Value] = UNITS) -> list[Row]:
    rows = [{"id": f"r{i}", "unit": random.choice(units), "value": some_value()} for i in range(count)]
    if random.random() < 0.5:  # side by side, so that a fixed roster may be written as a block
        rows.sort(key=lambda row: str(row["unit"]))
    return [{**row, "kind": random.choice("AB")} for row in rows] if kind else rows


def alike(a: Value, b: Value) -> bool:
    """Compare as cells do: capitals do not matter, a blank is like nothing."""
    return a is not None and b is not None and str(a).lower() == str(b).lower()


# ---- the rules that add, count and average -----------------------------------------------------


WHERES: list[tuple[Where, Callable[[Row, Row], bool]]] = [
    ({"unit": col("unit")}, lambda mine, their: alike(mine["unit"], their["unit"])),
    (
        {"unit": col("unit"), "kind": lift("A")},
        lambda mine, their: alike(mine["unit"], their["unit"]) and their["kind"] == "A",
    ),
    ({"kind": lift("B")}, lambda mine, their: their["kind"] == "B"),
    ({}, lambda mine, their: True),
]


def numbers(values: Sequence[Value]) -> list[Fraction]:
    return [v for v in values if isinstance(v, Fraction)]


def averaged(values: Sequence[Value]) -> Value:
    found = numbers(values)
    return sum(found, Fraction(0)) / len(found) if found else None


SUMS: dict[str, tuple[str, dict[str, str], Callable[[Sequence[Value]], Value]]] = {
    "total": ("total", {}, lambda values: sum(numbers(values), Fraction(0))),
    "total, stop": (
        "total",
        {"blanks": "stop"},
        lambda values: None if None in values else sum(numbers(values), Fraction(0)),
    ),
    "counted": ("counted", {}, lambda values: Fraction(len(values))),
    "numbers_in": ("numbers_in", {}, lambda values: Fraction(len(numbers(values)))),
    "mean_of": ("mean_of", {}, averaged),
}


def sum_link(name: str, block: int) -> Link:
    word, words, by_hand = SUMS[name]
    where, belongs = WHERES[block % len(WHERES)]
    theirs = unit_rows(random.randint(1, 25), kind=True)
    mine = [{"id": f"m{i}", "unit": random.choice([*UNITS, "没有的"])} for i in range(ROWS)]
    expected = [
        None
        if "unit" in where and row["unit"] is None
        else by_hand([their["value"] for their in theirs if belongs(row, their)])
        for row in mine
    ]
    of = THEIRS if word == "counted" else (THEIRS, "value")
    return Link(f"{name} {block}", RULES[word](of=of, where=where, **words), theirs, mine, expected)


# ---- columns there held against a column of this row, by size ------------------------------------

ORDERS: dict[Order, Callable[[Fraction, Fraction], bool]] = {
    "gt": lambda their, mine: their > mine,
    "ge": lambda their, mine: their >= mine,
    "lt": lambda their, mine: their < mine,
    "le": lambda their, mine: their <= mine,
    "differs": lambda their, mine: their != mine,
}
LOOKED = {**SUMS, "lookup": ("lookup", {}, lambda values: values[0] if len(values) == 1 else None)}


def limited_link(block: int) -> Link:
    word, words, by_hand = LOOKED[list(LOOKED)[block % len(LOOKED)]]
    order = list(ORDERS)[block // len(LOOKED) % len(ORDERS)]
    inside = block % 7 > 1  # within one's own unit, or over all
    theirs = unit_rows(random.randint(1, 25), kind=True)
    mine = unit_rows(ROWS, kind=False, units=[*UNITS, "没有的"])

    def belongs(row: Row, their: Row) -> bool:
        if inside and not alike(row["unit"], their["unit"]):
            return False
        return isinstance(their["value"], Fraction) and ORDERS[order](their["value"], row["value"])

    def come_to(row: Row) -> Value:
        if row["value"] == EXEMPT:
            return EXEMPT
        if row["value"] is None or (inside and row["unit"] is None):
            return None
        return by_hand([their["value"] for their in theirs if belongs(row, their)])

    where = {Side("value", order): col("value")} | ({"unit": col("unit")} if inside else {})
    of = THEIRS if word == "counted" else (THEIRS, "value")
    expr = RULES[word](of=of, where=where, **words)
    return Link(f"{word} {order} {block}", expr, theirs, mine, [come_to(row) for row in mine])


# ---- look-ups ----------------------------------------------------------------------------------


def lookup_link(block: int) -> Link:
    keys = [f"K{i:02}" for i in range(12)]
    texts = block % 3 == 0
    theirs = [
        {
            "id": key,
            "unit": None,
            "kind": "x",
            "value": random.choice(["甲组", "乙组", None]) if texts else some_value(),
        }
        for key in random.sample(keys, 8)
    ]
    wanted = [*keys, *map(str.lower, keys), "K1", None]
    mine = [{"id": None, "unit": random.choice(wanted)} for _ in range(ROWS)]
    expected = [next((t["value"] for t in theirs if alike(t["id"], row["unit"])), None) for row in mine]
    kinds = frozenset({"kind", "unit", "id", *(("value", "raw") if texts else ())})
    return Link(
        f"lookup {block}", RULES["lookup"](key="unit", of=(THEIRS, "value")), theirs, mine, expected, kinds, texts
    )


# ---- places ------------------------------------------------------------------------------------


def place_by_hand(rows: Sequence[Row], at: int, in_group: Callable[[Row], bool], order: str, ties: str) -> Value:
    """Count who is better, row by row."""
    mine = rows[at]
    if not isinstance(mine["value"], Fraction) or not in_group(mine):
        return None
    place = 1
    for i, other in enumerate(rows):
        if not isinstance(other["value"], Fraction) or not in_group(other):
            continue
        further = other["value"] - mine["value"] if order == "high" else mine["value"] - other["value"]
        place += further > 0 or (ties == "list" and further == 0 and i < at)
    return Fraction(place)


def rank_link(block: int) -> Link:
    order, ties = ("high", "low")[block % 2], ("same", "list")[block // 2 % 2]
    rows = unit_rows(ROWS, kind=False)
    whom = block // 4 % 3
    within: Where = [{"unit": col("unit")}, {}, {"unit": lift("甲")}][whom]

    def grouped(at: int) -> Callable[[Row], bool]:
        if whom == 1:
            return lambda row: True
        return lambda row: alike(row["unit"], rows[at]["unit"] if whom == 0 else "甲")

    expected = [place_by_hand(rows, i, grouped(i), order, ties) for i in range(ROWS)]
    return Link(f"rank {block}", RULES["rank"](by="value", within=within, order=order, ties=ties), [], rows, expected)


# ---- a missing value takes the mean of its class, and does not feed it -----------------------------


@dataclass(frozen=True)
class Imputed(Link):
    """Two columns: the mean of those of the class that have a value, and the value or else that mean."""

    final: Expr = lift(None)

    @property
    def plan(self) -> Plan:
        theirs, mine = super().plan.sheets
        mean = replace(mine.columns[-1], name="mean")
        result = Column("result", "结果", "computed", "number", self.final)
        return replace(super().plan, sheets=(theirs, replace(mine, columns=(*mine.columns[:-1], mean, result))))


def imputed_link(block: int) -> Link:
    rows = unit_rows(ROWS, kind=False, units=("甲", "乙", "丙", None))
    expected = []
    for row in rows:
        mean = averaged([r["value"] for r in rows if alike(r["unit"], row["unit"])])
        expected.append(row["value"] if row["value"] is not None else None if row["unit"] is None else mean)
    mean_of = RULES["mean_of"](of=(MINE, "value"), where={"unit": col("unit")})
    final = RULES["first_of"](scores=(col("value"), col("mean")))
    return Imputed(f"imputed {block}", mean_of, [], rows, expected, final=final)


@cache
def links() -> dict[str, list[Link]]:
    random.seed(20180629)
    made = {name: [sum_link(name, i) for i in range(BLOCKS)] for name in SUMS}
    made |= {"lookup": [lookup_link(i) for i in range(BLOCKS)], "rank": [rank_link(i) for i in range(BLOCKS)]}
    made["limits"] = [limited_link(i) for i in range(BLOCKS)]
    return made | {"imputed mean": [imputed_link(i) for i in range(BLOCKS)]}


NAMES = (*SUMS, "lookup", "rank", "limits", "imputed mean")

# ---- faces -------------------------------------------------------------------------------------


class Wide(Place):
    """A place where the mean stands in the column after the result."""

    def cell(self, name: str) -> str:
        return f"F{self.tops[MINE] + 1 + self.index}" if name == "mean" else super().cell(name)


class Thin(Stack):
    """A stack that writes each link in one form only."""

    def written(self) -> dict[str, list[list[object]]]:
        self.grids = {THEIRS: [], MINE: []}
        for n, link in enumerate(self.links):
            self._thin(link, is_computed=n % 2 == 0, fixed=n // 2 % 2 == 0)
        return self.grids

    def _thin(self, link: Link, *, is_computed: bool, fixed: bool) -> None:
        tops = {sheet: len(grid) + 1 for sheet, grid in self.grids.items()}
        self.starts.append(tops)
        for sheet, grid in self.grids.items():
            grid.append(["id", "unit", *(["kind"] if sheet == THEIRS else []), "value", "raw"])
            for i, row in enumerate(link.rows(sheet)):
                grid.append(self._row(sheet, row, is_computed, len(grid) + 1))
                if sheet == MINE:
                    at = Wide(link, tops, i, fixed, is_computed)
                    exprs = (link.final, link.expr) if isinstance(link, Imputed) else (link.expr,)
                    grid[-1] += [Formula(formula(e, at)) for e in exprs]

    def answers(self, shown: Sequence[str]) -> Iterator[Sequence[str]]:
        for link, tops in zip(self.links, self.starts, strict=True):
            yield shown[tops[MINE] : tops[MINE] + len(link.mine)]


def differences(link: Link, got: Sequence[object]) -> list[object]:
    assert len(got) == len(link.expected) == ROWS
    pairs = zip(link.mine, got, link.expected, strict=True)
    return [(link.name, row, cell, wanted) for row, cell, wanted in pairs if not agrees(cell, wanted)]


def as_cell(x: object) -> object:
    found = plain(x)
    return float(x) if isinstance(found, Fraction) else found


@pytest.mark.parametrize("name", NAMES)
def test_exact_face_equals_loops_by_hand(name: str):
    wrong = []
    for link in links()[name]:
        found = score(link.plan, link._tables()).column(MINE, "result")
        wrong += [(link.name, a, b) for a, b in zip(found, link.expected, strict=True) if a != b]
    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_array_face(name: str):
    found = ((x, score_drawn(score(x.plan, x._tables()), {})[MINE]["result"]) for x in links()[name])
    assert [d for link, cells in found for d in differences(link, [as_cell(c) for c in cells])] == []


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", NAMES)
def test_formula_face(judge: Judge, name: str):
    stack = Thin(links()[name])
    shown = judged(judge, stack.written(), RESULTS)[MINE]
    wrong = []
    for link, cells in zip(stack.links, stack.answers(shown), strict=True):
        wrong += differences(link, [read_cell(c, e) for c, e in zip(cells, link.expected, strict=True)])
    assert wrong == []


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_holds_what_matters(name: str):
    expected = [e for link in links()[name] for e in link.expected]
    assert len(expected) == BLOCKS * ROWS
    assert expected.count(None) > 0
    assert len(set(expected)) > 10
