"""收件台账 of a round, written beside its results."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from xlperf.report.status import Status
from xlperf.rounds.outputs import put_out
from xlperf.rounds.status import status_of
from xlperf.rounds.store import Round
from xlperf.workbook.books.receipts import LEDGER, write_receipts

FILE = Path("out", f"{LEDGER}.xlsx")


def publish_receipts(round_: Round, today: date | None = None) -> Status:
    """Write `out/收件台账.xlsx` and return the status it shows."""
    status = status_of(round_, today)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "book.xlsx")
        write_receipts(status, made)
        put_out(round_, {FILE: made.read_bytes()})
    return status
