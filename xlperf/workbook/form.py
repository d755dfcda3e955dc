"""The record of a stamped book: that of the one it was stamped from with its own words (see `workbook.stamp`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from json.encoder import encode_basestring as quoted

from xlperf.workbook.layout import View
from xlperf.workbook.record import IssuedTable, Kept, Record, digest_of
from xlperf.workbook.shape import KEY, Slot
from xlperf.xlsx.pack import Pieces
from xlperf.xlsx.skeleton import BODY

SIGN = "\ue001"  # around a letter: in the place of something that is a party's own
_HOLE = re.compile(f"%([%s])|({SIGN}[A-Z]{SIGN})")
_GAP = 40  # bytes between two words that are rather left as they are than packed by themselves
_MARK = re.compile('"(\ue002[kc])(\\d+)"')  # a key, a cell: which word it is

_Columns = tuple[tuple[str, str | int | None], ...]
Asked = tuple[str, int, str, tuple[int, ...]]  # table of the plan, word of the key, text with `%s`, which word each is


@dataclass(frozen=True)
class Form:
    """A record taken apart.

    text: with `%s` for every word; refs: which each is, and whether it is a key. asked: row by row what the shape of a
    record is made of, keys counted before cells. spare: the same of rows for new entries, whose keys are everybody's:
    table, key, text.
    """

    text: str
    refs: Sequence[tuple[int, bool]]
    asked: Sequence[Asked]
    spare: Sequence[tuple[str, str, str]]

    def filled(self, signs: Mapping[str, str], words: Sequence[str | float]) -> tuple[Pieces, str]:
        """Return the text of a record in pieces, and the digest of its shape. signs: what stands for each sign."""
        as_key = [quoted(w) if isinstance(w, str) else quoted(str(w)) for w in words]
        as_cell = [quoted(f"'{w}") if isinstance(w, str) else repr(w) for w in words]
        fixed, holes = self._parts
        own = [signs[hole] if isinstance(hole, str) else (as_key if hole[1] else as_cell)[hole[0]] for hole in holes]
        shape = self._shape(words, [*as_key, *(w if w[0] == '"' else f'"{w}"' for w in as_cell)])
        return near(fixed, [one.encode() for one in own]), digest_of(shape)

    @cached_property
    def _parts(self) -> tuple[list[bytes], list[str | tuple[int, bool]]]:
        """Return what is fixed before, between and behind the signs and words of a book, and which these are."""
        fixed, holes, words, at = [""], list[str | tuple[int, bool]](), iter(self.refs), 0
        for found in _HOLE.finditer(self.text):
            fixed[-1] += self.text[at : found.start()]
            at = found.end()
            if found[1] == "%":
                fixed[-1] += "%"
            else:
                holes.append(found[2] or next(words))
                fixed.append("")
        fixed[-1] += self.text[at:]
        return [part.encode() for part in fixed], holes

    def _shape(self, words: Sequence[str | float], said: Sequence[str]) -> str:
        """Write what `Record.shape` is the digest of. said: every word as a key, then as a cell."""
        rows = [
            (sheet, str(words[key]), text % tuple([said[ref] for ref in refs])) for sheet, key, text, refs in self.asked
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


def _line(sheet: str, key: str, columns: _Columns) -> str:
    """Write what the shape of a record says of a row. key: as it is quoted."""
    head = f"[{quoted(sheet)}, {key}, "
    return ", ".join(f"{head}{name}]" if stands is None else f"{head}{name}, {stands}]" for name, stands in columns)


def _asked(sheet: str, key: int, columns: _Columns, count: int) -> Asked:
    """Return the same of a row with words of its own. count: of all words."""
    refs, escaped = list[int](), list[tuple[str, str | int | None]]()
    for name, stands in columns:
        refs += [key, count + stands] if isinstance(stands, int) else [key]
        said = "%s" if isinstance(stands, int) else None if stands is None else quoted(stands).replace("%", "%%")
        escaped.append((name.replace("%", "%%"), said))
    return sheet, key, _line(sheet.replace("%", "%%"), "%s", tuple(escaped)), tuple(refs)


def form_of(record: Record, views: Sequence[View], slots: Sequence[Slot]) -> Form | None:
    """Take a record apart; None where two tables of it show one sheet, whose rows their words then sort together."""
    if len({t.plan_sheet for t in record.tables}) != len(record.tables):
        return None
    asked, spare, tables = list[Asked](), list[tuple[str, str, str]](), list[IssuedTable]()
    count = sum(len(s.rows) for s in slots)
    cells: dict[str, dict[tuple[int, int], Kept]] = {title: dict(there) for title, there in record.cells.items()}
    for number, (table, view) in enumerate(zip(record.tables, views, strict=True)):
        words = _words(number, slots)
        there, rows = cells.get(table.title, {}), dict[str, int]()
        for position, (key, row) in enumerate(table.rows.items()):
            columns = tuple(_columns(table, row, there, {n: words.get((position, n)) for n in table.columns}))
            word = words.get((position, KEY))
            rows[key if word is None else f"\ue002k{word}"] = row
            if word is None:
                fixed = tuple((name, None if stands is None else quoted(str(stands))) for name, stands in columns)
                spare.append((table.plan_sheet, key, _line(table.plan_sheet, quoted(key), fixed)))
            else:
                asked.append(_asked(table.plan_sheet, word, columns, count))
        for (position, name), word in words.items():
            spot = (BODY + position + 1, (view.left if name == KEY else view.at[name]) + 1)
            if spot in there:
                there[spot] = f"\ue002c{word}"
        tables.append(replace(table, rows=rows))
    text = replace(record, tables=tuple(tables), cells=cells).text()
    refs = [(int(mark[2]), mark[1][1] == "k") for mark in _MARK.finditer(text)]
    return Form(_MARK.sub("%s", text.replace("%", "%%")), refs, asked, spare)


def _words(table: int, slots: Sequence[Slot]) -> dict[tuple[int, str], int]:
    """Return (row, column) of a table → which word stands there."""
    places = ((s, (position, s.name)) for s in slots for position in s.rows)
    return {at: word for word, (slot, at) in enumerate(places) if slot.table == table and not slot.formula}


def _columns(
    table: IssuedTable, row: int, cells: Mapping[tuple[int, int], Kept], words: Mapping[str, int | None]
) -> Iterator[tuple[str, str | int | None]]:
    """List the columns of a row that count for the shape, by their names as they are sorted."""
    for name in sorted(table.columns):
        offset, role = table.columns[name]
        kept = cells.get((row, table.column + offset))
        if role == "input":
            yield quoted(name), None
        elif role == "locked" and kept is not None and not str(kept).startswith("="):
            word = words[name]
            yield quoted(name), word if word is not None else str(kept)
