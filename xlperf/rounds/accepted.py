"""Accepted cells as texts, kept compactly: there are a hundred for every book that came, and all of them stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
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


class CellTexts(Sequence[CellText]):
    """Accepted cells as a ledger keeps them: a hundred for every book, all of which stay, and much of them is alike.

    at: sheet and column of each, one for all books that hold the same cells. rows, texts: of each.
    """

    __slots__ = ("at", "rows", "texts")

    def __init__(self, cells: Iterable[CellText]) -> None:
        found = [*cells]
        self.at = _alike(tuple([(kept_once(c.sheet), kept_once(c.column)) for c in found]))
        self.rows = tuple([kept_once(c.row, _LONG) for c in found])
        self.texts = tuple([kept_once(c.text) for c in found])

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
