"""Score many rows at once on float64 arrays: recalculation, simulation, large rosters.

What stands in the tables is made into columns once (`Vectors`) and scored as often as wanted; where the last digit of a
double leaves a decision open, the exact face is asked for those rows (`proved`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Protocol, overload

import numpy as np

from xlperf.engine.graph import Spot
from xlperf.engine.live import NotAnInput
from xlperf.engine.plan import Column, Plan, Sheet
from xlperf.engine.score import Columns, ExactColumns, Scores
from xlperf.formula import array
from xlperf.formula.array_links import Codings
from xlperf.formula.decisions import Fold, Guards
from xlperf.formula.evaluate import Cells as Cells_
from xlperf.formula.evaluate import OnDemand, evaluate
from xlperf.formula.expression import Expr
from xlperf.formula.together import worked_out_together
from xlperf.formula.values import EXEMPT, Value
from xlperf.formula.vectors import Cells, Mixed, Numbers, Texts, Truths, cells, objects, plain_array, typed, value_of
from xlperf.formula.vectors import Column as Array

Arrays = Mapping[str, Mapping[str, Array]]
SHOWN = 1e-13  # relative; a double that may be further off than this could be seen to be another number
Rows = Mapping[str, list[dict[str, Value]]]


class Vectors:
    """What stands in the tables, as columns: made when first asked for, and kept with the codes of their keys."""

    def __init__(
        self,
        plan: Plan,
        rows: Rows,
        columns: Mapping[Spot, Cells] | None = None,
        complete: Callable[[], Rows] | None = None,
    ) -> None:
        """Take rows. columns: of which not the rows say what stands in them; complete: rows that do."""
        self.plan, self.rows = plan, rows
        self.complete = complete or (lambda: rows)
        self.codings = Codings()
        self.guards: Guards = {}
        self.constants: dict[int, Cells] = {}
        self._made: dict[Spot, Cells] = dict(columns or {})

    def given(self, sheet: str, column: Column, values: Callable[[str, Column], Sequence[Value]]) -> Cells:
        """Return a column that nobody works out. values: what gives its cells."""
        at = (sheet, column.name)
        if at not in self._made:
            self._made[at] = typed(values(sheet, column), column.holds == "text")
        return self._made[at]

    def keep(self, codings: Codings) -> None:
        """Keep the codes of keys that stand in the tables."""
        if len(codings.kept) > len(self.codings.kept):
            self.codings.kept.update(codings.only(self._made.values()).kept)


class ArrayColumns(Columns[Cells]):
    """Columns as `formula.vectors`.

    drawn: columns that hold other numbers than the rows. vectors: where the same rows are scored again. settled:
    computed columns that are known already. proved: whether the exact face is asked where doubles cannot decide.
    """

    def __init__(
        self,
        plan: Plan,
        rows: Rows,
        drawn: Mapping[Spot, Array] | None = None,
        *,
        vectors: Vectors | None = None,
        settled: Mapping[Spot, Cells] | None = None,
        proved: bool = False,
    ) -> None:
        super().__init__(plan, rows)
        self._drawn = {spot: cells(x) for spot, x in (drawn or {}).items()}
        self._vectors = vectors or Vectors(plan, rows)
        self._kept.update(settled or {})
        self._proved = proved
        self.codings = Codings(dict(self._vectors.codings.kept))
        self.asked: dict[Spot, int] = {}
        self.varying: Mapping[int, Cells] = {}

    def of(self, wanted: Sequence[Spot]) -> dict[Spot, Cells]:
        """Return some columns, worked out together: as a flat list of calls once the plan has seen such columns.

        Where decisions have to be proved, column by column.
        """
        if self._proved:
            return {spot: self.column(*spot) for spot in wanted}
        given = (frozenset(self._drawn), frozenset(self._kept))
        found = worked_out_together(self, wanted, self.plan.kept, given)
        self._vectors.keep(self.codings)
        return found

    def expr(self, spot: Spot) -> Expr | None:
        """Return how a column is worked out; None where it is given or known already."""
        return None if spot in self._kept else self.plan.by_name[spot[0]].by_name[spot[1]].expr

    @property
    def guards(self) -> Guards:
        """Return what expressions need, by their id."""
        return self._vectors.guards

    @property
    def constants(self) -> Mapping[int, Cells]:
        """Return the constants of expressions, by their id."""
        return self._vectors.constants

    def _made(self, sheet: str, column: Column) -> Cells:
        at = (sheet, column.name)
        if column.expr is None:
            if at in self._drawn:
                return self._drawn[at]
            return self._vectors.given(sheet, column, self.given)
        face = Fold(sheet, self, self._proved, self._vectors.guards, self._vectors.constants)
        found = array.worked_out(column.expr, face)
        if not self._proved:
            return found
        doubtful = face.doubtful()
        if isinstance(found, Numbers):
            found = found.on() or found
            if not found.nearest:
                doubtful |= found.error > SHOWN * np.maximum(1.0, np.abs(found.x))
        if not doubtful.any():
            return found
        self.asked[at] = int(doubtful.sum())
        return self._settled(found, doubtful, self._exact.column(sheet, column.name))

    @cached_property
    def _exact(self) -> SomeExact:
        return SomeExact(self.plan, self._vectors.complete())

    @staticmethod
    def _settled(found: Cells, doubtful: Truths, exact: Sequence[Value]) -> Cells:
        """Put exact values in the place of doubtful ones."""
        rows = np.flatnonzero(doubtful)
        values = exact.some(rows.tolist()) if isinstance(exact, OnDemand) else [exact[i] for i in rows.tolist()]
        if isinstance(found, Numbers) and all(not isinstance(v, str) or v == EXEMPT for v in values):
            x = np.array(found.x)
            x[rows] = [np.nan if v is None else np.inf if isinstance(v, str) else float(v) for v in values]
            return replace(found, x=x, whole=bool(np.isfinite(x).all())).measured()
        made = objects(found).copy()
        for i, v in zip(rows, values, strict=True):
            made[i] = float(v) if isinstance(v, Fraction) else v
        return cells(made) if isinstance(found, Texts) else Mixed(made)

    def every(self) -> Arrays:
        """Return every column: sheet → column → array (NaN blank, +inf 不适用, objects for text)."""
        return {s.name: {c.name: plain_array(self.column(s.name, c.name)) for c in s.columns} for s in self.plan.sheets}


class SomeExact(ExactColumns):
    """Exact columns of which only the rows that somebody asks for are worked out, and what these need."""

    def _made(self, sheet: str, column: Column) -> Sequence[Value]:
        return self.given(sheet, column) if column.expr is None else _Column(self, sheet, column)


class _Column(OnDemand):
    """A computed column of which only the rows asked for are worked out."""

    def __init__(self, source: SomeExact, sheet: str, column: Column) -> None:
        self._source, self._sheet, self._column = source, sheet, column
        self._known: dict[int, Value] = {}

    def __len__(self) -> int:
        return self._source.size(self._sheet)

    def some(self, rows: Sequence[int]) -> list[Value]:
        """Return the cells of some rows, those not known yet worked out together."""
        new = [i for i in rows if i not in self._known]
        if new and self._column.expr is not None:
            index = self._source.index
            found = evaluate(self._column.expr, self._sheet, self._source, rows=new, index=index)
            self._known.update(zip(new, found, strict=True))
        return [self._known[i] for i in rows]

    @overload
    def __getitem__(self, at: int) -> Value: ...
    @overload
    def __getitem__(self, at: slice) -> list[Value]: ...
    def __getitem__(self, at: int | slice) -> Value | list[Value]:
        every = range(len(self))[at]  # IndexError where there is no such row
        return self.some(every) if isinstance(every, range) else self.some([every])[0]


def proved_columns(plan: Plan, rows: Rows, vectors: Vectors | None = None) -> ArrayColumns:
    """Score rows on arrays, every decision as the exact face takes it; what is rounded is the nearest double."""
    return ArrayColumns(plan, rows, vectors=vectors, proved=True)


class _Worked(Mapping[str, Cells_]):
    """The columns of a sheet as plain values, each made when somebody looks at it."""

    def __init__(self, columns: ArrayColumns, sheet: Sheet) -> None:
        self._columns, self._sheet = columns, sheet
        self._made: dict[str, list[Value]] = {}

    def __getitem__(self, name: str) -> list[Value]:
        if name not in self._made:
            size = self._columns.size(self._sheet.name)
            found = objects(self._columns.column(self._sheet.name, self._sheet.by_name[name].name))
            self._made[name] = [value_of(v) for v in found] * (size if len(found) == 1 and size != 1 else 1)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sheet.by_name)

    def __len__(self) -> int:
        return len(self._sheet.columns)


def seen_scores(columns: ArrayColumns) -> Scores:
    """Return columns as scores to be looked at, made when asked for; numbers have the fifteen digits of a cell."""
    return Scores(columns.plan, {s.name: _Worked(columns, s) for s in columns.plan.sheets})


class Held(Protocol):
    """What somebody typed, as columns, over rows that lack it; `complete` has both, as exact values."""

    @property
    def rows(self) -> Rows:
        """Return the rows."""
        ...

    @property
    def columns(self) -> Mapping[Spot, Cells]:
        """Return what was typed."""
        ...

    def complete(self) -> Rows:
        """Return the rows with what was typed."""
        ...


def typed_columns(plan: Plan, held: Held) -> ArrayColumns:
    """Score what was typed on arrays, every decision proved; see `proved_columns`."""
    return proved_columns(plan, held.rows, Vectors(plan, held.rows, held.columns, held.complete))


def score_drawn(scores: Scores, drawn: Mapping[Spot, Array]) -> Arrays:
    """Score a scored plan once more in float64, with other numbers in some of its inputs: one draw of a simulation.

    drawn: (sheet, column to fill) → a number a row, NaN blank. Raises NotAnInput for any other column, KeyError where
    there is none, ValueError where the numbers are not as many as the rows.
    """
    for (sheet, name), numbers in drawn.items():
        _check(scores, sheet, name, numbers)
    return ArrayColumns(scores.plan, {s.name: scores.rows(s.name) for s in scores.plan.sheets}, drawn).every()


def _check(scores: Scores, sheet: str, name: str, numbers: Array) -> None:
    if scores.plan.by_name[sheet].by_name[name].kind != "input":
        raise NotAnInput(sheet, name)
    if len(numbers) != scores.size(sheet):
        raise ValueError(f"{sheet} has {scores.size(sheet)} rows, not {len(numbers)}")


def scores_drawn(
    scores: Scores, draws: Iterable[Mapping[Spot, Array]], wanted: Sequence[Spot]
) -> Iterator[Mapping[Spot, Array]]:
    """Score many draws, each with other numbers in some inputs; yield the columns that are wanted, draw by draw.

    draws: see `score_drawn`; the same columns in each. What no drawn column reaches is worked out once.
    """
    rows = {s.name: scores.rows(s.name) for s in scores.plan.sheets}
    vectors = Vectors(scores.plan, rows)
    settled: dict[Spot, Cells] = {}
    names: Collection[Spot] = ()
    for drawn in draws:
        if set(drawn) != set(names):
            names = tuple(drawn)
            for (sheet, name), numbers in drawn.items():
                _check(scores, sheet, name, numbers)
            settled = _untouched(scores, vectors, rows, names, wanted)
        columns = ArrayColumns(scores.plan, rows, drawn, vectors=vectors, settled=settled)
        yield {spot: plain_array(x) for spot, x in columns.of(wanted).items()}


def _untouched(
    scores: Scores, vectors: Vectors, rows: Rows, drawn: Collection[Spot], wanted: Collection[Spot]
) -> dict[Spot, Cells]:
    """Return the columns behind what is wanted that no drawn column reaches, worked out; their codes are kept."""
    graph = scores.plan.graph
    moving = graph.touched(drawn) | set(drawn)
    columns = ArrayColumns(scores.plan, rows, vectors=vectors)
    found = {spot: columns.column(*spot) for spot in graph.behind(wanted) - moving}
    for spot in wanted:
        columns.column(*spot)
    vectors.codings.kept.update(columns.codings.only(found.values()).kept)
    return found
