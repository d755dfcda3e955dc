"""Texts with holes in them, for what differs from book to book."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

What = TypeVar("What", bound=Hashable)


@dataclass(frozen=True)
class Holed(Generic[What]):
    """A text with holes. pieces: one more than refs, which say of each hole what stands there."""

    pieces: Sequence[str]
    refs: Sequence[What] = ()

    def filled(self, said: Iterable[str]) -> str:
        """Return the text with what is said in its holes, one after another."""
        return "".join([*chain.from_iterable(zip(self.pieces, said, strict=False)), self.pieces[-1]])


class Hole(Generic[What]):
    """A hole between texts. ref: see `Holed`."""

    __slots__ = ("ref",)

    def __init__(self, ref: What) -> None:
        self.ref = ref


def joined(parts: Iterable[str | Hole[What]]) -> Holed[What]:
    """Return texts and holes one behind another as one text with holes."""
    pieces, refs, texts = list[str](), list[What](), list[str]()
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
        else:
            pieces.append("".join(texts))
            refs.append(part.ref)
            texts.clear()
    return Holed([*pieces, "".join(texts)], refs)
