"""Honest books saved again by other programs: by openpyxl, and by LibreOffice as xlsx and by way of ods and xls."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import openpyxl

WAYS = ("openpyxl", "xlsx", "ods", "xls")


def converted(files: Sequence[Path], kind: str, to: Path, profile: Path) -> list[Path]:
    """Let LibreOffice save files as another kind, all in one run; the results bear the same names."""
    to.mkdir(parents=True, exist_ok=True)
    home = f"-env:UserInstallation={profile.as_uri()}"
    words = ["soffice", "--headless", home, "--convert-to", kind, "--outdir", str(to), *map(str, files)]
    subprocess.run(words, check=True, capture_output=True, timeout=60 + 20 * len(files))
    return [to / f"{f.stem}.{kind}" for f in files]


def saved_again(files: Sequence[Path], way: str, to: Path, profile: Path) -> list[Path]:
    """Save books again in one of the ways; return the new files."""
    if way == "openpyxl":
        to.mkdir(parents=True, exist_ok=True)
        for file in files:
            openpyxl.load_workbook(file).save(to / file.name)
        return [to / f.name for f in files]
    if way != "xlsx":
        files = converted(files, way, to / way, profile)
    return converted(files, "xlsx", to, profile)
