"""Words of a scheme: how the values of a rule are spelt, and the words that are near one that is not known."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from difflib import get_close_matches
from itertools import islice

from xlperf.problems import word

EMPTY = "空"  # nothing: an empty result
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")  # of a column or a figure; anything else is text
_DAY = re.compile(r"(\d{4}|year)-\d{2}-\d{2}\Z", re.ASCII)  # `year` is the year of the round

NONE = word("（还没有，先补上）")


def is_day(written: str) -> bool:
    """Return whether a value is spelt as a date."""
    return _DAY.match(written) is not None


def nearest(word: str, known: Iterable[str]) -> str:
    """List the known words nearest to one that is not known, or the first twelve where none is near.

    Where nothing is known at all it says so, so that no remedy ends in nothing.
    """
    words = [str(w) for w in known]
    if not words:
        return NONE
    return "、".join(get_close_matches(word, words, 3, 0.5) or words[:12])


def suggester(known: Collection[str], most: int = 20) -> Callable[[str], str]:
    """Return `nearest` for a long list: looks for near words for the first `most` words only.

    A column filled in wrongly ten thousand times over would otherwise cost ten thousand searches.
    """
    suggested: dict[str, str] = {}

    def suggest(word: str) -> str:
        if word not in suggested:
            suggested[word] = nearest(word, known) if len(suggested) < most else "、".join(islice(known, 12))
        return suggested[word]

    return suggest
