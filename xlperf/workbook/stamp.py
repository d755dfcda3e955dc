"""Books of the appraised, stamped: one of each shape is written in full, the others are that one with their own words.

A shape (`workbook.shape`) is all in which books differ that is not a text or a number in a cell. What is stamped is
byte for byte what `books.unit` writes; where a book has no shape, that writes it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from io import StringIO
from json.encoder import encode_basestring as quoted
from xml.sax.saxutils import escape

from xlperf.engine.score import Scores
from xlperf.scheme.model import Scheme
from xlperf.workbook.book import Book, SharedTexts
from xlperf.workbook.books.unit import Draft, draft_written, drafted
from xlperf.workbook.form import Form, form_of
from xlperf.workbook.layout import View
from xlperf.workbook.record import Record, as_kept, digest_of
from xlperf.workbook.seal import Identity, map_keys
from xlperf.workbook.shape import KEY, Slot, shape_of, slots_of, words_of
from xlperf.workbook.text import inert
from xlperf.xlsx.addresses import row_and_column
from xlperf.xlsx.pack import packed, repacked, unpacked
from xlperf.xlsx.skeleton import BODY, MAP

_NAME, _TEXT, _CODE, _TOKEN = "\ue001N\ue001", "\ue001T\ue001", "\ue001C\ue001", "\ue001K\ue001"
_SIGN = "\ue001"
_SHEET, _TEXTS = re.compile(r"xl/worksheets/sheet(\d+)\.xml"), "xl/sharedStrings.xml"
_CELL = re.compile(r'(<c r="([A-Z]+\d+)"(?: s="\d+")?)( t="s")?><v>([^<]*)</v></c>')
_COUNTS = 'count="'  # where a part of texts says how many there are


@dataclass(frozen=True)
class Stamped:
    """A book with the record of it, as they are kept; digest, shape: of the record."""

    data: bytes
    record: bytes
    digest: str
    shape: str


class _Blank(Identity):
    """An identity with a sign where what is a party's own would stand."""

    def text(self) -> str:
        """Return the sign for the text."""
        return _TEXT

    def code(self) -> str:
        """Return the sign for the printed code."""
        return _CODE


@dataclass
class Stamps:
    """Writes the books of a round. scheme, deadline: see `books.unit.write_unit_book`."""

    scores: Scores
    scheme: Scheme | None = None
    deadline: str = ""
    _dies: dict[object, _Die | None] = field(default_factory=dict, init=False, repr=False)

    @property
    def shapes(self) -> int:
        """Return how many books were written in full, to be stamped from."""
        return len(self._dies)

    def book(self, whom: str, identity: Identity) -> Stamped:
        """Return the book of a party, with its record."""
        draft = drafted(self.scores, (identity.kind, whom))
        shape = shape_of(draft)
        if shape is None:
            return self._full(draft, identity)
        if shape not in self._dies:
            self._dies[shape] = self._cut(draft, identity.kind)
        die = self._dies[shape]
        return self._full(draft, identity) if die is None else die.stamped(draft, identity)

    def in_full(self, whom: str, identity: Identity) -> Stamped:
        """Return the same, written in full."""
        return self._full(drafted(self.scores, (identity.kind, whom)), identity)

    def _full(self, draft: Draft, identity: Identity) -> Stamped:
        book, record = draft_written(draft, identity, self.scheme, self.deadline)
        return Stamped(repacked(book.data()), as_kept(record.text()), record.digest(), record.shape())

    def _cut(self, draft: Draft, kind: str) -> _Die | None:
        """Write a book with signs in the places of what is a party's own, and take it apart at them."""
        blank = _Blank(kind, "", "", 0, "", 0, _TOKEN)
        book, record = draft_written(replace(draft, name=_NAME), blank, self.scheme, self.deadline, noting=True)
        return _cut_apart(draft, book, record)


# ---- dies ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Own:
    """What a party's own book says in every place of a sign. plain: sign → text; words: as `shape.words_of`, inert."""

    plain: Mapping[str, str]
    words: Sequence[str | float]

    def put(self, text: str) -> str:
        """Return a text with its own words for the signs."""
        for sign, said in self.plain.items():
            text = text.replace(sign, said)
        return text


@dataclass(frozen=True)
class _Leaf:
    """A worksheet's part, with `%s` for every text and every number of its own.

    refs: which each of them is: of the texts said, then of the words.
    """

    text: str
    refs: Sequence[int]


@dataclass(frozen=True)
class _Die:
    """A book of one shape, taken apart.

    said: its texts in the order they were written. own: which of them are which word. signed: which of them hold
    signs. parts: name and bytes; a text where it holds signs, and of the part of the texts what stands before them.
    """

    slots: Sequence[Slot]
    said: Sequence[str]
    own: Sequence[tuple[int, int]]
    signed: Sequence[tuple[int, str]]
    parts: Sequence[tuple[str, bytes | str | _Leaf]]
    record: Form

    def stamped(self, draft: Draft, identity: Identity) -> Stamped:
        """Return the book of a party whose draft has this shape."""
        words = [inert(w) if isinstance(w, str) else float(w or 0) for w in words_of(draft, self.slots)]
        plain = {_NAME: draft.name, _TEXT: identity.text(), _CODE: identity.code(), _TOKEN: identity.token}
        own = _Own(plain, words)
        as_record = _Own({sign: quoted(inert(text))[1:-1] for sign, text in plain.items()}, ())
        record, shape = self.record.filled(as_record.put, words)
        return Stamped(packed(self._parts(own)), as_kept(record), digest_of(record), shape)

    def _parts(self, own: _Own) -> Iterator[tuple[str, bytes]]:
        said = list(self.said)
        for at, word in self.own:
            said[at] = str(own.words[word])
        for at, text in self.signed:
            said[at] = inert(own.put(text))
        numbers: dict[str, int] = {}
        found: list[int | str] = [numbers.setdefault(text, len(numbers)) for text in said]
        found += [w if isinstance(w, str) else f"{w:.16G}" for w in own.words]
        escaped = _Own({sign: escape(text) for sign, text in own.plain.items()}, ())
        for name, part in self.parts:
            if isinstance(part, _Leaf):
                yield name, (part.text % tuple([found[ref] for ref in part.refs])).encode()
            elif isinstance(part, bytes):
                yield name, part
            elif name == _TEXTS:
                counts = f'{part}{_COUNTS}{len(said)}" uniqueCount="{len(numbers)}">'
                yield name, "".join([counts, *map(_si, numbers), "</sst>"]).encode()
            else:
                yield name, escaped.put(part).encode()


@lru_cache(maxsize=20_000)
def _si(text: str) -> str:
    """Write a text as the library writes it among those that cells share."""
    maker = SharedTexts()
    maker.fh = StringIO()
    maker._write_si(text)  # noqa: SLF001 (so that it is the library's own way)
    return str(maker.fh.getvalue())


def _cut_apart(draft: Draft, book: Book, record: Record) -> _Die | None:
    """Take a book with signs apart; None where a sign stands where none is looked for."""
    slots, said, parts = slots_of(draft), book.said(), unpacked(book.data())
    cells = _places(draft.layout.views, slots, book)
    titles = [str(sheet.get_name()) for sheet in book.workbook.worksheets()]
    own = [
        (order, cells[title][at]) for title in titles for at, order in book.order(title).items() if at in cells[title]
    ]
    made: list[tuple[str, bytes | str | _Leaf]] = []
    for name, data in parts:
        text, sheet = data.decode(), _SHEET.fullmatch(name)
        if sheet is not None:
            title = titles[int(sheet[1]) - 1]
            if _SIGN in text:
                return None
            made.append((name, _leaf(text, book.order(title), cells[title], said)))
        elif name == _TEXTS:
            made.append((name, text[: text.index(_COUNTS)]))
        else:
            made.append((name, text if _SIGN in text else data))
    signed = [(order, text) for order, text in enumerate(said) if _SIGN in text]
    form = form_of(record, draft.layout.views, slots)
    return _Die(slots, said, own, signed, made, form) if form is not None else None


def _places(views: Sequence[View], slots: Sequence[Slot], book: Book) -> dict[str, dict[tuple[int, int], int]]:
    """Return for each worksheet, the map too, (row, column) counted from 0 → which word stands there."""
    found: dict[str, dict[tuple[int, int], int]] = defaultdict(dict)
    keys: dict[tuple[int, int], int] = {}
    for word, (table, name, position) in enumerate((s.table, s.name, p) for s in slots for p in s.rows):
        view = views[table]
        found[view.title][BODY + position, view.left if name == KEY else view.at[name]] = word
        if name == KEY:
            keys[table, position] = word
    for table, position, at in map_keys(book):
        if (table, position) in keys:
            found[MAP][at] = keys[table, position]
    return found


def _leaf(
    text: str, order: Mapping[tuple[int, int], int], own: Mapping[tuple[int, int], int], said: Sequence[str]
) -> _Leaf:
    """Take a worksheet's part apart. order, own: (row, column) counted from 0 → which text, which word stands there."""
    numbers: dict[str, int] = {}
    first = [numbers.setdefault(one, len(numbers)) for one in said]
    anywhere = {number: first.index(number) for number in numbers.values()}
    pieces, refs, last = [], list[int](), 0
    for cell in _CELL.finditer(text):
        row, column = row_and_column(cell[2])
        at = (row - 1, column - 1)
        if cell[3] is None and at not in own:
            continue
        refs.append(order.get(at, anywhere.get(int(cell[4]), 0)) if cell[3] else len(said) + own[at])
        pieces += [text[last : cell.start(4)].replace("%", "%%"), "%s"]
        last = cell.end(4)
    return _Leaf("".join([*pieces, text[last:].replace("%", "%%")]), refs)
