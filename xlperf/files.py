"""Files and folders written whole or not at all: whatever goes wrong, what stood there before stands there still.

Every fault of the disk is raised as the OSError it is, with the name of the file the caller asked for.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

Put = Callable[[Path, bytes], None]


_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"/\\|?*', "_"))  # in the name of a file, on one system or another


def file_name(words: str) -> str:
    """Return words as they can stand in the name of a file."""
    return words.translate(_FORBIDDEN)


def write_whole(file: Path, data: bytes, *, lasting: bool = True) -> None:
    """Write a file so that it is there whole or not at all; where it is to last, also when the power goes."""
    with writing(lasting=lasting) as put:
        put(file, data)


@contextmanager
def writing(*, lasting: bool = True) -> Iterator[Put]:
    """Write several files that belong together: none takes its place before all of them are on the disk.

    Yields put(file, data). Where anything fails before the end, none of the files has changed. lasting: wait until
    the disk has them.
    """
    parts: dict[Path, Path] = {}

    def put(file: Path, data: bytes) -> None:
        with _named(file):
            if file.exists() and not file.is_file():  # a device or a folder is never replaced by a file
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
            file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(prefix=".", dir=file.parent)
            with os.fdopen(handle, "wb") as stream:
                parts[file] = Path(name)
                stream.write(data)
                stream.flush()
                if lasting:
                    os.fsync(stream.fileno())
            parts[file].chmod(0o644)  # a temporary file is nobody else's to read

    try:
        yield put
        for file, part in parts.items():
            with _named(file):
                part.replace(file)
        for folder in dict.fromkeys(file.parent for file in parts if lasting):
            _sync_folder(folder)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


class NothingKept(KeyboardInterrupt):
    """A person interrupted the making of a folder, and nothing of it was kept."""


@contextmanager
def made_whole(target: Path) -> Iterator[Path]:
    """Make a folder that takes its place at the end, whole or not at all; one that stayed empty does not.

    target: not there, or empty. Yields the folder to fill, which stands beside it under a hidden name. Raises
    NothingKept where a person interrupts.
    """
    with _named(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=f".{target.name[:40]}.", dir=target.parent))
    try:
        yield making
        if not any(making.iterdir()):
            return
        with _named(target):
            making.chmod(0o755)
            if target.exists():
                target.rmdir()
            making.rename(target)
    except KeyboardInterrupt as stop:
        raise NothingKept from stop
    finally:
        shutil.rmtree(making, ignore_errors=True)


@contextmanager
def taking_turns(file: Path) -> Iterator[None]:
    """Let one process after the other do what stands inside; who is killed meanwhile stands in nobody's way.

    file: one that is there and stays; nothing of it is read or changed. Where the system has no such locks (a page in a
    browser) there is nobody else either.
    """
    with file.open("rb") as held:
        try:
            import fcntl
        except ImportError:
            with _turn_on_windows(held.fileno()):
                yield
            return
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@contextmanager
def _turn_on_windows(handle: int) -> Iterator[None]:
    """Lock a byte far behind the end of the file, which nobody reads."""
    if sys.platform != "win32":
        yield
        return
    import msvcrt

    os.lseek(handle, 1 << 30, os.SEEK_SET)
    while True:
        with suppress(OSError):  # after ten seconds it gives up
            msvcrt.locking(handle, msvcrt.LK_LOCK, 1)
            break
    try:
        yield
    finally:
        os.lseek(handle, 1 << 30, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)


@contextmanager
def _named(file: Path) -> Iterator[None]:
    """Let a fault name the file that was meant, not the temporary one beside it."""
    try:
        yield
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(file), getattr(fault, "winerror", None)) from fault


def _sync_folder(folder: Path) -> None:
    """Let the disk keep the folder's entries; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
