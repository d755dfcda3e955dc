"""封存: close a round, so that its results stay as they are whatever becomes of program and scheme.

A frozen round is neither collected into nor scored nor issued again. Whoever must go on reopens it with a reason,
which the ledger keeps; what was frozen before stays beside what is frozen then.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from xlperf.engine.score import Scores
from xlperf.files import write_whole
from xlperf.formula.values import shown
from xlperf.problems import Problem, Where, errors, problem, word
from xlperf.rounds.chain import called_of, proved
from xlperf.rounds.deeds import Frozen, Reopened
from xlperf.rounds.frozen import SHORT, Difference, Results, differences, digest_of, sheets_of, written
from xlperf.rounds.ledger import record_frozen, record_reopened
from xlperf.rounds.present import Earlier
from xlperf.rounds.store import Round
from xlperf.version import VERSION

FOLDER = "frozen"
_NAMED = 12  # cells named one by one
_WHY = {  # whether scheme and program are still the same
    (True, True): word("数据与封存时不同"),
    (False, True): word("方案改过"),
    (True, False): word("程序版本不同"),
    (False, False): word("方案改过、程序版本不同"),
}


class RoundClosed(Exception):
    """The results of the round are frozen; `problems` says so and what would differ."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(p.text("en") for p in problems))
        self.problems = problems


@dataclass(frozen=True)
class Freezing:
    """What came of freezing.

    file: below the round's folder, None where nothing was written. sha256: of the file that stands. differences:
    cells that would now be another, where results were frozen before.
    """

    file: Path | None
    sha256: str = ""
    problems: tuple[Problem, ...] = ()
    differences: tuple[Difference, ...] = ()


def freeze(round_: Round, unsettled: Iterable[Problem] = (), *, today: date | None = None) -> Freezing:
    """Freeze the results of a round as it stands; one that is closed already is only held against what it holds.

    unsettled: what is missing from the round; an error stops it. today: the day that is written down.
    """
    state, problems = round_.state(), list(unsettled)
    if state.closed:
        return held_against(round_)
    if errors(problems):
        return Freezing(None, problems=(problem("FREEZE_UNSETTLED", Where(str(round_.folder))), *problems))
    data = written(_results(round_, round_.scores(), today or date.today()), round_.key)
    number = len(state.frozen) + 1
    file = Path(FOLDER, "结果.json" if number == 1 else f"结果-{number}.json")
    write_whole(round_.folder / file, data)  # before it is recorded: what the ledger names is there
    record_frozen(round_.ledger, Frozen(file.as_posix(), digest_of(data), round_.scheme_sha, VERSION))
    return Freezing(file, digest_of(data), tuple(problems))


def held_against(round_: Round) -> Freezing:
    """Prove what a closed round has frozen and say where it would come out otherwise today; nothing is written."""
    last = round_.state().frozen[-1]
    found = proved(round_.folder, last, round_.key)
    if isinstance(found, Problem):
        return Freezing(None, problems=(found,))
    changed = tuple(differences(found.results.sheets, sheets_of(round_.scores())))
    return Freezing(None, last.sha256, tuple(_would_differ(found, round_, changed)), changed)


def _would_differ(found: Earlier, round_: Round, changed: tuple[Difference, ...]) -> list[Problem]:
    """List how the frozen results would come out otherwise today, why that may be, and in which cells."""
    if not changed:
        return []
    was = found.results
    why = _WHY[was.scheme_sha == round_.scheme_sha, was.program == VERSION]
    values = {"count": len(changed), "why": why, "sha": found.sha256[:SHORT]}
    return [
        problem("FROZEN_WOULD_DIFFER", Where(was.round), **values),
        *(
            problem("FROZEN_CELL", Where(was.round, sheet=d.sheet), key=d.key, column=d.column, **_was_now(d))
            for d in changed[:_NAMED]
        ),
    ]


def _was_now(d: Difference) -> dict[str, str]:
    return {"was": shown(d.was, 6), "now": shown(d.now, 6)}


def must_be_open(round_: Round) -> None:
    """Raise RoundClosed where a round has frozen its results and nobody has reopened it."""
    if round_.state().closed:
        held = held_against(round_)
        said = problem("ROUND_CLOSED", Where(str(round_.folder)), sha=round_.state().frozen[-1].sha256[:SHORT])
        raise RoundClosed([said, *held.problems])


def reopen(round_: Round, reason: str) -> list[Problem]:
    """Reopen a closed round for a reason, which the ledger keeps; return why it cannot be."""
    if not round_.state().closed:
        return [problem("ROUND_NOT_CLOSED", Where(str(round_.folder)))]
    if not reason.strip():
        return [problem("REOPEN_REASON", Where(str(round_.folder)))]
    record_reopened(round_.ledger, Reopened(" ".join(reason.split())))
    return []


def _results(round_: Round, scores: Scores, today: date) -> Results:
    """Gather what a round has come to."""
    scheme = round_.scheme
    took = tuple(
        {"round": e.results.round, "year": e.results.year, "period": e.results.period, "sha256": e.sha256}
        for e in round_.earlier
    )
    return Results(
        scheme=scheme.id,
        title=scheme.title,
        round=round_.id,
        year=round_.year,
        period=round_.period,
        called=called_of(scheme, round_.period),
        scheme_sha=round_.scheme_sha,
        program=VERSION,
        at=today.isoformat(),
        caution=round_.plan.caution,
        readings=dict(round_.readings),
        took=took,
        units={str(code): name for code, name in scores.unit_names.items()},
        sheets=sheets_of(scores),
    )
