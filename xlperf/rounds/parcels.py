"""The workbooks of a round as parcels: what goes to whom, under which name, with which identity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from xlperf.engine.plan import SCORER
from xlperf.engine.roster import Party, Roster
from xlperf.files import file_name
from xlperf.rounds.parties import roster_of
from xlperf.rounds.store import Round
from xlperf.workbook.seal import Identity, Kind, sealed

MASTER = "总表"


@dataclass(frozen=True)
class Parcel:
    """A workbook to hand out.

    kind, whom: the party. name: of whose it is. book: what it is called. file: below the round's folder.
    """

    kind: Kind
    whom: str
    name: str
    book: str
    file: Path


def parcels_of(round_: Round) -> Iterator[Parcel]:
    """List the workbooks of a round: the appraised in list order, scorers who have something to score, the 总表."""
    roster = roster_of(round_)
    for kind, held in groupby(roster.holders, key=lambda party: party[0]):
        parties, book = tuple(held), roster.book(kind)
        width = len(str(len(parties)))
        for number, party in enumerate(parties, 1):
            name = roster.title(party)
            above = _above(roster, party)
            whose = f"{above}{name.removeprefix(above)}"  # the books of one unit's people stand together, and say so
            file = Path("issued", file_name(book), f"{number:0{width}d} {file_name(whose)}.xlsx")
            yield Parcel(*party, name, book, file)
    for name in scorers_of(round_, roster):
        book = roster.book(SCORER)
        yield Parcel(SCORER, name, name, book, Path("issued", book, f"{file_name(name)}.xlsx"))
    yield Parcel("master", "", MASTER, MASTER, Path("issued", f"{MASTER}.xlsx"))


def _above(roster: Roster, party: Party) -> str:
    """Return what whoever has a book of their own is within, "" for units and for books of several."""
    bearer = roster.objects.bearer(party)
    return roster.objects.within(bearer) if bearer is not None and bearer[0] == party[0] else ""


def scorers_of(round_: Round, roster: Roster | None = None) -> list[str]:
    """List the scorers with at least one cell to fill, in the order of the scheme."""
    known = roster or roster_of(round_)
    return [s.name for s in round_.scheme.scorers if (SCORER, s.name) in known.owners]


def identity_of(round_: Round, kind: Kind, whom: str, serial: int) -> Identity:
    """Make the sealed identity of a workbook."""
    identity = Identity(kind, round_.id, round_.scheme.id, round_.year, whom, serial)
    return sealed(identity, round_.key, bound_to(round_, kind))


def bound_to(round_: Round, kind: Kind) -> str:
    """Return the scheme that the token of a book is bound to; the 总表 says itself what it was made from."""
    return "" if kind == "master" else round_.scheme_sha


def due_words(round_: Round) -> str:
    """Write the deadline as a notice words it; "" where there is none."""
    day = round_.deadline
    return "" if day is None else f"{day.year}年{day.month}月{day.day}日"
