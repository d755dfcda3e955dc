"""The case tables of rules that lay steps, read as small plans.

`mine` holds `group:value` (shared_out: the weight; awarded: the score, `!` where barred) or units (best_of); `rows` of
best_of are `unit/matter/level:points`, `!` where the entry does not count; `expected` one result a row.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from kit.faces import value_of
from kit.laid_plans import THEIRS, Block
from kit.link_cases import items, key_of, words_of
from xlperf.formula.expression import col, lift, same, step
from xlperf.formula.values import NO, YES, number
from xlperf.rules import RULES

FOLDER = Path(__file__).parents[1] / "cases"


def expected_of(row: dict[str, str]) -> list[Any]:
    return list(map(value_of, row["expected"].split("|")))


def read_row(text: str) -> dict[str, Any]:
    group, _, value = text.partition(":")
    return {"group": key_of(group), "value": value_of(value.rstrip("!")), "out": YES if value.endswith("!") else NO}


def share_block(name: str, row: dict[str, str]) -> Block:
    mine = [{"id": f"m{i}", **read_row(t), "pool": number(row["pool"])} for i, t in enumerate(items(row["mine"]))]
    unit = lift(number(row["unit"]))
    expr = RULES["shared_out"](pool=col("pool"), weight="value", within={"group": col("group")}, unit=unit)
    return Block(name, expr, mine, expected_of(row), texts=frozenset({"id", "group", "out"}))


def award_block(name: str, row: dict[str, str]) -> Block:
    mine = [{"id": f"m{i}", **read_row(t)} for i, t in enumerate(items(row["mine"]))]
    words: dict[str, Any] = words_of(row["words"])
    if "least" in words:
        words["least"] = lift(number(words["least"]))
    pairs = (t.split(":") for t in items(row["places"]))
    expr = RULES["awarded"](
        by="value",
        within={"group": col("group")},
        places=tuple((lift(a), lift(Fraction(n))) for a, n in pairs),
        otherwise=lift("无"),
        barred=((same(col("out"), YES), "一票否决"),),
        **words,
    )
    return Block(name, expr, mine, expected_of(row), texts=frozenset({"id", "group", "out"}), holds="text")


def best_block(name: str, row: dict[str, str]) -> Block:
    theirs = []
    for i, text in enumerate(items(row["rows"])):
        place, _, points = text.rpartition(":")
        unit, matter, level = place.split("/")
        given = {"unit": unit, "matter": matter, "level": Fraction(level), "value": value_of(points.rstrip("!"))}
        theirs.append({"id": f"t{i}", **given, "status": "退回" if points.endswith("!") else "通过"})
    words: dict[str, Any] = {"once": ("matter",), **words_of(row["words"])}
    if words["once"] == "-":
        del words["once"]
    passed = RULES["flag"](conditions=((same(col("status"), "通过"), "通过"),))
    where = {"unit": col("unit"), step("计入", passed, "text"): lift(YES)}
    mine = [{"id": f"m{i}", "unit": key_of(k)} for i, k in enumerate(items(row["mine"]))]
    texts = frozenset({"id", "unit", "matter", "status"})
    expr = RULES["best_of"](of=(THEIRS, "value"), where=where, **words)
    return Block(name, expr, mine, expected_of(row), theirs, texts)


MADE = {"shared_out": share_block, "awarded": award_block, "best_of": best_block}


def read_blocks() -> Iterator[Block]:
    for word, make in MADE.items():
        with (FOLDER / f"{word}.csv").open(encoding="utf-8", newline="") as file:
            for line, row in enumerate(csv.DictReader(file), start=2):
                yield make(f"{word}.csv:{line}", row)


BLOCKS = list(read_blocks())
