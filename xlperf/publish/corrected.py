"""更正通知: what a decided appeal changed for everybody, and nothing else; private columns are left out."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from xlperf.engine.score import Scores
from xlperf.engine.whatif import Change
from xlperf.formula.values import shown
from xlperf.publish.papers.ground import long_day
from xlperf.report.document import Document, Head, Line, Table
from xlperf.rounds.appeals import Appeal, Ruling
from xlperf.workbook.documents import write_document
from xlperf.workbook.letters import letter

KIND = "更正通知"
_HEADS = (
    Head("单位", wide=22),
    Head("项目", prose=True, wide=24),
    Head("原公布", prose=True, wide=18),
    Head("更正为", prose=True, wide=18),
)


def correction(scores: Scores, appeal: Appeal, ruling: Ruling, changes: Sequence[Change], day: date) -> Document:
    """Return the notice. scores: as they were before."""
    plan = scores.plan
    rows = []
    for change in (c for c in changes if (c.sheet, c.column) not in plan.private):
        decimals = plan.by_name[change.sheet].by_name[change.column].shown
        was, now = (shown(v, 6 if decimals is None else decimals) for v in (change.old, change.new))
        rows.append((scores.unit_names.get(change.unit, change.unit), change.title, was, now))
    unit = scores.unit_names.get(appeal.unit, appeal.unit)
    opening = f"{unit}对“{appeal.item}”申请复核（第{appeal.number}号），经复核，{ruling.outcome}。{ruling.opinion}"
    blocks = (
        Line(opening),
        Line("据此，下列内容更正如下，其余不变。"),
        Table(_HEADS, tuple(rows)),
        Line(f"{plan.issuer}（盖章）", "seal"),
        Line(long_day(day), "seal"),
    )
    name = f"{KIND}-{appeal.number}"
    return Document("public", KIND, "", name, f"{plan.title}结果{KIND}", blocks, plan.caution, letter=True)


def corrected_files(document: Document) -> dict[str, bytes]:
    """Return name → bytes of the notice as workbook and letter."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder, "book.xlsx")
        write_document(document, book)
        stem = f"{document.parent}{document.name}"
        return {f"{stem}.xlsx": book.read_bytes(), f"{stem}.docx": letter(document)}
