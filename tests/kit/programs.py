"""Programs that some tests need beside Python."""

from __future__ import annotations

import os
import shutil

import pytest

ABSENT = "not installed"  # how the reason of such a skip ends


def need(*names: str) -> None:
    """Skip the test where a program is not installed; in CI fail it, so that no judge goes missing unseen."""
    missing = [name for name in names if shutil.which(name) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"{', '.join(missing)} missing: in CI nothing may go untested")
    if missing:
        pytest.skip(f"{', '.join(missing)} {ABSENT}")
