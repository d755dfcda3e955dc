"""How far a round is: every book that went out, where it is, and who is to be chased."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from xlperf.problems import Language, Problem, errors

BookState = Literal["in", "held", "out", "unissued"]
STATES: tuple[BookState, ...] = ("in", "held", "out", "unissued")


@dataclass(frozen=True)
class BookStatus:
    """One book of a round.

    kind, whom: whose it is, as the ledger has it. name, book: the party and the book as people call them. state: `in`
    what counts was accepted; `held` something came that does not count and nothing else did; `out` nothing came;
    `unissued` it was not handed out. file, arrived: what came last, and on which day. late: days after the deadline,
    of what came or, where nothing did, until today. problems: why it is held, or what else waits beside the one that
    counts. letter: the reply to send, below the round's folder.
    """

    kind: str
    whom: str
    name: str
    book: str
    state: BookState
    file: str = ""
    arrived: date | None = None
    late: int = 0
    problems: tuple[Problem, ...] = ()
    letter: str = ""

    @property
    def held(self) -> str:
        """Return the names of the files that are held, "" where none is."""
        return "、".join(dict.fromkeys(Path(p.where.file).name for p in self.problems if p.where.file))

    @property
    def again(self) -> bool:
        """Return whether a newer book than the one that counts is held."""
        return self.state == "in" and bool(self.problems)

    def data(self, language: Language) -> dict[str, object]:
        """Return it for programs."""
        day = self.arrived.isoformat() if self.arrived else None
        return {**self.__dict__, "arrived": day, "problems": [p.data(language) for p in self.problems]}


@dataclass(frozen=True)
class Stray:
    """A file in the inbox of which nobody can tell whose it is."""

    file: str
    problems: tuple[Problem, ...]
    letter: str = ""

    def data(self, language: Language) -> dict[str, object]:
        """Return it for programs."""
        return {**self.__dict__, "problems": [p.data(language) for p in self.problems]}


@dataclass(frozen=True)
class Status:
    """A round at one day. fresh: files in the inbox that `collect` has not looked at. concerns: of the round itself."""

    round: str
    title: str
    year: int
    office: str
    today: date
    deadline: date | None
    books: tuple[BookStatus, ...]
    strays: tuple[Stray, ...] = ()
    fresh: tuple[str, ...] = ()
    concerns: tuple[Problem, ...] = ()

    @property
    def owed(self) -> tuple[BookStatus, ...]:
        """List the books that are still owed by somebody other than the office, the latest and the held first."""
        found = [b for b in self.books if b.state in ("held", "out") and b.kind != "master"]
        return tuple(sorted(found, key=lambda b: (-b.late, b.state != "held")))

    @property
    def chased(self) -> tuple[BookStatus, ...]:
        """List whom to chase: the books that are owed, then those of which a newer one is held."""
        return (*self.owed, *(b for b in self.books if b.again and b.kind != "master"))

    @property
    def days_left(self) -> int | None:
        """Return the days until the deadline, negative once it has gone by; None where there is none."""
        return None if self.deadline is None else (self.deadline - self.today).days

    def counts(self, kind: str) -> dict[BookState, int]:
        """Return how many books of a kind are in each state."""
        found = Counter(b.state for b in self.books if b.kind == kind)
        return {state: found[state] for state in STATES}

    @property
    def settled(self) -> bool:
        """Return whether nothing is owed, held or unseen."""
        open_ = any(b.state != "in" or errors(b.problems) for b in self.books)
        return not (open_ or self.strays or self.fresh)

    def data(self, language: Language) -> dict[str, object]:
        """Return it for programs."""
        return {
            "round": self.round,
            "title": self.title,
            "year": self.year,
            "office": self.office,
            "today": self.today.isoformat(),
            "deadline": self.deadline.isoformat() if self.deadline else None,
            "days_left": self.days_left,
            "counts": {kind: self.counts(kind) for kind in dict.fromkeys(b.kind for b in self.books)},
            "books": [b.data(language) for b in self.books],
            "owed": [{"name": b.name, "book": b.book, "state": b.state, "late": b.late} for b in self.owed],
            "strays": [s.data(language) for s in self.strays],
            "fresh": list(self.fresh),
            "problems": [p.data(language) for p in self.concerns],
        }
