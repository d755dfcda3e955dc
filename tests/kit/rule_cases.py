"""The case tables of rules, read: every row a call with its cells, its result and parts of its reason.

How a parameter is written in a table: `-` leaves it out; nothing is a blank cell; a list is `a|b`;
parts `score*weight`; bands `limit:value`; conditions `left>=right`; branches `left>=right&…:value`.
Every figure stands in a column of its own, and once more as a constant of the formula.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kit.faces import Case, is_text_cell, value_of
from xlperf.formula.expression import Expr, col, lift, negate, same
from xlperf.formula.values import Value
from xlperf.rules import RULES, Rule

FOLDER = Path(__file__).parents[1] / "cases"
LAID_RULES = {"shared_out", "awarded", "best_of"}  # their tables run in test_laid_cases
LINK_RULES = {"lookup", "total", "counted", "numbers_in", "mean_of", "rank"}  # their tables run in test_formula_links
COMPARE = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    "!=": lambda a, b: negate(same(a, b)),
    "=": same,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
}
CONDITION = re.compile(r"(.*?)(>=|<=|!=|=|>|<)(.*)")


@dataclass
class Reader:
    """Reads one row of a case table: makes the arguments, and the row of cells they refer to."""

    row: dict[str, Value] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)
    told: int = 0

    def cell(self, name: str, text: str) -> Expr:
        """Put a value in a column of its own."""
        if name in self.row:
            name = f"{name}{len(self.row)}"
        self.row[name] = value_of(text)
        if is_text_cell(text):
            self.texts.add(name)
        return col(name)

    def argument(self, name: str, takes: str, text: str) -> Any:
        """Make one argument."""
        items = text.split("|")
        match takes:
            case "number" | "text":
                return self.cell(name, text)
            case "word":
                return text
            case "numbers":
                return tuple(self.cell(name, item) for item in items)
            case "parts":
                return tuple((self.cell(name, a), lift(value_of(b))) for a, b in (i.split("*") for i in items))
            case "bands":
                return tuple((self.cell(name, a), self.cell(name, b)) for a, b in (i.split(":") for i in items))
            case "conditions":
                return tuple(map(self.condition, items))
            case "branches":
                return tuple(map(self.branch, items))
        raise AssertionError(f"a case table cannot write {takes}")

    def condition(self, text: str) -> tuple[Expr, str]:
        """Make one condition; the right side is a constant, and says whether the left is text."""
        self.told += 1
        found = CONDITION.fullmatch(text)
        assert found is not None, text
        left, sign, right = found.groups()
        quoted = left if left or not is_text_cell(right) else "''"
        return COMPARE[sign](self.cell("left", quoted), value_of(right)), f"条件{self.told}"

    def branch(self, text: str) -> tuple[tuple[tuple[Expr, str], ...], Expr]:
        when, _, then = text.partition(":")
        return tuple(map(self.condition, when.split("&"))), self.cell("then", then)


@dataclass(frozen=True)
class RuleCase(Case):
    """A case of a rule, with the parts of the reason that must be told."""

    reason: str = ""


def read_table(rule: Rule) -> list[RuleCase]:
    """Read the case table of a rule."""
    with (FOLDER / f"{rule.word}.csv").open(encoding="utf-8", newline="") as file:
        table = csv.DictReader(file)
        names = [p.name for p in rule.parameters]
        assert table.fieldnames == [*names, "expected", "reason", "why"]
        return [_rule_case(rule, line, row) for line, row in enumerate(table, start=2)]


def _rule_case(rule: Rule, line: int, row: Mapping[str, str]) -> RuleCase:
    reader = Reader()
    given = {p.name: reader.argument(p.name, p.takes, row[p.name]) for p in rule.parameters if row[p.name] != "-"}
    name = f"{rule.word}.csv:{line}"
    texts = frozenset(reader.texts)
    return RuleCase(name, rule(**given), reader.row, value_of(row["expected"]), texts, None, row["reason"])


CELL_RULES = [rule for word, rule in RULES.items() if word not in LINK_RULES | LAID_RULES]
TABLES = {rule.word: read_table(rule) for rule in CELL_RULES}
CASES = [case for cases in TABLES.values() for case in cases]


def templates(e: Expr) -> Iterator[str]:
    """List the reasons an expression can give: those of its branches, not of its conditions."""
    match e.op, e.args:
        case "cases", (branches, otherwise):
            for then, why in [*((then, why) for _, then, why in branches), otherwise]:
                yield why.args[0]
                yield from templates(then)
        case "call", (_, _, body):
            yield from templates(body)
        case _:
            for part in e.args:
                if isinstance(part, Expr):
                    yield from templates(part)


def is_told(template: str, told: set[str]) -> bool:
    pattern = ".*".join(map(re.escape, re.split(r"\{\w+\}", template)))
    return any(re.fullmatch(pattern, sentence) for sentence in told)
