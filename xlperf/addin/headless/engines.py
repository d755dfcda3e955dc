"""The packages that can calculate a workbook, each in a process of its own that is ended when time is up.

An engine that hangs, dies or takes all day then costs its answer and nothing else.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from xlperf.parallel import Lost, guarded
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
    """A book to be calculated by an engine. called: the functions that its formulas call, in capitals."""

    engine: str
    book: Path
    called: tuple[str, ...] = ()


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


def answers(jobs: Sequence[Job], seconds: float) -> list[Answer]:
    """Let engines calculate side by side; return what each came to, in the order of the jobs.

    seconds: for each of them; all begin at once.
    """
    found = guarded(_answer, jobs, seconds=seconds, at_once=len(jobs), fresh=True)
    return [_of_lost(a) if isinstance(a, Lost) else a for a in found]


def _of_lost(lost: Lost) -> Answer:
    return Answer(late=True) if lost.why == "late" else Answer(fault="ended without an answer")


def _answer(job: Job) -> Answer:
    """Calculate in a process of its own; whatever goes wrong there is said and not raised."""
    try:
        with redirect_stderr(io.StringIO()):  # an engine shows its own progress there
            engine = load_engine(job.engine)
            values = dict(engine.valued(job.book))
        return Answer(values, frozenset(n for n in job.called if not engine.knows(n)))
    except Exception as fault:  # an engine fails in more ways than can be named
        return Answer(fault=f"{type(fault).__name__} {fault}"[:200])
