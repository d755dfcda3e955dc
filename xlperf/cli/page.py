"""Help pages in the reader's language: the texts of commands and options, laid out for Chinese as well.

The texts stand in `texts/help.csv`, one row a command and one a parameter; `*` is every command.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import click

from xlperf.cli.language import language, say, table

HELP: dict[str, Any] = {"help_option_names": ["-h", "--help"]}  # settings of every context
INDENT, GAP, WIDEST = 2, 2, 30  # of lists: from the edge, between the columns, the first column at most
_TYPES = {"text": "文字", "integer": "整数", "float": "数"}
_NOT_FIRST = "，。；：！？、）】”’》"  # marks that may not begin a line


@dataclass(frozen=True)
class Texts:
    """What a help page says of one command or parameter: its help, and what stands for its value."""

    help: str = ""
    name: str = ""

    @property
    def short(self) -> str:
        """Return the first sentence, for the list of commands."""
        ends = [at + 1 for mark in ("。", "；", ". ", "; ") if (at := self.help.find(mark)) >= 0]
        return self.help[: min(ends, default=len(self.help))].rstrip("；;. ").rstrip("。")


def texts_of(command: str, parameter: str = "") -> Texts:
    """Return the texts of a command (`score`, `addin build`; "" for the program) or of one of its parameters."""
    rows = _rows()
    row = rows.get((command, parameter)) or rows.get(("*", parameter)) or {}
    return Texts(row.get(language(), ""), row.get(f"{language()}_name", ""))


@cache
def _rows() -> dict[tuple[str, str], dict[str, str]]:
    return {(row["command"], row["parameter"]): row for row in table("help")}


def worded(command: click.Command, path: str) -> click.Command:
    """Equip a command, its parameters and its subcommands the texts of the reader's language.

    Where the table has none, what stands in the code is shown. path: the words that call it.
    """
    command.context_class = Page
    words = texts_of(path)
    command.help, command.short_help = (words.help, words.short) if words.help else (command.help, None)
    command.options_metavar = say("[选项]", "[OPTIONS]")
    for parameter in command.get_params(Page(command, **HELP)):
        _worded_parameter(parameter, path)
    if isinstance(command, click.Group):
        command.subcommand_metavar = say("命令 [参数]...", "COMMAND [ARGS]...")
        for name, inner in command.commands.items():
            worded(inner, f"{path} {name}".strip())
    return command


def _worded_parameter(parameter: click.Parameter, path: str) -> None:
    key = max(parameter.opts, key=len) if isinstance(parameter, click.Option) else str(parameter.name)
    words = texts_of(path, key)
    if isinstance(parameter, click.Option):
        parameter.help = words.help or parameter.help
    kind = parameter.type
    if isinstance(kind, click.Path):
        kind.name = say("文件", "file") if not kind.dir_okay else say("文件夹", "directory")
    if words.name:
        parameter.metavar = (
            words.name if parameter.required or isinstance(parameter, click.Option) else f"[{words.name}]"
        )
    elif kind.name in _TYPES and not getattr(parameter, "is_flag", False):
        parameter.metavar = say(_TYPES[kind.name], kind.name.upper())


# ---- layout --------------------------------------------------------------------------------------


class Formatter(click.HelpFormatter):
    """A formatter for which a Chinese character takes two columns, and for which a line may end after any."""

    def write_heading(self, heading: str) -> None:
        """Write the heading of a section."""
        self.write(f"{'':{self.current_indent}}{heading}{say('：', ':')}\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = WIDEST, col_spacing: int = GAP) -> None:
        """Write a list of two columns."""
        pairs = list(rows)
        first = min(max((width(a) for a, _ in pairs), default=0), col_max) + col_spacing
        for name, text in pairs:
            lines = wrapped(text, max(self.width - first - INDENT, 10))
            head = f"{'':{self.current_indent}}{name}"
            if width(name) > first - col_spacing:
                self.write(f"{head}\n")
                head = f"{'':{self.current_indent}}"
                name = ""
            self.write(f"{head}{' ' * (first - width(name))}{lines[0] if lines else ''}".rstrip() + "\n")
            for line in lines[1:]:
                self.write(f"{'':{first + self.current_indent}}{line}\n")

    def write_text(self, text: str) -> None:
        """Write a paragraph."""
        for line in wrapped(text, max(self.width - self.current_indent, 11)):
            self.write(f"{'':{self.current_indent}}{line}\n")


class Page(click.Context):
    """The context of a command, whose help page is ours."""

    formatter_class = Formatter


def width(text: str) -> int:
    """Return how many columns a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def wrapped(text: str, room: int) -> list[str]:
    """Break a text into lines of at most so many columns: at spaces, and after any Chinese character."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line.strip() and width(line + piece.rstrip()) > room and piece[0] not in _NOT_FIRST:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    """Cut a text where a line may end."""
    pieces = [""]
    for char in " ".join(text.split()):
        wide = width(char) == 2
        if pieces[-1] and (wide or pieces[-1][-1] == " " or width(pieces[-1][-1]) == 2):
            pieces.append("")
        pieces[-1] += char
    return [p for p in pieces if p]
