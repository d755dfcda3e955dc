"""Why a number is what it is: the whole tree, and the answer that fits one screen."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Explanation:
    """One cell and why it holds what it holds.

    label: what the row is about (an indicator, an event), "" where the key says it. value: as a person
    reads it. exact: nothing lost (decimal text or p/q). because: the branches taken. working: the
    arithmetic with its numbers. parts: the cells of the same row, and of other rows, it was made from. closed:
    the row does not ask for this cell, or this way of scoring is not the one that its row goes. taken: the column of
    the row whose value a choice hands on, "" where none. stated: whether a condition that is met chose it.
    """

    sheet: str
    key: str
    column: str
    title: str
    value: str
    exact: str
    basis: str
    because: tuple[str, ...]
    working: str
    parts: tuple[Explanation, ...] = ()
    label: str = ""
    closed: bool = False
    taken: str = ""
    stated: bool = False

    def data(self) -> dict[str, object]:
        """Return it for programs."""
        return {**self.__dict__, "parts": [p.data() for p in self.parts]}


@dataclass(frozen=True)
class Step:
    """One line of arithmetic: a result, how it was reached, under which clause."""

    title: str
    value: str
    working: str
    basis: str


@dataclass(frozen=True)
class Gap:
    """An empty cell that the number needs. sheet: its title. label: its row's own words. who: fills it (`by`)."""

    sheet: str
    label: str
    title: str
    key: str
    who: str


@dataclass(frozen=True)
class Loss:
    """A row that did not earn all its points. lost: exact; score, full: as people read them. why: in words."""

    label: str
    key: str
    score: str
    full: str
    lost: str
    why: str
    basis: str


@dataclass(frozen=True)
class Extra:
    """A row of a ledger: a bonus, a deduction. title: the heading that adds it up. why: it counts nothing, in words."""

    sheet: str
    label: str
    title: str
    value: str
    why: str = ""


@dataclass(frozen=True)
class Answer:
    """The answer on one screen. tree: everything behind it, as deep as it was asked for.

    steps: the result first, then what it was made from. clauses: each once. missing, losses (most first), extras (rows
    of ledgers that count), uncounted (those that do not): of all rows that the number was made from. beside: what
    decides the place of a score beside the score.
    """

    who: str
    tree: Explanation
    steps: tuple[Step, ...] = ()
    clauses: tuple[str, ...] = ()
    missing: tuple[Gap, ...] = ()
    losses: tuple[Loss, ...] = ()
    extras: tuple[Extra, ...] = ()
    beside: tuple[str, ...] = ()
    uncounted: tuple[Extra, ...] = ()

    def data(self) -> dict[str, object]:
        """Return it for programs; `parts` is the tree."""
        names = ("steps", "missing", "losses", "extras", "uncounted")
        rest = {name: [asdict(x) for x in getattr(self, name)] for name in names}
        return {**self.tree.data(), "who": self.who, **rest, "clauses": list(self.clauses), "beside": list(self.beside)}
