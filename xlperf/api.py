"""The engine in a few lines of Python: frames in, typed results and frames out.

    import pandas as pd, xlperf
    scheme = xlperf.load_scheme("dashiqiao-2017")
    result = xlperf.score(scheme, {"units": units, "marks": marks, "events": events})
    result.frame("A")[["name", "shown", "place"]]
    print(result.explain("U22", "composite"))

Tables are pandas frames or lists of mappings; their columns are the English column names of the
sheet that reads the table (`xlperf schemes dashiqiao-2017` lists them). Numbers may be text, int, Decimal, Fraction or
float; a float counts as the 15 digits a spreadsheet shows. NaN, None and "" are blank.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from xlperf.engine.arrays import score_drawn
from xlperf.engine.ask import row_named
from xlperf.engine.check import EXAMPLE_CODES, red_examples, standing
from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Plan
from xlperf.engine.ranked import ranked_lists
from xlperf.engine.reason import explain_cell
from xlperf.engine.refused import refused_rows
from xlperf.engine.score import Scores
from xlperf.engine.score import score as score_plan
from xlperf.entries.frames import given_rows
from xlperf.entries.tables import judged_tables, table_names
from xlperf.formula.values import Value, day_of
from xlperf.problems import Problem, Where, errors, problem
from xlperf.report.explanation import Explanation
from xlperf.scheme.load import find_scheme
from xlperf.scheme.load import load_scheme as read_scheme
from xlperf.scheme.model import Scheme
from xlperf.scheme.words import nearest

Table = pd.DataFrame | Iterable[Mapping[str, Any]]


NAMED = 20  # problems named in the text of an exception; `problems` has them all
NOT_THERE_YET = "MISSING"


class NotUsable(Exception):
    """The scheme or the data has errors; `problems` lists them all."""

    def __init__(self, problems: list[Problem]) -> None:
        lines = [p.text("en") for p in errors(problems)]
        more = [f"… and {len(lines) - NAMED} more: see .problems"] if len(lines) > NAMED else []
        super().__init__("\n".join([*lines[:NAMED], *more]))
        self.problems = problems


@dataclass(frozen=True)
class Result:
    """A scored set of tables.

    scores: every column exactly. problems: what was noticed and did not stop the scoring; a cell that an error names
    was blank in it.
    """

    scores: Scores
    problems: tuple[Problem, ...] = ()

    @property
    def plan(self) -> Plan:
        """Return the plan that was scored."""
        return self.scores.plan

    def frame(self, sheet: str, *, exact: bool = False, labels: str = "en") -> pd.DataFrame:
        """Return a sheet as a frame: one row a row, one column a column.

        exact: keep Fractions; otherwise numbers are float64 and dates are dates. Blank is None/NaN, 不适用 stays
        text. labels: `en` for column names, `zh` for headings.
        """
        columns = self.plan.by_name[sheet].columns
        data = {c.name: [_out(v, c.holds, exact=exact) for v in self.scores.column(sheet, c.name)] for c in columns}
        frame = pd.DataFrame(data)
        return frame.rename(columns={c.name: c.title for c in columns}) if labels == "zh" else frame

    def draw(self, cells: Mapping[tuple[str, str], Iterable[float]]) -> dict[str, pd.DataFrame]:
        """Score once more with other numbers in some inputs, in float64: one draw of a simulation.

        cells: (sheet, column to fill) → a number a row, NaN blank; they are not judged. Returns sheet → frame: NaN is
        blank, inf 不适用, dates are their day numbers. Raises NotAnInput for a column that nobody fills, KeyError for
        one that is not there, ValueError where the numbers are not as many as the rows. What is published comes from
        `scores`, which is exact.
        """
        drawn = {spot: np.asarray(list(numbers), np.float64) for spot, numbers in cells.items()}
        return {sheet: pd.DataFrame(columns) for sheet, columns in score_drawn(self.scores, drawn).items()}

    def ranking(self) -> pd.DataFrame:
        """Return every ranked list below one another: group, place (None unranked), code, name, score."""
        lines = ranked_lists(self.scores)
        data = [(r.group, r.place, r.key, r.name, _out(r.score, "number", exact=False)) for r in lines]
        return pd.DataFrame(data, columns=["group", "place", "code", "name", "score"])

    def explain(self, unit: str, column: str) -> Explanation:
        """Explain a number of a unit or person, named by code or by name.

        KeyError where there is no such column or nobody of that name, or several of it.
        """
        row = row_named(self.scores, unit)
        if isinstance(row, Problem):
            raise KeyError(row.text("en"))
        return explain_cell(self.scores, *row, column)


def load_scheme(id_or_path: str | Path) -> Scheme:
    """Load a scheme by id or by path; raises NotUsable with every problem where its check has errors.

    A worked example that fails does not stop it: `score` tells of it in `problems`.
    """
    path, problems = find_scheme(id_or_path)
    if path is None:
        raise NotUsable(problems)
    scheme, problems = read_scheme(path)
    if scheme is None or errors(problems):
        raise NotUsable(problems)
    if stopping := [p for p in errors(standing(scheme)) if p.code not in EXAMPLE_CODES]:
        raise NotUsable(stopping)
    return scheme


def score(
    scheme: Scheme,
    tables: Mapping[str, Table],
    readings: Mapping[str, str] | None = None,
    *,
    problems: Literal["raise", "return"] = "raise",
) -> Result:
    """Score tables under a scheme.

    tables: table name (`units`, `marks`, `events` …) → frame or rows, read and judged as a folder of CSV files is: a
    row that names one of the scheme's rows fills it in, `units` is the roster, a table left out is the scheme's own.
    readings: reading → option instead of the one adopted.

    Raises NotUsable with every problem where something given cannot stand: a mark beyond its limit, an unknown unit,
    column, table or reading. With `problems="return"` they stand in `Result.problems`, and a cell with an error counts
    as blank. What is merely not there yet (`MISSING`, `TABLE_NOT_GIVEN`) never raises: what needs it is blank, and
    `problems` says so. ValueError for any other word.
    """
    if problems not in ("raise", "return"):
        raise ValueError(f"problems={problems!r}: say 'raise' or 'return'")
    plan, faults = compile_scheme(scheme, readings)
    if errors(faults):
        raise NotUsable(faults)
    known = table_names(plan)
    for name in (n for n in tables if n not in known):
        faults.append(problem("DATA_UNKNOWN_TABLE", Where(str(name)), found=name, nearest=nearest(str(name), known)))
    given = {}
    for name, table in ((n, t) for n, t in tables.items() if n in known):
        try:
            given[name] = given_rows(name, table)
        except TypeError:
            faults.append(problem("DATA_NOT_A_TABLE", Where(name), found=type(table).__name__))
    made, judged = judged_tables(scheme, plan, given)
    faults += [
        p for p in judged if p.code != "TABLE_NOT_GIVEN" or p.where.file not in tables
    ]  # it was, and is no table
    if problems == "raise" and any(p.code != NOT_THERE_YET for p in errors(faults)):
        raise NotUsable(faults)
    scores = score_plan(plan, made)
    return Result(scores, (*red_examples(scheme), *faults, *refused_rows(scores)))


def _out(value: Value, holds: str, *, exact: bool) -> Any:
    if value is None or isinstance(value, str) or exact:
        return value
    return day_of(value) if holds == "date" else float(value)
