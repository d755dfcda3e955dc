"""Clerks at desks, as the page has them: `python -m kit.desk_clerks 200 100` cuts and interleaves so often.

The page's own code works over real folders, the engine natively. A desk reads a folder into memory, the engine answers
there, and what it changed is written back. Cuts end the writing
before any step; with several clerks the steps of both are drawn into one order. Afterwards the folder is opened as a
person would: everything that came must stand in the ledger once, and the round must verify.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kit.begun import issued, scored
from kit.programs import need
from kit.rounds import reopened, send_all
from kit.shelf import on_the_shelf
from xlperf.desk.inside import Inside
from xlperf.problems import Problem, errors
from xlperf.publish.publication import publish, records_of
from xlperf.publish.results import publish_scores
from xlperf.publish.verify import verified
from xlperf.publish.wishes import Wishes, settings_for
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.journal import entries
from xlperf.rounds.store import new_round, open_round
from xlperf.scheme.load import find_scheme

PAGE = Path(__file__).parents[2] / "xlperf" / "desk" / "page" / "folder.mjs"
NODE = Path(__file__).parents[1] / "desk" / "node" / "clerks.mjs"
Answer = dict[str, Any]


@dataclass
class Change:
    """What an answer of the engine is, and what of the folder it changed: paths in the order they are written back."""

    answer: Answer
    changed: list[str]
    removed: list[str]


class Clerks:
    """Desks in one process of node. Each has a name, a folder and a memory."""

    def __init__(self, running: subprocess.Popen[str], memories: Path) -> None:
        self._running, self._memories = running, memories
        self._engines: dict[str, Inside] = {}

    def ask_node(self, do: str, **words: object) -> Answer:
        """Let the page's code do something."""
        assert self._running.stdin
        assert self._running.stdout
        self._running.stdin.write(json.dumps({"do": do, **words}, ensure_ascii=False) + "\n")
        self._running.stdin.flush()
        line = self._running.stdout.readline()
        assert line, "node ended"
        return json.loads(line)

    def open(self, clerk: str, folder: Path) -> None:
        """Let a clerk pick a folder."""
        self.ask_node("open", clerk=clerk, folder=str(folder), memory=str(self._memories / clerk))
        self._engines[clerk] = Inside(str(self._memories / clerk))

    def memory(self, clerk: str) -> Path:
        """Return where the files lie that a clerk's engine works on."""
        return self._memories / clerk

    def look(self, clerk: str) -> Answer:
        """Take in what others did."""
        found = self.ask_node("look", clerk=clerk)
        self._engines[clerk].others(found["changed"], found["gone"])
        return found

    def ask(self, clerk: str, action: str, words: Mapping[str, object]) -> Change:
        """Let a clerk's engine answer; nothing is written back yet."""
        engine = self._engines[clerk]
        text = engine.ask(action, json.dumps(words), "zh", lambda *_: None, lambda *_: None, "[]")
        changed, removed, _ = engine.changes()
        return Change(json.loads(text), changed, removed)

    def write(self, clerk: str, change: Change, cut: int = -1, source: Path | None = None) -> Answer:
        """Write back, to the end or to a cut. source: where what was changed stands, if not in the clerk's memory."""
        words = {"changed": change.changed, "removed": change.removed, "cut": cut, "from": str(source or "")}
        found = self.ask_node("write", clerk=clerk, **words)
        if found.get("written"):
            self._engines[clerk].known()
        return found

    def both(self, seed: int, writes: Mapping[str, Change]) -> dict[str, Answer]:
        """Let several write back at once, in an order of steps that the seed draws."""
        asked = [{"clerk": c, "changed": x.changed, "removed": x.removed} for c, x in writes.items()]
        found = dict(zip(writes, self.ask_node("both", seed=seed, writes=asked)["found"], strict=True))
        for clerk in (c for c, a in found.items() if a.get("written")):
            self._engines[clerk].known()
        return found


@contextmanager
def clerks() -> Iterator[Clerks]:
    """Start node; without it skip the test, and in CI fail it."""
    need("node")
    with tempfile.TemporaryDirectory() as memories:
        running = subprocess.Popen(
            [shutil.which("node") or "node", NODE, PAGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            yield Clerks(running, Path(memories))
        finally:
            running.terminate()
            running.wait()


# ---- what is done, cut and mixed ------------------------------------------------------------------

ROUND = "一轮"


@dataclass(frozen=True)
class Deed:
    """Something a clerk does: what he asks, once `make` has got the folder ready. late: of a round that is scored."""

    action: str
    words: Callable[[Clerks, str], Mapping[str, object]]
    make: Callable[[Path], object]


def _plain(**words: object) -> Callable[[Clerks, str], Mapping[str, object]]:
    return lambda _, __: {"round": ROUND, **words}


def returned(home: Path) -> None:
    """Make a round of three units whose books have come back and were not taken in."""
    _laid("desk returned", home, lambda folder: send_all(issued(folder / ROUND)))


def finished(home: Path) -> None:
    """Make one that was taken in and scored."""
    _laid("desk finished", home, lambda folder: scored(folder / ROUND))


def begun(home: Path) -> None:
    """Make one whose books were not handed out."""

    def make(folder: Path) -> None:
        path, _ = find_scheme("three-units")
        assert path is not None
        assert new_round(path, folder / ROUND)[0] is not None

    _laid("desk begun", home, make)


def _laid(name: str, home: Path, make: Callable[[Path], object]) -> None:
    shutil.copytree(on_the_shelf(name, make), home, dirs_exist_ok=True)


def _office_cell(clerks: Clerks, clerk: str) -> Mapping[str, object]:
    """Type another value into a cell that the office fills."""
    sheets = clerks.ask(clerk, "cells", {"round": ROUND}).answer["data"]["sheets"]
    listed = clerks.ask(clerk, "cells", {"round": ROUND, "sheet": sheets[0]["sheet"]}).answer["data"]["cells"]
    cell = next(c for c in listed if c["high"] or c["choices"])
    text = next(t for t in [*cell["choices"], cell["high"], cell["low"]] if t and t != cell["text"])
    return {"round": ROUND, "cells": [{**{k: cell[k] for k in ("sheet", "key", "column")}, "text": text}]}


def _data(text: bytes) -> str:
    return base64.b64encode(text).decode()


DEEDS = {
    "collect": Deed("collect", _plain(), returned),
    "distribute": Deed("distribute", _plain(), begun),
    "score": Deed("score", _plain(), finished),
    "enter": Deed("enter", _office_cell, finished),
    "undo": Deed("undo", _plain(), finished),
    "publish": Deed("publish", _plain(day="2026-01-08", incomplete="试发"), finished),
    "new": Deed("new", _plain(round="", scheme="three-units", name="新一轮", year="2026"), begun),
    "drop": Deed("drop", _plain(name="又一份.xlsx", data=_data(b"PK nothing" * 999)), finished),
}


def recorded(folder: Path) -> list[str]:
    """List what the ledgers below a folder say, without the moments it was said at."""
    return [
        f"{ledger.parent.name} {e.kind} {json.dumps(e.body, sort_keys=True)}"
        for ledger in sorted(folder.glob("*/ledger.sqlite"))
        for e in entries(ledger)
    ]


def wrong_after(home: Path) -> list[str]:
    """Go on as a person would: take in what is there, score; list what is lost, doubled or not as recorded."""
    found = []
    for folder in sorted(f.parent for f in home.glob("*/round.yaml")):
        round_, problems = open_round(folder)
        if round_ is None:
            found.append(f"{folder.name} does not open: {problems}")
            continue
        collect(round_)
        publish_scores(round_)
        said = [json.loads(line.partition(" received ")[2]) for line in recorded(home) if " received " in line]
        counted = Counter(str(body.get("sha256")) for body in said)
        found += [f"{sha} stands {n} times in the ledger" for sha, n in counted.items() if n > 1]
        sent = {hashlib.sha256(f.read_bytes()).hexdigest(): f.name for f in round_.inbox.rglob("*") if f.is_file()}
        found += [f"{name} is lost" for sha, name in sent.items() if sha not in counted]
        found += [str(p) for p in errors(verified(folder)[1])]
    return found


def half_published(folder: Path) -> list[Problem]:
    """Publish again after a cut; list what `verify` said before but that old ones stand there."""
    said = [p for p in errors(verified(folder)[1]) if p.code != "OUTPUT_OLD"]
    settings, _ = settings_for(reopened(folder), Wishes(date(2026, 1, 8), incomplete="试发"))
    publish(reopened(folder), settings, pdf=False, html=True)
    round_ = reopened(folder)
    assert records_of(round_)[-1]["sheets"], "what was published is known"
    half = ("OUTPUT_UNKNOWN", "OUTPUT_GONE", "OUTPUT_OLD")
    return [*said, *(p for p in verified(folder)[1] if p.code in half and not p.where.file.endswith(".crswap"))]


def cut_wrongly(clerks: Clerks, deed: Deed, cuts: int, seed: int, work: Path) -> tuple[int, list[str]]:
    """Do a deed and cut its writing back before random steps; return how many steps it has, and what came out wrong."""
    base, home, kept = work / "base", work / "home", work / "kept"
    deed.make(base)
    _fresh(base, home)
    clerks.open("甲", home)
    change = clerks.ask("甲", deed.action, deed.words(clerks, "甲"))
    assert not change.answer["failed"], change.answer["problems"]
    _fresh(clerks.memory("甲"), kept)
    before = recorded(home)
    whole = clerks.write("甲", change)
    assert whole["written"], whole
    after, wrong, draw = recorded(home), [], random.Random(seed)
    for cut in sorted(draw.choices(range(whole["steps"]), k=cuts)):
        _fresh(base, home)
        clerks.ask_node("open", clerk="甲", folder=str(home), memory=str(clerks.memory("甲")))
        ended = clerks.write("甲", change, cut, kept)
        assert ended.get("cut") or ended.get("written"), ended  # the last step takes the mark away
        _without_marks(home)
        if recorded(home) not in (before, after):
            wrong.append(f"{deed.action} cut before step {cut}: the ledger says something else")
        if deed.action == "publish":
            wrong += [f"cut before step {cut}: {p}" for p in half_published(home / ROUND)]
        wrong += [f"{deed.action} cut before step {cut}: {text}" for text in wrong_after(home)]
    return whole["steps"], wrong


def _without_marks(home: Path) -> None:
    """Let the minute pass after which the mark of somebody who is gone does not count."""
    for mark in home.glob("*/.writing-*"):
        mark.unlink()


def _fresh(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


PAIRS = (("collect", "collect"), ("drop", "drop"), ("enter", "collect"), ("enter", "score"), ("undo", "enter"))


def mixed_wrongly(clerks: Clerks, pair: tuple[str, str], seed: int, work: Path) -> list[str]:
    """Let two clerks do something at once, and again until it is done; list what is lost or doubled."""
    home = work / "home"
    shutil.rmtree(home, ignore_errors=True)
    (returned if pair == ("collect", "collect") else finished)(home)
    before = recorded(home)
    for clerk in "甲乙":
        clerks.open(clerk, home)
    if pair[1] == "collect" and pair[0] != "collect":
        (home / ROUND / "inbox" / "多出一份.xlsx").write_bytes(b"PK" * seed)
        for clerk in "甲乙":
            clerks.look(clerk)
    waiting = dict(zip("甲乙", pair, strict=True))
    for _ in range(4):
        writes = {c: clerks.ask(c, action, _words(clerks, c, action)) for c, action in waiting.items()}
        wrong = [f"{c}: {w.answer['problems']}" for c, w in writes.items() if w.answer["failed"]]
        if wrong:
            return wrong
        done = clerks.both(seed, {c: w for c, w in writes.items() if w.changed or w.removed})
        refused = [str(a) for a in done.values() if a.get("refused")]
        if refused:
            return refused
        waiting = {c: action for c, action in waiting.items() if c in done and not done[c]["written"]}
        for clerk in "甲乙":
            (clerks.open(clerk, home) if clerk in waiting else clerks.look(clerk))  # as the page does
        if not waiting:
            return _unlike(clerks, home) + _lost(home, pair, before) + wrong_after(home)
    return [f"{pair}: {waiting} never came to its turn"]


def _words(clerks: Clerks, clerk: str, action: str) -> Mapping[str, object]:
    if action == "drop":
        return {"round": ROUND, "name": "自评.xlsx", "data": _data(clerk.encode() * 999)}
    return DEEDS[action].words(clerks, clerk)


def _unlike(clerks: Clerks, home: Path) -> list[str]:
    """List files that a clerk has otherwise in memory than they are on the disk."""
    there = {f.relative_to(home): f.read_bytes() for f in home.rglob("*") if f.is_file()}
    return [
        f"{clerk} has other files than the disk: {sorted(p.as_posix() for p, _ in there.items() ^ mine.items())[:5]}"
        for clerk in "甲乙"
        if (memory := clerks.memory(clerk))
        and (mine := {f.relative_to(memory): f.read_bytes() for f in memory.rglob("*") if f.is_file()}) != there
    ]


_KINDS = {"enter": "received", "collect": "received", "undo": "undone"}


def _lost(home: Path, pair: tuple[str, str], before: list[str]) -> list[str]:
    """List what the two did that is not there."""
    dropped = {f.read_bytes()[:3].decode(errors="replace") for f in (home / ROUND / "inbox").glob("自评*")}
    if pair == ("drop", "drop") and dropped != {"甲", "乙"}:
        return [f"dropped: {dropped}"]
    there = Counter(line.split()[1] for line in recorded(home)) - Counter(line.split()[1] for line in before)
    wanted = Counter(kind for action in set(pair) if (kind := _KINDS.get(action)))
    return [f"{pair}: entries {dict(there)}"] if wanted - there else []


def figures(cuts: int, interleavings: int, only: Sequence[str] = ()) -> bool:
    """Do all of it, or only some deeds, the counts shared out among them; return whether all is well, and print it."""
    well, deeds = True, {name: deed for name, deed in DEEDS.items() if not only or name in only}
    with clerks() as desks, tempfile.TemporaryDirectory() as folder:
        for number, (name, deed) in enumerate(deeds.items()):
            count = cuts // len(deeds) + (number < cuts % len(deeds))
            steps, wrong = cut_wrongly(desks, deed, count, number, Path(folder, f"cut {name}"))
            print(f"{name}: {count} cuts within {steps} steps, {len(wrong)} wrong", *wrong[:5], sep="\n  ", flush=True)
            well = well and not wrong
        wrong = []
        for seed in range(interleavings):
            wrong += mixed_wrongly(desks, PAIRS[seed % len(PAIRS)], seed, Path(folder, "mixed"))
        print(f"two clerks: {interleavings} interleavings, {len(wrong)} wrong", *wrong[:5], sep="\n  ", flush=True)
    return well and not wrong


if __name__ == "__main__":
    sys.exit(not figures(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
