"""What the book of one party says, and the tables that it is judged beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from xlperf.formula.values import Value
from xlperf.problems import Problem
from xlperf.rounds.accepted import Gathered


@dataclass
class Findings:
    """What a book says.

    seen, words: what stood beside the office's decisions (see `rounds.ledger.Receipt`). withdrawn: the rows (sheet,
    key) that the office had entered itself and emptied. entered: (sheet, row for new entries) → key of what was typed
    there. named: see `rounds.ledger.Receipt`.
    """

    problems: list[Problem] = field(default_factory=list)
    cells: Gathered = field(default_factory=Gathered)
    seen: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    withdrawn: set[tuple[str, str]] = field(default_factory=set)
    entered: dict[tuple[str, str], str] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)


class WhenAsked(Mapping[str, list[dict[str, Value]]]):
    """Tables that are put together when somebody looks at them: most books are judged by their own rows alone."""

    def __init__(self, names: Iterable[str], table: Callable[[str], list[dict[str, Value]]]) -> None:
        self._names, self._table = dict.fromkeys(names), table
        self._made: dict[str, list[dict[str, Value]]] = {}

    def __getitem__(self, name: str) -> list[dict[str, Value]]:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = self._table(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
