"""Accepted values read back from the exact text in which they are kept."""

from __future__ import annotations

from xlperf.engine.plan import Column
from xlperf.formula.values import EXEMPT, Value, number


def value_of(text: str, column: Column) -> Value:
    """Read what `value_text` wrote."""
    return (text or None) if column.holds == "text" or text == EXEMPT else number(text)
