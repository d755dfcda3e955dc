"""What comes with a release, beside the wheel: add-in, starter, page of functions, blank workbooks, digests.

Run by `make release`: `python -m xlperf.cli.release dist`. The same bytes every time.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click

from xlperf.addin.libreoffice.extension import build_oxt
from xlperf.cli.addin import OXT, STARTER, page_lines, starter
from xlperf.cli.output import FAILED, show_problems
from xlperf.files import write_whole
from xlperf.problems import errors
from xlperf.rounds.blank import write_blank
from xlperf.scheme.find import schemes_available
from xlperf.workbook.books.functions import TITLE, write_function_page

SUMS = "SHA256SUMS"
_DATE = (2020, 1, 1, 0, 0, 0)


def write_release(folder: Path, schemes: list[Path]) -> Iterator[Path]:
    """Write every file of a release but the wheel, one after the other. SystemExit where a scheme issues nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    yield build_oxt(folder / OXT)
    write_whole(folder / STARTER, starter())
    yield folder / STARTER
    write_function_page(folder / f"{TITLE}.xlsx", page_lines())
    yield folder / f"{TITLE}.xlsx"
    for scheme in schemes:
        yield _blank_books(scheme, folder / f"空白工作簿 {scheme.name}.zip")


def _blank_books(scheme: Path, out: Path) -> Path:
    """Pack the blank workbooks of a scheme, sorted by name."""
    with tempfile.TemporaryDirectory() as making:
        books, problems = write_blank(scheme, Path(making, scheme.name))
        if errors(problems) or not books:
            show_problems(problems)
            raise SystemExit(FAILED)
        with zipfile.ZipFile(out, "w") as packed:
            for book in books:
                name = Path(scheme.name, book).as_posix()
                packed.writestr(zipfile.ZipInfo(name, _DATE), Path(making, name).read_bytes(), zipfile.ZIP_DEFLATED)
    return out


def write_sums(folder: Path) -> Path:
    """Write the digests of every file of a release, as `sha256sum -c` reads them."""
    files = sorted(f for f in folder.iterdir() if f.is_file() and f.name != SUMS)
    lines = [f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.name}\n" for f in files]
    write_whole(folder / SUMS, "".join(lines).encode())
    return folder / SUMS


def main(folder: str) -> None:
    """Write a release into a folder and print what was written."""
    for file in write_release(Path(folder), list(schemes_available())):
        click.echo(file)
    click.echo(write_sums(Path(folder)))


if __name__ == "__main__":
    main(sys.argv[1])
