"""The blank workbooks of a scheme, outside any round: to look at, to print, to fill without installing anything."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

from xlperf.files import made_whole
from xlperf.problems import Problem, Where, errors, problem
from xlperf.rounds.distribute import distribute
from xlperf.rounds.store import Progress, new_round, silent


def write_blank(
    scheme_path: Path | str, folder: Path | str, progress: Progress = silent, *, despite: str = ""
) -> tuple[tuple[Path, ...], list[Problem]]:
    """Write every workbook of a scheme into a folder that is empty or not there; the same bytes every time.

    They carry the identity of no round, so a round that gets one back holds it and says so. despite: see
    `clearance`.
    """
    target = Path(folder)
    if target.exists() and any(target.iterdir()):
        return (), [problem("FOLDER_NOT_EMPTY", Where(str(target)), found=target.name)]
    with tempfile.TemporaryDirectory() as making:
        key = hashlib.sha256(b"blank").digest()
        round_, problems = new_round(scheme_path, Path(making, "blank"), key=key, despite=despite)
        if round_ is None or errors(problems):
            return (), problems
        distribute(round_, progress)
        with made_whole(target) as folder:
            for book in sorted(round_.issued.rglob("*.xlsx")):
                to = folder / book.relative_to(round_.issued)
                to.parent.mkdir(exist_ok=True)
                shutil.copyfile(book, to)
    return tuple(sorted(f.relative_to(target) for f in target.rglob("*.xlsx"))), problems
