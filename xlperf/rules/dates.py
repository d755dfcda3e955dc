"""Years and months between dates: length of service, months in a post, terms."""

from __future__ import annotations

from typing import Literal

from xlperf.formula.calendar import MONTHS
from xlperf.formula.expression import (
    Expr,
    alone,
    apply,
    blank,
    both,
    cases,
    floor,
    greatest,
    least,
    lift,
    refused,
    rounded,
    same,
    say,
)
from xlperf.rules.registry import Number, rule

YEAR_TO_COME = lift(MONTHS)


def _calendar_months(start: Expr, end: Expr) -> Expr:
    years = apply("year", end) - apply("year", start)
    return years * YEAR_TO_COME + apply("month", end) - apply("month", start)


def _whole_months(start: Expr, end: Expr) -> Expr:
    """Return the months completed: the day of the month must be reached."""
    unfinished = cases((apply("day", end) < apply("day", start), 1, ""), otherwise=(0, ""))
    return _calendar_months(start, end) - unfinished


@rule("XP_YEARS", "年数")
def years_between(
    start: Number,
    end: Number,
    running: Literal["none", "months", "half", "begun", "calendar"] = "none",
    last_day: Literal["out", "in"] = "out",
) -> Expr:
    """Count the years from one date to another: length of service, age.

    start, end: dates; a start after the end (DATES_REVERSED) gives nothing and is told. running: how the year that is
    not over counts: `none` not at all (满年), `months` as twelfths of its whole months, `half` as one from six months
    on, `begun` as one (不满一年按一年); `calendar` takes the difference of the calendar years instead. last_day: `in`
    counts the last day as well, so that 1 January to 31 December is a year.
    """
    until = end + 1 if last_day == "in" else end
    years = _whole_months(start, until) / YEAR_TO_COME
    whole = floor(years)
    exactly = both(same(years, whole), same(apply("day", until), apply("day", start)))
    counted = {
        "none": whole,
        "months": years,
        "half": rounded(years, 0),
        "begun": whole + cases((exactly, 0, ""), otherwise=(1, "")),
        "calendar": apply("year", end) - apply("year", start),
    }[running]
    given = cases(otherwise=(counted, say("满{whole}年，计{counted}年", whole=whole, counted=counted)))
    return cases(
        (start > end, blank(), refused("DATES_REVERSED", "起始日期在截止日期之后")), otherwise=(alone(given), "")
    )


@rule("XP_MONTHS", "在岗月数")
def months_worked(
    start: Number,
    end: Number,
    opens: Number,
    closes: Number,
    running: Literal["none", "begun"] = "none",
    from_day: Number | None = None,
) -> Expr:
    """Count the months between two dates that lie in a period, both days included: months in a post this year.

    start, end: first and last day of work; opens, closes: of the period. 0 where the two do not meet. running: `none`
    counts whole months, `begun` every calendar month touched. from_day: with `begun`, the first month counts only where
    work begins on or before this day of it.
    """
    first, last = greatest(start, opens), least(end, closes)
    begun = _calendar_months(first, last) + 1
    if from_day is not None:
        begun = greatest(begun - cases((apply("day", first) > from_day, 1, ""), otherwise=(0, "")), 0)
    counted = begun if running == "begun" else _whole_months(first, last + 1)
    return cases(
        (first > last, lift(0), "不在期内，计0个月"), otherwise=(counted, say("期内计{counted}个月", counted=counted))
    )


@rule("XP_DATEAFTER", "推算日期", "date")
def date_after(date: Number, months: Number = lift(0), days: Number = lift(0)) -> Expr:
    """Take the date so many months and days after another; before it where they are negative.

    months: first; where that month has no such day, its last day. days: added then.
    """
    return apply("months_later", date, months) + days


@rule("XP_DATEPART", "年月日")
def date_part(date: Number, part: Literal["year", "month", "day"]) -> Expr:
    """Take the year, the month or the day of a date as a number.

    part: `year`, `month` or `day`.
    """
    return apply(part, date)
