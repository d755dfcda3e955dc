"""Whether a scheme may be used: its check is green, or somebody answers for using it red.

Nothing is issued, scored or published from a scheme whose check is red. Whoever must go on says why; the
reason stands in the ledger and in round.yaml, holds for exactly these files of the scheme, and is printed on
whatever comes out (`Plan.caution`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from xlperf.engine.check import standing
from xlperf.engine.plan import Plan
from xlperf.files import write_whole
from xlperf.problems import Problem, Where, errors, problem
from xlperf.rounds.deeds import Despite, Settings
from xlperf.rounds.ledger import record_despite, record_settings
from xlperf.scheme.model import Scheme


class NotCleared(Exception):
    """The scheme's check is red and nobody has answered for it; `problems` says what is red."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(p.text("en") for p in problems))
        self.problems = problems


def red(scheme: Scheme) -> list[Problem]:
    """List the errors of a scheme's check."""
    return errors(standing(scheme))


def cleared(scheme: Scheme, plan: Plan, reason: str = "") -> tuple[Plan, list[Problem]]:
    """Return the plan for use, with its caution where a red scheme is used for a reason.

    The problems hold errors where the scheme is red and no reason is given: the plan must not be used then.
    """
    problems = red(scheme)
    if not problems:
        unneeded = [problem("DESPITE_UNNEEDED")] if reason and not plan.caution else []
        return plan, unneeded
    if plan.caution and not reason:
        return plan, []
    if not reason.strip():
        return plan, [problem("SCHEME_RED", Where(scheme.id), count=len(problems)), *problems]
    warning = used_red(scheme, reason)
    return replace(plan, caution=warning.message("zh")), [warning]


def must_be_cleared(scheme: Scheme, plan: Plan) -> None:
    """Raise NotCleared where a plan may not be issued, scored or published."""
    _, problems = cleared(scheme, plan)
    if errors(problems):
        raise NotCleared(problems)


def seen_red(scheme: Scheme) -> list[Problem]:
    """List that a scheme whose check is red is only looked at; nothing where the check is green."""
    problems = red(scheme)
    codes = "、".join(dict.fromkeys(p.code for p in problems))
    return [problem("SCHEME_RED_SEEN", Where(scheme.id), count=len(problems), codes=codes)] if problems else []


def used_red(scheme: Scheme, reason: str) -> Problem:
    """Return the warning that stands on everything that comes from a red scheme."""
    problems = red(scheme)
    codes = "、".join(dict.fromkeys(p.code for p in problems))
    return problem("SCHEME_RED_USED", Where(scheme.id), count=len(problems), codes=codes, reason=reason)


def record_reason(folder: Path, ledger: Path, scheme: Scheme, reason: str) -> None:
    """Record why a round goes on with a red scheme: in the ledger, and in round.yaml for people."""
    codes = tuple(sorted({p.code for p in red(scheme)}))
    record_despite(ledger, Despite(reason, codes, scheme.digest))
    file = folder / "round.yaml"
    kept = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("despite:")]
    line = f"despite: {json.dumps(' '.join(reason.split()), ensure_ascii=False)}  # 方案核对未通过，仍继续的理由"
    text = "\n".join([*kept, line]) + "\n"
    write_whole(file, text.encode("utf-8"))
    record_settings(ledger, Settings(text))


def with_caution(scheme: Scheme, plan: Plan, reasons: Iterable[Despite]) -> tuple[Plan, list[Problem]]:
    """Return a plan with the caution that an earlier reason for these very files calls for, and the warning."""
    reason = {d.scheme_sha: d.reason for d in reasons}.get(scheme.digest, "")
    return cleared(scheme, plan, reason) if reason else (plan, [])
