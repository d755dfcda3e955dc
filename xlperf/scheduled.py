"""Work handed to a Dask scheduler, chunk by chunk, results in the order of the jobs; the extra `scale`.

Nothing is decided there and nothing is written: whoever asked stays the only one who writes. A worker that is lost is
replaced by another, which does its chunk anew and comes to the same bytes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from typing import Any, TypeVar

J = TypeVar("J")
R = TypeVar("R")
S = TypeVar("S")

AT_A_TIME = 40  # jobs that one worker does before it hands them over
PATIENCE = 10  # seconds for the scheduler to answer
_AHEAD = 4  # chunks a worker that are handed out before the first of them is asked for: no more lies there done
_TRIES = 3  # of a chunk whose worker is lost


class SchedulerGone(Exception):
    """The scheduler does not answer, or has nobody left who works."""

    def __init__(self, address: str, why: str) -> None:
        super().__init__(f"{address}: {why}")
        self.address, self.why = address, why


@dataclass(frozen=True)
class Elsewhere:
    """Where work is done but here. scheduler: its address, tcp://HOST:8786.

    files: where its workers find the round's folder (see `remote`); "" where they see it as this machine does.
    """

    scheduler: str
    files: str = ""


def chunks(jobs: Sequence[J]) -> list[Sequence[J]]:
    """Return jobs many at a time, in order."""
    return [jobs[at : at + AT_A_TIME] for at in range(0, len(jobs), AT_A_TIME)]


def is_there() -> bool:
    """Return whether the library is on this machine."""
    return find_spec("distributed") is not None


def scheduled(work: Callable[[S, J], R], shared: S, jobs: Iterable[J], address: str) -> Iterator[R]:
    """Do one piece of work for every job on the workers of a scheduler; see `parallel.shared_out`.

    address: of the scheduler, tcp://HOST:8786. Raises SchedulerGone, and what the work raises.
    """
    library: Any = import_module("distributed")
    lost = (library.CancelledError, library.KilledWorker, library.TimeoutError, TimeoutError, OSError)
    try:
        client = library.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as fault:
        raise SchedulerGone(address, str(fault)) from fault
    with client:
        waiting, ahead = iter(jobs), deque[Any]()
        try:
            there = client.scatter(shared, broadcast=True, hash=False)
            most = _AHEAD * max(1, len(client.nthreads()))
        except lost as fault:
            raise SchedulerGone(address, str(fault)) from fault
        while True:
            for job in islice(waiting, most - len(ahead)):
                ahead.append(client.submit(work, there, job, pure=False, retries=_TRIES))
            if not ahead:
                return
            try:
                done: R = ahead.popleft().result()
            except lost as fault:
                raise SchedulerGone(address, str(fault)) from fault
            yield done
