"""Which columns of a sheet a book for somebody outside shows: what they must see, and what they fill."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence

from xlperf.engine.plan import Column, Sheet
from xlperf.engine.score import Scores
from xlperf.formula.evaluate import of_row
from xlperf.formula.expression import LINKS, columns_of, root
from xlperf.workbook.layout import UNIT_NAME, Shown


def columns_shown(
    scores: Scores,
    sheet: Sheet,
    rows: Sequence[int],
    fills: Callable[[Column], bool],
    *,
    reference: Callable[[Column], bool] = lambda _: False,
    without: Container[str] = (),
    name_units: bool = False,
) -> tuple[Shown, ...]:
    """Choose the columns in the order of the sheet.

    fills: whether this party fills an input. reference: whether an input that others filled is shown,
    locked. without: columns left out. name_units: show the unit's name beside its code.

    Facts that no row has stay away, and so do inputs that no row is asked for. The limits of the columns to
    fill, and results of what is shown, are there.
    """
    values = scores.values[sheet.name]
    limits = {
        name for c in sheet.inputs() if fills(c) for e in (c.low, c.high) if e is not None for name in columns_of(e)
    }
    taken: dict[str, Shown] = {}
    for column in sheet.columns:
        there = any(values[column.name][i] is not None for i in rows)
        if column.kind == "input":
            wanted = _somewhere(scores, sheet, column, rows) if fills(column) else reference(column) and there
        elif column.expr is not None:
            wanted = root(column.expr).op not in LINKS and columns_of(column.expr) <= taken.keys()
        else:
            wanted = there and column.name not in without
        if wanted or column.name in limits:
            taken[column.name] = Shown(column.name, column.kind == "input" and fills(column))
        if column.name == sheet.unit and name_units and column.name != sheet.key.name:
            taken[UNIT_NAME] = Shown(UNIT_NAME)
    return tuple(taken.values())


def _somewhere(scores: Scores, sheet: Sheet, column: Column, rows: Sequence[int]) -> bool:
    """Tell whether a column is asked for in one of the rows at least."""
    if column.asked is None:
        return True
    values, asked = scores.values[sheet.name], column.asked
    return any(of_row(asked, {name: values[name][i] for name in columns_of(asked)}) for i in rows)
