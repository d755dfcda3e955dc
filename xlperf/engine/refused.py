"""Rows of a scored plan where a rule gives nothing because something is wrong, and not for want of a cell.

A rule says so where it builds the branch (`formula.expression.refused`); a look for one row says it by itself where
none is there or several are. Each is a problem that names the column, the rows and what they look for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xlperf.engine.plan import Column, Row, Sheet
from xlperf.engine.score import Scores
from xlperf.formula.evaluate import awaited, of_row, taken
from xlperf.formula.expression import Expr, constant, root, walk
from xlperf.formula.links import Link, link_of
from xlperf.formula.operations import plain
from xlperf.formula.values import EXEMPT, Value, shown, value_text
from xlperf.problems import Problem, Where, problem

_NAMED = 8  # rows named one by one


def refused_rows(scores: Scores) -> Iterator[Problem]:
    """List, column by column and code by code, the rows that a rule refuses."""
    for sheet, column in scores.plan.computed():
        link = link_of(column.expr)
        if link is not None and link.kind == "pick":
            yield from _not_one(scores, sheet, column, link)
        elif column.expr is not None and any(x.op == "say" and len(x.args) > 2 for x in walk(column.expr)):
            yield from _by_branch(scores, sheet, column, column.expr)


def _not_one(scores: Scores, sheet: Sheet, column: Column, link: Link) -> Iterator[Problem]:
    """List the rows whose look finds no row, or several."""
    groups = scores.index.grouped(link.sheet, tuple(name for name, _ in link.match))
    there = scores.plan.by_name[link.sheet]
    headings = [there.by_name[name].title for name, _ in link.match if not there.by_name[name].step]
    found: dict[str, list[str]] = {}
    for row in scores.rows(sheet.name):
        wanted = [of_row(value, row) for _, value in link.match]
        hits = len(groups.get(tuple(map(plain, wanted)), ()))
        if hits == 1 or any(value is None or value == EXEMPT for value in wanted):
            continue
        keys = "、".join(f"{h}＝{shown(v, 9)}" for h, v in zip(headings, wanted, strict=False))
        found.setdefault("LOOKUP_SEVERAL" if hits else "LOOKUP_NONE", []).append(f"{row_name(sheet, row)}（{keys}）")
    for code, rows in found.items():
        yield _told(code, sheet, column, rows, table=there.title)


def _by_branch(scores: Scores, sheet: Sheet, column: Column, e: Expr) -> Iterator[Problem]:
    """List the rows that take a branch which says that something is wrong."""
    found: dict[tuple[str, str], list[str]] = {}
    answers = _answers(e)
    for row in scores.rows(sheet.name):
        if row[column.name] not in answers or any(row[name] in (None, EXEMPT) for name in awaited(e, row)):
            continue
        refusal = _refusal(e, row)
        if refusal is not None:
            found.setdefault(refusal, []).append(row_name(sheet, row))
    for (code, why), rows in found.items():
        yield _told(code, sheet, column, rows, why=why)


def _answers(e: Expr) -> frozenset[Value]:
    """Return what stands in rows that such a branch refuses, so that no other row is looked at."""
    pairs = [(then, why) for x in walk(e) if x.op == "cases" for then, why in (*(b[1:] for b in x.args[0]), x.args[1])]
    return frozenset(constant(then) for then, why in pairs if len(why.args) > 2)


def _refusal(e: Expr, row: Mapping[str, Value]) -> tuple[str, str] | None:
    """Return the code and the reason of the branch that a row takes; None where that branch refuses nothing."""
    e = root(e)
    while e.op == "cases":
        given, why = taken(e, row)
        if len(why.args) > 2:
            template, values, code = why.args
            return code, str(template).format(**{name: shown(of_row(value, row)) for name, value in values})
        e = root(given)
    return None


def _told(code: str, sheet: Sheet, column: Column, rows: list[str], **values: str) -> Problem:
    names = "；".join(rows[:_NAMED]) + ("……" if len(rows) > _NAMED else "")
    where = Where(sheet=sheet.title, path=column.name)
    return problem(code, where, title=column.title, count=len(rows), rows=names, **values)


def row_name(sheet: Sheet, row: Row) -> str:
    """Return what a row is called: its label, else its key."""
    return value_text(row.get(sheet.naming.name)) or value_text(row.get(sheet.key.name))
