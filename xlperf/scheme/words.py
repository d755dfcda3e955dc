"""Words of a scheme: how the values of a rule are spelt, and the words that are near one that is not known."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from difflib import get_close_matches
from heapq import nlargest
from itertools import islice, pairwise

from xlperf.problems import word

EMPTY = "空"  # nothing: an empty result
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")  # of a column or a figure; anything else is text
_DAY = re.compile(r"(\d{4}|year)-\d{2}-\d{2}\Z", re.ASCII)  # `year` is the year of the round

_LONG = 500  # words; where there are more, those that share something are looked for before the nearest
_LOOKED_AT = 60

NONE = word("（还没有，先补上）")


def is_day(written: str) -> bool:
    """Return whether a value is spelt as a date."""
    return _DAY.match(written) is not None


def nearest(word: str, known: Iterable[str]) -> str:
    """List the known words nearest to one that is not known, or the first twelve where none is near.

    Where nothing is known at all it says so, so that no remedy ends in nothing.
    """
    words = list(dict.fromkeys(str(w) for w in known))
    if not words:
        return NONE
    return "、".join(get_close_matches(word, words, 3, 0.5) or words[:12])


class _Alike:
    """Finds the words of a long list that share the most pairs of letters with another; the list is gone over once."""

    def __init__(self, known: Collection[str]) -> None:
        self._words = list(known)
        self._bearing: dict[str, list[int]] = {}
        for i, one in enumerate(self._words):
            for pair in _pairs(one):
                self._bearing.setdefault(pair, []).append(i)

    def to(self, word: str) -> list[str]:
        """List those that share the most with a word, in no order that means anything."""
        shared: Counter[int] = Counter()
        for pair in _pairs(word):
            shared.update(self._bearing.get(pair, ()))
        size = len(word)
        likest = nlargest(_LOOKED_AT, shared.items(), key=lambda one: one[1] / (size + len(self._words[one[0]])))
        return [self._words[i] for i, _ in likest]


def _pairs(word: str) -> Collection[str]:
    return dict.fromkeys(f"{a}{b}" for a, b in pairwise(f" {word} "))  # no set: whose order is another in each run


class _OneOff:
    """Finds the words of a list that differ from another by one letter: one too many, too few, or another one."""

    def __init__(self, known: Iterable[str]) -> None:
        self._spelt: dict[str, list[str]] = {}
        for one in known:
            for spelt in _shortened(one):
                self._spelt.setdefault(spelt, []).append(one)

    def to(self, word: str) -> list[str]:
        """List them."""
        return [one for spelt in _shortened(word) for one in self._spelt.get(spelt, ())]


def _shortened(word: str) -> Collection[str]:
    """Return a word, and what it is without one of its letters."""
    return dict.fromkeys((word, *(word[:i] + word[i + 1 :] for i in range(len(word)))))


def suggester(known: Collection[str], most: int = 20) -> Callable[[str], str]:
    """Return `nearest` for a long list: after `most` words, looks only for words that differ by a letter.

    A column filled in wrongly ten thousand times over would otherwise cost ten thousand searches.
    """
    suggested: dict[str, str] = {}
    index: list[_Alike] = []
    typed: list[_OneOff] = []

    def found(word: str) -> str:
        if len(suggested) >= most:
            if not typed:
                typed.append(_OneOff(known))
            near = typed[0].to(word)[:12]  # all of them equally near
            return nearest(word, near) if near else "、".join(islice(known, 12))
        if len(known) <= _LONG:
            return nearest(word, known)
        if not index:
            index.append(_Alike(known))
        return nearest(word, [*index[0].to(word), *islice(known, 12)])

    def suggest(word: str) -> str:
        if word not in suggested:
            suggested[word] = found(word)
        return suggested[word]

    return suggest
