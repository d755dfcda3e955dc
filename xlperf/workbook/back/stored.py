"""What the cells of a workbook show without calculating anything: typed values and stored results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl


def stored_values(file: Path) -> dict[tuple[str, str], Any]:
    """Return the value of every cell that has one, by worksheet and address."""
    book = openpyxl.load_workbook(file, data_only=True)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
