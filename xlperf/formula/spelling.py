"""One spelling of a formula, whatever program shows or saves it; and a short digest of it.

Programs differ in quotes, dollar signs, separators, blanks, prefixes, the way a number is written, and a range of
one cell; none of that changes which cells a formula looks at or what it does with them. Texts stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from xlperf.formula.digests import digest_of_text

_TEXT = re.compile(r'("(?:[^"]|"")*")')
_DECIMAL = re.compile(r"(?<![A-Z0-9_$.])(?:\d+\.\d*|\.\d+|\d+(?=E[+-]))(?:E[+-]?\d+)?(?![A-Z0-9_(.!:])")
_PREFIX = re.compile(r"_XLFN\.|_XLWS\.|_XLUDF\.|ORG\.XLPERF\.FUNCTIONS\.")
_ONE_CELL = re.compile(r"(?<![A-Z0-9])([A-Z]{1,3}[0-9]+):\.?\1(?![0-9])")  # P7:P7 is P7
_BETWEEN = "\x1f"  # no formula of a file holds it
_SIGNS = str.maketrans(";|", ",,", "'!.@_ \t\r\n\u00a0")


@lru_cache(maxsize=100_000)
def plain_spelling(formula: str) -> str:
    """Return a formula as every program would have to spell it: the same text for the same formula."""
    parts = _TEXT.split(formula.strip().lstrip("=+"))
    return "".join(part if i % 2 else _plain(part.upper()) for i, part in enumerate(parts))


def plain_spellings(formulas: Sequence[str]) -> list[str]:
    """Return many formulas as `plain_spelling` does, in one go; texts in them must be closed."""
    found = plain_spelling.__wrapped__(_BETWEEN.join(formulas)).split(_BETWEEN)
    return found if len(found) == len(formulas) else [*map(plain_spelling, formulas)]


def _plain(part: str) -> str:
    if "." in part or "E" in part:
        part = _DECIMAL.sub(lambda m: f"{float(m[0]):.15g}".replace(".", "·"), _PREFIX.sub("", part))
    if "()" in part:
        part = part.replace("TRUE()", "TRUE").replace("FALSE()", "FALSE")
    part = part.replace("$", "")
    if ":" in part:
        part = _ONE_CELL.sub(r"\1", part)
    return part.translate(_SIGNS)


def digest(formula: str) -> str:
    """Return a digest that another formula hardly ever has."""
    return digest_of_text(plain_spelling(formula))
