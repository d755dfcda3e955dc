"""The exact face: an expression over the rows of a sheet, in fractions, standard library only.

A column is evaluated for all rows at once, so that a look at other rows builds its index once.
Sheets are given as `Rows`: a name → list of values, all lists equally long.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from xlperf.formula.expression import Expr, exempting, link_of, needs, parts
from xlperf.formula.links import LINKS, Link
from xlperf.formula.operations import OPERATIONS, clean, equal, plain, stands
from xlperf.formula.values import EXEMPT, Value, added

Cells = Sequence[Value]
Group = tuple[Value, ...]  # what several columns hold in one row, as comparisons see it
Asked = tuple[Group, Group]  # what a look's columns must equal in one row, and what its limits compare with


class OnDemand(Sequence[Value]):
    """Cells that are worked out when somebody asks for them."""

    def some(self, rows: Sequence[int]) -> list[Value]:
        """Return the cells of some rows, those not known yet worked out together."""
        raise TypeError("OnDemand is completed by whoever works out")


class Source(Protocol):
    """Where columns come from; the engine computes them on demand."""

    def column(self, sheet: str, name: str) -> Cells:
        """Return a column of a sheet, one value a row."""
        ...

    def key(self, sheet: str) -> Cells:
        """Return the key column of a sheet."""
        ...

    def size(self, sheet: str) -> int:
        """Return how many rows a sheet has."""
        ...


class Index:
    """Where the rows of a source stand by what is written in them; built when first asked for and kept."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._keyed: dict[str, dict[Value, int]] = {}
        self._grouped: dict[tuple[str, tuple[str, ...]], dict[Group, list[int]]] = {}

    def keyed(self, sheet: str) -> Mapping[Value, int]:
        """Return key → position, the first of several, as comparisons see keys."""
        if sheet not in self._keyed:
            found: dict[Value, int] = {}
            for i, key in enumerate(self._source.key(sheet)):
                found.setdefault(plain(key), i)
            self._keyed[sheet] = found
        return self._keyed[sheet]

    def grouped(self, sheet: str, names: tuple[str, ...]) -> Mapping[Group, Sequence[int]]:
        """Return what stands in these columns → the positions where it does, in order."""
        at = (sheet, names)
        if at not in self._grouped:
            found: dict[Group, list[int]] = defaultdict(list)
            for i, group in enumerate(
                _tuples([self._source.column(sheet, n) for n in names], self._source.size(sheet))
            ):
                found[group].append(i)
            self._grouped[at] = found
        return self._grouped[at]

    def taken(self, link: Link, sheet: str, asked: Asked) -> Sequence[int]:
        """Return the positions of the rows of a sheet that a look takes. asked: see `asked_by`."""
        wanted, against = asked
        rows = self.grouped(sheet, link.names).get(wanted, ())
        for limit, mine in zip(link.limits, against, strict=True):
            cells = self._source.column(sheet, limit.column)
            rows = [i for i in rows if stands(cells[i], limit.order, mine)]
        return rows

    def forget(self, sheet: str, name: str, *, key: bool = False) -> None:
        """Drop what was built from a column whose values changed. key: whether it is the sheet's key."""
        for at in [at for at in self._grouped if at[0] == sheet and name in at[1]]:
            del self._grouped[at]
        if key:
            self._keyed.pop(sheet, None)


def evaluate(
    e: Expr, sheet: str, source: Source, *, rows: Sequence[int] | None = None, index: Index | None = None
) -> list[Value]:
    """Evaluate a column's expression for the rows of its sheet.

    A row is blank while a needed column is blank and 不适用 while one is 不适用. rows: positions of the rows asked
    for; None for all. index: where rows stand, where it is kept for several columns.
    """
    here = source if rows is None else _Some(source, sheet, rows)
    link = link_of(e)
    if link is not None:
        positions = range(source.size(sheet)) if rows is None else rows
        values = _link(link, sheet, _Look(here, source, positions, index or Index(source)))
    else:
        values = _fold(e, sheet, here)
    return _guarded(values, e, sheet, here)


def _guarded(values: list[Value], e: Expr, sheet: str, source: Source) -> list[Value]:
    """Leave a row 不适用 where a cell that makes it so is, and blank where a needed one is."""
    for name in needs(e):
        values = [None if cell is None else v for v, cell in zip(values, source.column(sheet, name), strict=True)]
    for name in exempting(e):
        there = [isinstance(cell, str) and cell == EXEMPT for cell in source.column(sheet, name)]  # quicker so
        values = [EXEMPT if exempt else v for v, exempt in zip(values, there, strict=True)]
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

    def column(self, sheet: str, name: str) -> Cells:
        cells = self._source.column(sheet, name)
        if sheet != self._sheet:
            return cells
        return cells.some(self._rows) if isinstance(cells, OnDemand) else [cells[i] for i in self._rows]

    def key(self, sheet: str) -> Cells:
        cells = self._source.key(sheet)
        return [cells[i] for i in self._rows] if sheet == self._sheet else cells

    def size(self, sheet: str) -> int:
        return len(self._rows) if sheet == self._sheet else self._source.size(sheet)


# ---- cell operations ---------------------------------------------------------------------------


def _fold(e: Expr, sheet: str, source: Source) -> list[Value]:
    size = source.size(sheet)
    match e.op, e.args:
        case "const", (value,):
            return [value] * size
        case "col", (name,):
            return list(source.column(sheet, name))
        case "call", (_, _, body):
            return _fold(body, sheet, source)
        case "alone", (_, x):
            return _guarded(_fold(x, sheet, source), x, sheet, source)
        case "cases", (branches, (otherwise, _)):
            result = _fold(otherwise, sheet, source)
            for when, then, _ in reversed(branches):
                holds = _fold(when, sheet, source)
                chosen = _fold(then, sheet, source)
                result = [c if h else r for h, c, r in zip(holds, chosen, result, strict=True)]
            return result
    arguments = [_fold(a, sheet, source) for a in e.args]
    f = OPERATIONS[e.op].exact
    return [f(*values) for values in zip(*arguments, strict=True)]


# ---- links ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Look:
    """A look at other rows. here: the rows that look, at these positions; there: every row; index: of those."""

    here: Source
    there: Source
    positions: Sequence[int]
    index: Index


def _link(link: Link, sheet: str, look: _Look) -> list[Value]:
    match link.kind:
        case "via":
            keyed = look.index.keyed(link.sheet)
            return _via(look.here.column(sheet, link.key), keyed, look.there.column(link.sheet, link.column))
        case "rank":
            return _rank(link, sheet, look)
        case "count":
            return _of_groups(sheet, link, look, lambda rows: Fraction(len(rows)))
        case "total":
            return _of_cells(sheet, link, look, lambda values: _total(values, link.blanks))
        case "tally":
            return _of_cells(sheet, link, look, lambda values: Fraction(len(_numbers(values))))
        case "mean":
            return _of_cells(sheet, link, look, _mean)
        case "pick":
            return _of_cells(sheet, link, look, lambda values: values[0] if len(values) == 1 else None)


def _via(keys: Cells, positions: Mapping[Value, int], values: Cells) -> list[Value]:
    found = (None if k is None else positions.get(plain(k)) for k in keys)
    return [None if i is None else values[i] for i in found]


def _tuples(columns: Sequence[Cells], size: int) -> list[Group]:
    if not columns:
        return [()] * size
    return [tuple(map(plain, group)) for group in zip(*columns, strict=True)]


def _wanted(sheet: str, link: Link, here: Source) -> list[Group]:
    return _tuples([_fold(value, sheet, here) for value in link.wanted], here.size(sheet))


def _of_cells(sheet: str, link: Link, look: _Look, made: Callable[[Sequence[Value]], Value]) -> list[Value]:
    """Make one value of the cells of the rows that are asked for."""
    cells = look.there.column(link.sheet, link.column)
    return _of_groups(sheet, link, look, lambda rows: made([cells[i] for i in rows]))


def _of_groups(sheet: str, link: Link, look: _Look, made: Callable[[Sequence[int]], Value]) -> list[Value]:
    """Make one value of the rows that are asked for, once for all who ask for the same."""
    against = _tuples([_fold(value, sheet, look.here) for value in link.against], look.here.size(sheet))
    known: dict[Asked, Value] = {}
    for asked in (every := list(zip(_wanted(sheet, link, look.here), against, strict=True))):
        if asked not in known:
            known[asked] = made(look.index.taken(link, link.sheet, asked))
    return [known[asked] for asked in every]


def _numbers(values: Sequence[Value]) -> list[Fraction]:
    return [v for v in values if v.__class__ is Fraction or isinstance(v, Fraction)]


def _total(values: Sequence[Value], blanks: str) -> Value:
    if blanks == "stop" and any(v is None for v in values):
        return None
    return added(_numbers(values))


def _mean(values: Sequence[Value]) -> Value:
    there = _numbers(values)
    return added(there) / len(there) if there else None


def _rank(link: Link, sheet: str, look: _Look) -> list[Value]:
    """Rank by sorted lists per group, so that cost grows with the rows and not their square."""
    keys = look.there.column(sheet, link.column)
    groups = look.index.grouped(sheet, link.names)
    mine = look.positions
    own = _tuples([[cells[i] for i in mine] for cells in (look.there.column(sheet, n) for n in link.names)], len(mine))
    ordered: dict[Group, tuple[list[Fraction], dict[Fraction, list[int]]]] = {}
    places: list[Value] = []
    for i, group, wanted in zip(mine, own, _wanted(sheet, link, look.here), strict=True):
        key = keys[i]
        if not isinstance(key, Fraction) or not all(map(equal, group, wanted)):
            places.append(None)
            continue
        if group not in ordered:
            ordered[group] = _ordered(keys, groups[group])
        (members, there), seen = ordered[group], clean(key)
        before = len(members) - bisect_right(members, seen) if link.order == "high" else bisect_left(members, seen)
        if link.ties == "list":
            before += bisect_left(there[seen], i)
        places.append(Fraction(before + 1))
    return places


def _ordered(keys: Cells, positions: Sequence[int]) -> tuple[list[Fraction], dict[Fraction, list[int]]]:
    """Return the numbers of a group in order, and where each of them stands."""
    there: dict[Fraction, list[int]] = defaultdict(list)
    for i in positions:
        if isinstance(key := keys[i], Fraction):
            there[clean(key)].append(i)
    return sorted(k for k, at in there.items() for _ in at), there
