"""Text on its way into a cell: made inert, measured, cut to what a worksheet title may be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from fractions import Fraction
from functools import lru_cache
from math import ceil

from xlperf.formula.values import Value, decimal, shown

LONGEST = 32_000  # characters; a cell holds 32,767
_KEPT = 20_000  # texts that were measured; those of a book stand in the next one as well
TITLE_LONGEST = 31  # UTF-16 units of a worksheet title
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f]")
_FORBIDDEN = str.maketrans({c: chr(ord(c) + 0xFEE0) for c in "[]:*?/\\"})  # their full-width forms


def inert(text: str) -> str:
    """Make control characters visible and cut what a cell cannot hold, with a mark."""
    if len(text) <= LONGEST and not _CONTROLS.search(text):
        return text
    shown = "".join(c if c >= " " or c in "\n\t" else chr(0x2400 + ord(c)) for c in text.replace("\r\n", "\n"))
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}〔以下删去{len(shown) - LONGEST}字〕"


@lru_cache(maxsize=_KEPT)
def measure(text: str) -> int:
    """Return how wide a text is, in half-width characters."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


@lru_cache(maxsize=_KEPT)
def lines(text: str, width: float) -> int:
    """Return how many lines a text takes in a column of that width (half-width characters)."""
    return sum(max(1, ceil(measure(part) / max(width - 1, 1))) for part in text.split("\n"))


def length_shown(value: Fraction, digits: int, whole: bool) -> int:
    """Return how many characters a number takes. whole: without zeros behind it."""
    if value.denominator == 1 and digits >= 0:
        return len(str(value.numerator)) + (0 if whole or not digits else 1 + digits)
    return _length_of_broken(value, digits, whole)


@lru_cache(maxsize=20_000)
def _length_of_broken(value: Fraction, digits: int, whole: bool) -> int:
    return len(shown(value, digits) if whole else f"{float(value):.{digits}f}")


def worksheet_title(text: str, taken: Container[str]) -> str:
    """Return a title a worksheet may have, unlike those taken (compared without regard to capitals)."""
    clean = " ".join(text.translate(_FORBIDDEN).split()).strip("'") or "表"
    title, number = _cut(clean, TITLE_LONGEST), 1
    while title.lower() in taken:
        number += 1
        end = f"（{number}）"
        title = _cut(clean, TITLE_LONGEST - len(end)) + end
    return title


def _cut(text: str, longest: int) -> str:
    while len(text.encode("utf-16-le")) // 2 > longest:
        text = text[:-1]
    return text.rstrip()


def key_text(value: Value) -> str:
    """Write the key of a row as the hidden key column holds it."""
    return value if isinstance(value, str) else "" if value is None else decimal(value)


def quoted(title: str) -> str:
    """Return a worksheet title as a formula names it."""
    doubled = title.replace("'", "''")
    return f"'{doubled}'!"
