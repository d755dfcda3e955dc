"""Random rows for every rule, and what must come out, written out by hand.

Nothing here is shared with the rules: loops, integers and plain fractions. A `Trial` is one rule; its
variants are the ways in which a scheme may call it, and row i is calculated by variant i mod their number.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from xlperf.formula.expression import Expr, col
from xlperf.formula.values import EXEMPT, Value
from xlperf.rules import RULES

ROWS = int(os.environ.get("XLPERF_ROWS", "2000"))  # that every rule is tried on; `make random-rows`: 10,000
Row = Mapping[str, Value]
ByHand = Callable[[Mapping[str, Any]], Value]


def figure(text: str | int) -> Fraction:
    return Fraction(text)


def pick(*texts: str | int | None) -> Value:
    """Choose one of some figures."""
    text = random.choice(texts)
    return None if text is None else Fraction(text)


def cents(low: int, high: int) -> Fraction:
    """Choose a number with two decimals; low and high in whole."""
    return Fraction(random.randrange(low * 100, high * 100 + 1), 100)


def near(x: Fraction) -> Fraction:
    """Choose a limit itself or a hair beside it."""
    return x + Fraction(random.choice([0, 0, 0, 1, -1]), 100)


def whole_up(x: Fraction, digits: int = 0) -> Fraction:
    """Round half away from zero by integers alone."""
    scaled = abs(x) * 10**digits
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(-whole if x < 0 else whole, 10**digits)


@dataclass(frozen=True)
class Variant:
    """One way to call a rule: its arguments, the same by hand, and the columns it does not look at after all."""

    arguments: Mapping[str, Any]
    by_hand: ByHand
    unread: frozenset[str] = frozenset()

    def needed(self) -> frozenset[str]:
        return frozenset(mentioned(tuple(self.arguments.values()))) - self.unread


@dataclass(frozen=True)
class Trial:
    """A rule, how a row is made, and its variants.

    texts: columns that hold text. open: columns that may be empty or 不适用 without emptying the result;
    `row` makes their holes itself. exempting: those of them whose 不适用 is the result even so.
    """

    word: str
    row: Callable[[], dict[str, Value]]
    variants: Sequence[Variant]
    texts: frozenset[str] = frozenset()
    open: frozenset[str] = frozenset()
    exempting: frozenset[str] = frozenset()

    def exprs(self) -> list[Expr]:
        return [RULES[self.word](**v.arguments) for v in self.variants]

    def rows(self, count: int) -> list[Row]:
        """Make rows; every sixth has a hole in a column that is needed."""
        needed = [sorted(v.needed() - self.open) for v in self.variants]
        made = []
        for i in range(count):
            row = self.row()
            names = needed[i % len(needed)]
            if names and random.random() < 1 / 6:
                name = random.choice(names)
                row[name] = None if name in self.texts else random.choice([None, EXEMPT])
            made.append(row)
        return made

    def expected(self, rows: Sequence[Row]) -> list[Value]:
        made: list[Value] = []
        for i, row in enumerate(rows):
            variant = self.variants[i % len(self.variants)]
            needed = [row[n] for n in variant.needed() - self.open]
            if EXEMPT in (*needed, *(row[n] for n in self.exempting)):
                made.append(EXEMPT)
            else:
                made.append(None if None in needed else variant.by_hand(row))
        return made


def mentioned(argument: Any) -> Iterator[str]:
    """List the columns that the arguments of a call mention."""
    match argument:
        case Expr("col", (name,)):
            yield name
        case Expr(_, parts):
            yield from mentioned(parts)
        case tuple():
            for part in argument:
                yield from mentioned(part)


def columns(*names: str) -> dict[str, Expr]:
    """Give parameters the columns of the same name."""
    return {name: col(name) for name in names}


def pairs(*names: str) -> tuple[tuple[Expr, Expr], ...]:
    """Make bands of columns: limit, value, limit, value …"""
    return tuple((col(a), col(b)) for a, b in zip(names[::2], names[1::2], strict=True))
