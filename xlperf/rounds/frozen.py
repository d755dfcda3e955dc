"""Results as they were when a round was closed: one file, every number exact, signed with the round's key.

What later rounds read stands here and nowhere else; nothing in it is ever worked out again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from xlperf.engine.score import Scores
from xlperf.formula.values import Value, value_text
from xlperf.problems import Problem, Where, problem

FORMAT = 1
LARGEST = 512_000_000  # bytes
SHORT = 16  # characters of a digest that are printed
_SIGN = "sign"

Cell = str | int | list[int] | None  # text, whole number, numerator and denominator, blank


@dataclass(frozen=True)
class FrozenSheet:
    """One sheet: its title, the table it was on, its key, whose rows they are, and the values of each row in order.

    columns: name → (heading, what it holds).
    """

    title: str
    table: str
    key: str
    unit: str
    columns: Mapping[str, tuple[str, str]]
    rows: tuple[tuple[Cell, ...], ...]

    def read(self) -> list[dict[str, Value]]:
        """Return the rows with their values."""
        return [{name: _value(cell) for name, cell in zip(self.columns, row, strict=True)} for row in self.rows]


@dataclass(frozen=True)
class Results:
    """The results of one round.

    period: its id in the scheme, "" where a year has only one; called: what people call the period. at: the day on
    which they were frozen. took: the frozen results that the round itself had read, as round, year, period, digest.
    units: code → name.
    """

    scheme: str
    title: str
    round: str
    year: int
    period: str
    called: str
    scheme_sha: str
    program: str
    at: str
    caution: str = ""
    readings: dict[str, str] = field(default_factory=dict)
    took: tuple[dict[str, Any], ...] = ()
    units: dict[str, str] = field(default_factory=dict)
    sheets: dict[str, FrozenSheet] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Return what people call the results: 2026年上半年."""
        return dated(self.year, self.called)


def dated(year: int, called: str) -> str:
    """Return the name of a period of a year: 2026年上半年, 2026年度."""
    return f"{year}{'' if called.startswith('年') else '年'}{called}"


@dataclass(frozen=True)
class Difference:
    """A cell that would now be another: sheet and heading, key of the row, what is frozen, what would be."""

    sheet: str
    key: str
    column: str
    was: Value
    now: Value


def sheets_of(scores: Scores) -> dict[str, FrozenSheet]:
    """Return every sheet in which something is filled or worked out, as it is scored now."""
    found = {}
    for sheet in scores.plan.sheets:
        if any(c.kind in ("input", "computed") for c in sheet.columns):
            values = [scores.column(sheet.name, c.name) for c in sheet.columns]
            rows = tuple(tuple(map(_cell, row)) for row in zip(*values, strict=True))
            columns = {c.name: (c.title, c.holds) for c in sheet.columns}
            unit = scores.plan.unit_column(sheet)
            found[sheet.name] = FrozenSheet(sheet.title, sheet.table, sheet.key.name, unit, columns, rows)
    return found


def written(results: Results, key: bytes) -> bytes:
    """Return the bytes of the file, signed."""
    body = {"format": FORMAT, **vars(results), "sheets": {name: vars(s) for name, s in results.sheets.items()}}
    return (_plain({**body, _SIGN: _sign(body, key)}) + "\n").encode()


def read_results(data: bytes, where: Where, key: bytes | None = None) -> Results | Problem:
    """Read the bytes of such a file, or say why they cannot be used.

    key: of the round that froze them, to prove who did; None where its digest stands for that.
    """
    try:
        body = json.loads(data)
        sign = body.pop(_SIGN)
        if key is not None and not hmac.compare_digest(sign, _sign(body, key)):
            return problem("FROZEN_ALTERED", where, found=where.file)
        format_ = body.pop("format")
        if format_ > FORMAT:
            return problem("FROZEN_NEWER", where, found=str(format_))
        sheets = {name: FrozenSheet(**_sheet(sheet)) for name, sheet in body.pop("sheets").items()}
        return Results(**{**body, "took": tuple(body["took"]), "sheets": sheets})
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):  # cut short, or no such file at all
        return problem("FROZEN_ALTERED", where, found=where.file)


def digest_of(data: bytes) -> str:
    """Return the digest by which later rounds name a file of results."""
    return hashlib.sha256(data).hexdigest()


def proof(key: bytes, *words: object) -> str:
    """Sign words with a round's key."""
    return hmac.new(key, "\n".join(map(str, words)).encode(), hashlib.sha256).hexdigest()


def differences(was: Mapping[str, FrozenSheet], now: Mapping[str, FrozenSheet]) -> Iterator[Difference]:
    """List the cells of frozen sheets that would now hold something else, rows and columns that are gone included."""
    for name, sheet in was.items():
        there = now.get(name)
        at = {value_text(row[there.key]): row for row in there.read()} if there is not None else {}
        for row in sheet.read():
            key = value_text(row[sheet.key])
            other = at.pop(key, {})
            for column, (title, _) in sheet.columns.items():
                if row[column] != other.get(column):
                    yield Difference(sheet.title, key, title, row[column], other.get(column))
        for key in at:
            yield Difference(sheet.title, key, sheet.columns[sheet.key][0], None, key)


def _sheet(body: Mapping[str, Any]) -> dict[str, Any]:
    columns = {name: (title, holds) for name, (title, holds) in body["columns"].items()}
    rows = tuple(map(tuple, body["rows"]))
    if any(len(row) != len(columns) for row in rows):
        raise ValueError("a row has another number of cells than there are columns")
    return {**body, "columns": columns, "rows": rows}


def _cell(value: Value) -> Cell:
    if not isinstance(value, Fraction):
        return value
    return value.numerator if value.denominator == 1 else [value.numerator, value.denominator]


def _value(cell: Cell) -> Value:
    return Fraction(*cell) if isinstance(cell, list) else Fraction(cell) if isinstance(cell, int) else cell


def _plain(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=False, separators=(",", ":"))


def _sign(body: Mapping[str, Any], key: bytes) -> str:
    return proof(key, "results", _plain(body))
