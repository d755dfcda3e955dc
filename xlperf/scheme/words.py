"""The words that are near one that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, known: Iterable[str]) -> str:
    """List the known words nearest to one that is not known, or the first twelve where none is near."""
    words = [str(w) for w in known]
    return "、".join(get_close_matches(word, words, 3, 0.5) or words[:12])
