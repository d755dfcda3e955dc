"""Every file of a round's folder held against the ledger: none is there that `verify` has not looked at, or named.

What other checks look at (ledger, key, scheme, records, kept files, earlier and frozen results) is only counted here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from xlperf.engine.roster import MASTER
from xlperf.problems import Problem, Where, printable, problem
from xlperf.rounds.collecting.edition import FILES, edited
from xlperf.rounds.collecting.inbox import arrivals
from xlperf.rounds.journal import Entry, head_file
from xlperf.rounds.ledger import State
from xlperf.rounds.outputs import RECALCULATED
from xlperf.rounds.settings import unsettled
from xlperf.rounds.store import KEY_FILE, LEDGER_FILE, OLD_KEY_FILE, ROUND_FILE, SCHEME_FOLDER, Round
from xlperf.rounds.workdays import FILE as OWN_DAYS
from xlperf.scheme.load import folder_source
from xlperf.workbook.record import record_name


def all_files(round_: Round, state: State, recorded: Iterable[Entry]) -> tuple[int, list[Problem]]:
    """Look at every file of the folder; return how many there are, and what is not as the ledger has it.

    recorded: the entries of the ledger, which say of every file what it was before.
    """
    there = {_name(round_, f): f for f in sorted(round_.folder.rglob("*")) if f.is_file() or f.is_symlink()}
    known = _looked_at_elsewhere(round_, state)
    problems = [
        *unsettled(round_, state),
        *_outputs(there, state, recorded),
        *_masters(round_, state),
        *_inbox(round_, state),
    ]
    for name, file in there.items():
        if name not in known and not _is_kept_whole(name, file):
            copied = file.stem.endswith(RECALCULATED) and file.suffix == ".xlsx"
            problems.append(problem("OUTPUT_COPY" if copied else "OUTPUT_UNKNOWN", Where(printable(name))))
    return len(there), problems


def _name(round_: Round, file: Path) -> str:
    return file.relative_to(round_.folder).as_posix()


def _looked_at_elsewhere(round_: Round, state: State) -> set[str]:
    """Return the names of the files that something is said of here or in the other checks."""
    ledger = (LEDGER_FILE, f"{LEDGER_FILE}-wal", f"{LEDGER_FILE}-shm", head_file(Path(LEDGER_FILE)).name)
    return {
        *ledger, KEY_FILE, OLD_KEY_FILE, ROUND_FILE, OWN_DAYS, *FILES,
        *(f"{SCHEME_FOLDER}/{name}" for name in folder_source(round_.folder / SCHEME_FOLDER).files),
        *(f"records/{record_name(serial)}" for serial in state.serials),
        *(f"received/{digest}" for digest in state.receipts),
        *(issued.file for issued in state.issued.values()),
        *(taken.file for taken in state.earlier), *(frozen.file for frozen in state.frozen),
        *(name for name, digest in written_for_people(state).items() if digest),
        *(_name(round_, file) for file in _inbox_files(round_)),
    }  # fmt: skip


def _is_kept_whole(name: str, file: Path) -> bool:
    """Return whether a file was kept and not decided on yet: it lies under its own digest."""
    at = PurePosixPath(name)
    return at.parent.as_posix() == "received" and hashlib.sha256(file.read_bytes()).hexdigest() == at.name


def _outputs(there: dict[str, Path], state: State, recorded: Iterable[Entry]) -> Iterator[Problem]:
    """Check what was written for people; nothing is ever read from it. recorded: what it was before, too."""
    before = {said for e in recorded if e.kind == "output" for said in e.body["files"].items()}
    for name, digest in written_for_people(state).items():
        if digest and name not in there:
            yield problem("OUTPUT_GONE", Where(name))
        elif digest:
            data = there[name].read_bytes()
            found = hashlib.sha256(data).hexdigest()
            if found != digest:  # a browser lays an empty one there before it writes
                old = not data or (name, found) in before
                yield problem("OUTPUT_OLD" if old else "OUTPUT_CHANGED", Where(name))


def written_for_people(state: State) -> dict[str, str]:
    """Return name → sha256 of everything that was written but the 总表, "" for what was taken away."""
    return {**{w.file: w.sha256 for w in state.written.values() if w.file not in FILES}, **state.outputs}


def _masters(round_: Round, state: State) -> Iterator[Problem]:
    """List the 总表 that are neither as the program wrote them nor as they were taken in last."""
    for name, data in edited(round_, state):
        taken = state.taken.get(name) or state.current.get(MASTER)
        if taken is None or taken.sha256 != hashlib.sha256(data).hexdigest():
            yield problem("MASTER_UNTAKEN", Where(name))


def _inbox_files(round_: Round) -> list[Path]:
    """List the files of the inbox with those that are passed over there: nothing is ever read from these."""
    return [f for f in round_.inbox.rglob("*") if f.is_file() or f.is_symlink()] if round_.inbox.is_dir() else []


def _inbox(round_: Round, state: State) -> Iterator[Problem]:
    """List what lies in the inbox and was not decided on as it is."""
    for came in arrivals(round_.inbox):
        if came.problem is None and hashlib.sha256(came.data).hexdigest() not in state.receipts:
            yield problem("INBOX_UNTAKEN", Where(f"inbox/{came.name}"))
