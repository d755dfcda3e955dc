"""The office's own cells, typed at the desk: the same as typed into its 总表, and judged the same way."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from xlperf.desk.asked import Data, Desk, Refused, worded
from xlperf.desk.deeds import rank
from xlperf.engine.limits import limits
from xlperf.engine.plan import Column
from xlperf.engine.reason import label_of
from xlperf.files import write_whole
from xlperf.formula.values import number, shown, value_text
from xlperf.problems import Where, problem
from xlperf.rounds.collecting.edition import FILE
from xlperf.rounds.collecting.typed import Taken, take_editions
from xlperf.rounds.parties import office_cells, roster_now
from xlperf.rounds.store import Round
from xlperf.workbook.back.fill import Typed, fill_book

MOST = 500  # cells of a sheet that the page shows at once


def cells(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Return the sheets in which the office fills cells, and of one of them the cells with what stands there."""
    round_ = desk.round(worded(words, "round"))
    wanted = worded(words, "sheet")
    roster = roster_now(round_, round_.state())
    sheets: dict[str, Data] = {}
    listed: list[Data] = []
    for sheet, key, column, row in office_cells(roster):
        line = sheets.setdefault(sheet.name, {"sheet": sheet.name, "title": sheet.title, "count": 0, "empty": 0})
        line["count"] += 1
        line["empty"] += row.get(column.name) is None
        if sheet.name == wanted and len(listed) < MOST:
            (low, high), whose = limits(column, row), roster.whose(sheet, row)
            listed.append({
                "sheet": sheet.name,
                "key": key,
                "column": column.name,
                "label": " ".join(dict.fromkeys(filter(None, (whose, label_of(sheet, dict(row)))))) or key,
                "title": column.title,
                "text": value_text(row.get(column.name)),
                "choices": list(column.answers),
                "low": "" if low is None else shown(low),
                "high": "" if high is None else shown(high),
                "required": column.required,
            })  # fmt: skip
    return {"sheets": list(sheets.values()), "cells": listed}


def enter(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Type values into the office's 总表 and take them in. Where one is not accepted, the book is left as it was.

    words: cells, a list of {sheet, key, column, text}.
    """
    round_ = desk.round(worded(words, "round"))
    given = words.get("cells")
    if not isinstance(given, list) or not all(isinstance(cell, Mapping) for cell in given):
        raise Refused([problem("DESK_BAD_WORD", found="cells")])
    book = round_.folder / FILE
    if not book.is_file():
        raise Refused([problem("DESK_NO_MASTER")])
    _take_first(round_)
    values: dict[tuple[str, str, str], Typed] = {}
    for cell in given:
        name, key, column = (worded(cell, part) for part in ("sheet", "key", "column"))
        values[name, key, column] = _typed(_column(round_, name, column), worded(cell, "text"))
    before = book.read_bytes()
    part = book.with_name(f".{book.name}")
    try:
        try:
            fill_book(book, part, values)
        except KeyError as unknown:
            raise Refused([problem("DESK_NO_CELL", found=str(unknown.args[0]))]) from None
        write_whole(book, part.read_bytes())
    finally:
        part.unlink(missing_ok=True)
    taken = _taken_in(round_, book, before)
    desk.problems.extend(p for t in taken for p in t.problems)
    return rank(desk, words)


def _taken_in(round_: Round, book: Path, before: bytes) -> list[Taken]:
    """Take in what was typed; where that is not accepted, or the disk refuses to keep it, the book is put back."""
    typed = hashlib.sha256(book.read_bytes()).hexdigest()
    try:
        taken = take_editions(round_)
    except OSError:
        if typed not in round_.state().receipts:
            with suppress(OSError):  # where nothing can be written, what was typed stands in the book, as by hand
                write_whole(book, before)
        raise
    if any(t.held for t in taken):
        write_whole(book, before)
        raise Refused([p for t in taken for p in t.problems])
    return taken


def _take_first(round_: Round) -> None:
    """Take in what somebody typed in the 总表 before; what stands there and does not count is theirs to put right."""
    held = [p for t in take_editions(round_) if t.held for p in t.said]
    if held:
        raise Refused(held)


def _column(round_: Round, sheet: str, name: str) -> Column:
    found = round_.plan.by_name.get(sheet)
    if found is None or name not in found.by_name:
        raise Refused([problem("DESK_NO_CELL", Where(sheet=sheet), found=name)])
    return found.by_name[name]


def _typed(column: Column, text: str) -> Typed:
    """Return a text as a person's typing leaves it in a cell: a number where one is meant, nothing where none is."""
    value = number(text.strip()) if column.holds == "number" else None
    if value is not None:
        return float(value)
    return text or None
