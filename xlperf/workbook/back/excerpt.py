"""The rows around some cells of a returned book, as text; read in a worker that may be ended."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_from_string

from xlperf.workbook.quiet import quietly

AROUND, COLUMNS, LONGEST = 2, 24, 80  # rows before and after, columns, characters of a cell


@dataclass(frozen=True)
class Wanted:
    """Which rows of which sheets of a file are wanted: sheet → cells such as `E7`."""

    data: bytes
    cells: Mapping[str, tuple[str, ...]]


def rows_around(asked: Wanted) -> list[dict[str, Any]]:
    """Return the sheets with their rows: number, cells with their text and whether they are wrong."""
    with quietly():
        book = openpyxl.load_workbook(io.BytesIO(asked.data), data_only=True)
    found = []
    for name, cells in asked.cells.items():
        if name not in book.sheetnames:
            continue
        sheet = book[name]
        lines = {coordinate_from_string(cell)[1] for cell in cells}
        near = sorted({n for line in lines for n in range(max(1, line - AROUND), line + AROUND + 1)})
        shown = [c for c in range(1, COLUMNS + 1) if not sheet.column_dimensions[get_column_letter(c)].hidden]
        rows = [
            {
                "number": n,
                "cells": [
                    {"text": _text(sheet.cell(n, c).value), "wrong": f"{get_column_letter(c)}{n}" in cells}
                    for c in shown
                ],
            }
            for n in near
            if n <= sheet.max_row
        ]
        found.append({"sheet": name, "columns": [get_column_letter(c) for c in shown], "rows": rows})
    return found


def _text(value: object) -> str:
    return "" if value is None else str(value)[:LONGEST]
