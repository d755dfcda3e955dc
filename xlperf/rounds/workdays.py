"""Working days of China: weekends, holidays and make-up days as announced, and as the office's own list says.

`holidays.csv` in the round's folder has two columns, `day` (2027-02-06) and `says` (班 or 休). What it says goes before
what was announced; a year that has not been announced counts as known once the list names a day of it. Of a year that
nobody has told anything about nothing is guessed.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar

from xlperf.problems import Problem, Where, problem
from xlperf.scheme.reading.sources import BOM, text_of

FILE = "holidays.csv"
_SAYS = {"班": True, "休": False}
_FIRST_WEEKEND = 5  # Saturday
_LONGEST = 1_000_000  # bytes of the list

Days = Mapping[date, bool]


class NoCalendar(Exception):
    """Nobody has said which days of a year are worked."""

    def __init__(self, year: int) -> None:
        super().__init__(f"no holidays known of {year}")
        self.year = year


def own_days(folder: Path) -> tuple[dict[date, bool], list[Problem]]:
    """Read the office's own list; every line that cannot be read is a problem."""
    file = folder / FILE
    if not file.exists():
        return {}, []
    text, problems = text_of(file, FILE, _LONGEST)
    found: dict[date, bool] = {}
    for number, row in enumerate(csv.reader((text or "").removeprefix(BOM).splitlines()), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and cells[0] == "day"):
            continue
        try:
            found[date.fromisoformat(cells[0])] = _SAYS[cells[1]]
        except (ValueError, KeyError, IndexError):
            problems.append(problem("HOLIDAYS_UNREAD", Where(FILE, line=number), found=",".join(row)))
    return found, problems


def is_workday(day: date, own: Days) -> bool:
    """Return whether a day is worked; raises NoCalendar where nobody has said."""
    if day in own:
        return own[day]
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        if any(known.year == day.year for known in own):
            return day.weekday() < _FIRST_WEEKEND
        raise NoCalendar(day.year) from None


def workdays_after(day: date, count: int, own: Days) -> date:
    """Return the so-manieth working day after a day; the day itself where count is 0. Raises NoCalendar."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_workday(day, own)
    return day
