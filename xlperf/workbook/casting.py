"""How a die becomes a cast: every text of it with holes for words, the numbers of its texts put in, cut to pieces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from operator import itemgetter

from xlperf.formula.values import Value
from xlperf.workbook.cast import Cast, Filled, Likeness, Parted, Taken, Values, values_of
from xlperf.workbook.die import COUNTS, SIGNS, Die, Leaf, as_cells, as_shared
from xlperf.workbook.form import SIGN
from xlperf.workbook.seal import Identity
from xlperf.workbook.text import LONGEST
from xlperf.xlsx.pack import TEXTS, Pieces, taken_apart

_PLACE = re.compile("%([%s])")
_SIGN = re.compile(f"({'|'.join(SIGNS)})")


@dataclass(frozen=True)
class _Text:
    """A text with holes. pieces: one more than refs, which say of each hole which value stands there."""

    pieces: Sequence[str]
    refs: Sequence[int] = ()

    def filled(self) -> Filled:
        """Return it as it is filled in."""
        return Filled("%s".join(piece.replace("%", "%%") for piece in self.pieces), _taker(self.refs))


def cast_from(die: Die, name: str, identity: Identity, words: Sequence[Sequence[Value]]) -> Cast | None:
    """Make a die ready for books like this one; None where its words are not plain."""
    if any(len(text) > LONGEST // 2 for _, text in die.signed):
        return None
    are_texts = [isinstance(word, str) for word in chain.from_iterable(words)]
    signed = [_signed(text, 2 * len(are_texts)).filled() for _, text in die.signed]
    values = values_of(name, identity, words, signed)
    if values is None or not all(values):
        return None
    making = _Making(die, values, are_texts, as_cells(words))
    record, shape = making.record(), making.shape()
    return Cast(signed, making.likeness(), making.parts(), record, shape, making.keys()) if record is not None else None


@dataclass(frozen=True)
class _Making:
    """A die with the values of a book (see `workbook.cast`). are_texts: which of its words are texts; words: these."""

    die: Die
    values: Values
    are_texts: Sequence[bool]
    words: Sequence[str | float]

    @property
    def _size(self) -> int:
        return len(self.are_texts)

    @cached_property
    def _at(self) -> dict[int, int]:
        """Return of the texts said which are its own → which value."""
        behind = 2 * self._size + len(SIGNS)
        return dict(self.die.own) | {order: behind + n for n, (order, _) in enumerate(self.die.signed)}

    @cached_property
    def _numbers(self) -> list[int]:
        """Return the number that each of the texts said has among those that cells share."""
        numbers: dict[str, int] = {}
        said = [self.values[self._at[n]] if n in self._at else text for n, text in enumerate(self.die.said)]
        return [numbers.setdefault(text, len(numbers)) for text in said]

    # ---- parts -------------------------------------------------------------------------------------

    def parts(self) -> list[tuple[str, bytes | Filled | Parted]]:
        """Return the parts, each as it is put together soonest."""
        found: list[tuple[str, bytes | Filled | Parted]] = []
        for name, part in self.die.parts:
            if isinstance(part, bytes):
                found.append((name, part))
            elif name == TEXTS:
                found.append((name, self._shared(str(part)).filled()))
            else:
                text = self._sheet(part) if isinstance(part, Leaf) else _signed(part, 2 * self._size)
                found.append((name, self._part(name, text) if text.refs else text.pieces[0].encode()))
        return found

    def _part(self, name: str, text: _Text) -> Filled | Parted:
        return self._parted(text, lambda data: taken_apart(name, data)) or text.filled()

    def _sheet(self, leaf: Leaf) -> _Text:
        """Return a worksheet in which the numbers of texts stand, with holes for numbers of its own."""
        fixed = len(self.die.said)
        holes = [_Text((str(self._numbers[r]),)) if r < fixed else _Text(("", ""), (r - fixed,)) for r in leaf.refs]
        return _between(leaf.text, holes)

    def _shared(self, head: str) -> _Text:
        """Return the part of the texts that cells share."""
        signed, said = dict(self.die.signed), len(self.die.said)
        first = {number: order for order, number in reversed([*enumerate(self._numbers)])}
        made = [_Text((f'{head}{COUNTS}{said}" uniqueCount="{len(first)}">',))]
        for number in range(len(first)):
            order = first[number]
            if order in signed:
                made.append(_signed(as_shared(signed[order]), 2 * self._size))
            elif order in self._at:
                made.append(_Text(("<si><t>", "</t></si>"), (self._at[order],)))
            else:
                made.append(_Text((as_shared(self.die.said[order]),)))
        return _joined([*made, _Text(("</sst>",))])

    def likeness(self) -> Likeness:
        """Return which texts must be alike, so that they have these numbers."""
        fixed = {n: self.die.said[order] for order, n in enumerate(self._numbers) if order not in self._at}
        first: dict[int, int] = {}
        same, said = list[tuple[int, int]](), list[tuple[int, str]]()
        for order, ref in sorted(self._at.items()):
            number = self._numbers[order]
            if number in fixed:
                said.append((ref, fixed[number]))
            elif first.setdefault(number, ref) != ref:
                same.append((ref, first[number]))
        alike = _taker([one for one, _ in same]), _taker([other for _, other in same])
        known = _taker([ref for ref, _ in said]), tuple(text for _, text in said)
        return Likeness(alike, known, _taker([*first.values()]), frozenset(fixed.values()))

    # ---- the record --------------------------------------------------------------------------------

    def record(self) -> Parted | None:
        """Return the record."""
        form = self.die.record
        text = _between(form.text, [self._kept(word, key=key) for word, key in form.refs])
        fixed = [_signed(piece, 2 * self._size) for piece in text.pieces]
        holes = [_Text(("", ""), (ref,)) for ref in text.refs]
        joined = _joined([*chain.from_iterable(zip(fixed, holes, strict=False)), fixed[-1]])
        signs = self.values[2 * self._size :]
        pieces, _ = form.filled(dict(zip(SIGNS, signs, strict=False)), self.words)
        return self._parted(joined, lambda _: pieces)

    def shape(self) -> Filled:
        """Return what the shape of a record is the digest of."""
        form, size = self.die.record, self._size
        rows = []
        for sheet, key, text, refs in form.asked:
            said = [self._kept(r % size, key=r < size, marked=True) for r in refs]
            rows.append((sheet, self.values[key], _between(text, said)))
        rows += [(sheet, key, _Text((text,))) for sheet, key, text in form.spare]
        lines = [line for _, _, line in sorted(rows, key=lambda row: row[:2]) if line.refs or line.pieces[0]]
        commas = [_Text((", ",))] * len(lines)
        joined = [*chain.from_iterable(zip(commas, lines, strict=True))][1:]
        return _joined([_Text(("[",)), *joined, _Text(("]",))]).filled()

    def keys(self) -> list[Taken]:
        """Return the keys by which the rows of each sheet are sorted there, in that order."""
        found: dict[str, list[int]] = {}
        for sheet, key, _, _ in self.die.record.asked:
            found.setdefault(sheet, []).append(key)
        return [_taker(sorted(keys, key=self.values.__getitem__)) for keys in found.values()]

    def _kept(self, word: int, *, key: bool, marked: bool = False) -> _Text:
        """Return a hole for a word as it stands in a record. marked: with marks around numbers too."""
        if key or self.are_texts[word]:
            return _Text(('"' if key else "\"'", '"'), (word,))
        return _Text(('"', '"') if marked else ("", ""), (self._size + word,))

    # ---- pieces ------------------------------------------------------------------------------------

    def _parted(self, text: _Text, cut: Callable[[bytes], Pieces]) -> Parted | None:
        """Cut a text to pieces; None where a hole is not in what stands between those that are shared."""
        own, spans, data = [self.values[ref] for ref in text.refs], list[tuple[int, int]](), b""
        for piece, word in zip(text.pieces, own, strict=False):
            data += piece.encode()
            spans.append((len(data), len(data) + len(word.encode())))
            data += word.encode()
        data += text.pieces[-1].encode()
        pieces, templates, at, hole = cut(data), list[str](), 0, 0
        for shared, between in zip(pieces.shared, pieces.own, strict=False):
            start, end = at + len(shared), at + len(shared) + len(between)
            inside = [s for s in spans[hole:] if start <= s[0] and s[1] <= end]
            marks = [start, *chain.from_iterable(inside), end]
            fixed = [data[a:b].decode() for a, b in zip(marks[::2], marks[1::2], strict=True)]
            templates.append("%s".join(one.replace("%", "%%") for one in fixed))
            at, hole = end, hole + len(inside)
            if hole < len(spans) and spans[hole][0] < end:
                return None
        return Parted(pieces.shared, Filled("\0".join(templates), _taker(text.refs))) if hole == len(spans) else None


def _taker(refs: Sequence[int]) -> Taken:
    """Return what takes some of the values of a book, always as a tuple."""
    if len(refs) > 1:
        return itemgetter(*refs)
    return itemgetter(slice(refs[0], refs[0] + 1) if refs else slice(0))


def _signed(text: str, size: int) -> _Text:
    """Return a text with holes in the places of signs. size: values that stand before theirs."""
    if SIGN not in text:
        return _Text((text,))
    pieces = _SIGN.split(text)
    return _Text(pieces[::2], [size + SIGNS.index(sign) for sign in pieces[1::2]])


def _joined(texts: Iterable[_Text]) -> _Text:
    """Put texts one behind another."""
    pieces, refs = [""], list[int]()
    for text in texts:
        pieces[-1] += text.pieces[0]
        pieces += text.pieces[1:]
        refs += text.refs
    return _Text(pieces, refs)


def _between(template: str, texts: Sequence[_Text]) -> _Text:
    """Return a template with texts in the places of `%s`."""
    found, waiting, at = list[_Text](), iter(texts), 0
    for place in _PLACE.finditer(template):
        found.append(_Text((template[at : place.start()],)))
        found.append(_Text(("%",)) if place[1] == "%" else next(waiting))
        at = place.end()
    return _joined([*found, _Text((template[at:],))])
