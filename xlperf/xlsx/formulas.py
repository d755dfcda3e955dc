"""Formula texts held against one another, however the program that saved them writes them."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

_PIECES = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")|(?P<title>'(?:[^']|'')*'!)|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![A-Za-z_.!(:\d]))"""
    r"""|(?P<name>[$\w.\u0080-\uffff]+!?)|(?P<space>\s+)|(?P<sign>.)""",
    re.S,
)
_FUTURE = re.compile(r"^(?:_XLFN\.|_XLWS\.|_XLUDF\.)+")


@lru_cache(maxsize=100_000)
def canonical(text: str) -> str:
    """Return a formula without what programs write differently: spaces, quotes of titles, prefixes, zeros, capitals."""
    return "".join(_piece(match) for match in _PIECES.finditer(text.removeprefix("=")))


def _piece(match: re.Match[str]) -> str:
    piece = match[0]
    match match.lastgroup:
        case "title":
            return piece[1:-2].replace("''", "'").upper() + "!"
        case "number":
            return _plain(piece)
        case "name":
            return _FUTURE.sub("", piece.upper()).removeprefix("$") if piece.endswith("!") else _bare(piece)
        case "space":
            return ""
    return piece


def _bare(name: str) -> str:
    return _FUTURE.sub("", name.upper())


def _plain(number: str) -> str:
    try:
        return str(Decimal(number).normalize())
    except InvalidOperation:  # pragma: no cover - the pattern lets no such text through
        return number
