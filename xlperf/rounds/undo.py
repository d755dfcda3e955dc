"""Take back the last thing that was taken in or decided, and say which version of a book counts: by new entries only.

Nothing in the ledger is changed or removed: what is undone stays there to be read, and counts no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xlperf.engine.roster import Party
from xlperf.problems import Problem, Where, problem
from xlperf.rounds.deeds import Chosen, Undone
from xlperf.rounds.freeze import must_be_open
from xlperf.rounds.journal import Entry, alone, entries
from xlperf.rounds.ledger import WITHDRAWN, Receipt, record_decided
from xlperf.rounds.parties import roster_of
from xlperf.rounds.store import Round

_MEANT = ("accepted", WITHDRAWN)  # what may be put in force


@dataclass(frozen=True)
class Undoing:
    """What was undone. number: of the entry; kind: of it; file: whose acceptance it was, "" for another kind."""

    number: int
    kind: str
    file: str = ""


@dataclass(frozen=True)
class Version:
    """One of several accepted versions of a party's book. at: when it was recorded; counts: whether it is in force."""

    party: Party
    name: str
    file: str
    sha256: str
    at: str
    counts: bool


def undo(round_: Round) -> tuple[Undoing | None, list[Problem]]:
    """Undo the last acceptance of a file, choice of a version or reason to go on; None where there is none left.

    The file stays kept and its receipt readable; what counted before it counts again. Raises RoundClosed if frozen.
    """
    must_be_open(round_)
    with alone(round_.ledger) as pen:
        last = _last(list(entries(round_.ledger)))
        if last is None:
            return None, [problem("NOTHING_TO_UNDO", Where(round_.folder.name))]
        record_decided(pen, Undone(last.number))
    return Undoing(last.number, last.kind, str(last.body.get("file", ""))), []


def _last(found: list[Entry]) -> Entry | None:
    undone = {e.body["number"] for e in found if e.kind == "undone"}
    return next((e for e in reversed(found) if e.number not in undone and _may_be_undone(e)), None)


def _may_be_undone(entry: Entry) -> bool:
    accepted = entry.kind == "received" and entry.body.get("decision") == "accepted"
    return accepted or entry.kind in ("chosen", "despite")


def versions(round_: Round) -> Iterator[Version]:
    """List the accepted versions of whoever sent more than one, in the order they were recorded."""
    state, roster = round_.state(), roster_of(round_)
    by_party: dict[Party, list[Receipt]] = {}
    for receipt in state.receipts.values():
        if receipt.decision in _MEANT and receipt.kind:
            by_party.setdefault(receipt.party, []).append(receipt)
    for party, there in by_party.items():
        now = state.current.get(party)
        for r in there if len(there) > 1 else ():
            counts = now is not None and now.sha256 == r.sha256
            yield Version(party, roster.title(party), r.file, r.sha256, r.at, counts)


def choose(round_: Round, file: str) -> list[Problem]:
    """Put a version in force again. file: its name, or the beginning of its sha256; return why it cannot be."""
    must_be_open(round_)
    with alone(round_.ledger) as pen:
        meant = [r for r in round_.state().receipts.values() if r.decision in _MEANT and r.kind]
        named = [r for r in meant if r.file == file or r.sha256.startswith(file)]
        if len(named) != 1:
            known = "、".join(r.file for r in named or meant)
            return [problem("VERSION_UNKNOWN", Where(round_.folder.name), found=file, count=len(named), known=known)]
        record_decided(pen, Chosen(named[0].sha256))
    return []
