"""Columns of exact numbers against fractions worked out one by one."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor
from random import Random

import pytest

from xlperf.formula import ratios as columns
from xlperf.formula.operations import OPERATIONS, equal, stands
from xlperf.formula.ratios import Ratios, blank_at, blanks, chosen, plain, plain_at, plain_column, ratios
from xlperf.formula.values import EXEMPT, Unread, Value, half_up

SPECIAL: tuple[Value, ...] = (
    None, EXEMPT, Unread("九十五"), "甲", "A", "a", Fraction(0), Fraction(1, 3), Fraction(-1, 3), Fraction(5, 10**10),
    Fraction(-5, 10**10), Fraction(10**15, 7), Fraction(1, 10**12), Fraction(5, 2), Fraction(-5, 2), Fraction(1, 2**80),
)  # fmt: skip


def drawn(draw: Random, size: int = 200) -> list[Value]:
    """Draw values: some special, most decimals; at times nothing but decimals."""
    often = draw.choice((0, 0.3))
    return [
        draw.choice(SPECIAL) if draw.random() < often else Fraction(draw.randrange(-999, 999), draw.choice((1, 100, 7)))
        for _ in range(size)
    ]


def each(f: Callable[..., Value]) -> Callable[..., list[Value]]:
    """Work row by row; blank where one is no number."""
    return lambda *given: [
        f(*row) if all(isinstance(x, Fraction) for x in row) else None for row in zip(*given, strict=True)
    ]


def nine(x: Fraction) -> Fraction:
    return half_up(x, 9)


def over(a: Fraction, b: Fraction) -> Fraction | None:
    return a / b if b else None


ORACLES: dict[str, tuple[int, Callable[..., Value]]] = {
    "add": (2, operator.add), "sub": (2, operator.sub), "mul": (2, operator.mul), "div": (2, over),
    "neg": (1, operator.neg), "least": (3, min), "greatest": (3, max),
    "floor": (1, lambda x: Fraction(floor(nine(x)))), "ceiling": (1, lambda x: Fraction(ceil(nine(x)))),
}  # fmt: skip


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("seed", range(6))
def test_columns_come_to_what_single_fractions_come_to(name, seed):
    draw, (many, oracle) = Random(f"{name}{seed}"), ORACLES[name]
    given = [drawn(draw) for _ in range(many)]
    found = OPERATIONS[name].exact(*map(ratios, given))
    assert list(found) == each(oracle)(*given)
    assert found == OPERATIONS[name].exact(*given)  # as lists too
    assert [type(x) for x in found] == [Fraction if isinstance(x, Fraction) else type(None) for x in found]


@pytest.mark.parametrize("digits", [-2, 0, 2, 9])
def test_rounding_a_column_is_rounding_each_number(digits):
    given = drawn(Random(digits), 500)
    wanted = each(lambda x: half_up(x, digits))(given)
    assert list(OPERATIONS["rounded"].exact(ratios(given), Ratios.constant(Fraction(digits), 500))) == wanted
    places = [Fraction(digits) if i % 2 else Fraction(1) for i in range(500)]
    mixed = each(lambda x, k: half_up(x, int(k)))(given, places)
    assert list(OPERATIONS["rounded"].exact(ratios(given), ratios(places))) == mixed


@pytest.mark.parametrize("name", ["gt", "ge", "lt", "le"])
@pytest.mark.parametrize("seed", range(4))
def test_comparisons_look_at_nine_decimals(name, seed):
    draw = Random(seed)
    a = drawn(draw)
    b = [x + Fraction(draw.choice((-6, -4, 0, 4, 6)), 10**10) if isinstance(x, Fraction) else x for x in a]
    b[::7] = draw.choices(SPECIAL, k=len(b[::7]))  # numbers beside what is none, either way round
    f = getattr(operator, name)
    numbers = [
        (x, y) if isinstance(x, Fraction) and isinstance(y, Fraction) else None for x, y in zip(a, b, strict=True)
    ]
    wanted = [both is not None and f(nine(both[0]), nine(both[1])) for both in numbers]
    assert OPERATIONS[name].exact(ratios(a), ratios(b)) == wanted
    assert [stands(plain(x), name, plain(y)) for x, y in zip(a, b, strict=True)] == wanted


@pytest.mark.parametrize("seed", range(4))
def test_what_a_column_shows_is_what_its_cells_show(seed):
    draw = Random(seed)
    a, b = drawn(draw), drawn(draw)
    both = [x.lower() if isinstance(x, str) else x if x is None else nine(x) * 10**9 for x in a]
    for cells in (a, ratios(a)):
        assert list(plain_column(cells)) == both
        assert [plain_at(cells)(i) for i in range(len(a))] == both
        assert list(blanks(cells) or [False] * len(a)) == [x is None for x in a]
        assert [blank_at(cells)(i) for i in range(len(a))] == [x is None for x in a]
        assert OPERATIONS["is_blank"].exact(cells) == [x is None for x in a]
        assert list(OPERATIONS["is_number"].exact(cells)) == [isinstance(x, Fraction) for x in a]
        assert OPERATIONS["is_exempt"].exact(cells) == [x == EXEMPT for x in a]
        assert OPERATIONS["same"].exact(cells, ratios(b)) == [equal(x, y) for x, y in zip(a, b, strict=True)]
        assert list(OPERATIONS["first"].exact(cells, b)) == [y if x is None else x for x, y in zip(a, b, strict=True)]


@pytest.mark.parametrize("seed", range(4))
def test_chosen_rows_and_rows_at_places(seed):
    draw = Random(seed)
    a, b = drawn(draw), drawn(draw)
    for holds in ([draw.random() < 0.5 for _ in a], [True] * len(a), [False] * len(a)):
        wanted = [x if h else y for h, x, y in zip(holds, a, b, strict=True)]
        for one in (a, ratios(a)):
            assert [list(chosen(holds, one, other)) for other in (b, ratios(b))] == [wanted] * 2
    places = [draw.choice((None, *range(len(a)))) for _ in range(300)]
    assert list(ratios(a).at(places)) == [None if i is None else a[i] for i in places]
    assert list(ratios(a).at(range(0, 200, 3))) == a[::3]


def test_a_long_chain_stays_exact_and_short():
    draw, size = Random(1), 50
    parts = [[Fraction(draw.randrange(1, 10**4), draw.choice((100, 7, 12))) for _ in range(size)] for _ in range(60)]
    total, by_hand = ratios(parts[0]), list(parts[0])
    for part in parts[1:]:
        total = columns.plus(columns.times(total, ratios(part)), ratios(part))
        by_hand = [a * b + b for a, b in zip(by_hand, part, strict=True)]
    assert list(total) == by_hand
    again = ratios([Fraction(1, 3)] * size)
    for _ in range(200):
        again = columns.over(columns.plus(again, again), ratios([Fraction(2)] * size))
    assert max(again.pair[1]) <= 1 << 130  # brought to lowest terms on the way
    assert list(again) == [Fraction(1, 3)] * size


def test_a_column_is_read_as_a_list():
    found = columns.plus(ratios([Fraction(1), None]), ratios([Fraction(1, 2), Fraction(1)]))
    assert found == [Fraction(3, 2), None]
    assert (found[0], found[-1], found[:1], len(found)) == (Fraction(3, 2), None, [Fraction(3, 2)], 2)
    assert found != "ab"
    assert found != [Fraction(3, 2)]
    assert "3, 2" in repr(found)


def test_blank_is_like_nothing_and_what_follows_from_it_is_blank():
    blank, one = ratios([None]), ratios([Fraction(1)])
    assert OPERATIONS["same"].exact(blank, ratios([None])) == [False]
    assert OPERATIONS["same"].exact([None], [None]) == [False]
    by_zero = columns.over(one, ratios([Fraction(0)]))
    for operation in ("add", "sub", "mul", "div", "least", "greatest"):
        for column in (by_zero, blank, ratios([EXEMPT])):
            assert OPERATIONS[operation].exact(one, column) == [None], operation
            assert OPERATIONS[operation].exact(column, one) == [None], operation
    assert columns.over(one, by_zero).pair == ([0], [0])
    assert by_zero.pair == ([0], [0])
