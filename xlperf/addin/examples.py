"""One worked example of a regulation for every worksheet function: the clause, the words, the call, the answer."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from xlperf.addin.cells import OMITTED
from xlperf.addin.functions import Function, functions


@dataclass(frozen=True)
class Example:
    """One example. arguments: as JSON has them; a list of lists is a range, null an empty cell, {} left out."""

    function: Function
    basis: str
    sentence: str
    arguments: tuple[Any, ...]
    gives: str

    @property
    def call(self) -> str:
        """Return the call as it is typed into a cell, without the leading `=`."""
        return f"{self.function.name}({','.join(map(_text, self.arguments))})"

    @property
    def reason(self) -> str:
        """Return the call that explains it; "" for XP_EXPLAIN itself."""
        if self.function.rule is None:
            return ""
        return f"XP_EXPLAIN({','.join([_text(self.function.name), *map(_text, self.arguments)])})"

    def answer(self) -> Any:
        """Return what the function answers."""
        return self.function(*self._cells())

    def explained(self) -> Any:
        """Return what XP_EXPLAIN answers; "" for XP_EXPLAIN itself."""
        return functions()["XP_EXPLAIN"](self.function.name, *self._cells()) if self.reason else ""

    def _cells(self) -> list[Any]:
        given = [OMITTED if a == {} else a for a in self.arguments]
        return [tuple(map(tuple, a)) if isinstance(a, list) else a for a in given]


def _text(argument: Any) -> str:
    if argument is None or argument == {}:
        return '""' if argument is None else ""
    if isinstance(argument, bool):
        return str(argument).upper()
    if isinstance(argument, str):
        return '"' + argument.replace('"', '""') + '"'
    if isinstance(argument, list):
        return "{" + ";".join(",".join(map(_text, row)) for row in argument) + "}"
    return f"{argument:.15g}"


@cache
def examples() -> tuple[Example, ...]:
    """Return the examples in the order of the functions."""
    text = files("xlperf").joinpath("texts/examples.csv").read_text("utf-8")
    known = functions()
    return tuple(
        Example(known[r["function"]], r["basis"], r["sentence"], tuple(json.loads(r["arguments"])), r["gives"])
        for r in csv.DictReader(text.splitlines())
    )
