"""Words that a column never holds: a condition on one never holds either, and the cells stay empty without a word.

What a computed column may answer follows from its expression (是 and 否 of a flag, the answers of a choice); what is
filled in, from its choices. Whoever writes 有 where 是 stands is told, and so is a choice that looks up no row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from xlperf.engine.graph import Spot
from xlperf.engine.plan import Plan
from xlperf.formula.expression import Expr, link_of, root, walk
from xlperf.formula.values import EXEMPT
from xlperf.problems import Problem, Where, problem
from xlperf.scheme.checking.references import key_of, key_values
from xlperf.scheme.model import ColumnSpec, Scheme

Words = frozenset[str] | None  # what a column of texts can hold; None where it can be anything


def word_problems(scheme: Scheme, plan: Plan) -> Iterator[Problem]:
    """List the conditions on words that never stand there, and the choices that look up nothing."""
    specs = {(s.name, c.name): c for s in scheme.sheets for c in s.columns}
    by_reading = {spot for spot, spec in specs.items() if "reading" in _written(spec.arguments)}
    held = Held(plan, by_reading)
    for sheet, column in plan.computed():
        spec = specs.get((sheet.name, column.name))
        if spec is not None and column.expr is not None and (sheet.name, column.name) not in by_reading:
            for spot, word in _asked(sheet.name, column.expr):
                yield from held.unheard(spot, word, spec.at)
    for print_, said in zip(plan.prints, scheme.prints, strict=False):
        for name, value in print_.where.items():
            if isinstance(value, str):
                yield from held.unheard((print_.sheet, name), value, said.at)
    yield from _choices_of_no_row(scheme, plan, specs)


def _asked(sheet: str, e: Expr) -> Iterator[tuple[Spot, str]]:
    """List the columns that are compared with a word, and the words."""
    for x in walk(e):
        match x.op, x.args:
            case "same", (Expr("col", (name,)), Expr("const", (str(word),))):
                yield (sheet, name), word
    link = link_of(e)
    if link is not None:
        for name, value in link.match:
            if value.op == "const" and isinstance(value.args[0], str):
                yield (link.sheet or sheet, name), value.args[0]


class Held:
    """What the columns of texts of a plan can hold, worked out once each."""

    def __init__(self, plan: Plan, by_reading: Collection[Spot] = ()) -> None:
        """Begin. by_reading: columns that answer otherwise under another option."""
        self._plan, self._by_reading = plan, by_reading
        self._known: dict[Spot, Words] = {}

    def unheard(self, spot: Spot, word: str, at: Where) -> Iterator[Problem]:
        """List the problem of a word that never stands in a column."""
        words = self.of(spot)
        if words is not None and words and word not in words | {EXEMPT, ""}:
            column = self._plan.by_name[spot[0]].by_name[spot[1]]
            yield problem("WRONG_WORD", at, name=column.title, found=word, words="、".join(sorted(words)))

    def of(self, spot: Spot) -> Words:
        """Return the words that a column can hold."""
        if spot not in self._known:
            self._known[spot] = None  # of a circle nothing is known
            column = self._plan.by_name[spot[0]].by_name[spot[1]]
            if column.holds == "text" and column.expr is not None and spot not in self._by_reading:
                self._known[spot] = self._answers(column.expr, spot[0])
            elif column.kind == "input" and column.choices:
                self._known[spot] = frozenset(map(str, column.choices))
        return self._known[spot]

    def _answers(self, e: Expr, sheet: str) -> Words:
        e = root(e)
        match e.op, e.args:
            case "const", (value,):
                return frozenset({value} if isinstance(value, str) else ())
            case "col", (name,):
                return self.of((sheet, name))
            case "cases", (branches, otherwise):
                return self._any((then for _, then, _ in branches), otherwise[0], sheet)
            case "first", xs:
                return self._any(xs[:-1], xs[-1], sheet)
        link = link_of(e)
        return self.of((link.sheet, link.column)) if link is not None and link.kind in ("via", "pick") else None

    def _any(self, some: Iterable[Expr], last: Expr, sheet: str) -> Words:
        found = [self._answers(x, sheet) for x in (*some, last)]
        known = [words for words in found if words is not None]
        return frozenset().union(*known) if len(known) == len(found) else None


def _choices_of_no_row(scheme: Scheme, plan: Plan, specs: dict[Spot, ColumnSpec]) -> Iterator[Problem]:
    """List choices with which a fixed table is looked up that has no such row."""
    named: set[tuple[Spot, str]] = set()
    for sheet, column in plan.computed():
        link = link_of(column.expr)
        key = sheet.by_name.get(link.key) if link is not None and link.kind == "via" else None
        if link is None or key is None or not key.choices:
            continue
        there = next((s for s in scheme.sheets if s.name == link.sheet), None)
        rows = key_values(scheme, there.rows) if there is not None and not there.grows and key_of(there) else {}
        missing = [str(c) for c in key.choices if str(c) not in rows] if rows else []
        spec = specs.get((sheet.name, key.name))
        if missing and there is not None and spec is not None and ((sheet.name, key.name), there.name) not in named:
            named.add(((sheet.name, key.name), there.name))
            values = {"title": key.title, "table": there.title, "found": "、".join(missing)}
            yield problem("CHOICE_WITHOUT_ROW", spec.at, **values)


def _written(node: object) -> str:
    return repr(node)
