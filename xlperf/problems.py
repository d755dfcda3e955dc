"""What a user got wrong, as values: a code, the place, what stands there, what to do.

Problems are collected and returned beside the result; nothing prints them on the way and nothing
repairs what they name. Codes are stable; their texts stand in `texts/problems.csv`, Chinese and
English side by side (one row a code, so that a translation can never miss one). What to do about them at
the page, where the terminal has a command, stands in `texts/remedies.csv`.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

from xlperf.wording import filled

Severity = Literal["error", "warning", "note"]
Language = Literal["zh", "en"]
_MARK, _BETWEEN = "\x1e", "\x1f"  # neither can stand in what a user typed: `_short` takes them out
_SEVERITIES: dict[str, Severity] = {"error": "error", "warning": "warning", "note": "note"}
_AT_THE_PAGE: ContextVar[bool] = ContextVar("at the page", default=False)


@contextmanager
def at_the_page() -> Iterator[None]:
    """Let the data of problems say what to do at the page: its steps and buttons, where the terminal has a command."""
    before = _AT_THE_PAGE.set(True)
    try:
        yield
    finally:
        _AT_THE_PAGE.reset(before)


@dataclass(frozen=True)
class Where:
    """A place a person can go to: file and line, or file, sheet and cell; row is what the row is about."""

    file: str = ""
    line: int = 0
    column: int = 0
    path: str = ""
    sheet: str = ""
    cell: str = ""
    row: str = ""

    def text(self, language: Language = "zh") -> str:
        """Write the place the way the person's program shows it."""
        place = self.file
        if self.line:
            row = f"第{self.line}行第{self.column}列" if language == "zh" else f"line {self.line}, column {self.column}"
            place = f"{place} {row}".strip()
        if self.sheet:
            place = " › ".join(p for p in (place, self.sheet) if p)
        if self.cell:
            place = f"{place}!{self.cell}" if self.sheet else " ".join(p for p in (place, self.cell) if p)
        place = f"{place}（{self.row}）" if self.row else place
        return " ".join(p for p in (place, f"({self.path})" if self.path else "") if p)


NOWHERE = Where()  # one for all that stands in no file: very many words are made only to be looked up


@dataclass(frozen=True)
class Entry:
    """One row of the catalogue."""

    severity: Severity
    zh: str
    zh_remedy: str
    en: str
    en_remedy: str


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. values fill the `{name}` marks of the text."""

    code: str
    where: Where = field(default_factory=Where)
    values: tuple[tuple[str, str], ...] = ()

    @property
    def severity(self) -> Severity:
        """Return `error` (nothing is scored on it), `warning` (a person should look) or `note`."""
        return catalogue()[self.code].severity

    def message(self, language: Language = "zh") -> str:
        """Return what is wrong."""
        entry = catalogue()[self.code]
        return filled(entry.zh if language == "zh" else entry.en, self.worded(language))

    def remedy(self, language: Language = "zh") -> str:
        """Return what to do."""
        entry = catalogue()[self.code]
        return filled(entry.zh_remedy if language == "zh" else entry.en_remedy, self.worded(language))

    def _remedy_here(self, language: Language) -> str:
        texts = page_remedies().get(self.code) if _AT_THE_PAGE.get() else None
        if texts is None:
            return self.remedy(language)
        return filled(texts[language == "en"], self.worded(language))

    def worded(self, language: Language = "zh") -> dict[str, str]:
        """Return the values with words of ours in that language; what a user typed stays as it is."""
        return {name: _in_language(value, language) for name, value in self.values}

    def data(self, language: Language = "zh") -> dict[str, object]:
        """Return the whole problem for programs."""
        return {
            "code": self.code,
            "severity": self.severity,
            "where": {k: v for k, v in self.where.__dict__.items() if v},
            "message": self.message(language),
            "remedy": self._remedy_here(language),
            "values": self.worded(language),
        }

    def text(self, language: Language = "zh") -> str:
        """Write the whole problem on one line: place, code, what stands there, what to do."""
        colon, todo = ("：", "处理：") if language == "zh" else (": ", "To do: ")
        place = self.where.text(language)
        head = f"{place}{colon}" if place else ""
        return f"{head}[{self.code}] {self.message(language)} {todo}{self.remedy(language)}"


class Word(str):
    """Words of the program inside a problem's value, to be shown in the reader's language."""

    __slots__ = ()


def word(zh: str, **values: object) -> Word:
    """Make a value that is words of ours; `{name}` in it is filled. English stands in `texts/words.csv`."""
    given = (f"{_BETWEEN}{name}{_BETWEEN}{_short(str(value))}" for name, value in values.items())
    return Word(f"{_MARK}{zh}{''.join(given)}")


def _in_language(value: str, language: Language) -> str:
    if not value.startswith(_MARK):
        return value
    zh, *values = value[1:].split(_BETWEEN)
    text = zh if language == "zh" else words().get(zh, zh)
    return filled(text, dict(zip(values[::2], values[1::2], strict=True)))


def problem(code: str, where: Where | None = None, **values: object) -> Problem:
    """Make a problem; what stood in a cell is cut to 40 characters and shown on one line."""
    if code not in catalogue():
        raise KeyError(f"no such problem code: {code}")
    texts = tuple((n, str(v) if isinstance(v, Word) else _short(str(v))) for n, v in values.items())
    place = where or NOWHERE
    shown = {name: printable(text) for name, text in vars(place).items() if isinstance(text, str)}
    return Problem(code, Where(**{**vars(place), **shown}), texts)


def printable(text: str) -> str:
    """Return a text without characters that a terminal obeys or that turn the writing round: each by its number."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _is_plain(c) else f"<{ord(c):04X}>" for c in text)


def _is_plain(c: str) -> bool:
    return c in "\t\n\u200c\u200d\u00ad" or unicodedata.category(c) not in ("Cc", "Cf", "Cs")


def _short(text: str) -> str:
    line = printable(" ".join(text.split()))
    return line if len(line) <= 160 else line[:159] + "…"


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """Keep the problems that stop something."""
    return [p for p in problems if p.severity == "error"]


@cache
def catalogue() -> dict[str, Entry]:
    """Return every problem code with its texts."""
    text = files("xlperf").joinpath("texts/problems.csv").read_text("utf-8")
    found: dict[str, Entry] = {}
    for row in csv.DictReader(text.splitlines()):
        found[row["code"]] = Entry(
            _SEVERITIES[row["severity"]], row["zh"], row["zh_remedy"], row["en"], row["en_remedy"]
        )
    return found


@cache
def page_remedies() -> dict[str, tuple[str, str]]:
    """Return what to do at the page, Chinese and English, for every problem where that is something else."""
    text = files("xlperf").joinpath("texts/remedies.csv").read_text("utf-8")
    return {row["code"]: (row["zh"], row["en"]) for row in csv.DictReader(text.splitlines())}


@cache
def words() -> dict[str, str]:
    """Return the English of every word of ours that stands inside a problem's value."""
    text = files("xlperf").joinpath("texts/words.csv").read_text("utf-8")
    return {row["zh"]: row["en"] for row in csv.DictReader(text.splitlines())}
