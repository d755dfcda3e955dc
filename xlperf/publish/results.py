"""Score a round and write what follows from it: the 总表 with the true numbers, and the ranking as CSV."""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from xlperf.engine.plan import Print
from xlperf.engine.ranked import ranked_lists
from xlperf.engine.score import Scores, score
from xlperf.files import writing
from xlperf.problems import Problem
from xlperf.report.ranking import Places
from xlperf.rounds.clearance import must_be_cleared
from xlperf.rounds.collecting.edition import FILE as EDITION
from xlperf.rounds.collecting.typed import take_editions
from xlperf.rounds.freeze import must_be_open
from xlperf.rounds.ledger import Issued, Written, record_issued, record_written
from xlperf.rounds.outputs import digests_recorded, recorded
from xlperf.rounds.parcels import identity_of
from xlperf.rounds.publication import anchor_of
from xlperf.rounds.settings import at_work, settled
from xlperf.rounds.store import Round
from xlperf.workbook.books.master import write_master
from xlperf.workbook.books.parts import write_parts
from xlperf.workbook.books.prints import write_print_book, write_print_books
from xlperf.xlsx.skeleton import ANCHORED, UNPLACED

RANKING = "排名"
PARTS = Path("out", "总表")
_DANGEROUS = tuple("=+-@\t\r\0＝＋－＠")


@dataclass(frozen=True)
class Published:
    """A scored round and the files it was written to, as paths below the round's folder.

    files: none where a 总表 holds entries that could not be taken in: all is left as it is. problems: what became of
    what the office typed in the 总表. before: the places of the list that was written last.
    """

    scores: Scores
    files: tuple[Path, ...]
    problems: tuple[Problem, ...] = ()
    before: Places = field(default_factory=dict)


def score_round(round_: Round) -> Scores:
    """Score everything accepted so far. Raises NotCleared where the scheme's check is red, RoundClosed if frozen."""
    must_be_open(round_)
    must_be_cleared(round_.scheme, round_.plan)
    return score(round_.plan, round_.tables())


def publish_scores(round_: Round, *, native: bool = True) -> Published:
    """Score a round and write `out/总表.xlsx`, `out/排名.csv` and the prints that are books of their own.

    native: False writes rule calls as `XP_…` functions, for offices with the add-in; the numbers are the same.
    The 总表 carries an identity: the office fills in its own cells there, or in a copy that it drops into the inbox.
    What it typed is taken in first and kept as a copy.
    """
    must_be_open(round_)
    with at_work(round_.folder):
        before = places_written(round_)
        return replace(_published(round_, settled(round_), native=native), before=before)


def _published(round_: Round, changed: list[Problem], *, native: bool) -> Published:
    """Write the results; see `publish_scores`. changed: what is to be said of the round's own settings."""
    taken = take_editions(round_, anew=(EDITION,))
    typed = (*changed, *(p for t in taken for p in t.said))
    scores, anchor = _scored_at(round_)
    if any(t.held for t in taken):
        return Published(scores, (), typed)
    book = Path(EDITION)
    state = round_.state()
    known = state.issued.get(("master", ""))
    serial = known.serial if known else max(state.serials, default=0) + 1
    identity = identity_of(round_, "master", "", serial)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "book.xlsx")
        write_master(
            scores, made, identity=identity, native=native, scheme=round_.scheme, anchor=anchor, key=round_.key
        )
        data = made.read_bytes()
        prints = {file: data for p in scores.plan.prints if p.book for file, data in _print_books(scores, p, folder)}
    table = Path("out", f"{RANKING}.csv")
    with writing() as put:
        put(round_.folder / book, data)
        lists = {table: ranking_csv(scores, anchor).encode("utf-8-sig"), **prints}
        for file, content in lists.items():
            put(round_.folder / file, content)
        if known is None:
            issued = Issued("master", "", serial, book.as_posix(), hashlib.sha256(data).hexdigest())
            record_issued(round_.ledger, issued)
    written = Written(EDITION, hashlib.sha256(data).hexdigest())
    if state.written.get(EDITION) != written:
        record_written(round_.ledger, written)
    recorded(round_, lists)
    return Published(scores, (book, table, *prints), typed)


def publish_parts(round_: Round, *, native: bool = True) -> Published:
    """Score a round and write `out/总表/`, a book for every unit with its rows alone, in place of the whole 总表.

    For years of so many people that one book of them cannot be opened; see `books.parts`. The list of places and the
    prints are written too; of a print that every unit has for itself only these.
    """
    must_be_open(round_)
    with at_work(round_.folder):
        changed, taken, before = settled(round_), take_editions(round_, anew=(EDITION,)), places_written(round_)
        typed = (*changed, *(p for t in taken for p in t.said))
        scores, anchor = _scored_at(round_)
        if any(t.held for t in taken):
            return Published(scores, (), typed, before)
        digests: dict[str, str] = {}
        with tempfile.TemporaryDirectory() as folder, writing() as put:
            for file, data in _in_parts(scores, anchor, Path(folder), native=native):
                put(round_.folder / file, data)
                digests[file.as_posix()] = hashlib.sha256(data).hexdigest()
        left = {f.relative_to(round_.folder).as_posix(): f for f in (round_.folder / PARTS).glob("*.xlsx")}
        for gone in left.keys() - digests.keys():
            left[gone].unlink()
            digests[gone] = ""
        digests_recorded(round_, digests)
    return Published(scores, tuple(Path(name) for name, digest in digests.items() if digest), typed, before)


def _in_parts(scores: Scores, anchor: str, folder: Path, *, native: bool) -> Iterator[tuple[Path, bytes]]:
    """List what is written in place of the whole 总表, one file in memory at a time."""
    for file in write_parts(scores, folder, native=native):
        yield PARTS / file.name, file.read_bytes()
        file.unlink()
    yield Path("out", f"{RANKING}.csv"), ranking_csv(scores, anchor).encode("utf-8-sig")
    for spec in (p for p in scores.plan.prints if p.book):
        yield from _print_books(scores, spec, str(folder), whole=not spec.each)


def _scored_at(round_: Round) -> tuple[Scores, str]:
    """Score a round, and return the code of the ledger that the scores follow from; others may go on recording."""
    while True:
        anchor = anchor_of(round_.ledger)
        scores = score_round(round_)
        if anchor_of(round_.ledger) == anchor:
            return scores, anchor


def _print_books(scores: Scores, spec: Print, folder: str, *, whole: bool = True) -> Iterator[tuple[Path, bytes]]:
    """List the books of a print as files below the round's folder: the whole one, and one for every group."""
    if whole:
        made = Path(folder, "print.xlsx")
        write_print_book(scores, spec, made)
        yield Path("out", f"{spec.title}.xlsx"), made.read_bytes()
    own = Path(folder, spec.title)
    own.mkdir()
    for file in write_print_books(scores, spec, own) if spec.each else ():
        yield Path("out", spec.title, file.name), file.read_bytes()


def ranking_csv(scores: Scores, anchor: str = "") -> str:
    """Write every ranked list as CSV with Chinese headings, as the sheet 排名 shows it.

    Units without a place come last, with the reason. anchor: the code of the ledger that the last line prints.
    """
    text = io.StringIO()
    out = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    if scores.plan.caution:
        out.writerow([_safe(scores.plan.caution)])
    out.writerow(["榜单", "组别", "名次", "单位代码", "单位", "得分", "备注"])
    for line in ranked_lists(scores):
        place = UNPLACED if line.place is None else str(line.place)
        names = [_safe(text) for text in (line.key, line.called)]
        out.writerow([_safe(line.title), _safe(line.group), place, *names, line.points, line.remark])
    if anchor:
        out.writerow([ANCHORED, "", "", "", "", "", anchor])
    return text.getvalue()


def places_written(round_: Round) -> Places:
    """Read the places of the list that was written last; none where there is none.

    The list itself says nothing of who moved: it follows from the ledger alone, byte for byte, however often it is
    written.
    """
    file = round_.out / f"{RANKING}.csv"
    if not file.is_file():
        return {}
    rows = csv.reader(io.StringIO(file.read_text("utf-8-sig", "replace")))
    return {(r[0], r[1], r[3]): int(r[2]) for r in rows if len(r) > 3 and r[2].isascii() and r[2].isdigit()}


def _safe(text: str) -> str:
    """Write text so that no program takes it for a formula."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text
