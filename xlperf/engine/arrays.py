"""Score many rows at once on float64 arrays: simulation, large rosters, what-if over thousands of draws."""

from __future__ import annotations

from collections.abc import Mapping

from xlperf.engine.graph import Spot
from xlperf.engine.live import NotAnInput
from xlperf.engine.plan import Column, Plan
from xlperf.engine.score import Columns, Scores
from xlperf.formula import array
from xlperf.formula.values import Value

Arrays = Mapping[str, Mapping[str, array.Column]]


class ArrayColumns(Columns[array.Column]):
    """Columns as numpy arrays. drawn: columns that hold other numbers than the rows."""

    def __init__(
        self, plan: Plan, rows: Mapping[str, list[dict[str, Value]]], drawn: Mapping[Spot, array.Column] | None = None
    ) -> None:
        super().__init__(plan, rows)
        self._drawn = drawn or {}

    def _made(self, sheet: str, column: Column) -> array.Column:
        if column.expr is not None:
            return array.evaluate(column.expr, sheet, self)
        drawn = self._drawn.get((sheet, column.name))
        return array.to_array(self.given(sheet, column), text=column.holds == "text") if drawn is None else drawn

    def every(self) -> Arrays:
        """Return every column: sheet → column → array (NaN blank, +inf 不适用, objects for text)."""
        return {s.name: {c.name: self.column(s.name, c.name) for c in s.columns} for s in self.plan.sheets}


def score_drawn(scores: Scores, drawn: Mapping[Spot, array.Column]) -> Arrays:
    """Score a scored plan once more in float64, with other numbers in some of its inputs: one draw of a simulation.

    drawn: (sheet, column to fill) → a number a row, NaN blank. Raises NotAnInput for any other column, KeyError where
    there is none, ValueError where the numbers are not as many as the rows.
    """
    for (sheet, name), numbers in drawn.items():
        if scores.plan.by_name[sheet].by_name[name].kind != "input":
            raise NotAnInput(sheet, name)
        if len(numbers) != scores.size(sheet):
            raise ValueError(f"{sheet} has {scores.size(sheet)} rows, not {len(numbers)}")
    return ArrayColumns(scores.plan, {s.name: scores.rows(s.name) for s in scores.plan.sheets}, drawn).every()
