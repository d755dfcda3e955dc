"""Judge one cell that somebody filled: what stands there becomes a value, or a problem that says why not.

Only what can be meant in one way alone is read, and then with a note; the rest is asked about. Blank, 0 and
不适用 stay three things.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache

from xlperf.engine.limits import limits
from xlperf.engine.plan import Column, Row
from xlperf.engine.reason import is_asked
from xlperf.formula.operations import equal
from xlperf.formula.values import (
    EXEMPT,
    LARGEST,
    Value,
    day_number,
    day_of,
    decimal,
    exactly,
    from_float,
    number,
    shown,
)
from xlperf.problems import Problem, Where, Word, problem, word
from xlperf.scheme.reading.cells import PLAIN, bare, day_meant, is_empty, mark_wanted, span, unread
from xlperf.terms import POINTS

Raw = str | int | float | bool | date | datetime | time | timedelta | Fraction | None

LONGEST = 32_000  # characters of free text that a spreadsheet cell still takes with room for a mark
_ERRORS = re.compile(r"#(REF!|N/A|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!)|Err:\d+", re.IGNORECASE)
_DIGITS_COUNTED = 4000  # of a number that is longer, no more are counted
_COUNTED = Fraction(10**_DIGITS_COUNTED)
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)  # days that a round may know, the last one excluded
_MOST = LARGEST.numerator
SHARES_FROM = 100  # where as many points may stand, 0.95 could be 95 %


@dataclass(frozen=True)
class Asked:
    """A cell to be judged: the column, what is known of its row, the place, and the keys it may offer.

    where: the place, or what makes it once a problem needs it. names: other words for the keys that may stand here.
    open: whether the row asks for the cell, None where that is still to be worked out from the row. measure: the column
    of the row that says what its numbers are counted in. shared: names that several of these keys bear. year: that is
    appraised, 0 where nobody says.
    """

    column: Column
    row: Row
    where: Where | Callable[[], Where]
    offered: Collection[str] = field(default_factory=tuple)
    names: Mapping[str, str] = field(default_factory=dict)
    open: bool | None = None
    measure: str = ""
    shared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    year: int = 0

    @property
    def at(self) -> Where:
        """Return the place."""
        return self.where() if callable(self.where) else self.where

    def tell(self, code: str, **values: object) -> Problem:
        """Make a problem of this cell."""
        return problem(code, self.at, title=self.column.title, **values)


Judged = tuple[Value, list[Problem]]


def judge(asked: Asked, raw: Raw, data_type: str = "", formula: str = "", percent: bool = False) -> Judged:
    """Judge one cell; the value is None where a problem is an error or the cell is empty.

    raw: what the reader gave. data_type: the spreadsheet's type letter (`e` is an error value). formula:
    its text where the cell holds one. percent: whether the cell is formatted as a percentage.
    """
    column = asked.column
    if formula:
        code = "FORMULA_IN_TEXT" if column.holds == "text" else "FORMULA_IN_INPUT"
        code = "PICTURE_IN_CELL" if "DISPIMG" in formula.upper() else code
        return None, [asked.tell(code, found=formula)]
    if data_type == "e" or (column.holds != "text" and isinstance(raw, str) and _ERRORS.match(raw.strip())):
        return None, [asked.tell("CELL_ERROR", found=raw)]
    if is_empty(raw):
        return _empty(asked)
    if not _is_asked(asked):
        return None, [asked.tell("NOT_ASKED", found=raw)]
    if isinstance(raw, str) and column.exempt and bare(raw) == EXEMPT:
        return EXEMPT, []
    if column.holds == "text":
        return _text(asked, raw)
    if column.holds == "date":
        return _date(asked, raw)
    return _number(asked, raw, percent)


def is_beyond(value: Fraction) -> bool:
    """Return whether a number is larger than any that is taken, of either sign."""
    return abs(value.numerator) > _MOST * value.denominator


def limit_problems(asked: Asked, value: Fraction) -> list[Problem]:
    """Hold a number against the decimals and limits of its column."""
    column = asked.column
    if is_beyond(value):  # no cell holds it to the last digit, and no appraisal has such a number
        digits = len(str(abs(int(value)))) if abs(value) < _COUNTED else _DIGITS_COUNTED
        found = word("{digits}位数", digits=digits)
        return [asked.tell("OUT_OF_RANGE", found=found, limits=span(-LARGEST, LARGEST))]
    problems = []
    if column.decimals is not None and 10**column.decimals % value.denominator:
        problems.append(asked.tell("PRECISION", found=shown(value, 12), decimals=column.decimals))
    low, high = limits(column, asked.row)
    if (low is not None and value < low) or (high is not None and value > high):
        problems.append(asked.tell("OUT_OF_RANGE", found=shown(value, 12), limits=span(low, high)))
    return problems


def _is_asked(asked: Asked) -> bool:
    return is_asked(asked.column, asked.row) if asked.open is None else asked.open


def _empty(asked: Asked) -> Judged:
    missing = asked.column.required and _is_asked(asked)
    return None, [asked.tell("MISSING", todo=wanted_words(asked.column))] if missing else []


def wanted_words(column: Column) -> Word:
    """Return what is to be written into an empty cell, by what the column holds."""
    if column.choices or column.offers:
        return word("从下拉中选一项")
    if column.holds == "text":
        return word("写上文字")
    if column.holds == "date":
        return word("填上日期，如 2017-12-31")
    points = column.counted_in == POINTS
    if column.exempt:
        return word("填上得分；得零分的填0，不适用的写“不适用”") if points else word("填上数；不适用的写“不适用”")
    return word("填上得分；得零分的填0") if points else word("填上数；确实为零的填0")


# ---- numbers -----------------------------------------------------------------------------------


def _number(asked: Asked, raw: Raw, percent: bool) -> Judged:
    if isinstance(raw, Fraction) and not percent and not _like_percent(asked, raw):
        return _limited(asked, raw, [])
    if isinstance(raw, bool | date | time | timedelta):
        found = _as_text(raw) if isinstance(raw, timedelta) else raw
        return None, [asked.tell("WRONG_TYPE", found=found, wanted=word("数"))]
    if isinstance(raw, str):
        return _from_text(asked, raw)
    if raw is None or (isinstance(raw, float) and not math.isfinite(raw)):
        return None, [asked.tell("NOT_FINITE", found=raw)]
    value = from_float(raw) if isinstance(raw, float) else Fraction(raw)
    if is_beyond(value):
        return _limited(asked, value, [])
    if percent and _measure(asked) == "%":  # 60 % is meant, and 0.6 is stored
        meant = shown(value * 100, 12)
        return _limited(asked, value * 100, [asked.tell("READ_AS", found=f"{meant}%", value=meant)])
    if percent or _like_percent(asked, value):
        found = f"{shown(value * 100, 12)}%" if percent else shown(value, 12)
        return None, [_ambiguous(asked, found, value)]
    return _limited(asked, value, [])


def _measure(asked: Asked) -> str:
    """Return what a number here is counted in: as its column says, else as its row does."""
    return asked.column.counted_in or str(asked.row.get(asked.measure) or "")


def _like_percent(asked: Asked, value: Fraction) -> bool:
    """Return whether a share between 0 and 1 stands where marks up to 100 or more are asked for."""
    if not 0 < value.numerator < value.denominator:
        return False
    high = limits(asked.column, asked.row)[1]
    return high is not None and high >= SHARES_FROM


def _from_text(asked: Asked, raw: str) -> Judged:
    measure = _measure(asked)
    plain = bare(raw).removesuffix(measure).strip()
    value = number(plain) if PLAIN.match(plain) else None
    if value is None:
        return None, [unread(raw, "number", asked.at, asked.column.title, measure, *limits(asked.column, asked.row))]
    if _like_percent(asked, value):
        return None, [_ambiguous(asked, raw, value)]
    return _limited(asked, value, [asked.tell("READ_AS", found=raw, value=shown(value, 12))])


def _ambiguous(asked: Asked, found: str, value: Fraction) -> Problem:
    """Return the problem of a number that may be a percentage. value: the number that stands there, 0.95 for 95 %."""
    wanted = mark_wanted(value * 100, *limits(asked.column, asked.row))
    return asked.tell("PERCENT_AMBIGUOUS", found=found, suggestion=wanted)


def _limited(asked: Asked, value: Fraction, notes: list[Problem]) -> Judged:
    problems = limit_problems(asked, value)
    return (None, notes + problems) if problems else (value, notes)


# ---- text and dates ----------------------------------------------------------------------------


def _text(asked: Asked, raw: Raw) -> Judged:
    column = asked.column
    text = _as_text(raw)
    if column.choices:
        meant = _same_bare(text, column.choices)
        if meant is not None:
            return meant, []
        return None, [asked.tell("NOT_A_CHOICE", found=text, choices="、".join(column.answers))]
    if column.offers:
        return _offered(asked, text)
    if len(text) > LONGEST:
        return text[:LONGEST] + "……（过长，已截去）", [asked.tell("TEXT_CUT", found=text[:40], length=len(text))]
    return text, []


def _as_text(raw: Raw) -> str:
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float):
        return decimal(from_float(raw)) if math.isfinite(raw) else str(raw)
    if isinstance(raw, int | Fraction):
        return decimal(Fraction(raw))
    if isinstance(raw, timedelta):  # as a cell of this format shows it
        minutes, seconds = divmod(round(raw.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return raw.strip() if isinstance(raw, str) else str(raw)


def _same_bare(text: str, offered: Collection[str]) -> str | None:
    """Return the word on offer that is typed, be its brackets full-width or narrow; None where it is none."""
    plain = bare(text)
    return plain if plain in offered else next((word for word in offered if bare(word) == plain), None)


def _offered(asked: Asked, text: str) -> Judged:
    plain, meant = bare(text), _same_bare(text, asked.offered)
    if meant is not None:
        return meant, []
    if plain in asked.names:
        return asked.names[plain], [asked.tell("READ_AS", found=plain, value=asked.names[plain])]
    if plain in asked.shared:
        return None, [asked.tell("NAME_SHARED", found=plain, keys="、".join(asked.shared[plain]))]
    few = "、".join([*asked.offered][:6])
    return None, [asked.tell("NOT_A_CHOICE", found=plain, choices=f"{few}……" if len(asked.offered) > 6 else few)]


def _date(asked: Asked, raw: Raw) -> Judged:
    """Read a day; a whole Fraction is the day count in which the engine keeps one."""
    if isinstance(raw, Fraction):
        return _day_judged(asked, day_of(raw) if raw.denominator == 1 and abs(raw) < 10**6 else None, raw, [])
    if isinstance(raw, date):  # a datetime is one too
        return _day_judged(asked, raw.date() if isinstance(raw, datetime) else raw, raw, [])
    day = day_meant(raw) if isinstance(raw, str) else None
    return _day_judged(asked, day, raw, [asked.tell("READ_AS", found=raw, value=day.isoformat())] if day else [])


def _day_judged(asked: Asked, day: date | None, raw: Raw, notes: list[Problem]) -> Judged:
    if day is None or not EARLIEST <= day < LATEST:
        return None, [unread(str(raw), "date", asked.at, asked.column.title, year=asked.year)]
    return day_number(day), notes


def agrees(raw: Raw, value: Value) -> bool:
    """Return whether what stands in a cell is still the value that was issued."""
    if value is None or is_empty(raw):
        return value is None and is_empty(raw)
    if isinstance(raw, datetime | date):
        raw_value: Value = day_number(raw.date() if isinstance(raw, datetime) else raw)
    elif isinstance(raw, int | float) and not isinstance(raw, bool) and math.isfinite(raw):
        raw_value = from_float(raw)
    else:
        raw_value = str(raw).strip()
    return equal(raw_value, value) or value_matches(raw_value, value)


def value_matches(found: Value, issued: Value) -> bool:
    """Compare text with text, blanks at the ends aside, and a number with its text."""
    if isinstance(found, str) and isinstance(issued, Fraction):
        return number(found) == issued
    if isinstance(found, Fraction) and isinstance(issued, str):
        return number(issued) == found
    return isinstance(found, str) and isinstance(issued, str) and found == issued.strip()


_read_once = lru_cache(maxsize=10_000)(number)  # most numbers of a table stand there many times


def as_typed(raw: Raw, column: Column) -> Raw:
    """Type text that is exactly what a column holds; anything else stays as it came, for the judge.

    What the scheme gives may be a share or a fraction, 80 % or 2/3; what somebody fills in is a plain number.
    """
    if not isinstance(raw, str) or column.holds == "text":
        return raw
    plain = raw.strip()
    if column.holds == "number" and column.kind == "input" and not PLAIN.match(plain):
        return raw
    found = exactly(plain, column.holds) if column.holds == "date" else _read_once(plain)
    return raw if found is None else found
