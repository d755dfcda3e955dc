"""复核: open an appeal, look ahead at what each outcome would do to everybody, decide, and say what changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from xlperf.engine.ask import objects_named, unknown_unit
from xlperf.engine.plan import UNIT, Column, Row, Sheet
from xlperf.engine.score import Scores, score
from xlperf.engine.whatif import Change, changes_between
from xlperf.entries.cell import Asked, judge
from xlperf.formula.values import Value, number, shown, value_text
from xlperf.problems import Problem, Where, errors, problem
from xlperf.publish.corrected import corrected_files, correction
from xlperf.report.document import Document, coded
from xlperf.rounds.appeals import CHANGED, UPHELD, Appeal, Ruling, open_appeals, ruled
from xlperf.rounds.freeze import must_be_open
from xlperf.rounds.journal import alone
from xlperf.rounds.ledger import record_decided
from xlperf.rounds.outputs import PUBLISHED, put_out
from xlperf.rounds.store import Round
from xlperf.rounds.workdays import own_days, workdays_after
from xlperf.terms import IN_POINTS

_LEADS = ("onsite", "lead", "onsite_actual", "verified", "decision")  # whose word counts before whose
TRIED = 6  # outcomes side by side


@dataclass(frozen=True)
class Asking:
    """What a unit asks. unit: code or name; item: key, number or words of the row. received, filed: days.

    A row is one that is marked, or an entry of a ledger that the office decided on.
    """

    unit: str
    item: str
    reason: str
    received: date
    filed: date
    days: int


def open_appeal(round_: Round, asking: Asking) -> tuple[Appeal | None, list[Problem]]:
    """Record an appeal; one that comes too late is recorded as given up. Raises NoCalendar, RoundClosed."""
    must_be_open(round_)
    scores = round_.scores()
    found = _row_of(scores, asking)
    if isinstance(found, Problem):
        return None, [found]
    unit, sheet, row = found
    own, wrong = own_days(round_.folder)
    if wrong:
        return None, wrong
    due = workdays_after(asking.received, asking.days, own) if asking.days else None
    was = _came_to(sheet, row)
    if was is None:
        return None, [problem("APPEAL_UNSCORED", Where(sheet=sheet.title), item=_said(sheet, row))]
    with alone(round_.ledger) as pen:
        state = round_.state()
        key = value_text(row[sheet.key.name])
        waiting = [a for a in open_appeals(state.appeals, state.rulings) if (a.sheet, a.row) == (sheet.name, key)]
        if waiting:
            return None, [problem("APPEAL_AGAIN", number=waiting[0].number, item=waiting[0].item)]
        number = max(state.appeals, default=0) + 1
        days = (asking.received.isoformat(), asking.filed.isoformat(), due.isoformat() if due else "")
        appeal = Appeal(
            number, unit, sheet.name, key, _said(sheet, row), value_text(was), " ".join(asking.reason.split()), *days
        )
        record_decided(pen, appeal)
    late = [problem("APPEAL_LATE", number=number, filed=days[1], due=days[2])] if appeal.waived else []
    return appeal, late


def what_if(round_: Round, number: int, column: str, text: str) -> tuple[list[Change], list[Problem]]:
    """Return what would change for everybody if an appeal were decided so; nothing is recorded."""
    appeal, problems = _waiting(round_, number)
    if appeal is None:
        return [], problems
    ruling, problems = _ruling(round_, appeal, CHANGED, column, text, "", "")
    if ruling is None:
        return [], problems
    return list(changes_between(round_.scores(), _scores_after(round_, ruling))), problems


@dataclass(frozen=True)
class Outcome:
    """One way to decide an appeal and what it would change for everybody. text: "" for leaving all as it is."""

    text: str
    changes: tuple[Change, ...]


def outcomes(round_: Round, number: int, column: str, texts: Sequence[str]) -> tuple[list[Outcome], list[Problem]]:
    """Return what each outcome would do, the one that leaves everything as it is first; nothing is recorded.

    texts: the values tried; left out, the other choices of the cell, else what the unit reported there, or of points
    the full mark and what it gave itself.
    """
    appeal, problems = _waiting(round_, number)
    if appeal is None:
        return [], problems
    found = [Outcome("", ())]
    for text in texts or _worth_trying(round_, appeal, column):
        changes, wrong = what_if(round_, number, column, text)
        problems += wrong
        if not errors(wrong):
            found.append(Outcome(text, tuple(changes)))
    return found, list(dict.fromkeys(problems))


def _worth_trying(round_: Round, appeal: Appeal, column: str) -> list[str]:
    """List the values that are worth trying in the cell that a decision would change."""
    sheet, row = _appealed(round_.scores(), appeal)
    there = _decided_in(sheet, row, column)
    if there is None:
        return []
    tried: list[Value] = list(there.choices)
    if not tried:
        roles = ("self", "full") if there.role in IN_POINTS else ("actual",)
        tried = [row[c.name] for role in roles if (c := sheet.the(role)) is not None]
    now = row[there.name]
    return list(dict.fromkeys(value_text(v) for v in tried if v is not None and v != now))[:TRIED]


@dataclass(frozen=True)
class Decided:
    """A decision that was recorded, what it changed for everybody, and the notice of it below the round's folder."""

    ruling: Ruling
    changes: tuple[Change, ...]
    files: tuple[Path, ...]


def decide(
    round_: Round,
    number: int,
    outcome: str,
    opinion: str,
    by: str,
    day: date,
    *,
    column: str = "",
    text: str = "",
    pdf: bool = False,
) -> tuple[Decided | None, list[Problem]]:
    """Record a decision and write the 更正通知 where it changed anything; pdf: as PDF too.

    Both or neither: the notice is on the disk before the decision is recorded. It is made while others may still
    write, and anew where they did and it would say something else.
    """
    must_be_open(round_)
    asked = _Decision(number, outcome, column, text, opinion, by, day)
    draft, problems = _draft(round_, asked)
    if draft is None:
        return None, problems
    made, faults = _made(draft, pdf=pdf)
    with alone(round_.ledger) as pen:
        final, problems = _draft(round_, asked)
        if final is None:
            return None, problems
        if final.notice != draft.notice:
            made, faults = _made(final, pdf=pdf)
        record_decided(pen, final.ruling)
        put_out(round_, {Path(PUBLISHED, name): data for name, data in made.items()}, pen)
    return Decided(final.ruling, final.changes, tuple(Path(PUBLISHED, name) for name in made)), [*problems, *faults]


@dataclass(frozen=True)
class _Decision:
    """What is asked to be decided: of which appeal, how, by whom, and the day on the notice."""

    number: int
    outcome: str
    column: str
    text: str
    opinion: str
    by: str
    day: date


@dataclass(frozen=True)
class _Draft:
    """A decision as it would be recorded, what it would change for everybody, and the notice of it; None without."""

    ruling: Ruling
    changes: tuple[Change, ...]
    notice: Document | None


def _draft(round_: Round, asked: _Decision) -> tuple[_Draft | None, list[Problem]]:
    """Return what a decision would be now, or why it cannot be."""
    appeal, problems = _waiting(round_, asked.number)
    if appeal is None:
        return None, problems
    ruling, problems = _ruling(round_, appeal, asked.outcome, asked.column, asked.text, asked.opinion, asked.by)
    if ruling is None:
        return None, problems
    before, then = round_.scores(), _scores_after(round_, ruling)
    changes = tuple(changes_between(before, then))
    if not changes:
        return _Draft(ruling, (), None), problems
    notice = correction(before, appeal, ruling, _came_to(*_appealed(then, appeal)), changes, asked.day)
    return _Draft(ruling, changes, coded(notice, round_.id, round_.key)), problems


def _made(draft: _Draft, *, pdf: bool) -> tuple[dict[str, bytes], list[Problem]]:
    return corrected_files(draft.notice, pdf=pdf) if draft.notice is not None else ({}, [])


def _scores_after(round_: Round, ruling: Ruling) -> Scores:
    """Return how all would stand under a decision that is not recorded."""
    return score(round_.plan, ruled(round_.plan, round_.tables(), {ruling.number: ruling}))


def _waiting(round_: Round, number: int) -> tuple[Appeal | None, list[Problem]]:
    """Return an appeal that may be decided, or why it may not."""
    state = round_.state()
    appeal = state.appeals.get(number)
    if appeal is None:
        known = "、".join(map(str, state.appeals)) or "-"
        return None, [problem("APPEAL_UNKNOWN", found=number, known=known)]
    if number in state.rulings:
        done = state.rulings[number]
        return None, [problem("APPEAL_DECIDED", number=number, outcome=done.outcome, by=done.by)]
    if appeal.waived:
        return None, [problem("APPEAL_LATE", number=number, filed=appeal.filed, due=appeal.due)]
    return appeal, []


def _ruling(
    round_: Round, appeal: Appeal, outcome: str, column: str, text: str, opinion: str, by: str
) -> tuple[Ruling | None, list[Problem]]:
    """Return the decision as it would be recorded, its value judged as any that is typed."""
    if outcome == UPHELD:
        return Ruling(appeal.number, UPHELD, opinion, by), []
    sheet, row = _appealed(round_.scores(), appeal)
    there = _decided_in(sheet, row, column)
    if there is None:
        titles = "、".join(c.title for c in sheet.inputs() if c.by != UNIT)
        return None, [problem("APPEAL_COLUMN", found=column or "-", titles=titles)]
    typed = number(text) if there.holds == "number" else None
    raw = text if typed is None else float(typed)
    value, problems = judge(Asked(there, row, Where(sheet=sheet.title, row=appeal.item)), raw)
    if value is None or errors(problems):
        return None, problems or [problem("APPEAL_COLUMN", found=text, titles=there.title)]
    return Ruling(appeal.number, CHANGED, opinion, by, sheet.name, appeal.row, there.name, value_text(value)), problems


def _appealed(scores: Scores, appeal: Appeal) -> tuple[Sheet, Row]:
    """Return the row that an appeal is about."""
    sheet = scores.plan.by_name[appeal.sheet]
    return sheet, next(r for r in scores.rows(sheet.name) if value_text(r[sheet.key.name]) == appeal.row)


def _came_to(sheet: Sheet, row: Row) -> Value:
    """Return what a row came to: its score, or what the office decided on an entry; None while there is neither."""
    points, decision = sheet.the("score"), sheet.the("decision")
    if points is not None:
        return row[points.name]
    if decision is None or row[decision.name] == decision.choices[0]:  # nobody has decided yet
        return None
    return row[decision.name]


def _decided_in(sheet: Sheet, row: Row, column: str) -> Column | None:
    """Return the cell in which a decision is put: the one named, else the one whose word counts now."""
    typed = [c for c in sheet.inputs() if c.by != UNIT]
    if column:
        return next((c for c in typed if column in (c.name, c.title)), None)
    return next((c for role in _LEADS for c in typed if c.role == role and row[c.name] is not None), None)


def _row_of(scores: Scores, asking: Asking) -> tuple[str, Sheet, Row] | Problem:
    """Return the unit and the row that an appeal is about, or what is wrong with what was named."""
    units = [thing for thing, _, _ in objects_named(scores, asking.unit)]
    if not units:
        return unknown_unit(scores, asking.unit)
    found: list[tuple[Sheet, Row]] = []
    others: list[tuple[Sheet, Row]] = []
    for sheet in (s for s in scores.plan.sheets if _may_be_asked(s)):
        things = scores.things(sheet)
        for row, thing in zip(scores.rows(sheet.name), things, strict=True):
            if asking.item in _names(sheet, row):
                (found if thing == units[0] else others).append((sheet, row))
    keyed = [x for x in found if value_text(x[1][x[0].key.name]) == asking.item]
    if len(keyed or found) == 1:
        return (units[0][1], *(keyed or found)[0])
    if found:
        keys = "、".join(f"{s.title}：{value_text(row[s.key.name])}" for s, row in found[:8])
        return problem("APPEAL_SEVERAL", found=asking.item, keys=keys)
    code = "APPEAL_OTHER_UNIT" if others else "APPEAL_NO_ITEM"
    return problem(code, found=asking.item, unit=scores.objects.title(units[0]))


def items_of(scores: Scores, unit: str) -> list[tuple[str, str]]:
    """List what a unit may ask about: how the row is named when an appeal is opened, and its sheet and words."""
    found = []
    things = [thing for thing, _, _ in objects_named(scores, unit)][:1]
    for sheet in (s for s in scores.plan.sheets if things and _may_be_asked(s)):
        for row, thing in zip(scores.rows(sheet.name), scores.things(sheet), strict=True):
            if thing == things[0] and _came_to(sheet, row) is not None:
                key = value_text(row[sheet.key.name])
                found.append(
                    (f"{sheet.title}：{key}", f"{sheet.title}　{_said(sheet, row)}　{shown(_came_to(sheet, row))}")
                )
    return found


def cells_of(round_: Round, appeal: Appeal) -> list[tuple[Column, Value]]:
    """List the cells a decision on an appeal may change, with what stands there; the one it would be put in first."""
    sheet, row = _appealed(round_.scores(), appeal)
    first = _decided_in(sheet, row, "")
    listed = [c for c in sheet.inputs() if c.by != UNIT]
    return [(c, row[c.name]) for c in sorted(listed, key=lambda c: c is not first)]


def _may_be_asked(sheet: Sheet) -> bool:
    """Return whether units may ask about rows of a sheet: marked up to a full mark, or decided on by the office."""
    return sheet.the("full") is not None if sheet.the("score") is not None else sheet.the("decision") is not None


def _names(sheet: Sheet, row: Row) -> Iterator[str]:
    number = sheet.the("number")
    cells: list[Value] = [row[sheet.key.name], row[sheet.naming.name], row[number.name] if number is not None else None]
    yield from (value_text(c) for c in cells if c is not None)
    yield f"{sheet.title}：{value_text(row[sheet.key.name])}"
    entry = f"{sheet.title}：{value_text(row[sheet.naming.name])}"  # as entries stand on the feedback sheet
    yield from (entry, *(f"{entry}（{c.title}）" for c in sheet.columns if c.expr is not None and c.holds == "number"))


def _said(sheet: Sheet, row: Row) -> str:
    return value_text(row[sheet.naming.name])
