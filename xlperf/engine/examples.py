"""算例: run the worked examples of a scheme; they are its tests, and a red one blocks publishing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from xlperf.engine.bind import Binder
from xlperf.engine.blank import blank_cells, spelled
from xlperf.engine.compile import Bound, circular, compile_scheme
from xlperf.engine.graph import Spot
from xlperf.engine.limits import limits
from xlperf.engine.plan import Column, Plan, Sheet, Tables
from xlperf.engine.score import CircularPlan, ExactColumns, rows_of
from xlperf.engine.unsound import Unsound
from xlperf.formula.evaluate import Cells, of_row
from xlperf.formula.expression import columns_of
from xlperf.formula.operations import equal
from xlperf.formula.values import NO, Value, decimal, exactly, number, value_text
from xlperf.problems import Problem, Where, problem, word
from xlperf.rules import RULES
from xlperf.scheme.made import with_made_rows
from xlperf.scheme.model import Example, Mapping, Scalar, Scheme, SheetSpec, place_of
from xlperf.scheme.reading.cells import span, typed
from xlperf.scheme.vocabulary import ROUND_TABLES
from xlperf.scheme.words import EMPTY, nearest

_NAMED = 4  # blank cells named one by one


class NotRun(Exception):
    """An example that cannot be run: what it would work out has errors, or its own text has."""


def check_examples(scheme: Scheme, broken: Collection[Where] = (), unsound: Unsound | None = None) -> list[Problem]:
    """Run every example, and every alternative of it; a result unlike the expected one is a problem.

    broken: where the examples stand whose own text has errors. unsound: the columns that have, beside those that
    cannot be bound. An example that needs one of them is not run, and that is told.
    """
    plans = _Plans(scheme, unsound or Unsound())
    problems: list[Problem] = []
    left: list[Example] = []
    for example in scheme.examples:
        try:
            if example.at in broken:
                raise NotRun
            problems += _check(plans, example)
        except NotRun:
            left.append(example)
    if left:
        names = "、".join(e.id for e in left)
        problems.append(problem("EXAMPLES_NOT_RUN", left[0].at, count=len(left), examples=names))
    return problems


class _Plans:
    """The plans of a scheme under the readings and figures of its examples, each laid out once."""

    def __init__(self, scheme: Scheme, unsound: Unsound) -> None:
        self.scheme = scheme
        self._unsound = unsound
        self._bound = Bound()
        self._kept: dict[tuple[tuple[str, str], ...], tuple[Plan, list[Problem], frozenset[Spot]]] = {}

    def under(self, case: _Case, example: Example) -> tuple[Plan, list[Problem]]:
        """Return the plan for a case, and what is wrong with it elsewhere. Raises NotRun where it needs what is."""
        at = (*sorted(case.readings.items()), ("", ""), *sorted(case.figures.items()))
        if at not in self._kept:
            scheme = _with_figures(self.scheme, case.figures)
            plan, problems = compile_scheme(scheme, case.readings, self._bound, circles=False, whole=True)
            self._kept[at] = plan, problems, frozenset(self._bound.faulty)
        plan, problems, faulty = self._kept[at]
        given = {str(table) for table in (*example.tables, *_round_tables(self.scheme))}
        wrong = faulty | self._unsound.of(self.scheme, given)
        if wrong and wrong & plan.graph.behind(_asked(plan, example, case)):
            raise NotRun
        return plan, problems


def _asked(plan: Plan, example: Example, case: _Case) -> Iterator[Spot]:
    """List the columns that an example names, and the keys of their sheets. Raises NotRun where there is none."""
    for name, rows in (*example.given.items(), *case.gives.items()):
        sheet = plan.by_name.get(name)
        if sheet is None or not any(c.kind == "key" for c in sheet.columns):
            raise NotRun
        yield sheet.name, sheet.key.name
        yield from ((sheet.name, str(column)) for cells in rows.values() for column in cells)


def _check(plans: _Plans, example: Example) -> Iterator[Problem]:
    base = _Case(dict(example.readings), dict(example.figures), example.rows, example.gives)
    cases = [base]
    for other in example.alternatives:
        cases.append(
            _Case(
                {**base.readings, **_texts(other.get(Scalar("readings"), {}))},
                {**base.figures, **_texts(other.get(Scalar("figures"), {}))},
                other.get(Scalar("rows"), example.rows),
                other.get(Scalar("gives"), example.gives),
            )
        )
    for case in cases:
        yield from _calls(plans.scheme, example, case) if example.rule else _round(plans, example, case)


class _Case:
    def __init__(self, readings: dict[str, str], figures: dict[str, str], rows: Any, gives: Any) -> None:
        self.readings, self.figures, self.rows, self.gives = readings, figures, rows, gives


def _texts(node: Any) -> dict[str, str]:
    return {str(k): str(v) for k, v in node.items()}


def _with_figures(scheme: Scheme, figures: dict[str, str]) -> Scheme:
    """Return the scheme with the figures of an example, in the year that its dates were written for."""
    if not figures and scheme.year == scheme.written_for:
        return scheme
    scheme = scheme.in_year(scheme.written_for)
    changed = dict(scheme.figures)
    for name, text in figures.items():
        old = changed.get(name)
        value = number(text)
        if old is not None and value is not None:
            changed[name] = replace(old, name=name, value=value)
    return replace(scheme, figures=changed)


# ---- calls of one rule ----------------------------------------------------------------------------


def _calls(scheme: Scheme, example: Example, case: _Case) -> Iterator[Problem]:
    sheet = SheetSpec("example", example.id, "", ())
    for row in case.rows:
        figures = scheme.in_year(scheme.written_for).figures
        binder = Binder(sheet, {}, figures, scheme.readings, case.readings, scheme.written_for)
        rule = RULES.get(example.rule)
        if rule is None:
            yield problem("UNKNOWN_RULE", place_of(row), found=example.rule, nearest="、".join(RULES))
            return
        given = Mapping(((k, v) for k, v in row.items() if k != "gives"), place_of(row))
        bound = binder.bound(rule, given)
        if binder.problems:
            yield from binder.problems
            continue
        got = of_row(rule(**bound), {})
        yield from _compared(example, row[Scalar("gives")], got, f"{example.rule}（{_spoken(given)}）")


def _spoken(given: Mapping) -> str:
    return "，".join(f"{k}＝{_flat(v)}" for k, v in given.items())


def _flat(node: Any) -> str:
    if isinstance(node, Mapping):
        return "、".join(f"{k}：{_flat(v)}" for k, v in node.items())
    return "、".join(map(_flat, node)) if isinstance(node, list) else str(node)


# ---- small rounds ---------------------------------------------------------------------------------


def _round(plans: _Plans, example: Example, case: _Case) -> Iterator[Problem]:
    """Score a small round as far as the cells that the example names, and compare them."""
    plan, problems = plans.under(case, example)
    yield from problems
    tables, problems = _typed_tables(plans.scheme, plan, example)
    given, unread = _given(plan, example)
    yield from (*problems, *unread)
    tables = _with_rows(plan, tables, given)
    columns = _Columns(plan, rows_of(plan, tables), given)
    yield from _beyond(columns, example)
    for sheet, rows in case.gives.items():
        if sheet not in plan.by_name:
            yield problem("UNKNOWN_SHEET", place_of(sheet), found=sheet, nearest="、".join(plan.by_name))
            continue
        for key, cells in rows.items():
            try:
                yield from _row_compared(columns, example, sheet, key, cells)
            except CircularPlan:
                yield from circular(plan, plans.scheme)
                return
    yield from _broken(plan, columns, example, case)


def _beyond(columns: ExactColumns, example: Example) -> Iterator[Problem]:
    """List the numbers that an example gives and nobody could fill in: they are outside the limits of their cells."""
    for sheet in columns.plan.sheets:
        limited = [c for c in sheet.inputs() if c.low is not None or c.high is not None]
        if not limited or sheet.table not in example.tables:
            continue
        keys = {value: i for i, value in enumerate(columns.key(sheet.name))}
        for row in example.tables[Scalar(sheet.table)]:
            i = keys.get(exactly(str(row.get(sheet.key.name, "")), sheet.key.holds))
            for column in limited if i is not None else ():
                yield from _outside(columns, sheet, column, i or 0, place_of(row.get(column.name, row)))


def _outside(columns: ExactColumns, sheet: Sheet, column: Column, i: int, at: Where) -> Iterator[Problem]:
    value = columns.column(sheet.name, column.name)[i]
    seen = {name: columns.column(sheet.name, name)[i] for name in _looked_at(column) & sheet.by_name.keys()}
    low, high = limits(column, seen)
    if isinstance(value, Fraction) and not (value if low is None else low) <= value <= (
        value if high is None else high
    ):
        found = {"title": column.title, "found": decimal(value), "limits": span(low, high)}
        yield problem("EXAMPLE_BEYOND", at, **found)


def _looked_at(column: Column) -> frozenset[str]:
    return frozenset().union(*(columns_of(e) for e in (column.low, column.high) if e is not None))


Given = dict[tuple[str, str], dict[Value, Value]]  # sheet and column → key of the row → what stands there


def _given(plan: Plan, example: Example) -> tuple[Given, list[Problem]]:
    """Type the cells that an example gives in the middle of a chain; one that cannot be read is blank, and told."""
    given: Given = {}
    problems: list[Problem] = []
    for name, rows in example.given.items():
        sheet = plan.by_name[name]
        for key, cells in rows.items():
            for column, text in ((sheet.by_name[n], t) for n, t in cells.items()):
                at = replace(place_of(text), path=f"{name}.{key}.{column.name}")
                value = None if text == EMPTY else typed(text, column.holds, at, exempt=True)
                problems += [value] if isinstance(value, Problem) else []
                cell = None if isinstance(value, Problem) else value
                given.setdefault((sheet.name, column.name), {})[exactly(key, sheet.key.holds)] = cell
    return given, problems


def _with_rows(plan: Plan, tables: Tables, given: Given) -> Tables:
    """Return the tables with the rows of which an example gives cells and nothing else."""
    made = dict(tables)
    for sheet, rows in ((plan.by_name[name], rows) for (name, _), rows in given.items()):
        there = {row.get(sheet.key.name) for row in rows_of(plan, made)[sheet.name]}
        new = [{**sheet.where, sheet.key.name: key} for key in rows if key not in there]
        made[sheet.table] = [*made.get(sheet.table, []), *new]
    return made


class _Columns(ExactColumns):
    """The columns of a small round; a cell that the example gives is taken as it stands."""

    def __init__(self, plan: Plan, rows: dict[str, list[dict[str, Value]]], given: Given) -> None:
        super().__init__(plan, rows)
        self._given = given

    def _made(self, sheet: str, column: Column) -> Cells:
        cells = super()._made(sheet, column)
        given = self._given.get((sheet, column.name))
        if given is None:
            return cells
        return [given.get(key, cell) for key, cell in zip(self.key(sheet), cells, strict=True)]


def _broken(plan: Plan, columns: ExactColumns, example: Example, case: _Case) -> Iterator[Problem]:
    """List the rows of an example that break a rule for data and of which it does not expect what that leaves empty."""
    for must in plan.musts:
        stopped = {c for s, c in must.stops if s == must.sheet}
        gives = case.gives.get(Scalar(must.sheet), {})
        expected = {str(key) for key, cells in gives.items() if stopped & set(map(str, cells))}
        pairs = zip(columns.key(must.sheet), columns.column(must.sheet, must.column), strict=True)
        rows = [value_text(key) for key, value in pairs if value == NO and value_text(key) not in expected]
        if rows:
            values = {"example": example.id, "says": must.says, "rows": "、".join(rows)}
            yield problem("EXAMPLE_BREAKS_MUST", example.at, **values)


def _row_compared(
    columns: ExactColumns, example: Example, sheet: str, key: Scalar, cells: Mapping
) -> Iterator[Problem]:
    known = columns.plan.by_name[sheet].by_name
    keys = columns.key(sheet)
    wanted = exactly(key, columns.plan.by_name[sheet].key.holds)
    if wanted not in keys:
        yield problem("EXAMPLE_NO_ROW", place_of(key), example=example.id, sheet=sheet, key=key)
        return
    for name, expected in cells.items():
        if name not in known:
            yield problem("UNKNOWN_COLUMN", place_of(name), sheet=sheet, found=name, nearest=nearest(name, known))
            continue
        cell = (sheet, keys.index(wanted), str(name))
        got = columns.column(sheet, name)[cell[1]]
        why = [spelled(columns.plan, columns, c) for c in blank_cells(columns, cell) if c != cell]
        yield from _compared(example, expected, got, f"{sheet}.{key}.{name}", known[name].holds, why)


def example_tables(scheme: Scheme, plan: Plan, example: Example) -> Tables:
    """Return the tables an example is scored on: its own rows, and the scheme's look-up tables."""
    return _typed_tables(scheme, plan, example)[0]


def _typed_tables(scheme: Scheme, plan: Plan, example: Example) -> tuple[Tables, list[Problem]]:
    """Type the rows of an example; a cell that cannot be read is blank, and told."""
    of_a_round = _round_tables(scheme)
    tables: dict[str, list[dict[str, Value]]] = {
        name: rows for name, rows in scheme.tables.items() if name not in of_a_round
    }
    problems: list[Problem] = []
    for table, rows in example.tables.items():
        columns = {c.name: c for s in plan.sheets if s.table == table for c in s.columns}
        made: list[dict[str, Value]] = []
        tables[str(table)] = made
        for row in rows:
            made.append({})
            for name, text in row.items():
                column = columns.get(name)
                at = replace(place_of(text), path=str(name))
                value = typed(text, column.holds, at, column.exempt) if column else typed(text, "text")
                problems += [value] if isinstance(value, Problem) else []
                made[-1][str(name)] = None if isinstance(value, Problem) else value
    return with_made_rows(scheme.made, tables), problems


def _round_tables(scheme: Scheme) -> set[str]:
    """Return the tables that a round brings rows of its own for; the others are the scheme's look-up tables."""
    return {*ROUND_TABLES, *(o.table for o in scheme.objects), *scheme.made, *(e.name for e in scheme.earlier)}


def _value(text: str, holds: str) -> Value:
    """Read what an example expects; words stand for themselves, so that no result can equal a wrong one."""
    found = exactly(text, holds)
    return str(text) or None if found is None else found


def _compared(
    example: Example, expected: Scalar, got: Value, what: str, holds: str = "number", why: Sequence[str] = ()
) -> Iterator[Problem]:
    """Compare what came out with what was expected. why: the blank cells that made an empty result empty."""
    wanted = None if expected == EMPTY else _value(expected, holds)
    if (wanted is None and got is None) or equal(wanted, got):
        return
    found = "空" if got is None else got if isinstance(got, str) else decimal(got)
    if why:
        found = word("空，因为这里空着：{cells}", cells="、".join(why[:_NAMED]) + ("……" if len(why) > _NAMED else ""))
    yield problem("EXAMPLE_FAILED", place_of(expected), example=example.id, what=what, expected=expected, found=found)
