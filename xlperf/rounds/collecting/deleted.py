"""Rows that somebody deleted from a 总表: named, counted as before, and there again in the next one that is written.

Whoever wants a row to count otherwise says so in its cells; that a row is not there says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from xlperf.engine.roster import MASTER, Roster
from xlperf.formula.values import value_text
from xlperf.problems import Problem, Where, problem
from xlperf.rounds.accepted import Gathered
from xlperf.rounds.collecting.findings import Findings
from xlperf.rounds.collecting.layout_changes import NAMED, row_name
from xlperf.rounds.ledger import Receipt
from xlperf.workbook.back.read import ReadBook

_At = tuple[str, str]


def deleted(book: ReadBook, roster: Roster, file: str, named: Mapping[str, str]) -> Iterator[Problem]:
    """List what was deleted: each entry of a ledger, and the rows of each other sheet together.

    roster: the rows as they stand now. named: the keys in the record of rows for new entries (see `rounds.ledger`).
    """
    others: dict[str, list[_At]] = {}
    for name, row in _lost(book):
        at = name, named.get(f"{name}|{row}", row)
        if at in roster.rows and roster.plan.by_name[name].grows:
            sheet = roster.plan.by_name[name]
            label = value_text(roster.rows[at].get(sheet.naming.name)) or at[1]
            yield problem("ENTRY_ROW_GONE", Where(file, sheet=sheet.title), key=at[1], found=label)
        elif at in roster.rows:
            others.setdefault(name, []).append(at)
    for name, rows in others.items():
        some = "、".join(_called(roster, at) for at in rows[:NAMED]) + ("……" if len(rows) > NAMED else "")
        where = Where(file, sheet=roster.plan.by_name[name].title)
        yield problem("ROWS_GONE", where, count=len(rows), rows=some)


def with_deleted(found: Findings, book: ReadBook, before: Receipt | None) -> Findings:
    """Return what a copy of the 总表 says, with what the office sent before of the rows that are deleted from it."""
    lost = set(_lost(book))
    if before is None or not lost:
        return found
    names = {f"{sheet}|{row}" for sheet, row in lost}
    return replace(
        found,
        cells=Gathered.of([*found.cells, *(c for c in before.cells if (c.sheet, c.row) in lost)]),
        seen={**{at: seen for at, seen in before.seen.items() if at in names}, **found.seen},
        words={**{at: said for at, said in before.words.items() if at in names}, **found.words},
    )


def _lost(book: ReadBook) -> Iterator[_At]:
    """List the rows that the book was written with and has no more; its map is sealed, so that this is known."""
    return ((change.table, change.wanted) for change in book.changes if change.what == "ROW_LOST" and change.table)


def _called(roster: Roster, at: _At) -> str:
    """Return whose row it is and what it is about, in words of the book; its key where it has none."""
    sheet, row = roster.plan.by_name[at[0]], roster.rows[at]
    words = (roster.whose(sheet, row), row_name(roster, MASTER, *at))
    return " ".join(dict.fromkeys(w for w in words if w)) or at[1]
