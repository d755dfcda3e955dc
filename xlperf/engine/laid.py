"""Steps of rules laid into hidden columns: links stand at the root of a column, so that every look can be seen.

A rule writes `step(…)` where part of it must look at other rows, or where a look takes or matches what no column of the
other sheet holds yet (a condition, a remainder). Here each step becomes a column, in front of the one that needs it or
at the end of the other sheet; steps that are written alike become one. From here on a plan has only columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from xlperf.engine.plan import Column, Holds, Sheet
from xlperf.formula.expression import Expr, col
from xlperf.formula.links import Link

Laid = dict[int, tuple[Column, Column]]  # the id of a column without steps → that column, and what became of it


def laid(sheets: Sequence[Sheet], known: Laid | None = None) -> tuple[Sheet, ...]:
    """Return the sheets with every step of a rule in a hidden column of its own.

    known: columns of the same sheets that were looked at before and have no steps; grows.
    """
    layer = _Layer({s.name: {c.name for c in s.columns} for s in sheets}, {} if known is None else known)
    made = {s.name: [c for column in s.columns for c in layer.columns(s.name, column)] for s in sheets}
    return tuple(replace(s, columns=(*made[s.name], *layer.ends.get(s.name, ()))) for s in sheets)


@dataclass
class _Layer:
    """What was laid so far. taken: sheet → names of its columns. ends: columns to stand at the end of a sheet."""

    taken: dict[str, set[str]]
    plain: Laid
    ends: dict[str, list[Column]] = field(default_factory=dict)
    _known: dict[tuple[str, Expr], str] = field(default_factory=dict)
    _before: list[Column] = field(default_factory=list)  # the steps in front of the column at hand
    _stepped: bool = False  # whether the column at hand has steps, laid now or before

    def columns(self, sheet: str, column: Column) -> list[Column]:
        """Return a column behind the steps that it needs in its own sheet."""
        if column.expr is None:
            return [column]
        if id(column) in self.plain:
            return [self.plain[id(column)][1]]
        self._before, self._stepped = [], False
        made = replace(column, expr=self._without(column.expr, sheet, sheet, column))
        if not self._stepped:
            self.plain[id(column)] = column, made
        return [*self._before, made]

    def _without(self, e: Expr, here: str, home: str, column: Column) -> Expr:
        """Return an expression over the rows of `here` without its steps. home: the sheet of the column it is for."""
        match e.op, e.args:
            case "step", (title, inner, holds):
                return col(self._step(here, title, self._without(inner, here, home, column), holds, home, column))
            case "call", (name, bound, body):
                return Expr("call", (name, bound, self._without(body, here, home, column)))
            case _, (Link() as link,):
                return Expr(e.op, (self._link(link, here, home, column),))
        return Expr(e.op, tuple(self._inside(a, here, home, column) for a in e.args))

    def _inside(self, x: Any, here: str, home: str, column: Column) -> Any:
        if isinstance(x, tuple):
            return tuple(self._inside(a, here, home, column) for a in x)
        return self._without(x, here, home, column) if isinstance(x, Expr) else x

    def _link(self, link: Link, here: str, home: str, column: Column) -> Link:
        """Return a look whose columns are all laid; what it takes and matches stands in the other sheet."""
        there = link.sheet or here

        def name(x: Any) -> str:
            laid_name: str = self._without(x, there, home, column).args[0] if isinstance(x, Expr) else x
            return laid_name

        match_ = tuple((name(left), self._without(value, here, home, column)) for left, value in link.match)
        limits = tuple(
            replace(x, column=name(x.column), value=self._without(x.value, here, home, column)) for x in link.limits
        )
        sheet = "" if link.kind == "rank" else there
        return replace(link, sheet=sheet, column=name(link.column), match=match_, limits=limits)

    def _step(self, sheet: str, title: str, expr: Expr, holds: Holds, home: str, column: Column) -> str:
        """Return the name of the column of `sheet` that holds a step; laid where there is none yet."""
        self._stepped = True
        if (sheet, expr) in self._known:
            return self._known[sheet, expr]
        number = 1
        while (name := f"{column.name}_{number}") in self.taken[sheet]:
            number += 1
        self.taken[sheet].add(name)
        self._known[sheet, expr] = name
        heading = f"{column.title}·{title}"
        made = Column(name, heading, "computed", holds, expr, column.basis, step=True)
        (self._before if sheet == home else self.ends.setdefault(sheet, [])).append(made)
        return name
