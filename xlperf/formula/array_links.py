"""Looks at other rows on the array face: rows are known by whole numbers, coded once for a pair of columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from xlperf.formula.decisions import Fold, as_numbers, cleaned, is_empty
from xlperf.formula.links import Link
from xlperf.formula.vectors import UNIT, Cells, Codes, Column, Floats, Numbers, Texts, Truths, objects

Pair = tuple[Cells, Cells]


@dataclass(frozen=True, eq=False)
class Coded:
    """Two sides by the same whole numbers. theirs: of every row looked at. mine: −1 where there is no such row.

    count: of the numbers. asked: whether some row of mine has none.
    """

    theirs: Codes
    mine: Codes
    count: int

    @property
    def sizes(self) -> Floats:
        """Return how many rows each number stands for."""
        return np.bincount(self.theirs, minlength=max(self.count, 1)).astype(np.float64)

    def spread(self, of_groups: Floats, missing: float) -> Floats:
        """Return for each row of mine what its group has."""
        if not len(of_groups):
            return np.full(len(self.mine), missing)
        found: Floats = of_groups[self.mine]
        return np.where(self.mine < 0, missing, found) if (self.mine < 0).any() else found


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


def linked(link: Link, wanted: Sequence[Cells], face: Fold) -> Cells:
    """Evaluate a look at other rows. wanted: what the columns there must equal, as columns here."""
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
    if link.kind == "count":
        return _whole_numbers(coded.spread(coded.sizes, 0.0))
    values = face.column(link.column, there)
    if link.kind == "pick":
        return _pick(values, coded)
    return _added(link, as_numbers(values), is_empty(values), coded)


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


def _pick(values: Cells, coded: Coded) -> Cells:
    last = np.full(coded.count + 1, -1)
    last[coded.theirs] = np.arange(len(coded.theirs))
    alone = coded.spread(coded.sizes, 0.0) == 1
    at = np.where(alone, last[coded.mine], -1)
    return values.take(at, some_miss=bool((at < 0).any()))


def _added(link: Link, values: Numbers, blank: Truths, coded: Coded) -> Cells:
    """Return what the numbers of each group come to: their sum, their mean, how many there are."""
    there = np.ones(1, bool) if values.whole else np.isfinite(values.x)
    counts = coded.sizes if values.whole else _sums(coded, there.astype(np.float64))
    if link.kind == "tally":
        return _whole_numbers(coded.spread(counts, 0.0))
    sums = _sums(coded, values.x if values.whole else np.where(there, values.x, 0.0))
    many = float(counts.max(initial=1.0))
    most = values.most * many
    error = many * (values.error + most * UNIT)
    low = 0.0 if values.low >= 0 else -most
    if link.kind == "mean":
        means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
        x = coded.spread(means, np.nan)
        return Numbers(x, bool(np.isfinite(x).all()), None, False, error + most * UNIT, values.most * 2, low)
    x = coded.spread(sums, 0.0)
    made = Numbers(x, True, values.decimals, False, error, most, low)
    made = made.on() or made
    if link.blanks != "stop" or values.whole:
        return made
    stopped = coded.spread(_sums(coded, blank.astype(np.float64)), 0.0) > 0
    return replace(made, x=np.where(stopped, np.nan, made.x), whole=False) if stopped.any() else made


def _sums(coded: Coded, values: Floats) -> Floats:
    sums: Floats = np.bincount(coded.theirs, weights=values, minlength=max(coded.count, 1)).astype(np.float64)
    return sums


# ---- rank ----------------------------------------------------------------------------------------------------------


def _rank(link: Link, coded: Coded, face: Fold, codings: Codings) -> Numbers:
    """Sort by group and key, so that cost grows with the rows and not their square; one sort serves every such rank."""
    keys = as_numbers(face.column(link.column))
    if not keys.whole and not np.isfinite(keys.x).any():
        return _whole_numbers(np.full(face.source.size(face.sheet), np.nan), whole=False)
    seen = cleaned(keys, face)
    low = link.order == "low"
    pairs: list[Pair] = [(keys, Texts(coded.theirs, ()))]
    by, starts, position = codings.once(f"sorted {low}", pairs, lambda: _sorted(seen, coded.theirs, low=low))
    if link.ties == "same":
        key = seen.x[by]
        new = starts | np.concatenate(([True], key[1:] != key[:-1]))
        position = position[np.maximum.accumulate(np.where(new, np.arange(len(by)), 0))]
    places = np.full(len(keys.x), np.nan)
    places[by] = position + 1.0
    if coded.mine is not coded.theirs:
        places = np.where(coded.mine == coded.theirs, places, np.nan)
    return Numbers(places, keys.whole and coded.mine is coded.theirs, 0, True, 0.0, float(len(keys.x)), 0.0)


def _sorted(keys: Numbers, groups: Codes, *, low: bool) -> tuple[Codes, Truths, Codes]:
    """Return the rows in order, where a group starts, and how many of the group stand before each."""
    sortable = keys.x if low else -keys.x
    if keys.whole:
        by = np.lexsort((sortable, groups))
    else:
        rows = np.flatnonzero(np.isfinite(keys.x))
        by = rows[np.lexsort((sortable[rows], groups[rows]))]
    group = groups[by]
    starts = np.concatenate(([True], group[1:] != group[:-1]))
    at = np.arange(len(by))
    return by, starts, at - np.maximum.accumulate(np.where(starts, at, 0))


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
