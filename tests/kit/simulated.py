"""Random rounds: tables of a plan filled the way people fill them, blanks and 不适用 included."""

from __future__ import annotations

import random
from fractions import Fraction
from pathlib import Path

import openpyxl

from xlperf.engine.plan import Column, Plan, Sheet, Tables
from xlperf.formula.evaluate import of_row
from xlperf.formula.expression import columns_of
from xlperf.formula.values import EXEMPT, Value, half_up


def simulated(plan: Plan, tables: Tables, seed: int, *, blanks: float = 0.02, events: int = 12) -> Tables:
    """Return the tables with every input drawn: blank, 不适用 where allowed, or a value within its limits.

    Ledgers get a number of new rows. events: how many rows a ledger gets, at most.
    """
    draw = random.Random(seed)
    made = {name: [dict(row) for row in rows] for name, rows in tables.items()}
    for sheet in plan.sheets:
        if sheet.grows and not made.get(sheet.table):
            made[sheet.table] = [{sheet.key.name: str(i + 1)} for i in range(min(events, sheet.grows))]
        for row in made.get(sheet.table, []):
            if all(row.get(name) == wanted for name, wanted in sheet.where.items()):
                for column in sheet.inputs():
                    row[column.name] = value_drawn(draw, plan, made, sheet, column, row, blanks)
    return made


def value_drawn(
    draw: random.Random, plan: Plan, tables: Tables, sheet: Sheet, column: Column, row: dict[str, Value], blanks: float
) -> Value:
    """Draw what stands in a cell: blank, 不适用 where allowed, or a value within its limits."""
    if column.asked is not None and not of_row(column.asked, {n: row.get(n) for n in columns_of(column.asked)}):
        return None
    if draw.random() < blanks or (not column.required and column.default is None and draw.random() < 0.5):
        return None
    if column.exempt and draw.random() < 0.03:
        return EXEMPT
    if column.offers:
        keys = [s.key.name for s in plan.sheets if s.table == column.offers]
        return draw.choice(tables[column.offers])[keys[0]]
    if column.choices:
        return draw.choice(column.choices)
    if column.holds == "text":
        return draw.choice(["已完成", "=1+1", "按计划推进，见附件", "+3 起"])
    if column.holds == "date":
        return Fraction(draw.randint(43070, 43100))
    known = {**{c.name: None for c in sheet.columns}, **row}
    known = {n: v if v is not None else sheet.by_name[n].default for n, v in known.items() if n in sheet.by_name}
    low, high = (None if e is None else of_row(e, known) for e in (column.low, column.high))
    bottom = low if isinstance(low, Fraction) else Fraction(0)
    top = high if isinstance(high, Fraction) else bottom + 100
    digits = 2 if column.decimals is None else column.decimals
    return half_up(bottom + (top - bottom) * Fraction(draw.randint(600, 1000), 1000), digits)


def first_mark(master: Path) -> tuple[str, float, str]:
    """Return a cell of the 核定得分 that counts for the unit in the first place: address, value, unit."""
    book = openpyxl.load_workbook(master, data_only=True)
    unit, marks = book["排名"]["B5"].value, book["指标得分"]
    at = {c.value: c.column for c in marks[4]}
    row = next(
        r
        for r in range(7, marks.max_row + 1)
        if marks.cell(r, at["@unit"]).value == unit
        and marks.cell(r, at["lead"]).value == marks.cell(r, at["score"]).value
        and float(marks.cell(r, at["lead"]).value or 0) > 1
    )
    cell = marks.cell(row, at["lead"])
    return cell.coordinate, cell.value, unit
