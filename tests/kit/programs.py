"""Programs that some tests need beside Python."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import NoReturn

import pytest

SECONDS = 120  # for a small program on a loaded machine
ABSENT = "not installed"  # how the reason of such a skip ends


def need(*names: str) -> None:
    """Skip the test where a program is not installed; in CI fail it, so that no judge goes missing unseen."""
    missing = [name for name in names if shutil.which(name) is None]
    if missing:
        lack(", ".join(missing))


def lack(what: str) -> NoReturn:
    """Skip the test for want of something beside Python; in CI fail it."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} missing: in CI nothing may go untested")
    pytest.skip(f"{what} {ABSENT}")


def output_of(*words: str) -> str:
    """Return what a program writes out; a failure says what it complained of."""
    done = subprocess.run(words, capture_output=True, encoding="utf-8", errors="replace", timeout=SECONDS)
    assert done.returncode == 0, f"{words[0]}: exit {done.returncode}: {done.stderr}"
    return done.stdout
