"""The language of the command line: which one, our own sentences in it, and those of click.

Click asks gettext for each of its sentences, through a `_` in each of its modules; here that `_` looks
into `texts/click.csv` instead, so that the language is ours to choose and no compiled catalogue is needed.
"""

from __future__ import annotations

import csv
import locale
import os
import sys
from functools import cache
from importlib.resources import files

import click

from xlperf.problems import Language

_MODULES = ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types")


def language() -> Language:
    """Return the language of the command line: XLPERF_LANG, else the locale; Chinese where unsure."""
    wanted = os.environ.get("XLPERF_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    if not wanted or wanted.upper().startswith(("C.", "POSIX")) or wanted == "C":
        wanted = locale.getlocale()[0] or ""
    return "en" if wanted.lower().startswith("en") else "zh"


def say(zh: str, en: str) -> str:
    """Choose the sentence in the language of the command line."""
    return zh if language() == "zh" else en


@cache
def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of texts."""
    text = files("xlperf").joinpath(f"texts/{name}.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def teach_click() -> None:
    """Let click speak the language of the command line; what the table lacks stays English."""
    for name in _MODULES:
        module = sys.modules.get(f"click.{name}")
        for word, ours in (("_", _one), ("ngettext", _many)):
            if hasattr(module, word):
                setattr(module, word, ours)


@cache
def click_words() -> dict[str, str]:
    """Return the Chinese of each sentence of click's that a person may meet."""
    return {row["en"]: row["zh"] for row in table("click")}


def with_our_marks(fault: click.UsageError) -> str:
    """Return what a usage error says; in Chinese with full stops of ours where click sets its own around our words."""
    text = fault.format_message()
    if language() == "en":
        return text
    if isinstance(fault, click.MissingParameter) and text.endswith("."):
        text = text[:-1] + "。"
    return text.replace("。 ", "。")


def _one(text: str) -> str:
    return click_words().get(text, text) if language() == "zh" else text


def _many(one: str, several: str, count: int) -> str:
    return _one(one if count == 1 else several)
