"""Parts of a workbook as one file: what was packed before is not packed again.

Most parts of books of one kind are the same from book to book, and of the others most of the text. How a part is taken
to pieces follows from its name and its own text alone: the same parts give the same bytes, in whatever order, beside
whatever others and by whichever way they were packed.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from itertools import chain

from xlperf.xlsx.spliced import cut, deflated, spliced

_QUICK = 1  # for a part that no two books share: a tenth larger than the best there is, in half the time
_KEPT = 96  # parts, of the kinds of books that are being written
_VERSION, _DEFLATED, _UNIX, _RIGHTS = 20, 8, 3, 0o600 << 16
_DAY = (1 << 5) | 1  # 1 January 1980, midnight: a book says nothing of when it was written
_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5HI"), struct.Struct("<4s4H2IH")
TEXTS = "xl/sharedStrings.xml"
_GAP = 80  # bytes between two numbers that are rather left as they are than packed by themselves
# the value of a cell that is neither a text nor a formula, and what the sum of a column comes to
_NUMBER = re.compile(rb'(?:"><v>(?<! t="s"><v>)|,SUM\([$A-Z0-9:]+\)\)</f><v>)([^<]*)<')
_IDENTITY = re.compile(rb"(xlperf1\|[^<\"]*)")


@dataclass(frozen=True)
class Pieces:
    """A part taken to pieces: what it shares with other books, and between two such pieces what is its own."""

    shared: Sequence[bytes]
    own: Sequence[bytes]

    def whole(self) -> bytes:
        """Return the part."""
        return b"".join([*chain.from_iterable(zip(self.shared, self.own, strict=False)), self.shared[-1]])


def packed(parts: Iterable[tuple[str, bytes | Pieces]]) -> bytes:
    """Return parts as the bytes of one file, in this order. Pieces: as `taken_apart` returns them."""
    local: list[bytes] = []
    central: list[bytes] = []
    at = 0
    for name, part in parts:
        if isinstance(part, Pieces):
            data = part.whole()
            head, small, said = _entry(name, data, spliced(part.shared, part.own))
        else:
            head, small, said = (_fresh if name == TEXTS else _packed_before)(name, part)
        local += (head, small)
        central += (said, at.to_bytes(4, "little"), name.encode("ascii"))
        at += len(head) + len(small)
    size, count = sum(map(len, central)), len(central) // 3
    return b"".join([*local, *central, _END.pack(b"PK\x05\x06", 0, 0, count, count, size, at, 0)])


def _entry(name: str, data: bytes, small: bytes) -> tuple[bytes, bytes, bytes]:
    """Return what stands before a part, the part packed, and what the list at the end says before the place of it."""
    about = (_DEFLATED, 0, _DAY, zlib.crc32(data), len(small), len(data), len(name))
    head = _LOCAL.pack(b"PK\x03\x04", _VERSION, 0, *about, 0) + name.encode("ascii")
    return head, small, _CENTRAL.pack(b"PK\x01\x02", _UNIX << 8 | _VERSION, _VERSION, 0, *about, 0, 0, 0, 0, _RIGHTS)


def unpacked(data: bytes) -> list[tuple[str, bytes]]:
    """Return the parts of a file in their order."""
    with zipfile.ZipFile(BytesIO(data)) as book:
        return [(info.filename, book.read(info)) for info in book.infolist()]


def taken_apart(name: str, data: bytes) -> Pieces:
    """Take a part to pieces: a worksheet at its numbers and sums, what else carries the identity at that."""
    if name.startswith("xl/worksheets/"):
        return Pieces(*cut(data, _NUMBER, _GAP))
    return Pieces(*cut(data, _IDENTITY, 0)) if name != TEXTS else Pieces((data,), ())


def _fresh(name: str, data: bytes) -> tuple[bytes, bytes, bytes]:
    return _entry(name, data, deflated(data, _QUICK))


@lru_cache(maxsize=_KEPT)
def _packed_before(name: str, data: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the entry of a part that other books are likely to have as well."""
    part = taken_apart(name, data)
    return _entry(name, data, spliced(part.shared, part.own))
