"""Entered values as exact text, the form in which they are kept, and back."""

from __future__ import annotations

from xlperf.engine.plan import Column
from xlperf.formula.values import EXEMPT, Value, decimal, number


def value_text(value: Value) -> str:
    """Write a value as exact text: a number as its decimals, a date as its day number, blank as nothing."""
    return "" if value is None else value if isinstance(value, str) else decimal(value)


def value_of(text: str, column: Column) -> Value:
    """Read what `value_text` wrote."""
    return (text or None) if column.holds == "text" or text == EXEMPT else number(text)
