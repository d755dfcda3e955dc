"""What units claim and what the office says of it: which claims wait, and which decisions no longer hold."""

from __future__ import annotations

from collections.abc import Mapping

from xlperf.engine.plan import OFFICE, Column, Plan, Row, Sheet
from xlperf.engine.roster import MASTER, Roster
from xlperf.entries.text import claim_words
from xlperf.formula.values import day_of, number, value_text
from xlperf.problems import Problem, Where, problem, word
from xlperf.rounds.ledger import State
from xlperf.rounds.merge import words_digest
from xlperf.rounds.parties import roster_now
from xlperf.rounds.store import Round

_NAMED = 8  # claims named one by one; of more only the number is told


def waiting_words(plan: Plan) -> dict[str, str]:
    """Return column → the word that stands there until the office decides, as the claims of a plan begin."""
    return {
        c.name: str(c.default)
        for sheet in plan.sheets
        for c in sheet.inputs(OFFICE)
        if c.choices and c.default is not None and (sheet.claims or {}).get(c.name) == c.default
    }


def pending(round_: Round, state: State) -> list[Problem]:
    """List which entries of the ledgers nobody has decided on, and so do not count."""
    words = waiting_words(round_.plan)
    roster = roster_now(round_, state)
    found: dict[str, list[str]] = {}
    for (name, _), row in roster.rows.items():
        sheet = round_.plan.by_name[name]
        if sheet.is_continued(row):
            continue
        for column in (c for c in sheet.inputs(OFFICE) if sheet.grows and words.get(c.name, "") == c.default):
            if row.get(column.name) in (None, column.default):
                found.setdefault(str(column.default), []).append(_title(roster, sheet, row))
    return [problem("CLAIMS_PENDING", status=s, count=len(t), claims=_some(t)) for s, t in found.items()]


def lapsed(round_: Round, state: State) -> list[Problem]:
    """List which decisions of the office no longer hold because the claim says something else now.

    The office decides on what it sees; once the unit sends the claim with other values, or the 总表 itself says
    something else than was sent, the decision does not cover it.
    """
    receipt = state.current.get(MASTER)
    if receipt is None:
        return []
    plan, words = round_.plan, waiting_words(round_.plan)
    roster = roster_now(round_, state)
    verdicts = {(c.sheet, c.row): c.text for c in receipt.cells if words.get(c.column, c.text) != c.text}
    problems = []
    for at, digest in receipt.seen.items():
        name, _, key = at.partition("|")
        sheet, row, verdict = plan.by_name[name], roster.rows.get((name, key)), verdicts.get((name, key))
        if verdict is None or (row is not None and words_digest(sheet, row) == digest):
            continue
        problems.append(_lapse(roster, sheet, key, row, receipt.words.get(at, {}), verdict))
    return problems


def _lapse(roster: Roster, sheet: Sheet, key: str, row: Row | None, was: Mapping[str, str], verdict: str) -> Problem:
    """Return the problem of one decision that no longer holds. was: what the claim said when it was decided on."""
    where = Where(sheet=sheet.title, path=key)
    if row is None:
        return problem("CLAIM_WITHDRAWN", where, claim=claim_words(sheet, was) or key, verdict=verdict)
    now = {c.name: value_text(row.get(c.name)) for c in sheet.inputs() if c.by != OFFICE}
    changes = "；".join(
        f"{c.title} {_shown(c, was[c.name])} → {_shown(c, now[c.name])}"
        for c in sheet.inputs()
        if c.name in was and now.get(c.name, was[c.name]) != was[c.name]
    )
    said = changes or word("内容改过")
    return problem("APPROVAL_LAPSED", where, claim=_title(roster, sheet, row), verdict=verdict, changes=said)


def _title(roster: Roster, sheet: Sheet, row: Row) -> str:
    """Return the name of a claim: the unit and its own first words."""
    words = claim_words(sheet, {c.name: value_text(row.get(c.name)) for c in sheet.inputs()})
    return f"{roster.whose(sheet, row)}“{words or value_text(row.get(sheet.key.name))}”"


def _some(names: list[str]) -> str:
    return "、".join(names[:_NAMED]) + ("……" if len(names) > _NAMED else "")


def _shown(column: Column, text: str) -> str:
    """Write the exact text of a cell the way people read it."""
    if not text:
        return "空"
    found = number(text) if column.holds == "date" else None
    return day_of(found).isoformat() if found is not None else text
