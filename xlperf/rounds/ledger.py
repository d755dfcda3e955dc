"""台账: an append-only, hash-chained list of what happened in a round, and the state it adds up to.

Every entry is one row, so it is there whole or not at all; its hash covers the hash of the row before,
so that a row changed or taken out later breaks the chain at a place that can be named.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from xlperf.problems import Problem, Where

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
  number INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
  previous TEXT NOT NULL, hash TEXT NOT NULL UNIQUE);
CREATE TRIGGER IF NOT EXISTS entries_stay BEFORE UPDATE ON entries
  BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END;
CREATE TRIGGER IF NOT EXISTS entries_last BEFORE DELETE ON entries
  BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END;
"""
_FIRST = "0" * 64

Body = dict[str, Any]
Party = tuple[str, str]  # kind of workbook and whose it is: ("unit", "U22"), ("scorer", "市信访局"), ("master", "")


@dataclass(frozen=True)
class Entry:
    """One row of the ledger."""

    number: int
    at: str
    kind: str
    body: Body


@dataclass(frozen=True)
class CellText:
    """An accepted cell: plan sheet, key of the row, column, and the value as exact text."""

    sheet: str
    row: str
    column: str
    text: str


@dataclass(frozen=True)
class Receipt:
    """What was decided on one file. decision: `accepted`, `held` or `refused`.

    kind, who: whose file it is, "" where nobody knows. seen: row key → digest of what stood beside the
    office's decisions (see `rounds.merge`). words: the same, column by column, to say later what changed.
    """

    sha256: str
    file: str
    kind: str
    who: str
    serial: int
    decision: str
    problems: tuple[Problem, ...] = ()
    cells: tuple[CellText, ...] = ()
    seen: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    at: str = ""

    @property
    def party(self) -> Party:
        """Return whose file it is."""
        return self.kind, self.who


@dataclass(frozen=True)
class Issued:
    """A workbook that was sent out: whose, its serial, where it lies, the sha256 of its bytes."""

    kind: str
    who: str
    serial: int
    file: str
    sha256: str


@dataclass(frozen=True)
class State:
    """What the ledger adds up to.

    current: the accepted submission in force of each party. receipts: every file ever received, by sha256, the last
    decision on it.
    """

    issued: dict[Party, Issued] = field(default_factory=dict)
    serials: dict[int, Issued] = field(default_factory=dict)
    receipts: dict[str, Receipt] = field(default_factory=dict)
    current: dict[Party, Receipt] = field(default_factory=dict)


class BrokenChain(Exception):
    """A row of the ledger was changed or removed after it was written."""

    def __init__(self, number: int) -> None:
        super().__init__(f"the ledger was altered at or before entry {number}")
        self.number = number


def append(file: Path, kind: str, *bodies: Body) -> None:
    """Append entries of one kind in one transaction; on return they are on disk."""
    with closing(_connect(file)) as db, db:
        db.execute("BEGIN IMMEDIATE")
        last = db.execute("SELECT number, hash FROM entries ORDER BY number DESC LIMIT 1").fetchone()
        number, previous = last or (0, _FIRST)
        at = datetime.now().astimezone().isoformat(timespec="seconds")
        for body in bodies:
            number += 1
            text = json.dumps(body, ensure_ascii=False, sort_keys=True)
            chained = _chained(previous, number, at, kind, text)
            db.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", (number, at, kind, text, previous, chained))
            previous = chained


def entries(file: Path) -> Iterator[Entry]:
    """Visit every entry in order; raises BrokenChain at the first that does not fit the one before."""
    if not file.exists():
        return
    with closing(_connect(file)) as db:
        previous = _FIRST
        rows = db.execute("SELECT number, at, kind, body, previous, hash FROM entries ORDER BY number")
        for expected, (number, at, kind, text, before, chained) in enumerate(rows, 1):
            if number != expected or before != previous or chained != _chained(before, number, at, kind, text):
                raise BrokenChain(expected)
            previous = chained
            yield Entry(number, at, kind, json.loads(text))


def state_of(file: Path) -> State:
    """Add the ledger up. A later accepted submission of a party replaces the earlier one."""
    state = State()
    for entry in entries(file):
        if entry.kind == "issued":
            issued = Issued(**entry.body)
            state.issued[issued.kind, issued.who] = issued
            state.serials[issued.serial] = issued
        elif entry.kind == "received":
            receipt = replace(_receipt(entry.body), at=entry.at)
            state.receipts[receipt.sha256] = receipt
            if receipt.decision == "accepted":
                state.current.pop(receipt.party, None)  # the order is that of acceptance
                state.current[receipt.party] = receipt
    return state


def record_issued(file: Path, *issued: Issued) -> None:
    """Record workbooks that were written for somebody."""
    append(file, "issued", *(vars(i) for i in issued))


def record_receipts(file: Path, *receipts: Receipt) -> None:
    """Record decisions on files; what an accepted file holds stands in the same row as the decision."""
    append(file, "received", *(_body(r) for r in receipts))


def _connect(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(file, timeout=30, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.executescript(_SCHEMA)
    return db


def _chained(previous: str, number: int, at: str, kind: str, text: str) -> str:
    return hashlib.sha256("\n".join((previous, str(number), at, kind, text)).encode()).hexdigest()


# ---- receipts as JSON --------------------------------------------------------------------------


def _body(receipt: Receipt) -> Body:
    return {
        **{k: v for k, v in vars(receipt).items() if k not in ("problems", "cells", "at")},
        "problems": [{"code": p.code, "where": vars(p.where), "values": p.values} for p in receipt.problems],
        "cells": [[c.sheet, c.row, c.column, c.text] for c in receipt.cells],
    }


def _receipt(body: Body) -> Receipt:
    problems = tuple(
        Problem(p["code"], Where(**p["where"]), tuple((k, v) for k, v in p["values"])) for p in body["problems"]
    )
    cells = tuple(CellText(*c) for c in body["cells"])
    return Receipt(**{**body, "problems": problems, "cells": cells})
