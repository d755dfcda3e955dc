"""Worksheets written as programs write them, read in one sweep: for each cell its place, its kind, formula and value.

A worksheet that is written in any other way (prefixes, array formulas, rich text in a cell, cells without an address)
is not read here: `Irregular` says so, and whoever asked reads it with `xlsx.cells`, which knows them all.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape, unescape
from itertools import pairwise
from operator import itemgetter

from xlperf.xlsx.addresses import moved, number, row_and_column
from xlperf.xlsx.parts import shared_texts

_CELL = (  # the last group: a cell that is written in another way; what was taken once is not tried shorter
    rb'<c r="(%s)([0-9]{1,7}+)"(?: s="([0-9]++)")?(?: t="([a-zA-Z]++)")?'
    rb"(?:>(?:<f(?: ([^>]*?))?(?:/>|>([^<]*+)</f>))?+"
    rb'(?:<(?:v|is><t(?: xml:space="preserve")?)>([^<]*+)</(?:v|t></is)>|<v ?/>|<is><t ?/></is>)?+</c>| ?/>|([^\n]|\n))'
)
_BEGIN, _END, _CELL_OPENS = b"<sheetData", b"</sheetData>", b'<c r="'
_SHARED = re.compile(rb't="shared"')
_NUMBER = re.compile(rb'si="([0-9]+)"')
_KIND = re.compile(rb"(?:^| )t=")
_SIMPLE_TEXTS = re.compile(rb"<si><t(?: xml:space=\"preserve\")?>([^<]*)</t></si>|<si><t/></si>")
_FORMAT = re.compile(rb'<numFmt numFmtId="([0-9]+)" formatCode="([^"]*)"')
_STYLE = re.compile(rb'<xf numFmtId="([0-9]+)"')
_PERCENT = (9, 10)  # formats that every program knows by number


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


def columns_of(data: bytes, letters: Collection[str] = (), first: int = 1) -> dict[str, FlatColumn]:
    """Return columns of a worksheet's part by their letters; Irregular where it is written in another way.

    letters: of the columns wanted, all of them where none is named. first: the row from which on.
    """
    return cut_columns(data, letters, first)[1]


def cut_columns(
    data: bytes, letters: Collection[str] = (), first: int = 1
) -> tuple[dict[str, FlatColumn], dict[str, FlatColumn]]:
    """Return the columns of a worksheet's part above a row, and from it on; see `columns_of`."""
    begin, end = data.find(_BEGIN), data.rfind(_END)
    rows = _heads(data[begin:end] if 0 <= begin < end else data, letters)
    if rows.count(_CELL_OPENS) != rows.count(b"<c"):  # what is cut off has no cell of a column that is wanted
        raise Irregular("a cell without its address first")
    if not rows.rstrip().endswith(b">"):
        raise Irregular("a cell that breaks off")
    cells: Sequence[tuple[bytes, ...]] = _pattern(frozenset(letters)).findall(rows)
    start = next((i for i, cell in enumerate(cells) if int(cell[1]) >= first), len(cells))
    plain = _with_shared(cells) if any(map(itemgetter(4), cells)) else cells
    return _grouped(plain[:start]), _grouped(plain[start:])


def _heads(rows: bytes, letters: Collection[str]) -> bytes:
    """Return rows without what stands behind the last column wanted; formulas are most of a worksheet."""
    if not letters:
        return rows
    last = b'<c r="%s' % max(letters, key=number).encode()
    heads = []
    for row in rows.split(b"<row "):
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
        elif _KIND.search(said):
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
    if names == names[:width] * (len(names) // width):  # every row has the same cells
        return {names[i].decode(): FlatColumn(*(column[i::width] for column in rest)) for i in range(width)}
    by: dict[bytes, list[int]] = {}
    for i, name in enumerate(names):
        by.setdefault(name, []).append(i)
    return {
        name.decode(): FlatColumn(*(tuple([column[i] for i in there]) for column in rest)) for name, there in by.items()
    }


@lru_cache(maxsize=64)  # the columns of a table have the same rows
def _places(rows: tuple[bytes, ...]) -> dict[int, int]:
    found = [*map(int, rows)]
    if any(a >= b for a, b in pairwise(found)):
        raise Irregular("rows in another order")
    return {row: i for i, row in enumerate(found)}


@lru_cache(maxsize=16)
def _pattern(letters: frozenset[str]) -> re.Pattern[bytes]:
    wanted = "|".join(sorted(letters, key=len, reverse=True)).encode() if letters else b"[A-Z]{1,3}"
    return re.compile(_CELL % wanted)


def texts_of(parts: zipfile.ZipFile, name: str) -> list[str]:
    """Return the texts that cells share, by number. name: of the part."""
    if name not in parts.namelist():
        return []
    data = parts.read(name)
    found = _SIMPLE_TEXTS.findall(data)
    if len(found) != data.count(b"<si"):
        return shared_texts(parts)
    return [unescape(text.decode()) if b"&" in text else text.decode() for text in found]


def percent_styles(data: bytes) -> frozenset[bytes]:
    """Return the styles (as cells name them) whose numbers are shown in percent. data: of the part of the styles."""
    own = {int(number) for number, code in _FORMAT.findall(data) if b"%" in code}
    _, _, used = data.partition(b"<cellXfs")
    formats = _STYLE.findall(used.partition(b"</cellXfs>")[0])
    return frozenset(b"%d" % i for i, number in enumerate(formats) if int(number) in own or int(number) in _PERCENT)
