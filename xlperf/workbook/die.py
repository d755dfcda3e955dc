"""A book of one shape taken apart, so that others are put together from it, word by word.

What is put together are the parts that `books.unit` writes and the record of them, the same texts. Most books take the
shorter way of `workbook.cast`; this one knows words of every kind.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from json.encoder import encode_basestring as quoted
from xml.sax.saxutils import escape

from xlperf.formula.values import Value
from xlperf.workbook.book import Book, as_shared
from xlperf.workbook.books.unit import Draft
from xlperf.workbook.form import SIGN, Form, form_of
from xlperf.workbook.holed import Holed
from xlperf.workbook.layout import View
from xlperf.workbook.page import NUMBER, RESULT, SHARED, Spot
from xlperf.workbook.record import Record, kept_in_pieces
from xlperf.workbook.seal import Identity, map_keys
from xlperf.workbook.shape import KEY, Slot, slots_of
from xlperf.workbook.text import inert
from xlperf.xlsx.pack import TEXTS, packed
from xlperf.xlsx.skeleton import BODY, MAP

NAME, TEXT, CODE, TOKEN = SIGNS = tuple(f"{SIGN}{letter}{SIGN}" for letter in "NTCK")
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_CELL = re.compile(r'(<c r="([A-Z]+\d+)"(?: s="\d+")?)( t="s")?>(<f>[^<]*</f>)?<v>([^<]*)</v></c>')
COUNTS = 'count="'  # where a part of texts says how many there are


@dataclass(frozen=True)
class Stamped:
    """A book with the record of it, as they are kept; digest, shape: of the record."""

    data: bytes
    record: bytes
    digest: str
    shape: str


@dataclass(frozen=True)
class _Own:
    """What a party's own book says in every place of a sign. plain: sign → text; words: inert, numbers as floats."""

    plain: Mapping[str, str]
    words: Sequence[str | float]

    def put(self, text: str) -> str:
        """Return a text with its own words for the signs."""
        for sign, said in self.plain.items():
            text = text.replace(sign, said)
        return text


@dataclass(frozen=True)
class Die:
    """A book of one shape, taken apart.

    said: its texts in the order they were written. own: which of them are which word. signed: which of them hold
    signs. parts: name and bytes; a text where it holds signs, and of the part of the texts what stands before them; a
    worksheet with holes for every text and every number of its own, which say which it is: of the texts said, then of
    the words, then of the words as what a formula comes to.
    """

    slots: Sequence[Slot]
    said: Sequence[str]
    own: Sequence[tuple[int, int]]
    signed: Sequence[tuple[int, str]]
    parts: Sequence[tuple[str, bytes | str | Holed[int]]]
    record: Form

    def stamped(self, name: str, identity: Identity, words: Sequence[Sequence[Value]]) -> Stamped:
        """Return the book of a party. name: what it is called; words: slot by slot."""
        plain = dict(zip(SIGNS, (name, identity.text(), identity.code(), identity.token), strict=True))
        own = _Own(plain, as_cells(words))
        as_record = {sign: quoted(inert(text))[1:-1] for sign, text in plain.items()}
        record, shape = self.record.filled(as_record, own.words)
        return Stamped(packed(self._parts(own)), *kept_in_pieces(record), shape)

    def _parts(self, own: _Own) -> Iterator[tuple[str, bytes]]:
        said = list(self.said)
        for at, word in self.own:
            said[at] = str(own.words[word])
        for at, text in self.signed:
            said[at] = inert(own.put(text))
        numbers: dict[str, int] = {}
        found = [str(numbers.setdefault(text, len(numbers))) for text in said]
        found += [w if isinstance(w, str) else f"{w:.16G}" for w in own.words]
        found += map(str, own.words)
        escaped = _Own({sign: escape(text) for sign, text in own.plain.items()}, ())
        for name, part in self.parts:
            if isinstance(part, Holed):
                yield name, part.filled([found[ref] for ref in part.refs]).encode()
            elif isinstance(part, bytes):
                yield name, part
            elif name == TEXTS:
                counts = f'{part}{COUNTS}{len(said)}" uniqueCount="{len(numbers)}">'
                yield name, "".join([counts, *map(as_shared, numbers), "</sst>"]).encode()
            else:
                yield name, escaped.put(part).encode()


def as_cells(words: Sequence[Sequence[Value]]) -> list[str | float]:
    """Return words one after another as cells hold them: inert, numbers as floats."""
    return [inert(w) if isinstance(w, str) else float(w or 0) for w in chain.from_iterable(words)]


def taken_apart(draft: Draft, book: Book, record: Record) -> Die | None:
    """Take a book with signs apart; None where a sign stands where none is looked for."""
    slots, said, parts = slots_of(draft), book.said(), book.parts()
    cells = _places(draft.layout.views, slots, book)
    titles = [str(sheet.get_name()) for sheet in book.workbook.worksheets()]
    behind = {NUMBER: len(said), RESULT: len(said) + sum(len(slot.rows) for slot in slots)}
    own = [
        (order, cells[title][at]) for title in titles for at, order in book.order(title).items() if at in cells[title]
    ]
    made: list[tuple[str, bytes | str | Holed[int]]] = []
    for name, data in parts:
        text, sheet = data.decode(), _SHEET.fullmatch(name)
        if sheet is not None:
            title = titles[int(sheet[1]) - 1]
            if SIGN in text:
                return None
            made.append((name, _with_holes(text, book.spots(title), book.order(title), cells[title], behind)))
        elif name == TEXTS:
            made.append((name, text[: text.index(COUNTS)]))
        else:
            made.append((name, text if SIGN in text else data))
    words = {order for order, _ in own}
    signed = [(order, text) for order, text in enumerate(said) if SIGN in text and order not in words]
    form = form_of(record, draft.layout.views, slots)
    return Die(slots, said, own, signed, made, form) if form is not None else None


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


def _with_holes(
    text: str,
    spots: Sequence[Spot],
    order: Mapping[tuple[int, int], int],
    own: Mapping[tuple[int, int], int],
    behind: Mapping[str, int],
) -> Holed[int]:
    """Take a worksheet's part apart. order, own: (row, column) → which text, which word stands there.

    spots: see `Page`. behind: kind of value → how many texts and words are counted before those of its own.
    """
    pieces, refs, last = [], list[int](), 0
    for start, end, at, kind in spots:
        if kind == SHARED:
            refs.append(order[at])
        elif at in own:
            refs.append(behind[kind] + own[at])
        else:
            continue
        pieces.append(text[last:start])
        last = end
    return Holed([*pieces, text[last:]], refs)
