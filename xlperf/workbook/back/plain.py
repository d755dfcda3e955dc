"""A returned book as plain cells, in the few ways of openpyxl's that whoever looks at one asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import DataTableFormula

from xlperf.xlsx.addresses import letters, row_and_column
from xlperf.xlsx.cached import Place


@dataclass(slots=True)
class Cell:
    """A cell as openpyxl has it; see there."""

    row: int
    column: int
    value: Any = None
    data_type: str = "n"
    number_format: str = "General"
    comment: Any = None

    @property
    def coordinate(self) -> str:
        """Return the address."""
        return f"{letters(self.column - 1)}{self.row}"


@dataclass
class Sheet:
    """A worksheet, in the ways of openpyxl's that are asked for."""

    title: str
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    max_row: int = 1
    max_column: int = 1

    def cell(self, row: int, column: int) -> Cell:
        """Return a cell; an empty one where nothing stands."""
        return self.cells.get((row, column)) or Cell(row, column)

    def iter_rows(self, min_row: int = 1, *, values_only: bool) -> Iterator[tuple[Any, ...]]:
        """List the values of the rows from one on. values_only: as nobody asks for else."""
        cells, columns = self.cells, range(1, self.max_column + 1)
        for row in range(min_row, self.max_row + 1):
            found = [cells.get((row, column)) for column in columns]
            yield tuple([None if cell is None else cell.value for cell in found])

    def iter_cols(self, min_row: int, max_row: int, min_col: int, max_col: int) -> Iterator[tuple[Cell, ...]]:
        """List the columns of an area."""
        for column in range(min_col, max_col + 1):
            yield tuple([self.cell(row, column) for row in range(min_row, max_row + 1)])

    @property
    def _cells(self) -> dict[tuple[int, int], Cell]:
        return self.cells

    def __getitem__(self, address: str) -> Cell:
        return self.cell(*row_and_column(address))


@dataclass(frozen=True)
class Property:
    """A property of a document: the keywords, or one of its own."""

    name: str
    value: str


@dataclass(frozen=True)
class Listed:
    """The properties of a document's own."""

    props: tuple[Property, ...]


@dataclass(frozen=True)
class Core:
    """What the core properties say."""

    keywords: str | None


class Named(Mapping[str, DefinedName]):
    """The defined names of a book by what they are called, each made when it is asked for, which is of few."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __getitem__(self, name: str) -> DefinedName:
        return DefinedName(name, attr_text=self._texts[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


@dataclass
class Book:
    """A workbook, in the ways of openpyxl's that are asked for.

    results: what the formulas show without calculating; see `xlsx.cached.stored_results`. extent: the most rows times
    columns of a worksheet; 0 where that is not known.
    """

    worksheets: list[Any] = field(default_factory=list)
    defined_names: Mapping[str, DefinedName] = field(default_factory=dict)
    custom_doc_props: Listed = Listed(())
    properties: Core = Core(None)
    results: Mapping[Place, Any] = field(default_factory=dict)
    extent: int = 0

    @property
    def sheetnames(self) -> list[str]:
        """List the titles of the worksheets."""
        return [sheet.title for sheet in self.worksheets]

    def __getitem__(self, title: str) -> Any:
        return next(sheet for sheet in self.worksheets if sheet.title == title)


def said_in(sheet: Any) -> Mapping[tuple[int, int], Any]:
    """Return what stands in the cells of a worksheet that something stands in, by row and column.

    sheet: as openpyxl reads it or as it is read here.
    """
    said: Mapping[tuple[int, int], Any] | None = getattr(sheet, "said", None)
    return {at: c.value for at, c in sheet._cells.items() if c.value is not None} if said is None else said  # noqa: SLF001


def content_of(sheet: Any, spot: tuple[int, int]) -> tuple[Any, bool]:
    """Return what stands in a cell, of a formula its text, and whether it is one. sheet: see `said_in`."""
    heads = getattr(sheet, "heads", None)
    if heads is not None:
        value = sheet.said.get(spot)
        return value, value.__class__ is str and value.startswith("=") and heads[spot].data_type == "f"
    cell = sheet.cell(*spot)
    formula = cell.data_type == "f"
    return (formula_text(cell.value) if formula else cell.value), formula


def formula_text(value: Any) -> str:
    """Return what a formula says. value: as openpyxl has it, a text, or a record for one that fills several cells."""
    if isinstance(value, DataTableFormula):
        return f"=TABLE({value.r1 or ''},{value.r2 or ''})"
    return str(getattr(value, "text", value))
