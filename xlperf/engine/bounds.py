"""The least and the most a cell can hold, row by row: one more fold over the expressions of a plan.

What facts alone decide is known exactly; for the rest the limits of the inputs count. An input without `low` is
taken for not negative; one without `high`, and a ledger that grows, for without limit. A rule may say that
a parameter is the most its result can be (trait `most`) where that does not follow from its arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache
from math import ceil, floor, inf

from xlperf.engine.plan import Column, Plan, Sheet, Tables
from xlperf.engine.score import ExactColumns, rows_of
from xlperf.engine.span import (
    NOTHING,
    UNTOLD,
    End,
    Span,
    added,
    divided,
    either,
    largest,
    multiplied,
    negated,
    point,
    smallest,
    stepped,
    within,
)
from xlperf.formula.expression import Expr, col, columns_of, link_of
from xlperf.formula.links import Link
from xlperf.formula.operations import equal
from xlperf.formula.ratios import plain
from xlperf.formula.signature import SIGNATURES
from xlperf.formula.values import Value, half_up

Facts = Mapping[Expr, Span]  # what the conditions passed so far say of an expression
_FREE = Span(Fraction(0), inf)


class Bounds:
    """The spans of the cells of a plan over the tables it starts with."""

    def __init__(self, plan: Plan, tables: Tables) -> None:
        self.plan = plan
        self._tables = tables
        self._columns = ExactColumns(plan, rows_of(plan, tables))
        self._spans: dict[tuple[str, str, int], Span] = {}
        self._settled: dict[tuple[str, str], bool] = {}
        self._alike: dict[tuple[Value, ...], Span] = {}
        self._decided: dict[tuple[str, str], tuple[str, ...] | None] = {}

    def size(self, sheet: str) -> int:
        """Return how many rows a sheet starts with."""
        return self._columns.size(sheet)

    def most(self, sheet: str, name: str, row: int) -> End:
        """Return the most a cell can hold: a figure, `inf`, or None where it cannot be told."""
        found = self.span(sheet, name, row)
        return None if found.is_nothing else found.high

    def span(self, sheet: str, name: str, row: int) -> Span:
        """Return from where to where a cell can lie."""
        at = (sheet, name, row)
        if at not in self._spans:
            self._spans[at] = UNTOLD  # a circle cannot be told
            self._spans[at] = self._span(self.plan.by_name[sheet], self.plan.by_name[sheet].by_name[name], row)
        return self._spans[at]

    def _span(self, sheet: Sheet, column: Column, row: int) -> Span:
        if self.is_settled(sheet.name, column.name):
            return _of_value(self._columns.column(sheet.name, column.name)[row])
        decided = self._decided_by(sheet, column)
        if decided is None:
            return self._worked_out(sheet, column, row)
        at = (sheet.name, column.name, *(self._columns.column(sheet.name, name)[row] for name in decided))
        if at not in self._alike:
            self._alike[at] = self._worked_out(sheet, column, row)
        return self._alike[at]

    def _decided_by(self, sheet: Sheet, column: Column) -> tuple[str, ...] | None:
        """Return the settled columns of a row that say how far a cell can lie; None where other rows do too."""
        at = (sheet.name, column.name)
        if at not in self._decided:
            self._decided[at] = self._settled_behind(sheet, column.name)
        return self._decided[at]

    def _settled_behind(self, sheet: Sheet, name: str) -> tuple[str, ...] | None:
        found: list[str] = []
        waiting, seen = [name], {name}
        while waiting:
            one = sheet.by_name[waiting.pop()]
            if self.is_settled(sheet.name, one.name):
                found.append(one.name)
                continue
            made_of = [e for e in (one.expr, one.low, one.high) if e is not None]
            if any(link_of(e) is not None for e in made_of):
                return None
            new = {name for e in made_of for name in columns_of(e)} - seen
            seen |= new
            waiting += new
        return tuple(found)

    def _worked_out(self, sheet: Sheet, column: Column, row: int) -> Span:
        if column.expr is not None:
            return self.of(column.expr, sheet, row)
        if column.kind != "input" or column.holds != "number":
            return NOTHING if column.holds == "text" else UNTOLD
        low, high = (None if e is None else self.of(e, sheet, row) for e in (column.low, column.high))
        return Span(_FREE.low if low is None else low.low, _FREE.high if high is None else high.high)

    # ---- what facts decide ---------------------------------------------------------------------

    def is_settled(self, sheet: str, name: str) -> bool:
        """Return whether a column follows from the facts of the tables alone, links included."""
        at = (sheet, name)
        if at not in self._settled:
            self._settled[at] = False  # a circle is not
            there = self.plan.by_name[sheet]
            column = there.by_name[name]
            if column.expr is None:
                self._settled[at] = column.kind != "input" and self.is_fixed(there)
            else:
                made_from = self.plan.graph.reads[at]
                link = link_of(column.expr)
                fixed = link is None or self.is_fixed(self.plan.by_name[link.sheet or sheet])
                self._settled[at] = fixed and all(self.is_settled(r.sheet, r.column) for r in made_from)
        return self._settled[at]

    def is_fixed(self, sheet: Sheet) -> bool:
        """Return whether the rows of a sheet are all there: none is added later."""
        return not sheet.grows and sheet.table in self._tables

    def known(self, e: Expr, sheet: Sheet, row: int) -> tuple[bool, Value]:
        """Return whether an expression's value is known, and the value."""
        if e.op == "const":
            return True, e.args[0]
        if e.op == "col" and self.is_settled(sheet.name, e.args[0]):
            return True, self._columns.column(sheet.name, e.args[0])[row]
        return False, None

    # ---- expressions -----------------------------------------------------------------------------

    def of(self, e: Expr, sheet: Sheet, row: int, facts: Facts | None = None) -> Span:
        """Return the span of an expression in a row. facts: what is known where it stands."""
        link = link_of(e)
        found = self._link(link, sheet, row) if link is not None else self._cell(e, sheet, row, facts or {})
        return within(found, facts[e]) if facts and e in facts else found

    def _cell(self, e: Expr, sheet: Sheet, row: int, facts: Facts) -> Span:
        match e.op, e.args:
            case "const", (value,):
                return _of_value(value)
            case "col", (name,):
                return self.span(sheet.name, name, row)
            case "alone", (_, x):
                return self.of(x, sheet, row, facts)
            case "call", (name, bound, body):
                most = [self.of(v, sheet, row).high for n, v in bound if n in _most(name)]
                return within(self.of(body, sheet, row, facts), Span(None, next(iter(most), None)))
            case "cases", (branches, (otherwise, _)):
                return self._cases(branches, otherwise, sheet, row, dict(facts))
        parts = [self.of(x, sheet, row, facts) for x in e.args if isinstance(x, Expr)]
        return _combined(e.op, parts)

    def _cases(
        self,
        branches: Iterable[tuple[Expr, Expr, Expr]],
        otherwise: Expr,
        sheet: Sheet,
        row: int,
        facts: dict[Expr, Span],
    ) -> Span:
        """Cover what the branches give that may be taken, each with what its condition says."""
        found: list[Span] = []
        for when, then, _ in branches:
            holds = self.holds(when, sheet, row, facts)
            if holds is not False:
                found.append(self.of(then, sheet, row, facts | self._said(when, True, sheet, row, facts)))
            if holds is True:
                return either(found)
            facts |= self._said(when, False, sheet, row, facts)
        return either([*found, self.of(otherwise, sheet, row, facts)])

    def holds(self, e: Expr, sheet: Sheet, row: int, facts: Facts) -> bool | None:
        """Return whether a condition holds in a row; None where inputs decide."""
        match e.op, e.args:
            case "negate", (x,):
                inner = self.holds(x, sheet, row, facts)
                return None if inner is None else not inner
            case (("both" | "either"), xs):
                answers = [self.holds(x, sheet, row, facts) for x in xs]
                decided = e.op == "either"
                return decided if decided in answers else None if None in answers else not decided
            case "same", (a, b):
                (here, one), (there, other) = self.known(a, sheet, row), self.known(b, sheet, row)
                return equal(one, other) if here and there else None
            case (("gt" | "ge" | "lt" | "le"), (a, b)):
                return _compared(e.op, self.of(a, sheet, row, facts), self.of(b, sheet, row, facts))
        return None

    def _said(self, e: Expr, holds: bool, sheet: Sheet, row: int, facts: Facts) -> dict[Expr, Span]:
        """Return what a condition says of the numbers in it, where it holds or does not."""
        match e.op, e.args:
            case "negate", (x,):
                return self._said(x, not holds, sheet, row, facts)
            case (("both" | "either"), xs) if len(xs) == 1 or holds == (e.op == "both"):
                spans: dict[Expr, Span] = {}
                for x in xs:
                    spans |= self._said(x, holds, sheet, row, {**facts, **spans})
                return spans
            case (("gt" | "ge" | "lt" | "le"), (a, b)):
                below = (e.op in ("lt", "le")) == holds  # a is at most b
                one, other = self.of(a, sheet, row, facts), self.of(b, sheet, row, facts)
                if one.is_nothing or other.is_nothing:
                    return {}
                upper, lower = (a, b) if not below else (b, a)
                top, bottom = (one, other) if not below else (other, one)
                return {
                    upper: within(top, Span(bottom.low, None)),
                    lower: within(bottom, Span(None, top.high)),
                }
        return {}

    # ---- looks at other rows -----------------------------------------------------------------------

    def _link(self, link: Link, sheet: Sheet, row: int) -> Span:
        there = self.plan.by_name[link.sheet or sheet.name]
        if link.kind == "rank":
            return Span(Fraction(1), Fraction(max(self.size(sheet.name), 1)))
        rows = self._matched(link, there, sheet, row)
        every = range(self.size(there.name))
        if link.kind in ("count", "tally"):
            return Span(Fraction(0), inf if there.grows else Fraction(len(every if rows is None else rows)))
        if link.kind == "total":
            if there.grows:
                return _FREE
            return UNTOLD if rows is None else added(self._part(there, link.column, i) for i in rows)
        found = either(self.span(there.name, link.column, i) for i in (every if rows is None else rows))
        return found if len(every) else UNTOLD

    def _part(self, sheet: Sheet, name: str, row: int) -> Span:
        """Return what a cell adds to a total: nothing where it is empty, as an input may be."""
        found = self.span(sheet.name, name, row)
        if found.is_nothing:
            return point(Fraction(0))
        return found if self.is_settled(sheet.name, name) else either([found, point(Fraction(0))])

    def _matched(self, link: Link, there: Sheet, sheet: Sheet, row: int) -> list[int] | None:
        """Return the rows that a link looks at; None where inputs decide, or rows come later."""
        if not self.is_fixed(there):
            return None
        if link.limits:
            return None
        match_ = ((there.key.name, col(link.key)),) if link.kind == "via" else link.match
        known = [self.known(value, sheet, row) for _, value in match_]
        names = tuple(name for name, _ in match_)
        if not all(is_known for is_known, _ in known) or not all(self.is_settled(there.name, name) for name in names):
            return None
        group = tuple(plain(value) for _, value in known)
        return list(self._columns.index.grouped(there.name, names).get(group, ()))


@cache
def _most(function: str) -> frozenset[str]:
    """Return the parameters of a rule that are the most its result can be."""
    return frozenset(s.parameter for s in SIGNATURES.get(function, ()) if "most" in s.traits)


def _of_value(value: Value) -> Span:
    return point(value) if isinstance(value, Fraction) else NOTHING


def _combined(op: str, parts: list[Span]) -> Span:
    """Return the span of an operation on spans; not told for one that gives no number."""
    match op, parts:
        case "add", _:
            return added(parts)
        case "sub", [a, b]:
            return added((a, negated(b)))
        case "mul", [a, b]:
            return multiplied(a, b)
        case "div", [a, b]:
            return divided(a, b)
        case "neg", [a]:
            return negated(a)
        case "least", _:
            return smallest(parts)
        case "greatest", _:
            return largest(parts)
        case "first", _:
            return either(parts)
        case "floor", [a]:
            return stepped(a, lambda x: Fraction(floor(x)))
        case "ceiling", [a]:
            return stepped(a, lambda x: Fraction(ceil(x)))
        case "rounded", [a, Span(low=Fraction() as digits)]:
            return stepped(a, lambda x: half_up(x, int(digits)))
    return UNTOLD


def _compared(op: str, a: Span, b: Span) -> bool | None:
    """Compare two spans; None where they meet or an end cannot be told."""
    if a.is_nothing or b.is_nothing:
        return False
    if op in ("lt", "le"):
        a, b, op = b, a, "gt" if op == "lt" else "ge"
    if a.low is not None and b.high is not None and (a.low > b.high or (op == "ge" and a.low == b.high)):
        return True
    if a.high is not None and b.low is not None and (a.high < b.low or (op == "gt" and a.high == b.low)):
        return False
    return None
