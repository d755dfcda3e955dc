"""The cells of a returned book: column by column where nothing about a table is odd, one by one where anything is.

Most tables come back as they went out but for the values typed into them. Such a table is a few columns of values, and
a cell of it is made when somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, Literal, NamedTuple, overload

from xlperf.workbook.record import Role
from xlperf.xlsx.addresses import letters


class ReadCell(NamedTuple):
    """One cell of a table as it came back.

    value: what openpyxl gives; for a formula its text. cached: the stored value of a formula, None
    where the program stored none; otherwise the value. role: what the cell was issued for. was: what a
    locked cell held when it was issued, where it does not hold that any more; None where it does or nobody knows.
    other: what a second reader reads there, None where it is the same (see `second`).
    """

    plan_sheet: str
    row_key: str
    column: str
    sheet: str
    cell: str
    value: Any
    data_type: str
    number_format: str
    formula: bool
    cached: Any
    role: Role | Literal[""]
    comment: str = ""
    was: str | None = None
    other: str | None = None


class ReadColumn(NamedTuple):
    """A column of a table in which nothing is odd. at: where it stands, counted from 1.

    data_types, number_formats: of each cell; one alone where all have the same.
    """

    name: str
    role: Role
    at: int
    values: tuple[Any, ...]
    data_types: str | tuple[str, ...]
    number_formats: str | tuple[str, ...]

    @property
    def kinds(self) -> set[str]:
        """Return the types that its cells have."""
        return {self.data_types} if isinstance(self.data_types, str) else {*self.data_types}

    @property
    def formats(self) -> set[str]:
        """Return the number formats that its cells have."""
        return {self.number_formats} if isinstance(self.number_formats, str) else {*self.number_formats}


class PlainTable(NamedTuple):
    """A table that stands where it was issued, whose locked cells all say what was issued, without formulas to fill.

    sheet: the title of the worksheet. keys, rows: of its rows, in order. columns: the first one, of which every row has
    a cell whatever it was issued for, then those to fill.
    """

    plan_sheet: str
    sheet: str
    keys: tuple[str, ...]
    rows: tuple[int, ...]
    columns: tuple[ReadColumn, ...]

    @property
    def inputs(self) -> list[ReadColumn]:
        """List the columns to fill."""
        return [column for column in self.columns if column.role == "input"]

    def cell(self, i: int, column: ReadColumn) -> ReadCell:
        """Return the cell of a column in one of the rows, by its position."""
        value, kinds, formats = column.values[i], column.data_types, column.number_formats
        return ReadCell(
            self.plan_sheet, self.keys[i], column.name, self.sheet, f"{letters(column.at - 1)}{self.rows[i]}", value,
            kinds if isinstance(kinds, str) else kinds[i], formats if isinstance(formats, str) else formats[i],
            False, value, column.role,
        )  # fmt: skip

    def cells(self) -> Iterator[ReadCell]:
        """List the cells, row by row."""
        return (self.cell(i, column) for i in range(len(self.keys)) for column in self.columns)


Part = PlainTable | tuple[ReadCell, ...]


class ReadCells(Sequence[ReadCell]):
    """The cells of a book. parts: its tables in order."""

    __slots__ = ("parts",)

    def __init__(self, parts: Iterable[Part]) -> None:
        self.parts = tuple(parts)

    def __iter__(self) -> Iterator[ReadCell]:
        return chain.from_iterable(p.cells() if isinstance(p, PlainTable) else p for p in self.parts)

    def __len__(self) -> int:
        return sum(len(p.keys) * len(p.columns) if isinstance(p, PlainTable) else len(p) for p in self.parts)

    @overload
    def __getitem__(self, at: int) -> ReadCell: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[ReadCell]: ...
    def __getitem__(self, at: int | slice) -> ReadCell | Sequence[ReadCell]:
        return [*self][at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and [*self] == [*other]

    __hash__ = None  # type: ignore[assignment]  # as a list has none

    def __repr__(self) -> str:
        return repr([*self])

    def __reduce__(self) -> tuple[Any, ...]:
        """Send what is not plain column by column as well: much that cells say is alike."""
        sent = [p if isinstance(p, PlainTable) else [*zip(*p, strict=True)] for p in self.parts]
        return _put_together, (sent,)


def _put_together(sent: Sequence[PlainTable | list[tuple[Any, ...]]]) -> ReadCells:
    return ReadCells(p if isinstance(p, PlainTable) else tuple(map(ReadCell._make, zip(*p, strict=True))) for p in sent)


def parts_of(cells: Sequence[ReadCell]) -> tuple[Part, ...]:
    """Return the tables of a book in order; all cells together where they are not told apart."""
    return cells.parts if isinstance(cells, ReadCells) else (tuple(cells),)
