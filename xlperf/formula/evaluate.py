"""The exact face: an expression over the rows of a sheet, in fractions, standard library only.

A column is evaluated for all rows at once, so that a look at other rows builds its index once.
Sheets are given as `Rows`: a name → list of values, all lists equally long.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Protocol

from xlperf.formula.expression import LINKS, Expr, Match, needs, root
from xlperf.formula.operations import OPERATIONS, clean, equal, plain
from xlperf.formula.values import EXEMPT, Value

Cells = Sequence[Value]


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


def evaluate(e: Expr, sheet: str, source: Source) -> list[Value]:
    """Evaluate a column's expression for every row of its sheet.

    A row is blank while a needed column is blank and 不适用 while one is 不适用.
    """
    size = source.size(sheet)
    needed = [source.column(sheet, name) for name in needs(e)]
    values = _link(root(e), sheet, source) if root(e).op in LINKS else _fold(e, sheet, source)
    for i in range(size):
        for cells in needed:
            if cells[i] == EXEMPT:
                values[i] = EXEMPT
                break
            if cells[i] is None:
                values[i] = None
    return values


def of_row(e: Expr, row: Mapping[str, Value]) -> Value:
    """Evaluate a cell expression on one row of plain values."""
    return evaluate(e, "", _OneRow(row))[0]


class _OneRow:
    def __init__(self, row: Mapping[str, Value]) -> None:
        self._row = row

    def column(self, sheet: str, name: str) -> Cells:
        return [self._row[name]]

    def key(self, sheet: str) -> Cells:
        return [None]

    def size(self, sheet: str) -> int:
        return 1


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


def _link(e: Expr, sheet: str, source: Source) -> list[Value]:
    match e.op, e.args:
        case "via", (key, other, name):
            return _via(source.column(sheet, key), source.key(other), source.column(other, name))
        case "total", (other, name, match, blanks):
            groups = _grouped(other, name, match, source)
            return [_total(groups.get(k, ()), blanks) for k in _wanted(sheet, match, source)]
        case "count", (other, match):
            counts: dict[tuple[Value, ...], int] = defaultdict(int)
            for k in _keys(other, match, source):
                counts[k] += 1
            return [Fraction(counts.get(k, 0)) for k in _wanted(sheet, match, source)]
        case "tally", (other, name, match):
            tallies = {k: Fraction(len(_numbers(v))) for k, v in _grouped(other, name, match, source).items()}
            return [tallies.get(k, Fraction(0)) for k in _wanted(sheet, match, source)]
        case "mean", (other, name, match):
            groups = _grouped(other, name, match, source)
            means = {k: _mean(values) for k, values in groups.items()}
            return [means.get(k) for k in _wanted(sheet, match, source)]
        case "rank", (name, match, order, ties):
            return _rank(source.column(sheet, name), sheet, match, order, ties, source)
    raise ValueError(f"no such link: {e.op}")


def _via(keys: Cells, other_keys: Cells, values: Cells) -> list[Value]:
    index: dict[Value, Value] = {}
    for k, v in zip(other_keys, values, strict=True):
        index.setdefault(plain(k), v)
    return [None if k is None else index.get(plain(k)) for k in keys]


def _keys(other: str, match: Match, source: Source) -> list[tuple[Value, ...]]:
    columns = [source.column(other, name) for name, _ in match]
    if not columns:
        return [()] * source.size(other)
    return [tuple(map(plain, key)) for key in zip(*columns, strict=True)]


def _wanted(sheet: str, match: Match, source: Source) -> list[tuple[Value, ...]]:
    columns = [_fold(value, sheet, source) for _, value in match]
    if not columns:
        return [()] * source.size(sheet)
    return [tuple(map(plain, key)) for key in zip(*columns, strict=True)]


def _grouped(other: str, name: str, match: Match, source: Source) -> dict[tuple[Value, ...], list[Value]]:
    groups: dict[tuple[Value, ...], list[Value]] = defaultdict(list)
    for key, value in zip(_keys(other, match, source), source.column(other, name), strict=True):
        groups[key].append(value)
    return groups


def _numbers(values: Sequence[Value]) -> list[Fraction]:
    return [v for v in values if isinstance(v, Fraction)]


def _total(values: Sequence[Value], blanks: str) -> Value:
    if blanks == "stop" and any(v is None for v in values):
        return None
    return sum(_numbers(values), Fraction(0))


def _mean(values: Sequence[Value]) -> Value:
    there = _numbers(values)
    return sum(there, Fraction(0)) / len(there) if there else None


def _rank(keys: Cells, sheet: str, match: Match, order: str, ties: str, source: Source) -> list[Value]:
    """Rank by sorted lists per group, so that cost grows with the rows and not their square."""
    theirs = _keys(sheet, match, source)
    wanted = _wanted(sheet, match, source)
    groups: dict[tuple[Value, ...], list[Fraction]] = defaultdict(list)
    for group, key in zip(theirs, keys, strict=True):
        if isinstance(key, Fraction):
            groups[group].append(clean(key))
    for members in groups.values():
        members.sort()
    seen: dict[tuple[tuple[Value, ...], Fraction], int] = defaultdict(int)
    places: list[Value] = []
    for group, mine, key in zip(theirs, wanted, keys, strict=True):
        if not isinstance(key, Fraction) or not all(map(equal, group, mine)):
            places.append(None)
            continue
        members, own = groups[group], clean(key)
        before = len(members) - bisect_right(members, own) if order == "high" else bisect_left(members, own)
        if ties == "list":
            before += seen[group, own]
            seen[group, own] += 1
        places.append(Fraction(before + 1))
    return places
