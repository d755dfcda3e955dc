"""The 总表 that the office went on typing in: kept as a copy, and what was typed added to the record.

There are two that the program writes and may write anew: the one that was issued, and the one in out/. Other than a
book that was dropped into the inbox, what was typed there does not replace what the office sent before: only what is
not as it was written, or as it was taken in last, counts, so that entries made in two copies of the 总表 both stand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from xlperf.engine.plan import Sheet
from xlperf.engine.roster import MASTER, Roster
from xlperf.problems import Problem, Where, problem
from xlperf.rounds.accepted import Gathered
from xlperf.rounds.collecting.examine import text_then
from xlperf.rounds.collecting.findings import Findings
from xlperf.rounds.collecting.open import open_books
from xlperf.rounds.ledger import CellText, Receipt, State, state_when_written
from xlperf.rounds.outputs import put_out
from xlperf.rounds.parties import roster_now, roster_of
from xlperf.rounds.store import Round
from xlperf.scheme.reading.cells import is_empty
from xlperf.workbook.back.read import ReadBook, ReadCell
from xlperf.xlsx.skeleton import SPARE

ISSUED = "issued/总表.xlsx"  # below the folder of the round
FILE = "out/总表.xlsx"
FILES = (ISSUED, FILE)
COPIES = "历次"

_Spot = tuple[str, str, str]


@dataclass(frozen=True)
class Edition:
    """A 总表 as the office saved it.

    file: which of `FILES`. data: its bytes; sha256 of them; written: the rows it was written from. before: what was
    taken in of this book since it was written; then: how its cells (sheet, row of the book, column) stood at that time.
    """

    file: str
    data: bytes
    sha256: str
    written: Roster
    before: Receipt | None = None
    then: Mapping[_Spot, ReadCell] = field(default_factory=dict)

    @property
    def named(self) -> Mapping[str, str]:
        """Return the keys in the record of the rows for new entries that were taken in of this book."""
        return self.before.named if self.before is not None else {}


def editions_of(round_: Round, state: State, files: Collection[str] = FILES) -> dict[str, Edition]:
    """Return, by sha256, each 总表 that is not as the program wrote it last; one that is not there is none."""
    found: dict[str, Edition] = {}
    for file, data in edited(round_, state, files):
        digest = hashlib.sha256(data).hexdigest()
        before = state.taken.get(file)
        if digest not in found:
            then = _cells_then(round_, before) if before is not None and before.sha256 != digest else {}
            found[digest] = Edition(file, data, digest, _written(round_, state, file), before, then)
    return found


def edited(round_: Round, state: State, files: Collection[str] = FILES) -> Iterator[tuple[str, bytes]]:
    """List the 总表 whose bytes the program did not write, with these bytes."""
    issued = state.issued.get(MASTER)
    ours = {w.sha256 for w in state.written.values()} | ({issued.sha256} if issued is not None else set())
    for file in files:
        at = round_.folder / file
        is_blank = file == ISSUED and (issued is None or issued.file != ISSUED)  # nobody issued one there
        data = at.read_bytes() if at.is_file() and not is_blank else None
        if data is not None and hashlib.sha256(data).hexdigest() not in ours:
            yield file, data


def _written(round_: Round, state: State, file: str) -> Roster:
    """Return the rows a book was written from: what went out holds only what the scheme gives."""
    then = state_when_written(round_.ledger, file) or state
    return roster_of(round_) if file == ISSUED else roster_now(round_, then)


def _cells_then(round_: Round, before: Receipt) -> dict[_Spot, ReadCell]:
    (book,) = open_books([(round_.received / before.sha256, before.file)], round_.records, own=True)
    return _by_spot(book) if isinstance(book, ReadBook) else {}


def _by_spot(book: ReadBook) -> dict[_Spot, ReadCell]:
    return {(c.plan_sheet, c.row_key, c.column): c for c in book.cells}


def keep_copy(round_: Round, data: bytes, name: str = FILE) -> Path:
    """Keep a copy that people find: out/历次/总表 1.xlsx and so on; the same bytes once. Return it below the round."""
    folder, stem = round_.out / COPIES, Path(name).stem
    there = sorted(folder.glob(f"{stem} *.xlsx")) if folder.is_dir() else []
    same = next((f for f in there if f.read_bytes() == data), None)
    number = len(there) + 1
    while same is None and (folder / f"{stem} {number}.xlsx").exists():
        number += 1
    copy = same or folder / f"{stem} {number}.xlsx"
    put_out(round_, {copy.relative_to(round_.folder): data})
    return copy.relative_to(round_.folder)


def added(edition: Edition, book: ReadBook, found: Findings, roster: Roster, before: Receipt | None) -> Findings | None:
    """Return what the record of the office is with an edition's entries added; None where nothing was typed.

    found: what the book says. roster: the rows as they stand now. before: what the office sent last.
    """
    known = {(c.sheet, c.row, c.column): c.text for c in before.cells} if before is not None else {}
    typing = _Typing(edition, book, found, roster)
    cleared = typing.cleared(known)
    if not typing.changed and not cleared:
        return None
    names = typing.names
    news = {(s, names.get((s, row), row), c): text for (s, row, c), text in typing.changed.items()}
    cells = {**{at: text for at, text in known.items() if at not in cleared}, **news}
    rows = {f"{sheet}|{row}" for sheet, row, _ in news}
    seen, words = (before.seen, before.words) if before is not None else ({}, {})
    return replace(
        found,
        problems=[*found.problems, *typing.emptied(known)],
        cells=Gathered.of(CellText(*at, text) for at, text in cells.items()),
        seen={**seen, **{at: digest for at, digest in found.seen.items() if at in rows}},
        words={**words, **{at: said for at, said in found.words.items() if at in rows}},
        named=typing.named(),
    )


@dataclass(frozen=True)
class _Typing:
    """What is not in an edition as it stood before. Rows are keyed as in the book: new ones get their names after."""

    edition: Edition
    book: ReadBook
    found: Findings
    roster: Roster

    @cached_property
    def _now(self) -> dict[_Spot, ReadCell]:
        return _by_spot(self.book)

    @cached_property
    def _places(self) -> dict[tuple[str, str], str]:
        """Return (sheet, key given to a new row) → the row for new entries it was typed into."""
        return {(sheet, key): spare for (sheet, spare), key in self.found.entered.items()}

    @cached_property
    def changed(self) -> dict[_Spot, str]:
        """Return the cells that somebody filled otherwise since."""
        typed = {(c.sheet, c.row, c.column): c.text for c in self.found.cells}
        return {at: text for at, text in typed.items() if not self._stood(at, text)}

    def _stood(self, at: _Spot, text: str) -> bool:
        sheet, key, column = at
        if not self.edition.then:
            return text_then(self.edition.written, at) == text
        spot = (sheet, self._places.get((sheet, key), key), column)
        return spot in self.edition.then and self.edition.then[spot].value == self._now[spot].value

    def cleared(self, known: Collection[_Spot]) -> set[_Spot]:
        """Return which cells of the record were emptied in the book, and those of entries that were withdrawn."""
        filled = {(c.sheet, self._places.get((c.sheet, c.row), c.row), c.column) for c in self.found.cells}
        blank = {spot for spot, cell in self._now.items() if is_empty(cell.value) and spot not in filled}
        gone = {self._in_record(spot) for spot in blank if self._was_filled(spot)} & set(known)
        rows = self.found.withdrawn | {at for at, _ in self._emptied_rows()}
        return gone | {at for at in known if at[:2] in rows}

    def _was_filled(self, spot: _Spot) -> bool:
        if self.edition.then:
            return spot in self.edition.then and not is_empty(self.edition.then[spot].value)
        return bool(text_then(self.edition.written, spot))

    def _in_record(self, spot: _Spot) -> _Spot:
        sheet, row, column = spot
        return sheet, self.edition.named.get(f"{sheet}|{row}", row), column

    def _emptied_rows(self) -> Iterator[tuple[tuple[str, str], ReadCell]]:
        """List the entries taken in of this book whose row is empty now, by their key in the record, with a cell."""
        first: dict[tuple[str, str], ReadCell] = {}
        for (sheet, row, _), cell in self._now.items():
            first.setdefault((sheet, row), cell)
        for at, key in self.edition.named.items():
            sheet, _, row = at.partition("|")
            if (sheet, row) in first and (sheet, row) not in self.found.entered:
                yield (sheet, key), first[sheet, row]

    def emptied(self, known: Mapping[_Spot, str]) -> Iterator[Problem]:
        """List which entries were withdrawn by emptying the row they had been typed into."""
        for (sheet, key), cell in self._emptied_rows():
            was = "；".join(text for at, text in known.items() if at[:2] == (sheet, key))
            if was:
                at = Where(self.edition.file, sheet=cell.sheet, cell=cell.cell)
                yield problem("ENTRY_WITHDRAWN", at, key=key, was=was)

    @cached_property
    def names(self) -> dict[tuple[str, str], str]:
        """Return the key in the record of each new row that is not named as in the book.

        A row keeps the name it got before; else one whose number was taken since gets the next that is free.
        """
        names = {
            (sheet, key): self.edition.named[f"{sheet}|{spare}"]
            for (sheet, key), spare in self._places.items()
            if f"{sheet}|{spare}" in self.edition.named
        }
        taken = set(self.roster.rows)
        for sheet, key, _ in self.changed:
            at = (sheet, key)
            if at in self.edition.written.rows or at in names or at not in taken:
                continue
            names[at] = _free(self.roster.mark(self.roster.plan.by_name[sheet]), sheet, taken)
            taken.add((sheet, names[at]))
        return names

    def named(self) -> dict[str, str]:
        """Return the keys in the record of all rows for new entries that hold one."""
        return {
            f"{sheet}|{spare}": self.names.get((sheet, key), key) for (sheet, spare), key in self.found.entered.items()
        }


def _free(mark: str, sheet: str, taken: Collection[tuple[str, str]]) -> str:
    """Return the first number that no row of a sheet has yet."""
    number = 1
    while (sheet, f"{mark}{number}") in taken:
        number += 1
    return f"{mark}{number}"


def homeless(book: ReadBook, roster: Roster, file: str) -> Iterator[Problem]:
    """List which filled cells of a book made from an earlier state of the scheme have no place in it now."""
    for cell in book.cells:
        sheet = roster.plan.by_name.get(cell.plan_sheet)
        if cell.role == "input" and not is_empty(cell.value) and not _has_place(cell, sheet, roster):
            yield problem("NO_PLACE_NOW", Where(file, sheet=cell.sheet, cell=cell.cell), found=cell.value)


def _has_place(cell: ReadCell, sheet: Sheet | None, roster: Roster) -> bool:
    if sheet is None or cell.column not in sheet.by_name:
        return False
    return cell.row_key.startswith(SPARE) or (sheet.name, cell.row_key) in roster.rows
