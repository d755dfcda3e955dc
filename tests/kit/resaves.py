"""Honest books saved again by other programs: by openpyxl, and by LibreOffice as xlsx and by way of ods and xls."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import openpyxl

from kit.libreoffice import converted

WAYS = ("openpyxl", "xlsx", "ods", "xls")
AT_ONCE = 60  # files for one start of LibreOffice: with some 250 it ends before the last ones, without a word


def saved_again(files: Sequence[Path], way: str, to: Path) -> list[Path]:
    """Save books again in one of the ways; return the new files."""
    if way == "openpyxl":
        to.mkdir(parents=True, exist_ok=True)
        for file in files:
            openpyxl.load_workbook(file).save(to / file.name)
        return [to / f.name for f in files]
    made: list[Path] = []
    for start in range(0, len(files), AT_ONCE):
        some = files[start : start + AT_ONCE]
        if way != "xlsx":
            some = converted(some, to / way, way, recalculates=False)
        made += converted(some, to, recalculates=False)
    return made
