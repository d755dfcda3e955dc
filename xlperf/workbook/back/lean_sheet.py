"""A worksheet of how its cells are spelt: what each of them is by its shape (see `shapes`), and what stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

from openpyxl.formula.translate import Translator
from openpyxl.utils.datetime import from_excel

from xlperf.workbook.back.formats import Look
from xlperf.workbook.back.plain import Cell
from xlperf.workbook.back.shapes import Head, Laid, Merged, Shape, Spot, Unusual, laid_out, shown_of
from xlperf.workbook.back.spelt import KNOWN_LONGEST, KNOWN_MOST, number_of, plain
from xlperf.xlsx.addresses import row_and_column
from xlperf.xlsx.cached import Place

_FEW = tuple(map(str, range(4_000)))
_LARGEST = 10_000  # cells that are made one
_LAID_MOST = 1_000  # columns of a shape
_LONGEST_NUMBER = 32  # letters of one that is remembered


class Texts:
    """The texts that the cells of a book share, and by the number as which a cell names one.

    like_formulas: whether one of them begins as a formula does, however the file spells it.
    """

    def __init__(self, every: Sequence[str]) -> None:
        self.every, self.like_formulas = every, any(text[:1] == "=" for text in every)
        few = len(every) <= len(_FEW)
        self.by_number = dict(zip(_FEW if few else map(str, range(len(every))), every, strict=False))


BLANK = Head("", "n", "n", "General")


class LeanSheet:
    """A worksheet, in the ways of openpyxl's that are asked for.

    heads: what its cells are. said: what stands in those that something stands in. is_plain: whether surely none of
    that is a truth value or a text that looks like a formula.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        self.heads: Mapping[Spot, Head] = {}
        self.said: dict[Spot, Any] = {}
        self.merged: dict[tuple[str, ...], Merged] = {}
        self.max_row, self.max_column, self.is_plain = 1, 1, False
        self._laid: dict[tuple[int, tuple[int, ...]], Laid | None] = {}
        self._shown: dict[Spot, Any] = {}
        self._stored: list[tuple[str, tuple[Spot, ...], Sequence[str]]] = []

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell; an empty one where nothing stands."""
        spot = row, column
        head = self.heads.get(spot)
        if head is None:
            return Cell(row, column)
        value = self.said.get(spot)
        return Cell(row, column, value, head.kind if value is None else head.data_type, head.number_format)

    @property
    def _cells(self) -> dict[Spot, Cell]:
        return {spot: self.cell(*spot) for spot in self.heads}

    def __getitem__(self, address: str) -> Cell:
        return self.cell(*row_and_column(address))

    def iter_rows(self, min_row: int = 1, *, values_only: bool) -> Iterator[tuple[Any, ...]]:
        """List the values of the rows from one on. values_only: as nobody asks for else."""
        said, columns = self.said, range(1, self.max_column + 1)
        for row in range(min_row, self.max_row + 1):
            yield tuple([said.get((row, column)) for column in columns])

    def iter_cols(self, min_row: int, max_row: int, min_col: int, max_col: int) -> Iterator[tuple[Cell, ...]]:
        """List the columns of an area."""
        for column in range(min_col, max_col + 1):
            yield tuple([self.cell(row, column) for row in range(min_row, max_row + 1)])

    def column_of(self, column: int, rows: tuple[int, ...]) -> Laid | None:
        """Return some cells of a column, found out once for all books of this shape; None where one of them is odd."""
        at = column, rows
        if at not in self._laid:
            if len(self._laid) >= _LAID_MOST:
                self._laid.clear()
            self._laid[at] = laid_out([(spot, self.heads.get(spot)) for spot in zip(rows, repeat(column))])
        return self._laid[at]

    def shown(self, spot: Spot) -> Any:
        """Return what a formula shows without calculating; see `xlsx.cached`."""
        for kind, spots, texts in self._stored:
            self._shown.update((at, shown_of(kind, text)) for at, text in zip(spots, texts, strict=True))
        self._stored.clear()
        return self._shown.get(spot)

    # ---- while it is read ------------------------------------------------------------------------

    def fill(self, shape: Shape, values: Sequence[str], texts: Texts, looks: Sequence[Look]) -> None:
        """Put cells in. values: cut out of the shape; texts: that cells share; looks: the cell formats.

        KeyError where a cell names a text that is not there.
        """
        self.heads, self.max_row, self.max_column = shape.heads, shape.bottom, shape.right
        self.merged = shape.merged
        self.is_plain = not shape.odd and not shape.like_formulas and not texts.like_formulas
        self._shown.update(shape.shown)
        said = self.said
        said.update(shape.constants)
        spots, picked = shape.texts
        said.update(zip(spots, map(texts.by_number.__getitem__, picked(values)), strict=True))
        spots, picked = shape.numbers
        numbers = _numbers(picked(values))
        said.update(zip(spots, numbers, strict=True))
        for spot in [spot for spot, number in zip(spots, numbers, strict=True) if number is None]:
            del said[spot]
        for kind, (spots, picked) in (("n", shape.formulas), *shape.others.items()):
            stored = picked(values)
            _ = _numbers(stored) if kind == "n" else None
            self._stored.append((kind, spots, stored if kind == "n" else [*map(_plain_once, stored)]))
        self._fill_odd(shape, values, texts, looks)

    def _fill_odd(self, shape: Shape, values: Sequence[str], texts: Texts, looks: Sequence[Look]) -> None:
        """Put those cells in that are made one by one."""
        shared: dict[str, Translator] = {}
        for cell, number in shape.odd:
            spot, stored = (cell.row, cell.column), cell.value if number is None else _plain_once(values[number])
            if cell.formula is not None:
                self.said[spot] = _formula(cell.formula, cell.at, shared)
                self._shown[spot] = shown_of(cell.kind, stored)
            elif stored:
                self.said[spot] = _value(cell.kind, stored, texts.every, looks[cell.style])

    def merge(self, areas: tuple[str, ...]) -> None:
        """Make cells one, area by area; what stands under others of them is read by nobody twice alike."""
        merged = self.merged.get(areas)
        if merged is None:
            merged = _merged(self.heads, areas)
            if len(merged.under) <= _LARGEST:  # more would fill a reader that goes on to other books
                self.merged.clear()  # books of a shape are nearly always merged alike
                self.merged[areas] = merged
        if not merged.under.isdisjoint(self.said):
            raise Unusual(self.title)
        self.heads, self._laid = merged.heads, merged.laid
        self.max_row, self.max_column = max(self.max_row, merged.bottom), max(self.max_column, merged.right)


class Shown(Mapping[Place, Any]):
    """What the formulas of a book show, by worksheet and address; found out when it is asked for."""

    def __init__(self, sheets: Iterable[LeanSheet]) -> None:
        self._sheets = {sheet.title: sheet for sheet in sheets}
        self._made: dict[Place, Any] | None = None

    def _all(self) -> dict[Place, Any]:
        if self._made is None:
            every = ((sheet, *one) for sheet in self._sheets.values() for one in sheet.heads.items())
            self._made = {(s.title, head.at): s.shown(spot) for s, spot, head in every if head.data_type == "f"}
        return self._made

    def __getitem__(self, place: Place) -> Any:
        return self._all()[place]

    def __iter__(self) -> Iterator[Place]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


# ---- values ----------------------------------------------------------------------------------------

_KNOWN_NUMBERS: dict[str, int | float] = {}
_KNOWN_TEXTS: dict[str, str] = {}


def _numbers(texts: Sequence[str]) -> list[int | float | None]:
    """Return numbers as programs write them, None for nothing; Unusual where one is none."""
    found = [*map(_KNOWN_NUMBERS.get, texts)]
    return (
        [_looked_up(t) if x is None and t else x for t, x in zip(texts, found, strict=True)] if None in found else found
    )


def _looked_up(text: str) -> int | float:
    """Return a number that is not known yet, and remember it."""
    number = number_of(text)
    if number is None:
        raise Unusual(text)
    if len(text) <= _LONGEST_NUMBER:
        _keep(_KNOWN_NUMBERS, text, number)
    return number


def _plain_once(text: str) -> str:
    """Return a text as it reads, and remember it; see `spelt.plain`."""
    found = _KNOWN_TEXTS.get(text)
    if found is None:
        found = plain(text)
        if len(text) <= KNOWN_LONGEST:
            _keep(_KNOWN_TEXTS, text, found)
    return found


def _keep(known: dict[str, Any], text: str, found: object) -> None:
    if len(known) >= KNOWN_MOST:
        known.clear()
    known[text] = found


def _value(kind: str, stored: str, texts: Sequence[str], look: Look) -> Any:
    """Return the value of a cell that is no formula, as openpyxl has it."""
    if kind == "s":
        if not (stored.isascii() and stored.isdecimal()):
            raise Unusual(stored)
        return texts[int(stored)]
    if kind == "n":
        number = number_of(stored)
        value = number if number is None or not look.is_date else from_excel(number, timedelta=look.is_span)
        if value is None:
            raise Unusual(stored)
        return value
    return bool(int(stored)) if kind == "b" else stored


def _formula(formula: tuple[Mapping[str, str], str], at: str, shared: dict[str, Translator]) -> str:
    """Return the text of a formula, of one that cells share as it reads in this one."""
    said, text = formula[0], f"={formula[1]}"
    kind = said.get("t", "normal")
    if kind not in ("normal", "shared"):
        raise Unusual(at)
    if kind == "shared":
        number = said.get("si", "")
        if number in shared:
            return str(shared[number].translate_formula(at))
        if text != "=":
            shared[number] = Translator(text, at)
    return text


def _merged(heads: Mapping[Spot, Head], areas: Sequence[str]) -> Merged:
    """Return what becomes of the cells of a worksheet of which some are made one."""
    under = [spot for area in areas for spot in _under(area)]
    bottom, right = max([1, *[row for row, _ in under]]), max([1, *[column for _, column in under]])
    blank = dict.fromkeys(under, BLANK)
    return Merged({**heads, **blank} if under else heads, frozenset(under), bottom, right)


def _under(area: str) -> list[Spot]:
    """List the cells of an area but the first."""
    first, _, last = area.partition(":")
    (top, left), (bottom, right) = row_and_column(first), row_and_column(last or first)
    if right < left or bottom < top or (right - left + 1) * (bottom - top + 1) > _LARGEST:
        raise Unusual(area)
    spots = [(row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)]
    return spots[1:]
