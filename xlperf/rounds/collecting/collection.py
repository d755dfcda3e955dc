"""The answer of a collection: what became of every file, who is still missing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from xlperf.problems import Language, Problem
from xlperf.rounds.ledger import Receipt


@dataclass(frozen=True)
class Missing:
    """A workbook that has not come back, or not in a state that could be accepted."""

    kind: str
    whom: str
    name: str
    held: bool
    book: str = ""


@dataclass(frozen=True)
class Collection:
    """What became of every file in the inbox, and who is still missing.

    receipts: one a file, in the order they were taken; `file` is the path below inbox/. new: how many were not there
    the last time. waiting: what of it was held or refused and not settled since. replies: a ready-to-send text for
    each of these, below the round's folder. concerns: what is wrong with the round rather than with one file.
    """

    receipts: tuple[Receipt, ...] = ()
    missing: tuple[Missing, ...] = ()
    new: int = 0
    waiting: tuple[Receipt, ...] = ()
    replies: tuple[Path, ...] = ()
    concerns: tuple[Problem, ...] = ()

    def decided(self, decision: str) -> tuple[Receipt, ...]:
        """List the files that were `accepted`, `held`, `refused`, `duplicate` or, put right since, `settled`."""
        return tuple(r for r in self.receipts if r.decision == decision)

    @property
    def accepted(self) -> tuple[Receipt, ...]:
        """List the files whose cells count."""
        return self.decided("accepted")

    @property
    def held(self) -> tuple[Receipt, ...]:
        """List the files that wait for a person."""
        return self.decided("held")

    @property
    def refused(self) -> tuple[Receipt, ...]:
        """List the files that are no workbook of this round."""
        return self.decided("refused")

    @property
    def problems(self) -> list[Problem]:
        """List every problem of every file, then those of the round."""
        return [*(p for r in self.receipts for p in r.problems), *self.concerns]

    def data(self, language: Language) -> dict[str, object]:
        """Return it for programs."""
        return {
            "files": [
                {
                    "file": r.file,
                    "sha256": r.sha256,
                    "kind": r.kind,
                    "who": r.who,
                    "decision": r.decision,
                    "problems": [p.data(language) for p in r.problems],
                }
                for r in self.receipts
            ],
            "missing": [vars(m) for m in self.missing],
            "replies": [r.as_posix() for r in self.replies],
            "problems": [p.data(language) for p in self.concerns],
        }
