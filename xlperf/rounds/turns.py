"""Whose turn it is to write in a round's folder, between programs and pages in browsers, which cannot lock a file.

Who is going to write sets a mark in the folder and looks for others': where one stands he takes his own away and waits.
Each sets his before he looks, so two never both go on. `desk/page/folder.mjs` does the same. A program locks its mark,
so that other programs see at once when it was ended in the middle; a page's counts for a minute after it last changed.
"""

from __future__ import annotations

import errno
import os
import random
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

MARK = ".writing-"
_OURS = f"{MARK}program-"
DEAD = 60.0  # seconds after which marks that do not change are taken for those of somebody who is gone
_AT_MOST = 300.0  # seconds that anybody waits
_PAUSE = 0.05


@contextmanager
def turn(file: Path) -> Iterator[None]:
    """Keep all others from writing beside a file, and wait for them; raises OSError, which names the file."""
    try:
        own, held = _entered(file.parent)
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(file)) from fault
    try:
        yield
    finally:
        _left(own, held)


def _entered(folder: Path) -> tuple[Path, BinaryIO]:
    """Return our mark and the handle that it is locked by, once no other stands there."""
    begun = since = time.monotonic()
    others: set[Path] = set()
    while True:
        own = folder / f"{_OURS}{uuid.uuid4()}"
        held = own.open("wb")
        _is_free(held)
        marks = {file for file in folder.iterdir() if file.name.startswith(MARK)}
        if marks == {own}:
            return own, held
        _left(own, held)
        now, found = time.monotonic(), marks - {own}
        if found != others:
            others, since = found, now
        for mark in found:
            if _is_gone(mark, now - since):
                mark.unlink(missing_ok=True)
        if now - begun > _AT_MOST:
            raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))
        time.sleep(_PAUSE * random.random())  # noqa: S311 - who waits how long


def _left(own: Path, held: BinaryIO) -> None:
    held.close()
    with suppress(OSError):  # it is gone with the folder
        own.unlink()


def _is_gone(mark: Path, unchanged: float) -> bool:
    """Return whether nobody stands behind a mark any more. unchanged: seconds that the same marks have stood there."""
    if not mark.name.startswith(_OURS):
        return unchanged > DEAD
    try:
        with mark.open("rb+") as held:
            return _is_free(held)
    except OSError:
        return False


def _is_free(held: BinaryIO) -> bool:
    """Lock a mark; return False where another program has it. Where the system has no locks nobody else is there."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:
        return True
    except OSError:
        return False
    return True
