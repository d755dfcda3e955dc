"""Texts that a spreadsheet takes for one another where a look asks for them: groups as `甲*组`, classes as 1 and 01."""

from __future__ import annotations

from collections.abc import Iterator

from xlperf.engine.plan import Plan
from xlperf.engine.score import rows_of
from xlperf.formula.excel import ambiguous
from xlperf.formula.expression import link_of
from xlperf.problems import Problem, problem
from xlperf.scheme.checking.references import row_place
from xlperf.scheme.model import Scheme


def criteria_problems(scheme: Scheme, plan: Plan) -> Iterator[Problem]:
    """List the facts that looks match, and that SUMIFS or COUNTIFS would confuse; keys have a check of their own."""
    rows = rows_of(plan, scheme.tables)
    for sheet, name in sorted(_matched(plan)):
        column = plan.by_name[sheet].by_name[name]
        if column.kind != "fact" or column.holds != "text":
            continue
        given = [row for row in rows[sheet] if isinstance(row.get(name), str)]
        wrong = set(ambiguous(str(row[name]) for row in given))
        first = {row[name]: row for row in reversed(given) if row[name] in wrong}
        for value, row in first.items():
            yield problem("TEXT_CONFUSABLE", row_place(row, name), title=column.title, found=str(value))


def _matched(plan: Plan) -> set[tuple[str, str]]:
    """Return the columns that must equal a cell; constants are written so that they stand for themselves."""
    found = set()
    for sheet, column in plan.computed():
        link = link_of(column.expr)
        if link is not None:
            found |= {(link.sheet or sheet.name, name) for name, value in link.match if value.op != "const"}
    return found
