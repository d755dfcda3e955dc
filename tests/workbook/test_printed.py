"""Every book on paper, as LibreOffice prints it: legible, nothing cut, places whole.

In CI a sample: all books of 三单位, before and after a round, and the different ones of a regulation. All of them:
`make printed`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from kit.libreoffice import converted
from kit.printed import faults
from kit.programs import need

from xlperf.demo.demo import run_demo
from xlperf.rounds.blank import write_blank
from xlperf.scheme.load import schemes_available

ALL = os.environ.get("XLPERF_PRINTED") == "all"
SAMPLE = {"three-units": None, "dashiqiao-2017": 0}  # scheme → books of a kind, None for all of them
SCHEMES = {p.name: p for p in schemes_available()}


def chosen(folder: Path, most: int | None) -> list[Path]:
    """Return the books of a folder: all, or the largest and the smallest ones of each kind but the 总表."""
    if most is None:
        return sorted(folder.rglob("*.xlsx"))
    found = []
    for kind in ("自评表", "打分表"):
        files = sorted((folder / kind).glob("*.xlsx"), key=lambda f: f.stat().st_size)
        found += [files[0], files[-1]]
    return found


def checked(files: list[Path], folder: Path) -> list[str]:
    """Print books (in folders of their own: names repeat) and list their faults."""
    found = []
    for number, group in enumerate(files[i : i + 12] for i in range(0, len(files), 12)):
        out = folder / str(number)
        named = [out / "books" / f"{i:02} {file.name}" for i, file in enumerate(group)]
        (out / "books").mkdir(parents=True)
        for file, copy in zip(group, named, strict=True):
            copy.write_bytes(file.read_bytes())
        for copy, pdf in zip(named, converted(named, out, "pdf", recalculates=False), strict=True):
            found += faults(copy, pdf)
    return found


@pytest.mark.parametrize("scheme", SCHEMES if ALL else SAMPLE)
def test_blank_books_print_well(scheme, tmp_path):
    need("soffice", "pdftohtml")
    write_blank(SCHEMES[scheme], tmp_path / "blank")
    files = chosen(tmp_path / "blank", None if ALL else SAMPLE[scheme])
    assert checked(files, tmp_path / "pdf") == []


@pytest.mark.parametrize("scheme", SCHEMES if ALL else ["three-units"])
def test_books_of_a_round_print_well(scheme, tmp_path):
    need("soffice", "pdftohtml")
    made, problems = run_demo(SCHEMES[scheme], tmp_path / "demo")
    assert made is not None, problems
    assert checked([made.round.out / "总表.xlsx"], tmp_path / "pdf") == []
