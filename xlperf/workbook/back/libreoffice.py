"""Recalculate workbooks with LibreOffice, and hold what it says against the engine.

LibreOffice runs without a window on a profile of its own, which says: recalculate every file on opening.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl

from xlperf.engine.score import Scores
from xlperf.formula.values import Value, day_number, decimal, from_float
from xlperf.workbook.back.read import read_book
from xlperf.workbook.layout import noise_free
from xlperf.workbook.text import inert, key_text
from xlperf.xlsx.skeleton import MAP, SPARE

SECONDS = 60  # for the program, and as much again for every file
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>
"""


class LibreOfficeMissing(Exception):
    """The program soffice is not installed or not on the path."""

    def __init__(self) -> None:
        super().__init__("LibreOffice (soffice) was not found")


class RecalculationFailed(Exception):
    """LibreOffice ended without writing a file, or took too long."""


@dataclass(frozen=True)
class Difference:
    """A formula cell that does not say what the engine says."""

    sheet: str
    cell: str
    found: str
    wanted: str


def recalculate(files: Sequence[Path], out_dir: Path, *, to: str = "xlsx") -> list[Path]:
    """Recalculate files in one run of LibreOffice and save them under their names in out_dir.

    to: another format, such as pdf. Raises LibreOfficeMissing, or RecalculationFailed with what
    LibreOffice said. Files must have different names.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise LibreOfficeMissing
    out_dir.mkdir(parents=True, exist_ok=True)
    made = [out_dir / f"{file.stem}.{to}" for file in files]
    with tempfile.TemporaryDirectory(prefix="xlperf-office-") as profile:
        user = Path(profile) / "user"
        user.mkdir()
        (user / "registrymodifications.xcu").write_text(_PROFILE, "utf-8")
        command = [program, f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", to, "--outdir", str(out_dir), *map(str, files)]
        try:
            run = subprocess.run(command, capture_output=True, timeout=SECONDS * (1 + len(files)), check=False)  # noqa: S603
        except subprocess.TimeoutExpired as late:
            raise RecalculationFailed(f"no answer within {late.timeout:.0f} seconds") from None
    missing = [file.name for file in made if not file.exists()]
    if missing:
        raise RecalculationFailed(f"{', '.join(missing)}: {run.stderr.decode(errors='replace').strip()[-500:]}")
    return made


def differences(scores: Scores, file: Path, issued: Path | None = None) -> list[Difference]:
    """Compare every formula cell of a recalculated book with the engine.

    issued: the book before, whose cached values are the engine's; then the formulas outside the tables
    (lists, totals, self-checks) are compared too. An error value always counts.
    """
    return [*_in_tables(scores, file), *_elsewhere(file, issued)]


def _in_tables(scores: Scores, file: Path) -> Iterator[Difference]:
    rows = {
        s.name: {key_text(row[s.key.name]): row for row in reversed(scores.rows(s.name))} for s in scores.plan.sheets
    }
    for cell in read_book(file).cells:
        column = scores.plan.by_name[cell.plan_sheet].by_name.get(cell.column)
        if not cell.formula or column is None or cell.row_key.startswith(SPARE):
            continue
        wanted = rows[cell.plan_sheet][cell.row_key][cell.column]
        exactly = noise_free(scores.plan, cell.plan_sheet, cell.column)
        if not agrees(cell.cached, wanted, exactly=exactly and column.holds == "number"):
            yield Difference(cell.sheet, cell.cell, repr(cell.cached), _told(wanted))


def agrees(found: Any, wanted: Value, *, exactly: bool) -> bool:
    """Return whether a cell's value is the exact one; exactly: at the 15 digits a cell shows, else to 1e-9."""
    if wanted is None:
        return found in (None, "")
    if isinstance(wanted, str):
        return bool(found == inert(wanted))
    if isinstance(found, datetime | date):
        found = float(day_number(found.date() if isinstance(found, datetime) else found))
    if isinstance(found, bool) or not isinstance(found, int | float):
        return False
    if exactly:
        return from_float(float(found)) == from_float(float(wanted))
    return abs(found - float(wanted)) <= 1e-9 * max(1.0, abs(float(wanted)))


def _told(value: Value) -> str:
    return "空" if value is None else value if isinstance(value, str) else decimal(value)


def _elsewhere(file: Path, issued: Path | None) -> Iterator[Difference]:
    """Look at every formula cell for errors, and at its cached value before where a book before is given."""
    now, texts = openpyxl.load_workbook(file, data_only=True), openpyxl.load_workbook(file)
    before = openpyxl.load_workbook(issued, data_only=True) if issued is not None else None
    for sheet in texts.worksheets:
        if sheet.title == MAP:
            continue
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                found = now[sheet.title][cell.coordinate]
                wanted = found.value if before is None else before[sheet.title][cell.coordinate].value
                if found.data_type == "e" or not _alike(found.value, wanted):
                    yield Difference(sheet.title, cell.coordinate, repr(found.value), repr(wanted))


def _alike(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, int | float) and isinstance(found, int | float):
        return abs(found - wanted) <= 1e-9 * max(1.0, abs(wanted))
    return (found or "") == (wanted or "") if not isinstance(found, int | float) else False
