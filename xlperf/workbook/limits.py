"""What may stand in a cell to be filled: as a condition, as a validation, and in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from xlperf.engine.plan import Column, Row
from xlperf.entries.cell import EARLIEST, LATEST, SHARES_FROM, Asked, judge
from xlperf.formula.excel import Addresses, constant_text, formula
from xlperf.formula.expression import Expr, columns_of
from xlperf.formula.values import EXEMPT, Value, day_number, shown
from xlperf.problems import Where, errors

LIST_LONGEST = 255  # characters of a list or a condition written out in a validation


def within(column: Column, there: Collection[str]) -> Column:
    """Return a column without the limits that look at what a table does not show; they hold when it comes back."""
    limits = (column.low, column.high, column.asked)
    low, high, asked = kept = [e if e is None or columns_of(e) <= {*there} else None for e in limits]
    lost = any(e is not was for e, was in zip(kept, limits, strict=True))
    return replace(column, low=low, high=high, asked=asked) if lost else column


def acceptable(column: Column, at: Addresses, offers: Mapping[str, str]) -> str:
    """Write the condition that the cell of a column holds something it may hold; "" where anything may.

    offers: table → range of its keys, where the book has it.
    """
    cell = at.cell(column.name)
    if column.holds == "text":
        if column.offers in offers:
            return f"COUNTIF({offers[column.offers]},{cell})>0"
        return f"OR({','.join(f'{cell}={constant_text(c)}' for c in column.answers)})" if column.choices else ""
    if column.holds == "date":
        return f"IF(ISNUMBER({cell}),AND({cell}>={day_number(EARLIEST)},{cell}<{day_number(LATEST)}),FALSE)"
    tests = [*_limit_tests(column, cell, at)]
    if column.decimals is not None:
        tests.append(f"ROUND({cell},{column.decimals})={cell}")
    number = f"AND({','.join(tests)})" if tests else "TRUE"
    other = f'{cell}="{EXEMPT}"' if column.exempt else "FALSE"
    return f"IF(ISNUMBER({cell}),{number},{other})"


def _limit_tests(column: Column, cell: str, at: Addresses) -> Iterator[str]:
    """Write the conditions that a number is within its limits; a limit that is no number limits nothing.

    A share between 0 and 1 where up to 100 points may stand could be a percentage: it is asked about.
    """
    for sign, e in ((">=", column.low), ("<=", column.high)):
        if e is not None:
            limit, test = formula(e, at), f"{cell}{sign}{formula(e, at)}"
            yield test if e.op == "const" else f"IF(ISNUMBER({limit}),{test},TRUE)"
    if column.high is not None and column.high.op != "const":
        limit = formula(column.high, at)
        yield f"OR({cell}<=0,{cell}>=1,NOT(ISNUMBER({limit})),{limit}<{SHARES_FROM})"
    elif column.high is not None and isinstance(high := column.high.args[0], Fraction) and high >= SHARES_FROM:
        yield f"OR({cell}<=0,{cell}>=1)"


def is_acceptable(column: Column, value: Value, row: Row, offered: Mapping[str, frozenset[Value]]) -> bool:
    """Return the same of a value that is not empty."""
    keys = [str(key) for key in offered.get(column.offers, ())]
    free = column if keys else replace(column, offers="")
    return not errors(judge(Asked(free, row, Where(), keys, open=True), value)[1])


def validation(
    column: Column, at: Addresses, titles: Mapping[str, str], offers: Mapping[str, str], year: int
) -> dict[str, Any] | None:
    """Return the validation of a column's cells as XlsxWriter takes it; None where anything may stand.

    at: the addresses of the first row it is for. titles: column → heading. year: of the scheme.
    """
    words = in_words(column, titles, year)
    options: dict[str, Any] = {"error_title": "请改正", "error_message": f"{words}。"[:255], "ignore_blank": True}
    if words and column.note:
        options |= {"input_title": column.title[:32], "input_message": f"{words}。{column.note}。"[:255]}
    joined = ",".join(column.answers)
    if column.holds == "text":
        if column.offers in offers:
            return options | {"validate": "list", "source": f"={offers[column.offers]}"}
        if column.choices and len(joined) <= LIST_LONGEST and joined.count(",") == len(column.answers) - 1:
            return options | {"validate": "list", "source": list(column.answers)}
    condition = acceptable(column, at, offers)
    return options | {"validate": "custom", "value": f"={condition}"} if 0 < len(condition) < LIST_LONGEST else None


def in_words(column: Column, titles: Mapping[str, str], year: int) -> str:
    """Return what may stand in the cells of a column. year: of the scheme, for the example of a date."""
    if column.holds == "date":
        return f"请填日期，如 {year}-12-31"
    if column.holds == "text":
        return (
            f"请从下拉列表中选择{'：' + '、'.join(column.answers) if column.choices else ''}"
            if (column.choices or column.offers)
            else ""
        )
    low, high = (None if e is None else _limit(e, titles) for e in (column.low, column.high))
    text = "请填数"
    if low is not None and high is not None:
        text = f"请填{low}至{high}之间的数"
    elif low is not None or high is not None:
        text = f"请填不小于{low}的数" if low is not None else f"请填不大于{high}的数"
    if column.decimals is not None:
        text += f"，最多{column.decimals}位小数" if column.decimals else "，不带小数"
    return text + (f"；不适用的填“{EXEMPT}”" if column.exempt else "")


def _limit(e: Expr, titles: Mapping[str, str]) -> str:
    match e.op, e.args:
        case "const", (value,):
            return shown(value, 9)
        case "col", (name,):
            return f"“{titles.get(name, name)}”"
    return "规定限额"
