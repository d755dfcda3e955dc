"""What is made once in a run of the tests, by the worker that wants it first, and then lies there for all workers."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

from kit.libreoffice import kept_folder

_SHELF: list[Path] = []  # one folder


def set_up(folder: Path) -> None:
    """Say where the shelf stands: a folder that all workers of a run have and that no other run has."""
    folder.mkdir(exist_ok=True)
    _SHELF[:] = [folder]


def on_the_shelf(name: str, make: Callable[[Path], object]) -> Path:
    """Return the folder known by a name; who comes first makes it, others wait. Nobody changes what is in it."""
    if not _SHELF:  # outside a run of the tests
        set_up(kept_folder())
    stem = hashlib.sha256(name.encode()).hexdigest()[:16]
    done, begun = _SHELF[0] / stem, _SHELF[0] / f"{stem}.begun"
    with (_SHELF[0] / f"{stem}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(begun, ignore_errors=True)  # of one who failed
            begun.mkdir()
            make(begun)
            begun.rename(done)
    return done
