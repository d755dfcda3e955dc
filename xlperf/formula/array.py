"""The array face: the same expressions on whole columns, for thousands of units, simulation and recalculation.

Columns are `formula.vectors`. Every decision (a half, a limit, a step, a tie) is taken as the exact face takes it
wherever the exact values are proved; rows in which they are not are listed as doubtful, so that whoever publishes what
comes out asks the exact face for these. Without being asked, such a row counts as a spreadsheet would have it: what
differs only in the last digits of a double is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np

from xlperf.formula.array_links import linked
from xlperf.formula.decisions import Fold, Source, as_numbers, cleaned, is_empty, is_exempt, near_half, rounded_at
from xlperf.formula.decisions import half_up as half_up
from xlperf.formula.expression import Expr, link_of
from xlperf.formula.links import Link
from xlperf.formula.operations import OPERATIONS
from xlperf.formula.ratios import PLACES
from xlperf.formula.values import EXEMPT, Value
from xlperf.formula.vectors import (
    UNIT,
    Cells,
    Column,
    Floats,
    Mixed,
    Numbers,
    Texts,
    Truths,
    constant,
    is_nothing,
    looked_up,
    numbers,
    objects,
    plain_array,
    texts,
    value_of,
)
from xlperf.formula.vectors import to_array as to_array


def evaluate(e: Expr, sheet: str, source: Source) -> Column:
    """Evaluate a column's expression for every row of its sheet: float64 or objects, see `vectors.plain_array`."""
    return plain_array(worked_out(e, Fold(sheet, source)))


def holds(e: Expr, sheet: str, source: Source) -> Truths:
    """Return in which rows of a sheet a condition holds: not where what it needs is blank, as on the exact face."""
    face = Fold(sheet, source)
    with np.errstate(all="ignore"):
        found: Truths = np.array(np.broadcast_to(_fold(e, face), (source.size(sheet),)))
    needed, exempted = face.needed(e)
    for name in needed:
        found &= ~is_empty(face.column(name))
    for name in exempted:
        found |= is_exempt(face.column(name))
    return found


def worked_out(e: Expr, face: Fold) -> Cells:
    """Evaluate a column's expression for every row of its sheet."""
    with np.errstate(all="ignore"):
        link = link_of(e)
        found = _fold(e, face) if link is None else _looked(link, face)
        return _guarded(face.spread(found), e, face)


def _looked(link: Link, face: Fold) -> Cells:
    wanted, against = ([_fold(e, face) for e in side] for side in (link.wanted, link.against))
    many = len(wanted)
    found: Cells = face.whole(lambda face, *given: linked(link, face, given[:many], given[many:]), *wanted, *against)
    return found


def _guarded(x: Cells, e: Expr, face: Fold) -> Cells:
    """Leave a row blank where a needed cell is, and 不适用 where one that makes it so is, which comes first."""
    needed, exempted = face.needed(e)
    for mark, names, holds in ((None, needed, ARRAY["is_blank"]), (EXEMPT, exempted, ARRAY["is_exempt"])):
        for name in names:
            cell = face.column(name)
            if not (isinstance(cell, Numbers) and cell.whole) and (there := face.apply(holds, cell)).any():
                x = face.apply(where, there, constant(mark), x)
    return x


def where(face: Fold, holds: Truths, then: Cells, rest: Cells) -> Cells:
    """Choose row by row."""
    if isinstance(holds, np.ndarray) and len(holds) == 1:
        return then if holds[0] else rest
    if isinstance(then, Numbers) and isinstance(rest, Numbers):
        return _joint(np.where(holds, then.x, rest.x), then, rest)
    if all(isinstance(x, Texts) or is_nothing(x) for x in (then, rest)):
        one, other = (x if isinstance(x, Texts) else Texts(np.full(1, -1), ()) for x in (then, rest))
        moved = np.where(other.codes < 0, -1, other.codes + len(one.words))
        return Texts(np.where(holds, one.codes, moved), (*one.words, *other.words))
    found: Cells = face.whole(_mixed, holds, then, rest)
    return found


def _mixed(_: Fold, holds: Truths, then: Cells, rest: Cells) -> Mixed:
    return Mixed(np.where(holds, objects(then), objects(rest)))


def _joint(x: Floats, *given: Numbers) -> Numbers:
    """Return numbers each of which is one of those given."""
    made = Numbers(x, True, _finest(given), True, 0.0, 0.0, np.inf)
    for g in given:
        made.whole, made.nearest = made.whole and g.whole, made.nearest and g.nearest
        made.error, made.most, made.low = max(made.error, g.error), max(made.most, g.most), min(made.low, g.low)
    return made


def _finest(given: Sequence[Numbers]) -> int | None:
    found = 0
    for g in given:
        if g.decimals is None:
            return None
        found = max(found, g.decimals)
    return found


# ---- arithmetic ------------------------------------------------------------------------------------------------------


def _add(_: Fold, *given: Cells, sign: float = 1.0) -> Numbers:
    a, b = map(as_numbers, given)
    most = a.most + b.most
    decimals = _finest((a, b))
    exact = decimals == 0 and a.nearest and b.nearest and most < 2.0**52
    low = a.low + b.low if sign > 0 else a.low - b.most
    x = a.real() + b.real() if sign > 0 else a.real() - b.real()
    return Numbers(x, a.whole and b.whole, decimals, exact, a.error + b.error + most * UNIT, most, low)


def _mul(_: Fold, *given: Cells) -> Numbers:
    a, b = map(as_numbers, given)
    most = a.most * b.most
    decimals = None if a.decimals is None or b.decimals is None else a.decimals + b.decimals
    error = a.error * b.most + b.error * a.most + a.error * b.error + most * UNIT
    low = 0.0 if a.low >= 0 and b.low >= 0 else -most
    return Numbers(a.real() * b.real(), a.whole and b.whole, decimals, False, error, most, low)


def _div(face: Fold, *given: Cells) -> Numbers:
    a, b = map(as_numbers, given)
    known = b.on()
    if known is None:
        face.doubt(lambda: np.abs(b.x) <= b.error)
    else:
        b = known
    over = b.real()
    zero = over == 0
    least = _least(over)
    most = a.most / least
    error = (a.error + most * b.error) / max(least - b.error, UNIT * least) + most * UNIT
    some = bool(zero.any())
    x = np.where(zero, np.nan, a.real() / np.where(zero, 1, over)) if some else a.real() / over
    decimals = _shared_decimals(a, b)
    low = 0.0 if a.low >= 0 and b.low >= 0 else -most
    return Numbers(x, a.whole and b.whole and not some, decimals, False, error, most, low)


def _least(x: Floats) -> float:
    """Return the size of the smallest number but zero, 1 where there is none."""
    if not isinstance(x, np.ndarray):  # one that is recorded knows a bound that holds for others too
        found: float = x.least()
        return found
    sizes = np.abs(x[np.isfinite(x) & (x != 0)])
    return float(sizes.min()) if sizes.size else 1.0


def _shared_decimals(a: Numbers, b: Numbers) -> int | None:
    """Return on how many decimals a share lies: known where the divisor is the same power of ten, 2, 4, 5 … in all."""
    if a.decimals is None or not b.nearest or len(b.x) != 1 or not 0 < abs(b.x[0]) < 2.0**30:
        return None
    for more in range(8):
        if (10**more / b.x[0]).is_integer() and b.decimals == 0:
            return a.decimals + more
    scaled = b.x[0] * 10 ** (b.decimals or 0)
    for more in range(8):
        if b.decimals and (10 ** (more + b.decimals) / round(scaled)).is_integer():
            return a.decimals + more
    return None


def _neg(_: Fold, given: Cells) -> Numbers:
    a = as_numbers(given)
    return replace(a, x=-a.real(), low=-a.most)


def _strict(f: Any, bound: Callable[..., float]) -> Callable[..., Numbers]:
    def applied(_: Fold, *given: Cells) -> Numbers:
        known = [*map(as_numbers, given)]
        found = _joint(reduce(f, [k.real() for k in known]), *known)
        found.low = bound([k.low for k in known])
        return found

    return applied


# ---- decisions -------------------------------------------------------------------------------------------------------


def _rounded(face: Fold, *given: Cells) -> Numbers:
    a, digits = map(as_numbers, given)
    if len(digits.x) == 1 and digits.whole:
        return rounded_at(replace(a, x=a.real()), int(digits.x[0]), face)
    at = digits.real()
    face.doubt(lambda: near_half(a, np.nan_to_num(np.trunc(at))))
    x = half_up(a.real(), at)
    x = np.where(np.isnan(at), np.nan, x)
    return Numbers(x, a.whole and digits.whole, None, False, a.error + 1.0, a.most + 1.0)


def _compare(f: Callable[[Any, Any], Any]) -> Callable[..., Truths]:
    def applied(face: Fold, *given: Cells) -> Truths:
        a, b = (cleaned(x, face).real() for x in given)
        found: Truths = f(a, b)
        return found

    return applied


def _floor(f: Any) -> Callable[..., Numbers]:
    def applied(face: Fold, given: Cells) -> Numbers:
        a = cleaned(given, face)
        most = a.most + 1
        return Numbers(f(a.real()), a.whole, 0, True, most * UNIT, most, 0.0 if a.low >= 0 else -most)

    return applied


def _same(face: Fold, *given: Cells) -> Truths:
    a, b = given
    if isinstance(a, Numbers) and isinstance(b, Numbers):
        equal: Truths = cleaned(a, face).x == cleaned(b, face).x
        return equal
    if isinstance(a, Texts) and isinstance(b, Texts):
        if len(b.words) == 1 and len(b.codes) == 1:
            wanted = b.words[0].lower()
            return a.where(lambda word: word.lower() == wanted)
        at = {word: i for i, word in enumerate(dict.fromkeys(w.lower() for w in (*a.words, *b.words)))}
        one, other = (looked_up(np.array([*(at[w.lower()] for w in x.words), -1]), x.codes) for x in (a, b))
        known: Truths = (one == other) & (one >= 0)
        return known
    found: Truths = face.whole(_same_objects, *given)
    return found


def _same_objects(_: Fold, *given: Cells) -> Truths:
    one, other = (np.array([*map(_plain, objects(x)), None], object)[:-1] for x in given)
    return np.asarray(np.equal(one, other), bool) & ~is_empty(Mixed(one))


def _plain(x: Any) -> Any:
    """Return a value as cell comparisons see it; see `operations.equal`."""
    return x.lower() if isinstance(x, str) else None if x is None else float(half_up(np.array([x]), PLACES)[0])


# ---- the rest --------------------------------------------------------------------------------------------------------


def _first(face: Fold, *given: Cells) -> Cells:
    result = given[-1]
    for x in reversed(given[:-1]):
        result = where(face, is_empty(x), result, x)
    return result


def _each(name: str, *, text: bool) -> Callable[..., Cells]:
    """Return an operation that asks its exact function, once for each number it takes. text: whether it gives texts."""
    exact = OPERATIONS[name].of_cells

    def asked(_: Fold, *given: Cells) -> Cells:
        if len(given) == 1 and isinstance(given[0], Numbers):
            different, at = np.unique(given[0].x, return_inverse=True)
            found = [exact(value_of(x)) for x in objects(Numbers(different))]
            made = texts(found) if text else numbers(to_array(found, text=False))
            return made.take(at, some_miss=False)
        rows = zip(*(map(value_of, x) for x in np.broadcast_arrays(*map(objects, given))), strict=True)
        answers: list[Value] = [exact(*row) for row in rows]
        return texts(answers) if text else numbers(to_array(answers, text=False))

    return lambda face, *given: face.whole(asked, *given)


ARRAY: dict[str, Callable[..., Any]] = {
    "add": _add,
    "sub": lambda face, *given: _add(face, *given, sign=-1.0),
    "mul": _mul,
    "div": _div,
    "neg": _neg,
    "gt": _compare(np.greater),
    "ge": _compare(np.greater_equal),
    "lt": _compare(np.less),
    "le": _compare(np.less_equal),
    "same": _same,
    "both": lambda _, *given: reduce(np.logical_and, given) if given else np.ones(1, bool),
    "either": lambda _, *given: reduce(np.logical_or, given) if given else np.zeros(1, bool),
    "negate": lambda _, given: np.logical_not(given),
    "is_blank": lambda _, given: is_empty(given),
    "is_number": lambda _, given: np.isfinite(as_numbers(given).x),
    "is_exempt": lambda _, given: is_exempt(given),
    "floor": _floor(np.floor),
    "ceiling": _floor(np.ceil),
    "rounded": _rounded,
    "least": _strict(np.minimum, min),
    "greatest": _strict(np.maximum, max),
    "first": _first,
    **{name: _each(name, text=False) for name in ("year", "month", "day", "months_later")},
    **{name: _each(name, text=True) for name in ("in_words", "as_text", "joined")},
}


def _fold(e: Expr, face: Fold) -> Any:
    op = e.op
    if op == "col":
        return face.column(e.args[0])
    if op == "const":
        return face.constant(e)
    if op == "call":
        return _fold(e.args[2], face)
    if op == "alone":
        x = e.args[1]
        return _guarded(face.spread(_fold(x, face)), x, face)
    if op == "cases":
        branches, (otherwise, _) = e.args
        result = _fold(otherwise, face)
        for when, then, _ in reversed(branches):
            result = face.apply(where, _fold(when, face), _fold(then, face), result)
        return result
    return face.apply(ARRAY[op], *[_fold(a, face) for a in e.args])
