"""Accepted cells as texts, kept compactly: there are a hundred for every book that came, and all of them stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress
from sys import intern
from typing import overload

_SHORT, _LONG = 16, 64  # characters of a text, of a key


@dataclass(frozen=True, slots=True)
class CellText:
    """An accepted cell: plan sheet, key of the row, column, and the value as exact text."""

    sheet: str
    row: str
    column: str
    text: str


def kept_once(text: str, longest: int = _SHORT) -> str:
    """Return the same text, of a short one the one that is kept of all alike: most marks are said in many books."""
    plain = text if text.__class__ is str else str(text)
    return intern(plain) if len(plain) <= longest else plain


@lru_cache(maxsize=1_000)
def _alike(at: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return the first of those that are equal."""
    return at


@dataclass
class Gathered(Iterable[CellText]):
    """Accepted cells of a book while they are gathered. at: sheet and column of each. rows, texts: of each."""

    at: list[tuple[str, str]] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, cells: Iterable[CellText]) -> Gathered:
        """Return cells gathered so."""
        found = cls()
        found.extend(cells)
        return found

    def append(self, cell: CellText) -> None:
        """Put a cell behind the others."""
        self.at.append((cell.sheet, cell.column))
        self.rows.append(cell.row)
        self.texts.append(cell.text)

    def extend(self, cells: Iterable[CellText]) -> None:
        """Put cells behind the others."""
        for cell in cells:
            self.append(cell)

    def join(self, others: Gathered) -> None:
        """Put the cells that something stands in behind the others."""
        there = others.texts
        self.at += compress(others.at, there)
        self.rows += compress(others.rows, there)
        self.texts += filter(None, there)

    def __iter__(self) -> Iterator[CellText]:
        for (sheet, column), row, text in zip(self.at, self.rows, self.texts, strict=True):
            yield CellText(sheet, row, column, text)


class CellTexts(Sequence[CellText]):
    """Accepted cells as a ledger keeps them: a hundred for every book, all of which stay, and much of them is alike.

    at: sheet and column of each, one for all books that hold the same cells. rows, texts: of each.
    """

    __slots__ = ("at", "rows", "texts")

    def __init__(self, cells: Iterable[CellText]) -> None:
        if isinstance(cells, Gathered):
            at, rows, texts = cells.at, cells.rows, cells.texts
        else:
            found = [*cells]
            at, rows, texts = [(c.sheet, c.column) for c in found], [c.row for c in found], [c.text for c in found]
        names = {both: tuple(map(kept_once, both)) for both in {*at}}
        known = {row: kept_once(row, _LONG) for row in {*rows}}
        self.at = _alike(tuple([names[both] for both in at]))
        self.rows = tuple([known[row] for row in rows])
        self.texts = tuple([kept_once(text) for text in texts])

    @classmethod
    def of(cls, cells: Iterable[CellText]) -> CellTexts:
        """Return cells kept so; the same where they are."""
        return cells if isinstance(cells, CellTexts) else cls(cells)

    def items(self) -> Iterator[tuple[tuple[str, str], str, str]]:
        """List the cells: sheet and column, row, text."""
        return zip(self.at, self.rows, self.texts, strict=True)

    def spots(self) -> Iterator[tuple[str, str, str]]:
        """List where the cells stand: sheet, row, column."""
        return ((sheet, row, column) for (sheet, column), row in zip(self.at, self.rows, strict=True))

    @overload
    def __getitem__(self, at: int) -> CellText: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[CellText]: ...
    def __getitem__(self, at: int | slice) -> CellText | Sequence[CellText]:
        return [*self][at]

    def __iter__(self) -> Iterator[CellText]:
        for (sheet, column), row, text in zip(self.at, self.rows, self.texts, strict=True):
            yield CellText(sheet, row, column, text)

    def __len__(self) -> int:
        return len(self.at)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and [*self] == [*other]

    __hash__ = None  # type: ignore[assignment]  # as a list has none

    def __repr__(self) -> str:
        return repr([*self])
