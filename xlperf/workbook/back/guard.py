"""Look at the bytes of a returned file before any spreadsheet library does; standard library only.

Decides by what the file is, never by its name. A file that passes is a zip of a workbook within limits;
one that does not is refused with a code that says what it is.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import lru_cache

from xlperf.problems import Problem, Where, problem, word
from xlperf.workbook.back.complexity import Weighing
from xlperf.workbook.back.plain_zip import plain_parts
from xlperf.xlsx.parts import may_define

MEGA = 1_000_000
LARGEST_FILE = 20 * MEGA
LARGEST_PART = 128 * MEGA
LARGEST_TOTAL = 256 * MEGA
LARGEST_RATIO = 400  # packed to unpacked, for parts over one megabyte
MOST_PARTS = 2_000
_CHUNK = 1 << 16
_SMALL = 20_000  # bytes of content types of which it is remembered what they say
_MOST_KEPT = 16 * MEGA  # bytes of parts that are handed on unpacked
_END, _ZIP64 = b"PK\x05\x06", 0xFFFFFFFF  # the end record of a zip; a number in it that stands elsewhere

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADS = (
    (b"%PDF", word("PDF")),
    (b"\xff\xd8\xff", word("图片（JPEG）")),
    (b"\x89PNG", word("图片（PNG）")),
    (b"GIF8", word("图片（GIF）")),
    (b"BM", word("图片（BMP）")),
    (b"{\\rtf", word("RTF 文档")),
)
_ARCHIVES = ((b"Rar!", "RAR"), (b"7z\xbc\xaf", "7z"), (b"\x1f\x8b", "gzip"))
_OTHER_PARTS = (
    ("word/document.xml", word("Word 文档")),
    ("ppt/presentation.xml", word("PPT 演示文稿")),
    ("xl/workbook.bin", word("二进制工作簿（.xlsb）")),
    ("content.xml", word("OpenDocument 表格（.ods）")),
    ("[content_types].xml", word("缺少工作簿部件的 Office 文件")),
)
_FAULTS = (  # what is wrong with a zip, in words
    (NotImplementedError, word("压缩方式不支持，或文件被改动过")),
    (EOFError, word("文件不完整，后面缺了一截")),
    (zlib.error, word("压缩的数据坏了，解不开")),
    (zipfile.BadZipFile, word("压缩包不完整或内容对不上")),
)
BROKEN_ZIP = (  # what reading one raises; NotImplementedError: a way of packing that zipfile does not know
    zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError,
)  # fmt: skip
_BOOK = "xl/workbook.xml"
_MACROS = re.compile(r"xl/(vbaproject\.bin|macrosheets/)")
_LINKS = re.compile(r"xl/(externallinks/|connections\.xml)")
_STRICT = b"purl.oclc.org/ooxml"
_MACRO_TYPES = re.compile(rb"vbaProject|macroEnabled|intlmacrosheet|vnd\.ms-excel\.macrosheet", re.IGNORECASE)
_DEFINITION = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


def too_large(where: Where, found: str) -> Problem:
    """Return the problem of a file that is larger than any workbook may be. found: its size in words."""
    return problem("TOO_LARGE", where, found=found, most=f"{LARGEST_FILE / MEGA:.0f} MB")


def guard_problems(data: bytes, file: str, kept: dict[str, bytes] | None = None) -> list[Problem]:
    """List why the bytes may not be read as a workbook; nothing where they may.

    file: the name shown in problems. kept: is given the parts, which were unpacked for this, unless they are large.
    MACRO comes last: what has that problem alone can be read as data.
    """
    where = Where(file)
    if not data:
        return [problem("EMPTY", where)]
    if len(data) > LARGEST_FILE:
        return [too_large(where, f"{len(data) / MEGA:.1f} MB")]
    if not data.startswith(b"PK"):
        return [_not_zip(data, where)]
    if not _is_one_archive(data):
        return [problem("UNSAFE_ZIP", where, found=word("压缩包前面或后面有别的内容"))]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            return _parts_problems(book, data, where, {} if kept is None else kept)
    except BROKEN_ZIP as fault:
        found = next((says for kind, says in _FAULTS if isinstance(fault, kind)), word("文件的结构不对"))
        return [problem("DAMAGED", where, found=found)]


def bears(parts: Mapping[str, bytes], text: re.Pattern[bytes]) -> bool:
    """Return whether any part of a workbook holds a text, in whatever letters of two bytes or one.

    text: of ASCII alone.
    """
    small_first = sorted(parts.values(), key=len)  # the small ones say it first
    return any(text.search(part.replace(b"\0", b"")) for part in small_first)


def _is_one_archive(data: bytes) -> bool:
    """Check that a zip is all there is: nothing before its first part, and nothing behind its end."""
    at = data.rfind(_END)
    if at < 0 or len(data) < at + 22:
        return True  # no end at all: that is said of it as damage
    size, start, comment = struct.unpack("<IIH", data[at + 12 : at + 22])
    if start == _ZIP64 or size == _ZIP64:
        return True
    return at + 22 + comment == len(data) and start + size in (at, at - 76)


def _not_zip(data: bytes, where: Where) -> Problem:
    if data.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        return problem("ENCRYPTED" if encrypted else "OLD_XLS", where)
    for head, kind in _ARCHIVES:
        if data.startswith(head):
            return problem("ARCHIVE", where, found=kind)
    for head, name in _HEADS:
        if data.startswith(head):
            return problem("NOT_A_WORKBOOK", where, found=name)
    if b"PK\x05\x06" in data[-70_000:]:
        return problem("UNSAFE_ZIP", where, found=word("压缩包前面有别的内容"))
    start = data[:2000].lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table")) or b"<html" in start:
        return problem("NOT_A_WORKBOOK", where, found=word("网页（HTML）"))
    if start.startswith(b"<?xml"):
        return problem("NOT_A_WORKBOOK", where, found=word("XML 文件"))
    return problem("NOT_A_WORKBOOK", where, found=word("文本（CSV 等）") if _is_text(data) else word("认不出的文件"))


def _is_text(data: bytes) -> bool:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data[:_CHUNK].decode(encoding)
        except UnicodeDecodeError as fault:
            if fault.start < len(data[:_CHUNK]) - 4:
                continue
            return True
        return not any(c < " " and c not in "\r\n\t" for c in text)
    return False


def _parts_problems(book: zipfile.ZipFile, data: bytes, where: Where, kept: dict[str, bytes]) -> list[Problem]:
    parts = book.infolist()
    names = [p.filename.lower().replace("\\", "/") for p in parts]
    if len(parts) > MOST_PARTS:
        return [problem("BOMB", where, found=word("{count}个部件", count=len(parts)))]
    unsafe = next((n for n in names if n.startswith("/") or ".." in n.split("/") or ":" in n), "")
    if unsafe or len(set(names)) != len(names):
        return [problem("UNSAFE_ZIP", where, found=unsafe or word("部件重名"))]
    if any(p.flag_bits & 1 for p in parts):
        return [problem("ENCRYPTED", where)]
    if _BOOK not in names:
        other = next((name for part, name in _OTHER_PARTS if part in names), None)
        code, found = ("ARCHIVE", "ZIP") if other is None else ("OTHER_FORMAT", other)
        return [problem(code, where, found=found)]
    large = _large(parts)
    if large:
        return [problem("BOMB", where, found=large)]
    plainly = plain_parts(data, parts, _is_fine)
    if plainly is not None and _BOOK in plainly:
        first = plainly[_BOOK]
    else:
        first = book.read(_BOOK if _BOOK in book.namelist() else parts[0])
    if _STRICT in first[:_CHUNK]:
        return [problem("STRICT", where)]
    kept.update(plainly or {})
    problems = list(_content_problems(book, parts, where, kept)) if plainly is None else []
    problems += _holding("EXTLINK", _LINKS, names, where)
    return problems or _holding("MACRO", _MACROS, names, where) or _macro_type(book, where, kept)


def _macro_type(book: zipfile.ZipFile, where: Where, kept: Mapping[str, bytes]) -> list[Problem]:
    """List the macros that the content types admit to, whatever their parts are called. kept: what was unpacked."""
    name = next((n for n in book.namelist() if n.lower() == "[content_types].xml"), "")
    types = (kept[name] if name in kept else book.read(name)) if name else b""
    found = (_known_macro if len(types) <= _SMALL else _macro)(types)
    return [problem("MACRO", where, found=found)] if found else []


def _macro(types: bytes) -> str:
    """Return the word for a macro in content types, "" where there is none."""
    found = _MACRO_TYPES.search(types.replace(b"\0", b""))
    return found[0].decode("ascii", "replace") if found else ""


_known_macro = lru_cache(maxsize=64)(_macro)  # books that one program saved say the same of their parts


def _holding(code: str, pattern: re.Pattern[str], names: list[str], where: Where) -> list[Problem]:
    found = next((n for n in names if pattern.match(n)), "")
    return [problem(code, where, found=found)] if found else []


def _large(parts: list[zipfile.ZipInfo]) -> str:
    """Return the part whose declared size is over the limits."""
    if sum(p.file_size for p in parts) > LARGEST_TOTAL:
        return word("共{size} MB", size=f"{sum(p.file_size for p in parts) / MEGA:.0f}")
    for p in parts:
        ratio = p.file_size / max(p.compress_size, 1)
        if p.file_size > LARGEST_PART or (p.file_size > MEGA and ratio > LARGEST_RATIO):
            return f"{p.filename} {p.file_size / MEGA:.0f} MB"
    return ""


class _Look:
    """Looks at one part while it is unpacked: whether anything in it is too much, or defines what it means itself."""

    def __init__(self, part: zipfile.ZipInfo) -> None:
        self._name = part.filename
        self._weighing = Weighing(part.filename.lower().replace("\\", "/"), part.file_size)
        self._tail = b""

    def problem(self, chunk: bytes, where: Where) -> Problem | None:
        """Return what is wrong with the next bytes of the part."""
        plain = chunk.replace(b"\0", b"")  # UTF-16 has a zero in every letter
        much = self._weighing.too_much(plain)
        if much is not None:
            return problem("TOO_COMPLEX", where, found=much)
        text = self._tail + plain
        found = _DEFINITION.search(text) if may_define(text) else None
        if found and self._name.endswith((".xml", ".rels", ".vml")):
            return problem("DTD", where, found=self._name)
        self._tail = plain[-20:]
        return None


def _is_fine(part: zipfile.ZipInfo, data: bytes) -> bool:
    """Check that there is nothing wrong with a part, looked at as if it were unpacked just now."""
    look = _Look(part)
    return all(look.problem(data[at : at + _CHUNK], Where()) is None for at in range(0, len(data), _CHUNK))


def _content_problems(
    book: zipfile.ZipFile, parts: list[zipfile.ZipInfo], where: Where, kept: dict[str, bytes]
) -> Iterator[Problem]:
    """Unpack every part under limits (declared sizes may lie); look for document type definitions.

    kept: is given the parts, as long as they are not large; nothing otherwise.
    """
    total = 0
    for part in parts:
        look, size, chunks = _Look(part), 0, list[bytes]()
        with book.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                size, total = size + len(chunk), total + len(chunk)
                if size > min(LARGEST_PART, part.file_size) or total > LARGEST_TOTAL:
                    yield problem("BOMB", where, found=part.filename)
                    return
                if total <= _MOST_KEPT:
                    chunks.append(chunk)
                wrong = look.problem(chunk, where)
                if wrong is not None:
                    yield wrong
                    return
        if total <= _MOST_KEPT:
            kept[part.filename] = b"".join(chunks)
        else:
            kept.clear()
