"""A die made ready for books whose words are plain: nothing in them is written otherwise in XML or in a record.

What the books share is then bytes, cut at the places of words once and for all; a book is its words laid between them,
column by column. It holds for books whose texts are as much alike as those of the one it was made from, so that they
have the same numbers; the others are put together word by word (`workbook.die`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import cast

from xlperf.formula.values import Unread, Value
from xlperf.workbook.alike import PARTS
from xlperf.workbook.die import Stamped
from xlperf.workbook.form import SIGN
from xlperf.workbook.record import digest_of, kept_in_pieces
from xlperf.workbook.seal import Identity
from xlperf.workbook.text import LONGEST
from xlperf.xlsx.pack import Pieces, packed

_ODD = re.compile(rf'["&<>\\\x00-\x1f\ufffe\uffff{SIGN}]')  # what is written as something else
_ESCAPED = "_x"  # what a text may be written as something else for
_EDGE = re.compile(r"(?:^|\|)\s|\s(?:\||$)")  # white space at the end of a text
_SPACE = re.compile(r"\s")
_KEPT = 20_000  # numbers
_TEXTS = frozenset((str, Unread))

Values = tuple[str, ...]  # words as cells hold them, as records do, what stands for signs, texts with signs in them

Taken = Callable[[Values], tuple[str, ...]]  # some of them


@dataclass(frozen=True)
class Filled:
    """A text to be filled in, and how its values are taken."""

    template: str
    taken: Taken

    def text(self, values: Values) -> str:
        """Return the text with values in its holes."""
        return self.template % self.taken(values)


@dataclass(frozen=True)
class Parted:
    """A text that is packed in pieces. own: what stands between those that are shared, with zero letters between."""

    shared: Sequence[bytes]
    own: Filled

    def pieces(self, values: Values) -> Pieces:
        """Return the pieces with values in the holes."""
        return Pieces(self.shared, self.own.text(values).encode().split(b"\0"))


@dataclass(frozen=True)
class Likeness:
    """Which texts are the same one, which are said elsewhere, and which are no other's.

    same: the values of the first two are equal. said: those that are fixed texts, and these. alone: those of which each
    is unlike all others and unlike the fixed texts.
    """

    same: tuple[Taken, Taken]
    said: tuple[Taken, tuple[str, ...]]
    alone: Taken
    fixed: frozenset[str]

    def holds(self, values: Values) -> bool:
        """Return whether texts are alike in the same way, so that they have the same numbers."""
        alone = self.alone(values)
        return (
            self.same[0](values) == self.same[1](values)
            and self.said[0](values) == self.said[1]
            and len({*alone}) == len(alone)
            and self.fixed.isdisjoint(alone)
        )


@dataclass(frozen=True)
class Cast:
    """What books of one shape share, with holes for their words. keys: by which the rows of a sheet are sorted."""

    signed: Sequence[Filled]
    likeness: Likeness
    parts: Sequence[tuple[str, bytes | Filled | Parted]]
    record: Parted
    shape: Filled
    keys: Sequence[Taken]

    def stamped(self, name: str, identity: Identity, words: Sequence[Sequence[Value]]) -> Stamped | None:
        """Return the book of a party; None where its words are not plain, or alike in another way."""
        values = values_of(name, identity, words, self.signed)
        if values is None or not self.likeness.holds(values) or not self._are_sorted(values):
            return None
        kept, digest = kept_in_pieces(self.record.pieces(values))
        shape = digest_of(self.shape.text(values))
        return Stamped(packed(self._parts(values)), kept, digest, shape)

    def _are_sorted(self, values: Values) -> bool:
        keys = [taken(values) for taken in self.keys]
        return all([*found] == sorted({*found}) for found in keys)

    def _parts(self, values: Values) -> Iterator[tuple[str, bytes | Pieces]]:
        for name, part in self.parts:
            if isinstance(part, bytes):
                yield name, part
            elif isinstance(part, Parted):
                yield name, part.pieces(values)
            else:
                yield name, part.text(values).encode()


# ---- words -----------------------------------------------------------------------------------------


def is_plain(texts: Sequence[str]) -> bool:
    """Return whether texts are written as they are, wherever they stand."""
    joined = "|".join(texts)
    if len(joined) > LONGEST // 2 or _ODD.search(joined) or _ESCAPED in joined:
        return False
    return not (_SPACE.search(joined) and _EDGE.search(joined))


def values_of(
    name: str, identity: Identity, words: Sequence[Sequence[Value]], signed: Sequence[Filled]
) -> Values | None:
    """Return the values of a book; None where its words are not plain. signed: the texts in which signs are."""
    cells, records, texts = list[str](), list[str](), [name, identity.text(), identity.code(), identity.token]
    signs = tuple(texts)
    for column in words:
        if {*map(type, column)} <= _TEXTS:
            said = cast("Sequence[str]", column)
            cells += said
            records += said
            texts += said
        else:
            numbers = [_number(PARTS(v)) if v.__class__ is Fraction else (str(v), str(v)) for v in column]
            cells += [cell for cell, _ in numbers]
            records += [record for _, record in numbers]
            texts += [v for v in column if isinstance(v, str)]
    if not is_plain(texts):
        return None
    values = (*cells, *records, *signs)
    return (*values, *(one.text(values) for one in signed))


@lru_cache(maxsize=_KEPT)
def _number(parts: tuple[int, int]) -> tuple[str, str]:
    """Write a number as a cell and as a record hold it."""
    number = parts[0] / parts[1]
    return f"{number:.16G}", repr(number)
