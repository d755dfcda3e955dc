"""核验: hold a round against itself: chain, head, key, records, kept bytes, accepted cells, published ranking.

What is proved: nothing in the folder was changed since it was recorded, as far as whoever changed it did not have the
round's key; who had it is caught by the code that was printed on the published ranking.
"""

from __future__ import annotations

import csv
import hashlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from xlperf.engine.roster import MASTER
from xlperf.engine.score import score
from xlperf.problems import Problem, Where, errors, problem
from xlperf.publish.results import RANKING, ranking_csv
from xlperf.publish.whole import all_files
from xlperf.rounds.chain import proved
from xlperf.rounds.collecting.edition import FILE as EDITION
from xlperf.rounds.collecting.examine import Examiner
from xlperf.rounds.collecting.open import open_books
from xlperf.rounds.faults import fault_problems
from xlperf.rounds.journal import BrokenChain, Entry, damage, entries, hangs_together, read_head
from xlperf.rounds.ledger import State, state_before
from xlperf.rounds.parcels import identity_of
from xlperf.rounds.parties import roster_now
from xlperf.rounds.passwords import passwords_of
from xlperf.rounds.publication import anchor_of
from xlperf.rounds.store import KEY_FILE, LEDGER_FILE, Round, open_round
from xlperf.workbook.back.read import ReadBook
from xlperf.workbook.record import read_record, record_name
from xlperf.xlsx.skeleton import ANCHORED

_ANCHOR = re.compile(r"(\d+)-([0-9a-f]{16})")


def verified(folder: Path, anchor: str = "") -> tuple[int, list[Problem]]:
    """Hold a round against itself; return how many things were looked at, and everything that is not as recorded.

    anchor: the code printed on a ranking that was published, to be found in the chain.
    """
    problems = list(_chain_problems(folder / LEDGER_FILE))
    if any(p.code == "LEDGER_DAMAGED" for p in problems):
        return 0, problems
    round_, opening = open_round(folder)
    seen = {p.code for p in problems}
    problems += [p for p in opening if p.code not in seen]
    if round_ is None or errors(problems):
        return 0, problems
    there, state = list(entries(round_.ledger)), round_.state()
    count, strange = all_files(round_, state, there)
    parts = (
        _key_problems(round_, state),
        _kept_problems(round_, state),
        _record_problems(round_, state),
        _issued_problems(round_, state),
        _cell_problems(round_, state),
        _frozen_problems(round_, state),
        _ranking_problems(round_, there),
        _anchor_problems(there, anchor) if anchor else (),
    )
    problems += [*strange, *(p for part in parts for p in part)]
    return len(there) + count, problems


def _chain_problems(ledger: Path) -> Iterator[Problem]:
    """Check the chain, and that its head is the one that stands beside it."""
    where, found = Where(LEDGER_FILE), []
    if not ledger.exists():
        return
    try:
        found = list(entries(ledger))
    except BrokenChain as broken:
        if broken.number == 1 and hangs_together(ledger):
            yield problem("KEY_REPLACED", Where(KEY_FILE))
        else:
            yield problem("LEDGER_ALTERED", where, number=broken.number)
        return
    except sqlite3.DatabaseError as fault:
        if {p.code for p in fault_problems(fault)} != {"LEDGER_UNREADABLE"}:
            raise  # the machine refuses it: that says nothing of the ledger
        yield problem("LEDGER_DAMAGED", where, found=str(fault))
        return
    if wrong := damage(ledger):
        yield problem("LEDGER_DAMAGED", where, found=wrong)
    try:
        head = read_head(ledger)
    except (ValueError, UnicodeDecodeError):
        yield problem("HEAD_ALTERED", where)
        return
    if head is None:
        if found:
            yield problem("HEAD_GONE", where)
    elif head[0] > len(found):
        yield problem("LEDGER_CUT", where, number=len(found), wanted=head[0])
    elif head[0] and found[head[0] - 1].mark != head:
        yield problem("LEDGER_REWRITTEN", where, number=head[0])


def _key_problems(round_: Round, state: State) -> Iterator[Problem]:
    """Check that the key is the one that the books were sealed with, and its file as it was written."""
    file = round_.folder / KEY_FILE
    if file.is_file() and file.read_bytes() != f"{round_.key.hex()}\n".encode():
        yield problem("KEY_ALTERED", Where(KEY_FILE))
    for issued in state.serials.values():
        mine = identity_of(round_, issued.kind, issued.who, issued.serial).code()
        if issued.code and issued.scheme_sha in ("", round_.scheme_sha) and mine != issued.code:
            yield problem("KEY_REPLACED", Where(KEY_FILE))
            return


def _kept_problems(round_: Round, state: State) -> Iterator[Problem]:
    """Check every file that was received against its digest."""
    for digest, receipt in state.receipts.items():
        kept = round_.received / digest
        if not kept.is_file():
            yield problem("KEPT_GONE", Where(f"received/{digest[:12]}…"), found=receipt.file)
        elif hashlib.sha256(kept.read_bytes()).hexdigest() != digest:
            yield problem("KEPT_ALTERED", Where(f"received/{digest[:12]}…"), found=receipt.file)


def _frozen_problems(round_: Round, state: State) -> Iterator[Problem]:
    """Check every file of frozen results; copies of earlier ones are proved when the round is opened."""
    found = (proved(round_.folder, frozen, round_.key) for frozen in state.frozen)
    yield from (p for p in found if isinstance(p, Problem))


def _record_problems(round_: Round, state: State) -> Iterator[Problem]:
    """Check every record of what was issued against its digest."""
    for serial, issued in state.serials.items():
        file = round_.records / record_name(serial)
        try:
            same = not issued.record or read_record(file)[1] == issued.record
        except (OSError, ValueError):
            same = False
        if not same:
            yield problem("RECORD_GONE", Where(f"records/{file.name}"), found=file.name)


def _issued_problems(round_: Round, state: State) -> Iterator[Problem]:
    """Check the books that are to be handed out; the office types in the 总表."""
    for issued in (i for p, i in state.issued.items() if p != MASTER):
        file = round_.folder / issued.file
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != issued.sha256:
            yield problem("ISSUED_CHANGED", Where(issued.file))


def _cell_problems(round_: Round, state: State) -> Iterator[Problem]:
    """Check that what is in force is what the kept files say, read and judged again."""
    inforce = [r for p, r in state.current.items() if p != MASTER and (round_.received / r.sha256).is_file()]
    jobs = [(round_.received / r.sha256, r.file) for r in inforce]
    roster = roster_now(round_, state)
    books = open_books(jobs, round_.records, passwords=passwords_of(round_, state))
    for receipt, book in zip(inforce, books, strict=True):
        if isinstance(book, ReadBook):
            found = Examiner(roster, state, receipt.party, receipt.file).examine(book)
            said = {(c.sheet, c.row, c.column): c.text for c in found.cells}
            for cell in receipt.cells:
                if said.get((cell.sheet, cell.row, cell.column)) != cell.text:
                    now = said.get((cell.sheet, cell.row, cell.column), "")
                    title = round_.plan.by_name[cell.sheet].by_name[cell.column].title
                    where = Where(receipt.file, sheet=round_.plan.by_name[cell.sheet].title, row=cell.row)
                    yield problem("CELL_NOT_SENT", where, title=title, was=now, now=cell.text)
        else:
            yield book


def _ranking_problems(round_: Round, there: list[Entry]) -> Iterator[Problem]:
    """Build the ranking again from the ledger as it was then, and hold it byte for byte against what lies there."""
    file = round_.out / f"{RANKING}.csv"
    where = Where(f"out/{file.name}")
    if not file.is_file():
        if any(e.kind == "written" and e.body.get("file") == EDITION for e in there):
            yield problem("RANKING_GONE", where)
        return
    text = file.read_bytes().decode("utf-8-sig", "replace")
    lines = list(csv.reader(text.splitlines()))
    found = _ANCHOR.fullmatch(lines[-1][-1]) if lines and lines[-1] and lines[-1][0] == ANCHORED else None
    if found is None or int(found[1]) > len(there):
        yield problem("RANKING_DIFFERS", where)
        return
    number = int(found[1])
    state = state_before(round_.ledger, number + 1)
    wanted = ranking_csv(score(round_.plan, round_.tables(state)), anchor_of(round_.ledger, number))
    if wanted.encode("utf-8-sig") != file.read_bytes():
        yield problem("RANKING_DIFFERS", where)
    elif anchor_of(round_.ledger) != found[0]:
        yield problem("RANKING_OLD", where, number=number)


def _anchor_problems(there: list[Entry], anchor: str) -> Iterator[Problem]:
    """Check that the code printed on a published ranking is in the chain."""
    found = _ANCHOR.fullmatch(anchor.strip())
    number = int(found[1]) if found else 0
    known = number <= len(there) and (not number or there[number - 1].mark[1].startswith(found[2] if found else "?"))
    if found is None or not known:
        yield problem("ANCHOR_UNKNOWN", Where(LEDGER_FILE), found=anchor)
