"""Years, months and days of a spreadsheet's day count, as YEAR, MONTH, DAY and EDATE have them."""

from __future__ import annotations

from datetime import MINYEAR, date
from fractions import Fraction

from xlperf.formula.values import day_number, day_of

MONTHS = 12  # of a year
_LAST = 2958465  # 9999-12-31; what is beyond is no day
_FIRST = 61  # 1900-03-01; programs differ about the days before


def day(serial: Fraction) -> date | None:
    """Return the date of a day count, its time of day left out; None where it is none that all programs know."""
    return day_of(serial) if _FIRST <= serial < _LAST + 1 else None


def part(serial: Fraction, name: str) -> Fraction | None:
    """Return the `year`, `month` or `day` of a day count."""
    found = day(serial)
    return None if found is None else Fraction(int(getattr(found, name)))


def months_later(serial: Fraction, months: Fraction) -> Fraction | None:
    """Return the same day so many months later, the last of that month where it has no such day."""
    found = day(serial)
    if found is None:
        return None
    year, month = divmod(found.year * MONTHS + found.month - 1 + int(months), MONTHS)
    if not MINYEAR <= year < date.max.year:
        return None
    first = date(year, month + 1, 1)
    following = date(year + (month + 1) // MONTHS, (month + 1) % MONTHS + 1, 1)
    last = (following - first).days
    return day_number(date(year, month + 1, min(found.day, last)))
