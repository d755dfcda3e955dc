"""Formulas of an office's own book that no engine is asked for: what changes at every calculation, and other files.

They keep the value that is stored, and what follows from them is calculated from that. A book that looks into another
one would stop a whole engine otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

from xlperf.problems import Problem, Where, problem
from xlperf.xlsx.cached import Place, stored_results, with_formulas, without_formulas

VOLATILE = frozenset({"NOW", "RAND", "RANDARRAY", "RANDBETWEEN"})  # another value at every calculation
_CALLED = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)\(")
_QUOTED = re.compile(r'"[^"]*"')
# '[book.xlsx]Sheet'!A1 as a person writes it, [1]Sheet!A1 as a file keeps it; Table[column] is neither
_OTHER_BOOK = re.compile(
    r"'(?:[^']|'')*\[[^\]]+\](?:[^']|'')*'!|(?<![\w\]\u0080-\uffff])\[[^\[\]]+\][\w.\u0080-\uffff]*!"
)


def called(text: str) -> set[str]:
    """Return the names (in capitals) of the functions that a formula calls."""
    return {name.upper() for name in _CALLED.findall(_QUOTED.sub("", text))}


def looks_elsewhere(text: str) -> bool:
    """Return whether a formula looks into another workbook."""
    return _OTHER_BOOK.search(_QUOTED.sub("", text)) is not None


def left_alone(texts: Mapping[Place, str]) -> dict[Place, str]:
    """Return the formulas that are not calculated."""
    return {at: text for at, text in texts.items() if called(text) & VOLATILE or looks_elsewhere(text)}


def write_left(book: Path, to: Path, left: Mapping[Place, str]) -> Path:
    """Write a copy in which these formulas are the values stored beside them; a look elsewhere without one is #N/A."""
    stored = stored_results(book)
    there = [at for at in left if stored.get(at) is not None]
    copy = BytesIO(without_formulas(book, there))
    to.write_bytes(with_formulas(copy, lambda _, text: "NA()" if looks_elsewhere(text) else text))
    return to


def left_problems(book: Path, left: Mapping[Place, str]) -> Iterator[Problem]:
    """List what was left alone, once for each kind, at the first such cell."""
    volatile = {at: text for at, text in left.items() if called(text) & VOLATILE}
    elsewhere = {at: text for at, text in left.items() if at not in volatile}
    for code, found in (("RECALC_VOLATILE", volatile), ("RECALC_OTHER_BOOK", elsewhere)):
        for (sheet, cell), text in list(found.items())[:1]:
            where = Where(file=book.name, sheet=sheet, cell=cell)
            yield problem(code, where, count=len(found), found=f"={text}")
