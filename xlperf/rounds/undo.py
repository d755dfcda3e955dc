"""Take back the last thing that was taken in or decided: by a new entry only.

Nothing in the ledger is changed or removed: what is undone stays there to be read, and counts no more.
"""

from __future__ import annotations

from dataclasses import dataclass

from xlperf.problems import Problem, Where, problem
from xlperf.rounds.deeds import Undone
from xlperf.rounds.freeze import must_be_open
from xlperf.rounds.journal import Entry, alone, entries
from xlperf.rounds.ledger import record_decided
from xlperf.rounds.store import Round


@dataclass(frozen=True)
class Undoing:
    """What was undone. number: of the entry; kind: of it; file: whose acceptance it was, "" for another kind."""

    number: int
    kind: str
    file: str = ""


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
