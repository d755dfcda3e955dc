"""Open returned files safely: bytes first, then a reader in a process of its own that may hang or die."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from multiprocessing.connection import Connection
from pathlib import Path

from xlperf.problems import Problem, Where, problem, word
from xlperf.rounds.workers import leave_interrupts_to_the_parent
from xlperf.workbook.back.guard import guard_problems
from xlperf.workbook.back.read import ReadBook, read_book

MEMORY = 2 << 30  # bytes of address space a reader may use
PATIENCE = 60.0  # seconds for one file; the 总表 of a hundred units needs about ten
_FEW = 4  # files up to which one reader is enough

Opened = ReadBook | Problem


def open_books(files: Sequence[tuple[Path, str]]) -> Iterator[Opened]:
    """Read files in order: a book, or the problem that says why it cannot be read.

    files: where the bytes are kept, and the name shown in problems. One bad file never stops the others.
    """
    pending = list(files)
    with ProcessPoolExecutor(2 if len(pending) > _FEW else 1, initializer=_limit) as pool:
        futures = [pool.submit(_opened, file, name) for file, name in pending]
        broken = False
        for (file, name), future in zip(pending, futures, strict=True):
            if broken:
                yield _alone(file, name)
                continue
            try:
                yield future.result(timeout=PATIENCE)
            except (BrokenExecutor, TookTooLong):
                broken = True  # from here on every file gets a process of its own
                _end(pool)
                yield _alone(file, name)


def _end(pool: ProcessPoolExecutor) -> None:
    pool.shutdown(wait=False, cancel_futures=True)
    for child in multiprocessing.active_children():
        child.kill()


def _alone(file: Path, name: str) -> Opened:
    """Read one file in a process that is killed when it takes too long."""
    here, there = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=_send, args=(there, file, name))
    child.start()
    there.close()
    try:
        late = word("{seconds}秒没有读完", seconds=f"{PATIENCE:.0f}")
        found: Opened = here.recv() if here.poll(PATIENCE) else _failed(name, late)
    except EOFError:
        found = _failed(name, word("读取程序意外中止"))
    finally:
        child.kill()
        child.join()
        here.close()
    return found


def _send(to: Connection, file: Path, name: str) -> None:
    _limit()
    to.send(_opened(file, name))


def _opened(file: Path, name: str) -> Opened:
    told = guard_problems(file.read_bytes(), name)
    if told:
        return told[0]
    try:
        return read_book(file)
    except Exception as fault:  # a reader fails in more than eight ways on files it does not like
        return _failed(name, f"{type(fault).__name__} {fault}")


def _failed(name: str, found: str) -> Problem:
    return problem("READER_FAILED", Where(name), found=found)


def _limit() -> None:
    """Keep a reader from taking the machine's memory; only Unix has such a limit."""
    leave_interrupts_to_the_parent()
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
