"""The record of a stamped book: that of the one it was stamped from with its own words (see `workbook.stamp`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from json.encoder import encode_basestring as quoted

from xlperf.scheme.reading.sources import OWN_SIGNS
from xlperf.workbook.holed import Holed
from xlperf.workbook.layout import View
from xlperf.workbook.record import IssuedTable, Kept, Record, Role, digest_of
from xlperf.workbook.shape import KEY, Slot
from xlperf.xlsx.pack import Pieces
from xlperf.xlsx.skeleton import BODY

# around a letter: in the place of something that is a party's own; before the number of a word, and whether it stands
# there as a key or a cell
SIGN, _MARK = OWN_SIGNS
_GAP = 40  # bytes between two words that are rather left as they are than packed by themselves
_SIGNED = re.compile(f"({SIGN}[A-Z]{SIGN})")

_Columns = tuple[tuple[str, str | int | None], ...]
Word = tuple[int, bool]  # which word, and whether it stands there as a key
Asked = tuple[str, int, Holed[Word]]  # table of the plan, word of the key, the line


@dataclass(frozen=True)
class Form:
    """A record taken apart.

    text: with a hole for every word and every sign. asked: row by row what the shape of a record is made of. spare: the
    same of rows for new entries, whose keys are everybody's: table, key, text.
    """

    text: Holed[Word | str]
    asked: Sequence[Asked]
    spare: Sequence[tuple[str, str, str]]

    def filled(self, signs: Mapping[str, str], words: Sequence[str | float]) -> tuple[Pieces, str]:
        """Return the text of a record in pieces, and the digest of its shape. signs: what stands for each sign."""
        as_key = [quoted(w) if isinstance(w, str) else quoted(str(w)) for w in words]
        as_cell = [quoted(f"'{w}") if isinstance(w, str) else repr(w) for w in words]
        own = [
            signs[ref] if isinstance(ref, str) else (as_key if ref[1] else as_cell)[ref[0]] for ref in self.text.refs
        ]
        shape = self._shape(words, as_key, [w if w[0] == '"' else f'"{w}"' for w in as_cell])
        return near(self._fixed, [one.encode() for one in own]), digest_of(shape)

    @cached_property
    def _fixed(self) -> list[bytes]:
        return [piece.encode() for piece in self.text.pieces]

    def _shape(self, words: Sequence[str | float], as_key: Sequence[str], as_cell: Sequence[str]) -> str:
        """Write what `Record.shape` is the digest of. as_key, as_cell: every word as it stands there."""
        rows = [
            (sheet, str(words[key]), line.filled([(as_key if is_key else as_cell)[word] for word, is_key in line.refs]))
            for sheet, key, line in self.asked
        ]
        lines = [line for _, _, line in sorted([*rows, *self.spare], key=lambda row: row[:2]) if line]
        return f"[{', '.join(lines)}]"


def near(fixed: Sequence[bytes], own: Sequence[bytes]) -> Pieces:
    """Return a text in pieces. fixed: one more than own; what is short of it goes with its neighbours."""
    shared, between, waiting = [fixed[0]], list[bytes](), list[bytes]()
    for text, behind in zip(own, fixed[1:], strict=True):
        waiting.append(text)
        if len(behind) > _GAP:
            between.append(b"".join(waiting))
            shared.append(behind)
            waiting = []
        else:
            waiting.append(behind)
    return Pieces(shared if not waiting else [*shared, b""], between if not waiting else [*between, b"".join(waiting)])


def _line(sheet: str, key: int | str, columns: _Columns) -> Holed[Word]:
    """Write what the shape of a record says of a row. key: which word it is, or the key itself as it is quoted."""
    pieces, refs, text, head = list[str](), list[Word](), "", f"[{quoted(sheet)}, "
    for name, stands in columns:
        text += f", {head}" if pieces or text else head
        if isinstance(key, str):
            text += key
        else:
            pieces.append(text)
            refs.append((key, True))
            text = ""
        text += f", {name}"
        if isinstance(stands, int):
            pieces.append(f"{text}, ")
            refs.append((stands, False))
            text = ""
        elif stands is not None:
            text += f", {stands}"
        text += "]"
    return Holed([*pieces, text], refs)


def form_of(record: Record, views: Sequence[View], slots: Sequence[Slot]) -> Form | None:
    """Take a record apart; None where two tables of it show one sheet, whose rows their words then sort together.

    So it is too where a text of the book holds what words are marked with.
    """
    if len({t.plan_sheet for t in record.tables}) != len(record.tables):
        return None
    asked, spare, tables = list[Asked](), list[tuple[str, str, str]](), list[IssuedTable]()
    cells: dict[str, dict[tuple[int, int], Kept]] = {title: dict(there) for title, there in record.cells.items()}
    words_of, marked = _words(slots), 0
    for number, (table, view) in enumerate(zip(record.tables, views, strict=True)):
        words, there, rows = words_of.get(number, {}), cells.get(table.title, {}), dict[str, int]()
        named = [(name, quoted(name), *table.columns[name]) for name in sorted(table.columns)]
        for position, (key, row) in enumerate(table.rows.items()):
            columns = tuple(_columns(named, (row, table.column), there, position, words))
            word = words.get((position, KEY))
            rows[key if word is None else f"{_MARK}k{word}"] = row
            if word is None:
                spare.append((table.plan_sheet, key, _line(table.plan_sheet, quoted(key), columns).pieces[0]))
            else:
                marked += 1
                asked.append((table.plan_sheet, word, _line(table.plan_sheet, word, columns)))
        for (position, name), word in words.items():
            spot = (BODY + position + 1, (view.left if name == KEY else view.at[name]) + 1)
            if spot in there:
                there[spot] = f"{_MARK}c{word}"
                marked += 1
        tables.append(replace(table, rows=rows))
    text = replace(record, tables=tuple(tables), cells=cells).text()
    if text.count(_MARK) != marked:  # it stands in a text of the book itself
        return None
    return Form(_holed(text), asked, spare)


def _holed(text: str) -> Holed[Word | str]:
    """Cut the text of a record at its words, which stand between quotation marks, and its signs."""
    pieces, refs = list[str](), list[Word | str]()
    parts = text.split(_MARK)
    for n, part in enumerate(parts):
        if n:
            word, _, part = part.partition('"')
            refs.append((int(word[1:]), word[0] == "k"))
        found = _SIGNED.split(part[:-1] if n < len(parts) - 1 else part)
        pieces += found[::2]
        refs += found[1::2]
    return Holed(pieces, refs)


def _words(slots: Sequence[Slot]) -> dict[int, dict[tuple[int, str], int]]:
    """Return for each table (row, column) → which word stands there."""
    found, word = dict[int, dict[tuple[int, str], int]](), 0
    for slot in slots:
        if not slot.formula:
            there = found.setdefault(slot.table, {})
            there.update({(position, slot.name): word + i for i, position in enumerate(slot.rows)})
        word += len(slot.rows)
    return found


def _columns(
    named: Sequence[tuple[str, str, int, Role]],
    corner: tuple[int, int],
    cells: Mapping[tuple[int, int], Kept],
    position: int,
    words: Mapping[tuple[int, str], int],
) -> Iterator[tuple[str, str | int | None]]:
    """List what of a row counts for the shape: name of the column as it is quoted; the word, or the text as quoted.

    named: the columns as they are sorted. corner: the row, and the column that the others are counted from.
    """
    for name, said, offset, role in named:
        if role == "input":
            yield said, None
        elif role == "locked":
            kept = cells.get((corner[0], corner[1] + offset))
            if kept is not None and not str(kept).startswith("="):
                word = words.get((position, name))
                yield said, word if word is not None else quoted(str(kept))
