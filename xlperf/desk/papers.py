"""反馈与公示 at the desk: what is still missing, how it would be published, and publishing it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from xlperf.desk.asked import Data, Desk, Refused, worded
from xlperf.problems import Problem, errors, problem
from xlperf.publish.publication import CHARTS, publish, records_of
from xlperf.publish.ready import not_ready
from xlperf.publish.wishes import Wishes, settings_for
from xlperf.report.document import EDITION_NAMES
from xlperf.rounds.outputs import PUBLISHED
from xlperf.rounds.store import Round


def papers(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Return what stands in the way of publishing, the days as they would be printed, and what was published last."""
    round_ = desk.round(worded(words, "round"))
    settings, wrong = settings_for(round_, _wishes(words))
    lacking = not_ready(round_, round_.scores(), settings.incomplete)
    return {
        "lacking": [desk.placed(p).data(desk.language) for p in [*wrong, *lacking]],
        "ready": not errors([*wrong, *lacking]),
        "day": settings.day.isoformat(),
        "appeal_days": settings.appeal_days,
        "due": settings.due.isoformat() if settings.due else None,
        "notice_days": settings.notice_days,
        "notice_due": settings.notice_due.isoformat() if settings.notice_due else None,
        "sheets": published(round_),
    }


def give_out(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Publish the round as `xlperf publish --html` does. words: day, appeal_days, notice_days, incomplete; pdf: 是."""
    round_ = desk.round(worded(words, "round"))
    settings, wrong = settings_for(round_, _wishes(words))
    if wrong:
        raise Refused(wrong)
    done = publish(round_, settings, pdf=bool(worded(words, "pdf")), html=True, progress=desk.progress)
    if not done.files:
        raise Refused(list(done.problems))
    desk.problems.extend(done.problems)
    return {"files": [f.as_posix() for f in done.files], "sheets": published(round_)}


def published(round_: Round) -> list[Data]:
    """List the sheets that were published last, each with its code and the files of it that are there."""
    last = next(reversed(records_of(round_)), None)
    if last is None:
        return []
    found = [{k: s[k] for k in ("kind", "whose", "code", "edition", "file")} for s in last["sheets"]]
    charts = f"{EDITION_NAMES['internal']}/{CHARTS}"
    found.append({"kind": CHARTS, "whose": "", "code": "", "edition": "internal", "file": charts})
    return [{**s, "files": files} for s in found if (files := _files(round_, str(s["file"])))]


def _files(round_: Round, name: str) -> list[str]:
    there = (PUBLISHED / f"{name}{end}" for end in (".xlsx", ".docx", ".pdf"))
    return [f.as_posix() for f in there if (round_.folder / f).is_file()]


def _wishes(words: Mapping[str, Any]) -> Wishes:
    """Read what the person at the desk says; what is left out is as the scheme has it. Raises Refused."""
    wrong: list[Problem] = []
    try:
        day = date.fromisoformat(worded(words, "day")) if words.get("day") else date.today()
    except ValueError:
        wrong, day = [problem("DESK_BAD_WORD", found=worded(words, "day"))], date.today()
    days: list[int | None] = []
    for name in ("appeal_days", "notice_days"):
        text = worded(words, name).strip()
        days.append(int(text) if text.isdecimal() and int(text) <= 60 else None)  # as on the command line
        wrong += [problem("DESK_BAD_WORD", found=text)] if text and days[-1] is None else []
    if wrong:
        raise Refused(wrong)
    return Wishes(day, days[0], days[1], incomplete=" ".join(worded(words, "incomplete").split()))
