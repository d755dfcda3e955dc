"""The figures of the intake: `make figures COUNT=1000` prints them; the tests run each with a small count.

edits: random edits of returned books that are not in cells to fill. mutants: books of a forger who knows the format.
resaves: honest books saved again by other programs. kills: collectors killed at random moments.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl

from kit.begun import issued
from kit.bookedits import EDITS
from kit.resaves import WAYS, saved_again
from kit.rounds import reopened, send, send_all
from xlperf.problems import errors
from xlperf.publish.verify import verified
from xlperf.rounds.collecting.collect import Desk, collect
from xlperf.rounds.collecting.open import open_books
from xlperf.rounds.journal import entries
from xlperf.rounds.ledger import Receipt
from xlperf.rounds.store import Round, keep

UNIT = "U22"
_COLLECT = """
import sys
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.store import open_round
collect(open_round(sys.argv[1])[0])
"""


@dataclass
class Figure:
    """What a run came to. tally: outcome → how often; wrong: what must not be, in words."""

    name: str
    count: int = 0
    tally: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def add(self, outcome: str) -> None:
        """Count an outcome."""
        self.count += 1
        self.tally[outcome] = self.tally.get(outcome, 0) + 1

    def __str__(self) -> str:
        told = "，".join(f"{name} {n}" for name, n in sorted(self.tally.items()))
        return f"{self.name}: {self.count} ({told}); wrong: {len(self.wrong)}" + "".join(
            f"\n  {w}" for w in self.wrong[:20]
        )


def decided(round_: Round, files: Sequence[Path]) -> list[Receipt | None]:
    """Return what is decided on each file, as if it were the only one; nothing is recorded."""
    kept = [keep(round_, f.read_bytes()) for f in files]
    opened = open_books([(round_.received / d, f.name) for d, f in zip(kept, files, strict=True)], round_.records)
    state = round_.state()
    found = zip(kept, files, opened, strict=True)
    return [Desk(round_, state).decided(digest, [file.name], book) for digest, file, book in found]


def cells_of(receipt: Receipt | None) -> dict[tuple[str, str, str], str]:
    """Return the cells of a receipt."""
    return {} if receipt is None else {(c.sheet, c.row, c.column): c.text for c in receipt.cells}


def not_owned(round_: Round, receipt: Receipt | None, unit: str = UNIT) -> list[str]:
    """List the cells of a receipt that are not the unit's to fill."""
    found = []
    for (name, row, column), text in cells_of(receipt).items():
        sheet = round_.plan.by_name[name]
        begins = {**(sheet.claims or {}), sheet.unit: unit}
        mine = sheet.by_name[column].by == "unit" and row.startswith(f"{unit}-")
        if not mine and begins.get(column) != text:
            found.append(f"{name} {row} {column} = {text}")
    return found


def edits(count: int, folder: Path, seed: int = 1) -> Figure:
    """Edit a filled book at random, every kind in turn; each edit is named, or changes nothing that counts."""
    round_, draw, figure = issued(folder / "round"), random.Random(seed), Figure("edits")
    honest = send(round_, "unit", UNIT)
    wanted = cells_of(decided(round_, [honest])[0])
    assert wanted
    kinds = draw.sample(list(EDITS), len(EDITS))
    names = [kinds[i % len(kinds)] for i in range(count)]
    for start in range(0, count, 100):
        files = []
        for number, name in enumerate(names[start : start + 100], start):
            book = openpyxl.load_workbook(honest)
            EDITS[name](draw, book)
            files.append(folder / f"{number} {name}.xlsx")
            book.save(files[-1])
        for file, receipt in zip(files, decided(round_, files), strict=True):
            _weigh(figure, round_, file.stem, receipt, wanted)
            file.unlink()
    return figure


def _weigh(figure: Figure, round_: Round, name: str, receipt: Receipt | None, wanted: dict) -> None:
    """Enter what became of an edited book."""
    assert receipt is not None
    if receipt.decision != "accepted":
        figure.add("held and named" if errors(receipt.problems) else "held")
        if not errors(receipt.problems) or any(p.code == "NOT_JUDGED" for p in receipt.problems):
            figure.wrong.append(f"{name}: {[p.text() for p in receipt.problems]}")
    else:
        figure.add("without effect")
        found = cells_of(receipt)
        changed = {at: (wanted.get(at), found.get(at)) for at in {*wanted, *found} if wanted.get(at) != found.get(at)}
        if changed or not_owned(round_, receipt):
            figure.wrong.append(f"{name}: {changed} {not_owned(round_, receipt)}")


_TOKEN = re.compile(rb"<[^<>]*>|[^<>]+")


def mutant(honest: Path, draw: random.Random, to: Path) -> None:
    """Write a book with parts, nodes, texts and attributes changed at random, the hidden map more often."""
    with zipfile.ZipFile(honest) as book:
        parts = {i.filename: book.read(i) for i in book.infolist()}
    names = [n for n in parts if n.endswith((".xml", ".rels"))]
    strings = [n for n in names if n.lower().endswith("sharedstrings.xml")] * 2
    sheets = sorted(n for n in names if "worksheets/sheet" in n)
    for _ in range(draw.choice((1, 1, 2, 4))):
        name = draw.choice([*names, *sheets, sheets[-1], sheets[-1], *strings, "xl/workbook.xml"])
        tokens = _TOKEN.findall(parts[name])
        i, j = draw.randrange(len(tokens)), draw.randrange(len(tokens))
        match draw.randrange(8):
            case 0:
                del tokens[i]
            case 1:
                tokens[i], tokens[j] = tokens[j], tokens[i]
            case 2:
                tokens.insert(i, tokens[j])
            case 3:
                tokens[i] = re.sub(rb"\d+", lambda m: str(draw.randrange(0, 60)).encode(), tokens[i])
            case 4:
                tokens[i] = draw.choice(
                    (b"input", b"lead", b"U44-01", b"+1", b"xlperf|events|2", b"xlperf|marks|1", b"9")
                )
            case 5:
                tokens[i] = tokens[i].replace(b'"', b'"1', 1)
            case 6:
                low, high = sorted((i, j))
                del tokens[low : min(high, low + 40)]
            case _:
                low = min(i, j)
                tokens[i:i] = tokens[low : low + draw.randrange(1, 40)]
        parts[name] = b"".join(tokens)
    if draw.random() < 0.1:
        parts.pop(draw.choice(list(parts)))
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name, text)


def mutants(count: int, folder: Path, seed: int = 1) -> Figure:
    """Mutate a filled book; no cell is filled that its unit does not own, and the parent lives."""
    round_, draw, figure = issued(folder / "round"), random.Random(seed), Figure("mutants")
    honest = send(round_, "unit", UNIT).rename(folder / "honest.xlsx")
    for start in range(0, count, 200):
        files = [folder / f"m{number}.xlsx" for number in range(start, min(start + 200, count))]
        for file in files:
            mutant(honest, draw, file)
        for file, receipt in zip(files, decided(round_, files), strict=True):
            assert receipt is not None
            figure.add(receipt.decision)
            beyond = not_owned(round_, receipt)
            crashed = [p.text() for p in receipt.problems if p.code == "NOT_JUDGED"]
            if beyond or crashed:
                figure.wrong.append(f"{file.name}: {beyond} {crashed}")
                shutil.copy(file, Path(tempfile.gettempdir(), f"wrong-{seed}-{file.name}"))
            file.unlink()
    return figure


def resaves(count: int, folder: Path) -> Figure:
    """Save honest books again in every way; none is held and nothing is said of its content."""
    round_, figure = issued(folder / "round"), Figure("resaves")
    send_all(round_)
    honest = [f.rename(folder / f.name) for f in sorted(round_.inbox.glob("*.xlsx"))]
    wanted = {f.name: cells_of(r) for f, r in zip(honest, decided(round_, honest), strict=True)}
    for way in WAYS:
        if figure.count >= count:
            break
        files = saved_again(honest, way, folder / way)
        for file, receipt in zip(files, decided(round_, files), strict=True):
            assert receipt is not None
            figure.add(f"{way} {receipt.decision}")
            told = [p.text() for p in receipt.problems if p.code not in ("RENAMED", "UNIT_NOT_IN")]
            if receipt.decision != "accepted" or told or cells_of(receipt) != wanted[file.name]:
                figure.wrong.append(f"{way} {file.name}: {told}")
    return figure


def kills(count: int, folder: Path, seed: int = 1) -> Figure:
    """Kill a collector at random moments until everything is in; every file is recorded once, no reader is left."""
    round_, draw, figure = issued(folder / "round"), random.Random(seed), Figure("kills")
    for number in range(count):
        send(round_, "unit", ("U01", "U22", "U44")[number % 3], {}, name=f"{number}.xlsx")
        words = [sys.executable, "-c", _COLLECT, str(round_.folder)]
        running = subprocess.Popen(words, stderr=subprocess.DEVNULL)
        time.sleep(draw.uniform(0.3, 2.5))
        figure.add("killed" if running.poll() is None else "done before")
        running.send_signal(signal.SIGKILL)
        running.wait()
    deadline = time.monotonic() + 60
    while (left := _running(str(round_.folder))) and time.monotonic() < deadline:
        time.sleep(0.2)
    collect(reopened(round_.folder))
    taken = [e.body["sha256"] for e in entries(round_.ledger) if e.kind == "received"]
    problems = errors(verified(round_.folder)[1])
    if left or problems or len(taken) != len(set(taken)):
        figure.wrong.append(
            f"left {left}, problems {[p.text() for p in problems]}, taken {len(taken)} of {len(set(taken))}"
        )
    return figure


def _running(word: str) -> list[int]:
    """List the processes that name a word, other than this one."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and word in (entry / "cmdline").read_text("utf-8", "replace"):
                found.append(int(entry.name))
        except OSError:
            continue
    return [p for p in found if p != os.getpid()]


def main(count: int) -> None:
    """Print every figure."""
    for make, share in ((edits, 1), (mutants, 10), (resaves, 1), (kills, 0.1)):
        with tempfile.TemporaryDirectory() as folder:
            print(make(max(int(count * share), 1), Path(folder)), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
