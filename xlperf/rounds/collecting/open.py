"""Open returned files safely: bytes first, then a reader in a process of its own that may hang or die."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from xlperf.parallel import Lost, guarded
from xlperf.problems import Problem, Where, Word, problem, word
from xlperf.workbook.back.guard import guard_problems
from xlperf.workbook.back.read import ReadBook, read_book

MEMORY = 512 << 20  # bytes a reader may take beyond what the program itself has
PATIENCE = 20.0  # seconds for one returned file
LONG = 180.0  # seconds for a 总表 of the office's own, which may have a thousand units

Opened = ReadBook | Problem


def open_books(files: Sequence[tuple[Path, str]], records: Path, *, own: bool = False) -> Iterator[Opened]:
    """Read files in order: a book, or the problem that says why it cannot be read.

    files: where the bytes are kept, and the name shown in problems. records: the folder with the records of what was
    issued. own: whether the office itself wrote them, so that they may be large. One bad file never stops the others.
    """
    jobs = [(file, name, records) for file, name in files]
    seconds, memory = (LONG, 4 * MEMORY) if own else (PATIENCE, MEMORY)
    for (_, name), found in zip(files, guarded(_opened, jobs, seconds=seconds, memory=memory), strict=True):
        yield _failed(name, _why(found, seconds)) if isinstance(found, Lost) else found


def _why(lost: Lost, seconds: float) -> Word:
    late = word("{seconds}秒没有读完", seconds=f"{seconds:.0f}")
    return late if lost.why == "late" else word("读取程序意外中止")


def _opened(job: tuple[Path, str, Path]) -> Opened:
    file, name, records = job
    warnings.simplefilter("ignore")  # what a library thinks of a file is nothing for the terminal
    problems = guard_problems(file.read_bytes(), name)
    if problems and problems[0].code != "MACRO":
        return problems[0]
    try:
        book = read_book(file, records)
        return problems[0] if problems and not _may_hold_macros(book) else book
    except MemoryError:
        return problems[0] if problems else _failed(name, word("要的内存太多"))
    except Exception as fault:  # a reader fails in more than eight ways on files it does not like
        return problems[0] if problems else _failed(name, f"{type(fault).__name__} {fault}")


def _may_hold_macros(book: ReadBook) -> bool:
    """Return whether it is the office's own 总表, whose buttons are ours; only its cells are read, nothing is run."""
    return book.identity is not None and book.identity.kind == "master"


def _failed(name: str, found: str) -> Problem:
    return problem("READER_FAILED", Where(name), found=found)
