"""What lies in the inbox: files, and files inside mails and archives, each in a net of its own.

Whatever one of them is (unreadable, gigabytes, a link, a name that no encoding knows), the others are taken. Sizes are
asked for before anything is read.
"""

from __future__ import annotations

import email
import io
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from pathlib import Path, PurePosixPath

from xlperf.problems import Problem, Where, printable, problem
from xlperf.workbook.back.guard import BROKEN_ZIP, LARGEST_FILE, MEGA, too_large

_PASSED_OVER = ("~$", ".")  # what Excel and the system leave lying beside the files
_CARRIERS = (".zip", ".eml")
LARGEST_KEPT, MOST_INSIDE = 100 * MEGA, 1_000  # bytes of a file that is read at all, files in a carrier
_MILLISECOND = 1_000_000  # nanoseconds
_UTF8_NAME = 0x800  # the flag of a zip entry whose name is UTF-8


@dataclass(frozen=True)
class Arrival:
    """A file that came. name: below inbox/, printable; of a file in a mail or archive with what it came in before it.

    data: its bytes; problem: why they could not be had.
    """

    name: str
    data: bytes = b""
    problem: Problem | None = None


def inbox_files(inbox: Path) -> list[Path]:
    """List the files and links of the inbox, oldest first; of the same millisecond by name.

    A browser tells no finer time, and a round has to come out the same by the page.
    """
    found: list[tuple[int, str, Path]] = []
    for file in inbox.rglob("*"):
        try:
            seen = file.lstat()
        except OSError:
            continue  # gone since
        if (stat.S_ISREG(seen.st_mode) or stat.S_ISLNK(seen.st_mode)) and not file.name.startswith(_PASSED_OVER):
            found.append((seen.st_mtime_ns // _MILLISECOND, file.as_posix(), file))
    return [file for *_, file in sorted(found)]


def arrivals(inbox: Path) -> Iterator[Arrival]:
    """List what came, one after the other, so that no more than one is in memory."""
    for file in inbox_files(inbox):
        yield from _arrived(file, name_of(file.relative_to(inbox)))


def name_of(path: Path) -> str:
    """Return a path as people can read it, whatever encoding its name was written in."""
    return printable(_decoded(bytes(path)).replace("\\", "/"))


def _decoded(name: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name.decode("utf-8", "backslashreplace")


def _arrived(file: Path, name: str) -> Iterator[Arrival]:
    where, short = Where(name), PurePosixPath(name).name
    if file.is_symlink():  # what it points to may be any file of this machine
        yield Arrival(name, problem=problem("INBOX_LINK", where, found=short))
        return
    try:
        size = file.stat().st_size
        data = file.read_bytes() if size <= LARGEST_KEPT else b""
    except OSError as fault:
        yield Arrival(
            name, problem=problem("UNREADABLE", where, found=short, why=fault.strerror or type(fault).__name__)
        )
        return
    if size > LARGEST_KEPT:
        yield Arrival(name, problem=too_large(where, f"{size / MEGA:.1f} MB"))
        return
    inside = list(_inside(file.suffix.lower(), data)) if file.suffix.lower() in _CARRIERS else []
    if not inside:
        yield Arrival(name, data)
    for member, content in inside:
        at = printable(f"{name}/{member}")
        if content is None:
            yield Arrival(at, problem=too_large(Where(at), f"> {LARGEST_FILE / MEGA:.0f} MB"))
        else:
            yield Arrival(at, content)


def _inside(suffix: str, data: bytes) -> Iterator[tuple[str, bytes | None]]:
    """List the workbooks in a mail or an archive: name, and bytes, None where they are too many.

    Nothing where it cannot be read; it is then judged as the file it is.
    """
    try:
        found = list(_attached(data) if suffix == ".eml" else _packed(data))
    except (*BROKEN_ZIP, RuntimeError, LookupError):  # one with a password; a code page that is none
        return
    yield from found


def _packed(data: bytes) -> Iterator[tuple[str, bytes | None]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [m for m in archive.infolist() if not m.is_dir() and not _is_left_over(m.filename)]
        if len(members) > MOST_INSIDE or "xl/workbook.xml" in archive.namelist():
            return
        for member in members:
            name = member.filename
            if not member.flag_bits & _UTF8_NAME:  # written by a program that knows only the code page of its machine
                name = _decoded(name.encode("cp437"))
            with archive.open(member) as stream:
                content = stream.read(LARGEST_FILE + 1)
            yield PurePosixPath(name.replace("\\", "/")).name, content if len(content) <= LARGEST_FILE else None


def _is_left_over(name: str) -> bool:
    last = PurePosixPath(name.replace("\\", "/")).name
    return last.startswith(_PASSED_OVER) or name.startswith("__MACOSX/")


def _attached(data: bytes) -> Iterator[tuple[str, bytes | None]]:
    mail = email.message_from_bytes(data, policy=policy.default)
    for part in mail.walk():
        name = part.get_filename()
        if name and not part.is_multipart():
            payload = part.get_payload(decode=True)
            raw = name.encode("utf-8", "surrogateescape")
            if isinstance(payload, bytes):
                yield (
                    PurePosixPath(_decoded(raw).replace("\\", "/")).name,
                    payload if len(payload) <= LARGEST_FILE else None,
                )
