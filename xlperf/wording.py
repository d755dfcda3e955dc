"""Sentences of ours with their places filled: English nouns by their number, and how this program is called.

`{count:row was|rows were}` in a text is `1 row was` or `3 rows were`, `{count::is|are}` the word alone; `{xlperf}` is
the program as the reader starts it.
The page fills the same marks in `desk/page/words.mjs`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

PROGRAM = "xlperf"
_STARTED = [PROGRAM]  # one for all threads: it is how the process was started


class _Value(str):
    """What fills a place; where the place has words for one and for several, the number and its words."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        one, bar, many = spec.removeprefix(":").partition("|")
        if not bar:
            return str(self)
        said = several(self, one, many)
        return said.removeprefix(f"{self} ") if spec.startswith(":") else said


class _Values(dict[str, "_Value"]):
    """Values of a text; an older record may lack one that the text has now."""

    def __missing__(self, name: str) -> _Value:
        return _Value(_STARTED[-1] if name == PROGRAM else "…")


def filled(text: str, values: Mapping[str, object]) -> str:
    """Return a text with its places filled; `…` where a value is not there."""
    return text.format_map(_Values((name, _Value(value)) for name, value in values.items()))


def several(count: object, one: str, many: str = "") -> str:
    """Return a number with its English noun. many: the plural, where it is not the noun with an s."""
    return f"{count} {one if str(count) == '1' else many or f'{one}s'}"


@contextmanager
def started_as(command: str) -> Iterator[None]:
    """Let what is said inside spell the program as it was started, so that the line works as it stands."""
    _STARTED.append(command)
    try:
        yield
    finally:
        _STARTED.pop()


def started() -> str:
    """Return how the program was started, to be followed by a command."""
    return _STARTED[-1]
