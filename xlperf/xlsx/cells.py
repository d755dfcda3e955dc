"""The cells of a worksheet's part, with the bytes they stand in, so that one can be written anew and the rest stays."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from xlperf.problems import Problem, Where, Word, problem, word
from xlperf.xlsx.addresses import letters, row_and_column
from xlperf.xlsx.parts import UnsafePart, parse, plain, reader

_TAG = re.compile(rb"<(?:[^>\"']|\"[^\"]*\"|'[^']*')*>")

Span = tuple[int, int]
KEPT = 40  # worksheets: as many as a book of ours has at most, and some
TWICE = word("这一格在文件里写了两次")  # of which two readers may take another one


class UnsoundCell(UnsafePart):
    """A cell is written as no spreadsheet program writes one. found: how. sheet: "" where its title is not known."""

    def __init__(self, cell: str, found: Word, sheet: str = "") -> None:
        super().__init__(sheet, cell, found)
        self.cell, self.found, self.sheet = cell, found, sheet

    def as_problem(self, code: str, file: str) -> Problem:
        """Return the problem of this code, at the cell."""
        return problem(code, Where(file, sheet=self.sheet, cell=self.cell), found=self.found)


@dataclass(slots=True)
class Cell:
    """One `<c>` of a worksheet, in bytes of the part.

    at: its address. head: of its opening tag. end: behind its closing tag. kind: the attribute t. formula: of the
    whole `<f>`, None where there is none; text: what the formula says, "" where another cell of a shared formula
    does. value, inline: the texts of `<v>` and `<is>`, None where there is none.
    """

    at: str
    prefix: str
    head: Span
    end: int = 0
    kind: str = "n"
    formula: Span | None = None
    formula_head: Span = (0, 0)
    formula_kind: dict[str, str] = field(default_factory=dict)
    text: str = ""
    value: str | None = None
    inline: str | None = None

    @property
    def closed(self) -> bool:
        """Return whether the cell is one tag alone."""
        return self.head[1] == self.end


class _Sheet:
    """Collects cells while a part is read."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.cells: list[Cell] = []
        self._there: set[str] = set()
        self._prefix: str | None = None
        self._row = self._column = 0
        self._cell: Cell | None = None
        self._in = ""  # which text is being read: f, v or t
        self._read = reader()
        self._read.StartElementHandler = self._start
        self._read.EndElementHandler = self._end
        self._read.CharacterDataHandler = self._text
        parse(self._read, data)

    def _ours(self, name: str) -> str:
        """Return a name without prefix where the prefix is that of the worksheet itself, else ""."""
        prefix, _, bare = name.rpartition(":")
        if self._prefix is None:
            self._prefix = prefix
        return bare if prefix == self._prefix else ""

    def _tag(self) -> Span:
        at = self._read.CurrentByteIndex
        found = _TAG.match(self.data, at)
        return at, found.end() if found is not None else at

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        match self._ours(name):
            case "row":
                self._row = int(attributes.get("r", self._row + 1))
                self._column = 0
            case "c":
                self._open(name, {plain(n): v for n, v in attributes.items()})
            case "f" if self._cell is not None:
                self._cell.formula_head = self._tag()
                self._cell.formula_kind, self._in = dict(attributes), "f"
            case "v" if self._cell is not None:
                self._cell.value, self._in = "", "v"
            case "is" if self._cell is not None:
                self._cell.inline = ""
            case "t" if self._cell is not None:
                self._in = "t"

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        at = attributes.get("r")
        self._column = row_and_column(at)[1] if at is not None else self._column + 1
        prefix = name[: -len("c")]
        head = self._tag()
        self._cell = Cell(at or f"{letters(self._column - 1)}{self._row}", prefix, head, kind=attributes.get("t", "n"))
        if self._cell.at in self._there:
            raise UnsoundCell(self._cell.at, TWICE)
        self._there.add(self._cell.at)

    def _end(self, name: str) -> None:
        if self._cell is None:
            return
        bare = self._ours(name)
        if bare == "c":
            self._cell.end = self._behind(self._cell.head)
            self.cells.append(self._cell)
            self._cell = None
        elif bare == "f":
            self._cell.formula = (self._cell.formula_head[0], self._behind(self._cell.formula_head))
        if bare in ("f", "v", "t"):
            self._in = ""

    def _behind(self, head: Span) -> int:
        """Return the place behind the element that ends here."""
        if self.data[head[1] - 2 : head[1]] == b"/>":
            return head[1]
        return self.data.index(b">", self._read.CurrentByteIndex) + 1

    def _text(self, found: str) -> None:
        cell = self._cell
        if cell is None or not self._in:
            return
        if self._in == "f":
            cell.text += found
        elif self._in == "v":
            cell.value = (cell.value or "") + found
        elif cell.inline is not None:
            cell.inline += found


@lru_cache(maxsize=KEPT)
def cells_of(data: bytes) -> tuple[Cell, ...]:
    """Return the cells of a worksheet's part in order. data: in UTF-8.

    UnsafePart where it cannot be read, UnsoundCell where a cell is there twice.
    Kept for a while: a book is read for its formulas, for its values and to be written anew.
    """
    return tuple(_Sheet(data).cells)
