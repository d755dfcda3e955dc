"""The append-only, hash-chained list of entries that a round's ledger is kept in.

Every entry is one row, so it is there whole or not at all; its hash covers the hash of the row before and is made with
the round's key, so that a row changed or taken out later breaks the chain at a place that can be named. The head, the
hash of the last entry, stands beside the list, so that a list whose end was cut off is known. What the kinds
of entries mean is said in `rounds.ledger`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from xlperf.files import writing
from xlperf.rounds.turns import turn

_TABLE = """CREATE TABLE IF NOT EXISTS entries (
  number INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
  previous TEXT NOT NULL, hash TEXT NOT NULL UNIQUE)"""
_STAY = """CREATE TRIGGER IF NOT EXISTS entries_stay BEFORE UPDATE ON entries
  BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END"""
_LAST = """CREATE TRIGGER IF NOT EXISTS entries_last BEFORE DELETE ON entries
  BEGIN SELECT RAISE(ABORT, 'entries are never removed'); END"""
_SCHEMA = ";\n".join((_TABLE, _STAY, _LAST, ""))
_ELSEWHERE = frozenset({  # faults that no entry is named for: others have it, the disk is full, it is no list at all
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB,
})  # fmt: skip
_FIRST = "0" * 64
KEY_FILES = ("round.key", ".key")  # of the round that the list lies in

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


class Pen:
    """The right to append, which one process has at a time. last: the number of the last entry, 0 for none."""

    def __init__(self, db: sqlite3.Connection, key: bytes) -> None:
        self._db, self._key = db, key
        found = db.execute("SELECT number, hash FROM entries ORDER BY number DESC LIMIT 1").fetchone()
        self.last: int = found[0] if found else 0
        self._hash: str = found[1] if found else _FIRST

    def put(self, kind: str, body: Body) -> None:
        """Append an entry; it is there once the pen is laid down."""
        number, previous = self.last + 1, self._hash
        at = datetime.now().astimezone().isoformat(timespec="seconds")
        text = json.dumps(body, ensure_ascii=False, sort_keys=True)
        chained = _chained(self._key, previous, number, at, kind, text)
        self._db.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", (number, at, kind, text, previous, chained))
        self.last, self._hash = number, chained

    @property
    def mark(self) -> Mark:
        """Return the mark of the last entry."""
        return self.last, self._hash


@contextmanager
def alone(file: Path) -> Iterator[Pen]:
    """Keep everybody else from appending while something is decided on what the list says now.

    What was put is on disk once this ends, all of it or nothing. The head is made ready before: a disk that refuses it
    refuses the entries. Once they are there, what hinders the head from taking its place undoes nothing and is no
    fault of who appended: it is then of an earlier entry and follows with the next.
    """
    with turn(file), closing(_connect(file)) as db:
        is_recorded = False
        try:
            with writing(lasting=False) as put:
                with db:
                    db.execute("BEGIN IMMEDIATE")
                    pen = Pen(db, key_of(file))
                    before = pen.last
                    yield pen
                    if pen.last != before or _is_behind(db, file, pen.last):
                        put(head_file(file), _head_line(file, pen.mark).encode())
                is_recorded = True
            if head_file(file).is_file() and not _had_head(db):
                db.execute("PRAGMA user_version = 1")
        except (OSError, sqlite3.Error):
            if not is_recorded:
                raise


def append(file: Path, kind: str, *bodies: Body) -> None:
    """Append entries of one kind in one transaction; on return they are on disk."""
    with alone(file) as pen:
        for body in bodies:
            pen.put(kind, body)


def key_of(file: Path) -> bytes:
    """Return the secret that the list is chained with: the key of the round it lies in, b"" where it lies in none."""
    for name in KEY_FILES:
        with suppress(OSError, ValueError):
            return bytes.fromhex((file.parent / name).read_text("ascii").strip())
    return b""


def head_file(file: Path) -> Path:
    """Return where the head of the list stands beside it."""
    return file.with_suffix(".head")


def _is_behind(db: sqlite3.Connection, file: Path, last: int) -> bool:
    """Return whether the last writing of the head failed: it was never there, or it is that of an earlier entry.

    A head that was there and is gone, or that the list does not reach, is left for `verify` to tell.
    """
    if not head_file(file).is_file():
        return last > 0 and not _had_head(db)
    with suppress(ValueError):
        mark = read_head(file)
        found = db.execute("SELECT hash FROM entries WHERE number = ?", (mark[0] if mark else 0,)).fetchone()
        return mark is not None and found is not None and found[0] == mark[1] and mark[0] < last
    return False


def _had_head(db: sqlite3.Connection) -> bool:
    """Return whether a head was ever written of this list."""
    return bool(db.execute("PRAGMA user_version").fetchone()[0])


def _head_line(file: Path, mark: Mark) -> str:
    text = f"{mark[0]} {mark[1]}"
    return f"{text} {hmac.digest(key_of(file) or b'-', text.encode(), 'sha256').hex()}\n"


def read_head(file: Path) -> Mark | None:
    """Return the mark that stands beside the list, None where none does; ValueError where the key did not make it."""
    at = head_file(file)
    if not at.is_file():
        return None
    line = at.read_text("ascii")
    number, chained, _ = line.split()
    if line != _head_line(file, (int(number), chained)):
        raise ValueError(line)
    return int(number), chained


def put_together(file: Path) -> None:
    """Put what stands in the file beside the list into it: what a program wrote that was ended before it did so."""
    with suppress(OSError, sqlite3.Error):  # what is wrong with a list is told when it is read
        if file.with_name(f"{file.name}-wal").stat().st_size:
            with closing(_connect(file)) as db:
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def hangs_together(file: Path) -> bool:
    """Check whether each entry names the hash of the one before, whatever key the hashes were made with."""
    with closing(_connect(file)) as db:
        rows = db.execute("SELECT previous, hash FROM entries ORDER BY number").fetchall()
    return all(before == last for (before, _), (_, last) in zip(rows, [("", _FIRST), *rows], strict=False))


def entries(file: Path, after: Mark = START) -> Iterator[Entry]:
    """List every entry in order; raises BrokenChain at the first that does not fit the one before.

    after: the mark of an entry; only later ones are read, and the first of these must follow it.
    """
    if not file.exists():
        return
    last, previous = after
    asked = "SELECT number, at, kind, body, previous, hash FROM entries WHERE number > ? ORDER BY number"
    key, expected = key_of(file), last + 1
    try:
        with closing(_connect(file)) as db:
            for number, *texts in db.execute(asked, (last,)):
                if number != expected or not all(isinstance(text, str) for text in texts):
                    raise BrokenChain(expected)
                at, kind, text, before, chained = texts
                if before != previous or chained != _chained(key, before, number, at, kind, text):
                    raise BrokenChain(expected)
                previous, expected = chained, expected + 1
                yield Entry(number, at, kind, json.loads(text), (number, chained))
    except sqlite3.DatabaseError as fault:
        if getattr(fault, "sqlite_errorcode", 0) & 0xFF in _ELSEWHERE:
            raise
        raise BrokenChain(expected) from None


def damage(file: Path) -> str:
    """Return what is wrong with the list's file itself, whatever its entries say; "" where nothing is."""
    try:
        with closing(_connect(file)) as db:
            faults = [str(line) for (line,) in db.execute("PRAGMA integrity_check")]
            made = {
                " ".join(str(text).split()) for (text,) in db.execute("SELECT sql FROM sqlite_master WHERE sql <> ''")
            }
    except sqlite3.Error as fault:
        return str(fault)
    wanted = {" ".join(text.replace("IF NOT EXISTS ", "").split()) for text in (_TABLE, _STAY, _LAST)}
    return (
        "; ".join(faults[:3]) if faults != ["ok"] else "" if made == wanted else "the guards against changes are gone"
    )


def _connect(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(file, timeout=30, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.executescript(_SCHEMA)
    return db


def _chained(key: bytes, previous: str, number: int, at: str, kind: str, text: str) -> str:
    chained = "\n".join((previous, str(number), at, kind, text)).encode()
    return hmac.digest(key, chained, "sha256").hex() if key else hashlib.sha256(chained).hexdigest()
