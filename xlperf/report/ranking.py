"""A ranked list, line by line, as it is read and published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlperf.formula.values import Value

Places = Mapping[tuple[str, str, str], int]  # of an earlier list: title, group, key → place
INCOMPLETE, OUTSIDE = "资料不全，未计算得分", "不参加排名"


def called(name: str, of: str) -> str:
    """Return a name as a list prints it. of: what the one who bears it belongs to, "" for a unit."""
    return f"{name}（{of}）" if name and of else name


def risen(was: float | None, now: float | None) -> int | None:
    """Return by how many places somebody rose since an earlier list, below 0 for fell; None where one has no place."""
    return None if was is None or now is None else round(was - now)


def in_words(rose: int | None) -> str:
    """Return a change of places as the scheme's language says it, "" where there is none."""
    return f"{'升' if rose > 0 else '降'}{abs(rose)}" if rose else ""


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

    def moved(self, before: Places) -> int | None:
        """Return by how many places it rose since an earlier list; None where either list gives it no place."""
        return risen(before.get((self.title, self.group, self.key)), self.place)

    @property
    def remark(self) -> str:
        """Return why a unit has no place, or what beside its score decides the one it has; "" where nothing does."""
        if self.place is not None:
            return self.beside
        return INCOMPLETE if self.score is None else "：".join(filter(None, (OUTSIDE, self.beside)))
