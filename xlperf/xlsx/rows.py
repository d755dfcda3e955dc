"""Rows of a worksheet that are written alike: each is taken by one match of a pattern that was made from one of them.

Alike are rows with the same cells in the same order, a formula in the same ones; what stands in a cell and how it is
formatted may differ. The pattern covers every byte of a row up to the last column wanted, so that a row in which
anything else is written is not taken: it comes back as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from xlperf.xlsx.addresses import number
from xlperf.xlsx.columns import FlatColumn, Irregular

_ROW, _ROW_ENDS = b"<row ", b"</row>"
_OPENS = rb"<row [^>]*+>"
_CELL = re.compile(  # letters, attributes, what is said of its formula, inline text
    rb'<c r="([A-Z]{1,3})[0-9]{1,7}"([^/>]*+)'
    rb"(?:/>|>(?:<f([^/>]*+)(?:/>|>[^<]*+</f>))?(?:<v>[^<]*+</v>|<v ?/>|(<is><t[^/>]*+>[^<]*+</t></is>))?</c>)"
)
_ATTRIBUTES = re.compile(rb'(?: s="([0-9]++)")?(?: t="([a-zA-Z]++)")? ?')
SEVERAL = re.compile(rb"(?:^| )t=")  # what is said of a formula of more than one cell
_VALUE, _INLINE = rb"<v>%s[^<]*+)</v>", rb'<is><t(?: xml:space="preserve"|)>%s[^<]*+)</t></is>'
_ROWS_LEAST = 100  # rows for which a pattern is made: that takes as long as reading some fifty
_SHAPES_MOST, _TRIED_MOST = 4, 100  # patterns for a worksheet, rows that are looked at for one


class _Form(NamedTuple):
    """How a cell is written. said: of its formula, None where it has none."""

    letter: bytes
    is_wanted: bool
    said: bytes | None
    is_inline: bool


@dataclass(frozen=True)
class _Shape:
    """How a row is written. usual: the attributes of each cell in the row it was made from."""

    forms: tuple[_Form, ...]
    usual: tuple[bytes, ...]
    pattern: re.Pattern[bytes]

    def columns(self, found: list[tuple[bytes, ...]]) -> dict[str, FlatColumn]:
        """Return the columns wanted, of what the pattern found row by row."""
        rows, *rest = zip(*found, strict=True)
        none, columns, groups = (b"",) * len(rows), {}, iter(rest)
        for form, usual in zip(self.forms, self.usual, strict=True):
            if form.is_wanted:
                styles, kinds = _styled(usual, next(groups))
                formulas = next(groups) if form.said is not None else none
                values = next(groups)
                filled = values if all(values) else tuple([value or b"" for value in values])
                columns[form.letter.decode()] = FlatColumn(rows, styles, kinds, formulas, filled)
        return columns


@dataclass(frozen=True)
class Alike:
    """Rows below each other that are written alike. found: what the pattern of their shape found in each."""

    shape: _Shape
    found: list[tuple[bytes, ...]] = field(default_factory=list)

    @property
    def numbers(self) -> list[bytes]:
        """Return the numbers of the rows."""
        return [row[0] for row in self.found]

    def columns(self, some: slice) -> dict[str, FlatColumn]:
        """Return the columns of some of the rows, by their letters."""
        found = self.found[some]
        return self.shape.columns(found) if found else {}


def cut_rows(rows: bytes, letters: Collection[str]) -> list[bytes | Alike]:
    """Cut the rows of a worksheet into those written alike and the rest as it stands, in their order.

    letters: of the columns wanted, all of them where none is named.
    """
    parts: list[bytes | Alike] = []
    finder = _Finder(frozenset(letters))
    rest = at = 0
    while (at := rows.find(_ROW, at)) >= 0:
        shape = finder.shape(rows, at)
        if shape is None:
            at += 1
            continue
        taken = Alike(shape)
        parts += [rows[rest:at], taken] if rest < at else [taken]
        while row := shape.pattern.match(rows, at):
            taken.found.append(row.groups())
            at = _behind(rows, row.end() - len(_ROW_ENDS))
        rest = at
    return [*parts, rows[rest:]] if rest < len(rows) or not parts else parts


def _behind(rows: bytes, at: int) -> int:
    """Return where what follows a row begins; Irregular where a row stands within it. at: a place in the row."""
    end = rows.find(_ROW_ENDS, at)
    end = end + len(_ROW_ENDS) if end >= 0 else len(rows)
    if rows.find(b"<row", at, end) >= 0:
        raise Irregular("a row within a row")
    while rows[end : end + 1].isspace():
        end += 1
    return end


class _Finder:
    """Finds the shape of a row: one that is known, or a new one where two rows below each other have it."""

    def __init__(self, letters: frozenset[str]) -> None:
        self._letters = letters
        self._shapes: list[_Shape] = []
        self._before: tuple[_Form, ...] | None = None
        self._tried = 0

    def shape(self, rows: bytes, at: int) -> _Shape | None:
        """Return the shape of the row that begins at a place; None where it is to be read as it stands."""
        found = next((s for s in self._shapes if s.pattern.match(rows, at)), None)
        if found is not None or len(self._shapes) == _SHAPES_MOST or self._tried == _TRIED_MOST:
            return found
        end = rows.find(_ROW, at + 1)
        if end < 0 or (end - at) * _ROWS_LEAST > len(rows) - at:
            return None
        self._tried += 1
        forms, usual = _written(rows[at:end], self._letters)
        before, self._before = self._before, forms
        if not forms or forms != before:
            return None
        found = _Shape(forms, usual, _pattern(forms, usual, is_cut=forms[-1].letter.decode() == _last(self._letters)))
        self._shapes.append(found)
        return found if found.pattern.match(rows, at) else None


def _last(letters: frozenset[str]) -> str:
    return max(letters, key=number, default="")


def _written(row: bytes, letters: frozenset[str]) -> tuple[tuple[_Form, ...], tuple[bytes, ...]]:
    """Return how the cells of a row are written, up to the last column wanted, and their attributes.

    Nothing where one of them is written in a way that no pattern is made for.
    """
    forms, usual, last = [], [], _last(letters)
    opened = re.match(_OPENS, row)
    at = opened.end() if opened else 0
    while cell := _CELL.match(row, at):
        letter, attributes, said, inline = cell.groups()
        wanted = not letters or letter.decode() in letters
        forms.append(_Form(letter, wanted, said, inline is not None))
        if (wanted and said and SEVERAL.search(said)) or not _ATTRIBUTES.fullmatch(attributes):
            return (), ()
        usual.append(attributes)
        at = cell.end()
        if letter.decode() == last:
            break
    else:
        if row[at:].rstrip() != _ROW_ENDS:
            return (), ()
    if len({form.letter for form in forms}) != len(forms):
        return (), ()
    return tuple(forms), tuple(usual)


@lru_cache(maxsize=16)
def _pattern(forms: tuple[_Form, ...], usual: tuple[bytes, ...], *, is_cut: bool) -> re.Pattern[bytes]:
    """Make the pattern of rows: the number of the row, then of each cell wanted what `_Shape.columns` reads.

    Attributes are found only where they are not the usual ones. No cell is tried in a second way where one behind it is
    another: that would be twice the tries for each cell between. is_cut: whether more cells may follow.
    """
    parts = [_OPENS]
    for at, (form, attributes) in enumerate(zip(forms, usual, strict=True)):
        parts.append(rb'<c r="%s%s"' % (form.letter, rb"\1" if at else rb"([0-9]{1,7}+)"))
        value = (_INLINE if form.is_inline else _VALUE) % (b"(" if form.is_wanted else b"(?:")
        if form.said is None:
            formula, value = b"", rb"(?:>%s</c>|/>)" % value
        else:
            formula = rb"%s>([^<]*+)</f>" % re.escape(form.said) if form.is_wanted else rb"[^/>]*+(?:/>|>[^<]*+</f>)"
            formula, value = b"><f" + formula, rb"(?:%s|<v ?/>|)</c>" % value
        parts += [
            rb"(?>%s(?=[/>])|([^/>]*+))" % re.escape(attributes) if form.is_wanted else rb"[^/>]*+",
            formula,
            value,
        ]
    return re.compile(b"".join(parts) + (rb'(?=<c r="|</row>)' if is_cut else _ROW_ENDS))


def _styled(usual: bytes, others: tuple[bytes | None, ...]) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Return the styles and kinds of cells. others: their attributes, None where they are the usual ones."""
    size = len(others)
    if others.count(None) == size:
        style, kind = _said(usual)
        return (style,) * size, (kind,) * size
    known = {attributes: _said(usual if attributes is None else attributes) for attributes in {*others}}
    styles, kinds = zip(*[known[attributes] for attributes in others], strict=True)
    return styles, kinds


def _said(attributes: bytes) -> tuple[bytes, bytes]:
    """Return the style and the kind that the attributes of a cell name; Irregular for any others."""
    found = _ATTRIBUTES.fullmatch(attributes)
    if found is None:
        raise Irregular("an attribute of a cell")
    return found[1] or b"", found[2] or b""
