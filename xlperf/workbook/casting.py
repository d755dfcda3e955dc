"""How a die becomes a cast: every text of it with holes for words, the numbers of its texts put in, cut to pieces."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from operator import itemgetter

from xlperf.formula.values import Value
from xlperf.workbook.book import as_shared
from xlperf.workbook.cast import Cast, Filled, Likeness, Parted, Taken, Values, values_of
from xlperf.workbook.die import COUNTS, SIGNS, Die, as_cells
from xlperf.workbook.form import Word
from xlperf.workbook.holed import Hole, Holed, joined
from xlperf.workbook.seal import Identity
from xlperf.workbook.text import LONGEST
from xlperf.xlsx.pack import TEXTS, Pieces, taken_apart

_Text = Holed[int]  # with values of a book in its holes
_SIGN = re.compile(f"({'|'.join(SIGNS)})")


def cast_from(die: Die, name: str, identity: Identity, words: Sequence[Sequence[Value]]) -> Cast | None:
    """Make a die ready for books like this one; None where its words are not plain."""
    if any(len(text) > LONGEST // 2 for _, text in die.signed):
        return None
    are_texts = [isinstance(word, str) for word in chain.from_iterable(words)]
    signed = [_filled(joined(_signed(text, 2 * len(are_texts)))) for _, text in die.signed]
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
                found.append((name, _filled(self._shared(str(part)))))
            else:
                text = self._sheet(part) if isinstance(part, Holed) else joined(_signed(part, 2 * self._size))
                found.append((name, self._part(name, text) if text.refs else text.pieces[0].encode()))
        return found

    def _part(self, name: str, text: _Text) -> Filled | Parted:
        return self._parted(text, lambda data: taken_apart(name, data)) or _filled(text)

    def _sheet(self, part: _Text) -> _Text:
        """Return a worksheet in which the numbers of texts stand, with holes for numbers of its own."""
        fixed, numbers = len(self.die.said), [*map(str, self._numbers)]
        pieces, refs, text = list[str](), list[int](), ""
        for piece, ref in zip(part.pieces, part.refs, strict=False):
            text += piece
            if ref < fixed:
                text += numbers[ref]
            else:
                pieces.append(text)
                refs.append(ref - fixed)
                text = ""
        return Holed([*pieces, text + part.pieces[-1]], refs)

    def _shared(self, head: str) -> _Text:
        """Return the part of the texts that cells share."""
        signed, said = dict(self.die.signed), len(self.die.said)
        first = {number: order for order, number in reversed([*enumerate(self._numbers)])}
        made: list[str | Hole[int]] = [f'{head}{COUNTS}{said}" uniqueCount="{len(first)}">']
        for number in range(len(first)):
            order = first[number]
            if order in signed:
                made += _signed(as_shared(signed[order]), 2 * self._size)
            elif order in self._at:
                made += ("<si><t>", Hole(self._at[order]), "</t></si>")
            else:
                made.append(as_shared(self.die.said[order]))
        return joined([*made, "</sst>"])

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
        form, signs = self.die.record, dict(zip(SIGNS, self.values[2 * self._size :], strict=False))
        pieces, _ = form.filled(signs, self.words)
        return self._parted(self._kept([form.text]), lambda _: pieces)

    def shape(self) -> Filled:
        """Return what the shape of a record is the digest of."""
        form = self.die.record
        rows = [(sheet, self.values[key], line) for sheet, key, line in form.asked]
        rows += [(sheet, key, Holed[Word]((text,))) for sheet, key, text in form.spare]
        lines = [line for _, _, line in sorted(rows, key=lambda row: row[:2]) if line.refs or line.pieces[0]]
        commas = [Holed[Word]((", ",))] * len(lines)
        between = [*chain.from_iterable(zip(commas, lines, strict=True))][1:]
        return _filled(self._kept([Holed(("[",)), *between, Holed(("]",))], marked=True))

    def keys(self) -> list[Taken]:
        """Return the keys by which the rows of each sheet are sorted there, in that order."""
        found: dict[str, list[int]] = {}
        for sheet, key, _ in self.die.record.asked:
            found.setdefault(sheet, []).append(key)
        return [_taker(sorted(keys, key=self.values.__getitem__)) for keys in found.values()]

    def _kept(self, texts: Iterable[Holed[Word] | Holed[Word | str]], *, marked: bool = False) -> _Text:
        """Join texts of a record with holes for its words. marked: with marks around numbers too."""
        pieces, refs, said = list[str](), list[int](), ""
        for text in texts:
            for piece, ref in zip(text.pieces, text.refs, strict=False):
                before, value, behind = self._stands(ref, marked=marked)
                pieces.append(f"{said}{piece}{before}")
                refs.append(value)
                said = behind
            said += text.pieces[-1]
        return Holed([*pieces, said], refs)

    def _stands(self, ref: Word | str, *, marked: bool) -> tuple[str, int, str]:
        """Return which value stands in a hole of a record, with what is before and behind it."""
        if isinstance(ref, str):
            return "", 2 * self._size + SIGNS.index(ref), ""
        word, is_key = ref
        if is_key or self.are_texts[word]:
            return '"' if is_key else "\"'", word, '"'
        return ('"', self._size + word, '"') if marked else ("", self._size + word, "")

    # ---- pieces ------------------------------------------------------------------------------------

    def _parted(self, text: _Text, cut: Callable[[bytes], Pieces]) -> Parted | None:
        """Cut a text to pieces; None where a hole is not in what stands between those that are shared."""
        spans, made, at = list[tuple[int, int]](), list[bytes](), 0
        for piece, ref in zip(text.pieces, text.refs, strict=False):
            made += (before := piece.encode(), word := self.values[ref].encode())
            spans.append((at + len(before), at + len(before) + len(word)))
            at = spans[-1][1]
        data = b"".join([*made, text.pieces[-1].encode()])
        pieces, templates, at, hole = cut(data), list[str](), 0, 0
        for shared, between in zip(pieces.shared, pieces.own, strict=False):
            start, end = at + len(shared), at + len(shared) + len(between)
            until = hole
            while until < len(spans) and start <= spans[until][0] and spans[until][1] <= end:
                until += 1
            marks = [start, *chain.from_iterable(spans[hole:until]), end]
            fixed = [data[a:b].decode() for a, b in zip(marks[::2], marks[1::2], strict=True)]
            templates.append("%s".join(one.replace("%", "%%") for one in fixed))
            at, hole = end, until
            if hole < len(spans) and spans[hole][0] < end:
                return None
        return Parted(pieces.shared, Filled("\0".join(templates), _taker(text.refs))) if hole == len(spans) else None


def _taker(refs: Sequence[int]) -> Taken:
    """Return what takes some of the values of a book, always as a tuple."""
    if len(refs) > 1:
        return itemgetter(*refs)
    return itemgetter(slice(refs[0], refs[0] + 1) if refs else slice(0))


def _signed(text: str, size: int) -> Iterator[str | Hole[int]]:
    """Write a text with holes in the places of signs. size: values that stand before theirs."""
    for part in _SIGN.split(text):
        yield Hole(size + SIGNS.index(part)) if part in SIGNS else part


def _filled(text: _Text) -> Filled:
    """Return a text as it is filled in."""
    return Filled("%s".join(piece.replace("%", "%%") for piece in text.pieces), _taker(text.refs))
