"""签批: stages of a round that people sign off, with a digest of what was signed; what changed since is told.

What a stage covers follows from the roles of columns: 自评 what units filled, 牵头打分 what scorers and office did,
现场 what was found on site, every later stage the results as a whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from xlperf.engine.plan import UNIT, Column, Plan
from xlperf.engine.score import Scores, score
from xlperf.formula.values import value_text
from xlperf.problems import Problem, problem
from xlperf.rounds.appeals import Signed
from xlperf.rounds.journal import Entry, alone, entries
from xlperf.rounds.ledger import record_decided, state_before
from xlperf.rounds.store import Round

SELF, LEADS, ONSITE = "自评", "牵头打分", "现场"
STAGES = (SELF, LEADS, ONSITE, "初评", "审核", "审定", "公示")
Values = Mapping[tuple[str, str, str], str]
_NAMED = 6


@dataclass(frozen=True)
class Stage:
    """A stage that was signed: by whom and when, and how many cells of what was signed are otherwise since.

    changes: the first of them, in words.
    """

    stage: str
    by: str
    note: str
    at: str
    sha: str
    changed: int
    changes: tuple[str, ...]


def sign(round_: Round, stage: str, by: str, note: str = "") -> tuple[Signed | None, list[Problem]]:
    """Record that somebody signed a stage off, with the digest of what it covers now.

    Who has signed it as it is adds nothing by signing again: that is said, and no entry is made.
    """
    if stage not in STAGES:
        return None, [problem("STAGE_UNKNOWN", found=stage, known="、".join(STAGES))]
    if not by.strip():
        return None, [problem("STAGE_UNSIGNED", stage=stage)]
    with alone(round_.ledger) as pen:
        signed = Signed(stage, by.strip(), note.strip(), _digest(_covered(round_.scores(), stage)))
        before = _last_of(round_, signed)
        if before is not None and before.body["sha"] == signed.sha and signed.note in ("", before.body["note"]):
            return None, [problem("SIGNED_ALREADY", stage=stage, by=signed.by, at=before.at[:16].replace("T", " "))]
        record_decided(pen, signed)
    return signed, []


def _last_of(round_: Round, signed: Signed) -> Entry | None:
    """Return the last time the same person signed the same stage."""
    found = (e for e in entries(round_.ledger) if e.kind == "signed")
    mine = [e for e in found if (e.body["stage"], e.body["by"]) == (signed.stage, signed.by)]
    return mine[-1] if mine else None


def signed_stages(round_: Round) -> Iterator[Stage]:
    """List what was signed, in the order it was, each held against the round as it is now."""
    now = round_.scores()
    for entry in (e for e in entries(round_.ledger) if e.kind == "signed"):
        body = entry.body
        current = _covered(now, body["stage"])
        changes: list[str] = []
        if _digest(current) != body["sha"]:
            then = score(round_.plan, round_.tables(state_before(round_.ledger, entry.number)))
            changes = list(_changes(round_.plan, _covered(then, body["stage"]), current))
        first = tuple(changes[:_NAMED])
        yield Stage(body["stage"], body["by"], body["note"], entry.at, body["sha"], len(changes), first)


def stage_problems(round_: Round) -> Iterator[Problem]:
    """List the stages of which something was changed after they were signed; the last signature of each counts."""
    last = {s.stage: s for s in signed_stages(round_)}
    for s in (s for s in last.values() if s.changed):
        yield problem("SIGNED_CHANGED", stage=s.stage, by=s.by, count=s.changed, cells="；".join(s.changes))


def _covered(scores: Scores, stage: str) -> Values:
    """Return the cells that a stage covers, by their places."""
    found: dict[tuple[str, str, str], str] = {}
    for sheet in scores.plan.sheets:
        keys = scores.column(sheet.name, sheet.key.name)
        for column in (c for c in sheet.columns if _covers(stage, c)):
            cells = zip(keys, scores.column(sheet.name, column.name), strict=True)
            found |= {(sheet.name, value_text(k), column.name): value_text(v) for k, v in cells}
    return found


def _covers(stage: str, column: Column) -> bool:
    onsite = column.role in ("onsite", "onsite_actual")
    if stage == SELF:
        return column.kind == "input" and column.by == UNIT
    if stage == LEADS:
        return column.kind == "input" and column.by != UNIT and not onsite
    return onsite if stage == ONSITE else column.expr is not None


def _digest(values: Values) -> str:
    return hashlib.sha256("\n".join(f"{at}={text}" for at, text in sorted(values.items())).encode()).hexdigest()


def _changes(plan: Plan, was: Values, now: Values) -> Iterator[str]:
    for at in sorted({*was, *now}):
        if was.get(at) != now.get(at):
            sheet = plan.by_name[at[0]]
            title = sheet.by_name[at[2]].title
            yield f"{sheet.title} {at[1]} {title}：{was.get(at) or '—'} → {now.get(at) or '—'}"
