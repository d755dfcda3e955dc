"""What the office typed into a 总表 that the program wrote: taken in before that book is written anew."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from xlperf.engine.roster import MASTER
from xlperf.problems import Problem, Where, errors, problem
from xlperf.rounds.collecting.collect import decide, fresh_files
from xlperf.rounds.collecting.edition import COPIES, FILES, Edition, editions_of, keep_copy
from xlperf.rounds.collecting.superseded import changed_cells
from xlperf.rounds.ledger import WITHDRAWN, Receipt
from xlperf.rounds.store import Round, keep, silent


@dataclass(frozen=True)
class Taken:
    """What became of a 总表 that the office typed in.

    file: which of `edition.FILES`. receipt: what was decided on it, None where nothing in it is to be taken in. copy:
    below the round's folder. count: the cells that the record has from it. problems: what does not count, and what was
    put right. again: whether it was taken in before as it is, and said then.
    """

    file: str
    receipt: Receipt | None
    copy: Path
    count: int
    problems: tuple[Problem, ...]
    again: bool = False

    @property
    def said(self) -> tuple[Problem, ...]:
        """Return what is to be said: errors where nothing was taken in, and it must not be written anew."""
        if self.again:
            return ()
        where, copy = Where(self.file), self.copy.as_posix()
        if self.held:
            count = len(errors(self.problems))
            return problem("MASTER_HELD", where, count=count, copy=copy, file=self.file), *self.problems
        return problem("MASTER_KEPT", where, count=self.count, copy=copy), *self.problems

    @property
    def held(self) -> bool:
        """Check whether something in it could not be taken in."""
        return self.receipt is not None and self.receipt.decision not in ("accepted", WITHDRAWN)


def take_editions(round_: Round, files: Collection[str] = FILES, anew: Collection[str] = FILES) -> list[Taken]:
    """Take in what the office typed into the 总表 that the program wrote, and keep a copy of each.

    anew: those that are written anew then. Of another one that was kept before as it is nothing is said again, unless
    it is held.
    """
    editions = editions_of(round_, round_.state(), files)
    return [_take_edition(round_, edition, anew) for edition in editions.values()]


def _take_edition(round_: Round, edition: Edition, anew: Collection[str]) -> Taken:
    state, digest = round_.state(), keep(round_, edition.data)
    fresh = fresh_files(state, [(edition.file, digest)])
    desk = decide(round_, state, fresh, {digest: edition}, silent, dry_run=False)
    receipts = round_.state().receipts
    known = set((round_.out / COPIES).glob("*.xlsx"))
    receipt, copy = receipts.get(digest), keep_copy(round_, edition.data)
    if (
        edition.file not in anew
        and round_.folder / copy in known
        and (receipt is None or receipt.decision == "accepted")
    ):
        return Taken(edition.file, receipt, copy, 0, (), again=True)
    if receipt is None:
        return Taken(edition.file, None, copy, 0, tuple(desk.uncounted))
    sent = [r for r in receipts.values() if r.party == MASTER and r.decision == "accepted" and r.sha256 != digest]
    before = sent[-1].cells if sent else ()
    count = len(list(changed_cells(round_.plan, before, receipt.cells))) if receipt.decision == "accepted" else 0
    return Taken(edition.file, receipt, copy, count, receipt.problems)
