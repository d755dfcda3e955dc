"""A full disk, a file held open, a folder that may not be written: every command says so, and nothing is half done."""

import base64
import errno
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import date
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from kit.halves import begun, halves, typed
from kit.refusals import RefusingDisk
from kit.rounds import good_values, reopened, send, send_all

from xlperf.cli import main
from xlperf.cli.door import COMMANDS as EVERY_COMMAND
from xlperf.desk.asked import Desk
from xlperf.desk.door import answer_text
from xlperf.rounds.faults import fault_problems
from xlperf.rounds.freeze import freeze

ROOT = Path(__file__).parents[2]
AGAIN, WRONG = "U1 改.xlsx", "U2 错.xlsx"  # another version of a book, and one that is held
LEDGER, RECEIVED = "ledger.sqlite", "received/"  # what units are made to send in a demo has its own time in it


def run(*words):
    return CliRunner(env={"XLPERF_LANG": "zh"}).invoke(main, [str(w) for w in words])


def at_the_desk(home, action, **words):
    """Ask as the page of the desk does; the answer looks like that of a command."""
    try:
        found = json.loads(answer_text(Desk(home), json.dumps({"action": action, "words": {"round": "", **words}})))
    except Exception as fault:
        return SimpleNamespace(exit_code=1, exception=fault, output=repr(fault), stderr="")
    told = " ".join(p["code"] for p in found["problems"])
    return SimpleNamespace(exit_code=int(found["failed"]), exception=SystemExit(), output=told, stderr=told)


def asked(home, words):
    """Run a command, or what the page of the desk asks for, over the round at `home`."""
    if isinstance(words, dict):
        return at_the_desk(home, **words)
    return run(*(w.format(home) for w in words))


@pytest.fixture(scope="module")
def rounds(tmp_path_factory):
    """Make a round of three units at five moments: begun, handed out, everything back, scored, a review asked for.

    Beside it, for what reads frozen rounds: a half-year that is frozen, and a year built on it.
    """
    home = tmp_path_factory.mktemp("rounds")
    assert run("new", "three-units", home / "begun").exit_code == 0
    shutil.copytree(home / "begun", home / "out")
    assert run("distribute", home / "out").exit_code == 0
    shutil.copytree(home / "out", home / "back")
    send_all(reopened(home / "back"))
    (home / "back" / "inbox" / "报送.pdf").write_bytes(b"%PDF-1.4 ...")
    shutil.copytree(home / "back", home / "scored")
    run("collect", home / "scored")
    round_ = reopened(home / "scored")
    spots = {whom: next(at for at in good_values(round_, "unit", whom) if at[2] == "self") for whom in ("U1", "U2")}
    send(round_, "unit", "U1", {spots["U1"]: 1}, name=AGAIN)
    send(round_, "unit", "U2", {spots["U2"]: "九十五"}, name=WRONG)
    assert run("collect", home / "scored").exit_code == 3
    run("score", home / "scored")
    shutil.copytree(home / "scored", home / "asked")
    assert asked(home / "asked", OPEN).exit_code == 0
    scheme, half = halves(home / "chain" / "halves"), home / "chain" / "h"
    freeze(typed(begun(scheme, half, year=2026), {"A": "80", "B": "90", "C": "70.5"}), today=date(2026, 7, 1))
    begun(scheme, home / "chain" / "y", year=2026, after=[half])
    return home


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder but the ledger, whose bytes hold the time."""
    return {
        f.relative_to(folder).as_posix(): f.read_bytes()
        for f in folder.rglob("*")
        if f.is_file() and not f.name.startswith(LEDGER)
    }


OPEN = ["appeal", "open", "北山镇", "党的建设", "--round", "{}", "--received", "2026-01-08", "--filed", "2026-01-09"]
DECIDE = [
    "appeal",
    "decide",
    "1",
    "--round",
    "{}",
    "--to",
    "20",
    "--by",
    "绩效办",
    "--opinion",
    "属实",
    "--date",
    "2026-01-12",
]
PUBLISH = ["publish", "{}", "--date", "2026-01-08", "--incomplete", "x", "--no-pdf"]
CELL = {"sheet": "marks", "key": "U1-1", "column": "lead", "text": "5"}
EVERY = bool(os.environ.get("XLPERF_EVERY_WRITE"))  # else one write in so many, and fewer still held open
COMMANDS = {  # command → the round it starts from, the words, and which part of the writes is tried
    "new": ("", ["new", "three-units", "{}/new"], 2),
    "blank": ("", ["blank", "three-units", "{}/blank"], 7),
    "distribute": ("begun", ["distribute", "{}"], 5),
    "collect": ("back", ["collect", "{}"], 17),
    "score": ("scored", ["score", "{}"], 3),
    "explain": ("scored", ["explain", "城关镇", "--round", "{}"], 1),
    "readings": ("scored", ["readings", "{}"], 1),
    "examples": ("", ["addin", "examples", "--out", "{}/e.xlsx"], 1),
    "build": ("", ["addin", "build", "--out", "{}/a"], 1),
    "recalc": ("scored", ["recalc", "{}/out/总表.xlsx", "--out", "{}/copy.xlsx"], 2),
    "status": ("out", ["status", "{}"], 1),
    "freeze": ("scored", ["freeze", "{}"], 2),
    "undo": ("scored", ["undo", "{}"], 1),
    "choose": ("scored", ["choose", "{}", AGAIN], 1),
    "lift": ("scored", ["lift", "{}", WRONG], 1),
    "verify": ("scored", ["verify", "{}"], 1),
    "publish": ("scored", PUBLISH, 9),
    "publish --html": ("scored", [*PUBLISH, "--html", "--out", "{}/papers"], 9),
    "history": ("scored", ["history", "{}"], 1),
    "history of a chain": ("chain", ["history", "{}/y"], 1),
    "new --after": ("chain", ["new", "{}/halves", "{}/new", "--after", "{}/h", "--as", "y"], 4),
    "freeze --reopen": ("chain", ["freeze", "{}/h", "--reopen", "补报"], 1),
    "backtest --out": ("chain", ["backtest", "{}/halves", "{}/h", "--out", "{}/b.xlsx"], 1),
    "distribute --secret": ("begun", ["distribute", "{}", "--secret"], 45),
    "sign": ("scored", ["sign", "审定", "--round", "{}", "--by", "县长"], 1),
    "appeal open": ("scored", OPEN, 1),
    "appeal decide": ("asked", [*DECIDE, "--no-pdf"], 3),
    "robust --write": ("scored", ["robust", "{}", "--draws", "100", "--write"], 4),
    "watch --once": ("scored", ["watch", "{}/out", "--once"], 12),
    "build --book": ("scored", ["addin", "build", "--out", "{}/a", "--book", "{}/out/总表.xlsx"], 2),
    "desk new": ("", {"action": "new", "scheme": "three-units", "name": "new"}, 2),
    "desk drop": ("out", {"action": "drop", "name": "a.xlsx", "data": base64.b64encode(b"a").decode()}, 1),
    "desk enter": ("scored", {"action": "enter", "cells": [CELL]}, 23),
    "demo": ("", ["demo", "--scheme", "three-units", "--out", "{}/demo"], 150),
}


def started(rounds, moment, to):
    if moment:
        shutil.copytree(rounds / moment, to)
    else:
        to.mkdir()
    return to


HEAD = {"ledger.head"}  # of an earlier entry, or not there: it follows with the next entry
BETWEEN = {"desk enter": {"out/总表.xlsx"}}  # what was typed stands in the book before it is scored, as typed by hand


def but(files, *parts):
    """Return the names of files, but for the head and those with one of these parts in them."""
    return {f for f in files if Path(f).name not in HEAD and not any(part in f for part in parts)}


@pytest.fixture(scope="module")
def undisturbed(rounds, tmp_path_factory):
    """Return what a command makes of its round where nothing refuses: files before and after, how often it writes."""

    @cache
    def done(name):
        moment, words, _ = COMMANDS[name]
        home = started(rounds, moment, tmp_path_factory.mktemp("undisturbed") / "round")
        before = tree(home)
        with pytest.MonkeyPatch.context() as patch:
            disk = RefusingDisk(home, 0).onto(patch)  # it counts
            assert asked(home, words).exit_code in (0, 3)
        return before, tree(home), disk.count

    return done


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EACCES], ids=["full", "held open"])
@pytest.mark.parametrize("name", COMMANDS)
def test_every_write_may_fail(name, fault, rounds, undisturbed, tmp_path):
    moment, words, part = COMMANDS[name]
    before, after, writes = undisturbed(name)
    allowed = HEAD | BETWEEN.get(name, set())
    unlike = (RECEIVED, "out/历次/") if name in BETWEEN else ()  # a book that is typed in has the time in it
    part = 1 if EVERY else part * (1 if fault == errno.ENOSPC else 3)
    n = 1
    while n <= writes:
        home = started(rounds, moment, tmp_path / str(n))
        with pytest.MonkeyPatch.context() as patch:
            disk = RefusingDisk(home, n, fault).onto(patch)
            done = asked(home, words)
        assert disk.refused, f"write {n} of {writes} of {name} was none this time"
        if {Path(str(p)).name for p in disk.paths} == HEAD:  # the entries are there: nobody is told to run it again
            assert done.exit_code in (0, 3), done.output
            assert but(tree(home), *unlike, RECEIVED) == but(after, *unlike, RECEIVED)
            n += part
            continue
        at = f"write {n} of {name}: {done.output[-600:]}"
        assert isinstance(done.exception, SystemExit), at
        assert done.exit_code == 1, at
        assert "Traceback" not in done.output, at
        assert ("DISK_FULL" if fault == errno.ENOSPC else "FILE_DENIED") in done.stderr, at
        found = tree(home)
        assert {f for f, data in before.items() if found.get(f) not in (data, after.get(f))} <= allowed, at
        assert but(found, *unlike) <= but(before) | but(after), at
        if not moment:
            assert sorted(p.name for p in home.iterdir()) in ([], ["a"]), at
        assert asked(home, words).exit_code in (0, 3), f"again after {at}"
        assert but(tree(home), *unlike, RECEIVED) == but(after, *unlike, RECEIVED), at
        shutil.rmtree(home)
        n += part
    assert n > 1 or name.split()[0] in ("explain", "readings", "verify", "history")


def test_every_command_is_tried_or_writes_nothing():
    writes_nothing = {"check", "rules", "schemes", "whatif"}
    tried = {words["action"] if isinstance(words, dict) else words[0] for _, words, _ in COMMANDS.values()} | {"desk"}
    assert writes_nothing | tried >= set(EVERY_COMMAND)
    assert not writes_nothing & tried


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nobody forbids the administrator")
def test_a_folder_that_may_not_be_written(rounds, tmp_path):
    home = started(rounds, "back", tmp_path / "r")
    home.chmod(0o500)
    (home / "out").chmod(0o500)
    try:
        for words in (["collect", home], ["score", home], ["distribute", home], ["new", "three-units", home / "x"]):
            done = run(*words)
            assert done.exit_code == 1, done.output
            assert "FILE_DENIED" in done.stderr
    finally:
        home.chmod(0o700)
        (home / "out").chmod(0o700)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("SQLITE_FULL", "DISK_FULL"),
        ("SQLITE_READONLY_DIRECTORY", "FILE_DENIED"),
        ("SQLITE_CANTOPEN", "FILE_DENIED"),
        ("SQLITE_BUSY", "LEDGER_BUSY"),
        ("SQLITE_NOTADB", "LEDGER_UNREADABLE"),
    ],
)
def test_what_the_ledger_cannot_do(name, code):
    fault = sqlite3.OperationalError("told by sqlite")
    fault.sqlite_errorname = name
    assert [p.code for p in fault_problems(fault)] == [code]


@pytest.mark.parametrize(
    ("name", "code"), [("SQLITE_READONLY_DIRECTORY", "FILE_DENIED"), ("SQLITE_BUSY", "LEDGER_BUSY")]
)
def test_a_ledger_that_may_not_be_opened_is_not_told_as_damaged(name, code, rounds, tmp_path, monkeypatch):
    """A round on a disk that is read-only: verify can prove nothing there, and alarms nobody."""
    home = started(rounds, "out", tmp_path / "r")
    fault = sqlite3.OperationalError("attempt to write a readonly database")
    fault.sqlite_errorname = name

    def refused(_):
        raise fault

    monkeypatch.setattr("xlperf.publish.verify.entries", refused)
    done = run("verify", home)
    assert (done.exit_code, code in done.stderr, "LEDGER_DAMAGED" in done.output) == (1, True, False)


def test_a_ledger_that_is_none(rounds, tmp_path):
    home = started(rounds, "out", tmp_path / "r")
    for file in home.glob(f"{LEDGER}*"):
        file.unlink()
    (home / LEDGER).write_bytes(b"not a database at all, but long enough to be read as one" * 40)
    done = run("score", home)
    assert (done.exit_code, "LEDGER_UNREADABLE" in done.stderr) == (1, True)


def test_a_bug_stays_a_bug(monkeypatch, tmp_path):
    """Only what the machine refuses becomes a sentence; a fault of the program is still seen as one."""
    monkeypatch.setattr("xlperf.cli.rounds.new_round", lambda *a, **k: {}["no"])
    assert isinstance(run("new", "three-units", tmp_path / "r").exception, KeyError)


@pytest.mark.skipif(os.name == "nt", reason="signals are sent differently there")
def test_ctrl_c_that_a_library_takes_for_a_fault_of_its_import_is_still_ctrl_c(monkeypatch, tmp_path):
    def imported(*a, **k):
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise ImportError("multiarray failed to import") from None

    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr("xlperf.cli.rounds.new_round", imported)
    try:
        done = run("new", "three-units", tmp_path / "r")
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, usual)
    assert (done.exit_code, "Ctrl+C" in done.stderr, type(done.exception)) == (130, True, SystemExit)


@pytest.mark.skipif(os.name == "nt", reason="signals are sent differently there")
@pytest.mark.parametrize("moment", ["at the start", "at work"])
def test_ctrl_c_leaves_no_half_made_folder(moment, tmp_path):
    env = {**os.environ, "XLPERF_LANG": "zh", "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    words = [sys.executable, "-m", "xlperf", "demo", "--out", str(tmp_path / "d")]
    demo = subprocess.Popen(words, env=env, stdout=-1, stderr=-1, encoding="utf-8", start_new_session=True)
    if moment == "at work":  # its folder is there, under another name until it is whole
        deadline = time.monotonic() + 120
        while not any(tmp_path.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.05)
    time.sleep(0.6)
    os.killpg(demo.pid, signal.SIGINT)  # as a terminal does: the whole group
    told = demo.communicate(timeout=300)[1]
    assert list(tmp_path.iterdir()) == []
    if moment == "at work" or demo.returncode == 130 or str(ROOT / "xlperf") in told:  # before, it is Python that ends
        assert (demo.returncode, "Ctrl+C" in told, "Traceback" in told) == (130, True, False)
    if moment == "at work":
        assert ("没有留下文件" in told, "都完整" in told) == (True, False)
