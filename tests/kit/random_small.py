"""Trials of the rules about dates, amounts and texts; month ends, anniversaries and gaps of zeros are over-sampled."""

from __future__ import annotations

import calendar
import random
import re
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from typing import Any

from kit.random_rows import Trial, Variant, cents, columns, pick, whole_up
from xlperf.formula.expression import col, lift
from xlperf.formula.values import Value

R = Mapping[str, Any]
ORIGIN = date(1899, 12, 30)


def serial(day: date) -> Fraction:
    return Fraction((day - ORIGIN).days)


def dated(x: Fraction) -> date:
    return ORIGIN + timedelta(days=int(x))


def some_day(first: int = 1975, last: int = 2024) -> date:
    year, month = random.randint(first, last), random.choice([1, 2, 2, 3, 12, random.randint(1, 12)])
    end = calendar.monthrange(year, month)[1]
    return date(year, month, random.choice([1, 15, end, end, random.randint(1, end)]))


# ---- years and months ------------------------------------------------------------------------------


def reached(start: date, end: date, months: int) -> bool:
    """Tell whether so many months are over: the day of the month is reached, in a month that has it or after it."""
    year, month = start.year + (start.month - 1 + months) // 12, (start.month - 1 + months) % 12 + 1
    return (end.year, end.month, end.day) >= (year, month, start.day)


def months_over(start: date, end: date) -> int:
    count = max(0, (end - start).days // 32 - 1)
    while reached(start, end, count + 1):
        count += 1
    return count


def years_row() -> dict[str, Value]:
    start = some_day(2000)
    end = random.choice([some_day(2000, 2030), some_day(2000, 2030), date(start.year + 3, start.month, 1), start])
    near = end + timedelta(days=random.choice([0, 0, 1, -1]))
    same_day = random.random() < 0.3 and (start.month, start.day) != (2, 29)
    return {"start": serial(start), "end": serial(start.replace(year=start.year + 5) if same_day else near)}


def years_by_hand(running: str, last_day: str) -> Any:
    def f(r: R) -> Value:
        start, end = dated(r["start"]), dated(r["end"])
        if start > end:
            return None
        if running == "calendar":
            return Fraction(end.year - start.year)
        until = end + timedelta(days=last_day == "in")
        months = months_over(start, until)
        years, rest = divmod(months, 12)
        on_the_day = rest == 0 and until.day == start.day
        counted = {"none": 0, "months": Fraction(rest, 12), "half": rest > 5, "begun": not on_the_day}
        return Fraction(years) + counted[running]

    return f


YEARS = Trial(
    "years_between",
    years_row,
    [
        Variant(columns("start", "end") | {"running": running, "last_day": last_day}, years_by_hand(running, last_day))
        for running, last_day in product(("none", "months", "half", "begun", "calendar"), ("out", "in"))
    ],
)


def months_row() -> dict[str, Value]:
    start, end = sorted([some_day(2018, 2022), some_day(2019, 2023)])
    return {
        "start": serial(start),
        "end": serial(end),
        "opens": serial(date(2020, 1, 1)),
        "closes": serial(date(2020, random.choice([6, 12]), 30)),
        "from_day": pick(1, 15, 20),
    }


def months_by_hand(running: str, limited: bool) -> Any:
    def f(r: R) -> Value:
        first, last = max(dated(r["start"]), dated(r["opens"])), min(dated(r["end"]), dated(r["closes"]))
        if first > last:
            return Fraction(0)
        if running == "none":
            return Fraction(months_over(first, last + timedelta(days=1)))
        touched = {(day.year, day.month) for day in (first + timedelta(days=n) for n in range((last - first).days + 1))}
        return Fraction(len(touched) - (limited and first.day > r["from_day"]))

    return f


SPAN = columns("start", "end", "opens", "closes")
MONTHS = Trial(
    "months_worked",
    months_row,
    [
        Variant(SPAN, months_by_hand("none", False)),
        Variant(SPAN | {"running": "begun"}, months_by_hand("begun", False)),
        Variant(SPAN | {"running": "begun", "from_day": col("from_day")}, months_by_hand("begun", True)),
    ],
)


def later_by_hand(r: R) -> Value:
    day, months = dated(r["date"]), int(r["months"])
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    kept = date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
    return serial(kept) + r["days"]


DATE_AFTER = Trial(
    "date_after",
    lambda: {"date": serial(some_day()), "months": pick(0, 1, -1, 12, 13, -25, 120), "days": pick(0, 1, -1, 30)},
    [Variant(columns("date", "months", "days"), later_by_hand)],
)
DATE_PART = Trial(
    "date_part",
    lambda: {"date": serial(some_day(1901))},
    [
        Variant(columns("date") | {"part": part}, lambda r, part=part: Fraction(getattr(dated(r["date"]), part)))
        for part in ("year", "month", "day")
    ],
)

# ---- amounts and texts -----------------------------------------------------------------------------

MAX, MIN = (
    Trial(
        word,
        lambda: {n: cents(-9, 99) for n in "abc"},
        [Variant({"values": tuple(map(col, "abc"))}, lambda r, which=which: which(r["a"], r["b"], r["c"]))],
    )
    for word, which in (("max_of", max), ("min_of", min))
)


def stepped_by_hand(way: str) -> Any:
    def f(r: R) -> Value:
        steps = r["value"] / r["step"]
        whole = steps.numerator // steps.denominator
        up = way == "ceil" and steps.denominator > 1
        return (whole_up(steps) if way == "half_up" else Fraction(whole + up)) * r["step"]

    return f


TO_STEP = Trial(
    "to_step",
    lambda: {
        "value": random.choice([cents(-99, 999), Fraction(random.randrange(-900, 900), 10)]),
        "step": pick("0.5", 1, 10, "0.1", 100),
    },
    [Variant(columns("value", "step") | {"way": way}, stepped_by_hand(way)) for way in ("floor", "ceil", "half_up")],
)


def some_amount() -> Fraction:
    """Choose an amount whose digits are often 0."""
    digits = "".join(random.choice("0000123456789") for _ in range(random.randint(1, 12)))
    small = random.choice([0, 0, 5, 50, random.randrange(100)])
    return random.choice([1, 1, 1, -1]) * (
        int(digits) + Fraction(small, 100) + Fraction(random.choice([0, 0, 4]), 1000)
    )


def in_words_by_hand(r: R) -> Value:
    """Say every digit with its unit, and strike out by patterns what is not said."""
    amount = int(whole_up(abs(r["amount"]), 2) * 100)
    units = [*"分角元拾佰仟万拾佰仟亿拾佰仟"]
    said = "".join("零壹贰叁肆伍陆柒捌玖"[int(d)] + u for d, u in zip(f"{amount:014}", reversed(units), strict=True))
    said = re.sub("零[仟佰拾]", "零", said)
    said = re.sub("零+", "零", said)
    said = re.sub("零角零分$", "整", said)
    said = re.sub("零分$", "", said).replace("零角", "零")
    said = re.sub("^(零[亿万元])+", "", said)
    said = re.sub("亿零万", "亿零", said)
    said = re.sub("零([亿万元])", r"\1", re.sub("零+", "零", said))
    said = re.sub("^零", "", said)
    if not amount:
        return "零元整"
    return ("负" if r["amount"] < 0 else "") + said


IN_WORDS = Trial("in_words", lambda: {"amount": some_amount()}, [Variant(columns("amount"), in_words_by_hand)])


def written(x: Fraction, digits: int) -> str:
    """Write a number at most so long, without zeros at the end."""
    text = f"{whole_up(x, digits).__float__():.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


JOINED = Trial(
    "joined",
    lambda: {"a": random.choice(["第", "Ab", "“是”"]), "b": cents(-9, 999), "c": random.choice(["名", " x"])},
    [
        Variant({"texts": tuple(map(col, "abc"))}, lambda r: r["a"] + written(r["b"], 2) + r["c"]),
        Variant({"texts": tuple(map(col, "abc")), "digits": lift(1)}, lambda r: r["a"] + written(r["b"], 1) + r["c"]),
        Variant({"texts": (col("c"), lift("，"), col("b"))}, lambda r: f"{r['c']}，{written(r['b'], 2)}"),
    ],
    texts=frozenset("ac"),
)

SMALL = (YEARS, MONTHS, DATE_AFTER, DATE_PART, MAX, MIN, TO_STEP, IN_WORDS, JOINED)
