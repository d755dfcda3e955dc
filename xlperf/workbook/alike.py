"""Which books are of one shape, told from the rows that they hold and not from the books: column by column, cheaply.

Two books that are alike have the same shape (`workbook.shape`); of two that are not it is left open. What a row brings
into the shape is its line: of a text how wide it is, of a number how long, and the value itself wherever something else
than its place on paper follows from it. Lines are numbered, so that a book is a few numbers.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import chain, repeat
from operator import attrgetter
from typing import Any, cast

from xlperf.engine.objects import Party
from xlperf.engine.plan import UNIT, Column, Plan, Sheet
from xlperf.engine.score import Scores
from xlperf.entries.entry import looks_at
from xlperf.formula.evaluate import of_row
from xlperf.formula.expression import Expr, columns_of
from xlperf.formula.values import Value, value_text
from xlperf.workbook.books.annexes import forms_of
from xlperf.workbook.books.choice import columns_possible, limiting, naming
from xlperf.workbook.books.unit import called, fills
from xlperf.workbook.shape import is_result, picked
from xlperf.workbook.table import DECIMALS
from xlperf.workbook.text import length_shown, measure

_BLOCK = 4096  # rows whose lines are worked out together
_KEPT = 20_000  # texts and numbers whose sizes are kept
# the line of a row in which a key is filled in: whether it is one of those offered is told by the book alone
_GIVEN = -1
PARTS = attrgetter("_numerator", "_denominator")  # what a number is, in a tenth of the time that its own hash takes


@dataclass
class Alike:
    """Tells which books of the appraised are of one shape."""

    scores: Scores
    _named: dict[str, frozenset[Value]] = field(default_factory=dict, init=False, repr=False)

    def key(self, party: Party) -> Hashable | None:
        """Return what only books of one shape have in common; None where only the book itself can tell its shape."""
        scores = self.scores
        bearer = scores.objects.bearer(party)
        parts: list[Hashable] = [party[0], bool(called(scores, party)[0]), *self._of_forms(party)]
        for sheet, own, offered in self._sheets:
            held = scores.rows_held(sheet, party) if own is not None else ()
            names = bool(bearer is not None and sheet.unit and sheet.of != bearer[0])
            parts.append(own.of(held, names=names) if own is not None else ())
            if offered is not None and (chosen := scores.rows_within(sheet, bearer)):
                parts += [offered.of(chosen, names=False), {*chosen} <= {*held}]
        return None if None in parts else tuple(parts)

    def _of_forms(self, party: Party) -> Iterator[Hashable]:
        """List what the forms of a book refer to: which of its rows they name, and what was entered there."""
        scores = self.scores
        for form in forms_of(scores, party[1]) if scores.plan.forms and party[0] == UNIT else ():
            yield form.id
            named = self._named.get(form.id)
            if named is None:
                sought = (scores.values[form.rows][str(name)] for name in form.filled.matched)
                named = self._named[form.id] = frozenset(chain.from_iterable(sought)) - {None}
            for name, column in form.filled.of:
                sheet = scores.plan.by_name[name]
                rows = *scores.rows_held(sheet, party), *scores.rows_within(sheet, scores.objects.bearer(party))
                by, said = (picked(scores.values[name][c], rows) for c in (form.filled.by, column))
                yield tuple((b, v) if b in named else None for b, v in zip(by, said, strict=True))

    @cached_property
    def _sheets(self) -> list[tuple[Sheet, _Lines | None, _Lines | None]]:
        """List the sheets of which rows may come in a book: with the lines to be filled, and to be chosen from."""
        plan, scores = self.scores.plan, self.scores
        offered = {c.offers for s in plan.sheets for c in s.inputs(UNIT)} - {""}
        found = list[tuple[Sheet, _Lines | None, _Lines | None]]()
        for sheet in (s for s in plan.sheets if not s.grows):
            own = _Lines(scores, sheet, _may_stand(plan, sheet)) if sheet.inputs(UNIT) else None
            chosen = _Lines(scores, sheet, naming(plan, sheet)) if sheet.table in offered else None
            found += [(sheet, own, chosen)] if own is not None or chosen is not None else []
        return found


def _may_stand(plan: Plan, sheet: Sheet) -> tuple[str, ...]:
    """List the columns of a sheet that may stand in the book its rows come in, whichever of its rows are there."""
    limits = frozenset().union(*(limiting(plan, sheet, fills, whole=whole) for whole in (False, True)))
    return tuple(columns_possible(sheet, fills, limits, private=plan.kept_from(sheet, holder=True)))


@dataclass
class _Lines:
    """The lines of a sheet, worked out as they are asked for, many rows together. names: the columns that count."""

    scores: Scores
    sheet: Sheet
    names: Sequence[str]
    _known: dict[int, list[int]] = field(default_factory=dict, init=False, repr=False)
    _numbers: _Numbered = field(default_factory=lambda: _Numbered(), init=False, repr=False)
    _answers: dict[Expr, _Answers] = field(default_factory=dict, init=False, repr=False)

    def of(self, rows: Sequence[int], *, names: bool) -> tuple[Hashable, ...] | None:
        """Return the lines of some rows, None where a key is given there. names: whether those of units too."""
        found: list[int] = []
        for row in rows:
            block, at = divmod(row, _BLOCK)
            found.append((self._known.get(block) or self._block(block))[at])
        if _GIVEN in found:
            return None
        return (*found, *self._names(rows)) if names else tuple(found)

    def _values(self, name: str) -> Sequence[Value]:
        return self.scores.values[self.sheet.name][name]

    def _names(self, rows: Sequence[int]) -> Iterable[Hashable]:
        called, whose = self.scores.objects.names(self.sheet.of), picked(self._values(self.sheet.unit), rows)
        return (_wide(called.get(value_text(unit), "")) for unit in whose)

    def _block(self, number: int) -> list[int]:
        """Work out the lines of many rows."""
        some = slice(number * _BLOCK, (number + 1) * _BLOCK)
        size = len(self.scores.key(self.sheet.name)[some])
        keyed, filled, columns = set[int](), list[Column](), list[Iterable[Hashable]]()
        for column in (self.sheet.by_name[name] for name in self.names):
            values = self._values(column.name)[some]
            if column.kind != "input":
                columns.append(_brought(column, values))
            elif values.count(None) < size:
                filled.append(column)
                if column.by == UNIT and column.offers:
                    keyed |= {n for n, v in enumerate(values) if v is not None}
        columns += [self._asked(asked, some) for asked in self._conditions]
        columns.append(self._seen(filled, some) if filled else repeat(None, size))
        lines = [*map(self._numbers.__getitem__, zip(*columns, strict=True))]
        for at in keyed:
            lines[at] = _GIVEN
        self._known[number] = lines
        return lines

    def _seen(self, filled: Sequence[Column], some: slice) -> Iterable[Hashable]:
        """Return row by row, where something is filled in, what of it the self-check sees; columns: with any filled."""
        found: list[list[Hashable]] = [[] for _ in self.scores.key(self.sheet.name)[some]]
        for column in filled:
            beside = sorted(looks_at(column) & self.sheet.by_name.keys()) if column.by == UNIT else []
            seen = [[*_exactly(self._values(name)[some])] for name in (column.name, *beside)]
            for said, row in zip(found, zip(*seen, strict=True), strict=True):
                if row[0] is not None:
                    said.append((column.name, *row))
        return [tuple(said) if said else None for said in found]

    @cached_property
    def _conditions(self) -> list[Expr]:
        """List the conditions under which cells are asked for, each once."""
        there = (self.sheet.by_name[name] for name in self.names)
        return [*dict.fromkeys(c.asked for c in there if c.kind == "input" and c.asked is not None)]

    def _asked(self, asked: Expr, some: slice) -> Iterable[Hashable]:
        """Return row by row whether somebody is asked to fill a cell."""
        names = sorted(columns_of(asked)) or [self.sheet.key.name]
        answers = self._answers.setdefault(asked, _Answers(asked, names))
        return map(answers.__getitem__, zip(*(_exactly(self._values(name)[some]) for name in names), strict=True))


class _Numbered(dict[Hashable, int]):
    """Things numbered as they are met."""

    def __missing__(self, thing: Hashable) -> int:
        """Return the number of what was not met before: the next one."""
        self[thing] = len(self)
        return self[thing]


class _Answers(dict[tuple[Any, ...], bool]):
    """What a condition comes to, by what stands in the columns that it looks at."""

    def __init__(self, asked: Expr, names: Sequence[str]) -> None:
        super().__init__()
        self._asked, self._names = asked, names

    def __missing__(self, row: tuple[Any, ...]) -> bool:
        """Work out what has not been asked before."""
        values = [Fraction(*v) if isinstance(v, tuple) else v for v in row]
        self[row] = bool(of_row(self._asked, dict(zip(self._names, values, strict=True))))
        return self[row]


def _brought(column: Column, values: Sequence[Value]) -> Iterable[Hashable]:
    """Return what the values of a column bring into the lines of their rows."""
    if values[0] is None and values.count(None) == len(values):
        return values
    if (column.expr is not None and not is_result(column)) or (column.shown is not None and column.shown < 0):
        return _exactly(values)
    if column.expr is not None:
        return [_result(PARTS(v), column.shown) if v.__class__ is Fraction else v for v in values]
    kinds = {*map(type, values)}
    if kinds == {Fraction}:
        return map(_long, map(PARTS, values), repeat(column.shown))
    if kinds == {str} and (text := "".join(cast("list[str]", values))).isascii() and "\n" not in text:
        return map(len, cast("list[str]", values))
    return [_wide(v) if isinstance(v, str) else v if v is None else _long(PARTS(v), column.shown) for v in values]


def _exactly(values: Sequence[Value]) -> Iterable[Hashable]:
    """Return values as what is quickly compared: of a number its parts."""
    if {*map(type, values)} == {Fraction}:
        return map(PARTS, values)
    return (PARTS(v) if v.__class__ is Fraction else v for v in values)


@lru_cache(maxsize=_KEPT)
def _long(parts: tuple[int, int], digits: int | None) -> Hashable:
    """Return how long a number is: below 0, so that it is no width of a text; of a broken one as it may be shown."""
    if parts[1] == 1:
        return -len(str(parts[0]))
    tried = DECIMALS if digits is None else (digits,)
    return ("broken", *(length_shown(Fraction(*parts), n, digits is None) for n in tried))


@lru_cache(maxsize=_KEPT)
def _result(parts: tuple[int, int], digits: int | None) -> Hashable:
    """Return what the look of a column has of a number that a formula comes to: how long it is, shown in each way.

    Where the scheme does not say how many decimals are shown, also whether it has more than two, and whether it is 0: a
    column of nothing else is not taken for whole numbers. Otherwise how long a number is tells whether it is whole.
    """
    number, tried = Fraction(*parts), DECIMALS if digits is None else (digits,)
    lengths = tuple(length_shown(number, n, whole) for n in tried for whole in (False, True))
    return digits is None and (100 % parts[1] > 0, parts[0] == 0), lengths


@lru_cache(maxsize=_KEPT)
def _wide(text: str) -> Hashable:
    """Return how wide the lines of a text are."""
    return len(text) if text.isascii() and "\n" not in text else tuple(map(measure, text.split("\n")))
