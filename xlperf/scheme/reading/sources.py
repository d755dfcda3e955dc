"""Files as text: UTF-8 or a problem that says what the file is instead."""

from __future__ import annotations

from pathlib import Path

from xlperf.problems import Problem, Where, problem

BOM = "\ufeff"
OWN_SIGNS = ("\ufdd0", "\ufdd1")  # which stand for no letter: the program marks places with them
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_KNOWN_BINARY = {b"PK\x03\x04": "xlsx/zip", b"\xd0\xcf\x11\xe0": "xls/doc", b"%PDF": "PDF"}


def own_sign(text: str) -> str:
    """Return the sign of the program itself that stands in a text; "" where none does."""
    for sign in OWN_SIGNS:  # every text of a scheme is asked
        if sign in text:
            return sign
    return ""


def text_of(file: Path, shown_as: str, most: int) -> tuple[str | None, list[Problem]]:
    """Read a UTF-8 file of at most `most` bytes; a byte order mark stays at the front of the text."""
    data, problems = bytes_of(file, shown_as, most)
    return (None, problems) if data is None else decoded(data, shown_as)


def bytes_of(file: Path, shown_as: str, most: int) -> tuple[bytes | None, list[Problem]]:
    """Read a file of at most `most` bytes; None where it is not there, not a file or cannot be read."""
    at = Where(shown_as)
    try:
        if not file.exists():
            return None, [problem("FILE_MISSING", at, found=file.name, folder=file.parent.name)]
        if not file.is_file():
            return None, [problem("NOT_A_FILE", at, found=file.name)]
        if file.stat().st_size > most:
            return None, [problem("FILE_TOO_LARGE", at, found=file.stat().st_size, most=most)]
        return file.read_bytes(), []
    except (OSError, ValueError) as fault:  # a name with NUL or of 5000 characters, no permission, an unreadable disk
        return None, [problem("FILE_UNREADABLE", at, found=getattr(fault, "strerror", None) or type(fault).__name__)]


def decoded(data: bytes, shown_as: str) -> tuple[str | None, list[Problem]]:
    """Return the text of a UTF-8 file's bytes, or what the file is instead."""
    at = Where(shown_as)
    if not data.strip():
        return None, [problem("FILE_EMPTY", at)]
    kind = next((name for head, name in _KNOWN_BINARY.items() if data.startswith(head)), "")
    if kind or (b"\0" in data and not data.startswith(_UTF16)):
        return None, [problem("FILE_BINARY", at, found=kind or "?")]
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        column = fault.start - data.rfind(b"\n", 0, fault.start)
        return None, [problem("NOT_UTF8", Where(at.file, line, column), found=_guess(data))]


def _guess(data: bytes) -> str:
    """Return the encoding that a file which is not UTF-8 probably has."""
    if data.startswith(_UTF16):
        return "UTF-16"
    for encoding in ("gb18030", "big5"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding.upper()
    return "?"
