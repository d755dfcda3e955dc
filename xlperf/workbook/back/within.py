"""Whether what was typed into a book may stand there: whole columns held against their limits.

Which cell it is that may not is for `held.beyond_limits` to say, which judges one by one; here it is proved first that
in the rosters there is none.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from xlperf.engine.arrays import ArrayColumns, typed_columns
from xlperf.engine.plan import Column, Plan, Sheet
from xlperf.entries.cell import SHARES_FROM
from xlperf.entries.entry import Offers, looks_at_computed
from xlperf.formula.array import evaluate, holds
from xlperf.formula.expression import Expr
from xlperf.formula.values import EXEMPT, Value
from xlperf.formula.vectors import Cells, Floats, Numbers, Texts, Truths, numbers, texts
from xlperf.problems import Problem
from xlperf.workbook.back.held import beyond_limits
from xlperf.workbook.back.inputs import Typed
from xlperf.workbook.back.opened import Issued
from xlperf.xlsx.columns import Irregular


def limit_problems(plan: Plan, typed: Typed, issued: Issued) -> list[Problem]:
    """List what may not stand in a book, see `held.beyond_limits`; rosters are looked at cell by cell only in doubt."""
    if any(looks_at_computed(sheet, c) for sheet, c, _, _ in typed.ledgers.filled) or not _proved(plan, typed):
        return beyond_limits(plan, typed.as_held(plan, issued))
    return beyond_limits(plan, typed.ledgers)


def _proved(plan: Plan, typed: Typed) -> bool:
    """Return whether nothing stands in the rosters that may not."""
    columns = typed_columns(plan, replace(typed, columns=_defaulted(plan, typed)))
    offers = Offers(plan, typed.ledgers.tables)
    every = ((plan.by_name[sheet], name, found) for (sheet, name), found in typed.columns.items())
    return all(_may_stand(sheet, sheet.by_name[name], found, columns, offers) for sheet, name, found in every)


def _defaulted(plan: Plan, typed: Typed) -> dict[tuple[str, str], Cells]:
    """Return what was typed, with the default of a column in its empty cells: limits look at that."""
    found = dict(typed.columns)
    for (sheet, name), column in typed.columns.items():
        default = plan.by_name[sheet].by_name[name].default
        if default is not None:
            found[sheet, name] = _filled(column, default)
    return found


def _filled(column: Cells, default: Value) -> Cells:
    if isinstance(column, Numbers) and isinstance(default, Fraction):
        return numbers(np.where(np.isnan(column.x), float(default), column.x))
    if isinstance(column, Texts):
        return texts([default if v is None else v for v in column.objects()])
    raise Irregular("a default")


def _may_stand(sheet: Sheet, column: Column, typed: Cells, columns: ArrayColumns, offers: Offers) -> bool:
    """Return whether every cell of a column may hold what it holds; False where that is not proved."""
    if isinstance(typed, Texts):
        filled = typed.codes >= 0
        known = offers.of(column.offers).keys if column.offers else None
        if known is not None and not known.keys() >= {w for w in typed.words if w != EXEMPT}:
            return False
    elif isinstance(typed, Numbers):
        filled = ~np.isnan(typed.x)
    else:
        return False
    if column.asked is not None and bool((filled & ~holds(column.asked, sheet.name, columns)).any()):
        return False
    if column.holds != "number" or not isinstance(typed, Numbers):
        return True
    there = filled & np.isfinite(typed.x)
    low, high = (_limit(e, sheet, columns, there) for e in (column.low, column.high))
    return _within(column, typed.x[there], low, high)


def _limit(e: Expr | None, sheet: Sheet, columns: ArrayColumns, there: Truths) -> Floats | None:
    """Return a limit row by row, NaN where there is none."""
    if e is None:
        return None
    found = np.broadcast_to(np.asarray(evaluate(e, sheet.name, columns), np.float64), there.shape)[there]
    return np.where(np.isinf(found), np.nan, found)


def _within(column: Column, x: Floats, low: Floats | None, high: Floats | None) -> bool:
    """Return whether numbers are within their limits, on the decimals of their column and no shares of a hundred."""
    if (low is not None and bool((x < low).any())) or (high is not None and bool((x > high).any())):
        return False
    if high is not None and bool(((x > 0) & (x < 1) & (high >= SHARES_FROM)).any()):
        return False
    scale = 10.0 ** (column.decimals or 0)
    return column.decimals is None or bool((np.rint(x * scale) / scale == x).all())
