"""A worksheet as we write one: it remembers what stands in its cells, and its rows become XML a row at a time.

What is written is what the library writes, byte for byte; kinds of cells that are not ours it writes itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape

from xlsxwriter.format import Format
from xlsxwriter.sharedstrings import SharedStringTable
from xlsxwriter.worksheet import CellBlankTuple, CellFormulaTuple, CellNumberTuple, CellStringTuple, Worksheet

from xlperf.xlsx.addresses import letters

_ERRORS = frozenset(("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"))
_TOGETHER = 16  # rows that tell of the same columns how far they reach
SHARED, NUMBER, RESULT = "tnr"  # what a value in XML is: a number among the texts, a number, what a formula comes to

Spot = tuple[int, int, tuple[int, int], str]  # where a value starts and ends in the part, (row, column), what it is


class SaidTexts(SharedStringTable):  # type: ignore[misc]  # the library has no types
    """The texts that cells share, with every text in the order they were written, as often as it was."""

    def __init__(self, said: list[str]) -> None:
        super().__init__()
        self.said = said

    def _noted(self, string: str) -> int:
        self.said.append(string)
        return int(super()._get_shared_string_index(string))

    _get_shared_string_index = _noted  # the library's name for the one place through which all of them go


class Page(Worksheet):  # type: ignore[misc]
    """A worksheet that remembers what was written to it: every formula, every value, every result written without one.

    formulas: (row, column) → text without `=`, and value. values: (row, column) → value; results: address → value. So
    that a book can be held against another without reading it out of a file. locked: (row, column), counted from 1 →
    what stands in a locked cell (see `workbook.record`). said, order: every text of the book, and (row, column) → which
    of them stands there; spots: where the values stand in the part. All three where the book notes them (see `Book`).
    """

    def __init__(self) -> None:
        super().__init__()
        self.locked: dict[tuple[int, int], str | float] = {}
        self.formulas: dict[tuple[int, int], tuple[str, str | float]] = {}
        self.values: dict[tuple[int, int], str | float] = {}
        self.results: dict[str, str | float] = {}
        self.order: dict[tuple[int, int], int] = {}
        self.spots: list[Spot] = []
        self.said: list[str] | None = None
        self.remembers = True

    # ---- cells ---------------------------------------------------------------------------------------

    def write_formula(
        self, row: int, col: int, formula: str, cell_format: Format | None = None, value: str | float = 0
    ) -> None:
        """Write a formula with its value; row and col are counted from 0.

        The library would look for functions newer than 2010; ours hold none.
        """
        text = formula.removeprefix("=")
        if self.remembers:
            self.formulas[row, col] = (text, value)
            self._note(row, col, f"={text}", cell_format)
        if not self._check_dimensions(row, col):
            self.table[row][col] = CellFormulaTuple(text, cell_format, value)

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """Return a formula as it is stored, also in validations."""
        return formula.removeprefix("=")

    def write_string(self, row: int, col: int, string: str, cell_format: Format | None = None) -> None:
        """Write a text; row and col are counted from 0."""
        if self.remembers:
            self._note(row, col, f"'{string}", cell_format)
        self._write_string(row, col, string, cell_format)

    def _write_string(self, row: int, col: int, string: str, cell_format: Format | None = None) -> None:
        if self.said is not None:
            self.order[row, col] = len(self.said)
        if len(string) > self.xls_strmax // 2:
            super()._write_string(row, col, string, cell_format)  # which cuts what is too long for a cell
        elif not self._check_dimensions(row, col):
            index = self.str_table._get_shared_string_index(string)  # noqa: SLF001 (as the library does)
            self.table[row][col] = CellStringTuple(index, cell_format)

    def write_number(self, row: int, col: int, number: float, cell_format: Format | None = None) -> None:
        """Write a number; row and col are counted from 0."""
        if self.remembers:
            self._note(row, col, float(number), cell_format)
        self._write_number(row, col, number, cell_format)

    def write_blank(self, row: int, col: int, blank: None, cell_format: Format | None = None) -> None:
        """Write a cell in which nothing stands; row and col are counted from 0."""
        self._write_blank(row, col, blank, cell_format)

    def merge_range(
        self, first_row: int, first_col: int, last_row: int, last_col: int, data: str, cell_format: Format
    ) -> None:
        """Write a text into cells made one; rows and columns are counted from 0."""
        if data and self.remembers:
            self._note(first_row, first_col, f"'{data}", cell_format)
        super().merge_range(first_row, first_col, last_row, last_col, data, cell_format)

    def _note(self, row: int, col: int, kept: str | float, look: Format | None) -> None:
        """Remember what stands in a cell that nobody fills."""
        self.locked.pop((row + 1, col + 1), None)
        if look is None or look.locked:
            self.locked[row + 1, col + 1] = kept

    # ---- XML -----------------------------------------------------------------------------------------

    def _write_rows(self) -> None:
        self._calculate_spans()
        looks: dict[Format | None, str] = {None: ""}
        for row in range(self.dim_rowmin, self.dim_rowmax + 1):
            cells, info, span = self.table.get(row), self.row_info.get(row), self.row_spans.get(row // _TOGETHER)
            if cells:
                self._write_row(row, span, info)
                self._write_cells(row, cells, looks)
                self._xml_end_tag("row")
            elif info is not None:
                self._write_empty_row(row, span, info)

    def _calculate_spans(self) -> None:
        reach: dict[int, tuple[int, int]] = {}
        for row, cells in self.table.items():
            if cells:
                first, last = reach.get(row // _TOGETHER, (self.xls_colmax, 0))
                reach[row // _TOGETHER] = min(first, *cells), max(last, *cells)
        self.row_spans = {block: f"{first + 1}:{last + 1}" for block, (first, last) in reach.items()}

    def _write_cells(self, row: int, cells: Mapping[int, Any], looks: dict[Format | None, str]) -> None:
        """Write the cells of a row. looks: how formats are said that were met before; rows and columns have none."""
        made, number = list[str](), row + 1
        noted, at = self.said is not None, self.fh.tell() if self.said is not None else 0
        for column in sorted(cells):
            cell = cells[column]
            look = looks.get(cell.format)
            if look is None:
                look = looks[cell.format] = f' s="{cell.format._get_xf_index()}"'  # noqa: SLF001 (as the library does)
            head, value, kind = _in_xml(cell, f'<c r="{letters(column)}{number}"{look}')
            made.append(f"{head}{value}</v></c>" if kind else head)
            if noted:
                if kind:
                    start = at + len(head)
                    self.spots.append((start, start + len(value), (row, column), kind))
                at += len(made[-1])
        self.fh.write("".join(made))


def _in_xml(cell: Any, head: str) -> tuple[str, str, str]:
    """Return what stands of a cell before its value, its value, and what that is; head: how it begins."""
    kind = type(cell)
    if kind is CellStringTuple:
        return f'{head} t="s"><v>', str(cell.string), SHARED
    if kind is CellBlankTuple:
        return f"{head}/>", "", ""
    if kind is CellFormulaTuple:
        value, typed = cell.value, ""
        if isinstance(value, str):
            typed = ' t="e"' if value in _ERRORS else ' t="str"' if value else ""
            value = escape(value)
        return f"{head}{typed}><f>{escape(cell.formula)}</f><v>", str(value), RESULT
    if kind is CellNumberTuple:
        return f"{head}><v>", f"{cell.number:.16G}", NUMBER
    raise TypeError(f"a cell of a kind that we do not write: {cell!r}")
