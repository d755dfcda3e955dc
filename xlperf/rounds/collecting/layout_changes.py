"""What of a returned book is not as it was issued: what stops it, and what is named as being without effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xlperf.engine.roster import MASTER, Party, Roster
from xlperf.formula.values import value_text
from xlperf.problems import Problem, Where, problem, word
from xlperf.workbook.back.locate import Change
from xlperf.workbook.back.read import ReadBook

EMPTY = word("空")
LONGEST_NAME = 24  # characters of a row's own words that go into a problem
NAMED = 20  # changes without effect that are named one by one
_MOVED = ("SHEET_RENAMED", "SHEET_ADDED", "MARK_LOST", "COLUMN_MOVED", "ROW_MOVED")  # found where they are now

LAYOUT = {
    "TABLE_LOST": "“{wanted}”表不见了",
    "COLUMN_LOST": "“{wanted}”列不见了",
    "ROW_LOST": "“{wanted}”行不见了",
    "ROW_TWICE": "“{found}”行出现了两次",
    "ROW_ADDED": "多出一行{found}",
    "TABLE_TWICE": "“{wanted}”表出现了两次，另一张在“{found}”",
    "COLUMN_TWICE": "“{found}”列出现了两次",
    "MARK_UNKNOWN": "多出一张没有发过的表（{found}）",
}
WITHOUT_EFFECT = {
    "TEXT_CHANGED": "表外的文字改动过",
    "SHEET_LOST": "少了一张只供阅读的工作表",
    "COLUMN_ADDED": "多出一列，没有读取",
}


def changed_problems(book: ReadBook, roster: Roster, party: Party, file: str, locked: str) -> Iterator[Problem]:
    """List every way in which a book is not as it was issued.

    file: the name shown in problems. locked: the code of a locked cell that was changed.
    """
    homes, count = {c.sheet: c.plan_sheet for c in (book.cells if book.changes else ())}, 0
    for change in book.changes:
        where = Where(file, sheet=change.sheet, cell=change.cell)
        if change.what in WITHOUT_EFFECT:
            count += 1
            if count <= NAMED:
                says = word(WITHOUT_EFFECT[change.what])
                yield problem("NO_EFFECT", where, what=says, was=change.wanted or EMPTY, now=change.found or EMPTY)
        elif change.what == "HEADING_CHANGED":
            yield problem(locked, where, was=change.wanted or EMPTY, now=change.found or EMPTY)
        elif change.what == "ROW_ADDED" and _is_others(roster, party, homes.get(change.sheet, ""), change.found):
            yield problem("ROW_NOT_YOURS", where, key=change.found)
        elif change.what not in _MOVED and not (party == MASTER and change.what in ("ROW_LOST", "COLUMN_LOST")):
            # of the office's book what is not there is not taken: the record keeps what it had, see `deleted`
            yield problem("LAYOUT_CHANGED", where, found=_layout_words(change, roster, party, homes))
    if count > NAMED:
        yield problem("NO_EFFECT_MORE", Where(file), count=count - NAMED)


def _layout_words(change: Change, roster: Roster, party: Party, homes: Mapping[str, str]) -> str:
    home = homes.get(change.sheet, "")
    now, was = (_named(roster, party, change.what, home, name) for name in (change.found, change.wanted))
    return word(LAYOUT.get(change.what, change.what), found=now, wanted=was)


def _named(roster: Roster, party: Party, what: str, sheet: str, name: str) -> str:
    """Return a row or column as the book calls it: by its own words, not by its key."""
    if what == "COLUMN_LOST" and sheet in roster.plan.by_name:
        column = roster.plan.by_name[sheet].by_name.get(name)
        return column.title if column is not None else name
    return (row_name(roster, party, sheet, name) or name) if what.startswith("ROW_") else name


def _is_others(roster: Roster, party: Party, sheet: str, key: str) -> bool:
    """Return whether a row is of somebody whose rows come in another book."""
    row = roster.rows.get((sheet, key))
    return row is not None and not roster.is_own(party, roster.plan.by_name[sheet], row)


def row_name(roster: Roster, party: Party, sheet: str, key: str) -> str:
    """Return what a row is about in its own words, "" where only its key says so or another book holds it."""
    known = roster.plan.by_name.get(sheet)
    row = roster.rows.get((sheet, key))
    if known is None or row is None or known.label is None or not roster.is_own(party, known, row):
        return ""
    words = value_text(row.get(known.label.name))
    return words if len(words) <= LONGEST_NAME else words[: LONGEST_NAME - 1] + "…"
