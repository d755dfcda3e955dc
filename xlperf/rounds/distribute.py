"""Hand out: a 自评表 for every unit, a 打分表 for every scorer, the blank 总表 for the office."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xlperf.engine.objects import OFFICIAL
from xlperf.engine.plan import SCORER
from xlperf.engine.score import Scores, score
from xlperf.files import writing
from xlperf.parallel import FEW, shared_out
from xlperf.problems import Problem, Where, problem
from xlperf.rounds.clearance import must_be_cleared
from xlperf.rounds.collecting.edition import ISSUED, keep_copy
from xlperf.rounds.collecting.typed import take_editions
from xlperf.rounds.freeze import must_be_open
from xlperf.rounds.ledger import Issued, State, record_issued
from xlperf.rounds.parcels import Parcel, bound_to, due_words, identity_of, parcels_of
from xlperf.rounds.passwords import password, write_passwords
from xlperf.rounds.reported import reported
from xlperf.rounds.settings import at_work, settled
from xlperf.rounds.store import Progress, Round, silent
from xlperf.scheduled import chunks, scheduled
from xlperf.scheme.model import Scheme
from xlperf.workbook.books.master import write_master
from xlperf.workbook.books.scorer import write_scorer_book
from xlperf.workbook.record import packed, record_name
from xlperf.workbook.seal import Identity
from xlperf.workbook.secret import NoSuchPassword, locked, opened
from xlperf.workbook.stamp import Stamps
from xlperf.xlsx.pack import unpacked


@dataclass(frozen=True)
class Distribution:
    """What was handed out. written: new or changed; unchanged: already there just so.

    problems: what became of books in issued/ that somebody had typed in.
    """

    written: tuple[Path, ...] = ()
    unchanged: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """List every workbook of the round, as a path below its folder."""
        return tuple(sorted((*self.written, *self.unchanged)))


def distribute(
    round_: Round,
    progress: Progress = silent,
    *,
    dry_run: bool = False,
    only: Collection[str] = (),
    secret: bool = False,
    scheduler: str = "",
) -> Distribution:
    """Write every workbook of a round into `issued/` and record it with its serial.

    Serials stay when it runs again, and a file that would come out the same is left alone; one that comes out otherwise
    is a new issue with its own serial. What was issued is kept, and returns are laid against it. What units reported
    since stands in the 打分表, with what the scorer already gave; one who has sent the book keeps it while the same
    was reported. What the office typed in the 总表 is taken in before; where it cannot be, the 总表 is left as it is.
    dry_run: only say which files there would be. only: the kinds of books, where the others stay as they are. secret:
    give every book but the office's own a password of its own, from now on (see `passwords`). scheduler: where the
    books are made, see `scheduled`; "" for this machine. Raises NotCleared where the scheme's check is red, RoundClosed
    if frozen.
    """
    must_be_open(round_)
    must_be_cleared(round_.scheme, round_.plan)
    everybody = [*parcels_of(round_)]
    parcels = [p for p in everybody if not only or p.kind in only]
    if dry_run:
        return Distribution(written=tuple(p.file for p in parcels))
    with at_work(round_.folder):
        changed = settled(round_)
        taken = take_editions(round_, (ISSUED,))
        secret = secret or any(i.plain for i in round_.state().issued.values())
        gone = _left_behind(round_, everybody)
        held = {Path(t.file) for t in taken if t.held}
        done = _put_out(round_, parcels, gone, held, progress, secret=secret, scheduler=scheduler)
        write_passwords(round_, round_.state(), everybody)
    return replace(done, problems=(*changed, *(p for t in taken for p in t.said), *done.problems))


def _put_out(
    round_: Round, parcels: list[Parcel], gone: list[_Gone], held: Collection[Path], progress: Progress, *,
    secret: bool, scheduler: str,
) -> Distribution:  # fmt: skip
    """Write the books and record them. gone: what is taken away, see `_left_behind`; held: to be left alone."""
    state = round_.state()
    written, unchanged, issued = [], [], []
    problems = [p for file in gone for p in _kept_first(round_, *file)]
    all_made = _made(round_, state, parcels, secret=secret, scheduler=scheduler)
    with writing() as put:
        for done, (parcel, identity, made) in enumerate(all_made, 1):
            progress(done, len(parcels), f"发表：{parcel.file.name}")
            if parcel.file in held:
                continue
            now, kept = _issued(round_, parcel, identity, made), round_.records / record_name(identity.serial)
            known = state.issued.get((parcel.kind, parcel.whom))
            if known is not None and _is_there(round_, state, parcel, known, made):
                now = known
            elif known is not None and now.plain and known.plain == now.plain and _is_as_issued(round_, known):
                now = replace(now, sha256=known.sha256)  # locked again it would be other bytes
            same = known is not None and known.sha256 == now.sha256
            if not same or not (round_.folder / parcel.file).exists():
                problems += _kept_first(round_, parcel.file, known)
                put(round_.folder / parcel.file, made.out)
                written.append(parcel.file)
            else:
                unchanged.append(parcel.file)
            if made.record and not (same and kept.exists()):
                put(kept, made.record)
            if known != now:
                issued.append(now)
    if issued:
        record_issued(round_.ledger, *issued)
    problems += _taken_away(round_, gone)
    return Distribution(tuple(written), tuple(unchanged), tuple(problems))


def _is_as_issued(round_: Round, issued: Issued) -> bool:
    file = round_.folder / issued.file
    return file.is_file() and hashlib.sha256(file.read_bytes()).hexdigest() == issued.sha256


def _is_there(round_: Round, state: State, parcel: Parcel, known: Issued, made: _Made) -> bool:
    """Return whether a book may lie as it does, although this one has other bytes."""
    if known.file != parcel.file.as_posix() or not (round_.folder / known.file).exists():
        return False
    return _has_it(state, known, made) or _packed_otherwise(round_, known, made)


def _packed_otherwise(round_: Round, known: Issued, made: _Made) -> bool:
    """Return whether a book lies there as it was issued and differs from this one in its packing alone.

    So it is where an earlier version wrote it; handed out again, it would be a new issue for nothing.
    """
    if (
        _same_bytes(known, made)
        or known.record != made.digest
        or bool(known.plain) != bool(made.locked)
        or not _is_as_issued(round_, known)
    ):
        return False
    there = (round_.folder / known.file).read_bytes()
    if known.plain:
        try:
            _, there = opened(there, [password(round_, (known.kind, known.who))])
        except NoSuchPassword:
            return False
    return unpacked(there) == unpacked(made.data)


def _taken_away(round_: Round, gone: list[_Gone]) -> Iterator[Problem]:
    """Take away what lies in issued/ under a name that nobody has now; return what is to be said of it."""
    for file, _ in gone:
        (round_.folder / file).unlink(missing_ok=True)
    if gone:
        names = "、".join(file.stem for file, _ in gone)
        yield problem("ISSUED_TAKEN_AWAY", Where("issued"), count=len(gone), names=names)


_Gone = tuple[Path, Issued]


def _left_behind(round_: Round, parcels: list[Parcel]) -> list[_Gone]:
    """List the files that went out under a name, or to a unit, that the scheme does not have any more."""
    now = {p.file for p in parcels}
    there = [(Path(i.file), i) for i in round_.state().issued.values() if i.file.startswith("issued/")]
    return [(file, i) for file, i in there if file not in now and (round_.folder / file).is_file()]


def _kept_first(round_: Round, file: Path, known: Issued | None) -> Iterator[Problem]:
    """Keep a copy of a book that somebody typed in before it is written anew; the 总表 was taken in already."""
    there = round_.folder / file
    if known is None or known.kind == "master" or not there.is_file():
        return
    data = there.read_bytes()
    if hashlib.sha256(data).hexdigest() != known.sha256:
        copy = keep_copy(round_, data, file.name)
        yield problem("ISSUED_KEPT", Where(file.as_posix()), copy=copy.as_posix())


# ---- writing -----------------------------------------------------------------------------------

_Job = tuple[Parcel, Identity, str]  # the password last, "" for none


@dataclass(frozen=True)
class _Made:
    """A book as it was written. record: as it is kept, b"" where none is; digest, shape: of the record.

    locked: the book with its password, b"" where it has none.
    """

    data: bytes
    record: bytes = b""
    digest: str = ""
    shape: str = ""
    locked: bytes = b""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def out(self) -> bytes:
        """Return what is handed out."""
        return self.locked or self.data


def _issued(round_: Round, parcel: Parcel, identity: Identity, made: _Made) -> Issued:
    sha256, plain = hashlib.sha256(made.out).hexdigest(), made.sha256 if made.locked else ""
    what = (parcel.kind, parcel.whom, identity.serial, parcel.file.as_posix(), sha256)
    return Issued(*what, identity.code(), bound_to(round_, parcel.kind), made.digest, made.shape, plain)


def _has_it(state: State, known: Issued, made: _Made) -> bool:
    """Return whether a scorer has sent the book in which the same stands as in this one, but for what it gave."""
    return known.kind == SCORER and (SCORER, known.who) in state.current and known.record == made.digest


def _same_bytes(known: Issued, made: _Made) -> bool:
    return (known.plain or known.sha256) == made.sha256


def _is_same(round_: Round, state: State, known: Issued, made: _Made) -> bool:
    """Return whether a book need not be handed out again."""
    return _same_bytes(known, made) or _has_it(state, known, made) or _packed_otherwise(round_, known, made)


# what every book is written from: the stamps for units, scores with what was reported, scheme, deadline in words, key
_Source = tuple[Stamps, Scores, Scheme, str, bytes]


def _made(
    round_: Round, state: State, parcels: list[Parcel], *, secret: bool, scheduler: str
) -> Iterator[tuple[Parcel, Identity, _Made]]:
    """Write the books, the long ones first, in as many processes as the machine has.

    A book that comes out otherwise than it was issued is written again, with a serial of its own.
    """
    last = max(state.serials, default=0)
    jobs: list[_Job] = []
    for parcel in parcels:
        known = state.issued.get((parcel.kind, parcel.whom))
        last += known is None
        word = password(round_, (parcel.kind, parcel.whom)) if secret and parcel.kind != "master" else ""
        jobs.append((parcel, identity_of(round_, parcel.kind, parcel.whom, known.serial if known else last), word))
    blank = score(round_.plan, round_.scheme.tables)
    stamps = Stamps(blank, round_.scheme, due_words(round_))
    source = (stamps, reported(round_, state) or blank, round_.scheme, due_words(round_), round_.key)
    jobs.sort(key=lambda job: job[0].kind not in OFFICIAL)  # the long ones first
    again: list[_Job] = []
    for (parcel, identity, word), made in zip(jobs, _shared_out(source, jobs, scheduler), strict=True):
        known = state.issued.get((parcel.kind, parcel.whom))
        if known is None or parcel.kind == "master" or _is_same(round_, state, known, made):
            yield parcel, identity, made
        else:
            last += 1
            again.append((parcel, identity_of(round_, parcel.kind, parcel.whom, last), word))
    for (parcel, identity, _), made in zip(again, _shared_out(source, again, scheduler), strict=True):
        yield parcel, identity, made


def _shared_out(source: _Source, jobs: Sequence[_Job], scheduler: str) -> Iterator[_Made]:
    """Write the books of jobs in order: each of the long ones by itself, the others many at a time."""
    long = sum(job[0].kind in OFFICIAL for job in jobs)
    parts = [*([job] for job in jobs[:long]), *chunks(jobs[long:])]
    few = FEW if len(jobs) <= FEW else 1
    shared = (
        scheduled(_written, source, parts, scheduler) if scheduler else shared_out(_written, source, parts, few=few)
    )
    for made in shared:
        yield from made


def _written(source: _Source, jobs: Sequence[_Job]) -> list[_Made]:
    return [_book(source, job) for job in jobs]


def _book(source: _Source, job: _Job) -> _Made:
    """Write one book and return its bytes, with the record of it."""
    parcel, identity, word = job
    stamps, for_scorers, scheme, deadline, key = source
    if parcel.kind not in OFFICIAL:
        made = stamps.book(parcel.whom, identity)
        return _Made(made.data, made.record, made.digest, made.shape, locked(made.data, word) if word else b"")
    with tempfile.TemporaryDirectory() as folder:
        file, whom = Path(folder, "book.xlsx"), parcel.whom
        if parcel.kind == "master":
            write_master(stamps.scores, file, identity=identity, scheme=scheme, key=key)
            return _Made(file.read_bytes())
        record = write_scorer_book(for_scorers, whom, file, identity, scheme.office, scheme=scheme, deadline=deadline)
        data = file.read_bytes()
        return _Made(data, packed(record), record.digest(), record.shape(), locked(data, word) if word else b"")
