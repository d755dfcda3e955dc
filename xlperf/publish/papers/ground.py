"""What every document of a publication is made from, gathered once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property

from xlperf.engine.losses import Breakdown, breakdowns
from xlperf.engine.plan import Column, Plan, Ranking, Row, Sheet
from xlperf.engine.ranked import consequence, decided_by
from xlperf.engine.score import Scores
from xlperf.formula.values import Value, shown, value_text
from xlperf.report.document import Line
from xlperf.rounds.present import Earlier, Present

WEEKDAYS = "一二三四五六日"
NEAR = Fraction(1, 2)


@dataclass(frozen=True)
class Settings:
    """What the office decides about a publication.

    day: printed on it. appeal_days: working days within which a unit may ask for a review, 0 where there is none; due:
    the last of them. notice_due: the last day of a public notice, None where it has none. columns: of the notice, by
    name or heading, beside place and unit. incomplete: why it is published although something is missing.
    """

    day: date
    appeal_days: int = 0
    due: date | None = None
    notice_days: int = 0
    notice_due: date | None = None
    columns: tuple[str, ...] = ()
    with_scores: bool = True
    near: Fraction = NEAR
    incomplete: str = ""


@dataclass(frozen=True)
class Last:
    """The results of the round before, as this one took them, and the round that looks at them."""

    present: Present
    earlier: Earlier


@dataclass(frozen=True)
class Ground:
    """A scored round about to be published. contact: whom units may ask. last: the round before, None without one."""

    scores: Scores
    settings: Settings
    contact: str = ""
    last: Last | None = None
    _apart: dict[str, list[Breakdown]] = field(default_factory=dict, repr=False, compare=False)

    def apart(self, ranking: Ranking) -> list[Breakdown]:
        """Return the rows of a ranked list taken apart, in list order."""
        if ranking.sheet not in self._apart:
            self._apart[ranking.sheet] = list(breakdowns(self.scores, ranking))
        return self._apart[ranking.sheet]

    def ranked(self) -> Iterator[tuple[Ranking, Sheet]]:
        """List the ranked lists in which anybody stands."""
        for ranking in self.scores.plan.rankings:
            if self.scores.size(ranking.sheet):
                yield ranking, self.scores.plan.by_name[ranking.sheet]

    @cached_property
    def seal(self) -> tuple[Line, ...]:
        """Return the lines at the end: who gives it out, to be sealed, and when."""
        return (Line(f"{self.scores.plan.issuer}（盖章）", "seal"), Line(long_day(self.settings.day), "seal"))

    def name(self, sheet: Sheet, row: Row) -> str:
        """Return the name of whom a row is about."""
        thing = self.scores.objects.of_row(sheet, row)
        return self.scores.objects.title(thing) if thing is not None else ""


def groups_of(scores: Scores, ranking: Ranking) -> dict[str, list[int]]:
    """Return group → positions, ranked ones first by their seat."""
    rows = scores.rows(ranking.sheet)
    found: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        found.setdefault(value_text(row[ranking.group]), []).append(at)

    def order(at: int) -> tuple[bool, Fraction]:
        seat = rows[at][ranking.seat]
        return (False, seat) if isinstance(seat, Fraction) else (True, Fraction(at))

    return {name: sorted(some, key=order) for name, some in found.items()}


def long_day(day: date) -> str:
    """Write a day as letters do: 2026年1月8日."""
    return f"{day.year}年{day.month}月{day.day}日"


def with_weekday(day: date) -> str:
    """Write a day with its weekday."""
    return f"{long_day(day)}（星期{WEEKDAYS[day.weekday()]}）"


def beside(scores: Scores, ranking: Ranking, row: Row) -> str:
    """Return what beside the score decides the place of a row, "" where nothing does."""
    why = decided_by(scores, ranking, row)
    return f"名次不只按得分：{why}" if why else ""


def consequences(sheet: Sheet, row: Mapping[str, Value], kept: frozenset[str] = frozenset()) -> str:
    """Return in words what a row has earned or suffers: awards that hold, each once. kept: columns left out."""
    said = []
    for column in sheet.of_role("award"):
        if column.name not in kept:
            said.append(consequence(column, row[column.name]))
    return "；".join(dict.fromkeys(filter(None, said)))


def money(plan: Plan, sheet: Sheet, row: Mapping[str, Value]) -> str:
    """Return in words the amounts of a row that no other amount of the row goes on from, each under its heading."""
    said, columns = [], sheet.of_role("money")
    for column in columns:
        value, spot = row[column.name], (sheet.name, column.name)
        later = (c for c in columns if c is not column and spot in plan.graph.behind([(sheet.name, c.name)]))
        if not any(row[c.name] for c in later) and isinstance(value, Fraction) and value:
            said.append(f"{column.title} {_words(column, value)}{column.measure}")
    return "；".join(said)


def _words(column: Column, value: Value) -> str:
    if isinstance(value, Fraction):
        return shown(value, column.shown if column.shown is not None else 2)
    return value or ""
