"""Several versions of one party's book: which were accepted, which one counts, and how another is put in force."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xlperf.engine.roster import Party
from xlperf.problems import Problem, Where, problem
from xlperf.rounds.deeds import Chosen
from xlperf.rounds.freeze import must_be_open
from xlperf.rounds.journal import alone
from xlperf.rounds.ledger import WITHDRAWN, Receipt, record_decided
from xlperf.rounds.parties import roster_of
from xlperf.rounds.store import Round

_MEANT = ("accepted", WITHDRAWN)  # what may be put in force


@dataclass(frozen=True)
class Version:
    """One of several accepted versions of a party's book. at: when it was recorded; counts: whether it is in force."""

    party: Party
    name: str
    file: str
    sha256: str
    at: str
    counts: bool


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
