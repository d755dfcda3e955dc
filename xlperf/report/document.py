"""A document that is given out: title, paragraphs, tables and seal, as values; how each value is printed.

One record stands behind the workbook, the letter, the page and the code printed below: what is printed is said here.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from xlperf.formula.values import Value, shown

Edition = Literal["internal", "unit", "public"]
EDITIONS: tuple[Edition, ...] = ("internal", "unit", "public")
CODE = "纸面校验码"
_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without letters that are taken for figures
_LENGTH = 10


@dataclass(frozen=True)
class Head:
    """A heading of a table. decimals: of numbers, at most; fixed: always as many. prose: sentences. wide: its share."""

    title: str
    decimals: int = 4
    fixed: bool = False
    prose: bool = False
    wide: float = 8.0


@dataclass(frozen=True)
class Table:
    """A table with what stands above it; values as they are, printed by their heading.

    last: whether the last row is a sum. tall: lines that every row has at least, room to write by hand.
    """

    heads: tuple[Head, ...]
    rows: tuple[tuple[Value, ...], ...]
    title: str = ""
    last: bool = False
    tall: int = 1

    def printed(self) -> list[list[str]]:
        """Return the rows as they are printed."""
        return [[printed(h, v) for h, v in zip(self.heads, row, strict=True)] for row in self.rows]


@dataclass(frozen=True)
class Line:
    """A paragraph. look: `section` a heading; `seal` who gives it out; `slip` to be cut off; `page` begins a page.

    dated: whether it follows from the day it is given out; such lines and seals are not in the code of the page.
    """

    text: str
    look: Literal["body", "section", "seal", "slip", "page"] = "body"
    dated: bool = False


Block = Table | Line


@dataclass(frozen=True)
class Document:
    """One document.

    kind: what it is (反馈单). whose: the unit it is for by code, "" for nobody's. name: of its file. letter: whether
    it is also written for a word processor. code: printed below, "" while there is none.
    """

    edition: Edition
    kind: str
    whose: str
    name: str
    title: str
    blocks: tuple[Block, ...]
    caution: str = ""
    letter: bool = False
    code: str = ""

    @property
    def file(self) -> str:
        """Return where it lies below the folder of publications, without the ending."""
        return f"{EDITION_NAMES[self.edition]}/{self.kind}/{self.name}" if self.whose else f"{self.parent}{self.kind}"

    @property
    def parent(self) -> str:
        """Return the folder of its edition."""
        return f"{EDITION_NAMES[self.edition]}/"

    @property
    def foot(self) -> str:
        """Return the last line of each page."""
        return f"{CODE} {self.code}" if self.code else ""

    def said(self) -> list[list[str]]:
        """Return what the code is made of: everything printed but what follows from the day alone."""
        lasting = tuple(b for b in self.blocks if isinstance(b, Table) or not (b.dated or b.look == "seal"))
        return replace(self, blocks=lasting).printed()

    def printed(self) -> list[list[str]]:
        """Return everything that is printed, line by line."""
        lines = [[self.title]] + [[self.caution]] * bool(self.caution)
        for block in self.blocks:
            if isinstance(block, Line):
                lines.append([block.text])
            else:
                lines += [[block.title]] * bool(block.title)
                lines += [[h.title for h in block.heads], *block.printed()]
        return lines


EDITION_NAMES: dict[Edition, str] = {"internal": "内部", "unit": "单位", "public": "公开"}


def printed(head: Head, value: Value) -> str:
    """Write a value as it is printed under a heading; nothing where there is none."""
    if value is None or isinstance(value, str):
        return value or ""
    return shown_fixed(value, head.decimals) if head.fixed else shown(value, head.decimals)


def shown_fixed(value: Fraction, decimals: int) -> str:
    """Write a number with always as many decimals."""
    whole, _, rest = shown(value, decimals).partition(".")
    return f"{whole}.{rest:0<{decimals}}" if decimals else whole


def coded(document: Document, round_: str, key: bytes) -> Document:
    """Return a document with the code of what it says: other figures, another code. key: of the round."""
    said = json.dumps([round_, document.kind, document.whose, document.said()], ensure_ascii=False)
    number = int.from_bytes(hmac.digest(key, said.encode(), "sha256")[:8], "big")
    signs = "".join(_SIGNS[(number >> 5 * i) & 31] for i in range(_LENGTH))
    return replace(document, code=f"{signs[:5]}-{signs[5:]}")
