"""Work shared out to processes, and done one after the other where there are none.

The same work gives the same results either way, in the order of the jobs. Workers ignore Ctrl+C, which the
parent answers, and end with it: a worker whose parent is gone does not go on. Standard library only; a page
in a browser has neither processes nor limits, and there every job is done in place.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from xlperf.many import many_objects, search_seldom

J = TypeVar("J")
R = TypeVar("R")
S = TypeVar("S")

FEW = 6  # jobs up to which another process does not pay for its start
_LOOK = 0.5  # seconds between two looks at whether the parent is still there
_MORE = 2.0  # seconds more for a job on a busy machine, and how many times its time it has at most
_AT_MOST = 6
_PIPED = 8_192  # bytes that every pipe takes although nobody reads them


@dataclass(frozen=True)
class Lost:
    """A job that gave no result: its worker was ended because it took too long, or died."""

    why: Literal["late", "died"]


def cores() -> int:
    """Return how many processes this machine runs at once; 1 where it has no processes."""
    if sys.platform in ("emscripten", "wasi"):
        return 1
    counted = getattr(os, "sched_getaffinity", None)
    return len(counted(0)) if counted is not None else os.cpu_count() or 1


def shared_out(work: Callable[[S, J], R], shared: S, jobs: Iterable[J], *, few: int = FEW) -> Iterator[R]:
    """Do one piece of work for every job and give the results in the order of the jobs.

    work: a function of a module, called with what all share and one job. shared: sent to each worker once. few: up to
    so many jobs are done in place. What a job raises is raised here, and the rest is not done.
    """
    waiting = list(jobs)
    if len(waiting) <= few or cores() == 1:
        yield from (work(shared, job) for job in waiting)
        return
    from concurrent.futures import ProcessPoolExecutor  # there are processes

    with ProcessPoolExecutor(min(cores(), len(waiting)), initializer=_share, initargs=(work, shared)) as pool:
        yield from pool.map(_do, waiting)


def guarded(
    work: Callable[[J], R],
    jobs: Iterable[J],
    *,
    seconds: float,
    memory: int | None = None,
    few: int = FEW,
    at_once: int | None = None,
    fresh: bool = False,
) -> Iterator[R | Lost]:
    """Do work that may hang, die or take all memory, each job in a worker that is ended for it; in order.

    seconds: a job may take. memory: bytes of address space a worker may use, where the system has such a limit. few: up
    to so many jobs one worker does; at_once: so many workers whatever the machine has. fresh: a worker begins with
    nothing of this process, whose libraries may hold threads, or which is itself a worker of others. A job whose worker
    is lost is not tried again, and the others are not touched. Without processes it is done in place.
    """
    waiting = list(jobs)
    place = _PLACE.get()
    if place is not None or sys.platform in ("emscripten", "wasi"):
        yield from (_in_place(work, job, (seconds, memory or 0), place) for job in waiting)
        return
    crew: _Crew[J, R] = _Crew(work, waiting, seconds, memory, fresh)
    try:
        yield from crew.results(at_once or (min(cores(), len(waiting)) if len(waiting) > few else 1))
    finally:
        crew.end()


# ---- where there are no processes ----------------------------------------------------------------

Begun = Callable[[int, float, int], None]


@dataclass
class _Place:
    """Who is told of each job before it is done, which are not tried again, and how many there were."""

    begun: Begun
    lost: frozenset[int]
    count: int = 0


_PLACE: ContextVar[_Place | None] = ContextVar("in place", default=None)


@contextmanager
def in_place(begun: Begun, lost: frozenset[int]) -> Iterator[None]:
    """Do guarded work here, one job after the other, with somebody outside who ends all of it where a job hangs.

    begun: told the number of a job from 1, the seconds it may take and the bytes of memory (0: as many as there are),
    before it is done. lost: jobs that took too long when the same was done before; they are not tried again.
    """
    before = _PLACE.set(_Place(begun, lost))
    try:
        yield
    finally:
        _PLACE.reset(before)


def _in_place(work: Callable[[J], R], job: J, limits: tuple[float, int], place: _Place | None) -> R | Lost:
    if place is not None:
        place.count += 1
        if place.count in place.lost:
            return Lost("late")
        place.begun(place.count, *limits)
    return work(job)


# ---- workers of `shared_out` ---------------------------------------------------------------------

_GIVEN: list[Any] = []  # in a worker: the work and what all jobs share


def _share(work: Callable[[Any, Any], Any], shared: Any) -> None:
    _begin()
    _GIVEN[:] = [work, shared]


def _do(job: Any) -> Any:
    work, shared = _GIVEN
    return work(shared, job)


def _begin() -> None:
    """Leave Ctrl+C to the parent, and end when it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    search_seldom()
    _die_with_parent()
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _die_with_parent() -> None:
    """Let the system end this worker with its parent, also while it is stuck in a library; only Linux does."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG


# ---- workers of `guarded` ------------------------------------------------------------------------


@dataclass
class _Worker:
    """A process with a pipe, the numbers of the job it is at and of one that waits in the pipe, and until when it may.

    begun: when the job was given, or the one before it was done. spent: CPU seconds of the process then, as it said
    itself; asked: and when it was last asked.
    """

    process: Any
    pipe: Any
    jobs: deque[int] = field(default_factory=deque)
    until: float = 0.0
    begun: float = 0.0
    spent: float = 0.0
    asked: float = 0.0

    def begin(self, seconds: float) -> None:
        """Count the time of a job from now on."""
        self.begun = time.monotonic()
        self.until = self.begun + seconds
        self.asked = self.spent

    def starved(self, seconds: float) -> bool:
        """Return whether the time is up only because the machine is busy: it has worked, and less than it may.

        Who waits for something that does not come works at nothing, and is late after the time by the clock. Where the
        system does not tell, the clock alone counts.
        """
        now = _cpu_seconds(self.process.pid)
        moved, self.asked = now - self.asked, now
        return moved > 0 and now - self.spent < seconds and time.monotonic() - self.begun < _AT_MOST * seconds

    def end(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


@dataclass
class _Crew(Generic[J, R]):
    """Workers that are replaced when they are lost, and the results that came before their turn."""

    work: Callable[[J], R]
    jobs: list[J]
    seconds: float
    memory: int | None
    fresh: bool
    workers: list[_Worker] = field(default_factory=list)
    early: dict[int, R | Lost] = field(default_factory=dict)
    waiting: deque[int] = field(default_factory=deque)

    def results(self, count: int) -> Iterator[R | Lost]:
        """Return the results in the order of the jobs."""
        self.waiting.extend(range(len(self.jobs)))
        for turn in range(len(self.jobs)):
            while turn not in self.early:
                while self.waiting and len(self.workers) < count:
                    self.workers.append(self._started())
                self._hand_out()
                self._take()
            yield self.early.pop(turn)

    def _hand_out(self) -> None:
        """Hand a job to everybody who has none, then one more to begin at once, while whoever asked looks at results.

        The last jobs are not given so, nor one that may not go into a pipe of which nobody takes it.
        """
        for worker in (w for w in self.workers if not w.jobs and self.waiting):
            self._give(worker, self._said(self.waiting[0]))
        for worker in (w for w in self.workers if len(w.jobs) == 1 and len(self.waiting) > len(self.workers)):
            said = self._said(self.waiting[0])
            if len(said) > _PIPED:  # nor would the others be given it
                break
            self._give(worker, said)

    def _said(self, number: int) -> Any:
        from multiprocessing.reduction import ForkingPickler

        return ForkingPickler.dumps(self.jobs[number])

    def end(self) -> None:
        """End every worker."""
        while self.workers:
            self.workers.pop().end()

    def _started(self) -> _Worker:
        import multiprocessing

        here, there = multiprocessing.Pipe()
        context = _fresh_context(self.work.__module__) if self.fresh else multiprocessing.get_context()
        process = context.Process(target=_serve, args=(there, here, self.work, self.memory), daemon=True)
        process.start()
        there.close()
        return _Worker(process, here)

    def _give(self, worker: _Worker, said: Any) -> None:
        if not worker.jobs:
            worker.begin(self.seconds)
        worker.jobs.append(self.waiting.popleft())
        with suppress(OSError):  # a worker that died between two jobs is found when it is heard
            worker.pipe.send_bytes(said)

    def _take(self) -> None:
        """Wait until a worker answers, dies or takes too long."""
        from multiprocessing.connection import wait

        busy = [w for w in self.workers if w.jobs]
        left = max(0.0, min(w.until for w in busy) - time.monotonic())
        heard = {id(pipe) for pipe in wait([w.pipe for w in busy], left)}
        for worker in busy:
            if id(worker.pipe) in heard:
                self._hear(worker)
            elif time.monotonic() >= worker.until:
                if worker.starved(self.seconds):
                    worker.until = time.monotonic() + _MORE
                else:
                    self._lose(worker, "late")

    def _hear(self, worker: _Worker) -> None:
        try:
            with many_objects():
                failed, found, worker.spent = worker.pipe.recv()
        except (EOFError, OSError):
            self._lose(worker, "died")
            return
        if failed:
            raise found
        self.early[worker.jobs.popleft()] = found
        worker.begin(self.seconds)

    def _lose(self, worker: _Worker, why: Literal["late", "died"]) -> None:
        self.early[worker.jobs.popleft()] = Lost(why)
        self.waiting.extendleft(reversed(worker.jobs))  # which it had not begun
        self.workers.remove(worker)
        worker.end()


def _fresh_context(module: str) -> Any:
    """Return how workers are begun that have nothing of this process. module: what they all need is imported once.

    A process that others began as a daemon may begin some of its own all the same: ours end with it, which is what the
    standard library asks for.
    """
    import multiprocessing

    multiprocessing.current_process().daemon = False
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([module])
    return context


def _serve(pipe: Any, other: Any, work: Callable[[Any], Any], memory: int | None) -> None:
    """Answer job after job until the parent closes the pipe."""
    other.close()
    _begin()
    gc.freeze()  # what the parent had made is not looked through again for each job
    _unnamed_locks()
    if memory is not None:
        _limit(memory)
    with suppress(EOFError, OSError):
        while True:
            job = pipe.recv()
            try:
                answer = (False, work(job))
            except Exception as fault:
                answer = (True, fault)
            pipe.send((*answer, time.process_time()))


def _unnamed_locks() -> None:
    """Let locks that a library makes have no name, which would outlive a worker that is killed."""
    import multiprocessing

    if "fork" in multiprocessing.get_all_start_methods():
        multiprocessing.set_start_method("fork", force=True)


def _cpu_seconds(process: int) -> float:
    """Return the CPU time a process has used; 0 where the system does not tell."""
    with suppress(OSError, ValueError, IndexError):
        fields = Path(f"/proc/{process}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _limit(memory: int) -> None:
    """Keep a worker from taking the machine's memory beyond what it begins with; only Unix has such a limit."""
    try:
        import resource
    except ImportError:
        return
    begins, table = 0, Path("/proc/self/statm")
    with suppress(OSError, ValueError):
        begins = int(table.read_text("ascii").split()[0]) * resource.getpagesize()
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    most = begins + memory if hard == resource.RLIM_INFINITY else min(begins + memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
