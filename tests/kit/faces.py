"""One row seen by every face: exact, array and the formula a judge calculates.

A row's names stand in fixed cells of one sheet row, so a test writes no addresses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from kit.judge import Formula, agrees
from xlperf.formula import array
from xlperf.formula.evaluate import evaluate
from xlperf.formula.excel import formula
from xlperf.formula.expression import Expr, lift
from xlperf.formula.values import EXEMPT, Value, number

FIRST_INPUT = 2  # columns A and B hold the two formulas, inputs follow


def letters(column: int) -> str:
    """Return the letters of a column counted from 0."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


@dataclass(frozen=True)
class Columns:
    """Plain columns as a source for the exact and the array face."""

    values: Mapping[str, Sequence[Value]]
    texts: frozenset[str] = frozenset()
    rows: int = 1

    def column(self, sheet: str, name: str) -> Sequence[Value]:
        return self.values[name]

    def key(self, sheet: str) -> Sequence[Value]:
        return [None] * self.rows

    def size(self, sheet: str) -> int:
        return self.rows


class Arrays(Columns):
    """The same columns as arrays."""

    def column(self, sheet: str, name: str) -> array.Column:
        return array.to_array(self.values[name], name in self.texts)


def plain(cell: object) -> Value:
    """Turn a cell of an array column back into a value."""
    if cell is None or isinstance(cell, str):
        return cell
    x = float(cell)
    if np.isnan(x):
        return None
    return EXEMPT if np.isinf(x) else Fraction(repr(x))


@dataclass(frozen=True)
class Case:
    """An expression, one row, and what must come out.

    sheet: what the sheet shows where that differs (an error value), else None. texts: the columns
    that hold text.
    """

    name: str
    expr: Expr
    row: Mapping[str, Value]
    expected: Value
    texts: frozenset[str] = frozenset()
    sheet: str | None = None

    def exact(self) -> Value:
        values = {name: [value] for name, value in self.row.items()}
        return evaluate(self.expr, "", Columns(values))[0]

    def array(self) -> Value:
        """Evaluate the row twice below itself, so that a constant of length one must broadcast."""
        values = {name: [value, value] for name, value in self.row.items()}
        found = array.evaluate(self.expr, "", Arrays(values, self.texts, rows=2))
        upper, lower = map(plain, found)
        assert agrees(None if upper is None else upper if isinstance(upper, str) else float(upper), lower)
        return upper

    def typed(self, r: int) -> list[object]:
        """Return sheet row `r`: formulas over typed cells; the second has the figures as constants."""
        names = list(self.row)
        exempt = frozenset(n for n in names if self.row[n] == EXEMPT)
        clean = all(10**9 % v.denominator == 0 for v in self.row.values() if isinstance(v, Fraction))
        cells = RowAddresses(names, r, self.texts, exempt, clean)
        fixed = self.expr if EXEMPT in self.row.values() else with_constants(self.expr, self.row)
        return [Formula(formula(self.expr, cells)), Formula(formula(fixed, cells)), *self.row.values()]

    def computed(self, r: int) -> list[object]:
        """Return sheet row `r`: the same over cells that hold formulas (an empty one shows "")."""
        names = list(self.row)
        numbers = frozenset(names) - self.texts
        cells = RowAddresses(names, r, self.texts, numbers, clean=False)
        text = Formula(formula(self.expr, cells))
        return [text, text, *(Formula(_as_formula(v)) for v in self.row.values())]


def _as_formula(value: Value) -> str:
    if isinstance(value, Fraction):
        return repr(float(value))
    return '""' if value is None else f'"{value}"'


def with_constants(e: Expr, row: Mapping[str, Value]) -> Expr:
    """Put the figures of a row where its columns stood; blank ones stay columns."""

    def put(x: object) -> object:
        match x:
            case Expr("col", (name,)) if row.get(name) is not None:
                return lift(row[name])
            case Expr(op, args):
                return Expr(op, put(args))
            case tuple():
                return tuple(map(put, x))
        return x

    made = put(e)
    assert isinstance(made, Expr)
    return made


@dataclass(frozen=True)
class RowAddresses:
    """Addresses of one sheet row whose inputs stand side by side."""

    names: Sequence[str]
    row: int
    texts: frozenset[str] = frozenset()
    exempt: frozenset[str] = frozenset()
    clean: bool = True
    filled: frozenset[str] = field(default_factory=frozenset)

    def cell(self, name: str) -> str:
        return f"{letters(FIRST_INPUT + list(self.names).index(name))}{self.row}"

    def is_text(self, name: str) -> bool:
        return name in self.texts

    def is_clean(self, name: str) -> bool:
        return self.clean or name in self.texts

    def is_filled(self, name: str) -> bool:
        return name in self.filled

    def may_be_exempt(self, name: str) -> bool:
        return name in self.exempt


def value_of(text: str) -> Value:
    """Read a value of a case table: a number, a 'quoted' or plain text, nothing for blank."""
    if text in ("", "''"):
        return None
    if text.startswith("'"):
        return text.strip("'")
    found = number(text)
    return text if found is None else found


def is_text_cell(text: str) -> bool:
    """Tell whether a case table's value belongs to a text column; '' is a blank one."""
    return text == "''" or (isinstance(value_of(text), str) and value_of(text) != EXEMPT)


def sheet_of(cases: Sequence[Case]) -> list[list[object]]:
    """Write every case on two sheet rows: over typed cells, and over computed cells."""
    grid: list[list[object]] = []
    for case in cases:
        grid.append(case.typed(len(grid) + 1))
        grid.append(case.computed(len(grid) + 1))
    return grid


def shown_for(shown: Sequence[Sequence[object]], index: int) -> list[object]:
    """Return what the four formulas of a case show."""
    return [shown[2 * index][0], shown[2 * index][1], shown[2 * index + 1][0], shown[2 * index + 1][1]]
