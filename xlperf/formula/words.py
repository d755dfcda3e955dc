"""The program's own words in a reason, in the language of who reads it; Chinese unless it is said otherwise.

What a regulation, a scheme or a rule says stays as it is written; these are the words between.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from xlperf.problems import Language, words

_READER: ContextVar[Language] = ContextVar("reader", default="zh")


@contextmanager
def spoken(language: Language) -> Iterator[None]:
    """Write the reasons made inside in a language."""
    before = _READER.set(language)
    try:
        yield
    finally:
        _READER.reset(before)


def own(zh: str, **values: object) -> str:
    """Return words of ours in the reader's language; `{name}` in them is filled. English: `texts/words.csv`."""
    text = zh if _READER.get() == "zh" else words()[zh]
    return text.format(**values)
