"""The table of cell operations: the only place where a face meets an operation.

Each row gives the Excel text, the exact function, which works on whole columns, and how tightly the text binds. What
spreadsheets do at the edges is settled here and nowhere else:

* comparisons and steps look at nine decimals on every face, because `(1.15-1)/0.05` is 2.9999…
  in binary and 3 on paper; `ROUND(x,9)` says so in the workbook;
* text is compared without regard to capitals, as cells, SUMIFS and MATCH do;
* rounding is half away from zero;
* an empty operand makes an empty result; a condition on an empty operand does not hold;
* dividing by zero gives an empty result, so rules say first what a zero divisor means.

The array face keeps its functions in `array.py` (it needs numpy, and this module must run on the
standard library alone); a test holds the two tables against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial, reduce
from operator import and_, floordiv, ge, gt, le, lt, not_, or_
from typing import Any

from xlperf.formula.amounts import in_words, in_words_formula
from xlperf.formula.calendar import months_later, part
from xlperf.formula.ratios import (
    Ratios,
    Seen,
    chosen,
    compared,
    greatest,
    least,
    minus,
    negative,
    over,
    plain,
    plain_column,
    plus,
    ratios,
    rounded,
    times,
    wholes,
)
from xlperf.formula.values import EXEMPT, Value, shown

REMAINDERS = 6  # decimals at which what is left of a share is compared: a double of its size still holds them

ATOM = 9  # text that needs no brackets
COMPARE, CONCATENATE, SUM, PRODUCT, SIGN = 2, 3, 4, 5, 7

Cells = Sequence[Value]
Truths = Sequence[bool]


@dataclass(frozen=True, slots=True)
class Operation:
    """One row: `{0}`, `{1}` … or `{all}` stand for the arguments' Excel text. exact: from columns to a column."""

    excel: str
    exact: Callable[..., Any]
    binds: int = ATOM
    keeps_noise: bool = True  # False where the result has no binary noise beyond nine decimals
    takes_clean: bool = False  # True where arguments are compared and so want ROUND(…,9) first

    def of_cells(self, *values: Value) -> Any:
        """Return the exact result of one cell each."""
        return self.exact(*([x] for x in values))[0]


def _numbers(f: Callable[..., Any]) -> Callable[..., Any]:
    """Take columns as numbers."""
    return lambda *columns: f(*map(ratios, columns))


def _each(f: Callable[..., Value], *, strict: bool = True) -> Callable[..., list[Value]]:
    """Work row by row. strict: whether every cell has to be a number."""

    def applied(*columns: Cells) -> list[Value]:
        rows = zip(*columns, strict=True)
        return [f(*row) if not strict or all(map(is_number, row)) else None for row in rows]

    return applied


def is_number(x: Value) -> bool:
    """Return whether a value is a number; of blank and text isinstance would ask a long way round."""
    return x.__class__ is Fraction or (x is not None and not isinstance(x, str) and isinstance(x, Fraction))


def equal(a: Value, b: Value) -> bool:
    """Compare two values as a cell comparison does: see `plain`; a blank equals nothing."""
    return a is not None and plain(a) == plain(b)


def _same(a: Cells, b: Cells) -> Truths:
    pairs = zip(plain_column(a), plain_column(b), strict=True)
    return [x is not None and x == y for x, y in pairs]


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {"gt": gt, "ge": ge, "lt": lt, "le": le}


def stands(their: Seen, order: str, mine: Seen) -> bool:
    """Return whether one value is above, below … another (`links.Order`), both as comparisons see them.

    Blank and 不适用 among numbers never are.
    """
    if order == "differs":
        return their is not None and isinstance(their, int) == isinstance(mine, int) and their != mine
    return isinstance(their, int) and isinstance(mine, int) and _ORDERS[order](their, mine)


def _first(*columns: Cells) -> Cells:
    *before, result = columns
    for cells in reversed(before):
        result = chosen([x is not None for x in cells], cells, result)
    return result


def _is_number(cells: Cells) -> Truths:
    return list(map(bool, cells.pair[1])) if isinstance(cells, Ratios) else list(map(is_number, cells))


def _as_text(x: Value, digits: Value) -> Value:
    return shown(x, int(digits)) if isinstance(x, Fraction) and isinstance(digits, Fraction) else x


def _joined(*xs: Value) -> Value:
    texts = [x for x in xs if isinstance(x, str)]
    return "".join(texts) if len(texts) == len(xs) else None


def _compared(f: Callable[[Any, Any], bool]) -> Callable[[Cells, Cells], Truths]:
    return _numbers(lambda a, b: compared(f, a, b))


OPERATIONS: dict[str, Operation] = {
    "add": Operation("{0}+{1}", _numbers(plus), SUM),
    "sub": Operation("{0}-{1}", _numbers(minus), SUM),
    "mul": Operation("{0}*{1}", _numbers(times), PRODUCT),
    "div": Operation("{0}/{1}", _numbers(over), PRODUCT),
    "neg": Operation("-{0}", _numbers(negative), SIGN),
    "gt": Operation("{0}>{1}", _compared(gt), COMPARE, takes_clean=True),
    "ge": Operation("{0}>={1}", _compared(ge), COMPARE, takes_clean=True),
    "lt": Operation("{0}<{1}", _compared(lt), COMPARE, takes_clean=True),
    "le": Operation("{0}<={1}", _compared(le), COMPARE, takes_clean=True),
    "same": Operation("{0}={1}", _same, COMPARE, takes_clean=True),
    "both": Operation("AND({all})", lambda *columns: list(reduce(lambda a, b: map(and_, a, b), columns))),
    "either": Operation("OR({all})", lambda *columns: list(reduce(lambda a, b: map(or_, a, b), columns))),
    "negate": Operation("NOT({0})", lambda holds: list(map(not_, holds))),
    "is_blank": Operation('{0}=""', lambda cells: [x is None for x in cells], COMPARE),
    "is_number": Operation("ISNUMBER({0})", _is_number),
    "is_exempt": Operation(
        f'{{0}}="{EXEMPT}"', lambda cells: [x.__class__ is not Fraction and x == EXEMPT for x in cells], COMPARE
    ),
    "floor": Operation("INT({0})", _numbers(lambda x: wholes(x, floordiv)), keeps_noise=False, takes_clean=True),
    "ceiling": Operation(
        "-INT(-{0})",
        _numbers(lambda x: wholes(x, lambda n, one: -(-n // one))),
        SIGN,
        keeps_noise=False,
        takes_clean=True,
    ),
    "rounded": Operation("ROUND({0},{1})", _numbers(rounded), keeps_noise=False),
    "least": Operation("MIN({all})", _numbers(least)),
    "greatest": Operation("MAX({all})", _numbers(greatest)),
    "first": Operation("", _first),  # its text is nested IFs, written by the formula face
    "year": Operation("YEAR({0})", _each(partial(part, name="year")), keeps_noise=False, takes_clean=True),
    "month": Operation("MONTH({0})", _each(partial(part, name="month")), keeps_noise=False, takes_clean=True),
    "day": Operation("DAY({0})", _each(partial(part, name="day")), keeps_noise=False, takes_clean=True),
    "months_later": Operation("EDATE({0},{1})", _each(months_later), keeps_noise=False, takes_clean=True),
    "in_words": Operation(in_words_formula(), _each(in_words), keeps_noise=False),
    "as_text": Operation(
        'IF(ISNUMBER({0}),ROUND({0},{1}),{0})&""', _each(_as_text, strict=False), CONCATENATE, keeps_noise=False
    ),
    "joined": Operation("CONCATENATE({all})", _each(_joined, strict=False), keeps_noise=False),
}
