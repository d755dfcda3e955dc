"""Take back what comes in: keep every byte, say whose it is, judge every cell, record it, answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from xlperf.engine.must import collected_problems
from xlperf.engine.roster import MASTER, Roster
from xlperf.many import many_objects
from xlperf.problems import Problem, Where, errors, problem
from xlperf.rounds.accepted import CellTexts
from xlperf.rounds.collecting.claims import lapsed
from xlperf.rounds.collecting.collection import Collection, Missing
from xlperf.rounds.collecting.deleted import deleted, with_deleted
from xlperf.rounds.collecting.edition import Edition, added, editions_of, homeless
from xlperf.rounds.collecting.examine import Examiner
from xlperf.rounds.collecting.findings import Findings
from xlperf.rounds.collecting.identify import identity_problems, suited_name
from xlperf.rounds.collecting.inbox import arrivals
from xlperf.rounds.collecting.open import Opened, open_books
from xlperf.rounds.collecting.overwritten import overwritten
from xlperf.rounds.collecting.replies import sender, unanswered, write_replies
from xlperf.rounds.collecting.superseded import superseding
from xlperf.rounds.freeze import must_be_open
from xlperf.rounds.journal import Pen, alone
from xlperf.rounds.ledger import Receipt, State, record_receipts
from xlperf.rounds.parcels import MASTER as MASTER_TITLE
from xlperf.rounds.parcels import parcels_of
from xlperf.rounds.parties import roster_now, roster_of
from xlperf.rounds.passwords import passwords_of
from xlperf.rounds.settings import settled, unsettled
from xlperf.rounds.store import Progress, Round, keep, silent
from xlperf.scheduled import Elsewhere
from xlperf.workbook.back import second
from xlperf.workbook.back.read import ReadBook

REFUSED = frozenset({
    "EMPTY", "TOO_LARGE", "NOT_A_WORKBOOK", "OLD_XLS", "ENCRYPTED", "OTHER_FORMAT", "DAMAGED", "UNSAFE_ZIP", "BOMB",
    "DTD", "WRONG_ROUND", "ARCHIVE", "TOO_COMPLEX", "STRICT",
})  # fmt: skip
_ASKED_AGAIN = frozenset({"RECORD_GONE", "ISSUED_UNRECORDED"})  # what the office puts right, not who sent it
_AT_ONCE = 40  # books that are decided on and recorded together
_TURNS = ("scorer", "master")  # after all that the appraised fill in


def collect(
    round_: Round, progress: Progress = silent, *, dry_run: bool = False, elsewhere: Elsewhere | None = None
) -> Collection:
    """Take every file of the inbox, subfolders included, oldest first.

    The files stay where they are; what was taken before is not taken again. A file with an error is
    held whole: nothing of it is scored, nothing of it is lost. dry_run: decide, but record nothing. elsewhere: who
    reads the files but this machine; what was recorded before that ends stays, and the next run goes on from there.
    """
    must_be_open(round_)
    changed = list(unsettled(round_, round_.state())) if dry_run else settled(round_)
    state = round_.state()
    came = [(a.name, a.problem, "" if a.problem else keep(round_, a.data)) for a in arrivals(round_.inbox)]
    unread = tuple(
        Receipt("", name, "", "", 0, "refused", (refusal,)) for name, refusal, _ in came if refusal is not None
    )
    kept = [(name, digest) for name, refusal, digest in came if refusal is None]
    editions = editions_of(round_, state)
    kept += [(edition.file, keep(round_, edition.data)) for edition in editions.values()]
    fresh = fresh_files(state, kept)
    desk = decide(round_, state, fresh, editions, progress, dry_run=dry_run, elsewhere=elsewhere)
    ruled = list(collected_problems(round_.plan, round_.tables(desk.state))) if round_.plan.musts else []
    alone_read = () if second.is_there() else (problem("ONE_READER"),)
    concerns = (*alone_read, *changed, *desk.uncounted, *round_.beyond(desk.state), *lapsed(round_, desk.state), *ruled)
    kept = [(name, digest) for name, digest in kept if digest in desk.state.receipts]
    waiting = unanswered(round_, desk.state, {digest for _, digest in kept})
    replies = () if dry_run else write_replies(round_, desk.state, waiting)
    return Collection(
        (*_every_receipt(desk.state, kept, waiting), *unread),
        tuple(missing(round_, desk.state, waiting)),
        len(fresh),
        (*waiting, *unread),
        replies,
        concerns,
    )


def decide(
    round_: Round,
    state: State,
    fresh: Mapping[str, list[str]],
    editions: Mapping[str, Edition],
    progress: Progress,
    *,
    dry_run: bool,
    elsewhere: Elsewhere | None = None,
) -> Desk:
    """Decide on files, each beside what came before, and record it. fresh: digest → names; see `fresh_files`.

    Units come first, then scorers, then the office; units' books are let go as soon as some of them are decided on.
    """
    desk = Desk(round_, state, editions)
    now: list[tuple[str, list[str], Opened]] = []
    later: list[tuple[int, str, Opened]] = []
    try:
        for done, (digest, book) in enumerate(_opened(round_, state, fresh, editions, elsewhere), 1):
            turn = _turn(book)
            if turn:
                later.append((turn, digest, book))
            else:
                now.append((digest, fresh[digest], book))
            if len(now) == _AT_ONCE:
                some, now = now, []  # once only, also where the disk refuses
                desk.settle(some, dry_run=dry_run)
            progress(done, len(fresh), f"读表：{fresh[digest][0]}")
    finally:  # what was read before somebody stopped it stands
        desk.settle(now, dry_run=dry_run)
    for _, digest, book in sorted(later, key=lambda one: one[0]):
        desk.settle([(digest, fresh[digest], book)], dry_run=dry_run)
    return desk


def _opened(
    round_: Round,
    state: State,
    fresh: Mapping[str, list[str]],
    editions: Mapping[str, Edition],
    elsewhere: Elsewhere | None,
) -> Iterator[tuple[str, Opened]]:
    """List the books that were opened, those that came from outside first; the office's own are always read here."""
    passwords = passwords_of(round_, state)
    for own in (False, True):
        digests = [digest for digest in fresh if (digest in editions) is own]
        named = [(round_.received / digest, fresh[digest][0]) for digest in digests]
        who = None if own else elsewhere
        books = open_books(named, round_.records, own=own, passwords=passwords, elsewhere=who)
        yield from zip(digests, books, strict=True)


def missing(round_: Round, state: State, waiting: Iterable[Receipt]) -> Iterator[Missing]:
    """List who has no accepted workbook yet, in the order they were issued. waiting: what lies there unsettled."""
    roster = roster_of(round_)
    held = {sender(roster, state, r) for r in waiting}
    for parcel in parcels_of(round_):
        party = (parcel.kind, parcel.whom)
        if party not in state.current:
            yield Missing(parcel.kind, parcel.whom, parcel.name, party in held, parcel.book)


def fresh_files(state: State, kept: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Return what is to be looked at: digest → the names the bytes came under.

    Bytes that were decided on are not looked at again, unless they were held for their name and now have another one,
    or for want of the record of what was issued.
    """
    names: dict[str, list[str]] = {}
    for name, digest in kept:
        names.setdefault(digest, []).append(name)
    return {digest: known for digest, known in names.items() if _is_new(state.receipts.get(digest), known)}


def _is_new(receipt: Receipt | None, names: list[str]) -> bool:
    if receipt is None:
        return True
    codes = {p.code for p in receipt.problems}
    return bool(codes & {"RECORD_GONE", "ISSUED_UNRECORDED"}) or (
        "NAMED_OTHERWISE" in codes and set(names) != {receipt.file}
    )


def _turn(book: Opened) -> int:
    """Return 0 for the appraised, 1 for scorers, 2 for the office: each is judged beside what came before."""
    kind = book.identity.kind if isinstance(book, ReadBook) and book.identity is not None else ""
    return 1 + _TURNS.index(kind) if kind in _TURNS else 0


def _every_receipt(state: State, kept: list[tuple[str, str]], waiting: Iterable[Receipt]) -> Iterator[Receipt]:
    """Return what is said of each file: its receipt, that it was put right since, or that it lies there twice."""
    open_ = {r.sha256 for r in waiting}
    names: dict[str, list[str]] = {}
    for name, digest in kept:
        names.setdefault(digest, []).append(name)
    for name, digest in kept:
        receipt = state.receipts[digest]
        first = receipt.file if receipt.file in names[digest] else names[digest][0]
        if name != first:
            note = problem("DUPLICATE", Where(name), found=first)
            yield replace(receipt, file=name, decision="duplicate", problems=(note,), cells=())
        else:
            settled = receipt.decision != "accepted" and digest not in open_
            yield replace(receipt, file=name, decision="settled" if settled else receipt.decision)


# ---- one file ----------------------------------------------------------------------------------


@dataclass
class Desk:
    """Decides on one file after the other; `state` goes along.

    editions: by sha256, the 总表 that the office typed in. uncounted: what is to be said of an edition in which nothing
    is to be taken in.
    """

    round_: Round
    state: State
    editions: Mapping[str, Edition] = field(default_factory=dict)
    uncounted: list[Problem] = field(default_factory=list)
    _roster: tuple[str, Roster] | None = None
    _now: set[str] = field(default_factory=set)  # what was decided on in this run
    _taken_over: bool = False  # whether the receipts of the state are this desk's own to add to
    _last: int = -1  # the number of the entry that the state goes up to

    @many_objects()
    def settle(self, books: Sequence[tuple[str, list[str], Opened]], *, dry_run: bool) -> None:
        """Decide on files and record it, alone with the ledger: what others recorded meanwhile is seen before.

        books: digest, names, what was opened. They are recorded together; where the disk fails, none of them is.
        """
        if dry_run or not books:
            for digest, names, book in books:
                self.decided(digest, names, book)
            return
        stopped: KeyboardInterrupt | None = None
        with alone(self.round_.ledger) as put:
            try:
                for digest, names, book in books:
                    self._recorded(put, digest, names, book)
            except KeyboardInterrupt as asked:  # what was decided stands
                stopped = asked
        if stopped is not None:
            raise stopped

    def _recorded(self, put: Pen, digest: str, names: list[str], book: Opened) -> None:
        if put.last != self._last:
            self.state, self._roster, self._taken_over = self.round_.state(), None, False
        if digest in fresh_files(self.state, [(name, digest) for name in names]):
            receipt = self.decided(digest, names, book)
            if receipt is not None:
                record_receipts(put, receipt)
                self._now.add(digest)
        self._last = put.last

    def decided(self, digest: str, names: list[str], book: Opened) -> Receipt | None:
        """Decide on a file and take it into the state; None for a 总表 that was only saved again."""
        receipt = Receipt(digest, names[0], "", "", 0, "held")
        if isinstance(book, Problem):
            receipt = replace(receipt, decision=_decision([book]), problems=(book,))
        else:
            taken = self._safely(receipt, names, book)
            if taken is None:
                return None
            receipt = taken
        if not self._taken_over:  # what others hold does not change
            self.state = replace(self.state, receipts={**self.state.receipts}, current={**self.state.current})
            self._taken_over = True
        self.state = replace(self.state)  # who looks at it anew sees another one
        if receipt.decision == "accepted":
            self.state.current.pop(receipt.party, None)  # the order is that of acceptance
            self.state.current[receipt.party] = receipt
        self.state.receipts[digest] = receipt
        return receipt

    def _safely(self, receipt: Receipt, names: list[str], book: ReadBook) -> Receipt | None:
        """Judge a book; whatever goes wrong with it stops nobody else's."""
        try:
            return self._taken(receipt, names, book)
        except Exception as fault:
            refusal = problem("NOT_JUDGED", Where(receipt.file), found=f"{type(fault).__name__} {fault}")
            return replace(receipt, problems=(refusal,))

    def _taken(self, receipt: Receipt, names: list[str], book: ReadBook) -> Receipt | None:
        """Return whose book it is and judge its cells; None for a 总表 that was only saved again."""
        kind = book.identity.kind if book.identity is not None else ""
        roster = self._roster_for(kind)
        receipt = replace(receipt, file=suited_name(names, roster, book))
        problems = identity_problems(self.round_, self.state, roster, receipt.file, book)
        if book.identity is not None and not any(p.code == "NAMED_OTHERWISE" for p in problems):
            receipt = replace(receipt, kind=kind, who=book.identity.whom, serial=book.identity.serial)
        if receipt.sha256 in self.editions and receipt.party != MASTER and not errors(problems):
            problems = [problem("NOT_THE_MASTER", Where(receipt.file), found=roster.title(receipt.party))]
            receipt = replace(receipt, kind=MASTER[0], who=MASTER[1])  # nobody else is told that theirs was held
        if errors(problems):
            return replace(receipt, decision=_decision(problems), problems=tuple(problems))
        found = self._examined(receipt, roster, book)
        decision = _decision(found.problems)
        edition = self.editions.get(receipt.sha256) if receipt.party == MASTER else None
        if decision == "accepted" and edition is not None:
            whole = added(edition, book, found, roster, self.state.current.get(MASTER))
            if whole is None:
                self.uncounted += found.problems
                return None
            found, receipt = whole, replace(receipt, edition=edition.file)
        elif decision == "accepted" and receipt.party == MASTER:
            found = with_deleted(found, book, self.state.current.get(MASTER))
        cells = CellTexts.of(found.cells if decision == "accepted" else ())
        problems = [*found.problems, *(self._notes(receipt, roster, cells) if decision == "accepted" else ())]
        return replace(
            receipt, decision=decision, problems=tuple(problems), cells=cells,
            seen=found.seen, words=found.words, named=found.named,
        )  # fmt: skip

    def _examined(self, receipt: Receipt, roster: Roster, book: ReadBook) -> Findings:
        """Judge the cells of a book; of a 总表 also say what is calculated there and was typed over."""
        if receipt.party != MASTER:
            return Examiner(roster, self.state, receipt.party, receipt.file).examine(book)
        edition = self.editions.get(receipt.sha256)
        written = edition.written if edition is not None else None
        old = book.made_from.get("", self.round_.scheme.digest) != self.round_.scheme.digest
        found = Examiner(roster, self.state, receipt.party, receipt.file, written, self._given, old).examine(book)
        if old:
            found.problems += [problem("OLD_SCHEME_BOOK", Where(receipt.file)), *homeless(book, roster, receipt.file)]
        else:
            found.problems += overwritten(self.round_, receipt, book)
        found.problems += deleted(book, roster, receipt.file, edition.named if edition is not None else {})
        return found

    @cached_property
    def _given(self) -> frozenset[tuple[str, str]]:
        """Return the rows (sheet, key) of the scheme itself."""
        return frozenset(roster_of(self.round_).rows)

    def _roster_for(self, kind: str) -> Roster:
        """Return the rows as they stand; units do not look at each other's cells, so they share one."""
        if self._roster is None or kind == "master" or self._roster[0] != kind:
            self._roster = (kind, roster_now(self.round_, self.state))
        return self._roster[1]

    def _notes(self, receipt: Receipt, roster: Roster, cells: CellTexts) -> Iterator[Problem]:
        """List what is worth knowing of an accepted file."""
        where = Where(receipt.file)
        issued = self.state.issued.get(receipt.party)
        name = Path(issued.file).name if issued is not None else f"{MASTER_TITLE}.xlsx"
        if Path(receipt.file).name != name:
            yield problem("RENAMED", where, issued=name, who=roster.title(receipt.party))
        deadline = self.round_.deadline
        if deadline is not None and date.today() > deadline and not roster.is_office(receipt.party):
            yield problem("LATE", where, deadline=deadline.isoformat())
        before = self.state.current.get(receipt.party)
        if before is not None:
            note = superseding(self.round_, self.state, before, receipt, cells)
            yield note
            if note.code == "SUPERSEDES" and before.sha256 in self._now:
                yield problem("VERSIONS_AT_ONCE", where, found=before.file)


def _decision(problems: list[Problem]) -> str:
    if any(p.code in REFUSED for p in problems):
        return "refused"
    return "held" if errors(problems) else "accepted"
