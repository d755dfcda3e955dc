"""The case tables of looks at other rows, read.

In a table, `rows` are the other sheet's `key:value` (lookup) or `unit/kind:value`; `mine` this sheet's
keys, units, `unit:value` or `group:key`; `where` the match (`kind=加分` is a constant, `value<=value` compares the
column there with the column here); `expected` one result a row.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from kit.faces import is_text_cell, value_of
from kit.twosheets import THEIRS, Link, Row
from xlperf.formula.excel import SIGNS
from xlperf.formula.expression import Expr, col, lift
from xlperf.formula.links import Side
from xlperf.rules import RULES

FOLDER = Path(__file__).parents[1] / "cases"


def items(text: str) -> list[str]:
    return text.split("|") if text else []


def key_of(text: str) -> str | None:
    return None if text == "''" else text


_HELD = re.compile(r"(\w+)(<>|<=|>=|<|>)(\w+)")
_ORDERS = {sign: order for order, sign in SIGNS.items()}


def match_of(text: str) -> dict[str | Side, Expr]:
    made: dict[str | Side, Expr] = {}
    for part in text.split():
        name, sign, value = part.partition("=")
        if held := _HELD.fullmatch(part):
            made[Side(held[1], _ORDERS[held[2]])] = col(held[3])
        else:
            made[name] = lift(value) if sign else col(name)
    return made


def my_row(i: int, text: str) -> Row:
    unit, _, value = text.partition(":")
    return {"id": f"m{i}", "unit": key_of(unit), "value": value_of(value)}


def words_of(text: str) -> dict[str, str]:
    return dict(part.split("=") for part in text.split() if "=" in part)


def their_row(i: int, text: str) -> Row:
    key, _, value = text.rpartition(":")
    unit, _, kind = key.partition("/")
    return {"id": f"r{i}", "unit": key_of(unit), "kind": kind, "value": value_of(value)}


def lookup_link(name: str, row: dict[str, str]) -> Link:
    """Make a look-up; keys are day counts where they are numbers, unless the words say `keys`."""
    numbers = row["mine"][0].isdigit() and row["words"] != "keys"
    read = value_of if numbers else key_of
    pairs = [item.rpartition(":") for item in items(row["rows"])]
    theirs = [{"id": read(k), "unit": None, "kind": "x", "value": value_of(v)} for k, _, v in pairs]
    mine = [{"id": None, "unit": read(k)} for i, k in enumerate(items(row["mine"]))]
    is_text = any(is_text_cell(v) for _, _, v in pairs)
    texts = frozenset({"kind", *(() if numbers else ("unit", "id")), *(("value", "raw") if is_text else ())})
    expr = RULES["lookup"](key="unit", of=(THEIRS, "value"))
    return Link(name, expr, theirs, mine, expected_of(row), texts, is_text)


def pick_link(name: str, row: dict[str, str]) -> Link:
    """Make a look-up by several columns; the rows are `unit/kind:value`."""
    theirs = [their_row(i, item) for i, item in enumerate(items(row["rows"]))]
    mine = [my_row(i, k) for i, k in enumerate(items(row["mine"]))]
    is_text = any(isinstance(r["value"], str) and r["value"] != "不适用" for r in theirs)
    texts = frozenset({"kind", "unit", "id", *(("value", "raw") if is_text else ())})
    expr = RULES["lookup"](of=(THEIRS, "value"), where=match_of(row["where"]))
    return Link(name, expr, theirs, mine, expected_of(row), texts, is_text)


def expected_of(row: dict[str, str]) -> list[object]:
    return list(map(value_of, row["expected"].split("|")))


def sum_link(name: str, word: str, row: dict[str, str]) -> Link:
    theirs = [their_row(i, item) for i, item in enumerate(items(row["rows"]))]
    mine = [my_row(i, k) for i, k in enumerate(items(row["mine"]))]
    of = THEIRS if word == "counted" else (THEIRS, "value")
    expr = RULES[word](of=of, where=match_of(row["where"]), **words_of(row["words"]))
    return Link(name, expr, theirs, mine, expected_of(row))


def rank_link(name: str, row: dict[str, str]) -> Link:
    mine = [their_row(i, item) for i, item in enumerate(items(row["mine"]))]
    expr = RULES["rank"](by="value", within=match_of(row["where"]), **words_of(row["words"]))
    return Link(name, expr, [], mine, expected_of(row))


def read_links() -> list[Link]:
    made = []
    for word in ("lookup", "total", "counted", "numbers_in", "mean_of", "rank"):
        with (FOLDER / f"{word}.csv").open(encoding="utf-8", newline="") as file:
            for line, row in enumerate(csv.DictReader(file), start=2):
                name = f"{word}.csv:{line}"
                if word == "lookup":
                    made.append((pick_link if row["where"] else lookup_link)(name, row))
                else:
                    made.append(rank_link(name, row) if word == "rank" else sum_link(name, word, row))
    return made


LINKS = read_links()
