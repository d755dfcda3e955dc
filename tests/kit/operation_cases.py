"""The case table of cell operations, read."""

from __future__ import annotations

import csv
from pathlib import Path

from kit.faces import Case, is_text_cell, value_of
from xlperf.formula.expression import Expr, cases, col, same
from xlperf.formula.values import NO, YES, Value

TABLE = Path(__file__).parents[1] / "cases" / "operations.csv"
CONDITIONS = {"gt", "ge", "lt", "le", "same", "both", "either", "negate", "is_blank", "is_number", "is_exempt"}
OF_CONDITIONS = {"both", "either", "negate"}


def expression(operation: str, names: list[str]) -> Expr:
    """Apply an operation to columns; a condition answers 是 or 否, and takes 是 for a condition that holds."""
    arguments = tuple(same(col(n), YES) if operation in OF_CONDITIONS else col(n) for n in names)
    made = Expr(operation, arguments)
    return cases((made, YES, ""), otherwise=(NO, "")) if operation in CONDITIONS else made


def read_cases() -> list[Case]:
    """Read the case table; columns are called a, b, c …"""
    made = []
    with TABLE.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            texts = [part.strip() for part in row["arguments"].split(";")]
            names = list("abcdef"[: len(texts)])
            if row["operation"] in OF_CONDITIONS:
                of_text = frozenset(names)
            else:
                of_text = frozenset(n for n, t in zip(names, texts, strict=True) if is_text_cell(t))
            values: dict[str, Value] = {n: value_of(t) for n, t in zip(names, texts, strict=True)}
            name = f"line {line}: {row['operation']}({row['arguments']})"
            expr = expression(row["operation"], names)
            made.append(Case(name, expr, values, value_of(row["expected"]), of_text, row["sheet"] or None))
    return made


CASES = read_cases()
