"""Accepted values read back from the exact text in which they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from xlperf.engine.plan import OFFICE, Column, Sheet
from xlperf.formula.values import EXEMPT, Value, number

_SHORT = 16  # characters of a number that many cells hold
_number_once = lru_cache(maxsize=20_000)(number)  # each is then one in memory, too


def value_of(text: str, column: Column) -> Value:
    """Read what `value_text` wrote."""
    if column.holds == "text" or text == EXEMPT:
        return text or None
    return _number_once(text) if len(text) <= _SHORT else number(text)


def claim_words(sheet: Sheet, row: Mapping[str, str]) -> str:
    """Return the first words of a row as its name; "" where it has none. row: column → text."""
    if sheet.label is not None and row.get(sheet.label.name):
        return row[sheet.label.name]
    texts = (row.get(c.name, "") for c in sheet.inputs() if c.by != OFFICE and c.holds == "text")
    return next((t for t in texts if t), "")
