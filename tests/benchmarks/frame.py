"""What a benchmark is: one piece of work, and contestants who do it on the same material, ours the first of them.

A module in `tests/benchmarks/works` holds `WORKS`, a tuple of `Work`; nothing else has to be told anywhere. Every
contestant runs in a process of its own and gets ready there outside the clock; rounds then take turns, so that a noisy
minute falls on all of them. What came out of the first, uncounted round is judged: who is wrong has no ratio.
"""

from __future__ import annotations

import gc
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from multiprocessing import get_all_start_methods, get_context, set_start_method
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median
from typing import Any

Outside = Callable[[], tuple[float, float]]  # CPU seconds so far and peak MB of a program that does the work elsewhere


@dataclass(frozen=True)
class Ready:
    """A contestant at the start. run: does the work once and returns the answer. outside: see `Outside`.

    close: called at the end, for what it started.
    """

    run: Callable[[], Any]
    outside: Outside | None = None
    close: Callable[[], object] = lambda: None


@dataclass(frozen=True)
class Contestant:
    """One way of doing the work.

    start: from what the work made (`Work.made`); everything that a person has standing already (a program started, a
    scheme loaded) belongs in here. packages: whose versions are told. needs: modules and programs it cannot do
    without; where one is missing it is left out and the table says so. most: the largest size it is asked.
    """

    name: str
    start: Callable[[Any], Ready]
    packages: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    most: int | None = None

    @property
    def missing(self) -> list[str]:
        """List what it needs and this machine has not."""
        return [n for n in self.needs if find_spec(n) is None and shutil.which(n) is None]


@dataclass(frozen=True)
class Work:
    """One piece of work.

    made: makes the material of a size in a folder and returns what contestants start from (it is sent to their
    processes: paths rather than arrays). wrong: of what was made and an answer, how many numbers are wrong, of how
    many; the judge is the slow, exact path. counted: what a size counts. aims: contestant → how many times faster
    ours is to be. grows: the most by which ours may grow, as an exponent from the first size to the last. fat: the
    same for its memory, as a ratio. times: how often it is done in a turn, for work that is over before a processor
    that slept is awake; what is told is one time.
    """

    title: str
    counted: str
    sizes: tuple[int, ...]
    made: Callable[[Path, int], Any]
    wrong: Callable[[Any, Any], tuple[int, int]]
    contestants: tuple[Contestant, ...]
    aims: Mapping[str, float] = field(default_factory=dict)
    grows: float | None = None
    fat: float | None = None
    rounds: int = 5
    times: int = 1


@dataclass(frozen=True)
class Line:
    """What one contestant came to on one size: medians of seconds, peak MB, how many numbers were wrong of how many.

    fault: why there is no figure, "" where there is one.
    """

    contestant: str
    size: int
    wall: float = 0.0
    cpu: float = 0.0
    memory: float = 0.0
    wrong: int = 0
    of: int = 0
    fault: str = ""

    @property
    def counts(self) -> bool:
        """Return whether its time means anything."""
        return not self.fault and not self.wrong and self.of > 0


def spent() -> float:
    """Return the seconds of the processor that this process and its children took so far."""
    found = (getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN))
    return sum(f.ru_utime + f.ru_stime for f in found)


def peak() -> float:
    """Return the most MB that this process ever had.

    What `getrusage` says of a process that was started by another begins with the peak of that one.
    """
    status = Path("/proc/self/status")
    return _most(status) if status.exists() else getrusage(RUSAGE_SELF).ru_maxrss / 1024


def _most(status: Path) -> float:
    lines = status.read_text("utf-8").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0) / 1024


def of_process(pid: int) -> tuple[float, float]:
    """Return CPU seconds so far and peak MB of a process; one that has ended and is still counted has no memory."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    seconds = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds, _most(Path(f"/proc/{pid}/status"))


def contend(pipe: Any, module: str, number: int, name: str, given: Any) -> None:
    """Be a contestant: start, then do the work whenever asked; answers go through the pipe."""
    work: Work = import_module(module).WORKS[number]
    contestant = next(c for c in work.contestants if c.name == name)
    set_start_method(
        get_all_start_methods()[0], force=True
    )  # its own workers begin as anybody's, not as this process did
    try:
        ready = contestant.start(given)
        answer = ready.run()
        pipe.send(("judged", *work.wrong(given, answer)))
    except Exception as fault:  # whatever a peer raises is its result
        pipe.send(("fault", f"{type(fault).__name__}: {fault}"[:200]))
        return
    del answer
    try:
        while pipe.recv() == "go":
            pipe.send(_turn(ready, work.times))
    except Exception as fault:
        pipe.send(("fault", f"{type(fault).__name__}: {fault}"[:200]))
    with suppress(Exception):
        ready.close()


def _turn(ready: Ready, times: int) -> tuple[float, float, float]:
    """Do the work so many times; return seconds by the clock and of the processor for one, and peak MB."""
    gc.collect()
    outside = ready.outside or (lambda: (0.0, 0.0))
    begun, cpu, there = time.perf_counter(), spent(), outside()[0]
    for _ in range(times):
        ready.run()
    wall, own = time.perf_counter() - begun, spent() - cpu
    there_now, theirs = outside()
    mine = max(peak(), getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024)
    return wall / times, (own + there_now - there) / times, theirs or mine


def measured(module: str, number: int, size: int, folder: Path, rounds: int | None = None) -> list[Line]:
    """Let the contestants of one work do it on one size, in turns."""
    work: Work = import_module(module).WORKS[number]
    given = work.made(folder, size)
    context = get_context("spawn")
    lines: dict[str, Line] = {}
    running: dict[str, tuple[Any, Any]] = {}
    for c in work.contestants:
        if c.missing or (c.most is not None and size > c.most):
            why = f"{', '.join(c.missing)} is not here" if c.missing else "not asked: takes too long"
            lines[c.name] = Line(c.name, size, fault=why)
            continue
        here, there = context.Pipe()
        process = context.Process(target=contend, args=(there, module, number, c.name, given), daemon=False)
        process.start()
        there.close()
        running[c.name] = (process, here)
    times: dict[str, list[tuple[float, float, float]]] = {name: [] for name in running}
    try:
        for name, (_, pipe) in list(running.items()):
            kind, *said = _heard(pipe)
            if kind == "fault":
                lines[name] = Line(name, size, fault=said[0])
                del running[name], times[name]
            else:
                lines[name] = Line(name, size, wrong=said[0], of=said[1])
        for turn in range(work.rounds if rounds is None else rounds):
            names = list(running)
            for name in names[turn % len(names) :] + names[: turn % len(names)] if names else []:
                running[name][1].send("go")
                said = _heard(running[name][1])
                if said[0] == "fault":  # that one is out; the others go on
                    lines[name] = Line(name, size, fault=said[1])
                    del running[name], times[name]
                else:
                    times[name].append(tuple(said))
    finally:
        _end(running)
    for name, rows in times.items():
        wall, cpu, memory = (median(column) for column in zip(*rows, strict=True))
        lines[name] = Line(name, size, wall, cpu, memory, lines[name].wrong, lines[name].of)
    return [lines[c.name] for c in work.contestants]


def _heard(pipe: Any) -> Sequence[Any]:
    try:
        found: Sequence[Any] = pipe.recv()
    except EOFError:
        return "fault", "died"
    return found


def _end(running: Mapping[str, tuple[Any, Any]]) -> None:
    for process, pipe in running.values():
        with suppress(OSError):
            pipe.send("stop")
        process.join(20)
        if process.is_alive():
            process.kill()


def versions(work: Work) -> dict[str, str]:
    """Return the versions of the packages that a work's contestants use."""
    found = {}
    for name in dict.fromkeys(p for c in work.contestants for p in c.packages):
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found
