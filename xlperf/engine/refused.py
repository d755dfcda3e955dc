"""Rows of a scored plan where a rule gives nothing because something is wrong, and not for want of a cell.

A rule says so where it builds the branch (`formula.expression.refused`); a look for one row says it by itself where
none is there or several are. Each is a problem that names the column, the rows and what they look for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from xlperf.engine.plan import Column, Row, Sheet
from xlperf.engine.score import Scores
from xlperf.formula.evaluate import asked_by, awaited, of_row, taken
from xlperf.formula.expression import Expr, asked_for, col, constant, link_of, root, walk
from xlperf.formula.links import Link
from xlperf.formula.values import EXEMPT, Value, day_of, shown, value_text
from xlperf.problems import Problem, Where, problem, word, words

_NAMED = 8  # rows named one by one


def refused_rows(scores: Scores) -> Iterator[Problem]:
    """List, column by column and code by code, the rows that a rule refuses."""
    missing = _Missing(scores)
    for sheet, column in scores.plan.computed():
        link = link_of(column.expr)
        if link is not None and link.kind == "pick":
            table = scores.plan.by_name[link.sheet].title
            for code, rows in _not_one(scores, sheet, link, scores.rows(sheet.name)).items():
                yield _refused(code, sheet, column.name, rows, title=column.title, table=table)
        elif link is not None and link.kind == "via":
            missing.add(sheet, column, link)
        elif column.expr is not None and any(x.op == "say" and len(x.args) > 2 for x in walk(column.expr)):
            yield from _by_branch(scores, sheet, column, column.expr)
    yield from missing.problems()


@dataclass
class _Missing:
    """Keys that name no row, gathered: one problem a key and table, however many columns look there."""

    scores: Scores
    found: dict[tuple[str, str, str], dict[str, list[str]]] = field(default_factory=dict)  # → row → columns it lacks

    def add(self, sheet: Sheet, column: Column, link: Link) -> None:
        """Take in a column that looks for a row by one key."""
        rows = _not_one(self.scores, sheet, link, _missed(self.scores, sheet, column, link))
        for row in rows.get("LOOKUP_NONE", ()):
            self.found.setdefault((sheet.name, link.key, link.sheet), {}).setdefault(row, []).append(column.title)

    def problems(self) -> Iterator[Problem]:
        """List the problems."""
        plan = self.scores.plan
        for (name, key, table), rows in self.found.items():
            titles = "、".join(dict.fromkeys(title for some in rows.values() for title in some))
            yield _refused(
                "LOOKUP_NONE", plan.by_name[name], key, list(rows), title=titles, table=plan.by_name[table].title
            )


def _missed(scores: Scores, sheet: Sheet, column: Column, link: Link) -> tuple[Row, ...]:
    """Return the rows in which a look-up by one key is missed where it finds nothing.

    None where the table has no rows yet, or whoever goes on has thought of an empty cell (`first_of`, `blank:`);
    else those in which something that goes on from it is empty, and all where nothing does or other rows look at it.
    """
    readers = scores.plan.graph.readers.get((sheet.name, column.name), frozenset())
    beside = [c for s, c in readers if s == sheet.name and link_of(sheet.by_name[c].expr) is None]
    asking = [c for c in beside if (e := sheet.by_name[c].expr) and column.name in asked_for(e)]
    if not scores.rows(link.sheet) or (readers and len(beside) == len(readers) and not asking):
        return ()
    rows = scores.rows(sheet.name)
    everywhere = len(beside) < len(readers) or not readers
    return tuple(r for r in rows if everywhere or any(r[name] is None for name in asking))


def _not_one(scores: Scores, sheet: Sheet, link: Link, rows: Sequence[Row]) -> dict[str, list[str]]:
    """Return code → those of the rows whose look finds no row, or several."""
    there = scores.plan.by_name[link.sheet]
    if link.kind == "via":
        link = replace(link, match=((there.key.name, col(link.key)),))
    asked = [there.by_name[name] for name in link.names if not there.by_name[name].step]
    found: dict[str, list[str]] = {}
    for row in rows:
        wanted = [of_row(value, row) for value in (*link.wanted, *link.against)]
        hits = len(scores.index.taken(link, link.sheet, asked_by(link, row)))
        if hits == 1 or any(value is None or value == EXEMPT for value in wanted):
            continue
        keys = "、".join(f"{c.title}＝{_said(v, c)}" for c, v in zip(asked, wanted, strict=False))
        found.setdefault("LOOKUP_SEVERAL" if hits else "LOOKUP_NONE", []).append(f"{row_name(sheet, row)}（{keys}）")
    return found


def _said(value: Value, column: Column) -> str:
    return day_of(value).isoformat() if column.holds == "date" and isinstance(value, Fraction) else shown(value, 9)


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
        yield _refused(code, sheet, column.name, rows, title=column.title, why=why)


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
            said = {name: shown(of_row(value, row)) for name, value in values}
            return code, word(template, **said) if template in words() else str(template).format(**said)
        e = root(given)
    return None


def _refused(code: str, sheet: Sheet, column: str, rows: list[str], **values: str) -> Problem:
    names = "；".join(rows[:_NAMED]) + ("……" if len(rows) > _NAMED else "")
    where = Where(sheet=sheet.title, path=column)
    return problem(code, where, count=len(rows), rows=names, **values)


def row_name(sheet: Sheet, row: Row) -> str:
    """Return what a row is called: its label, else its key."""
    return value_text(row.get(sheet.naming.name)) or value_text(row.get(sheet.key.name))
