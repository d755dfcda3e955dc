"""The exact face: an expression over the rows of a sheet, in fractions, standard library only.

A column is evaluated for all rows at once, so that a look at other rows builds its index once.
Sheets are given as `Rows`: a name → list of values, all lists equally long.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from typing import Any

from xlperf.formula.expression import Expr, exempting, link_of, needs, parts
from xlperf.formula.index import Asked, Group, Index, Ordered, Source, tuples
from xlperf.formula.links import LINKS, Link
from xlperf.formula.operations import OPERATIONS
from xlperf.formula.ratios import (
    Ratios,
    Seen,
    Words,
    blank_at,
    blanks,
    chosen,
    instead,
    plain,
    plain_column,
    texts_among,
)
from xlperf.formula.values import EXEMPT, Value, ratio_sum, whole

Cells = Sequence[Value]


class OnDemand(Sequence[Value]):
    """Cells that are worked out when somebody asks for them."""

    def some(self, rows: Sequence[int]) -> list[Value]:
        """Return the cells of some rows, those not known yet worked out together."""
        raise TypeError("OnDemand is completed by whoever works out")


def evaluate(
    e: Expr, sheet: str, source: Source, *, rows: Sequence[int] | None = None, index: Index | None = None
) -> list[Value]:
    """Evaluate a column's expression for the rows of its sheet.

    A row is blank while a needed column is blank and 不适用 while one is 不适用. rows: positions of the rows asked
    for; None for all. index: where rows stand, where it is kept for several columns.
    """
    return list(worked_out(e, sheet, source, rows=rows, index=index))


def worked_out(
    e: Expr, sheet: str, source: Source, *, rows: Sequence[int] | None = None, index: Index | None = None
) -> Cells:
    """Return what `evaluate` does; numbers as `Ratios`, which other columns are worked out from."""
    here = source if rows is None else _Some(source, sheet, rows)
    link = link_of(e)
    if link is not None:
        positions = range(source.size(sheet)) if rows is None else rows
        values = _link(link, sheet, _Look(here, source, positions, index or Index(source)))
    else:
        values = _fold(e, sheet, here)
    return _guarded(values, e, sheet, here)


def _guarded(values: Cells, e: Expr, sheet: str, source: Source) -> Cells:
    """Leave a row 不适用 where a cell that makes it so is, and blank where a needed one is."""
    for name in needs(e):
        if (empty := blanks(source.column(sheet, name))) is not None:
            values = instead(None, empty, values)
    for name in exempting(e):
        if (texts := texts_among(source.column(sheet, name))) is not None:
            there = [
                x.__class__ is not Fraction and x == EXEMPT for x in texts
            ]  # what a fraction equals asks a long way
            values = instead(EXEMPT, there, values) if True in there else values
    return values


def of_row(e: Expr, row: Mapping[str, Value]) -> Value:
    """Evaluate a cell expression on one row of plain values."""
    return evaluate(e, "", _OneRow(row))[0]


def asked_by(link: Link, row: Mapping[str, Value]) -> Asked:
    """Return what a look asks for from one row of plain values."""
    wanted, against = (tuple(plain(of_row(e, row)) for e in side) for side in (link.wanted, link.against))
    return wanted, against


def awaited(e: Expr, row: Mapping[str, Value]) -> tuple[str, ...]:
    """List the columns that the value of one row waits for: those always needed, then those of the branch it takes."""
    always = needs(e)
    exempt = tuple(name for name in exempting(e) if row.get(name) == EXEMPT)
    if exempt or any(row.get(name) is None for name in always):
        return exempt or always
    return tuple(dict.fromkeys((*always, *_of_branch(e, row))))


def _of_branch(e: Expr, row: Mapping[str, Value]) -> Iterator[str]:
    if e.op == "alone":
        yield from needs(e.args[1])
    if e.op in LINKS:
        return
    for part in (taken(e, row)[0],) if e.op == "cases" else parts(e):
        yield from _of_branch(part, row)


def taken(e: Expr, row: Mapping[str, Value]) -> tuple[Expr, Expr]:
    """Return what the branch of a choice that one row takes gives, and the sentence that says so."""
    branches, otherwise = e.args
    found: tuple[Expr, Expr] = next(((then, why) for when, then, why in branches if of_row(when, row)), otherwise)
    return found


class _OneRow:
    def __init__(self, row: Mapping[str, Value]) -> None:
        self._row = row

    def column(self, sheet: str, name: str) -> Cells:
        return [self._row[name]]

    def key(self, sheet: str) -> Cells:
        return [None]

    def size(self, sheet: str) -> int:
        return 1


class _Some:
    """A source of which some rows of one sheet are asked for."""

    def __init__(self, source: Source, sheet: str, rows: Sequence[int]) -> None:
        self._source, self._sheet, self._rows = source, sheet, rows
        self._kept: dict[str, Cells] = {}  # what an expression is made from is asked for again by what guards it

    def column(self, sheet: str, name: str) -> Cells:
        if sheet != self._sheet:
            return self._source.column(sheet, name)
        if name not in self._kept:
            cells = self._source.column(sheet, name)
            if cells.__class__ is not list and isinstance(cells, OnDemand):  # of a list it is asked a long way round
                self._kept[name] = cells.some(self._rows)
            else:
                self._kept[name] = [cells[i] for i in self._rows]
        return self._kept[name]

    def key(self, sheet: str) -> Cells:
        cells = self._source.key(sheet)
        return [cells[i] for i in self._rows] if sheet == self._sheet else cells

    def size(self, sheet: str) -> int:
        return len(self._rows) if sheet == self._sheet else self._source.size(sheet)


# ---- cell operations ---------------------------------------------------------------------------


def _fold(e: Expr, sheet: str, source: Source) -> Any:
    """Return a column, or row by row whether a condition holds."""
    op, args = e.op, e.args
    if op == "col":  # most often
        return source.column(sheet, args[0])
    if op == "const":
        [value] = args
        number = value.__class__ is Fraction or value is None
        return (Ratios if number else Words).constant(value, source.size(sheet))
    operation = OPERATIONS.get(op)
    if operation is not None:
        return operation.exact(*[_fold(a, sheet, source) for a in args])
    match op, args:
        case "call", (_, _, body):
            return _fold(body, sheet, source)
        case "alone", (_, x):
            return _guarded(_fold(x, sheet, source), x, sheet, source)
        case "cases", (branches, (otherwise, _)):
            result = _fold(otherwise, sheet, source)
            for when, then, _ in reversed(branches):
                result = chosen(_fold(when, sheet, source), _fold(then, sheet, source), result)
            return result
    raise TypeError(f"no such operation: {e.op}")


# ---- links ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Look:
    """A look at other rows. here: the rows that look, at these positions; there: every row; index: of those."""

    here: Source
    there: Source
    positions: Sequence[int]
    index: Index


def _link(link: Link, sheet: str, look: _Look) -> Cells:
    match link.kind:
        case "via":
            keyed = look.index.keyed(link.sheet)
            return _via(look.here.column(sheet, link.key), keyed, look.there.column(link.sheet, link.column))
        case "rank":
            return _rank(link, sheet, look)
        case "count":
            return _of_groups(sheet, link, look, lambda rows: Fraction(len(rows)))
    cells = look.there.column(link.sheet, link.column)
    return _of_groups(sheet, link, look, _MADE[link.kind](link, cells))


def _via(keys: Cells, positions: Mapping[Seen, int], values: Cells) -> Cells:
    found = [None if k is None else positions.get(k) for k in plain_column(keys)]
    if isinstance(values, Ratios):
        return values.at(found)
    return [None if i is None else values[i] for i in found]


def _wanted(sheet: str, link: Link, here: Source) -> list[Group]:
    return tuples([_fold(value, sheet, here) for value in link.wanted], here.size(sheet))


def _of_groups(sheet: str, link: Link, look: _Look, made: Callable[[Sequence[int]], Value]) -> list[Value]:
    """Make one value of the rows that are asked for, once for all who ask for the same."""
    groups = look.index.grouped(link.sheet, link.names)
    wanted = _wanted(sheet, link, look.here)
    if not link.limits:
        known = {group: made(groups.get(group, ())) for group in dict.fromkeys(wanted)}
        return [known[group] for group in wanted]
    against = tuples([_fold(value, sheet, look.here) for value in link.against], look.here.size(sheet))
    every = list(zip(wanted, against, strict=True))
    of_both = {asked: made(look.index.taken(link, link.sheet, asked)) for asked in dict.fromkeys(every)}
    return [of_both[asked] for asked in every]


Made = Callable[[Sequence[int]], Value]  # what is made of the rows that a look takes


def _total(link: Link, cells: Cells) -> Made:
    numbers = _numbers(cells)
    if link.blanks != "stop":
        return lambda rows: ratio_sum(numbers(rows))
    empty = blank_at(cells)
    return lambda rows: None if any(map(empty, rows)) else ratio_sum(numbers(rows))


def _tally(_: Link, cells: Cells) -> Made:
    numbers = _numbers(cells)
    return lambda rows: Fraction(len(numbers(rows)))


def _mean(_: Link, cells: Cells) -> Made:
    numbers = _numbers(cells)
    return lambda rows: ratio_sum(there) / len(there) if (there := numbers(rows)) else None


def _numbers(cells: Cells) -> Callable[[Sequence[int]], list[tuple[int, int]]]:
    """Return what lists the numbers among some rows, each as numerator and denominator."""
    if isinstance(cells, Ratios):
        above, below = cells.pair
        return lambda rows: [(above[i], below[i]) for i in rows if below[i]]
    return lambda rows: [v.as_integer_ratio() for i in rows if isinstance(v := cells[i], Fraction)]


def _pick(_: Link, cells: Cells) -> Made:
    return lambda rows: cells[rows[0]] if len(rows) == 1 else None


_MADE = {"total": _total, "tally": _tally, "mean": _mean, "pick": _pick}


def _rank(link: Link, sheet: str, look: _Look) -> list[Value]:
    """Rank by sorted lists per group, so that cost grows with the rows and not their square."""
    names, mine = link.names, look.positions
    own = tuples([look.here.column(sheet, name) for name in names], len(mine))
    same = all(value.op == "col" and value.args == (name,) for name, value in link.match)
    ordered = cache(partial(look.index.ordered, sheet, link.column, names))
    places: list[Value] = []
    for i, group, wanted in zip(mine, own, own if same else _wanted(sheet, link, look.here), strict=True):
        members, there, numbers = ordered(group) if None not in group and group == wanted else _NOBODY
        key = numbers.get(i)
        if key is None:
            places.append(None)
            continue
        before = len(members) - bisect_right(members, key) if link.order == "high" else bisect_left(members, key)
        if link.ties == "list":
            before += bisect_left(there[key], i)
        places.append(whole(before + 1))
    return places


_NOBODY: Ordered = [], {}, {}
