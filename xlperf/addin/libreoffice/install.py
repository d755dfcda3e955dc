"""The extension put into LibreOffice by its own program, unopkg."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from xlperf.addin.doctor import libreoffice_lacking
from xlperf.addin.libreoffice.extension import build_oxt
from xlperf.problems import Problem, problem

OXT = "xlperf.oxt"
SECONDS = 300  # an installation takes a few; a hidden window of LibreOffice that waits for an answer takes for ever


def path_outside() -> str:
    """Return where programs are looked for, those beside LibreOffice's own first.

    LibreOffice takes the first Python it finds for its own: that of an environment, or another of the same version,
    makes it end with `bad_alloc`.
    """
    program, places = shutil.which("unopkg"), os.environ.get("PATH", "")
    return f"{Path(program).parent}{os.pathsep}{places}" if program else places


def install_extension() -> list[Problem]:
    """Install the extension for the user who runs this; return what stood in the way, nothing where it is done."""
    program = shutil.which("unopkg")
    if program is None:
        return libreoffice_lacking()
    with tempfile.TemporaryDirectory() as folder:
        file = build_oxt(Path(folder) / OXT)
        words, outside = [program, "add", "-f", str(file)], {**os.environ, "PATH": path_outside()}
        try:
            done = subprocess.run(  # noqa: S603
                words, capture_output=True, text=True, errors="replace", timeout=SECONDS, env=outside
            )
        except subprocess.TimeoutExpired:
            return [problem("ADDIN_NOT_INSTALLED", None, found=f"unopkg: {SECONDS} s")]
    if done.returncode == 0:
        return []
    lines = [line.strip() for line in f"{done.stderr}\n{done.stdout}".splitlines() if line.strip()]
    return [problem("ADDIN_NOT_INSTALLED", None, found=lines[0] if lines else f"unopkg: {done.returncode}")]
