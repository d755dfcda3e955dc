"""Workbooks as PDF, through LibreOffice where it is: on a profile of its own, asked again for what it left out."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

SECONDS = 60  # for the program, and some more for every file
EACH = 5
TIMES = 3  # the program dies of itself at times


class NoPdf(Exception):
    """LibreOffice is not there, or did not make a file; says which."""


def as_pdf(files: Sequence[Path], folder: Path) -> list[Path]:
    """Write every workbook as a PDF of its name into a folder; raises NoPdf. Files must have different names."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise NoPdf("soffice")
    import subprocess  # only here: a page in a browser has no other programs, and so no PDF

    folder.mkdir(parents=True, exist_ok=True)
    made = {file: folder / f"{file.stem}.pdf" for file in files}
    for _ in range(TIMES):
        waiting = [file for file, pdf in made.items() if not pdf.exists()]
        if not waiting:
            return list(made.values())
        with tempfile.TemporaryDirectory(prefix="xlperf-pdf-") as profile:
            command = [program, f"-env:UserInstallation={Path(profile).as_uri()}", "--headless", "--norestore"]
            command += ["--convert-to", "pdf", "--outdir", str(folder), *map(str, waiting)]
            try:
                subprocess.run(command, capture_output=True, timeout=SECONDS + EACH * len(waiting), check=False)  # noqa: S603
            except subprocess.TimeoutExpired:
                continue
    if missing := [file.name for file, pdf in made.items() if not pdf.exists()]:
        raise NoPdf("、".join(missing[:5]))
    return list(made.values())
