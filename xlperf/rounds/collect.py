"""Take back what comes in: keep every byte, say whose it is, judge every cell, record it, answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import cast

from xlperf.problems import Problem, Where, errors, problem
from xlperf.rounds.distribute import MASTER as MASTER_TITLE
from xlperf.rounds.distribute import identity_of, parcels_of
from xlperf.rounds.examine import Examiner, LockedCells, changed_cells
from xlperf.rounds.intake import Opened, open_books
from xlperf.rounds.ledger import CellText, Party, Receipt, State, record_receipts
from xlperf.rounds.replies import sender, unanswered, write_replies
from xlperf.rounds.store import Progress, Round, keep, silent
from xlperf.rounds.whose import MASTER, Roster
from xlperf.workbook.read import ReadBook
from xlperf.workbook.seal import Kind, is_genuine

REFUSED = frozenset({
    "EMPTY", "TOO_LARGE", "NOT_A_WORKBOOK", "OLD_XLS", "ENCRYPTED", "OTHER_FORMAT", "DAMAGED", "UNSAFE_ZIP", "BOMB",
    "DTD", "WRONG_ROUND",
})  # fmt: skip
_TURNS = ("unit", "scorer", "master")
_PASSED_OVER = ("~$", ".")  # what Excel and the system leave lying beside the files


@dataclass(frozen=True)
class Missing:
    """A workbook that has not come back, or not in a state that could be accepted."""

    kind: str
    whom: str
    name: str
    held: bool


@dataclass(frozen=True)
class Collection:
    """What became of every file in the inbox, and who is still missing.

    receipts: one a file, in the order they were taken; `file` is the path below inbox/. new: how many were not there
    the last time. replies: ready-to-send texts for what was held or refused, below the round's folder.
    """

    receipts: tuple[Receipt, ...] = ()
    missing: tuple[Missing, ...] = ()
    new: int = 0
    replies: tuple[Path, ...] = ()

    def decided(self, decision: str) -> tuple[Receipt, ...]:
        """List the files that were `accepted`, `held`, `refused` or `duplicate`."""
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
        """List every problem of every file."""
        return [p for r in self.receipts for p in r.problems]


def collect(round_: Round, progress: Progress = silent, *, dry_run: bool = False) -> Collection:
    """Take every file of the inbox, subfolders included, oldest first.

    The files stay where they are; what was taken before is not taken again. A file with an error is
    held whole: nothing of it is scored, nothing of it is lost. dry_run: decide, but record nothing.
    """
    state = round_.state()
    files = list(_files(round_.inbox))
    kept = [(file, keep(round_, file.read_bytes())) for file in files]
    fresh: dict[str, Path] = {}
    for file, digest in kept:
        if digest not in state.receipts:
            fresh.setdefault(digest, file)
    shown = [(round_.received / digest, _below(file, round_.inbox)) for digest, file in fresh.items()]
    opened: list[Opened] = []
    for book, (_, name) in zip(open_books(shown), shown, strict=True):
        opened.append(book)
        progress(len(opened), len(shown), f"读表：{name}")
    locked = _went_out(round_, state, opened, progress)
    for (digest, file), book in sorted(zip(fresh.items(), opened, strict=True), key=_turn):
        blank = Receipt(digest, _below(file, round_.inbox), "", "", 0, "held")
        receipt = _refusal(blank, book) if isinstance(book, Problem) else _taken(round_, state, blank, book, locked)
        state = _with(state, receipt)
        if not dry_run:
            record_receipts(round_.ledger, receipt)
    receipts = tuple(_told(state, file, digest, round_.inbox) for file, digest in kept)
    replies = () if dry_run else write_replies(round_, state)
    return Collection(receipts, tuple(missing(round_, state)), len(fresh), replies)


def missing(round_: Round, state: State) -> Iterator[Missing]:
    """List who has no accepted workbook yet, in the order they were issued."""
    waiting = {sender(round_, r) for r in unanswered(round_, state)}
    for parcel in parcels_of(round_):
        party = (parcel.kind, parcel.whom)
        if party not in state.current:
            yield Missing(parcel.kind, parcel.whom, parcel.name, party in waiting)


def _files(inbox: Path) -> Iterator[Path]:
    """Visit the returned files, oldest first; of two versions the later one then replaces the earlier."""
    found = [f for f in inbox.rglob("*") if f.is_file() and not f.name.startswith(_PASSED_OVER)]
    yield from sorted(found, key=lambda f: (f.stat().st_mtime, f.as_posix()))


def _below(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix()


def _with(state: State, receipt: Receipt) -> State:
    current = dict(state.current)
    if receipt.decision == "accepted":
        current.pop(receipt.party, None)  # the order is that of acceptance
        current[receipt.party] = receipt
    return replace(state, receipts={**state.receipts, receipt.sha256: receipt}, current=current)


def _told(state: State, file: Path, digest: str, inbox: Path) -> Receipt:
    """Return what is said of a file: its receipt, or that the same bytes came under another name."""
    receipt = state.receipts[digest]
    name = _below(file, inbox)
    if receipt.file == name:
        return receipt
    told = problem("DUPLICATE", Where(name), found=receipt.file)
    return replace(receipt, file=name, decision="duplicate", problems=(told,), cells=())


def _turn(pair: tuple[tuple[str, Path], Opened]) -> int:
    """Let units come first, then scorers, then the office: each is judged beside what came before."""
    book = pair[1]
    return _TURNS.index(book.identity.kind) if isinstance(book, ReadBook) and book.identity is not None else 0


# ---- one file ----------------------------------------------------------------------------------


def _refusal(receipt: Receipt, told: Problem) -> Receipt:
    return replace(receipt, decision=_decision([told]), problems=(told,))


def _decision(problems: list[Problem]) -> str:
    if any(p.code in REFUSED for p in problems):
        return "refused"
    return "held" if errors(problems) else "accepted"


def _taken(
    round_: Round, state: State, receipt: Receipt, book: ReadBook, locked: Mapping[Party, LockedCells]
) -> Receipt:
    """Say whose book it is and judge its cells."""
    roster = Roster(round_.plan, round_.tables(state), round_.scheme.office)
    told = _identity_problems(round_, state, roster, receipt.file, book)
    identity = book.identity
    if identity is not None and not any(p.code == "NAMED_OTHERWISE" for p in told):
        receipt = replace(receipt, kind=identity.kind, who=identity.whom, serial=identity.serial)
    if errors(told):
        return replace(receipt, decision=_decision(told), problems=tuple(told))
    found = Examiner(roster, state, receipt.party, receipt.file, locked.get(receipt.party, {})).examine(book)
    told += found.problems
    decision = _decision(told)
    if decision == "accepted":
        told += _notes(round_, state, receipt, tuple(found.cells))
    return replace(
        receipt,
        decision=decision,
        problems=tuple(told),
        cells=tuple(found.cells) if decision == "accepted" else (),
        seen=found.seen,
    )


def _identity_problems(round_: Round, state: State, roster: Roster, file: str, book: ReadBook) -> list[Problem]:
    """Hold the carriers of identity against the round and against each other."""
    where, identity = Where(file), book.identity
    if identity is None:
        return [problem("NO_IDENTITY", where)]
    if (identity.round, identity.scheme, identity.year) != (round_.id, round_.scheme.id, round_.year):
        found = " ".join(dict.fromkeys((identity.round, str(identity.year))))
        wanted = " ".join(dict.fromkeys((round_.id, str(round_.year))))
        return [problem("WRONG_ROUND", where, found=found, wanted=wanted)]
    if not is_genuine(identity, round_.key):
        return [problem("FORGED_ID", where, found="封签不是本轮发出的")]
    me = (identity.kind, identity.whom)
    others = {code: party for code, party in _codes(round_, state).items() if party != me}
    printed = next((others[code] for code in book.codes if code in others), None)
    if printed is not None:
        return [problem("WRONG_UNIT", where, found=roster.title(me), printed=roster.title(printed))]
    if book.disagreements:
        return [problem("FORGED_ID", where, found="；".join(book.disagreements))]
    named = _named(Path(file).name, roster, me)
    return [problem("NAMED_OTHERWISE", where, named=named, found=roster.title(me))] if named else []


def _codes(round_: Round, state: State) -> dict[str, Party]:
    """Return the printed code of every book that was issued."""
    return {
        identity_of(round_, cast("Kind", i.kind), i.who, i.serial).code(): (i.kind, i.who)
        for i in state.issued.values()
    }


def _named(file: str, roster: Roster, party: Party) -> str:
    """Return the unit a file is named after, where that is not the unit it is of.

    The name proves nothing, but a file that says one unit outside and another inside wants a look.
    """
    mine = roster.title(party)
    if party[0] != "unit" or mine in file:
        return ""
    return max((n for n in roster.units.values() if n in file and n not in mine), key=len, default="")


def _went_out(
    round_: Round, state: State, books: Iterable[Opened], progress: Progress
) -> dict[Party, LockedCells]:
    """Return the locked cells of the books as issued, by party; the 总表 is written anew all the time and left out."""
    parties = {(b.identity.kind, b.identity.whom): None for b in books if isinstance(b, ReadBook) and b.identity}
    issued = [state.issued[p] for p in parties if p in state.issued and p != MASTER]
    files = [(round_.folder / i.file, i.file) for i in issued if (round_.folder / i.file).is_file()]
    there = [i for i in issued if (round_.folder / i.file).is_file()]
    found: dict[Party, LockedCells] = {}
    for one, book in zip(there, open_books(files), strict=True):
        if isinstance(book, ReadBook):
            cells = (c for c in book.cells if c.role == "locked")
            found[one.kind, one.who] = {(c.plan_sheet, c.row_key, c.column): c for c in cells}
        progress(len(found), len(there), f"核对原表：{one.file}")
    return found


def _notes(round_: Round, state: State, receipt: Receipt, cells: tuple[CellText, ...]) -> list[Problem]:
    """Say what is worth knowing of an accepted file."""
    told, where = [], Where(receipt.file)
    issued = state.issued.get(receipt.party)
    name = Path(issued.file).name if issued is not None else f"{MASTER_TITLE}.xlsx"
    if Path(receipt.file).name != name:
        who = Roster(round_.plan, round_.scheme.tables, round_.scheme.office).title(receipt.party)
        told.append(problem("RENAMED", where, issued=name, who=who))
    if round_.deadline is not None and date.today() > round_.deadline:
        told.append(problem("LATE", where, deadline=round_.deadline.isoformat()))
    before = state.current.get(receipt.party)
    if before is not None:
        changes = list(changed_cells(before.cells, cells))
        some = "；".join(changes[:5]) + ("……" if len(changes) > 5 else "")
        told.append(problem("SUPERSEDES", where, found=before.file, count=len(changes), cells=some or "没有"))
    return told
