"""Books of the appraised, stamped: one of each shape is written in full, the others are that one with their own words.

A shape (`workbook.shape`) is all in which books differ that is not a text or a number in a cell. What is stamped is
byte for byte what `books.unit` writes; where a book has no shape, that writes it.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace

from xlperf.engine.score import Scores
from xlperf.many import many_objects
from xlperf.scheme.model import Scheme
from xlperf.workbook.alike import Alike
from xlperf.workbook.books.unit import Draft, called, draft_written, drafted
from xlperf.workbook.cast import Cast
from xlperf.workbook.casting import cast_from
from xlperf.workbook.die import CODE, NAME, TEXT, TOKEN, Die, Stamped, taken_apart
from xlperf.workbook.form import SIGN
from xlperf.workbook.record import as_kept
from xlperf.workbook.seal import Identity
from xlperf.workbook.shape import Table, shape_of, tables_of, words_of
from xlperf.xlsx.pack import packed


class _Blank(Identity):
    """An identity with a sign where what is a party's own would stand."""

    def text(self) -> str:
        """Return the sign for the text."""
        return TEXT

    def code(self) -> str:
        """Return the sign for the printed code."""
        return CODE


@dataclass
class _Shape:
    """What books of one shape are made from. die: None where they are written in full.

    cast: from the second book on; there may be no second one.
    """

    tables: tuple[Table, ...]
    die: Die | None
    cast: Cast | None = None
    has_one: bool = False


@dataclass
class Stamps:
    """Writes the books of a round. scheme, deadline: see `books.unit.write_unit_book`."""

    scores: Scores
    scheme: Scheme | None = None
    deadline: str = ""
    _shapes: dict[object, _Shape] = field(default_factory=dict, init=False, repr=False)
    _alike: dict[Hashable, _Shape] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Have something that tells which books are alike."""
        self._likeness = Alike(self.scores)

    @property
    def shapes(self) -> int:
        """Return how many books were written in full, to be stamped from."""
        return len(self._shapes)

    def book(self, whom: str, identity: Identity) -> Stamped:
        """Return the book of a party, with its record."""
        party = (identity.kind, whom)
        alike = self._likeness.key(party)
        shape = self._alike.get(alike) if alike is not None else None
        if shape is None:
            with many_objects():
                shape = self._shape(drafted(self.scores, party))
            if shape is not None and alike is not None:
                self._alike[alike] = shape
        if shape is None or shape.die is None:
            return self.in_full(whom, identity)
        name, _ = called(self.scores, party)
        words = words_of(self.scores, party, shape.tables, shape.die.slots)
        if shape.cast is None and shape.has_one:
            with many_objects():
                shape.cast = cast_from(shape.die, name, identity, words)
        shape.has_one = True
        made = shape.cast.stamped(name, identity, words) if shape.cast is not None else None
        if made is not None:
            return made
        if any(SIGN in word for column in words for word in column if isinstance(word, str)):
            return self.in_full(whom, identity)
        return shape.die.stamped(name, identity, words)

    def in_full(self, whom: str, identity: Identity) -> Stamped:
        """Return the same, written in full."""
        draft = drafted(self.scores, (identity.kind, whom))
        book, record = draft_written(draft, identity, self.scheme, self.deadline)
        return Stamped(packed(book.parts()), as_kept(record.text()), record.digest(), record.shape())

    def _shape(self, draft: Draft) -> _Shape | None:
        shape = shape_of(draft)
        if shape is not None and shape not in self._shapes:
            self._shapes[shape] = _Shape(tables_of(draft), self._cut(draft))
        return self._shapes[shape] if shape is not None else None

    def _cut(self, draft: Draft) -> Die | None:
        """Write a book with signs in the places of what is a party's own, and take it apart at them."""
        blank = _Blank(draft.party[0], "", "", 0, "", 0, TOKEN)
        book, record = draft_written(replace(draft, name=NAME), blank, self.scheme, self.deadline, noting=True)
        return taken_apart(draft, book, record)
