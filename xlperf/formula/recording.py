"""How the array face works columns out, written down while it does so: a straight list of calls of numpy.

The face is folded once over columns whose arrays are `Traced`: each stands for an array, does what is asked of it, and
notes it. What the face decides from what is proved of a column (bounds, decimals) is decided here once; what it decides
from the numbers themselves (is any cell blank?) becomes a guard, which is looked at each time. `program` runs the list
with other numbers; no rule and no operation is written a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from operator import getitem
from typing import Any
from weakref import WeakValueDictionary

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from xlperf.formula.decisions import Fold
from xlperf.formula.expression import Expr
from xlperf.formula.vectors import UNIT, Cells, Column, Mixed, Numbers, Texts, Truths

Spot = tuple[str, str]  # sheet, column
Given = Cells | Truths  # what an operation takes or gives: a column, or in which rows something holds
Make = Callable[..., Any]  # (fold, *given) → given


class Unrecorded(Exception):
    """Something that the list cannot hold: the columns have to be worked out as always."""


class Missed(Exception):
    """The numbers are not such as were recorded: the columns have to be worked out as always."""


# ---- guards: each takes an array and raises Missed ---------------------------------------------------------------


def none_holds(x: Truths) -> None:
    """Refuse where something holds in a row."""
    if x.any():
        raise Missed


def all_hold(x: Truths) -> None:
    """Refuse where something does not hold in a row."""
    if not x.all():
        raise Missed


@dataclass(frozen=True)
class Within:
    """Refuse numbers that are not within bounds; blank and 不适用 may stand among them."""

    low: float
    high: float

    def __call__(self, x: Column) -> None:
        """Look at the numbers."""
        least, most = x.min(initial=0.0), x.max(initial=0.0)
        if self.low <= least and most <= self.high:
            return
        there = x[np.isfinite(x)]
        if there.min(initial=0.0) < self.low or there.max(initial=0.0) > self.high:
            raise Missed


@dataclass(frozen=True)
class NotBelow:
    """Refuse numbers of which one, zero apart, is smaller in size than a bound."""

    least: float

    def __call__(self, x: Column) -> None:
        """Look at the numbers."""
        if (np.abs(x, where=x != 0, out=np.full(x.shape, np.inf)) < self.least).any():
            raise Missed


# ---- the list ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One call of numpy on whole columns, row by row. out: −1 of a guard, which gives nothing."""

    call: Callable[..., Any]
    given: tuple[int, ...]
    out: int
    sheet: str | None
    level: int


@dataclass(slots=True)
class Look:
    """One operation that takes columns as wholes: a look at other rows, texts. read: spots that it looks at itself.

    given, found: columns as they were recorded, their arrays `Traced`. looked: whether what is known of the texts
    found was used.
    """

    sheet: str
    make: Make
    given: tuple[Given, ...]
    found: Given
    read: tuple[Spot, ...]
    level: int
    looked: bool = False


class Traced(NDArrayOperatorsMixin):
    """What stands for an array while calls are recorded. at: its number; now: the array itself, of so many rows."""

    __slots__ = ("__weakref__", "at", "level", "now", "sheet", "tape")

    def __init__(self, tape: Tape, at: int, now: Column, sheet: str | None, level: int) -> None:
        self.tape, self.at, self.now, self.sheet, self.level = tape, at, now, sheet, level

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *given: Any, **more: Any) -> Any:
        if method != "__call__" or more:
            raise Unrecorded(ufunc.__name__)
        return self.tape.done(ufunc, given)

    def __array_function__(self, call: Any, types: Any, given: Any, more: Any) -> Any:
        if call is not np.where or more:
            raise Unrecorded(call.__name__)
        return self.tape.done(call, given)

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise Unrecorded("an array itself")

    def __len__(self) -> int:
        return max(len(self.now), 2)  # never the 1 of what is the same in every row

    def within(self, table: Column) -> Traced:
        """Return what stands in a table at the place that each of these codes names."""
        return self.tape.done(getitem, (table, self))

    def any(self) -> bool:
        """Return whether something holds in a row; where it does not, that is looked at each time."""
        if self.now.any():
            return True
        self.tape.guard(none_holds, self)
        return False

    def all(self) -> bool:
        """Return whether something holds in every row; where it does, that is looked at each time."""
        if not self.now.all():
            return False
        self.tape.guard(all_hold, self)
        return True

    def extent(self) -> tuple[float, float]:
        """Return bounds of the numbers, somewhat wider than they are; they are looked at each time."""
        there = self.now[np.isfinite(self.now)]
        low, high = float(there.min(initial=0.0)), float(there.max(initial=0.0))
        most = wider(max(abs(low), abs(high)))
        found = (0.0 if low >= 0 else -most, most)
        self.tape.guard(Within(*found), self)
        return found

    def least(self) -> float:
        """Return a bound below the size of every number but zero; it is looked at each time."""
        sizes = np.abs(self.now[np.isfinite(self.now) & (self.now != 0)])
        found = 1 / wider(1 / float(sizes.min())) if sizes.size else 1.0
        self.tape.guard(NotBelow(found), self)
        return found


def wider(x: float) -> float:
    """Return the next power of two but one, so that what was recorded serves other numbers of that size."""
    return float(2.0 ** (np.ceil(np.log2(x)) + 1)) if 0 < x < np.inf else x


def widened(n: Numbers) -> Numbers:
    """Return numbers of which a little less is known, so that what is recorded of them serves others like them."""
    most = wider(n.most)
    error = most * UNIT if n.nearest else wider(n.error)
    return replace(n, most=most, error=max(error, n.error), low=0.0 if n.low >= 0 else -most)


def is_like(n: Numbers, known: Numbers) -> bool:
    """Return whether what is known of recorded numbers holds of others too."""
    return (
        (n.whole or not known.whole)
        and (n.nearest or not known.nearest)
        and (known.decimals is None or (n.decimals is not None and n.decimals <= known.decimals))
        and n.most <= known.most
        and n.error <= known.error
        and (n.low >= 0 or known.low < 0)
    )


@dataclass
class Tape:
    """What is recorded: steps and looks, which array each number stands for, constants by their number."""

    steps: list[Step] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    constants: dict[int, Column] = field(default_factory=dict)
    types: list[Any] = field(default_factory=list)
    maker: dict[int, Look] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)
    _numbers: dict[Any, int] = field(default_factory=dict)
    _alive: WeakValueDictionary[int, Traced] = field(default_factory=WeakValueDictionary)
    _known: dict[Any, int] = field(default_factory=dict)

    def traced(self, now: Column, sheet: str | None, level: int) -> Traced:
        """Return what stands for an array from now on."""
        self.types.append(now.dtype)
        return Traced(self, len(self.types) - 1, now, sheet, level)

    def done(self, call: Any, given: Sequence[Any]) -> Traced:
        """Do what is asked and note it, the same call of the same arrays once; arrays that nobody has any more go."""
        ids = tuple(x.at if isinstance(x, Traced) else self._constant(x, table=call is getitem) for x in given)
        at = self._numbers.get((call, ids), -1)
        found = self._alive.get(at)
        if found is None:
            arrays = [x for x in given if isinstance(x, Traced)]
            sheets = {x.sheet for x in arrays} - {None}
            if len(sheets) > 1:
                raise Unrecorded("rows of two sheets")
            now = call(*(x.now if isinstance(x, Traced) else x for x in given))
            found = self.traced(now, next(iter(sheets), None), max(x.level for x in arrays))
            if at < 0:
                self.steps.append(Step(call, ids, found.at, found.sheet, found.level))
                self.taken.update(ids)
                self._numbers[call, ids] = found.at
            else:
                found.at = at
            self._alive[found.at] = found
        return found

    def guard(self, call: Callable[[Column], None], x: Traced) -> None:
        """Note what must hold of an array each time."""
        if (call, x.at) not in self._numbers:
            self._numbers[call, x.at] = -1
            self.steps.append(Step(call, (x.at,), -1, x.sheet, x.level))
            self.taken.add(x.at)

    def _constant(self, x: Any, *, table: bool) -> int:
        array = np.asarray(x)
        if array.ndim == 1 and len(array) == 1 and not table:
            array = array[0, ...]  # a scalar is met faster than a row of one
        name = (array.dtype.str, array.tobytes()) if array.ndim == 0 and array.dtype != object else id(x)
        if name not in self._known:
            self.constants[len(self.types)] = array
            self._known[name] = len(self.types)
            self.types.append((array.dtype, x))  # x is kept, and so is its id
        return self._known[name]


# ---- the face, recording -----------------------------------------------------------------------------------------


@dataclass
class Tracing(Fold):
    """One column being worked out and recorded."""

    recorder: Any = None

    def apply(self, call: Make, *given: Any) -> Any:
        """Do an operation on columns; one that is none of plain arrays is noted as a whole."""
        mixed = any(isinstance(x, Mixed) for x in given)
        return self.recorder.looked(self.sheet, call, given) if mixed else call(self, *given)

    def whole(self, call: Make, *given: Any) -> Any:
        """Do what looks at columns as wholes, and note it as one."""
        return self.recorder.looked(self.sheet, call, given)

    def spread(self, x: Cells) -> Cells:
        """Leave a column as it is: what is the same in every row may stay one."""
        return x


class Recorder:
    """The columns of a source, their arrays `Traced`; what they need is recorded once."""

    def __init__(self, source: Any, work: Callable[[Expr, Fold], Cells]) -> None:
        """Take a source of columns, and what works an expression out with a fold."""
        self.source, self._work = source, work
        self.tape = Tape()
        self.leaves: dict[Spot, Cells] = {}
        self.varying: dict[int, Cells] = {}
        self.made: dict[Spot, Cells] = {}
        self._open: set[Spot] = set()
        self._plain: dict[Spot, Cells] = {}
        self._constants = dict(source.constants)
        for at, value in source.varying.items():
            found = widened(value)
            self.varying[at] = self._constants[at] = with_array(found, self.tape.traced(value.x[0, ...], None, 0))

    def column(self, sheet: str, name: str) -> Cells:
        """Return a column, recorded with what it needs."""
        spot = (sheet, name)
        if spot not in self.made:
            if spot in self._open:
                raise Unrecorded("a column that depends on itself")
            self._open.add(spot)
            e = self.source.expr(spot)
            self.made[spot] = self._leaf(spot) if e is None else self._work(e, self._fold(sheet))
        return self.made[spot]

    def key(self, sheet: str) -> Cells:
        """Return the key column of a sheet."""
        return self.column(sheet, self.source.plan.by_name[sheet].key.name)

    def size(self, sheet: str) -> int:
        """Return how many rows a sheet has."""
        found: int = self.source.size(sheet)
        return found

    def _fold(self, sheet: str) -> Tracing:
        return Tracing(sheet, self, False, self.source.guards, self._constants, recorder=self)

    def _leaf(self, spot: Spot) -> Cells:
        x = self.source.column(*spot)
        self.leaves[spot] = self.known(x, spot[0], 0)
        return self.leaves[spot]

    def known(self, x: Any, sheet: str, level: int) -> Any:
        """Return a column whose array has a number, and of which a little less is known."""
        size = self.size(sheet)
        now = np.broadcast_to(array_of(x), (size,))
        traced: Any = self.tape.traced(now, sheet, level)
        return with_array(widened(x) if isinstance(x, Numbers) else x, traced)

    def looked(self, sheet: str, make: Make, given: Sequence[Any]) -> Any:
        """Do an operation on whole columns and note it."""
        seen = Seen(self)
        found = make(Fold(sheet, seen, False), *(self.plain(x, sheet) for x in given))
        arrays = [array_of(x) for x in (*given, *(self.made[spot] for spot in seen.read))]
        level = max((x.level for x in arrays if isinstance(x, Traced)), default=0)
        made = self.known(found, sheet, level + 1)
        look = Look(sheet, make, tuple(given), made, tuple(seen.read), level)
        self.tape.looks.append(look)
        self.tape.maker[array_of(made).at] = look
        return made

    def plain(self, x: Any, sheet: str) -> Any:
        """Return a column with the array itself, as long as its sheet."""
        array: Any = array_of(x)
        now = array.now if isinstance(array, Traced) else array
        return with_array(x, np.broadcast_to(now, (self.size(sheet),)))

    def plain_column(self, spot: Spot) -> Cells:
        """Return a column with the array itself, the same one each time."""
        if spot not in self._plain:
            self._plain[spot] = self.plain(self.column(*spot), spot[0])
        return self._plain[spot]


class Seen:
    """The columns that an operation looks at itself, as arrays. read: which they were."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.codings = recorder.source.codings
        self.read: dict[Spot, None] = {}

    def column(self, sheet: str, name: str) -> Cells:
        """Return a column with the array itself."""
        self.read[sheet, name] = None
        return self._recorder.plain_column((sheet, name))

    def key(self, sheet: str) -> Cells:
        """Return the key column of a sheet."""
        return self.column(sheet, self._recorder.source.plan.by_name[sheet].key.name)

    def size(self, sheet: str) -> int:
        """Return how many rows a sheet has."""
        return self._recorder.size(sheet)


def array_of(x: Any) -> Any:
    """Return the array of a column, or of truths."""
    return x.codes if isinstance(x, Texts) else x.x if isinstance(x, Numbers | Mixed) else x


def with_array(x: Any, array: Any) -> Any:
    """Return a column, or truths, with another array."""
    if isinstance(x, Texts):
        return replace(x, codes=array)
    return replace(x, x=array) if isinstance(x, Numbers | Mixed) else array


def arrays_in(columns: Iterable[Any]) -> list[int]:
    """List the numbers of the arrays of columns that are no constants."""
    return [x.at for x in map(array_of, columns) if isinstance(x, Traced)]
