"""The program's own words in a reason, in the language of who reads it; Chinese unless it is said otherwise.

What a regulation, a scheme or a rule says stays as it is written; these are the words between.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from xlperf.problems import Language, words
from xlperf.wording import filled

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
    return filled(zh if _READER.get() == "zh" else words()[zh], values)


class Sentence(str):
    """A sentence of ours, in Chinese as it stands, that can still be said in another language.

    template: the words, with a place for each of the values.
    """

    template: str
    values: dict[str, str]


def sentence(zh: str, **values: str) -> Sentence:
    """Fill a sentence of ours; values may be sentences themselves."""
    made = Sentence(zh.format(**values))
    made.template, made.values = zh, values
    return made


def reworded(text: str) -> str:
    """Return a sentence of ours in the reader's language, any other text as it is."""
    if not isinstance(text, Sentence):
        return text
    return said(text.template, **{name: reworded(value) for name, value in text.values.items()})


def said(zh: str, **values: str) -> str:
    """Return a sentence of a rule in the reader's language; one without English, of a regulation's own, as it is."""
    return filled(zh if _READER.get() == "zh" else words().get(zh, zh), values)
