"""What comes with a release, beside the wheel: page, add-in, starter, page of functions, blank workbooks, digests.

Run by `make release`: `python -m xlperf.cli.release dist build/desk/xlperf.html`. The same bytes every time. One zip
holds all that a plain Windows PC needs: the page with the engine inside, the blank workbooks and one page of how to.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import click

from xlperf.addin.libreoffice.extension import build_oxt
from xlperf.addin.libreoffice.install import OXT
from xlperf.archive import packed
from xlperf.cli.addin import STARTER, page_lines, starter
from xlperf.cli.output import FAILED, show_problems
from xlperf.files import write_whole
from xlperf.problems import errors
from xlperf.rounds.blank import write_blank
from xlperf.scheme.find import schemes_available
from xlperf.workbook.books.functions import TITLE, write_function_page

SUMS = "SHA256SUMS"
HOW_TO = "使用说明.txt"
DESK = "xlperf-办公电脑.zip"  # what a PC without Python needs, in one file


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
        names = [Path(scheme.name, book).as_posix() for book in books]
        out.write_bytes(packed((name, Path(making, name).read_bytes()) for name in names))
    return out


def write_desk(folder: Path, page: Path) -> Iterator[Path]:
    """Write the clerk's page, how to use it, and the zip that holds both with all that was written before."""
    write_whole(folder / page.name, page.read_bytes())
    yield folder / page.name
    text = files("xlperf").joinpath("texts/instructions.txt").read_text("utf-8")
    write_whole(folder / HOW_TO, text.replace("\n", "\r\n").encode("utf-8-sig"))
    yield folder / HOW_TO
    held = sorted(f for f in folder.iterdir() if f.suffix != ".whl" and f.name not in (SUMS, DESK))
    (folder / DESK).write_bytes(packed((f"xlperf/{file.name}", file.read_bytes()) for file in held))
    yield folder / DESK


def write_sums(folder: Path) -> Path:
    """Write the digests of every file of a release, as `sha256sum -c` reads them."""
    files = sorted(f for f in folder.iterdir() if f.is_file() and f.name != SUMS)
    lines = [f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.name}\n" for f in files]
    write_whole(folder / SUMS, "".join(lines).encode())
    return folder / SUMS


def main(folder: str, page: str = "") -> None:
    """Write a release into a folder and print what was written. page: the clerk's page, where it was made."""
    for file in write_release(Path(folder), list(schemes_available())):
        click.echo(file)
    for file in write_desk(Path(folder), Path(page)) if page else ():
        click.echo(file)
    click.echo(write_sums(Path(folder)))


if __name__ == "__main__":
    main(*sys.argv[1:])
