"""CSV tables, read strictly: UTF-8, one header, no ragged rows, every cell typed by its column."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from xlperf.formula.values import Value
from xlperf.problems import Problem, Where, problem
from xlperf.scheme.model import ColumnSpec, Scalar
from xlperf.scheme.reading.cells import Holds, typed
from xlperf.scheme.reading.sources import BOM, text_of
from xlperf.scheme.vocabulary import FREE_COLUMNS
from xlperf.scheme.words import nearest

HOLDS: dict[str, Holds] = {"number": "number", "text": "text", "date": "date"}
LARGEST = 64_000_000  # bytes; ten thousand units with sixty indicators need about forty million


class TableRow(dict[str, Value]):
    """A row of a table that remembers its line."""

    def __init__(self, cells: Mapping[str, Value], at: Where) -> None:
        super().__init__(cells)
        self.at = at


@dataclass(frozen=True)
class Reads:
    """How a column of a table is read: what it holds, whether 不适用 may stand in it, and whether 95% is a share.

    A mark written 95% could mean 95 points or 0.95 of them, so what somebody fills in is read without `percent`.
    """

    holds: Holds = "text"
    exempt: bool = False
    percent: bool = True


def holds_of(column: ColumnSpec) -> Holds:
    """Return what a column holds: keys hold text and the others numbers unless they say otherwise."""
    usual = "text" if column.attributes.get(Scalar("is")) == "key" else "number"
    return HOLDS.get(str(column.attributes.get(Scalar("holds"), usual)), "text")


def reads(column: ColumnSpec) -> Reads:
    """Return how a column is read from a table."""
    return Reads(holds_of(column), column.attributes.get(Scalar("exempt")) == "yes")


def read_table(
    file: Path,
    columns: Mapping[str, Holds | Reads],
    shown_as: str,
    needed: Collection[str] = (),
) -> tuple[list[dict[str, Value]], list[Problem]]:
    """Read a CSV file into typed rows.

    columns: the columns it may have and how they are read; `aliases` and `note` may always stand.
    shown_as: the name shown in problems. needed: columns that must stand. A row with a problem in a
    cell has None there; the rows are usable only where no problem is an error.
    """
    text, problems = text_of(file, shown_as, LARGEST)
    return ([], problems) if text is None else table_of(text, columns, shown_as, needed)


def table_of(
    text: str, columns: Mapping[str, Holds | Reads], shown_as: str, needed: Collection[str] = ()
) -> tuple[list[dict[str, Value]], list[Problem]]:
    """Read the text of a CSV file into typed rows; see `read_table`."""
    reader = _Table(shown_as, {**dict.fromkeys(FREE_COLUMNS, Reads()), **_as_reads(columns)}, frozenset(needed))
    return reader.rows(text.removeprefix(BOM)), reader.problems


def _as_reads(columns: Mapping[str, Holds | Reads]) -> dict[str, Reads]:
    return {name: how if isinstance(how, Reads) else Reads(how) for name, how in columns.items()}


@dataclass
class _Table:
    """Reads one table; problems are added as they are met."""

    file: str
    columns: Mapping[str, Reads]
    needed: frozenset[str]
    problems: list[Problem] = field(default_factory=list)

    def rows(self, text: str) -> list[dict[str, Value]]:
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        header: list[str] = []
        rows: list[dict[str, Value]] = []
        line = 1
        try:
            for cells in lines:
                at, line = line, lines.line_num + 1
                if not any(cell.strip() for cell in cells):
                    continue
                if header:
                    rows.extend(self._row(header, cells, at))
                else:
                    header = self._header(cells, at)
        except csv.Error as fault:
            self._tell("CSV_SYNTAX", line, 1, found=str(fault))
        return rows

    def _header(self, cells: list[str], line: int) -> list[str]:
        names = [cell.strip() for cell in cells]
        for column, name in enumerate(names, 1):
            if not name:
                self._tell("TABLE_BLANK_HEADER", line, column)
            elif name in names[: column - 1]:
                self._tell("TABLE_DUPLICATE_HEADER", line, column, found=name)
            elif name not in self.columns:
                self._tell("TABLE_UNKNOWN_COLUMN", line, column, found=name, nearest=nearest(name, self._absent(names)))
        for name in sorted(self.needed - set(names)):
            self._tell("TABLE_MISSING_COLUMN", line, 1, name=name, found="、".join(names))
        return names

    def _absent(self, names: list[str]) -> list[str]:
        """Return the columns that could still be meant by an unknown heading."""
        return [name for name in self.columns if name not in names]

    def _row(self, header: list[str], cells: list[str], line: int) -> list[dict[str, Value]]:
        if len(cells) != len(header):
            found, wanted = str(len(cells)), str(len(header))
            self._tell("TABLE_RAGGED_ROW", line, 1, found=found, wanted=wanted, row="，".join(cells))
            return []
        made = TableRow({}, Where(self.file, line, 1))
        for column, (name, cell) in enumerate(zip(header, cells, strict=True), 1):
            if name not in self.columns:
                continue
            how = self.columns[name]
            value = typed(cell, how.holds, Where(self.file, line, column, name), how.exempt, how.percent)
            if isinstance(value, Problem):
                self.problems.append(value)
                value = None
            made[name] = value
        return [made]

    def _tell(self, code: str, line: int, column: int, **values: str) -> None:
        self.problems.append(problem(code, Where(self.file, line, column), **values))
