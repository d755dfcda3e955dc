"""Figures of a round in hard times: collectors killed, many at once, a full disk, a byte changed anywhere."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from unittest.mock import patch

from kit.figure import Figure, issued_round
from kit.rounds import reopened, send
from kit.sixty import bytes_of, sixty_round
from xlperf import files
from xlperf.problems import errors
from xlperf.publish import verify
from xlperf.publish.receipts import publish_receipts
from xlperf.publish.results import publish_scores
from xlperf.publish.verify import verified
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.collecting.inbox import arrivals
from xlperf.rounds.journal import Pen, entries
from xlperf.rounds.store import Round
from xlperf.workbook.record import read_record

_COLLECT = """
import sys
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.store import open_round
collect(open_round(sys.argv[1])[0])
"""


IN_ONE_ROUND = 25  # kills, so that each finds a small inbox


def kills(count: int, folder: Path, seed: int = 1) -> Figure:
    """Kill a collector at random moments until everything is in; every file is recorded once, no reader is left."""
    template, draw, figure = issued_round(folder / "template"), random.Random(seed), Figure("kills")
    units = ("U01", "U22", "U44")
    filled = [send(template, "unit", unit).rename(folder / f"{unit}.xlsx").read_bytes() for unit in units]
    for start in range(0, count, IN_ONE_ROUND):
        round_ = reopened(shutil.copytree(template.folder, folder / "round"))
        numbers = range(start, min(start + IN_ONE_ROUND, count))
        for number in numbers:
            (round_.inbox / f"{number:05d}.xlsx").write_bytes(another(filled[number % 3], number))
            _kill(figure, round_, draw, number)
        _whole_again(figure, round_, {units[n % 3]: f"{n:05d}.xlsx" for n in numbers}, len(numbers))
        shutil.rmtree(round_.folder)
    return figure


def _kill(figure: Figure, round_: Round, draw: random.Random, number: int) -> None:
    """Kill one collector, at whatever it is; now and then it is done before."""
    began = time.monotonic()
    child = _collector(round_)
    time.sleep(draw.uniform(0, 1.1 * _USUAL[0]))
    done = os.waitpid(child, os.WNOHANG)[0]
    figure.add("done before" if done else "killed")
    if done:
        _USUAL[0] = 0.7 * _USUAL[0] + 0.3 * (time.monotonic() - began)
    else:
        _USUAL[0] *= 1.02  # a machine that became busy
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if left := _left_after(child, 5.0):
        figure.wrong.append(f"readers left after kill {number}: {left}")


_USUAL = [1.0]  # seconds a collector takes


def _whole_again(figure: Figure, round_: Round, last: dict[str, str], count: int) -> None:
    """Collect what is left, and enter what was lost, doubled, or is in force although it is older."""
    collect(reopened(round_.folder))
    taken = [e.body["sha256"] for e in entries(round_.ledger) if e.kind == "received"]
    problems = errors(verified(round_.folder)[1])
    if problems or len(taken) != count or len({*taken}) != count:
        figure.wrong.append(f"{[p.text() for p in problems]}, taken {len(taken)} of {count}, {len({*taken})} different")
    now = {who: r.file for (_, who), r in reopened(round_.folder).state().current.items()}
    if now != last:
        figure.wrong.append(f"in force {now}, not {last}")


def another(data: bytes, number: int) -> bytes:
    """Return a book that says the same in other bytes, as one that was saved once more."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, text + f"<!--{number}-->".encode() if name == "docProps/app.xml" else text)
    return made.getvalue()


def _collector(round_: Round) -> int:
    """Start a collector as a process of its own with a session of its own; return its number."""
    child = os.fork()
    if child == 0:
        try:
            os.setsid()
            collect(round_)
        finally:
            os._exit(0)
    return child


def _left_after(session: int, seconds: float) -> list[int]:
    """List the processes of a session that are still there after a time."""
    until = time.monotonic() + seconds
    while (left := _of_session(session)) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def _of_session(session: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            if entry.name.isdigit() and int(fields[3]) == session and fields[0] != "Z":
                found.append(int(entry.name))
        except (OSError, IndexError, ValueError):
            continue
    return found


def full_disk(count: int, folder: Path) -> Figure:
    """Let the disk be full at the n-th write of a collect and of a score, for every n; then with room all is well.

    count: how many of these n at most, spread over all of them.
    """
    template, figure = issued_round(folder / "template"), Figure("full_disk")
    for unit in ("U01", "U22", "U44"):
        send(template, "unit", unit)
    writes = _written(template.folder, folder / "counted", -1)[0]
    for n in range(0, writes, max(1, -(-writes // count))):
        there = folder / "round"
        failed = _written(template.folder, there, n)[1]
        figure.add("stopped" if failed else "went on")
        before = [e.body["sha256"] for e in entries(there / "ledger.sqlite") if e.kind == "received"]
        collect(reopened(there))
        publish_scores(reopened(there))
        taken = [e.body["sha256"] for e in entries(there / "ledger.sqlite") if e.kind == "received"]
        problems = [p.text() for p in verified(there)[1] if p.severity != "note"]
        left = [f.name for f in there.rglob(".*") if f.is_file()]
        if problems or left or len(taken) != 3 or len({*taken}) != 3 or before != taken[: len(before)]:
            figure.wrong.append(f"write {n}: {problems} {left} {len(taken)}")
        shutil.rmtree(there)
    return figure


def _written(template: Path, to: Path, full_at: int) -> tuple[int, bool]:
    """Collect and score a copy of a round on a disk that is full from a write on; how many there were, and a fault.

    A write is one call of the system that needs room: a file made, bytes put into it, a folder synced, a row entered.
    """
    shutil.copytree(template, to)
    done, room = [0], errno.ENOSPC

    def gate() -> None:
        done[0] += 1
        if done[0] - 1 == full_at:
            raise OSError(room, os.strerror(room))

    def gated(call):
        def called(*words, **named):
            gate()
            return call(*words, **named)

        return called

    def put(self, *words):
        gate_sql()
        return plain_put(self, *words)

    def gate_sql() -> None:
        try:
            gate()
        except OSError as full:
            raise sqlite3.OperationalError("database or disk is full") from full

    plain_put, failed = Pen.put, False
    with (
        patch.object(files.tempfile, "mkstemp", gated(files.tempfile.mkstemp)),
        patch.object(files.os, "fsync", gated(os.fsync)),
        patch.object(Pen, "put", put),
    ):
        try:
            round_ = reopened(to)
            collect(round_)
            publish_scores(round_)
        except (OSError, sqlite3.OperationalError):
            failed = True
    return done[0], failed


def collectors(count: int, folder: Path, at_once: int = 8) -> Figure:
    """Let collectors take the same inbox at once; every file is recorded once. count: files."""
    round_, figure = issued_round(folder), Figure("collectors")
    for unit in ("U01", "U22", "U44"):
        send(round_, "unit", unit)
    good = sorted(round_.inbox.glob("*.xlsx"))
    for number in range(count - len(good)):
        # most are quick to judge, so that the collectors meet at the ledger and not in their readers
        data = good[number % 3].read_bytes() if number % 20 == 0 else b"%PDF-1.7 " + str(number).encode()
        (round_.inbox / f"{number:05d}.xlsx").write_bytes(data)
    words = [sys.executable, "-c", _COLLECT, str(round_.folder)]
    running = [subprocess.Popen(words, stderr=subprocess.PIPE) for _ in range(at_once)]
    told = [r.communicate()[1].decode() for r in running]
    taken = [e.body["sha256"] for e in entries(round_.ledger) if e.kind == "received"]
    wanted = {hashlib.sha256(f.read_bytes()).hexdigest() for f in round_.inbox.iterdir()}
    for _ in range(count):
        figure.add("file")
    problems = [p.text() for p in verified(round_.folder)[1] if p.severity == "error"]
    if any(r.returncode for r in running) or len(taken) != len({*taken}) or {*taken} != wanted or problems:
        figure.wrong.append(f"{told} {len(taken)} of {len(wanted)} {problems}")
    return figure


def bytes_changed(count: int, folder: Path, seed: int = 1) -> Figure:
    """Change one byte anywhere in a round that was collected and scored, and put it back; `verify` is red each time.

    count: changes, shared out over all files, the first and the last byte of a file first. What leaves `verify` green
    must be provably without effect.
    """
    round_, draw, figure = sixty_round(folder), random.Random(seed), Figure("bytes_changed")
    collect(round_)
    publish_scores(round_)
    publish_receipts(round_)
    home = round_.folder
    with patch.object(verify, "open_books", _remembering(verify.open_books)):
        green = [p.text() for p in verified(home)[1] if p.severity != "note"]
        assert green == [], green
        said = _said(home)
        for name in _shared_out(count, sorted(bytes_of(home)), draw):
            _change_a_byte(figure, home, name, draw, said)
    return figure


def _shared_out(count: int, names: list[str], draw: random.Random) -> list[str]:
    """Return which file is changed each time: folder by folder in turn, so that none is left out."""
    by_folder: dict[str, list[str]] = {}
    for name in draw.sample(names, len(names)):
        top, _, rest = name.partition("/")
        by_folder.setdefault(f"{top}/{rest.partition('/')[0]}" if top == "out" else top, []).append(name)
    turns = [there[number % len(there)] for number in range(count) for there in by_folder.values()]
    return turns[:count]


def _change_a_byte(figure: Figure, home: Path, name: str, draw: random.Random, said: dict[str, object]) -> None:
    file = home / name
    data = file.read_bytes()
    if not data:
        return
    at = draw.choice((0, len(data) - 1, *(draw.randrange(len(data)) for _ in range(6))))
    change = draw.choice([b for b in range(256) if b != data[at]])
    file.write_bytes(data[:at] + bytes([change]) + data[at + 1 :])
    told = [p for p in verified(home)[1] if p.severity != "note"]
    without = not told and _is_without_effect(name, home, said)
    file.write_bytes(data)
    for beside in home.glob("ledger.sqlite-*"):
        beside.unlink()
    top = name.split("/")[0]
    figure.add("red" if told else f"without effect: {top}" if without else "green")
    if not told and not without:
        figure.wrong.append(f"{name} byte {at}: {data[at]} → {change}")


def _said(home: Path) -> dict[str, object]:
    """Return what is read of files in which a byte may stand that nobody reads."""
    came = sorted((a.name, hashlib.sha256(a.data).hexdigest()) for a in arrivals(home / "inbox"))
    records = {f"records/{f.name}": read_record(f)[1] for f in (home / "records").iterdir()}
    return {"ledger.sqlite": list(entries(home / "ledger.sqlite")), "inbox": came, **records}


def _is_without_effect(name: str, home: Path, said: dict[str, object]) -> bool:
    """Prove that a byte changes nothing: entries, files that came and records read are the very same."""
    told = name if name in said else name.split("/")[0]
    return told in said and _said(home)[told] == said[told]


def _remembering(read):
    """Return the reader of books with a memory, for the same bytes are read the same."""
    known: dict[tuple[str, str], object] = {}

    def remembered(jobs, records, **named):
        wanted = [(hashlib.sha256(file.read_bytes()).hexdigest(), name) for file, name in jobs]
        fresh = [(job, key) for job, key in zip(jobs, wanted, strict=True) if key not in known]
        for (_, key), book in zip(fresh, read([job for job, _ in fresh], records, **named), strict=True):
            known[key] = book
        yield from (known[key] for key in wanted)

    return remembered
