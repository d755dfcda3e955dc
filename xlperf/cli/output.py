"""What a person or a program sees: languages, problems, tables, progress, JSON."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from traceback import walk_tb
from typing import Any, NoReturn

import click

from xlperf.cli.language import language as language
from xlperf.cli.language import say as say
from xlperf.cli.page import width
from xlperf.problems import Problem, errors, problem, words
from xlperf.wording import PROGRAM

ROOM = 70  # columns of a line of progress
DONE, FAILED, FINDINGS = 0, 1, 3
AS_JSON = "xlperf.json"  # in `meta` of a command's context: whether it was asked for JSON
CONCERNED = "xlperf.concerned"  # likewise: whether the round it opened had a warning, which makes `done` a finding


def prepare_console() -> None:
    """Let a console that cannot show a character show `?` instead of failing (GBK on older Windows)."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def show_problems(problems: Iterable[Problem], *, quiet_notes: bool = False) -> None:
    """Print problems to stderr, errors first."""
    order = {"error": 0, "warning": 1, "note": 2}
    marks = {"error": ("错误", "red"), "warning": ("提醒", "yellow"), "note": ("说明", "blue")}
    english = {"error": "error", "warning": "warning", "note": "note"}
    for p in sorted(problems, key=lambda p: order[p.severity]):
        if quiet_notes and p.severity == "note":
            continue
        word, color = marks[p.severity]
        head = word if language() == "zh" else english[p.severity]
        click.echo(f"{click.style(head, fg=color)}  {p.text(language())}", err=True)


def fail(problems: Sequence[Problem]) -> NoReturn:
    """End a command that has no answer: the problems on stderr, and as JSON where that was asked for."""
    show_problems(problems)
    context = click.get_current_context(silent=True)
    if context is not None and context.meta.get(AS_JSON):
        click.echo(answer_json({}, problems))
    raise SystemExit(FAILED)


def was_printing(fault: BaseException) -> bool:
    """Check whether a fault came up while something was printed: then no file failed, and the fault names none."""
    return any(frame.f_code is click.echo.__code__ for frame, _ in walk_tb(fault.__traceback__))


def end_unheard(cause: str) -> NoReturn:
    """End a command whose output cannot be written: told on stderr where that still can be."""
    with suppress(OSError):
        show_problems([problem("OUTPUT_REFUSED", cause=cause)])
    raise SystemExit(FAILED)


def leave(problems: Sequence[Problem]) -> None:
    """End the command with the exit code that the problems call for."""
    if errors(problems):
        raise SystemExit(FAILED)
    if any(p.severity == "warning" for p in problems):
        raise SystemExit(FINDINGS)


def progress(done: int, total: int, text: str) -> None:
    """Show progress on one line of a terminal, and nothing where stderr is a file."""
    if not sys.stderr.isatty():
        return
    end = "\n" if done >= total else ""
    verb, colon, name = text.partition("：")
    line = (
        f"{done}/{total} {verb}{colon}{name}"
        if language() == "zh"
        else f"{done}/{total} {words().get(verb, verb)}: {name}"
    )
    click.echo("\r" + padded(line, ROOM) + end, err=True, nl=False)


def padded(text: str, room: int) -> str:
    """Cut or fill a text to exactly so many columns of a terminal."""
    kept = ""
    for char in text:
        if width(kept + char) > room:
            break
        kept += char
    return kept + " " * (room - width(kept))


def table(rows: Iterable[Sequence[object]], heads: Sequence[str]) -> str:
    """Lay rows out in columns; Chinese characters count as two."""
    cells = [[str(c) for c in row] for row in rows]
    widths = [max([width(h), *(width(row[i]) for row in cells)]) for i, h in enumerate(heads)]
    lines = [heads, ["-" * w for w in widths], *cells]
    return "\n".join(
        "  ".join(text + " " * (w - width(text)) for text, w in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def called(*words: object) -> str:
    """Write a command line that works as it stands: the program as it was started, paths with spaces in quotes."""
    context = click.get_current_context(silent=True)
    started = (context.find_root().info_name if context else None) or PROGRAM
    script = started == PROGRAM and shutil.which(PROGRAM) is not None
    return " ".join([*([PROGRAM] if script else [_python(), "-m", PROGRAM]), *(quoted(str(w)) for w in words)])


def _python() -> str:
    """Return how to call the interpreter that runs now: `python` where the shell finds the same one."""
    here = Path(sys.executable)
    if shutil.which("python") == str(here):
        return "python"
    return quoted(str(here.relative_to(Path.cwd()) if here.is_relative_to(Path.cwd()) else here))


def quoted(word: str) -> str:
    """Write a word so that a shell takes it as one."""
    if re.fullmatch(r"[\w@%+=:,./\\-]+", word):
        return word
    return f'"{word}"' if os.name == "nt" else shlex.quote(word)


def as_json(data: Any) -> str:
    """Write data for programs: exact decimals as text, blank as null."""
    return json.dumps(data, ensure_ascii=False, indent=1)


def answer_json(data: Mapping[str, Any], problems: Iterable[Problem]) -> str:
    """Write an answer with the problems told beside it."""
    return as_json({**data, "problems": [problem_data(p) for p in problems]})


def problem_data(p: Problem) -> dict[str, object]:
    """Write a problem for programs."""
    return p.data(language())
