"""What spreadsheets do where engines in other languages differ: rounding, whole steps and comparing.

A cell shows 15 significant digits, and that decimal is rounded and compared: FLOOR(0.3,0.1) is 0.3, and
0.1+0.2=0.3 is true. Standard library only; `headless` puts these in the place of an engine's own.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any

from xlperf.addin.cells import value_of, wrong
from xlperf.formula.values import EXEMPT, half_up
from xlperf.xlsx.cached import shows_error

COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_APART = 1e-13  # relative; numbers further apart than this differ within 15 digits


def as_shown(x: float) -> float:
    """Return the double nearest to the 15 digits that a cell shows."""
    return float(f"{x:.15g}")


def compared(sign: str, a: Any, b: Any) -> Any:
    """Compare two cells or ranges; a range answers for each of its cells, an error is its own answer."""
    if isinstance(a, list | tuple) or isinstance(b, list | tuple):
        left, right = _rows(a), _rows(b)
        height, width = max(len(left), len(right)), max(len(left[0]), len(right[0]))
        return [[compared(sign, _at(left, r, c), _at(right, r, c)) for c in range(width)] for r in range(height)]
    for cell in (a, b):
        if shows_error(cell):
            return cell
    if type(a) is float and type(b) is float:
        return COMPARED[sign](*_distinct(a, b))
    return COMPARED[sign](_key(a, b), _key(b, a))


def _distinct(a: float, b: float) -> tuple[float, float]:
    return (a, b) if abs(a - b) > _APART * abs(a) else (as_shown(a), as_shown(b))


def _rows(cells: Any) -> Any:
    return cells if isinstance(cells, list | tuple) else ((cells,),)


def _at(rows: Any, r: int, c: int) -> Any:
    """Return a cell of a range; one row or one column stands for every row or column."""
    row = rows[r if len(rows) > 1 else 0] if len(rows) == 1 or r < len(rows) else ()
    return row[c if len(row) > 1 else 0] if len(row) == 1 or c < len(row) else "#N/A"


def _key(cell: Any, other: Any) -> tuple[int, Any]:
    """Return what is compared: numbers before text before truth; empty is the nothing of the other's kind."""
    if cell is None:
        cell = "" if isinstance(other, str) else False if isinstance(other, bool) else 0
    if isinstance(cell, bool):
        return 2, cell
    if isinstance(cell, str):
        return 1, cell.casefold()
    number = value_of(cell, "=")
    return 0, as_shown(float(number)) if isinstance(number, Fraction) else 0.0


# ---- rounding -------------------------------------------------------------------------------------------


def _over(name: str, rounded: Callable[[Fraction, Fraction], Fraction], otherwise: int) -> Callable[..., Any]:
    """Make a worksheet function of a number, or a range of them, and what it is rounded to."""

    def call(cells: Any, to: Any = otherwise) -> Any:
        if isinstance(cells, list | tuple):
            return [[call(cell, to) for cell in row] for row in cells]
        if shows_error(cells):
            return cells
        number, figure = (value_of(v, name) or Fraction(0) for v in (cells, to))
        if isinstance(number, str) or isinstance(figure, str):
            raise wrong("FN_NOT_A_NUMBER", argument=name, found=EXEMPT)
        return float(rounded(number, figure))

    return call


def _away(x: Fraction, digits: Fraction) -> Fraction:
    scale = Fraction(10) ** int(digits)
    return Fraction(ceil(abs(x) * scale)) / scale * (1 if x >= 0 else -1)


def _towards(x: Fraction, digits: Fraction) -> Fraction:
    scale = Fraction(10) ** int(digits)
    return Fraction(int(x * scale)) / scale


def _stepped(whole: Callable[[Fraction], int], nothing: bool) -> Callable[[Fraction, Fraction], Fraction]:
    """Round to whole steps. nothing: whether a step of 0 gives 0 (CEILING) or is a division by zero (FLOOR)."""

    def rounded(x: Fraction, step: Fraction) -> Fraction:
        if not step and not (nothing or not x):
            raise wrong("FN_DIVISION", "#DIV/0!", found="FLOOR")
        if x > 0 > step:
            raise wrong("FN_NOT_FINITE", "#NUM!", argument="FLOOR")
        return whole(x / step) * step if step else Fraction(0)

    return rounded


NATIVE: Mapping[str, Callable[..., Any]] = {
    "ROUND": _over("ROUND", lambda x, digits: half_up(x, int(digits)), 0),
    "ROUNDUP": _over("ROUNDUP", _away, 0),
    "ROUNDDOWN": _over("ROUNDDOWN", _towards, 0),
    "INT": _over("INT", lambda x, _: Fraction(floor(x)), 0),
    "FLOOR": _over("FLOOR", _stepped(floor, nothing=False), 1),
    "CEILING": _over("CEILING", _stepped(ceil, nothing=True), 1),
}
