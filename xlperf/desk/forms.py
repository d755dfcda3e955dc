"""A held book in the form it stands in: the rows around each cell that is not right, as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xlperf.desk.asked import Data, Desk, Refused, worded
from xlperf.parallel import Lost, guarded
from xlperf.problems import problem
from xlperf.workbook.back.excerpt import Wanted, rows_around

SECONDS, MEMORY = 20.0, 512 * 1024**2


def form(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Return the rows around each cell of a file that is not right: sheets, each with rows of texts and their marks."""
    round_ = desk.round(worded(words, "round"))
    file = worded(words, "file")
    receipts = [r for r in round_.state().receipts.values() if file in (r.file, r.file.rpartition("/")[2])]
    if not receipts:
        raise Refused([problem("DESK_NO_FILE", found=file)])
    last = receipts[-1]
    wanted: dict[str, tuple[str, ...]] = {}
    for p in last.problems:
        if p.where.sheet and p.where.cell:
            wanted[p.where.sheet] = (*wanted.get(p.where.sheet, ()), p.where.cell)
    kept = round_.received / last.sha256
    if not kept.is_file() or not wanted:
        return {"file": file, "sheets": []}
    asked = Wanted(kept.read_bytes(), wanted)
    rows = next(iter(guarded(rows_around, [asked], seconds=SECONDS, memory=MEMORY, few=0)))
    return {"file": file, "sheets": [] if isinstance(rows, Lost) else rows}
