"""Whether tables from elsewhere are whole: every unit has the rows its score adds up, and as many as stated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from xlperf.engine.plan import Plan, Tables
from xlperf.engine.score import rows_of
from xlperf.formula.expression import link_of
from xlperf.problems import Problem, Where, problem
from xlperf.scheme.checking.check import stated_problems
from xlperf.scheme.model import Scheme


def incomplete(scheme: Scheme, plan: Plan, tables: Tables) -> Iterator[Problem]:
    """List what would score as 0, or out of too few points, only because rows are not there.

    The numbers a regulation states a unit (tasks, points) are held against these tables; those it
    states for the whole (44 units) are not, because a roster may be smaller.
    """
    by_unit = tuple(s for s in scheme.stated if s.by)
    yield from stated_problems(replace(scheme, stated=by_unit, tables=dict(tables)))
    rows, earlier = rows_of(plan, tables), {spec.name for spec in scheme.earlier}  # who had nothing then has no row
    for sheet in plan.unit_sheets():
        for other in (name for name in _added_up(plan, sheet.name) if name not in earlier):
            there = {row.get(plan.by_name[other].unit) for row in rows[other]}
            for row in rows[sheet.name]:
                if (unit := row.get(sheet.key.name)) not in there:
                    title = plan.by_name[other].title
                    yield problem("UNIT_WITHOUT_ROWS", Where(f"{sheet.table}.csv"), unit=str(unit), sheet=title)


def _added_up(plan: Plan, sheet: str) -> list[str]:
    """List the sheets with a fixed roster whose rows a unit's row adds up by its own key."""
    found: dict[str, None] = {}
    key = plan.by_name[sheet].key.name
    for column in plan.by_name[sheet].columns:
        link = link_of(column.expr)
        if link is None or link.kind != "total":
            continue
        other = plan.by_name[link.sheet or sheet]
        mine = [name for name, value in link.match if value.op == "col" and value.args[0] == key]
        if other.grows == 0 and other.unit in mine:
            found[other.name] = None
    return list(found)
