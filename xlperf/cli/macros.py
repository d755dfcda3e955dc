"""What the macros of the 总表 run beyond the workbook itself: 「汇总回收表」.

Written for Excel on Windows and not tried there; the tests press it on a stand-in for xlwings' workbook.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from xlperf.addin.button import MOVES
from xlperf.addin.excel.macros import ExcelBook, calling_book
from xlperf.cli.output import DONE, FINDINGS
from xlperf.rounds.open_book import bring_up
from xlperf.rounds.store import open_round

_LONGEST = 900  # characters of a message window


def collect() -> int:
    """Take in the returned books of the round this workbook stands in, and show in it what was accepted.

    The 总表 stands in the folder `out` of its round. Returns what `xlperf collect` returns.
    """
    book = calling_book()
    folder = Path(book.fullname).parent
    home = folder.parent if folder.name == "out" else folder
    done = subprocess.run(  # noqa: S603 our own program
        [sys.executable, "-m", "xlperf", "collect", str(home)], capture_output=True, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", "XLPERF_LANG": "zh"},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )  # fmt: skip
    lines = [(done.stdout if done.returncode in (DONE, FINDINGS) else done.stderr).strip()[-_LONGEST:]]
    if done.returncode in (DONE, FINDINGS):
        lines += _shown_in(book, home)
    book.app.alert("\n".join(filter(None, lines)), "汇总回收表")
    return done.returncode


def _shown_in(book: Any, home: Path) -> list[str]:
    """Bring the open workbook up to the record of its round; return what came of it."""
    round_, problems = open_round(home)
    if round_ is None:
        return [p.text("zh") for p in problems]
    with _at_rest(book.app):
        outcome = bring_up(ExcelBook(book), round_, datetime.now().isoformat(" ", "seconds"))
    if outcome.done:
        book.sheets[MOVES].activate()
    return list(outcome.lines)


@contextmanager
def _at_rest(app: Any) -> Iterator[None]:
    """Let Excel neither calculate nor draw after every single cell."""
    before = app.calculation, app.screen_updating
    app.calculation, app.screen_updating = "manual", False
    try:
        yield
    finally:
        app.calculation, app.screen_updating = before
