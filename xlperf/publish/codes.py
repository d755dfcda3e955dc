"""纸面校验码: what page a printed code belongs to, and where that page, or a copy of it, says something else today."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from xlperf.problems import Problem, Where, problem
from xlperf.publish.papers.ground import Settings
from xlperf.publish.publication import documents_of, records_of
from xlperf.report.document import Document
from xlperf.rounds.store import Round
from xlperf.workbook.documents import lines_of

_NAMED = 6  # lines named one by one
Said = Sequence[Sequence[str]]


def code_problems(round_: Round, code: str, copy: Path | None = None) -> tuple[str, list[Problem]]:
    """Return what sheet a code is of, and where it differs: today's ledger, or a copy that somebody has.

    The sheet is "" where no published sheet has the code.
    """
    wanted = code.strip().upper()
    found = next(((r, s) for r in reversed(records_of(round_)) for s in r["sheets"] if s["code"] == wanted), None)
    if found is None:
        return "", [problem("CODE_UNKNOWN", Where("records"), found=code)]
    record, sheet = found
    problems = list(_today(round_, record, sheet, wanted))
    if copy is not None:
        changed = _differing(sheet["said"], lines_of(copy), present=True)
        if changed:
            problems.append(problem("CODE_RETYPED", Where(copy.name), sheet=sheet["file"], **_counted(changed)))
    return sheet["file"], problems


def _today(round_: Round, record: dict[str, Any], sheet: dict[str, Any], code: str) -> Iterator[Problem]:
    settings = _settings(record["settings"])
    now: list[Document] = documents_of(round_, round_.scores(), settings, [sheet["edition"]])
    same = next((d for d in now if d.kind == sheet["kind"] and d.whose == sheet["whose"]), None)
    if same is not None and same.code == code:
        return
    changed = _differing(sheet["said"], same.said() if same is not None else [])
    yield problem("CODE_OLD", Where("records"), found=code, sheet=sheet["file"], **_counted(changed))


def _counted(changed: list[str]) -> dict[str, object]:
    return {"count": len(changed), "lines": "；".join(changed[:_NAMED]) + ("……" if len(changed) > _NAMED else "")}


def _differing(was: Said, now: Said, *, present: bool = False) -> list[str]:
    """List the lines that are otherwise: `what stood → what stands`. present: whether more lines may be there."""
    lines = [[cell for cell in line if cell] for line in was]
    others = [[cell for cell in line if cell] for line in now]
    kept = [line for line in lines if line and line not in others]
    fresh = [line for line in others if line and line not in lines]
    changed = []
    for line in kept:
        like = max(fresh, key=lambda other: len(set(other) & set(line)), default=[])
        changed.append(f"{' '.join(line)} → {' '.join(like) or '—'}")
    return changed if kept or present else [f"— → {' '.join(line)}" for line in fresh]


def _settings(kept: dict[str, str | None]) -> Settings:
    """Read the settings of a publication as they were recorded."""
    made: dict[str, Any] = {}
    for f in fields(Settings):
        text = kept.get(f.name)
        match f.name:
            case "day" | "due" | "notice_due":
                made[f.name] = date.fromisoformat(text) if text else None
            case "appeal_days" | "notice_days":
                made[f.name] = int(text or 0)
            case "columns":
                made[f.name] = tuple(json.loads(text or "[]"))
            case "with_scores":
                made[f.name] = text == "True"
            case "near":
                made[f.name] = Fraction(text or "0")
            case _:
                made[f.name] = text or ""
    return Settings(**made)
