"""A 总表 of 1,000 units × 30 marks: from the file to every number, and one edit with every rank after it.

Everybody is warm: LibreOffice runs, our scheme is laid out. The judge is the exact face. LibreOffice calculates every
formula of the book on opening it; formualizer those of the worksheet of the scores, which is all it is asked for.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.county import ID, filled, laid_out, write_county
from benchmarks.frame import Contestant, Ready, Work, of_process
from kit.libreoffice import RECALCULATES, settings, written_profile

from xlperf.engine.arrays import typed_columns
from xlperf.engine.live import Edit, Live
from xlperf.engine.score import score
from xlperf.formula.values import number
from xlperf.rounds import swept
from xlperf.rounds.origin import Origin
from xlperf.workbook.back.held import as_scored
from xlperf.workbook.back.inputs import typed_in
from xlperf.xlsx.addresses import letters
from xlperf.xlsx.cached import stored_values, write_values

SHEET, FIRST_ROW = "得分", 7
RESULTS = ("shown", "place")
MARKS = ("88.25", "41.5", "97.75")  # what an edit types, one after the other
EDITS = 5
PYTHON = "/usr/bin/python3"  # which has LibreOffice's module

Given = tuple[str, int]


def made(folder: Path, units: int) -> Given:
    """Write the county."""
    write_county(folder, units)
    return str(folder), units


def place_of(given: Given, *names: str) -> list[str]:
    """Return the letters of columns of the worksheet of the scores, by the hidden row of their names."""
    import openpyxl

    book = openpyxl.load_workbook(Path(given[0], "总表.xlsx"), read_only=True)
    [row] = book[SHEET].iter_rows(min_row=4, max_row=4, values_only=True)
    return [letters(row.index(name)) for name in names]


def exact(given: Given, edited: str = "") -> list[list[float]]:
    """Return score and place of every unit by the exact face. edited: the mark typed into m1 of the first unit."""
    scheme, plan = laid_out(Path(given[0], ID))
    tables = filled(scheme, given[1])
    if edited:
        tables["units"][0]["m1"] = number(edited)
    scores = score(plan, tables)
    return [[float(v) for v in scores.column("units", name)] for name in RESULTS]


def judged(given: Given, answer: list[list[float]]) -> tuple[int, int]:
    """Hold score and place of every unit against the exact face."""
    return differing(exact(given), answer)


def judged_edit(given: Given, answer: list[list[float]]) -> tuple[int, int]:
    """Hold score and place of every unit after the first edit."""
    return differing(exact(given, MARKS[0]), answer)


def differing(wanted: list[list[float]], found: list[list[float]]) -> tuple[int, int]:
    """Count the numbers that are not the same."""
    pairs = [(a, b) for left, right in zip(wanted, found, strict=True) for a, b in zip(left, right, strict=True)]
    return sum(abs(a - float(b)) > 1e-9 for a, b in pairs), len(pairs)


def ours(given: Given) -> Ready:
    """Read what was typed and score it on arrays, every decision proved."""
    scheme, plan = laid_out(Path(given[0], ID))
    plan = as_scored(plan)

    def run() -> list[list[float]]:
        found = typed_columns(plan, typed_in(Path(given[0], "总表.xlsx"), plan, scheme.tables)).every()["units"]
        return [found[name].tolist() for name in RESULTS]

    return Ready(run)


def shown_in(file: Path, given: Given) -> list[list[float]]:
    """Return score and place of every unit as a file shows them."""
    places = [(SHEET, f"{letter}{row}") for letter in place_of(given, *RESULTS) for row in _rows(given)]
    found = stored_values(file, set(places))
    values = [float(found[at]) for at in places]
    return [values[: given[1]], values[given[1] :]]


def _rows(given: Given) -> range:
    return range(FIRST_ROW, FIRST_ROW + given[1])


def emptied(given: Given) -> tuple[Path, Path]:
    """Write the book with one mark typed that nobody calculated after, as a program that only types leaves it."""
    book, [mark] = Path(given[0], "总表.xlsx"), place_of(given, "m1")
    typed = Path(tempfile.mkdtemp(prefix="xlperf-bench-"))
    write_values(book, typed / "总表.xlsx", {(SHEET, f"{mark}{FIRST_ROW}"): float(MARKS[0])})
    return typed / "总表.xlsx", typed / "out.xlsx"


def ours_to_file(given: Given) -> Ready:
    """Do what `xlperf recalc` does of a book whose round stands open: read, prove, score, write what changed."""
    scheme, plan = laid_out(Path(given[0], ID))
    book, out = emptied(given)
    known = mock.patch.object(swept, "origin_of", return_value=(Origin(scheme, plan), []))
    turn = 0

    def run() -> list[list[float]] | None:
        nonlocal turn
        with known:  # and no longer: the module is everybody's
            swept.swept(book, out, {}, "")
        turn += 1
        return shown_in(out, given) if turn == 1 else None

    return Ready(run)


def ours_edited(given: Given) -> Ready:
    """Type into a scored plan; what follows from it is followed, exactly."""
    scheme, plan = laid_out(Path(given[0], ID))
    live = Live(score(plan, filled(scheme, given[1])))
    turn = 0

    def run() -> list[list[float]] | None:
        nonlocal turn
        live.edit(Edit("units", "U0", "m1", number(MARKS[turn % len(MARKS)])))
        turn += 1
        return [[float(v) for v in live.column("units", name)] for name in RESULTS] if turn == 1 else None

    return Ready(run)


# ---- LibreOffice ---------------------------------------------------------------------------------------------------


class Office:
    """LibreOffice running, with a script of its own that is told what to do."""

    def __init__(self, given: Given, book: Path | None = None) -> None:
        self.folder = tempfile.mkdtemp(prefix="xlperf-bench-office-")
        profile = written_profile(Path(self.folder, "profile"), settings(RECALCULATES))
        pipe = f"xlperf{os.getpid()}"
        words = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
        self.program = subprocess.Popen(
            [*words, f"--accept=pipe,name={pipe};urp;"], stdout=-3, stderr=-3, start_new_session=True
        )
        script, book = Path(__file__).parents[1] / "uno_recalculate.py", book or Path(given[0], "总表.xlsx")
        self.script = subprocess.Popen([PYTHON, script, pipe, book, SHEET], stdin=-1, stdout=-1, text=True)
        assert self.script.stdout is not None
        assert self.script.stdout.readline() == "ready\n"

    @property
    def pids(self) -> list[int]:
        """List the processes of LibreOffice: all of its session."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                fields = stat.read_text("utf-8").rpartition(")")[2].split()
                if int(fields[3]) == self.program.pid:
                    found.append(int(stat.parent.name))
        return found

    def ask(self, line: str) -> Any:
        """Let it do something and return what it reads."""
        assert self.script.stdin is not None
        assert self.script.stdout is not None
        self.script.stdin.write(f"{line}\n")
        self.script.stdin.flush()
        return json.loads(self.script.stdout.readline())

    def spent(self) -> tuple[float, float]:
        """Return CPU seconds and peak MB of all that was started."""
        found = [of_process(pid) for pid in (*self.pids, self.script.pid)]
        return sum(cpu for cpu, _ in found), max(peak for _, peak in found)

    def close(self) -> None:
        """End it."""
        self.script.kill()
        with suppress(ProcessLookupError):
            os.killpg(self.program.pid, signal.SIGKILL)


def columns_between(given: Given) -> tuple[str, list[int]]:
    """Return the range from score to place, and where the two stand in it."""
    first, last = place_of(given, *RESULTS)
    return f"{first}{FIRST_ROW}:{last}{FIRST_ROW + given[1] - 1}", [0, -1]


def office(given: Given) -> Ready:
    """Open the book anew, let LibreOffice calculate every formula, read score and place."""
    started, (area, at) = Office(given), columns_between(given)

    def run() -> list[list[float]]:
        rows = started.ask(f"load {area}")
        return [[row[i] for row in rows] for i in at]

    return Ready(run, started.spent, started.close)


def office_to_file(given: Given) -> Ready:
    """Open the book with the mark typed, let LibreOffice calculate every formula and save a copy as xlsx."""
    book, out = emptied(given)
    started, (area, at) = Office(given, book), columns_between(given)

    def run() -> list[list[float]]:
        rows = started.ask(f"store {out} {area}")
        return [[row[i] for row in rows] for i in at]

    return Ready(run, started.spent, started.close)


def office_edited(given: Given) -> Ready:
    """Type one mark into the book that stands open, read score and place."""
    started, (area, at) = Office(given), columns_between(given)
    [mark] = place_of(given, "m1")
    started.ask(f"load {area}")
    turn = 0

    def run() -> list[list[float]]:
        nonlocal turn
        rows = started.ask(f"edit {mark}{FIRST_ROW} {MARKS[turn % len(MARKS)]} {area}")
        turn += 1
        return [[row[i] for row in rows] for i in at]

    return Ready(run, started.spent, started.close)


# ---- formualizer ---------------------------------------------------------------------------------------------------


def loaded(given: Given) -> Any:
    """Load the book."""
    import formualizer

    return formualizer.load_workbook_bytes(Path(given[0], "总表.xlsx").read_bytes())


def read(workbook: Any, given: Given, places: list[str]) -> list[list[float]]:
    """Calculate and read score and place of every unit."""
    from xlperf.xlsx.addresses import number as column

    rows = range(FIRST_ROW, FIRST_ROW + given[1])
    targets = [(SHEET, row, column(letter) + 1) for letter in places for row in rows]
    found = workbook.evaluate_cells(targets)
    return [[float(v) for v in found[i * given[1] : (i + 1) * given[1]]] for i in range(len(places))]


def formualizer(given: Given) -> Ready:
    """Load the book and calculate score and place of every unit, and what they need."""
    places = place_of(given, *RESULTS)
    return Ready(lambda: read(loaded(given), given, places))


def formualizer_edited(given: Given) -> Ready:
    """Type one mark into the loaded book, calculate score and place of every unit."""
    from xlperf.xlsx.addresses import number as column

    places, workbook = place_of(given, *RESULTS), loaded(given)
    [mark] = place_of(given, "m1")
    read(workbook, given, places)
    turn = 0

    def run() -> list[list[float]]:
        nonlocal turn
        workbook.set_value(SHEET, FIRST_ROW, column(mark) + 1, float(MARKS[turn % len(MARKS)]))
        turn += 1
        return read(workbook, given, places)

    return Ready(run)


WORKS = (
    Work(
        "总表 from the file to every number, everybody warm",
        "units × 30 marks",
        (50, 1_000),
        made,
        judged,
        (
            Contestant("xlperf", ours, ("numpy",)),
            Contestant("LibreOffice", office, needs=("soffice", PYTHON)),
            Contestant("formualizer", formualizer, ("formualizer",), needs=("formualizer",)),
        ),
        aims={"LibreOffice": 12, "formualizer": 15},
        rounds=3,
    ),
    Work(
        "`xlperf recalc`: a mark typed into that file, a copy with every value true",
        "units × 30 marks",
        (50, 1_000),
        made,
        judged_edit,
        (
            Contestant("xlperf", ours_to_file, ("numpy",)),
            Contestant("LibreOffice", office_to_file, needs=("soffice", PYTHON)),
        ),
        rounds=3,
    ),
    Work(
        f"One edit in it, every score and place right; of {EDITS} one after the other",
        "units × 30 marks",
        (50, 1_000),
        made,
        judged_edit,
        (
            Contestant("xlperf", ours_edited),
            Contestant("LibreOffice", office_edited, needs=("soffice", PYTHON)),
            Contestant("formualizer", formualizer_edited, ("formualizer",), needs=("formualizer",)),
        ),
        aims={"LibreOffice": 100, "formualizer": 100},
        rounds=3,
        times=EDITS,
    ),
)
