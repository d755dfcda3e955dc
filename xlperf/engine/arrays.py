"""Score many rows at once on float64 arrays: simulation, large rosters, what-if over thousands of draws."""

from __future__ import annotations

from collections.abc import Mapping

from xlperf.engine.plan import Column, Plan, Tables
from xlperf.engine.score import Columns, rows_of
from xlperf.formula import array

Arrays = Mapping[str, Mapping[str, array.Column]]


class ArrayColumns(Columns[array.Column]):
    """Columns as numpy arrays."""

    def _made(self, sheet: str, column: Column) -> array.Column:
        if column.expr is not None:
            return array.evaluate(column.expr, sheet, self)
        return array.to_array(self.given(sheet, column), text=column.holds == "text")


def score_arrays(plan: Plan, tables: Tables) -> Arrays:
    """Score a plan in float64: sheet → column → array (NaN blank, +inf 不适用, objects for text)."""
    columns = ArrayColumns(plan, rows_of(plan, tables))
    return {s.name: {c.name: columns.column(s.name, c.name) for c in s.columns} for s in plan.sheets}
