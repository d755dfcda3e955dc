"""The packages that can calculate a workbook, each in a process of its own that is ended when time is up.

An engine that hangs, dies or takes all day then costs its answer and nothing else.
"""

from __future__ import annotations

import io
import time
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing import get_all_start_methods, get_context, set_start_method
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Protocol, cast

from xlperf.xlsx.cached import Place

_HOME = __name__.rpartition(".")[0]


class Engine(Protocol):
    """What a module `…_engine` offers."""

    def valued(self, book: Path) -> Mapping[Place, Any]:
        """Calculate a book; worksheet names in capitals, errors as text, nothing where there is no value."""

    def knows(self, name: str) -> bool:
        """Return whether a function of this name (in capitals) can be calculated."""


@dataclass(frozen=True)
class Job:
    """A book to be calculated by an engine."""

    engine: str
    book: Path


@dataclass(frozen=True)
class Answer:
    """What an engine made of a book. unknown: functions it does not know. fault: why it gave up, "" where it did not.

    late: whether it was ended because time was up.
    """

    values: Mapping[Place, Any] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    fault: str = ""
    late: bool = False

    @property
    def done(self) -> bool:
        """Return whether the engine came to its end."""
        return not self.fault and not self.late


def load_engine(name: str) -> Engine:
    """Import an engine; ImportError where its package is missing."""
    return cast("Engine", import_module(f"{_HOME}.{name}_engine"))


def answers(jobs: Sequence[Job], names: Sequence[str], seconds: float) -> list[Answer]:
    """Let engines calculate side by side; return what each came to, in the order of the jobs.

    names: the functions that the formulas call. seconds: for all of it.
    """
    context = get_context("spawn")  # a copy of this process would share threads of an engine that was used here
    ends: dict[Connection, int] = {}
    found = [Answer(late=True) for _ in jobs]
    children: list[BaseProcess] = []
    deadline = time.monotonic() + seconds
    try:
        for i, job in enumerate(jobs):
            here, there = context.Pipe(duplex=False)
            child: BaseProcess = context.Process(target=_send, args=(there, job, list(names)), daemon=True)
            child.start()
            there.close()
            ends[here] = i
            children.append(child)
        while ends and (left := deadline - time.monotonic()) > 0:
            for end in wait(list(ends), left):
                here = cast("Connection", end)
                found[ends.pop(here)] = _received(here)
    finally:
        for child in children:
            child.kill()
            child.join()
        for here in ends:
            here.close()
    return found


def _received(here: Connection) -> Answer:
    try:
        answer: Answer = here.recv()
    except (EOFError, OSError):
        answer = Answer(fault="ended without an answer")
    here.close()
    return answer


def _send(to: Connection, job: Job, names: list[str]) -> None:
    """Calculate in a process of its own; whatever goes wrong there is told and not raised."""
    if "fork" in get_all_start_methods():  # locks that an engine makes then have no name that outlives this process
        set_start_method("fork", force=True)
    try:
        with redirect_stderr(io.StringIO()):  # an engine shows its own progress there
            engine = load_engine(job.engine)
            values = dict(engine.valued(job.book))
        answer = Answer(values, frozenset(n for n in names if not engine.knows(n)))
    except Exception as fault:  # an engine fails in more ways than can be named
        answer = Answer(fault=f"{type(fault).__name__} {fault}"[:200])
    to.send(answer)
