"""Commands for the spreadsheet: add-ins built, installed, checked; workbooks recalculated without one."""

from __future__ import annotations

import json
import math
import time
import zipfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import click

from xlperf.addin.doctor import doctor
from xlperf.addin.examples import examples
from xlperf.addin.headless.recalculate import ENGINES, SECONDS, Recalculated, recalculated
from xlperf.addin.libreoffice.extension import build_oxt
from xlperf.addin.libreoffice.install import OXT, install_extension
from xlperf.cli import output
from xlperf.cli.commands import chosen, despite_option, json_option, reading_option
from xlperf.cli.output import answer_json, as_json, leave, problem_data, say, show_problems
from xlperf.engine.roster import MASTER
from xlperf.files import write_whole
from xlperf.problems import Problem, problem
from xlperf.publish.whole import written_for_people
from xlperf.rounds.faults import fault_problems
from xlperf.rounds.ledger import Reader
from xlperf.rounds.outputs import RECALCULATED
from xlperf.rounds.recompute import recomputed
from xlperf.rounds.store import LEDGER_FILE
from xlperf.wording import several
from xlperf.workbook.books.functions import PageLine, write_function_page
from xlperf.workbook.seal import is_for_others

STARTER = "保存即重算.bat"  # for a double click on Windows: watches the folder it lies in
_WATCH = '@echo off\r\nchcp 65001 >nul\r\npy -m xlperf watch "%~dp0."\r\npause\r\n'
_BOOKS = (".xlsx", ".xlsm")
MOST_SHOWN = 20  # changed cells and problems that are printed one by one


@click.group()
def addin() -> None:
    """Build, install and check the add-ins for LibreOffice and Excel."""


@addin.command()
@click.option("--out", type=click.Path(path_type=Path), default=Path(), help="The folder to write to.")
@click.option("--book", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A 总表 that gets macros.")
@click.option("--interpreter", help="The Python that Excel starts; left out, this one, or off Windows the PATH's.")
@json_option
def build(out: Path, book: Path | None, interpreter: str | None, json_: bool) -> None:
    """Write the LibreOffice extension and the Windows starter of watch; with --book a copy with macros for Excel."""
    from xlperf.addin.excel import settings

    started = settings.default_interpreter() if interpreter is None else settings.settled(interpreter)
    lacking = [name for name in ("pyopenvba", "xlwings") if book is not None and find_spec(name) is None]
    problems = [*map(_missing, lacking), *settings.interpreter_problems(started)]
    if problems:
        output.fail(problems)
    out.mkdir(parents=True, exist_ok=True)
    written = [build_oxt(out / OXT), out / STARTER]
    write_whole(out / STARTER, starter())
    if book is not None:
        from xlperf.addin.excel.project import build_xlsm  # only where both packages are

        written.append(build_xlsm(book, out / f"{book.stem}.xlsm", started))
    _show_files(written, json_)


def _show_files(files: Sequence[Path], json_: bool) -> None:
    """Print the files that were written, one a line, or as JSON."""
    names = [str(file) for file in files]
    click.echo(answer_json({"files": names}, ()) if json_ else "\n".join(names))


def starter() -> bytes:
    """Return the Windows starter of `watch`, for a double click in the folder it watches."""
    return _WATCH.encode()


@addin.command(name="examples")
@click.option("--out", type=click.Path(path_type=Path), default=Path("函数示例.xlsx"), help="The workbook to write.")
@json_option
def examples_command(out: Path, json_: bool) -> None:
    """Write a workbook with a worked example of every function."""
    write_function_page(out, page_lines())
    _show_files([out], json_)


def page_lines() -> list[PageLine]:
    """Return the lines of the page of functions, with their true values."""
    return [
        PageLine(e.function.name, e.function.zh, e.function.help("zh"), e.basis, e.sentence, e.call,
                 e.answer(), e.reason, e.explained())
        for e in examples()
    ]  # fmt: skip


@addin.command()
@json_option
def install(json_: bool) -> None:
    """Install the extension into this user's LibreOffice."""
    problems = install_extension()
    if problems:
        output.fail(problems)
    done = say("已安装；重新打开 LibreOffice", "installed; start LibreOffice again")
    click.echo(answer_json({"installed": OXT}, ()) if json_ else done)


@addin.command(name="doctor")
@json_option
def doctor_command(json_: bool) -> None:
    """Show exactly what this machine lacks."""
    found = doctor()
    if json_:
        click.echo(as_json([problem_data(p) for p in found]))
    else:
        for p in found:
            click.echo(p.text(output.language()))
    if any(p.severity == "error" for p in found):
        raise SystemExit(output.FINDINGS)


def _seconds(_: click.Context, __: click.Parameter, value: float) -> float:
    """Return a time that may pass; BadParameter where it is none."""
    if not 0 < value < math.inf:  # nan is refused as well
        raise click.BadParameter(
            say(f"要大于0的秒数，现为 {value:g}", f"a number of seconds above 0 is wanted, not {value:g}"),
            param_hint="--seconds",
        )
    return value


@click.command()
@click.argument("book", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path), help="The copy; left out, NAME.重算.xlsx beside the book.")
@click.option("--engine", type=click.Choice(ENGINES), help="The package that calculates the formulas, even of a 总表.")
@click.option(
    "--seconds",
    type=float,
    default=SECONDS,
    show_default=True,
    callback=_seconds,
    help="How long an office's own book may take.",
)
@reading_option
@despite_option
@json_option
def recalc(
    book: Path,
    out: Path | None,
    engine: str | None,
    seconds: float,
    readings: tuple[str, ...],
    despite: str,
    json_: bool,
) -> None:
    """Recalculate a workbook without a spreadsheet program and write a copy with true values.

    A 总表 of xlperf is calculated from its plan, by the scheme of its round; any other book by the packages formulas
    and formualizer: a cell on which they differ is told and keeps its old value.
    """
    to = out or copy_of(book)
    found = recalculate_one(book, to, chosen(readings), engine, despite, seconds)
    if json_:
        click.echo(answer_json(recalculation_data(book, to, found), found.problems))
    else:
        show_recalculation(to, found)
    leave(list(found.problems))


def copy_of(book: Path) -> Path:
    """Return where the recalculated copy of a book goes."""
    return book.with_name(f"{book.stem}{RECALCULATED}{book.suffix}")


def recalculate_one(
    book: Path,
    out: Path,
    readings: dict[str, str],
    engine: str | None = None,
    despite: str = "",
    seconds: float = SECONDS,
) -> Recalculated:
    """Recalculate one workbook and return what came of it.

    engine: the package that calculates it; None for the plan of a 总表, and for both of any other book.
    """
    if book.suffix.lower() not in _BOOKS or not zipfile.is_zipfile(book):
        return Recalculated(problems=(problem("RECALC_NOT_A_BOOK", None, found=book.name),))
    own = None if engine else recomputed(book, out, readings, despite)
    if own is not None:
        return Recalculated(own.written, own.problems, own.changes)
    return recalculated(book, out, engine, seconds=seconds)


def show_recalculation(out: Path, found: Recalculated) -> None:
    """Print what a person should read: the problems, how many cells were written where, and which changed."""
    problems = found.problems
    show_problems(list(problems[:MOST_SHOWN]))
    if len(problems) > MOST_SHOWN:
        more = len(problems) - MOST_SHOWN
        click.echo(say(f"另有{more}条，--json 列出全部", f"{more} more; --json lists all"), err=True)
    if not found.written:
        return
    changed = [c for c in found.changes if c.was is not None]
    count, fresh = len(changed), len(found.changes) - len(changed)
    other = several(count, "shows", "show")
    click.echo(
        say(
            f"{out}：{found.written}格已重新计算，其中{count}格的值与原来不同",
            f"{out}: {several(found.written, 'cell')} recalculated, of which {other} something else than before",
        )
    )
    for c in changed[:MOST_SHOWN]:
        click.echo(f"  {c.sheet}!{c.cell}  {_shown(c.was)} → {_shown(c.now)}")
    if count > MOST_SHOWN:
        more = count - MOST_SHOWN
        click.echo(say(f"  ……另有{more}格，--json 列出全部", f"  … {more} more; --json lists all"))
    if fresh:
        without = say(
            f"原来没有存值的{fresh}格现在有了",
            several(fresh, "cell without a stored value has one now", "cells without a stored value have one now"),
        )
        click.echo(f"  {without}")


def _shown(value: object) -> str:
    if isinstance(value, bool) or value is None or value == "":
        return say("空", "blank") if not isinstance(value, bool) else str(value).upper()
    return f"{value:.12g}" if isinstance(value, int | float) else str(value)


def recalculation_data(book: Path, out: Path, found: Recalculated) -> dict[str, object]:
    """Lay a recalculation out for programs: every changed cell."""
    return {
        "book": str(book),
        "out": str(out) if found.written else None,
        "cells": found.written,
        "changed": [vars(c) for c in found.changes],
    }


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--every", type=float, default=1.0, help="Seconds between two looks at the folder.")
@click.option("--once", is_flag=True, help="Recalculate what is there and end.")
@reading_option
@despite_option
@json_option
def watch(folder: Path, every: float, once: bool, readings: tuple[str, ...], despite: str, json_: bool) -> None:
    """Recalculate a workbook of the folder whenever it is saved; ends with Ctrl+C. With --json a line a book."""
    click.echo(say(f"正在看着 {folder}，保存即重算；按 Ctrl+C 结束", f"watching {folder}; Ctrl+C ends"), err=True)
    seen: dict[Path, float] = {}
    refused: list[Problem] = []
    while True:
        for book in changed_books(folder, seen):
            try:
                found = recalculate_one(book, copy_of(book), chosen(readings), despite=despite)
                if json_:
                    data = recalculation_data(book, copy_of(book), found)
                    problems = [problem_data(p) for p in found.problems]
                    click.echo(json.dumps({**data, "problems": problems}, ensure_ascii=False))
                else:
                    show_recalculation(copy_of(book), found)
            except OSError as fault:  # a book held open just now: the next save is looked at again
                refused += fault_problems(fault)
                show_problems(fault_problems(fault))
        if once:
            leave(refused)
            return
        time.sleep(every)


def changed_books(folder: Path, seen: dict[Path, float]) -> Iterator[Path]:
    """List the workbooks saved since the last look; `seen` keeps when each was saved.

    Locks and half-written files of the spreadsheet programs, our own copies, and whatever else than a 总表 the program
    wrote for people, wherever it lies, are passed over.
    """
    there: list[tuple[Path, float]] = []
    for book in sorted(folder.iterdir()):
        ours = book.stem.endswith(RECALCULATED) or book.name.startswith(("~$", ".", "~"))
        if not ours and book.suffix.lower() in _BOOKS and zipfile.is_zipfile(book):
            there.append((book, book.stat().st_mtime))
    saved = [(book, at) for book, at in there if seen.get(book) != at]
    written = written_beside_the_master(folder) if saved else set()
    for book, at in saved:
        seen[book] = at
        if book.resolve() not in written and not is_for_others(book):
            yield book


def written_beside_the_master(folder: Path) -> set[Path]:
    """Return where the program wrote or issued other books than a 总表, for the round that a folder belongs to.

    None where it belongs to no round, or to one whose ledger cannot be read.
    """
    at = folder.resolve()
    home = next((above for above in (at, *at.parents) if (above / LEDGER_FILE).is_file()), None)
    if home is None:
        return set()
    try:
        state = Reader(home / LEDGER_FILE).state()
    except Exception as fault:
        if not fault_problems(fault):
            raise
        return set()
    issued = (i.file for party, i in state.issued.items() if party != MASTER)
    return {home / name for name in (*written_for_people(state), *issued)}


def _missing(name: str) -> Problem:
    todo = f"pip install {'pyOpenVBA' if name == 'pyopenvba' else name}"
    return problem("ADDIN_MISSING", None, found=name, todo=todo)
