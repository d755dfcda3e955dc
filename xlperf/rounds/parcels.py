"""The workbooks of a round as parcels: what goes to whom, under which name, with which identity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xlperf.engine.roster import Roster
from xlperf.rounds.store import Round
from xlperf.workbook.seal import Identity, Kind, sealed

UNIT_BOOK, SCORER_BOOK, MASTER = "自评表", "打分表", "总表"
BOOKS = {"unit": UNIT_BOOK, "scorer": SCORER_BOOK, "master": MASTER}
_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"/\\|?*', "_"))


@dataclass(frozen=True)
class Parcel:
    """A workbook to hand out. whom: unit code, scorer or "" for the office; file: below the round's folder."""

    kind: Kind
    whom: str
    name: str
    file: Path


def parcels_of(round_: Round) -> Iterator[Parcel]:
    """List the workbooks of a round: units in list order, scorers who have something to score, the 总表."""
    roster = roster_of(round_)
    units = roster.units
    width = len(str(len(units)))
    for number, (code, name) in enumerate(units.items(), 1):
        file = Path("issued", UNIT_BOOK, f"{number:0{width}d} {name.translate(_FORBIDDEN)}.xlsx")
        yield Parcel("unit", code, name, file)
    for name in scorers_of(round_, roster):
        yield Parcel("scorer", name, name, Path("issued", SCORER_BOOK, f"{name.translate(_FORBIDDEN)}.xlsx"))
    yield Parcel("master", "", MASTER, Path("issued", f"{MASTER}.xlsx"))


def scorers_of(round_: Round, roster: Roster | None = None) -> list[str]:
    """List the scorers with at least one cell to fill, in the order of the scheme."""
    known = roster or roster_of(round_)
    return [s.name for s in round_.scheme.scorers if ("scorer", s.name) in known.owners]


def roster_of(round_: Round) -> Roster:
    """Return who and what the round started with."""
    return Roster(round_.plan, round_.scheme.tables, round_.scheme.office)


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
