"""What an office says when it publishes, filled up from the scheme, with the deadlines that follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from xlperf.problems import Problem, Where, problem
from xlperf.publish.papers.ground import NEAR, Settings
from xlperf.rounds.store import Round
from xlperf.rounds.workdays import NoCalendar, own_days, workdays_after

APPEAL_DAYS = "appeal_days"  # the figure of a scheme that says how many working days a unit may ask for a review
MOST_DAYS = 60  # working days that anybody may be given, for a review or of a notice
NOTICE_DAYS = 5  # working days that a notice stands where nobody says otherwise


@dataclass(frozen=True)
class Wishes:
    """What is said for this once; None: as the scheme has it under `publish`, else as is usual. See `Settings`."""

    day: date
    appeal_days: int | None = None
    notice_days: int | None = None
    columns: tuple[str, ...] | None = None
    with_scores: bool | None = None
    near: Fraction | None = None
    incomplete: str = ""


def settings_for(round_: Round, wishes: Wishes) -> tuple[Settings, list[Problem]]:
    """Return how a round is published, and why the deadlines cannot be told: nothing is published then."""
    said = round_.scheme.publish
    days = appeal_days_of(round_, wishes.appeal_days)
    notice_days = next(n for n in (wishes.notice_days, said.notice_days, NOTICE_DAYS) if n is not None)
    own, problems = own_days(round_.folder)
    due = notice_due = None
    try:
        due = workdays_after(wishes.day, days, own) if days else None
        notice_due = workdays_after(wishes.day, notice_days, own) if notice_days else None
    except NoCalendar as unknown:
        problems = [*problems, problem("NO_CALENDAR", Where(), year=unknown.year)]
    settings = Settings(
        wishes.day,
        days,
        due,
        notice_days,
        notice_due,
        said.columns if wishes.columns is None else wishes.columns,
        said.scores if wishes.with_scores is None else wishes.with_scores,
        next(n for n in (wishes.near, said.near, NEAR) if n is not None),
        wishes.incomplete,
    )
    return settings, problems


def appeal_days_of(round_: Round, given: int | None) -> int:
    """Return the working days to ask for a review: as given, else as the scheme says; 0 where nobody does."""
    figure = round_.scheme.figures.get(APPEAL_DAYS)
    return given if given is not None else int(figure.value) if figure is not None else 0
