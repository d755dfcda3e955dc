"""Worksheets written as programs write them, read in one sweep: for each cell its place, its kind, formula and value.

A worksheet that is written in any other way (prefixes, array formulas, rich text in a cell, cells without an address)
is not read here: `Irregular` says so, and whoever asked reads it with `xlsx.cells`, which knows them all.
"""

from __future__ import annotations

import re
import zipfile
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape, unescape
from itertools import chain
from operator import itemgetter

from xlperf.xlsx.addresses import moved, number, row_and_column
from xlperf.xlsx.columns import FlatColumn, Irregular, stacked
from xlperf.xlsx.parts import has_elements_alone, part, shared_texts
from xlperf.xlsx.rows import SEVERAL, Alike, cut_rows

_CELL = (  # the last group: a cell that is written in another way; what was taken once is not tried shorter
    rb'<c r="(%s)([0-9]{1,7}+)"(?: s="([0-9]++)")?(?: t="([a-zA-Z]++)")?'
    rb"(?:>(?:<f(?: ([^>]*?))?(?:/>|>([^<]*+)</f>))?+"
    rb'(?:<(?:v|is><t(?: xml:space="preserve")?)>([^<]*+)</(?:v|t></is)>|<v ?/>|<is><t ?/></is>)?+</c>| ?/>|([^\n]|\n))'
)
_BEGIN, _END, _CELL_OPENS = b"<sheetData", b"</sheetData>", b'<c r="'
_SHARED = re.compile(rb't="shared"')
_NUMBER = re.compile(rb'si="([0-9]+)"')
_SIMPLE_TEXTS = re.compile('<si><t(?: xml:space="preserve"|)>([^<]*+)</t></si>|<si><t/></si>')
_FORMAT = re.compile(rb'<numFmt numFmtId="([0-9]+)" formatCode="([^"]*)"')
_STYLE = re.compile(rb'<xf numFmtId="([0-9]+)"')
_PERCENT = (9, 10)  # formats that every program knows by number


def columns_of(data: bytes, letters: Collection[str] = (), first: int = 1) -> dict[str, FlatColumn]:
    """Return columns of a worksheet's part by their letters; Irregular where it is written in another way.

    letters: of the columns wanted, all of them where none is named. first: the row from which on.
    """
    return cut_columns(data, letters, first)[1]


def cut_columns(
    data: bytes, letters: Collection[str] = (), first: int = 1
) -> tuple[dict[str, FlatColumn], dict[str, FlatColumn]]:
    """Return the columns of a worksheet's part above a row, and from it on; see `columns_of`."""
    if not has_elements_alone(data):
        raise Irregular("more than elements")
    begin, end = data.find(_BEGIN), data.rfind(_END)
    rows = data[begin:end] if 0 <= begin < end else data
    read = [p if isinstance(p, Alike) else _Cells.of(p, letters) for p in cut_rows(rows, letters)]
    if len(read) > 1 and any(isinstance(p, _Cells) and p.has_shared for p in read):
        read = [_Cells.of(rows, letters)]  # what a formula shares may stand in any row
    above: list[dict[str, FlatColumn]] = []
    below: list[dict[str, FlatColumn]] = []
    last = 0
    for some in read:
        numbers = [*map(int, some.numbers)]
        if numbers and (numbers[0] <= last or numbers != sorted({*numbers} if isinstance(some, Alike) else numbers)):
            raise Irregular("rows in another order, or twice")
        last = numbers[-1] if numbers else last
        start = bisect_left(numbers, first)
        above.append(some.columns(slice(start)))
        below.append(some.columns(slice(start, None)))
    return _joined(above), _joined(below)


@dataclass(frozen=True)
class _Cells:
    """Cells one by one, as the pattern of a cell finds them."""

    found: Sequence[tuple[bytes, ...]]

    @classmethod
    def of(cls, rows: bytes, letters: Collection[str]) -> _Cells:
        """Return the cells of rows as they stand."""
        heads = _heads(rows, letters)
        if heads.count(_CELL_OPENS) != heads.count(b"<c"):  # what is cut off has no cell of a column that is wanted
            raise Irregular("a cell without its address first")
        if not heads.rstrip().endswith(b">"):
            raise Irregular("a cell that breaks off")
        return cls(_pattern(frozenset(letters)).findall(heads))

    @cached_property
    def has_shared(self) -> bool:
        """Return whether a formula is of more than one cell."""
        return any(SEVERAL.search(cell[4]) for cell in self.found if cell[4])

    @property
    def numbers(self) -> list[bytes]:
        """Return the row of each cell."""
        return [cell[1] for cell in self.found]

    def columns(self, some: slice) -> dict[str, FlatColumn]:
        """Return the columns of some of the cells, by their letters; Irregular where a cell is there twice."""
        found = _grouped(self._plain[some])
        if any(len({*column.rows}) < len(column.rows) for column in found.values()):
            raise Irregular("a cell twice")
        return found

    @cached_property
    def _plain(self) -> Sequence[tuple[bytes, ...]]:
        return _with_shared(self.found) if self.has_shared else self.found


def _joined(parts: Sequence[Mapping[str, FlatColumn]]) -> dict[str, FlatColumn]:
    """Return the columns of parts that stand below each other."""
    letters = dict.fromkeys(chain.from_iterable(parts))
    return {letter: stacked([part[letter] for part in parts if letter in part]) for letter in letters}


def _heads(rows: bytes, letters: Collection[str]) -> bytes:
    """Return rows without what stands behind the last column wanted; formulas are most of a worksheet."""
    if not letters:
        return rows
    last = b'<c r="%s' % max(letters, key=number).encode()
    heads = []
    for row in rows.split(b"<row"):
        at = row.find(last)
        tail = row.find(_CELL_OPENS, at + 1) if at >= 0 else -1
        heads.append(row if tail < 0 else row[:tail])
    return b"".join(heads)


def _with_shared(cells: Sequence[tuple[bytes, ...]]) -> list[tuple[bytes, ...]]:
    """Write out what formulas share; Irregular where a formula is of more than one cell."""
    first: dict[bytes, tuple[str, str]] = {}
    found = []
    for cell in cells:
        letter, row, style, kind, said, formula, *rest = cell
        if _SHARED.search(said):
            shared, at = _NUMBER.search(said), (letter + row).decode()
            if shared is None:
                raise Irregular("a shared formula")
            if formula:
                first.setdefault(shared[1], (at, unescape(formula.decode())))
            elif shared[1] not in first:
                raise Irregular("a shared formula")
            else:
                (down, right), (top, left) = row_and_column(at), row_and_column(first[shared[1]][0])
                formula = escape(moved(first[shared[1]][1], down - top, right - left), quote=False).encode()
        elif SEVERAL.search(said):
            raise Irregular("a formula of several cells")
        found.append((letter, row, style, kind, said, formula, *rest))
    return found


def _grouped(cells: Sequence[tuple[bytes, ...]]) -> dict[str, FlatColumn]:
    """Return cells by the letters of their columns."""
    if not cells:
        return {}
    names, otherwise = ([*map(itemgetter(at), cells)] for at in (0, 7))
    if any(otherwise):
        raise Irregular("a cell")
    rest = [tuple(map(itemgetter(at), cells)) for at in (1, 2, 3, 5, 6)]  # rows, styles, kinds, formulas, values
    width = names.index(names[0], 1) if names.count(names[0]) > 1 else len(names)
    if len({*names[:width]}) == width and names == names[:width] * (
        len(names) // width
    ):  # every row has the same cells
        return {names[i].decode(): FlatColumn(*(column[i::width] for column in rest)) for i in range(width)}
    by: dict[bytes, list[int]] = {}
    for i, name in enumerate(names):
        by.setdefault(name, []).append(i)
    return {
        name.decode(): FlatColumn(*(tuple([column[i] for i in there]) for column in rest)) for name, there in by.items()
    }


@lru_cache(maxsize=16)
def _pattern(letters: frozenset[str]) -> re.Pattern[bytes]:
    wanted = "|".join(sorted(letters, key=len, reverse=True)).encode() if letters else b"[A-Z]{1,3}"
    return re.compile(_CELL % wanted)


def texts_of(parts: zipfile.ZipFile, name: str) -> list[str]:
    """Return the texts that cells share, by number. name: of the part."""
    if name not in parts.namelist():
        return []
    data = part(parts, name)
    if not has_elements_alone(data):
        raise Irregular("more than elements")
    found: list[str] = _SIMPLE_TEXTS.findall(data.decode())
    if len(found) != data.count(b"<si"):
        return shared_texts(parts)
    return [unescape(text) if "&" in text else text for text in found] if b"&" in data else found


def percent_styles(data: bytes) -> frozenset[bytes]:
    """Return the styles (as cells name them) whose numbers are shown in percent. data: of the part of the styles."""
    own = {int(number) for number, code in _FORMAT.findall(data) if b"%" in code}
    _, _, used = data.partition(b"<cellXfs")
    formats = _STYLE.findall(used.partition(b"</cellXfs>")[0])
    return frozenset(b"%d" % i for i, number in enumerate(formats) if int(number) in own or int(number) in _PERCENT)
