"""A table as a source gave it, before anything is read: the names of its columns and its lines, with their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from xlperf.entries.cell import Raw
from xlperf.problems import Where

Cells = Mapping[str, Raw]


@dataclass(frozen=True)
class Line:
    """One line: its number, and what stands in it by column, blanks as None."""

    number: int
    cells: Cells


@dataclass(frozen=True)
class Given:
    """A table from a CSV file, a frame or a list of mappings.

    file: the name shown in problems. header: the number of the line in which the names stand, 0 where there is none.
    doubled: names that stand there twice; what is below the first of them counts.
    """

    file: str
    names: tuple[str, ...]
    lines: tuple[Line, ...]
    header: int = 0
    doubled: tuple[str, ...] = ()

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.names, 1)}

    def place(self, line: int, name: str) -> Where:
        """Return the place of a cell of a line; the first column where the table has no such column."""
        return Where(self.file, line, self._positions.get(name, 1), name)
