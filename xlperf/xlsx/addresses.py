"""Addresses of cells: letters and numbers, and formulas moved from one cell to another."""

from __future__ import annotations

import re
from functools import cache, lru_cache

_CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_MOVED = re.compile(
    r"""("(?:[^"]|"")*"|'(?:[^']|'')*'!?)"""  # texts and titles stay
    r"""|(?<![\w.\u0080-\uffff$])(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})(?![\w.(\u0080-\uffff!])"""
    r"""|(?<![\w.\u0080-\uffff$])(\$?)([A-Za-z]{1,3}):(\$?)([A-Za-z]{1,3})(?![\w.(\u0080-\uffff!])"""
    r"""|(?<![\w.\u0080-\uffff$:])(\$?)([0-9]{1,7}):(\$?)([0-9]{1,7})(?![\w.(\u0080-\uffff!:])"""
)


@cache
def letters(column: int) -> str:
    """Return the letters of a column counted from 0."""
    text, left = "", column + 1
    while left:
        left, rest = divmod(left - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def number(column: str) -> int:
    """Return the number, counted from 0, of a column given by its letters."""
    found = 0
    for letter in column.upper():
        found = found * 26 + ord(letter) - ord("A") + 1
    return found - 1


@lru_cache(maxsize=100_000)
def row_and_column(cell: str) -> tuple[int, int]:
    """Return row and column, counted from 1, of an address such as `C7`; ValueError where it is none."""
    found = _CELL.fullmatch(cell)
    if found is None:
        raise ValueError(f"{cell} is no address of a cell")
    return int(found[2]), number(found[1]) + 1


def moved(formula: str, rows: int, columns: int) -> str:
    """Return a formula as it reads when copied so many cells down and to the right; `$` and texts stay."""

    def put(match: re.Match[str]) -> str:
        text, d1, c1, d2, r1, d3, c3, d4, c4, d5, r5, d6, r6 = match.groups()
        if text is not None:
            return text
        if c1 is not None:
            return f"{d1}{_column(d1, c1, columns)}{d2}{_row(d2, r1, rows)}"
        if c3 is not None:
            return f"{d3}{_column(d3, c3, columns)}:{d4}{_column(d4, c4, columns)}"
        return f"{d5}{_row(d5, r5, rows)}:{d6}{_row(d6, r6, rows)}"

    return _MOVED.sub(put, formula)


def _column(fixed: str, column: str, by: int) -> str:
    return column if fixed else letters(max(number(column) + by, 0))


def _row(fixed: str, row: str, by: int) -> str:
    return row if fixed else str(max(int(row) + by, 1))
