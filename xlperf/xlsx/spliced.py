"""Deflated text put together from pieces: what texts share is deflated once, what is a text's own stands as it is.

A stored block lies on whole bytes, so that it may hold any text between two deflated pieces. A piece refers back to
the one before it, over what stands between them: of that only the length matters. So what a piece comes to follows from
itself, the one before and that length, and is kept for the next text that has the three.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache

LEVEL = 6
_KEPT = 8192  # pieces, of a hundred bytes or so
_LONGEST = 65_535  # bytes of a stored block
_SIZE = struct.Struct("<2H")  # of a stored block: its length, and once more turned round
_SHORT = 4096  # bytes: most of what stands between pieces is shorter
_SIZES = [_SIZE.pack(size, size ^ _LONGEST) for size in range(_SHORT)]
_EMPTY = 4  # bytes that say the length of a stored block, at the end of what was flushed


def cut(data: bytes, own: re.Pattern[bytes], gap: int) -> tuple[list[bytes], list[bytes]]:
    """Cut a text at what is its own, the first group of a pattern; return what it shares, and what stands between.

    gap: of two that stand so near each other what lies between them is taken for its own as well.
    """
    spans: list[list[int]] = []
    for found in own.finditer(data) if b"\0" not in data else ():
        start, end = found.span(1)
        if spans and start - spans[-1][1] <= gap:
            spans[-1][1] = end
        else:
            spans.append([start, end])
    starts, ends = [0, *(end for _, end in spans)], [*(start for start, _ in spans), len(data)]
    return [data[a:b] for a, b in zip(starts, ends, strict=True)], [data[a:b] for a, b in spans]


def spliced(shared: Sequence[bytes], own: Sequence[bytes]) -> bytes:
    """Deflate a text from its pieces. shared: one more than own, without a zero byte in them where they are several."""
    made: list[bytes] = []
    before, between = b"", 0
    for piece, text in zip(shared, own, strict=False):
        size = len(text)
        said = _SIZES[size] + text if size < _SHORT else _longer(text)
        made += (_deflated(before, between, piece), said)
        before, between = piece, size
    made.append(_deflated(before, between, shared[-1], last=True))
    return b"".join(made)


def deflated(data: bytes, level: int = LEVEL) -> bytes:
    """Deflate a text as a whole."""
    maker = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return maker.compress(data) + maker.flush()


def _longer(text: bytes) -> bytes:
    """Return what stored blocks hold, from the length of the first on, of a text too long for one."""
    blocks = [text[at : at + _LONGEST] for at in range(0, len(text), _LONGEST)]
    return b"\0".join(_SIZE.pack(len(block), len(block) ^ _LONGEST) + block for block in blocks)


@lru_cache(maxsize=_KEPT)
def _deflated(before: bytes, between: int, piece: bytes, *, last: bool = False) -> bytes:
    """Deflate a piece; but for the last one it ends where the length of a stored block is to follow."""
    if not before and not between:
        maker = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    else:
        window = before + bytes(min(between, 1 << zlib.MAX_WBITS))  # zeros: nothing can refer to what is not known
        maker = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=window)
    if last:
        return maker.compress(piece) + maker.flush()
    return (maker.compress(piece) + maker.flush(zlib.Z_SYNC_FLUSH))[:-_EMPTY]
