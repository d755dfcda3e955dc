"""Lines that name a row by its key and say nothing of its facts that the scheme does not say: most lines there are.

They are found column by column, before any other line is read, and what they bring is judged column by column.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from operator import is_

from xlperf.engine.plan import Column, Row
from xlperf.entries.cell import Raw, as_typed
from xlperf.entries.given import Given
from xlperf.formula.values import Value


@dataclass
class Plain:
    """Plain lines. places: of the lines among all. keys, rows: of the table, one a line."""

    places: list[int] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    rows: list[dict[str, Value]] = field(default_factory=list)


def plain_lines(
    given: Given,
    base: Mapping[str, Row],
    key: str,
    facts: Collection[Column],
    names: Mapping[str, Collection[str]],
) -> Plain:
    """Return the plain lines of a table, whose rows are still to be given them.

    base: the scheme's rows by key. facts: those that the lines give. names: column → what must stand there to be known.
    """
    if given.columns is None:
        return Plain()
    written = [cell.strip() if isinstance(cell, str) else "" for cell in given.columns[key]]
    first = dict(zip(written[::-1], range(len(written) - 1, -1, -1), strict=True))
    found = {at: name for at, name in enumerate(written) if name in base and first[name] == at}
    for column in facts:
        cells = given.columns[column.name]
        known = names.get(column.name)
        wrong = [
            at
            for at, written in found.items()
            if (cell := cells[at]) is not None and not _says(cell, column, base[written].get(column.name), known)
        ]
        for at in wrong:
            del found[at]
    return Plain([*found], [*found.values()])


def _says(cell: object, column: Column, was: Value, known: Collection[str] | None) -> bool:
    """Return whether a cell says what the scheme does."""
    if not isinstance(cell, str) or (cell.strip() if column.holds == "text" else as_typed(cell, column)) != was:
        return False
    return known is None or was in known


def typed_by(given: Given, name: str, plain: Plain) -> Sequence[Raw]:
    """Return what plain lines bring for a column: what is typed, else what stands in the row."""
    if given.columns is None or name not in given.columns:
        return [row.get(name) for row in plain.rows]
    column = given.columns[name]
    cells = column if len(plain.places) == len(column) else [column[at] for at in plain.places]
    if not any(map(is_, cells, repeat(None))):
        return cells
    return [row.get(name) if cell is None else cell for cell, row in zip(cells, plain.rows, strict=True)]
