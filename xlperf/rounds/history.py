"""The chain that a round is built on: itself, what it took from which frozen results, and what these had taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xlperf.problems import Problem
from xlperf.rounds.chain import called_of, proved
from xlperf.rounds.frozen import dated
from xlperf.rounds.present import Earlier, Present, columns_of
from xlperf.rounds.store import Round
from xlperf.scheme.reading.earlier import ORIGIN


@dataclass(frozen=True)
class Entry:
    """What one entry of a scheme takes from earlier results: its title, the headings, and how many rows came."""

    title: str
    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class Link:
    """One round of the chain.

    depth: 0 for the round itself, 1 for what it read, 2 for what that had read. sha256, at: of its frozen results, ""
    where they are not frozen or not known. taken: what the round itself takes of it. problems: what is wrong with it.
    """

    depth: int
    name: str
    round: str
    sha256: str = ""
    at: str = ""
    taken: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()

    def data(self) -> dict[str, Any]:
        """Return it for programs."""
        taken = [vars(entry) for entry in self.taken]
        return {**vars(self), "taken": taken, "problems": [p.data() for p in self.problems]}


def history_of(round_: Round) -> list[Link]:
    """List the chain of a round: itself first, then each of the results it reads with those that these had read."""
    name = dated(round_.year, called_of(round_.scheme, round_.period))
    state = round_.state()
    sha, at = "", ""
    problems: tuple[Problem, ...] = ()
    if state.closed:
        found = proved(round_.folder, state.frozen[-1], round_.key)
        if isinstance(found, Problem):
            problems = (found,)
        else:
            sha, at = found.sha256, found.results.at
    links = [Link(0, name, round_.id, sha, at, problems=problems)]
    for earlier in sorted(round_.earlier, key=lambda e: (-e.results.year, e.results.at)):
        r = earlier.results
        links.append(Link(1, r.name, r.round, earlier.sha256, r.at, tuple(_entries(round_, earlier))))
        links += [
            Link(2, dated(t["year"], called_of(round_.scheme, t["period"])), t["round"], t["sha256"]) for t in r.took
        ]
    return links


def _entries(round_: Round, earlier: Earlier) -> list[Entry]:
    """List what the round takes of one earlier round, entry by entry."""
    present = Present(round_.scheme, round_.year, round_.period)
    back = present.years_back(earlier.results)
    titles = round_.plan.titles
    found = []
    for spec, time in present.wanted():
        if time == (back, earlier.results.period):
            names = columns_of(spec, time).values()
            rows = [r for r in round_.scheme.tables.get(spec.name, []) if r.get(ORIGIN) in (None, earlier.words)]
            count = sum(any(row.get(name) is not None for name in names) for row in rows)
            found.append(Entry(spec.title, tuple(titles[f"{spec.name}.{n}"] for n in names), count))
    return found
