"""What people read about a rule and its parameters: headings and help in Chinese and English, `texts/rules.csv`."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

Help = Mapping[str, str]  # title, zh, en; what is not said is ""


@cache
def help_texts() -> Mapping[tuple[str, str], Help]:
    """Return heading and help of every rule ("" for the parameter) and parameter.

    A rule stands under its worksheet name, one that is no worksheet function under its word.
    """
    text = files("xlperf").joinpath("texts/rules.csv").read_text("utf-8")
    return {(row["function"], row["argument"]): row for row in csv.DictReader(text.splitlines())}


def help_of(rule: str, parameter: str = "") -> Help:
    """Return heading and help of a rule or of a parameter; nothing is said of what the table does not have."""
    return help_texts().get((rule, parameter), {"title": "", "zh": "", "en": ""})
