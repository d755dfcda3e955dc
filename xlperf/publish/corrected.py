"""更正通知: what a decided appeal changed for everybody, and nothing else; private columns are left out."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from xlperf.engine.ranked import published
from xlperf.engine.score import Scores
from xlperf.engine.whatif import Change
from xlperf.formula.values import Value, shown, value_text
from xlperf.problems import Problem, problem
from xlperf.publish.papers.ground import long_day
from xlperf.report.document import Document, Head, Line, Table
from xlperf.rounds.appeals import Appeal, Ruling
from xlperf.workbook.documents import write_document
from xlperf.workbook.letters import letter
from xlperf.workbook.pdf import NoPdf, as_pdf

KIND = "更正通知"
_HEADS = (
    Head("单位", wide=22),
    Head("项目", prose=True, wide=24),
    Head("原公布", prose=True, wide=18),
    Head("更正为", prose=True, wide=18),
)


def correction(
    scores: Scores, appeal: Appeal, ruling: Ruling, came_to: Value, changes: Sequence[Change], day: date
) -> Document:
    """Return the notice. scores: as they were before; came_to: what the row that was reviewed comes to now."""
    plan = scores.plan
    unit, was, now = scores.unit_names.get(appeal.unit, appeal.unit), appeal.was, value_text(came_to)
    rows = [(unit, appeal.item, was, now)] if was != now else []
    for change in (c for c in changes if (c.sheet, c.column) not in plan.private):
        decimals = plan.by_name[change.sheet].by_name[change.column].shown
        was, now = (_printed(v, decimals) for v in (change.old, change.new))
        rows.append((scores.unit_names.get(change.unit, change.unit), change.title, was, now))
    opinion = ruling.opinion if not ruling.opinion or ruling.opinion[-1] in "。！？" else f"{ruling.opinion}。"
    opening = f"{unit}对“{appeal.item}”申请复核（第{appeal.number}号），经复核，{ruling.outcome}。{opinion}"
    blocks = (
        Line(opening),
        Line("据此，下列内容更正如下，其余不变。"),
        Table(_HEADS, tuple(rows)),
        Line(f"{plan.issuer}（盖章）", "seal"),
        Line(long_day(day), "seal"),
    )
    name = f"{KIND}-{appeal.number}"
    return Document("public", KIND, "", name, f"{plan.title}结果{KIND}", blocks, plan.caution, letter=True)


def _printed(value: Value, decimals: int | None) -> str:
    return published(value, decimals) if decimals is not None else shown(value, 6)


def corrected_files(document: Document, *, pdf: bool) -> tuple[dict[str, bytes], list[Problem]]:
    """Return name → bytes of the notice as workbook, letter and, where LibreOffice is, PDF; else a problem."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder, "book.xlsx")
        write_document(document, book)
        stem = f"{document.parent}{document.name}"
        files = {f"{stem}.xlsx": book.read_bytes(), f"{stem}.docx": letter(document)}
        if not pdf:
            return files, []
        try:
            (printed,) = as_pdf([book], Path(folder, "pdf"))
        except NoPdf as fault:
            return files, [problem("PUBLISH_NO_PDF", cause=str(fault))]
        return files | {f"{stem}.pdf": printed.read_bytes()}, []
