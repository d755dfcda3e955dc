"""Where the rows of a source stand by what is written in them: by key, in groups, in the order of a number.

Each is built when first asked for, and kept; a number that changes is moved within the order of its group.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from xlperf.formula.links import Link
from xlperf.formula.operations import stands
from xlperf.formula.ratios import Seen, plain, plain_at, plain_column
from xlperf.formula.values import Value

Cells = Sequence[Value]
Group = tuple[Seen, ...]  # what several columns hold in one row, as comparisons see it
Ordered = tuple[list[int], dict[int, list[int]], dict[int, int]]  # numbers of a group in order; where each is; by row
Asked = tuple[Group, Group]  # what a look's columns must equal in one row, and what its limits compare with
_MOVED_MOST = 8  # numbers that are moved within their order; of more it is built anew


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
        self._keyed: dict[str, dict[Seen, int]] = {}
        self._grouped: dict[tuple[str, tuple[str, ...]], dict[Group, list[int]]] = {}
        self._ordered: dict[tuple[str, str, tuple[str, ...]], dict[Group, Ordered]] = {}
        self._made_from: set[tuple[str, str]] = set()  # the columns that these were built from

    def keyed(self, sheet: str) -> Mapping[Seen, int]:
        """Return key → position, the first of several, as comparisons see keys."""
        if sheet not in self._keyed:
            found: dict[Seen, int] = {}
            for i, key in enumerate(plain_column(self._source.key(sheet))):
                found.setdefault(key, i)
            self._keyed[sheet] = found
        return self._keyed[sheet]

    def grouped(self, sheet: str, names: tuple[str, ...]) -> Mapping[Group, Sequence[int]]:
        """Return what stands in these columns → the positions where it does, in order."""
        at = (sheet, names)
        if at not in self._grouped:
            self._made_from.update((sheet, n) for n in names)
            found: dict[Group, list[int]] = defaultdict(list)
            for i, group in enumerate(tuples([self._source.column(sheet, n) for n in names], self._source.size(sheet))):
                found[group].append(i)
            self._grouped[at] = found
        return self._grouped[at]

    def ordered(self, sheet: str, name: str, names: tuple[str, ...], group: Group) -> Ordered:
        """Return the numbers of a column among the rows that hold this in these columns."""
        known = self._ordered.setdefault((sheet, name, names), {})
        if group not in known:
            self._made_from.add((sheet, name))
            known[group] = _ordered(plain_at(self._source.column(sheet, name)), self.grouped(sheet, names)[group])
        return known[group]

    def taken(self, link: Link, sheet: str, asked: Asked) -> Sequence[int]:
        """Return the positions of the rows of a sheet that a look takes. asked: see `asked_by`."""
        wanted, against = asked
        rows = self.grouped(sheet, link.names).get(wanted, ())
        for limit, mine in zip(link.limits, against, strict=True):
            their = plain_at(self._source.column(sheet, limit.column))
            rows = [i for i in rows if stands(their(i), limit.order, mine)]
        return rows

    def follow(self, sheet: str, name: str, changed: Mapping[int, Value], *, key: bool = False) -> None:
        """Follow a column of which some cells changed: numbers in order are moved, all else that was built is dropped.

        changed: position → what stands there now. key: whether it is the sheet's key.
        """
        if (sheet, name) in self._made_from:
            for at in [at for at in self._grouped if at[0] == sheet and name in at[1]]:
                del self._grouped[at]
            for kept in [k for k in self._ordered if k[0] == sheet and (name == k[1] or name in k[2])]:
                if name in kept[2] or len(changed) > _MOVED_MOST:
                    del self._ordered[kept]
                else:
                    self._move(sheet, kept[2], self._ordered[kept], changed)
        if key:
            self._keyed.pop(sheet, None)

    def _move(
        self, sheet: str, names: tuple[str, ...], known: Mapping[Group, Ordered], changed: Mapping[int, Value]
    ) -> None:
        """Move numbers within the order of their groups."""
        columns = [self._source.column(sheet, n) for n in names]
        for i, value in changed.items():
            found = known.get(tuple([plain(cells[i]) for cells in columns]))
            if found is None:
                continue
            members, there, numbers = found
            was, now = numbers.pop(i, None), plain(value)
            if was is not None:
                del members[bisect_left(members, was)]
                there[was].remove(i)
                if not there[was]:
                    del there[was]
            if now.__class__ is int:
                numbers[i] = now
                insort(members, now)
                insort(there[now], i)


def tuples(columns: Sequence[Cells], size: int) -> list[Group]:
    """Return what columns hold row by row, as comparisons see it."""
    if not columns:
        return [()] * size
    return list(zip(*map(plain_column, columns), strict=True))


def _ordered(number: Callable[[int], Seen], positions: Sequence[int]) -> Ordered:
    numbers = {i: key for i in positions if (key := number(i)).__class__ is int}
    there: dict[int, list[int]] = defaultdict(list)
    for i, key in numbers.items():
        there[key].append(i)
    return sorted(numbers.values()), there, numbers
