"""A table as a source gave it, before anything is read: the names of its columns and its lines, with their places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import overload

from xlperf.entries.cell import Raw
from xlperf.problems import Where

Cells = Mapping[str, Raw]


@dataclass(frozen=True)
class Line:
    """One line: its number, and what stands in it by column, blanks as None."""

    number: int
    cells: Cells


class ColumnLines(Sequence[Line]):
    """Lines of which columns are given; each is put together when somebody looks at it.

    numbers: of the lines. columns: name → what stands there line by line.
    """

    def __init__(self, numbers: Sequence[int], columns: Mapping[str, Sequence[Raw]]) -> None:
        self.numbers, self.columns = numbers, columns

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, at: int) -> Line: ...
    @overload
    def __getitem__(self, at: slice) -> list[Line]: ...
    def __getitem__(self, at: int | slice) -> Line | list[Line]:
        if isinstance(at, slice):
            return [self[i] for i in range(len(self))[at]]
        return Line(self.numbers[at], {name: cells[at] for name, cells in self.columns.items()})


@dataclass(frozen=True)
class Given:
    """A table from a CSV file, a frame or a list of mappings.

    file: the name shown in problems. header: the number of the line in which the names stand, 0 where there is none.
    doubled: names that stand there twice; what is below the first of them counts.
    """

    file: str
    names: tuple[str, ...]
    lines: Sequence[Line]
    header: int = 0
    doubled: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> Mapping[str, Sequence[Raw]] | None:
        """Return what stands below each name; None where lines lack some of them."""
        if isinstance(self.lines, ColumnLines):
            return self.lines.columns
        names = {*self.names}
        if any(line.cells.keys() != names for line in self.lines):
            return None
        return {name: [line.cells[name] for line in self.lines] for name in self.names}

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names, 1)}

    def place(self, line: int, name: str) -> Where:
        """Return the place of a cell of a line; the first column where the table has no such column."""
        return Where(self.file, line, self._positions.get(name, 1), name)
