"""A rule call as `XP_…(…)` text, for workbooks that are used where the add-in is installed.

Where the arguments of a call cannot be laid out that way (cells that do not stand side by side, a
share of 1/3 in an array constant) there is no text, and the formula face writes native functions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from xlperf.formula.expression import Expr, blank
from xlperf.formula.signature import SIGNATURES, Slot, arranged, is_condition_list, looks_up_names
from xlperf.formula.values import decimal

ANY_ROW = "\x1e"  # in an address, where the number of a row will stand; no formula of a file holds it
_CELL = re.compile(rf"\$?([A-Z]{{1,3}})\$?([0-9]+|{ANY_ROW})")

Write = Callable[[Expr], str]
Address = Callable[[str], str]


def call_text(name: str, bound: Sequence[tuple[str, Any]], write: Write, address: Address) -> str | None:
    """Write a call; None where it cannot be written as one.

    write: writes an expression that stands in a place of its own, so that an empty cell stays empty.
    address: the cell of a column.
    """
    if name not in SIGNATURES or looks_up_names(name):
        return None
    texts = [_leaf(slot, value, write, address) for slot, value in arranged(name, dict(bound))]
    found = [t for t in texts if t is not None]
    return f"{name}({','.join(found)})" if len(found) == len(texts) else None


def _leaf(slot: Slot, value: Any, write: Write, address: Address) -> str | None:
    if value is None:
        return ""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, Expr):
        return None if value == blank() and not slot.result else write(value)
    if is_condition_list(value) and value:
        conditions = [write(condition) for condition, _ in value]
        return conditions[0] if len(conditions) == 1 else f"AND({','.join(conditions)})"
    return _table(value) if slot.takes == "table" else _list(value, write, address)


def _list(values: Sequence[Expr], write: Write, address: Address) -> str | None:
    """Write expressions as one range, one array constant or one cell."""
    if len(values) == 1:
        return None if values[0] == blank() else write(values[0])
    constants = _row(values)
    if constants is not None:
        return f"{{{constants}}}"
    if any(x.op != "col" for x in values):
        return None
    return side_by_side([address(x.args[0]) for x in values])


def _table(rows: Sequence[tuple[Expr, Expr]]) -> str | None:
    texts = [_row(pair) for pair in rows]
    found = [t for t in texts if t is not None]
    return f"{{{';'.join(found)}}}" if found and len(found) == len(texts) else None


def _row(values: Sequence[Expr]) -> str | None:
    texts = [_in_braces(x) for x in values]
    found = [t for t in texts if t is not None]
    return ",".join(found) if found and len(found) == len(texts) else None


def _in_braces(x: Expr) -> str | None:
    """Write what may stand in an array constant: decimal numbers and texts."""
    value = x.args[0] if x.op == "const" else None
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    text = decimal(value) if isinstance(value, Fraction) else "/"
    return text if "/" not in text and len(text) <= 16 else None


def side_by_side(cells: Sequence[str]) -> str | None:
    """Return the range of cells that stand side by side in one row, left to right; None where they do not."""
    found = [_CELL.fullmatch(cell) for cell in cells]
    places = [(m[2], _number(m[1])) for m in found if m is not None]
    row, first = places[0] if places else ("", 0)
    if len(places) != len(cells) or places != [(row, first + i) for i in range(len(cells))]:
        return None
    return f"{cells[0]}:{cells[-1]}"


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
