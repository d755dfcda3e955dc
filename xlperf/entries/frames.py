"""Tables from Python: pandas frames, or lists of mappings, with whatever types their cells have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from xlperf.entries.cell import Raw
from xlperf.entries.given import Given, Line
from xlperf.scheme.reading.cells import is_empty

Rows = Iterable[Mapping[Any, Any]]


def given_rows(name: str, table: Any) -> Given:
    """Return what stands in a frame or a list of mappings; lines are counted from 1. TypeError for anything else."""
    columns = [str(c) for c in getattr(table, "columns", ())]
    doubled = tuple(dict.fromkeys(c for c in columns if columns.count(c) > 1))
    if doubled:
        table = table.loc[:, ~table.columns.duplicated()]  # the library would leave out all but one, and warn
    rows: Rows = table.to_dict("records") if hasattr(table, "to_dict") else table
    if isinstance(rows, str | bytes | Mapping) or not isinstance(rows, Iterable):
        raise TypeError(name)
    rows = list(rows)
    if not all(isinstance(row, Mapping) for row in rows):
        raise TypeError(name)
    lines = tuple(Line(at, {str(k): plain(v) for k, v in row.items()}) for at, row in enumerate(rows, 1))
    names = tuple(dict.fromkeys([*columns, *(k for line in lines for k in line.cells)]))
    return Given(name, names, lines, doubled=doubled)


def plain(cell: Any) -> Raw:
    """Return a cell as plain Python: NaN, NaT, NA and empty text as None, numpy's numbers as int or float."""
    if cell is None or type(cell).__name__ in ("NAType", "NaTType"):
        return None
    if hasattr(cell, "item") and not isinstance(cell, date):
        cell = cell.item()
    if isinstance(cell, Decimal):
        cell = Fraction(cell) if cell.is_finite() else float(cell)
    if isinstance(cell, float) and cell != cell:
        return None
    if isinstance(cell, str):
        return None if is_empty(cell) else cell
    return cell if isinstance(cell, bool | int | float | Fraction | date) else str(cell)
