"""A ranked list, line by line, as it is read and published."""

from __future__ import annotations

from dataclasses import dataclass

from xlperf.formula.values import Value

INCOMPLETE, OUTSIDE = "资料不全，未计算得分", "不参加排名"


def called(name: str, of: str) -> str:
    """Return a name as a list prints it. of: what the one who bears it belongs to, "" for a unit."""
    return f"{name}（{of}）" if name and of else name


@dataclass(frozen=True)
class Ranked:
    """One line of a ranked list; place is None where a unit is not ranked.

    points: the score as it is published. of: what a person, or another object within units, belongs to.
    beside: what decides the place beside the score, "" where the score alone does.
    """

    sheet: str
    title: str
    group: str
    place: int | None
    key: str
    name: str
    score: Value
    points: str = ""
    of: str = ""
    beside: str = ""

    @property
    def called(self) -> str:
        """Return the name as a list prints it: a person with the department, so that two of one name can be told."""
        return called(self.name, self.of)

    @property
    def remark(self) -> str:
        """Return why a unit has no place, or what beside its score decides the one it has; "" where nothing does."""
        if self.place is not None:
            return self.beside
        return INCOMPLETE if self.score is None else "：".join(filter(None, (OUTSIDE, self.beside)))
