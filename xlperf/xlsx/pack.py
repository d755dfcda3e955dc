"""Parts of a workbook as one file: what was packed before is not packed again.

Most parts of books of one kind are the same from book to book. The same parts give the same bytes.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable
from functools import lru_cache
from io import BytesIO

_LEVEL = 1  # a tenth larger than the best there is, in half the time
_KEPT = 96  # parts, of the kinds of books that are being written
_VERSION, _DEFLATED, _UNIX, _RIGHTS = 20, 8, 3, 0o600 << 16
_DAY = (1 << 5) | 1  # 1 January 1980, midnight: a book says nothing of when it was written
_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")


def packed(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """Return parts (name, bytes) as the bytes of one file, in this order."""
    local: list[bytes] = []
    central: list[bytes] = []
    at = 0
    for name, data in parts:
        check, small = _deflated(data)
        called = name.encode("ascii")
        about = (_DEFLATED, 0, _DAY, check, len(small), len(data), len(called))
        head = _LOCAL.pack(b"PK\x03\x04", _VERSION, 0, *about, 0)
        local += (head, called, small)
        central += (
            _CENTRAL.pack(b"PK\x01\x02", _UNIX << 8 | _VERSION, _VERSION, 0, *about, 0, 0, 0, 0, _RIGHTS, at),
            called,
        )
        at += len(head) + len(called) + len(small)
    size, count = sum(map(len, central)), len(central) // 2
    return b"".join([*local, *central, _END.pack(b"PK\x05\x06", 0, 0, count, count, size, at, 0)])


def unpacked(data: bytes) -> list[tuple[str, bytes]]:
    """Return the parts of a file in their order."""
    with zipfile.ZipFile(BytesIO(data)) as book:
        return [(info.filename, book.read(info)) for info in book.infolist()]


def repacked(data: bytes) -> bytes:
    """Return a file as `packed` packs its parts."""
    return packed(unpacked(data))


@lru_cache(maxsize=_KEPT)
def _deflated(data: bytes) -> tuple[int, bytes]:
    """Return the checksum of a part, and the part packed."""
    maker = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return zlib.crc32(data), maker.compress(data) + maker.flush()
