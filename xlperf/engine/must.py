"""Rules that data must keep: each is a column that says 是 or 否 of every row, and what it stops is left empty.

So the rule is worked out by the same faces as any score: the exact one refuses the row and names it, the workbook shows
it live, the reason says which rule. A column that a rule stops keeps its own rule in a step behind the condition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeGuard

from xlperf.engine.bind import Binder
from xlperf.engine.plan import Column, Must, Plan, Sheet, Tables
from xlperf.engine.refused import row_name
from xlperf.engine.score import ExactColumns, rows_of
from xlperf.formula import expression as ex
from xlperf.formula.expression import Expr, both, cases, col, either, is_blank, negate, refused, root, same, step
from xlperf.formula.values import NO, YES, number
from xlperf.problems import Problem, Where, problem
from xlperf.scheme.model import MustSpec, Scalar, Scheme, place_of
from xlperf.scheme.words import NAME, nearest

FAILED, BROKEN, STOPPED = "MUST_FAILED", "MUST_BROKEN", "MUST_STOPPED"
_NAMED = 8  # rows named one by one


def with_musts(
    sheets: Sequence[Sheet], specs: Sequence[MustSpec], binders: Mapping[str, Binder], problems: list[Problem]
) -> tuple[list[Sheet], tuple[Must, ...]]:
    """Return the sheets with a column for each rule, and the rules. problems: what a rule names that is not there."""
    made, found = {s.name: s for s in sheets}, []
    for nth, spec in enumerate(specs, 1):
        wrong = list(_unsound(spec, made))
        problems += wrong
        if not wrong:
            found.append(_laid(spec, f"must_{nth}", made, binders, problems))
    return list(made.values()), tuple(found)


def failing(plan: Plan, tables: Tables) -> Iterator[tuple[Must, list[int]]]:
    """List each rule with the positions of the rows that do not keep it."""
    columns = ExactColumns(plan, rows_of(plan, tables)) if plan.musts else None
    for must in plan.musts:
        values = columns.column(must.sheet, must.column) if columns is not None else []
        rows = [i for i, value in enumerate(values) if value == NO]
        if rows:
            yield must, rows


def table_problems(scheme: Scheme, plan: Plan) -> Iterator[Problem]:
    """List the rows of the scheme's own tables that do not keep a rule which they alone decide."""
    rows = rows_of(plan, scheme.tables)
    for must, wrong in failing(plan, scheme.tables):
        if _given(plan, must):
            sheet = plan.by_name[must.sheet]
            for row in (rows[must.sheet][i] for i in wrong):
                where = replace(place_of(row), path=must.column)
                yield problem("MUST_IN_TABLE", where, says=must.says, row=str(row.get(sheet.key.name)))


def _given(plan: Plan, must: Must) -> bool:
    """Return whether a rule is decided by facts alone."""
    seen, left = set(), [(must.sheet, must.column)]
    while left:
        spot = left.pop()
        if spot not in seen:
            seen.add(spot)
            left += [read.spot for read in plan.graph.reads.get(spot, ())]
    return not any(plan.by_name[s].by_name[c].kind == "input" for s, c in seen if c in plan.by_name[s].by_name)


# ---- what is written ---------------------------------------------------------------------------------


def _unsound(spec: MustSpec, sheets: Mapping[str, Sheet]) -> Iterator[Problem]:
    """List what a rule names that is not there, and a rule that says nothing or several things."""
    said = [bool(spec.unique), bool(spec.given), bool(spec.holds), bool(spec.sum)]
    sums = bool(spec.equals and (spec.by or _is_value(spec.equals)))
    if sum(said) != 1 or bool(spec.holds) != bool(spec.rows) or bool(spec.sum) != sums:
        yield problem("MUST_WHAT", spec.at, says=spec.says)
        return
    named = (spec.given, spec.sum, *(() if _is_value(spec.equals) else (spec.equals,)))
    spots = [*spec.unique, *filter(None, named), *spec.stops]
    missing = [p for spot in spots for p in _missing(spot, sheets)]
    yield from missing
    if spec.rows and spec.rows not in sheets:
        yield problem("UNKNOWN_SHEET", place_of(spec.rows), found=spec.rows, nearest=nearest(spec.rows, sheets))
    elif not missing:
        yield from _elsewhere(spec, sheets)


def _missing(spot: Scalar, sheets: Mapping[str, Sheet]) -> Iterator[Problem]:
    sheet, _, name = spot.partition(".")
    if sheet not in sheets:
        near = "、".join(s.name for s in sheets.values() if s.table == sheet)  # of a table, the sheets of its rows
        yield problem("UNKNOWN_SHEET", place_of(spot), found=spot, nearest=near or nearest(sheet, sheets))
    elif name not in sheets[sheet].by_name:
        known = nearest(name, sheets[sheet].by_name)
        yield problem("UNKNOWN_COLUMN", place_of(spot), sheet=sheet, found=spot, nearest=known)


def _elsewhere(spec: MustSpec, sheets: Mapping[str, Sheet]) -> Iterator[Problem]:
    """List columns that a rule cannot be about or stop: of another sheet, or not worked out."""
    homes = {spot.partition(".")[0] for spot in spec.unique}
    home = (spec.sum or _first(spec)).partition(".")[0]
    if len(homes) > 1:
        yield problem("MUST_SHEETS", place_of(spec.unique[0]), says=spec.says, found="、".join(sorted(homes)))
    if spec.by and spec.by not in sheets[home].by_name:
        near = nearest(spec.by, sheets[home].by_name)
        yield problem("UNKNOWN_COLUMN", place_of(spec.by), sheet=home, found=spec.by, nearest=near)
    for spot in spec.stops:
        sheet, _, name = spot.partition(".")
        if sheet != home or sheets[sheet].by_name[name].expr is None:
            yield problem("MUST_STOPS", place_of(spot), says=spec.says, found=spot, sheet=sheets[home].title)


def _first(spec: MustSpec) -> str:
    """Return the place of the rows that a rule is about: `sheet.column`, or a sheet."""
    equals = spec.sum if _is_value(spec.equals) else spec.equals
    return str(next(filter(None, (*spec.unique, spec.given, equals, spec.rows))))


def _is_value(equals: str) -> bool:
    """Return whether a sum is to be a figure, and not what another sheet has."""
    return bool(equals) and (number(equals) is not None or NAME.match(equals) is not None)


# ---- columns -----------------------------------------------------------------------------------------


def _laid(
    spec: MustSpec, name: str, sheets: dict[str, Sheet], binders: Mapping[str, Binder], problems: list[Problem]
) -> Must:
    """Add the column of a rule to its sheet, and put it before what it stops."""
    home = _first(spec).partition(".")[0]
    binder = binders[home]
    expr = _checked(spec, sheets[home], binder)
    problems += binder.problems
    binder.problems.clear()
    made = Column(name, f"核对：{spec.says}", "computed", "text", expr, spec.basis, step=True)
    sheets[home] = replace(sheets[home], columns=(*sheets[home].columns, made))
    stops = []
    for spot in spec.stops:
        sheet, _, column = spot.partition(".")
        held = col(name) if sheet == home else step("核对", ex.via(spec.by, home, name), "text")
        sheets[sheet] = _stopped(sheets[sheet], column, held, spec)
        stops.append((sheet, column))
    return Must(spec.says, spec.basis, home, name, tuple(stops))


def _checked(spec: MustSpec, home: Sheet, binder: Binder) -> Expr:
    """Return 是 where a row keeps the rule, 否 where it does not; a row that the rule is not about keeps it."""
    wrong = (NO, refused(FAILED if spec.stops else BROKEN, _words(spec.says)))
    apart = []
    if home.grows:
        apart.append((both(*(is_blank(col(c.name)) for c in home.inputs())), YES, "空行"))
    if spec.when:
        apart.append((negate(binder.all_of(spec.when)), YES, "不在此列"))
    if spec.holds:
        return cases(*apart, (binder.all_of(spec.holds), YES, "符合"), otherwise=wrong)
    if spec.given:
        return cases(*apart, (is_blank(col(spec.given.partition(".")[2])), *wrong), otherwise=(YES, "已填"))
    if spec.unique:
        names = [spot.partition(".")[2] for spot in spec.unique]
        found = ex.first(step("个数", ex.count(home.name, {n: col(n) for n in names})), 0)
        empty = either(*(is_blank(col(n)) for n in names))
        return cases(*apart, (empty, YES, "没有填，不比较"), (found <= 1, YES, "不重复"), otherwise=wrong)
    return _summed(spec, home, binder, apart, wrong)


def _summed(spec: MustSpec, home: Sheet, binder: Binder, apart: Sequence[Any], wrong: tuple[Expr | str, Expr]) -> Expr:
    """Return whether a sum is what a row of another sheet has, or a figure: of the rows alike in `by`, or of all."""
    there, _, column = spec.sum.partition(".")
    if _is_value(spec.equals):
        alike = {str(spec.by): col(spec.by)} if spec.by else {}
        added = step("合计", ex.total(there, column, alike))
        if spec.by:
            apart = [*apart, (is_blank(col(spec.by)), YES, "没有填，不比较")]
        return cases(*apart, (same(added, binder.number(spec.equals, "equals")), YES, "相等"), otherwise=wrong)
    added = step("合计", ex.total(there, column, {str(spec.by): col(home.key.name)}))
    wanted = col(spec.equals.partition(".")[2])
    return cases(*apart, (is_blank(wanted), *wrong), (same(added, wanted), YES, "相等"), otherwise=wrong)


def _stopped(sheet: Sheet, name: str, held: Expr, spec: MustSpec) -> Sheet:
    """Return a sheet in which a column is worked out only for rows that keep a rule; its own rule stands before it."""
    column, number = sheet.by_name[name], 1
    while (own := f"{name}_own{number}") in sheet.by_name:
        number += 1
    before = replace(column, name=own, title=f"{column.title}·核对前", role="", step=True)
    expr = cases((same(held, YES), ex.alone(col(own)), ""), otherwise=(ex.blank(), refused(STOPPED, _words(spec.says))))
    pairs = ((before, replace(c, expr=expr)) if c.name == name else (c,) for c in sheet.columns)
    return replace(sheet, columns=tuple(c for pair in pairs for c in pair))


def ruled_by(sheet: Sheet, column: Column, row: Mapping[str, Any]) -> Column:
    """Return the column whose rule gave a row its value: the rules for data that the row keeps stand before that."""
    while _is_stopped(column.expr) and row[column.name] is not None:
        column = sheet.by_name[root(column.expr.args[0][0][1]).args[0]]
    return column


def _is_stopped(e: Expr | None) -> TypeGuard[Expr]:
    """Whether it is what `_stopped` wrote: the column that holds the rule, or nothing with that problem."""
    return e is not None and e.op == "cases" and e.args[1][1].args[2:] == (STOPPED,)


def _words(says: str) -> str:
    """Return words as a sentence without places for values."""
    return says.replace("{", "（").replace("}", "）")


def collected_problems(plan: Plan, tables: Tables) -> Iterator[Problem]:
    """List, rule by rule, the rows of tables that do not keep it, as they stand now."""
    rows = rows_of(plan, tables) if plan.musts else {}
    for must, wrong in failing(plan, tables):
        sheet = plan.by_name[must.sheet]
        names = [row_name(sheet, rows[must.sheet][i]) for i in wrong]
        some = "；".join(names[:_NAMED]) + ("……" if len(names) > _NAMED else "")
        yield problem("MUST_NOT_YET", Where(sheet=sheet.title), says=must.says, count=len(names), rows=some)
