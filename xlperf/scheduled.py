"""Work handed to a Dask scheduler, chunk by chunk, results in the order of the jobs; the extra `scale`.

Nothing is decided there and nothing is written: whoever asked stays the only one who writes. A worker that is lost is
replaced by another, which does its chunk anew and comes to the same bytes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

J = TypeVar("J")
R = TypeVar("R")
S = TypeVar("S")

PATIENCE = 10  # seconds for the scheduler to answer
_AHEAD = 4  # chunks a worker that are handed out before the first of them is asked for: no more lies there done
_TRIES = 3  # of a chunk whose worker is lost


class SchedulerGone(Exception):
    """The scheduler does not answer, or has nobody left who works."""

    def __init__(self, address: str, why: str) -> None:
        super().__init__(f"{address}: {why}")
        self.address, self.why = address, why


def is_there() -> bool:
    """Return whether the library is on this machine."""
    return find_spec("distributed") is not None


def scheduled(work: Callable[[S, J], R], shared: S, jobs: Iterable[J], address: str) -> Iterator[R]:
    """Do one piece of work for every job on the workers of a scheduler; see `parallel.shared_out`.

    address: of the scheduler, tcp://HOST:8786. Raises SchedulerGone.
    """
    library: Any = import_module("distributed")
    lost = (library.CancelledError, library.KilledWorker, library.TimeoutError, TimeoutError, OSError)
    try:
        client = library.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as fault:
        raise SchedulerGone(address, str(fault)) from fault
    with client:
        waiting, ahead = deque(jobs), deque[Any]()
        try:
            there = client.scatter(shared, broadcast=True, hash=False)
            most = _AHEAD * max(1, len(client.nthreads()))
        except lost as fault:
            raise SchedulerGone(address, str(fault)) from fault
        while waiting or ahead:
            while waiting and len(ahead) < most:
                ahead.append(client.submit(work, there, waiting.popleft(), pure=False, retries=_TRIES))
            try:
                done: R = ahead.popleft().result()
            except lost as fault:
                raise SchedulerGone(address, str(fault)) from fault
            yield done
