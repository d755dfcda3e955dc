"""Open returned files safely: bytes first, then a reader in a process of its own that may hang or die."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xlperf.engine.roster import Party
from xlperf.many import many_objects
from xlperf.parallel import Lost, guarded
from xlperf.problems import Problem, Where, Word, problem, word
from xlperf.remote import Copies, FilesUnreached, Readable, Remote
from xlperf.scheduled import Elsewhere, chunks, scheduled
from xlperf.workbook import secret
from xlperf.workbook.back.guard import bears, guard_problems
from xlperf.workbook.back.read import ReadBook, read_book
from xlperf.workbook.back.second import Unreadable, compared, made_ready
from xlperf.workbook.quiet import quietly
from xlperf.workbook.seal import CODE, LEAD_IN
from xlperf.xlsx.cells import UnsoundCell
from xlperf.xlsx.pack import unpacked

FEW_PASSWORDS = 12  # that are all tried: each takes a third of a second
MEMORY = 512 << 20  # bytes a reader may take beyond what the program itself has
PATIENCE = 20.0  # seconds for one returned file
LONG = 180.0  # seconds for a 总表 of the office's own, which may have a thousand units

_OURS = re.compile(
    rf"{LEAD_IN}|(?<![0-9A-Za-z-]){CODE}".encode()
)  # an identity or a printed code, not the like of a GUID

Opened = ReadBook | Problem


Passwords = Mapping[Party, tuple[str, Sequence[str]]]  # party → its password, and the names it is known by
_Job = tuple[Readable, str, Readable, tuple[tuple[Party, str], ...]]


def open_books(
    files: Sequence[tuple[Path, str]],
    records: Path,
    *,
    own: bool = False,
    passwords: Passwords | None = None,
    elsewhere: Elsewhere | None = None,
) -> Iterator[Opened]:
    """Read files in order: a book, or the problem that says why it cannot be read.

    files: where the bytes are kept under their sha256, and the name shown in problems. records: the folder with the
    records of what was issued. own: whether the office itself wrote them, so that they may be large. passwords: of the
    books that were issued with one. elsewhere: who reads them but this machine; the same comes of it. One bad file
    never stops the others. Raises SchedulerGone, FilesUnreached.
    """
    limits = Limits(LONG, 4 * MEMORY) if own else Limits(PATIENCE, MEMORY)
    jobs = [(file, name, records, tuple(_to_try(name, passwords or {}))) for file, name in files]
    if elsewhere is None or not jobs:
        made_ready()
        found = guarded(_opened, jobs, seconds=limits.seconds, memory=limits.memory)
    else:
        found = _opened_elsewhere(jobs, records, limits, elsewhere)
    for (_, name), book in zip(files, found, strict=True):
        yield _failed(name, _why(book, limits.seconds)) if isinstance(book, Lost) else book


@dataclass(frozen=True)
class Limits:
    """What reading one file may take: seconds, and bytes of memory."""

    seconds: float
    memory: int


def _opened_elsewhere(
    jobs: Sequence[_Job], records: Path, limits: Limits, elsewhere: Elsewhere
) -> Iterator[Opened | Lost]:
    """Hand files to the workers of a scheduler, many at a time; where they do not see this disk, bring them first."""
    parts: Iterator[Sequence[_Job]] = iter(chunks(jobs))
    if elsewhere.files:
        parts = _brought(parts, records, Remote(elsewhere.files))
    for books in scheduled(_opened_there, limits, parts, elsewhere.scheduler):
        yield from books


def _brought(parts: Iterator[Sequence[_Job]], records: Path, folder: Remote) -> Iterator[Sequence[_Job]]:
    """Put files where the workers find them, each chunk when it is its turn, and return the jobs for these."""
    kept = Copies(folder / records.name)
    kept.bring(sorted(records.iterdir()))
    received: dict[str, Copies] = {}
    for part in parts:
        moved: list[_Job] = []
        for file, name, _, passwords in part:
            if isinstance(file, Path):
                home = file.parent.name
                there = received.get(home) or received.setdefault(home, Copies(folder / home))
                there.bring([file])
                moved.append((there.folder / file.name, name, kept.folder, passwords))
        yield moved


def _opened_there(limits: Limits, jobs: Sequence[_Job]) -> list[Opened | Lost]:
    """Read files on a worker of a scheduler, in a process of its own that may hang or die, as here."""
    return list(
        guarded(_proved, jobs, seconds=limits.seconds, memory=limits.memory, at_once=1, fresh=True),
    )


def _proved(job: _Job) -> Opened:
    """Read a file that somebody else wrote down; FilesUnreached where it is not the one that was meant."""
    file = job[0]
    try:
        data = file.read_bytes()
    except OSError as fault:
        raise FilesUnreached(str(file), str(fault)) from fault
    if hashlib.sha256(data).hexdigest() != file.name:
        raise FilesUnreached(str(file), "sha256")
    return _opened(job, data)


def _why(lost: Lost, seconds: float) -> Word:
    late = word("{seconds}秒没有读完", seconds=f"{seconds:.0f}")
    return late if lost.why == "late" else word("读取程序意外中止")


def _to_try(name: str, passwords: Passwords) -> Iterator[tuple[Party, str]]:
    """List whose passwords a file is tried with: those whom its name names, or everybody where there are few."""
    named = [(party, word_) for party, (word_, names) in passwords.items() if any(n and n in name for n in names)]
    if named or len(passwords) <= FEW_PASSWORDS:
        yield from named or ((party, word_) for party, (word_, _) in passwords.items())


@many_objects()
@quietly()
def _opened(job: _Job, data: bytes | None = None) -> Opened:
    """Read a file. data: its bytes, where they were read before."""
    file, name, records, passwords = job
    data, by = file.read_bytes() if data is None else data, None
    if passwords and secret.is_locked(data):
        if not secret.is_there():
            return problem("SECRET_NO_TOOL", Where(name))
        try:
            number, data = secret.opened(data, [word_ for _, word_ in passwords])
        except secret.NoSuchPassword:
            return problem("SECRET_WRONG", Where(name))
        by = passwords[number][0]
    book = _read(data, name, records)
    return replace(book, opened_by=by) if isinstance(book, ReadBook) else book


def _read(data: bytes, name: str, records: Readable) -> Opened:
    parts: dict[str, bytes] = {}
    problems = guard_problems(data, name, parts)
    if problems and problems[0].code != "MACRO":
        return problems[0]
    try:
        parts = parts or dict(unpacked(data))
        if not bears(parts, _OURS):  # nothing in it says that it is ours: no reader has to look
            return problems[0] if problems else ReadBook(None, (), (), (), ())
        book = read_book(data, records, parts, brief=True)
        return problems[0] if problems and not _may_hold_macros(book) else compared(book, data)
    except Unreadable as fault:
        return _failed(name, word("两个读取程序中有一个读不了（{why}）", why=str(fault)))
    except UnsoundCell as fault:
        return problems[0] if problems else fault.as_problem("READER_FAILED", name)
    except FilesUnreached:
        raise
    except MemoryError:
        return problems[0] if problems else _failed(name, word("要的内存太多"))
    except Exception as fault:  # a reader fails in more than eight ways on files it does not like
        return problems[0] if problems else _failed(name, f"{type(fault).__name__} {fault}")


def _may_hold_macros(book: ReadBook) -> bool:
    """Return whether it is the office's own 总表, whose buttons are ours; only its cells are read, nothing is run."""
    return book.identity is not None and book.identity.kind == "master"


def _failed(name: str, found: str) -> Problem:
    return problem("READER_FAILED", Where(name), found=found)
