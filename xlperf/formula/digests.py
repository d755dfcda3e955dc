"""Short digests of what stands in a workbook of ours, to be found again when somebody has changed it.

Programs differ in how they hand over a cell: a whole number or a decimal, nothing or an empty text, line ends.
None of that changes what stands there. Standard library only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any
from xml.sax.saxutils import escape

WIDTH = 6  # characters of a digest


def digest_of_text(text: str) -> str:
    """Return `WIDTH` characters that another text hardly ever has."""
    return blake2b(text.encode(), digest_size=WIDTH // 2).hexdigest()


def digest_as_spelt(formulas: Iterable[str]) -> str:
    """Return the digest of formulas as a file of ours spells them, see `digest_as_stored`."""
    return digest_as_stored(escape(text).encode() for text in formulas)


def digest_as_stored(formulas: Iterable[bytes]) -> str:
    """Return the digest of formulas as they stand in a part, below each other: none of them was touched."""
    return blake2b(b"\n=".join(formulas), digest_size=16).hexdigest()


def digest_of_value(value: Any) -> str:
    """Return the digest of what a cell holds: a number to 12 digits, a text as it is, nothing."""
    return digest_of_text(_spelt(value))


def digest_of_lines(lines: Iterable[Sequence[Any]]) -> tuple[int, str]:
    """Return how many lines hold something, and the digest of all of them."""
    texts = [held.rstrip("\t") for line in lines if (held := _line(line)) is not None]
    return len(texts), digest_of_text("\n".join(texts))


def _line(cells: Sequence[Any]) -> str | None:
    """Spell a line of cells; None where nothing stands in it."""
    try:  # nearly always all are texts
        line = "\t".join(cells).replace("\r\n", "\n")
    except TypeError:
        cells = [_spelt(cell)[1:] for cell in cells]
        line = "\t".join(cells)
    return line if any(cells) else None


def _spelt(value: Any) -> str:
    """Spell a value with its kind before it; "" for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return "t" + value.replace("\r\n", "\n")
    return f"n{float(value):.12g}"
