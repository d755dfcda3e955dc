"""Compiled modules, kept between runs where the machine keeps none: every command of a test would compile them all."""

from __future__ import annotations

import os
import sys
from pathlib import Path

KEPT = Path(__file__).parents[2] / "build" / "bytecode"  # a module that was changed is compiled anew, as ever


def keep_bytecode() -> None:
    """Keep what is compiled, in this process and in those that it starts, unless it is kept beside the modules."""
    if sys.dont_write_bytecode:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix = str(KEPT)
        sys.dont_write_bytecode = False
