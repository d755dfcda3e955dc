"""A small round that is ready to be published: three units, everything sent and decided."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from kit.rounds import reopened
from kit.shelf import on_the_shelf
from xlperf.demo.demo import run_demo
from xlperf.publish.papers.ground import Settings
from xlperf.rounds.store import Round
from xlperf.scheme.load import find_scheme

DAY = date(2026, 1, 8)
SETTINGS = Settings(DAY, appeal_days=2, due=date(2026, 1, 12), notice_days=5, notice_due=date(2026, 1, 15))


def ready_round(folder: Path) -> Round:
    """Return the round of the demonstration of three units, copied into a folder; it is made once in a run."""
    shutil.copytree(on_the_shelf("demonstration of three units", _made) / "round", folder)
    return reopened(folder)


def _made(folder: Path) -> None:
    path, _ = find_scheme("three-units")
    assert path is not None
    run_demo(path, folder / "round")
