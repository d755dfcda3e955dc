"""The cells of a worksheet column by column, as bytes of its part: what a reader in one sweep hands over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise


class Irregular(ValueError):
    """A part is not written in the plain way that is read here."""


@dataclass(frozen=True)
class FlatColumn:
    """The cells of one column from top to bottom, as bytes of the part; row numbers count from 1.

    values: the text itself where the kind is `inlineStr`.
    """

    rows: Sequence[bytes]
    styles: Sequence[bytes]
    kinds: Sequence[bytes]
    formulas: Sequence[bytes]
    values: Sequence[bytes]

    @cached_property
    def at(self) -> dict[int, int]:
        """Return row → place in these lists. Irregular where the rows do not go down."""
        return _places(tuple(self.rows))

    def places(self, rows: Sequence[int]) -> Sequence[int] | slice:
        """Return where these rows stand; −1 for a row that has no cell here."""
        first = self.at.get(rows[0], -1) if rows else -1
        last = first + len(rows)
        if first >= 0 and self.rows[first:last] == tuple(b"%d" % row for row in rows):
            return slice(first, last)
        return [self.at.get(row, -1) for row in rows]


def stacked(pieces: Sequence[FlatColumn]) -> FlatColumn:
    """Return pieces of a column that stand below each other as one."""
    if len(pieces) == 1:
        return pieces[0]
    made: tuple[list[bytes], ...] = ([], [], [], [], [])
    for c in pieces:
        for cells, some in zip(made, (c.rows, c.styles, c.kinds, c.formulas, c.values), strict=True):
            cells.extend(some)
    return FlatColumn(*map(tuple, made))


@lru_cache(maxsize=64)  # the columns of a table have the same rows
def _places(rows: tuple[bytes, ...]) -> dict[int, int]:
    found = [*map(int, rows)]
    if any(a >= b for a, b in pairwise(found)):
        raise Irregular("rows in another order")
    return {row: i for i, row in enumerate(found)}
