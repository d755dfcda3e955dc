"""What the machine refuses, as problems: a file held open, a read-only folder, a full disk, a ledger in use."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from xlperf.problems import Problem, Where, problem, word
from xlperf.remote import FilesUnreached
from xlperf.rounds.clearance import NotCleared
from xlperf.rounds.freeze import RoundClosed
from xlperf.scheduled import SchedulerGone

_CODES = {
    "FILE_DENIED": (errno.EACCES, errno.EPERM, errno.EBUSY, errno.ETXTBSY),
    "FOLDER_READ_ONLY": (errno.EROFS,),
    "DISK_FULL": (errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
    "FILE_GONE": (errno.ENOENT,),
    "FOLDER_IN_THE_WAY": (errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENOTEMPTY),
    "NAME_TOO_LONG": (errno.ENAMETOOLONG,),
    "OUT_OF_RESOURCES": (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN),
}
_HELD_OPEN = (32, 33)  # what Windows answers where another program has the file
_LEDGER = "ledger.sqlite"


def fault_problems(fault: Exception) -> list[Problem]:
    """Return why a command ended as problems: what the machine refused, a scheme that may not be used, a closed round.

    Nothing for any other fault.
    """
    if isinstance(fault, NotCleared | RoundClosed):
        return fault.problems
    if isinstance(fault, SchedulerGone):
        return [problem("SCHEDULER_GONE", found=fault.address, cause=fault.why)]
    if isinstance(fault, FilesUnreached):
        return [problem("FILES_UNREACHED", found=fault.address, cause=fault.why)]
    refused = _fault_problem(fault)
    return [] if refused is None else [refused]


def _fault_problem(fault: Exception) -> Problem | None:
    """Return which file the machine refused, why, and what to do; None for any other fault."""
    if isinstance(fault, sqlite3.Error):
        return _ledger_problem(fault)
    if not isinstance(fault, OSError):
        return None
    file = str(fault.filename2 or fault.filename or "")
    where = Where(file)
    if getattr(fault, "winerror", None) in _HELD_OPEN:
        return problem("FILE_DENIED", where, found=_name(file))
    code = next((c for c, numbers in _CODES.items() if fault.errno in numbers), "FILE_FAULT")
    return problem(code, where, found=_name(file), cause=fault.strerror or type(fault).__name__)


def _name(file: str) -> str:
    return Path(file).name if file else word("文件")


def _ledger_problem(fault: sqlite3.Error) -> Problem:
    """Return what is wrong with the ledger. sqlite names its faults, but no file."""
    name = getattr(fault, "sqlite_errorname", "")
    where = Where(_LEDGER)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return problem("LEDGER_BUSY", where)
    for start, code in (
        ("SQLITE_FULL", "DISK_FULL"),
        ("SQLITE_READONLY", "FILE_DENIED"),
        ("SQLITE_CANTOPEN", "FILE_DENIED"),
        ("SQLITE_PERM", "FILE_DENIED"),
    ):
        if name.startswith(start):
            return problem(code, where, found=_LEDGER)
    return problem("LEDGER_UNREADABLE", where, cause=str(fault))
