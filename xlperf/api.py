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
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import pandas as pd

from xlperf.engine.check import EXAMPLE_CODES, red_examples, standing
from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Plan, Tables
from xlperf.engine.ranked import ranked_lists
from xlperf.engine.reason import Explanation, explain_cell
from xlperf.engine.score import Scores
from xlperf.engine.score import score as score_plan
from xlperf.formula.values import Value, day_number, day_of, from_float, number
from xlperf.problems import Problem, Where, errors, problem
from xlperf.scheme.load import find_scheme
from xlperf.scheme.load import load_scheme as read_scheme
from xlperf.scheme.model import Scheme

Table = pd.DataFrame | Iterable[Mapping[str, Any]]


class NotUsable(Exception):
    """The scheme or the data has errors; `problems` lists them all."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(p.text("en") for p in problems))
        self.problems = problems


@dataclass(frozen=True)
class Result:
    """A scored set of tables.

    scores: every column exactly. problems: what was noticed and did not stop the scoring.
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

    def ranking(self) -> pd.DataFrame:
        """Return every ranked list below one another: group, place (None unranked), code, name, score."""
        lines = ranked_lists(self.scores)
        data = [(r.group, r.place, r.key, r.name, _out(r.score, "number", exact=False)) for r in lines]
        return pd.DataFrame(data, columns=["group", "place", "code", "name", "score"])

    def explain(self, unit: str, column: str) -> Explanation:
        """Explain a number of a unit; KeyError where there is no such unit or column."""
        sheet = self.scores.where_is(unit)
        if sheet is None:
            raise KeyError(unit)
        return explain_cell(self.scores, sheet.name, unit, column)


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


def score(scheme: Scheme, tables: Mapping[str, Table], readings: Mapping[str, str] | None = None) -> Result:
    """Score tables under a scheme.

    tables: table name (`units`, `marks`, `events` …) → frame or rows. A table left out is the scheme's
    own. readings: reading → option instead of the one adopted. Raises NotUsable where a reading is
    unknown, or a cell cannot be read as what its column holds.
    """
    plan, problems = compile_scheme(scheme, readings)
    typed, bad = _typed_tables(plan, tables)
    if errors([*problems, *bad]):
        raise NotUsable(errors([*problems, *bad]))
    return Result(score_plan(plan, {**scheme.tables, **typed}), (*red_examples(scheme), *problems, *bad))


def _typed_tables(plan: Plan, tables: Mapping[str, Table]) -> tuple[Tables, list[Problem]]:
    problems: list[Problem] = []
    typed: dict[str, list[dict[str, Value]]] = {}
    for table, given in tables.items():
        holds = {c.name: c.holds for s in plan.sheets if s.table == table for c in s.columns}
        rows: Iterable[Mapping[Any, Any]] = (
            given.to_dict("records") if isinstance(given, pd.DataFrame) else cast("Iterable[Mapping[Any, Any]]", given)
        )
        typed[table] = []
        for at, row in enumerate(rows, 1):
            made: dict[str, Value] = {}
            for name, cell in row.items():
                where = Where(file=table, line=at, path=str(name))
                made[str(name)] = _in(cell, holds.get(str(name), "text"), where, problems)
            typed[table].append(made)
    return typed, problems


def _in(cell: Any, holds: str, where: Where, problems: list[Problem]) -> Value:
    if cell is None or cell == "" or (isinstance(cell, float) and cell != cell) or cell is pd.NaT:
        return None
    if isinstance(cell, datetime | date):
        return day_number(cell.date() if isinstance(cell, datetime) else cell)
    if isinstance(cell, Fraction | Decimal | int) and not isinstance(cell, bool):
        return Fraction(cell) if holds != "text" else str(cell)
    if isinstance(cell, float):
        return from_float(cell) if holds != "text" else f"{cell:.15g}"
    text = str(cell).strip()
    if holds == "date":
        try:
            return day_number(date.fromisoformat(text))
        except ValueError:
            problems.append(problem("WRONG_VALUE", where, name=where.path, wanted="日期，如 2017-12-31", found=text))
            return None
    found = number(text) if holds == "number" else None
    if holds == "number" and found is None and text != "不适用":
        problems.append(problem("WRONG_VALUE", where, name=where.path, wanted="一个数", found=text))
        return None
    return text if found is None else found


def _out(value: Value, holds: str, *, exact: bool) -> Any:
    if value is None or isinstance(value, str) or exact:
        return value
    return day_of(value) if holds == "date" else float(value)
