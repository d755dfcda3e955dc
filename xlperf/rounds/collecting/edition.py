"""The 总表 in out/ that the office went on typing in: kept as a copy, and what was typed added to the record.

Other than a book that was dropped into the inbox, it does not replace what the office sent before: only what is
not as it was written counts, so that entries made in two copies of the 总表 both stand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from xlperf.engine.roster import Roster
from xlperf.files import write_whole
from xlperf.rounds.collecting.examine import Findings, text_then
from xlperf.rounds.ledger import CellText, Receipt, State, state_when_written
from xlperf.rounds.store import Round
from xlperf.workbook.back.read import ReadBook

FILE = "out/总表.xlsx"  # below the folder of the round
COPIES = "历次"

_Spot = tuple[str, str, str]


@dataclass(frozen=True)
class Edition:
    """The 总表 as the office saved it. data: its bytes; sha256 of them; written: the rows it was written from."""

    data: bytes
    sha256: str
    written: Roster


def edition_of(round_: Round, state: State) -> Edition | None:
    """Return the 总表 in out/ where it is not as the program wrote it last; None where it is, or is not there."""
    file = round_.folder / FILE
    if not file.is_file():
        return None
    data = file.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    last = state.written.get(FILE)
    if last is not None and last.sha256 == digest:
        return None
    then = state_when_written(round_.ledger, FILE) or state
    return Edition(data, digest, Roster(round_.plan, round_.tables(then), round_.scheme.office))


def keep_copy(round_: Round, edition: Edition) -> Path:
    """Keep a copy that people find: out/历次/总表 1.xlsx and so on; the same bytes once. Return it below the round."""
    folder = round_.folder / Path(FILE).parent / COPIES
    there = sorted(folder.glob("*.xlsx")) if folder.is_dir() else []
    same = next((f for f in there if hashlib.sha256(f.read_bytes()).hexdigest() == edition.sha256), None)
    number = len(there) + 1
    while same is None and (folder / f"{Path(FILE).stem} {number}.xlsx").exists():
        number += 1
    copy = same or folder / f"{Path(FILE).stem} {number}.xlsx"
    if same is None:
        write_whole(copy, edition.data)
    return copy.relative_to(round_.folder)


def added(edition: Edition, book: ReadBook, found: Findings, roster: Roster, before: Receipt | None) -> Findings | None:
    """Return what the record of the office is with an edition's entries added; None where nothing was typed.

    found: what the book says. roster: the rows as they stand now. before: what the office sent last.
    """
    known = {(c.sheet, c.row, c.column): c.text for c in before.cells} if before is not None else {}
    typed = {(c.sheet, c.row, c.column): c.text for c in found.cells}
    changed = {at: text for at, text in typed.items() if text_then(edition.written, at) != text}
    blank = {(c.plan_sheet, c.row_key, c.column) for c in book.cells if c.value in (None, "")}
    cleared = {at for at in known if at in blank and at not in typed and text_then(edition.written, at)}
    cleared |= {at for at in known if at[:2] in found.withdrawn}
    if not changed and not cleared:
        return None
    names = _renamed(changed, edition.written, roster)
    news = {(s, names.get((s, row), row), c): text for (s, row, c), text in changed.items()}
    cells = {**{at: text for at, text in known.items() if at not in cleared}, **news}
    rows = {f"{sheet}|{row}" for sheet, row, _ in news}
    seen, words = (before.seen, before.words) if before is not None else ({}, {})
    return Findings(
        found.problems,
        [CellText(*at, text) for at, text in cells.items()],
        {**seen, **{at: digest for at, digest in found.seen.items() if at in rows}},
        {**words, **{at: told for at, told in found.words.items() if at in rows}},
    )


def _renamed(changed: Mapping[_Spot, str], written: Roster, now: Roster) -> dict[tuple[str, str], str]:
    """Return the next free number of each entry that is new in this book, but whose number was taken since."""
    names: dict[tuple[str, str], str] = {}
    taken = set(now.rows)
    for sheet, key, _ in changed:
        at = (sheet, key)
        if at in written.rows or at in names or at not in now.rows:
            continue
        mark, number = now.mark(now.plan.by_name[sheet]), 1
        while (sheet, f"{mark}{number}") in taken:
            number += 1
        names[at] = f"{mark}{number}"
        taken.add((sheet, names[at]))
    return names
