"""What may stand in a cell: its limits worked out from the row it stands in."""

from __future__ import annotations

from fractions import Fraction

from xlperf.engine.plan import Column, Row
from xlperf.formula.evaluate import of_row
from xlperf.formula.expression import Expr, columns_of


def limits(column: Column, row: Row) -> tuple[Fraction | None, Fraction | None]:
    """Return the smallest and largest number that may stand in a row's cell, None where there is no limit."""
    return _limit(column.low, row), _limit(column.high, row)


def _limit(e: Expr | None, row: Row) -> Fraction | None:
    """Work out a limit; None where the row does not have what it looks at."""
    if e is None:
        return None
    if e.op == "const":
        value = e.args[0]
    elif e.op == "col":
        value = row.get(e.args[0])
    else:
        value = of_row(e, row) if all(name in row for name in columns_of(e)) else None
    return value if isinstance(value, Fraction) else None
