"""What the rows of a worksheet are but for their values, found out once for all books that one program saved.

What openpyxl would make of a gap (see `spelt`) follows from its letters and the cell formats of the book alone; so does
what it would make of all gaps of a worksheet, its shape. Both are kept, so that of a book like one before only the
values are read, many at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from operator import itemgetter
from typing import Any, NamedTuple

from xlperf.workbook.back.formats import Look
from xlperf.workbook.back.spelt import KNOWN_LONGEST, Gap, Otherwise, Spelt, follow, gap_of, number_of

Spot = tuple[int, int]
Picked = tuple[tuple[Spot, ...], Callable[[Sequence[str]], Sequence[str]]]  # cells, and what takes theirs of all values
_NONE, _TEXT, _NUMBER, _FORMULA, _ODD = range(5)  # as what a value is looked up; none follows, or one by one
_LETTERS_MOST = 3_000_000  # of gaps that are remembered: whoever reads strange books goes on to others
_LETTERS_LONGEST = 200_000  # of a worksheet whose shape is remembered


class Unusual(Exception):
    """The book has something that is not read here."""


class Head(NamedTuple):
    """What a cell is, whatever stands in it.

    kind: the attribute t. data_type: as openpyxl gives it where something stands there.
    """

    at: str
    kind: str
    data_type: str
    number_format: str


class Run(NamedTuple):
    """A gap as openpyxl would have it under some cell formats.

    heads, constants: by spot, what the cells are, and what stands in those whose value is in the gap. shown: what
    formulas show whose value is in the gap. spot, kind, how: of the cell whose value follows: where it stands, its
    attribute t, and as what its value is looked up. odd: cells that are made one by one, because of what stands
    elsewhere in the book. bottom, right: how far the cells reach.
    """

    gap: Gap
    heads: tuple[tuple[Spot, Head], ...]
    constants: tuple[tuple[Spot, Any], ...]
    shown: tuple[tuple[Spot, Any], ...]
    spot: Spot
    kind: str
    how: int
    odd: tuple[Spelt, ...]
    bottom: int
    right: int


class Laid(NamedTuple):
    """Some cells of a column that hold no formula, whatever stands in them. number_formats: see `returned.ReadColumn`.

    empty, filled: their types where nothing stands in them and where something does, as told there.
    """

    spots: tuple[Spot, ...]
    empty: str | tuple[str, ...]
    filled: str | tuple[str, ...]
    number_formats: str | tuple[str, ...]

    def data_types(self, values: Sequence[Any]) -> str | tuple[str, ...]:
        """Return the types of the cells. values: what stands in them."""
        if self.empty == self.filled:
            return self.empty
        both = zip(values, _each(self.empty), _each(self.filled), strict=False)
        return _one_or_all([empty if value is None else filled for value, empty, filled in both])


def laid_out(heads: Iterable[tuple[Spot, Head | None]]) -> Laid | None:
    """Return some cells of a column; None where one of them is odd: not there, beneath another one, a formula."""
    spots, found = zip(*heads, strict=True) if heads else ((), ())
    there = [head for head in found if head is not None and head.at and head.data_type != "f"]
    if len(there) < len(found) or not there:
        return None
    names = ([h.kind for h in there], [h.data_type for h in there], [h.number_format for h in there])
    return Laid(tuple(spots), *map(_one_or_all, names))


def _one_or_all(names: Sequence[str]) -> str | tuple[str, ...]:
    return names[0] if names.count(names[0]) == len(names) else tuple(names)


def _each(names: str | tuple[str, ...]) -> Iterable[str]:
    return repeat(names) if isinstance(names, str) else names


@dataclass(frozen=True)
class Merged:
    """The cells of a worksheet of which some are made one. under: those beneath others; bottom, right: how far.

    laid: column and rows → what was found out of them.
    """

    heads: Mapping[Spot, Head]
    under: frozenset[Spot]
    bottom: int
    right: int
    laid: dict[tuple[int, tuple[int, ...]], Laid | None] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Shape:
    """The gaps of a worksheet together; see `Run`.

    texts, numbers, formulas: the cells whose values are texts that cells share, numbers, and what a formula shows that
    is a number. others: what other formulas show, by kind. odd: the cells that are made one by one, each with the
    number of its value, None where that is in the gap. like_formulas: whether a text in a gap begins as a formula does.
    merged: by the areas of which one cell was made, what was found
    out the last time.
    """

    heads: Mapping[Spot, Head]
    constants: Mapping[Spot, Any]
    shown: Mapping[Spot, Any]
    texts: Picked
    numbers: Picked
    formulas: Picked
    others: Mapping[str, Picked]
    odd: tuple[tuple[Spelt, int | None], ...]
    bottom: int
    right: int
    like_formulas: bool = False
    merged: dict[tuple[str, ...], Merged] = field(default_factory=dict, compare=False)


@dataclass
class _Kept:
    """What is remembered under some cell formats: gaps, and worksheets of them."""

    gaps: dict[str, Run] = field(default_factory=dict)
    shapes: dict[tuple[str, ...], Shape] = field(default_factory=dict)


_KNOWN: dict[tuple[Look, ...], _Kept] = {}
_letters = [0]


def shape_of(gaps: tuple[str, ...], looks: tuple[Look, ...]) -> Shape:
    """Return the shape of a worksheet; Otherwise where a gap is spelt in another way, or they do not fit together."""
    kept = _KNOWN.setdefault(looks, _Kept())
    shape = kept.shapes.get(gaps)
    if shape is None:
        shape = shape_of_runs(_runs_of(gaps, looks))
        length = sum(map(len, gaps))
        if length <= _LETTERS_LONGEST:
            _room_for(looks, length).shapes[gaps] = shape
    return shape


def shape_of_runs(runs: Sequence[Run]) -> Shape:
    """Return the shape that gaps come to."""
    heads, constants, shown = (
        dict(chain.from_iterable(pairs))
        for pairs in ([r.heads for r in runs], [r.constants for r in runs], [r.shown for r in runs])
    )
    if len(heads) != sum([len(run.heads) for run in runs]):
        raise Unusual("a cell twice")
    by_how: dict[tuple[int, str], list[tuple[Spot, int]]] = {}
    for number, run in enumerate(runs):
        kind = run.kind if run.how == _FORMULA else ""
        by_how.setdefault((run.how, kind), []).append((run.spot, number))
    found = {how: _picked(cells) for how, cells in by_how.items()}
    others = {kind: cells for (how, kind), cells in found.items() if how == _FORMULA and kind != "n"}
    odd = [
        (cell, number if run.how == _ODD and (cell.row, cell.column) == run.spot else None)
        for number, run in enumerate(runs)
        for cell in run.odd
    ]
    none = _picked(())
    texts, numbers = found.get((_TEXT, ""), none), found.get((_NUMBER, ""), none)
    formulas = found.get((_FORMULA, "n"), none)
    bottom, right = max([1, *[run.bottom for run in runs]]), max([1, *[run.right for run in runs]])
    alike = any(said[:1] == "=" and heads[spot].data_type != "f" for spot, said in constants.items())
    return Shape(heads, constants, shown, texts, numbers, formulas, others, tuple(odd), bottom, right, alike)


def _picked(cells: Iterable[tuple[Spot, int]]) -> Picked:
    """Return cells with what takes their values of all of a worksheet. cells: each with the number of its value."""
    spots, numbers = tuple(spot for spot, _ in cells), [number for _, number in cells]
    if len(numbers) > 1:
        return spots, itemgetter(*numbers)
    return spots, lambda values: [values[number] for number in numbers]


def _runs_of(gaps: Sequence[str], looks: tuple[Look, ...]) -> list[Run]:
    between, last = gaps[1:-1], len(gaps) - 1
    there = [*map(_KNOWN[looks].gaps.get, between)]
    found = [run_of(gap_of(gaps[0], is_first=True, is_last=not last), looks)]
    found += [_remembered(text, looks) if run is None else run for text, run in zip(between, there, strict=True)]
    if last:
        found.append(run_of(gap_of(gaps[last], is_first=False, is_last=True), looks))
    if not follow([run.gap for run in found]):
        raise Otherwise
    return found


def _remembered(text: str, looks: tuple[Look, ...]) -> Run:
    """Read a gap, and keep how it reads."""
    run = run_of(gap_of(text, is_first=False, is_last=False), looks)
    if len(text) <= KNOWN_LONGEST:
        _room_for(looks, len(text)).gaps[text] = run
    return run


def _room_for(looks: tuple[Look, ...], letters: int) -> _Kept:
    """Return where something of so many letters is kept; what was kept before goes where it would be too much."""
    _letters[0] += letters
    if _letters[0] > _LETTERS_MOST:
        _letters[0] = letters
        _KNOWN.clear()
    return _KNOWN.setdefault(looks, _Kept())


def run_of(gap: Gap, looks: Sequence[Look]) -> Run:
    """Return a gap as openpyxl would have it under some cell formats."""
    heads, constants, shown, odd = [], [], [], []
    how, spot, kind = _NONE, (0, 0), "n"
    for number, cell in enumerate(gap.cells, 1):
        look, spot, kind = looks[cell.style], (cell.row, cell.column), cell.kind
        heads.append((spot, _head(cell, look)))
        is_open = gap.is_open and number == len(gap.cells)
        if cell.formula is not None and cell.formula[0].get("t", "normal") == "normal":
            constants.append((spot, f"={cell.formula[1]}"))
            how = _FORMULA
            if is_open and kind == "s":
                raise Unusual(cell.at)  # a formula's text is its own
            shown += [] if is_open else [(spot, shown_of(kind, cell.value))]
        elif cell.formula is None and kind == "inlineStr" and cell.value is not None:
            constants.append((spot, cell.value))
        elif is_open and cell.formula is None and (kind == "s" or (kind == "n" and not look.is_date)):
            how = _TEXT if kind == "s" else _NUMBER
        elif is_open or cell.formula is not None or cell.value:
            how = _ODD
            odd.append(cell)
    bottom, right = max([1, *[c.row for c in gap.cells]]), max([1, *[c.column for c in gap.cells]])
    lists = (tuple(heads), tuple(constants), tuple(shown))
    return Run(gap, *lists, spot, kind, how if gap.is_open else _NONE, tuple(odd), bottom, right)


def _head(cell: Spelt, look: Look) -> Head:
    if cell.formula is not None:
        data_type = "f"
    elif cell.kind == "n":
        data_type = "d" if look.is_date else "n"
    else:
        data_type = "s" if cell.kind in ("str", "inlineStr") else cell.kind
    return Head(cell.at, cell.kind, data_type, look.number_format)


def shown_of(kind: str, stored: str | None) -> Any:
    """Return what a formula shows without calculating; see `xlsx.cached`."""
    if stored is None:
        return None
    if kind == "b":
        return stored.strip() in ("1", "true")
    if kind == "s":
        raise Unusual(stored)  # a formula's text is its own
    if kind == "n":
        number = number_of(stored)
        if stored and number is None:
            raise Unusual(stored)
        return number
    return stored
