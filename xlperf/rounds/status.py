"""How far a round is: read off the ledger and what lies in the inbox; nothing is taken in or decided."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from xlperf.engine.roster import MASTER, Party, Roster
from xlperf.problems import Problem, Where, errors, problem
from xlperf.report.status import BookStatus, Status, Stray
from xlperf.rounds.collecting.claims import lapsed, pending
from xlperf.rounds.collecting.edition import edited
from xlperf.rounds.collecting.inbox import arrivals
from xlperf.rounds.collecting.replies import FOLDER, letter_name, sender, unanswered
from xlperf.rounds.frozen import SHORT
from xlperf.rounds.ledger import Receipt, State
from xlperf.rounds.parcels import Parcel, parcels_of
from xlperf.rounds.parties import roster_of
from xlperf.rounds.store import Round


def status_of(round_: Round, today: date | None = None) -> Status:
    """Return every book of a round with where it is, and what of the round itself wants a person.

    today: the day from which what is late is counted.
    """
    day, state = today or date.today(), round_.state()
    came = [(a.name, hashlib.sha256(a.data).hexdigest()) for a in arrivals(round_.inbox) if a.problem is None]
    typed = {file: hashlib.sha256(data).hexdigest() for file, data in edited(round_, state)}
    waiting = unanswered(round_, state, {*(digest for _, digest in came), *typed.values()})
    roster, by_party = roster_of(round_), dict[Party | None, list[Receipt]]()
    for receipt in waiting:
        by_party.setdefault(sender(roster, state, receipt), []).append(receipt)
    books = [_book(round_, roster, state, p, by_party.get((p.kind, p.whom), []), day) for p in parcels_of(round_)]
    return Status(
        round_.id,
        round_.scheme.title,
        round_.year,
        round_.scheme.office,
        day,
        round_.deadline,
        tuple(books),
        tuple(
            Stray(Path(r.file).name, tuple(errors(r.problems)), _letter(round_, roster, state, r))
            for r in by_party.get(None, [])
        ),
        tuple(name for name, digest in came if digest not in state.receipts),
        (
            *_closed(state),
            *_unseen(state, typed),
            *round_.beyond(state),
            *pending(round_, state),
            *lapsed(round_, state),
        ),
    )


def _closed(state: State) -> Iterator[Problem]:
    """Return that the results are frozen, and by which digest later rounds know them."""
    if state.closed:
        yield problem("ROUND_FROZEN", sha=state.frozen[-1].sha256[:SHORT], program=state.frozen[-1].program)


def _book(
    round_: Round, roster: Roster, state: State, parcel: Parcel, waiting: Iterable[Receipt], today: date
) -> BookStatus:
    """Return where one book is. waiting: what came of it and does not count."""
    party = (parcel.kind, parcel.whom)
    held = list(waiting)
    last = state.current.get(party) or (held[-1] if held else None)
    arrived = date.fromisoformat(last.at[:10]) if last is not None and last.at else None
    problems: list[Problem] = [p for r in held for p in errors(r.problems)]
    return BookStatus(
        parcel.kind,
        parcel.whom,
        parcel.name,
        parcel.book,
        "in" if party in state.current else "held" if held else "out" if party in state.issued else "unissued",
        Path(last.file).name if last is not None else "",
        arrived,
        0 if party == MASTER else _late(round_.deadline, arrived if party in state.current else today),
        tuple(problems),
        _letter(round_, roster, state, held[-1]) if held else "",
    )


def _unseen(state: State, typed: Mapping[str, str]) -> Iterator[Problem]:
    """List which 总表 was typed in and not taken in yet. typed: file → sha256."""
    return (problem("MASTER_UNSEEN", Where(file)) for file, digest in typed.items() if digest not in state.receipts)


def _late(deadline: date | None, day: date | None) -> int:
    """Return how many days after the deadline a day is; 0 where it is not after it, or there is none."""
    return max((day - deadline).days, 0) if deadline is not None and day is not None else 0


def _letter(round_: Round, roster: Roster, state: State, receipt: Receipt) -> str:
    """Return where the reply on a file lies, "" where none was written yet."""
    file = Path("out", FOLDER, f"{letter_name(roster, state, receipt)}.txt")
    return file.as_posix() if (round_.folder / file).exists() else ""
