"""What may stand in a cell to be filled: as a condition, as a validation, and in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlperf.engine.plan import Column, Row
from xlperf.formula.evaluate import of_row
from xlperf.formula.excel import Addresses, constant_text, formula
from xlperf.formula.expression import Expr
from xlperf.formula.values import EXEMPT, Value, half_up, shown

LIST_LONGEST = 255  # characters of a list written out in a validation


def acceptable(column: Column, at: Addresses, offers: Mapping[str, str]) -> str:
    """Write the condition that the cell of a column holds something it may hold; "" where anything may.

    offers: table → range of its keys, where the book has it.
    """
    cell = at.cell(column.name)
    if column.holds == "text":
        if column.offers in offers:
            return f"COUNTIF({offers[column.offers]},{cell})>0"
        return f"OR({','.join(f'{cell}={constant_text(c)}' for c in column.choices)})" if column.choices else ""
    tests = [f"{cell}{sign}{formula(e, at)}" for sign, e in ((">=", column.low), ("<=", column.high)) if e is not None]
    if column.decimals is not None:
        tests.append(f"ROUND({cell},{column.decimals})={cell}")
    number = f"AND({','.join(tests)})" if tests else "TRUE"
    other = f'{cell}="{EXEMPT}"' if column.exempt else "FALSE"
    return f"IF(ISNUMBER({cell}),{number},{other})"


def is_acceptable(column: Column, value: Value, row: Row, offered: Mapping[str, frozenset[Value]]) -> bool:
    """Tell the same of a value that is not empty."""
    if column.holds == "text":
        allowed = offered.get(column.offers) or frozenset(column.choices)
        return not allowed or value in allowed
    if value is None or isinstance(value, str):
        return column.exempt and value == EXEMPT
    low, high = (None if e is None else of_row(e, row) for e in (column.low, column.high))
    return (
        (low is None or isinstance(low, str) or value >= low)
        and (high is None or isinstance(high, str) or value <= high)
        and (column.decimals is None or half_up(value, column.decimals) == value)
    )


def validation(
    column: Column, at: Addresses, titles: Mapping[str, str], offers: Mapping[str, str], year: int
) -> dict[str, Any] | None:
    """Return the validation of a column's cells as XlsxWriter takes it; None where anything may stand.

    at: the addresses of the first row it is for. titles: column → heading. year: of the scheme.
    """
    told = in_words(column, titles, year)
    options: dict[str, Any] = {"error_title": "请改正", "error_message": f"{told}。"[:255], "ignore_blank": True}
    if told and column.note:
        options |= {"input_title": column.title[:32], "input_message": f"{told}。{column.note}。"[:255]}
    joined = ",".join(column.choices)
    if column.holds == "text":
        if column.offers in offers:
            return options | {"validate": "list", "source": f"={offers[column.offers]}"}
        if column.choices and len(joined) <= LIST_LONGEST and joined.count(",") == len(column.choices) - 1:
            return options | {"validate": "list", "source": list(column.choices)}
    condition = acceptable(column, at, offers)
    return options | {"validate": "custom", "value": f"={condition}"} if condition else None


def in_words(column: Column, titles: Mapping[str, str], year: int) -> str:
    """Say what may stand in the cells of a column. year: of the scheme, for the example of a date."""
    if column.holds == "date":
        return f"请填日期，如 {year}-12-31"
    if column.holds == "text":
        return (
            f"请从下拉列表中选择{'：' + '、'.join(column.choices) if column.choices else ''}"
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
