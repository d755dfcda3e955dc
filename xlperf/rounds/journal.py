"""The append-only, hash-chained list of entries that a round's ledger is kept in.

Every entry is one row, so it is there whole or not at all; its hash covers the hash of the row before,
so that a row changed or taken out later breaks the chain at a place that can be named. What the kinds
of entries mean is said in `rounds.ledger`.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

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

Mark = tuple[int, str]  # number and hash of an entry
START: Mark = (0, _FIRST)

Body = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One row of the ledger. mark: to read on from it."""

    number: int
    at: str
    kind: str
    body: Body
    mark: Mark


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


def begin(file: Path) -> None:
    """Make an empty list, so that one that is not there later is known to be gone."""
    with closing(_connect(file)):
        pass


def entries(file: Path, after: Mark = START) -> Iterator[Entry]:
    """List every entry in order; raises BrokenChain at the first that does not fit the one before.

    after: the mark of an entry; only later ones are read, and the first of these must follow it.
    """
    if not file.exists():
        return
    with closing(_connect(file)) as db:
        last, previous = after
        asked = "SELECT number, at, kind, body, previous, hash FROM entries WHERE number > ? ORDER BY number"
        for expected, (number, at, kind, text, before, chained) in enumerate(db.execute(asked, (last,)), last + 1):
            if number != expected or before != previous or chained != _chained(before, number, at, kind, text):
                raise BrokenChain(expected)
            previous = chained
            yield Entry(number, at, kind, json.loads(text), (number, chained))


def _connect(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(file, timeout=30, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.executescript(_SCHEMA)
    return db


def _chained(previous: str, number: int, at: str, kind: str, text: str) -> str:
    return hashlib.sha256("\n".join((previous, str(number), at, kind, text)).encode()).hexdigest()
