"""The array face: the same expressions on float64 columns, for thousands of units and simulation.

A number column is a float64 array with NaN for blank and +inf for 不适用; a text column is an object
array of str or None. Results equal the exact face to the 15 digits a double holds; published numbers
come from the exact face.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from xlperf.formula.expression import Expr, exempting, link_of, needs
from xlperf.formula.links import Link
from xlperf.formula.operations import OPERATIONS, PLACES
from xlperf.formula.values import EXEMPT, Value, from_float

Column = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
PAIRS = 4_000_000  # pairs of rows that are compared at a time


class Source(Protocol):
    """Where columns come from, as arrays."""

    def column(self, sheet: str, name: str) -> Column:
        """Return a column of a sheet."""
        ...

    def key(self, sheet: str) -> Column:
        """Return the key column of a sheet."""
        ...

    def size(self, sheet: str) -> int:
        """Return how many rows a sheet has."""
        ...


def to_array(values: Sequence[Value], text: bool) -> Column:
    """Make a column array of plain values; `text` keeps them as objects."""
    if text:
        made = np.empty(len(values), object)
        made[:] = list(values)
        return made
    return np.array([np.nan if v is None else np.inf if v == EXEMPT else float(v) for v in values], np.float64)


def half_up(x: Floats, digits: int | Floats) -> Floats:
    """Round half away from zero, looking at the 15 digits that a spreadsheet looks at."""
    with np.errstate(all="ignore"):  # blank, 不适用 and the logarithm of zero
        last = np.minimum(np.trunc(digits), 14 - np.floor(np.log10(np.abs(x))))
    scale = 10.0**last
    size = np.abs(x) * scale
    whole = np.floor(size)
    noise = np.minimum(size * 4e-15 + 1e-15, 0.25)  # the last digits are a quarter apart at most
    rounded = np.copysign((whole + (size - whole > 0.5 - noise)) / scale, x)
    result: Floats = np.where(np.isinf(x) | (x == 0), x, rounded)
    return result


def evaluate(e: Expr, sheet: str, source: Source) -> Column:
    """Evaluate a column's expression for every row of its sheet."""
    with np.errstate(all="ignore"):
        link = link_of(e)
        values = _fold(e, sheet, source) if link is None else _link(link, sheet, source)
        values = np.array(np.broadcast_to(values, (source.size(sheet),)))
        return _guarded(values, e, sheet, source)


def _guarded(values: Column, e: Expr, sheet: str, source: Source) -> Column:
    """Leave a row blank where a needed cell is, and 不适用 where one that makes it so is, which comes first."""
    for name in needs(e):
        _put(values, is_empty(source.column(sheet, name)), None, np.nan)
    for name in exempting(e):
        _put(values, is_exempt(source.column(sheet, name)), EXEMPT, np.inf)
    return values


def _put(values: Column, where: npt.NDArray[np.bool_], text: Value, number: float) -> None:
    values[where] = text if values.dtype == object else number


def is_empty(x: Column) -> npt.NDArray[np.bool_]:
    """Return which cells are blank."""
    return np.array([v is None for v in x], bool) if x.dtype == object else np.isnan(x)


def is_exempt(x: Column) -> npt.NDArray[np.bool_]:
    """Return which cells are 不适用."""
    return np.equal(x, EXEMPT).astype(bool) if x.dtype == object else np.isinf(x)


def _clean(x: Column) -> Floats:
    return half_up(_floats(x), PLACES)


def _floats(x: Column) -> Floats:
    """Keep the numbers of a column; whatever else stands there is NaN, which makes a blank result."""
    if x.dtype != object:
        return np.where(np.isinf(x), np.nan, x)
    return np.array([v if isinstance(v, float) else np.nan for v in x], np.float64)


def _objects(x: Column) -> Column:
    """Keep every value of a column as an object: float, text, None or 不适用."""
    if x.dtype == object:
        return x
    made = x.astype(object)
    made[np.isnan(x)] = None
    made[np.isinf(x)] = EXEMPT
    return made


def _strict(f: Callable[..., Any]) -> Callable[..., Column]:
    return lambda *xs: f(*map(_floats, xs))


def _compare(f: Callable[[Column, Column], Column]) -> Callable[[Column, Column], Column]:
    return lambda a, b: np.asarray(f(_clean(a), _clean(b)), bool)


def _same(a: Column, b: Column) -> Column:
    if a.dtype != object and b.dtype != object:
        return np.asarray(_clean(a) == _clean(b), bool)
    a, b = (np.array([*map(_plain, x), None], object)[:-1] for x in (a, b))
    return np.asarray(np.equal(a, b), bool) & ~is_empty(a)


def _plain(x: Any) -> Any:
    """Return a value as cell comparisons see it; see `operations.equal`."""
    if isinstance(x, str):
        return x.lower()
    return None if x is None or np.isnan(x) else EXEMPT if np.isinf(x) else float(half_up(x, PLACES))


def _first(*xs: Column) -> Column:
    result = xs[-1]
    for x in reversed(xs[:-1]):
        result = _where(is_empty(x), result, x)
    return result


def _reduce(f: Any) -> Callable[..., Column]:
    return lambda *xs: f.reduce(np.broadcast_arrays(*xs))


def _each(exact: Callable[..., Value], kind: Any) -> Callable[..., Column]:
    """Return an operation that asks its exact function cell by cell. kind: of the result, `float64` or `object`."""

    def applied(*xs: Column) -> Column:
        rows = zip(*(map(_value, x) for x in np.broadcast_arrays(*map(_objects, xs))), strict=True)
        return to_array([exact(*row) for row in rows], kind is object)

    return applied


def _value(x: Any) -> Value:
    return from_float(x) if isinstance(x, float) else x


ARRAY: dict[str, Callable[..., Any]] = {
    "add": _strict(np.add),
    "sub": _strict(np.subtract),
    "mul": _strict(np.multiply),
    "div": _strict(lambda a, b: np.where(b == 0, np.nan, a / np.where(b == 0, 1, b))),
    "neg": _strict(np.negative),
    "gt": _compare(np.greater),
    "ge": _compare(np.greater_equal),
    "lt": _compare(np.less),
    "le": _compare(np.less_equal),
    "same": _same,
    "both": _reduce(np.logical_and),
    "either": _reduce(np.logical_or),
    "negate": np.logical_not,
    "is_blank": is_empty,
    "is_number": lambda x: np.isfinite(_floats(x)),
    "is_exempt": is_exempt,
    "floor": lambda x: np.floor(_clean(x)),
    "ceiling": lambda x: np.ceil(_clean(x)),
    "rounded": _strict(half_up),
    "least": _strict(_reduce(np.minimum)),
    "greatest": _strict(_reduce(np.maximum)),
    "first": _first,
    **{name: _each(OPERATIONS[name].exact, np.float64) for name in ("year", "month", "day", "months_later")},
    **{name: _each(OPERATIONS[name].exact, object) for name in ("in_words", "as_text", "joined")},
}


def _const(value: Value) -> Column:
    return to_array([value], isinstance(value, str) and value != EXEMPT)


def _fold(e: Expr, sheet: str, source: Source) -> Column:
    match e.op, e.args:
        case "const", (value,):
            return _const(value)
        case "col", (name,):
            return source.column(sheet, name)
        case "call", (_, _, body):
            return _fold(body, sheet, source)
        case "alone", (_, x):
            values = np.array(np.broadcast_to(_fold(x, sheet, source), (source.size(sheet),)))
            return _guarded(values, x, sheet, source)
        case "cases", (branches, (otherwise, _)):
            result = _fold(otherwise, sheet, source)
            for when, then, _ in reversed(branches):
                result = _where(_fold(when, sheet, source), _fold(then, sheet, source), result)
            return result
    made: Column = np.asarray(ARRAY[e.op](*(_fold(a, sheet, source) for a in e.args)))
    return made


def _where(when: Column, then: Column, rest: Column) -> Column:
    if then.dtype == object or rest.dtype == object:
        then, rest = _objects(then), _objects(rest)
    return np.where(when, then, rest)


# ---- links ----------------------------------------------------------------------------------------


def _link(link: Link, sheet: str, source: Source) -> Column:
    if link.kind == "via":
        return _via(link, sheet, source)
    theirs, mine = _matched(link, sheet, source)
    if link.kind == "rank":
        return _rank(source.column(sheet, link.column), theirs, mine, link)
    added = partial(_sums, theirs, mine) if not link.limits else partial(_pair_sums, link, sheet, source, theirs, mine)
    if link.kind == "count":
        return added(np.ones(len(theirs)))
    values = source.column(link.sheet, link.column)
    if link.kind == "pick":
        at = np.where(added(np.ones(len(theirs))) == 1, added(np.arange(len(theirs), dtype=float)), -1)
        return _at(values, at, _nothing(values))
    there = np.isfinite(_floats(values))
    counts = added(there.astype(float))
    if link.kind == "tally":
        return counts
    sums = added(np.where(there, _floats(values), 0.0))
    if link.kind == "mean":
        return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    if link.blanks != "stop":
        return sums
    return np.where(added(is_empty(values).astype(float)) > 0, np.nan, sums)


def _via(link: Link, sheet: str, source: Source) -> Column:
    theirs, mine = _codes([source.key(link.sheet)], [source.column(sheet, link.key)])
    values = source.column(link.sheet, link.column)
    where = np.full(theirs.max(initial=-1) + 1, -1)
    where[theirs[::-1]] = np.arange(len(theirs))[::-1]
    at = np.where(mine >= 0, where[np.maximum(mine, 0)], -1) if len(where) else np.full(len(mine), -1)
    return _at(values, at, _nothing(values))


def _nothing(values: Column) -> Any:
    """Return what stands for blank in a column."""
    return None if values.dtype == object else np.nan


def _at(values: Column, positions: Column, empty: Any) -> Column:
    """Take the values at positions; `empty` where a position is below 0."""
    at = np.asarray(positions, int)
    return np.where(at >= 0, values[np.maximum(at, 0)], empty) if len(values) else np.full(len(at), empty)


def _matched(link: Link, sheet: str, source: Source) -> tuple[Column, Column]:
    there = link.sheet or sheet
    if not link.match:
        return np.zeros(source.size(there), int), np.zeros(source.size(sheet), int)
    theirs = [source.column(there, name) for name in link.names]
    mine = [np.broadcast_to(_fold(value, sheet, source), (source.size(sheet),)) for value in link.wanted]
    return _codes(theirs, mine)


def _codes(theirs: Sequence[Column], mine: Sequence[Column]) -> tuple[Column, Column]:
    """Take a number for each distinct key of the other side; −1 where this side has a key that is not there."""
    their_rows = list(zip(*(_hashable(c) for c in theirs), strict=True))
    index = {key: i for i, key in enumerate(dict.fromkeys(their_rows))}
    their_codes = np.fromiter((index[k] for k in their_rows), int, len(their_rows))
    my_rows = zip(*(_hashable(c) for c in mine), strict=True)
    return their_codes, np.fromiter((index.get(k, -1) for k in my_rows), int, len(mine[0]))


def _hashable(x: Column) -> list[Any]:
    return [_plain(v) for v in x] if x.dtype == object else _objects(_clean_all(x)).tolist()


def _clean_all(x: Floats) -> Floats:
    return np.where(np.isinf(x), x, _clean(x))


def _sums(codes: Column, wanted: Column, values: Floats) -> Floats:
    sums = np.bincount(codes, weights=values, minlength=1)
    return np.where(wanted >= 0, sums[np.maximum(wanted, 0)], 0.0)


def _pair_sums(link: Link, sheet: str, source: Source, codes: Column, wanted: Column, values: Floats) -> Floats:
    """Add values over the rows of the same code that keep the limits, pair by pair, some rows at a time."""
    size = source.size(sheet)
    theirs = [source.column(link.sheet, limit.column) for limit in link.limits]
    mine = [np.broadcast_to(_fold(value, sheet, source), (size,)) for value in link.against]
    sums = np.zeros(size)
    for code in np.unique(wanted[wanted >= 0]):
        there, here = np.flatnonzero(codes == code), np.flatnonzero(wanted == code)
        for some in np.array_split(here, 1 + len(here) * len(there) // PAIRS):
            kept = np.ones((len(some), len(there)), bool)
            for limit, t, m in zip(link.limits, theirs, mine, strict=True):
                kept &= _stands(t[there], limit.order, m[some])
            sums[some] = kept @ values[there]
    return sums


def _stands(theirs: Column, order: str, mine: Column) -> npt.NDArray[np.bool_]:
    """Return for each value here (down) and there (across) whether that there is above, below … this."""
    if order != "differs":
        return np.asarray(ARRAY[order](theirs[None, :], mine[:, None]), bool)
    known = ~is_empty(theirs) if theirs.dtype == object else np.isfinite(theirs)
    their_codes, my_codes = _codes([theirs], [mine])
    return np.asarray(known[None, :] & (their_codes[None, :] != my_codes[:, None]), bool)


def _rank(keys: Floats, theirs: Column, mine: Column, link: Link) -> Floats:
    """Sort by group and key, so that cost grows with the rows and not their square."""
    sortable = _clean(keys) if link.order == "low" else -_clean(keys)
    there = np.isfinite(sortable)
    rows = np.flatnonzero(there)
    by = rows[np.lexsort((rows, sortable[rows], theirs[rows]))]
    group, key = theirs[by], sortable[by]
    starts = np.r_[True, group[1:] != group[:-1]]
    position = np.arange(len(by)) - np.maximum.accumulate(np.where(starts, np.arange(len(by)), 0))
    if link.ties == "same":
        new = starts | np.r_[True, key[1:] != key[:-1]]
        position = position[np.maximum.accumulate(np.where(new, np.arange(len(by)), 0))]
    places = np.full(len(keys), np.nan)
    places[by] = position + 1.0
    return np.where(mine == theirs, places, np.nan)
