"""办法体检: what is odd in the regulation itself, seen from the expressions that restate it.

The scheme says what the paper says; these checks name what an office should know before it publishes: bands out
of order, steps of nothing, branches that are never reached, bonuses without an end, more places than units, a
last place in a class of two. They read what the parameters of a call are (their traits) and what
the expressions do, never which rule it is. What rule calls cannot show is declared under `paper:`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import inf
from typing import Any

from xlperf.engine.bind import Binder
from xlperf.engine.bounds import Bounds
from xlperf.engine.classes import small_class_problems
from xlperf.engine.plan import Column, Plan, Sheet
from xlperf.formula.expression import Expr, walk
from xlperf.formula.signature import SIGNATURES, Slot
from xlperf.formula.values import shown
from xlperf.problems import Problem, problem
from xlperf.scheme.checking.figures import options_used
from xlperf.scheme.model import ColumnSpec, Scheme

Problems = Iterator[Problem]
Figures = list[Fraction]

_RISING, _FALLING = ("ge", "gt"), ("le", "lt")


@dataclass(frozen=True)
class Call:
    """A computed column under some options: how it is written, its expression, the arguments of its rule."""

    spec: ColumnSpec
    title: str
    expr: Expr

    def arguments(self) -> Iterator[tuple[Slot, Any]]:
        """List the parameters that are given, with what they are bound to; each once."""
        name, bound = self.expr.args[:2] if self.expr.op == "call" else ("", ())
        slots = {s.parameter: s for s in reversed(SIGNATURES.get(name, ()))}  # the first part says what it takes
        return ((slots[parameter], value) for parameter, value in bound if parameter in slots)


def lint_problems(scheme: Scheme, plan: Plan, *, rows: bool = True) -> list[Problem]:
    """Run every check on a plan that was bound without error; rows: whether the tables can be looked at, too."""
    problems = [p for call in _calls(scheme, plan) for check in CALLS for p in check(call)]
    if rows:
        bounds = Bounds(plan, scheme.tables)
        places = {(s.name, c.name): c.at for s in scheme.sheets for c in s.columns}
        problems += [*bonus_problems(bounds, places), *small_class_problems(bounds, places)]
    return list(dict.fromkeys(problems))


def _calls(scheme: Scheme, plan: Plan) -> Iterator[Call]:
    """List every computed column under the options adopted, then under each other option that it follows."""
    by_name = {s.name: s for s in scheme.sheets}
    for spec in scheme.sheets:
        for column in (c for c in spec.columns if c.rule):
            planned = plan.by_name[spec.name].by_name[column.name]
            for options in options_used(scheme, column.arguments):
                expr = planned.expr
                if options != dict(plan.readings):
                    expr = Binder(spec, by_name, scheme.figures, scheme.readings, options, scheme.year).call(column)
                if expr is not None:
                    yield Call(column, planned.title, expr)


# ---- bands, steps, limits ---------------------------------------------------------------------------


def band_problems(call: Call) -> Problems:
    """Want limits that rise from band to band, and values that do not turn round on the way."""
    for slot, bands in call.arguments():
        if "rising" in slot.traits:
            limits, values = (_figures(pair[i] for pair in bands) for i in (0, 1))
            if limits is not None and any(a >= b for a, b in pairwise(limits)):
                yield problem("BAND_LIMITS", call.spec.at, column=call.title, found=_list(limits))
            elif values is not None and not (_rises(values) or _rises(values[::-1])):
                yield problem("BAND_TURNS", call.spec.at, column=call.title, found=_list(values))


def place_problems(call: Call) -> Problems:
    """Want the places that are given points to follow one another from the first, and from the last."""
    for slot, bands in call.arguments():
        places = _figures(place for place, _ in bands) if "places" in slot.traits else None
        if places is not None and places != [Fraction(i) for i in range(1, len(places) + 1)]:
            yield problem("PLACES_GAP", call.spec.at, column=call.title, found=_list(places))


def _figures(found: Iterable[Expr]) -> Figures | None:
    """Return figures, None where one is known only row by row."""
    figures = [_figure(e) for e in found]
    return None if None in figures else [f for f in figures if f is not None]


def _figure(e: object) -> Fraction | None:
    value = e.args[0] if isinstance(e, Expr) and e.op == "const" else None
    return value if isinstance(value, Fraction) else None


def _rises(figures: Figures) -> bool:
    return all(a <= b for a, b in pairwise(figures))


def _list(figures: Figures) -> str:
    return "、".join(shown(f, 6) for f in figures)


ODD: dict[str, tuple[str, Callable[[Fraction], bool]]] = {  # trait → what is odd about a figure there
    "above_0": ("STEP_NOT_POSITIVE", lambda x: x <= 0),
    "not_below_0": ("CAP_NEGATIVE", lambda x: x < 0),
    "share": ("SHARE_OUT_OF_RANGE", lambda x: not 0 <= x <= 1),
}


def figure_problems(call: Call) -> Problems:
    """Want steps above 0, shares between 0 and 1, a cap that is not negative."""
    for slot, value in call.arguments():
        figure = _figure(value)
        for code, odd in (ODD[t] for t in slot.traits if t in ODD):
            if figure is not None and odd(figure):
                values = {"column": call.title, "name": slot.parameter, "found": shown(figure, 6)}
                yield problem(code, call.spec.at, **values)


def limit_problems(call: Call) -> Problems:
    """Want a floor below its cap, wherever a number is kept between two figures."""
    for e in walk(call.expr):
        inner = [x for x in e.args if isinstance(x, Expr) and x.op == "least"] if e.op == "greatest" else []
        lows, highs = ([f for x in found if (f := _figure(x)) is not None] for found in (e.args, _within(inner)))
        if inner and lows and highs and max(lows) > min(highs):
            values = {"column": call.title, "low": shown(max(lows), 6), "high": shown(min(highs), 6)}
            yield problem("LIMITS_CROSSED", call.spec.at, **values)


def _within(found: Iterable[Expr]) -> list[Any]:
    return [x for e in found for x in e.args]


def branch_problems(call: Call) -> Problems:
    """Check for a branch that is never reached because one before it takes all its cases."""
    for slot, branches in call.arguments():
        before: list[Test] = []
        for when, _ in branches if slot.takes == "condition" and slot.part else ():
            test = _single([holds for holds, _ in when])
            if test is not None:
                if any(_covers(earlier, test) for earlier in before):
                    yield problem("BRANCH_NEVER", call.spec.at, column=call.title, found=shown(test[2], 6))
                before.append(test)


Test = tuple[Expr, str, Fraction]


def _single(when: list[Expr]) -> Test | None:
    """Return (what, comparison, figure) of a branch that has one condition on a figure."""
    if len(when) != 1 or when[0].op not in (*_RISING, *_FALLING):
        return None
    what, wanted = when[0].args
    figure = _figure(wanted)
    return None if figure is None else (what, when[0].op, figure)


def _covers(earlier: Test, later: Test) -> bool:
    """Return whether every case of the later test has been taken by the earlier one."""
    (what, op, figure), (other, their_op, their_figure) = earlier, later
    for family in (_RISING, _FALLING):
        if what == other and op in family and their_op in family:
            if figure == their_figure:
                return not (op == family[1] and their_op == family[0])
            return figure < their_figure if family is _RISING else figure > their_figure
    return False


# ---- bonus and base ------------------------------------------------------------------------------------


def bonus_problems(bounds: Bounds, places: Any) -> Problems:
    """Hold the most that bonuses can add to a ranked score against the most that it is made of."""
    for ranking in bounds.plan.rankings:
        sheet = bounds.plan.by_name[ranking.sheet]
        for column in _behind(bounds.plan, sheet, ranking.score):
            given = _with_bonus(column.expr)
            if given is not None and not column.step:
                yield from _bonus(bounds, sheet, column, given, places[sheet.name, column.name])


def _with_bonus(e: Expr | None) -> tuple[Expr, tuple[Expr, ...]] | None:
    """Return the base of a call and what is added to it; None where nothing is."""
    if e is None or e.op != "call":
        return None
    traits = {t: s.parameter for s in SIGNATURES.get(e.args[0], ()) for t in s.traits}
    bound = dict(e.args[1])
    bonus = bound.get(traits.get("bonus", ""), ())
    return (bound[traits["base"]], bonus) if bonus else None


def _bonus(bounds: Bounds, sheet: Sheet, column: Column, given: tuple[Expr, tuple[Expr, ...]], at: Any) -> Problems:
    for row in range(bounds.size(sheet.name)):
        base = bounds.of(given[0], sheet, row).high
        most = [bounds.of(e, sheet, row).high for e in given[1]]
        values = {"sheet": sheet.title, "column": column.title}
        values["base"] = shown(base, 6) if isinstance(base, Fraction) else "？"
        if inf in most:
            yield problem("BONUS_UNLIMITED", at, **values)
            return
        sum_ = sum((x for x in most if isinstance(x, Fraction)), Fraction(0))
        if isinstance(base, Fraction) and None not in most and sum_ > base:
            yield problem("BONUS_EXCEEDS_BASE", at, **values, most=shown(sum_, 6))
            return


def _behind(plan: Plan, sheet: Sheet, name: str) -> Iterator[Column]:
    """List a column and the columns of its row that it is made of."""
    seen, wanted = set[str](), [name]
    while wanted:
        at = wanted.pop()
        if at not in seen:
            seen.add(at)
            yield sheet.by_name[at]
            wanted += [r.column for r in plan.graph.reads.get((sheet.name, at), ()) if r.sheet == sheet.name]


CALLS: tuple[Callable[[Call], Problems], ...] = (
    band_problems,
    place_problems,
    figure_problems,
    limit_problems,
    branch_problems,
)
