"""A scored 总表 as an office has it, entries in every ledger, and random edits of the kind an office makes in it."""

from __future__ import annotations

import random
from pathlib import Path

import openpyxl

from kit.masters import ENTRIES, laid_out, master_of, plain
from kit.simulated import value_drawn
from xlperf.engine.plan import Column, Plan, Sheet, Tables
from xlperf.engine.score import rows_of
from xlperf.formula.values import EXEMPT
from xlperf.scheme.model import Scheme
from xlperf.workbook.back.read import ReadCell, read_book
from xlperf.workbook.text import key_text
from xlperf.xlsx.skeleton import SPARE


def scored_master(scheme_id: str, folder: Path) -> tuple[Scheme, Plan, Path]:
    """Return a 总表 to change, of a round in which every ledger has entries that were taken in before."""
    return (*laid_out(scheme_id), master_of(scheme_id, folder / "总表.xlsx"))


def edit(file: Path, plan: Plan, count: int, seed: int) -> list[str]:
    """Make random edits in a 总表 and save it as any program would; return what was done, address → value."""
    draw = random.Random(seed)
    read = read_book(file)
    rows: dict[tuple[str, str], dict[str, ReadCell]] = {}
    for cell in read.cells:
        rows.setdefault((cell.plan_sheet, cell.row_key), {})[cell.column] = cell
    tables = _tables(plan, rows)
    book = openpyxl.load_workbook(file)
    done = []
    for _ in range(count):
        ledger = draw.random() < 0.3
        wanted = [at for at in rows if _may_be_edited(plan.by_name[at[0]], at[1])]
        at = draw.choice([at for at in wanted if bool(plan.by_name[at[0]].grows) == ledger] or wanted)
        done += _edit_row(draw, plan, tables, at, rows[at], book, whole=at[1].startswith(SPARE))
    book.save(file)
    return done


def _may_be_edited(sheet: Sheet, key: str) -> bool:
    return bool(sheet.inputs()) and (not key.startswith(SPARE) or int(key.removeprefix(SPARE)) < 2 * ENTRIES)


def _tables(plan: Plan, rows: dict[tuple[str, str], dict[str, ReadCell]]) -> Tables:
    scheme, _ = laid_out(plan.scheme)
    return {name: list(found) for name, found in scheme.tables.items()}


def _edit_row(draw, plan: Plan, tables: Tables, at, cells: dict[str, ReadCell], book, *, whole: bool) -> list[str]:
    """Type into one cell of a row, or fill a new entry."""
    sheet = plan.by_name[at[0]]
    known = next((r for r in rows_of(plan, tables)[at[0]] if key_text(r[sheet.key.name]) == at[1]), {})
    row = dict(known)
    inputs = [c for c in sheet.inputs() if c.name in cells and cells[c.name].role == "input"]
    done = []
    for column in inputs if whole else [draw.choice(inputs)]:
        cell, value = cells[column.name], _typed(draw, plan, tables, sheet, column, row)
        row[column.name] = value
        book[cell.sheet][cell.cell] = value if value is None or isinstance(value, str) else float(value)
        done.append(f"{cell.sheet}!{cell.cell} = {value}")
    return done


def _typed(draw, plan: Plan, tables: Tables, sheet: Sheet, column: Column, row):
    """Draw what somebody types: mostly something allowed, now and then nothing, 0 or 不适用."""
    chance = draw.random()
    if chance < 0.12:
        return None
    if chance < 0.2 and column.exempt:
        return EXEMPT
    if chance < 0.3 and column.holds == "number":
        return 0
    return plain(value_drawn(draw, plan, tables, sheet, column, row, 0.0))
