"""A zip that is packed as programs pack one, unpacked without a detour; standard library only.

Books that one program saved have most of their small parts in common, packed to the same bytes: such a part is unpacked
and looked through once, and in every book after that it is the very same object, so that what was found out of it is
found again at once. What is packed in any other way is not read here, and `zipfile` has the word.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo

_LOCAL = struct.Struct("<4s5H3I2H")
_PLAIN_FLAGS = 0b1000_0000_1110  # how hard it was packed, sizes behind the part, names in UTF-8
_LARGEST, _LARGEST_TOTAL = 4_000_000, 16_000_000  # bytes of a part, of all of them
_KEPT_LONGEST, _KEPT_MOST = 100_000, 3_000_000  # bytes of a part that is remembered, of all that are, packed and not
_SEEN_MOST = 10_000

IsFine = Callable[[ZipInfo, bytes], bool]


@dataclass
class _Known:
    """Parts that came at least twice: name, way of packing and packed bytes → what they are, and the checksum of that.

    seen: name and checksum of any that came. size: of all that is kept.
    """

    parts: dict[tuple[str, int, bytes], tuple[bytes, int]] = field(default_factory=dict)
    seen: set[tuple[str, int]] = field(default_factory=set)
    size: int = 0

    def keep(self, info: ZipInfo, packed: bytes, part: bytes) -> None:
        """Keep a part that came before: one that is a single book's own is only in the way."""
        if (info.filename, info.CRC) in self.seen and len(part) <= _KEPT_LONGEST:
            if self.size > _KEPT_MOST:
                self.parts.clear()
                self.size = 0
            self.parts[info.filename, info.compress_type, packed] = part, info.CRC
            self.size += len(part) + len(packed)
        if len(self.seen) >= _SEEN_MOST:
            self.seen.clear()
        self.seen.add((info.filename, info.CRC))


_KNOWN = _Known()


def plain_parts(data: bytes, infos: Sequence[ZipInfo], is_fine: IsFine) -> dict[str, bytes] | None:
    """Return the parts of a zip by name; None where one of them is packed in another way, is large or is not fine.

    infos: what the list at its end says of them, in the order of the list. is_fine: what is asked of a part that did
    not come before; it must give the same answer for the same name and bytes.
    """
    if sum(info.file_size for info in infos) > _LARGEST_TOTAL:
        return None
    parts: dict[str, bytes] = {}
    end = 0
    for info in infos:
        begins, end = _place(data, info, end)
        if not begins:
            return None
        packed = data[begins:end]
        part, checksum = _KNOWN.parts.get((info.filename, info.compress_type, packed), (None, 0))
        if part is None:
            part = _unpacked(packed, info)
            if part is None or not is_fine(info, part):
                return None
            _KNOWN.keep(info, packed, part)
        elif (len(part), checksum) != (info.file_size, info.CRC):
            return None
        parts[info.filename] = part
    return parts


def _place(data: bytes, info: ZipInfo, before: int) -> tuple[int, int]:
    """Return where a packed part begins and ends; 0 and 0 where it is not said as usual. before: where the last ended.

    A part is said twice, in front of it and in the list at the end: who packs plainly says the same both times.
    """
    at = info.header_offset
    if at < before or at + _LOCAL.size > len(data) or info.flag_bits & ~_PLAIN_FLAGS:
        return 0, 0
    sign, _, flags, kind, _, _, _, _, _, name, extra = _LOCAL.unpack_from(data, at)
    begins = at + _LOCAL.size + name + extra
    end = begins + info.compress_size
    said = data[at + _LOCAL.size : at + _LOCAL.size + name]
    plainly = sign == b"PK\3\4" and (flags, kind) == (info.flag_bits, info.compress_type) and end <= len(data)
    is_same = info.orig_filename == info.filename and info.filename.isascii() and said == info.filename.encode()
    return (begins, end) if plainly and is_same else (0, 0)


def _unpacked(packed: bytes, info: ZipInfo) -> bytes | None:
    """Return a part, None where it is not what the list says or is packed in another way."""
    if info.file_size > _LARGEST:
        return None
    if info.compress_type == ZIP_DEFLATED:
        engine = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            part = engine.decompress(packed, info.file_size + 1)
        except zlib.error:
            return None
        if not engine.eof or engine.unused_data:
            return None
    elif info.compress_type == ZIP_STORED:
        part = packed
    else:
        return None
    return part if len(part) == info.file_size and zlib.crc32(part) == info.CRC else None
