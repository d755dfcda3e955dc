"""Looks at other rows on the array face: rows are known by whole numbers, coded once for a pair of columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from xlperf.formula.decisions import Fold, as_numbers, cleaned, is_empty
from xlperf.formula.links import Link
from xlperf.formula.vectors import UNIT, Cells, Codes, Column, Floats, Numbers, Texts, Truths, objects

Pair = tuple[Cells, Cells]
PAIRS = 4_000_000  # pairs of rows that are compared at a time


@dataclass(frozen=True, eq=False)
class Coded:
    """Two sides by the same whole numbers. theirs: of every row looked at. mine: −1 where there is no such row.

    count: of the numbers.
    """

    theirs: Codes
    mine: Codes
    count: int

    @cached_property
    def some_miss(self) -> bool:
        """Return whether some row of mine has no such row there."""
        return bool((self.mine < 0).any())


@dataclass
class Codings:
    """Pairs of columns that were coded; kept as long as the columns are, so that a second look costs nothing."""

    kept: dict[tuple[int, ...], tuple[Any, Any]] = field(default_factory=dict)

    def of(self, pairs: Sequence[Pair], face: Fold) -> Coded:
        """Return columns there and what they must equal here as whole numbers."""
        found: Coded = self.once("coded", pairs, lambda: _coded(pairs, face))
        return found

    def only(self, columns: Iterable[Cells]) -> Codings:
        """Return those of pairs that are all among some columns, for others who look at the same columns."""
        ids = {id(_array(x)) for x in columns}
        return Codings({at: made for at, made in self.kept.items() if ids.issuperset(at[1:])})

    def once(self, what: str, pairs: Sequence[Pair], make: Any) -> Any:
        """Return what is made of columns, made when first asked for. The columns are kept with it: so are their ids."""
        at = (hash(what), *(id(_array(x)) for pair in pairs for x in pair))
        if at not in self.kept:
            self.kept[at] = (make(), [_array(x) for pair in pairs for x in pair])
        return self.kept[at][0]


def _array(x: Cells) -> Any:
    return x.codes if isinstance(x, Texts) else x.x


def linked(link: Link, face: Fold, wanted: Sequence[Cells], against: Sequence[Cells]) -> Cells:
    """Evaluate a look at other rows.

    wanted: what the columns there must equal, as columns here. against: what they must be above, below …
    """
    codings: Codings = getattr(face.source, "codings", None) or Codings()
    there = link.sheet or face.sheet
    if link.kind == "via":
        return _via(link, face, codings)
    if link.match:
        coded = codings.of([(face.column(n, there), w) for n, w in zip(link.names, wanted, strict=True)], face)
    else:
        coded = Coded(np.zeros(face.source.size(there), np.intp), np.zeros(1, np.intp), 1)
    if link.kind == "rank":
        return _rank(link, coded, face, codings)
    added = partial(_sums, coded) if not link.limits else partial(_pair_sums, link, face, coded, against)
    if link.kind == "count":
        return _whole_numbers(added(np.ones(len(coded.theirs))))
    values = face.column(link.column, there)
    if link.kind == "pick":
        alone = added(np.ones(len(coded.theirs))) == 1
        at = np.where(alone, added(np.arange(len(coded.theirs), dtype=np.float64)), -1).astype(np.intp)
        return values.take(at, some_miss=bool((at < 0).any()))
    return _added(link, as_numbers(values), is_empty(values), added)


def _whole_numbers(x: Floats, *, whole: bool = True) -> Numbers:
    return Numbers(x, whole, 0, True, 0.0, float(np.nanmax(x, initial=0.0)), 0.0)


def _via(link: Link, face: Fold, codings: Codings) -> Cells:
    mine = face.column(link.key)
    pairs = [(face.column_of_keys(link.sheet), mine)]

    def found() -> tuple[Codes, bool]:
        coded = codings.of(pairs, face)
        first = np.full(coded.count + 1, -1)
        first[coded.theirs[::-1]] = np.arange(len(coded.theirs))[::-1]
        at = first[coded.mine]
        if (empty := is_empty(mine)).any():
            at = np.where(empty, -1, at)
        return at, bool((at < 0).any())

    at, some_miss = codings.once("via", pairs, found)
    return face.column(link.column, link.sheet).take(at, some_miss=some_miss)


def _added(link: Link, values: Numbers, blank: Truths, added: Callable[[Floats], Floats]) -> Cells:
    """Return what the numbers of the rows taken come to: their sum, their mean, how many there are."""
    there = np.ones(len(values.x), bool) if values.whole else np.isfinite(values.x)
    counts = added(there.astype(np.float64))
    if link.kind == "tally":
        return _whole_numbers(counts)
    sums = added(values.x if values.whole else np.where(there, values.x, 0.0))
    many = float(counts.max(initial=1.0))
    most = values.most * many
    low = 0.0 if values.low >= 0 else -most
    reckoned = Numbers(sums, True, values.decimals, False, many * (values.error + most * UNIT), most, low)
    proved = reckoned.on()
    if link.kind == "mean":
        x = np.where(counts > 0, (proved or reckoned).x / np.maximum(counts, 1), np.nan)
        error = values.most * 2 * UNIT if proved is not None else values.error + (most + values.most) * UNIT
        return Numbers(x, bool(np.isfinite(x).all()), None, False, error, values.most * 2, low)
    if link.kind != "total":
        raise NotImplementedError(link.kind)
    made = proved or reckoned
    if link.blanks != "stop" or values.whole:
        return made
    stopped = added(blank.astype(np.float64)) > 0
    return replace(made, x=np.where(stopped, np.nan, made.x), whole=False) if stopped.any() else made


def _sums(coded: Coded, values: Floats) -> Floats:
    """Add values over the rows of the same number; 0 where there are none."""
    sums: Any = np.bincount(coded.theirs, weights=values, minlength=max(coded.count, 1))
    found: Floats = np.where(coded.mine < 0, 0.0, sums[coded.mine]) if coded.some_miss else sums[coded.mine]
    return found


def _pair_sums(link: Link, face: Fold, coded: Coded, against: Sequence[Cells], values: Floats) -> Floats:
    """Add values over the rows of the same number that keep the limits, pair by pair, some rows at a time."""
    size = face.source.size(face.sheet)
    wanted = np.broadcast_to(coded.mine, (size,))
    sides = [
        _sides(face.column(a.column, link.sheet), a.order, b, face) for a, b in zip(link.limits, against, strict=True)
    ]
    sums = np.zeros(size)
    for code in np.unique(wanted[wanted >= 0]):
        there, here = np.flatnonzero(coded.theirs == code), np.flatnonzero(wanted == code)
        for some in np.array_split(here, 1 + len(here) * len(there) // PAIRS):
            kept = np.ones((len(some), len(there)), bool)
            for theirs, mine, stands in sides:
                left, right = theirs[there], np.broadcast_to(mine, (size,))[some]
                kept &= stands(left[None, :], right[:, None])
            sums[some] = kept @ values[there]
    return sums


_ORDERS: dict[str, Callable[[Any, Any], Any]] = {
    "gt": np.greater, "ge": np.greater_equal, "lt": np.less, "le": np.less_equal,
    "differs": lambda theirs, mine: (theirs >= 0) & (theirs != mine),
}  # fmt: skip


def _sides(theirs: Cells, order: str, mine: Cells, face: Fold) -> tuple[Any, Any, Callable[[Any, Any], Any]]:
    """Return both sides of a limit, and what must hold between them; a blank there keeps no limit."""
    if order != "differs":
        return cleaned(theirs, face).real(), cleaned(mine, face).real(), _ORDERS[order]
    codes, own, _ = _one(theirs, mine, face)
    unknown = is_empty(theirs) if not isinstance(theirs, Numbers) else ~np.isfinite(theirs.x)
    return np.where(unknown, -1, codes), own, _ORDERS[order]


# ---- rank ----------------------------------------------------------------------------------------------------------


def _rank(link: Link, coded: Coded, face: Fold, codings: Codings) -> Numbers:
    """Sort by group and key, so that cost grows with the rows and not their square; one sort serves every such rank."""
    keys = as_numbers(face.column(link.column))
    if not keys.whole and not np.isfinite(keys.x).any():
        return _whole_numbers(np.full(face.source.size(face.sheet), np.nan), whole=False)
    seen = cleaned(keys, face)
    low = link.order == "low"
    pairs: list[Pair] = [(keys, Texts(coded.theirs, ()))]
    order: Sorted = codings.once(f"sorted {low}", pairs, lambda: _sorted(seen, coded, low=low))
    position = order.shared if link.ties == "same" else order.position
    places = np.full(len(keys.x), np.nan) if len(order.by) < len(keys.x) else np.empty(len(keys.x))
    places[order.by] = position + 1.0
    if coded.mine is not coded.theirs:
        places = np.where(coded.mine == coded.theirs, places, np.nan)
    return Numbers(places, keys.whole and coded.mine is coded.theirs, 0, True, 0.0, float(len(keys.x)), 0.0)


@dataclass(frozen=True, eq=False)
class Sorted:
    """Rows in order, group by group. by: the rows; starts: where a group starts; fresh: where another number does."""

    by: Codes
    starts: Truths
    fresh: Truths

    @cached_property
    def position(self) -> Codes:
        """Return how many of the group stand before each."""
        return np.arange(len(self.by)) - self._since(self.starts)

    @cached_property
    def shared(self) -> Codes:
        """Return how many of the group stand before the first of those with the same number."""
        return self._since(self.fresh) - self._since(self.starts)

    def _since(self, begun: Truths) -> Codes:
        at = np.flatnonzero(begun)
        return np.repeat(at, np.diff(at, append=len(self.by)))


def _sorted(keys: Numbers, coded: Coded, *, low: bool) -> Sorted:
    """Return the rows in order: as whole numbers where these hold group, number and row, which sort fastest."""
    groups = coded.theirs
    if (whole := _whole(keys, low=low)) is not None:
        wide, rows = int(whole.max(initial=0)).bit_length(), len(groups).bit_length()
        if coded.count.bit_length() + wide + rows < 63:
            packed = np.sort((groups << wide | whole) << rows | np.arange(len(groups)))
            numbers = packed >> rows
            return Sorted(packed & ((1 << rows) - 1), _changes(numbers >> wide), _changes(numbers))
    sortable = keys.x if low else -keys.x
    if keys.whole:
        by = np.lexsort((sortable, groups))
    else:
        some = np.flatnonzero(np.isfinite(keys.x))
        by = some[np.lexsort((sortable[some], groups[some]))]
    starts = _changes(groups[by])
    return Sorted(by, starts, starts | _changes(keys.x[by]))


def _whole(keys: Numbers, *, low: bool) -> Codes | None:
    """Return numbers as whole ones from 0 in the order wanted; None where a row has none, or nobody knows how."""
    if not (keys.whole and keys.nearest and keys.decimals is not None and keys.most * 10.0**keys.decimals < 2.0**50):
        return None
    whole: Codes = np.rint(keys.x * 10.0**keys.decimals).astype(np.intp)
    if not len(whole):
        return whole
    found: Codes = whole - whole.min() if low else whole.max() - whole
    return found


def _changes(x: Any) -> Truths:
    """Return where something else begins."""
    found = np.ones(len(x), bool)
    np.not_equal(x[1:], x[:-1], out=found[1:])
    return found


# ---- coding --------------------------------------------------------------------------------------------------------


def _coded(pairs: Sequence[Pair], face: Fold) -> Coded:
    sides = [_one(theirs, mine, face) for theirs, mine in pairs]
    theirs, mine, count = sides[0]
    for more_theirs, more_mine, more in sides[1:]:
        same = mine is theirs and more_mine is more_theirs
        theirs = theirs * more + more_theirs
        mine = theirs if same else np.where((mine < 0) | (more_mine < 0), -1, mine * more + more_mine)
        theirs, mine, count = _pressed(theirs, mine, count * more)
    return Coded(theirs, mine, count)


def _pressed(theirs: Codes, mine: Codes, count: int) -> tuple[Codes, Codes, int]:
    """Return numbers of pairs as small numbers again, so that there are no more than rows."""
    if count <= 4 * len(theirs) + 1000:
        return theirs, mine, count
    different, small = np.unique(theirs, return_inverse=True)
    if mine is theirs:
        return small, small, len(different)
    at = np.minimum(np.searchsorted(different, mine), max(len(different) - 1, 0))
    found = np.where(different[at] == mine, at, -1) if len(different) else np.full(len(mine), -1)
    return small, found, len(different)


def _one(theirs: Cells, mine: Cells, face: Fold) -> tuple[Codes, Codes, int]:
    """Return one pair of columns as whole numbers: text without regard to capitals, numbers at nine decimals."""
    if isinstance(theirs, Texts) and isinstance(mine, Texts):
        at = {word: i for i, word in enumerate(dict.fromkeys(w.lower() for w in theirs.words), 1)}
        found = np.array([*(at[w.lower()] for w in theirs.words), 0])[theirs.codes]
        if mine.codes is theirs.codes:
            return found, found, len(at) + 1
        empty = 0 if (theirs.codes < 0).any() else -1
        return found, np.array([*(at.get(w.lower(), -1) for w in mine.words), empty])[mine.codes], len(at) + 1
    if isinstance(theirs, Numbers) and isinstance(mine, Numbers):
        one = cleaned(theirs, face).x
        different, small = np.unique(one, return_inverse=True)
        if mine.x is theirs.x:
            return small, small, len(different)
        other = cleaned(mine, face).x
        near = np.minimum(np.searchsorted(different, other), max(len(different) - 1, 0))
        hit = (different[near] == other) | (np.isnan(different[near]) & np.isnan(other)) if len(different) else None
        return small, np.full(len(other), -1) if hit is None else np.where(hit, near, -1), len(different)
    return _of_objects(objects(theirs), objects(mine))


def _of_objects(theirs: Column, mine: Column) -> tuple[Codes, Codes, int]:
    known: dict[Any, int] = {}
    found = [known.setdefault(_seen(v), len(known)) for v in theirs]
    return np.array(found, np.intp), np.array([known.get(_seen(v), -1) for v in mine], np.intp), len(known)


def _seen(x: Any) -> Any:
    """Return a value as comparisons see it; see `operations.plain`."""
    return x.lower() if isinstance(x, str) else None if x is None or np.isnan(x) else round(x, 9)
