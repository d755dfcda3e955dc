"""退回: a ready-to-send reply for every file that was held or refused: each cell, why, and what to do."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

from xlperf.engine.roster import Party, Roster
from xlperf.files import file_name
from xlperf.problems import Problem, errors
from xlperf.report.document import Document, Line
from xlperf.rounds.ledger import WITHDRAWN as IS_WITHDRAWN
from xlperf.rounds.ledger import Receipt, State
from xlperf.rounds.outputs import put_out
from xlperf.rounds.parties import roster_of
from xlperf.rounds.store import Round
from xlperf.workbook.letters import letter

FOLDER, SETTLED, WITHDRAWN = "退回", "已处理", "已移出"
TITLE = "报送材料退回通知"
_SIGNED = " " * 40  # before who signs
_LONGEST = 60  # characters of a letter's name, so that no system finds it too long


def write_replies(round_: Round, state: State, waiting: Iterable[Receipt]) -> tuple[Path, ...]:
    """Write a letter for each file that still waits for an answer; put aside the letters that need none now.

    The office's own books get none. waiting: see `unanswered`. Returns the paths below the round's folder.
    """
    roster = roster_of(round_)
    wanted: dict[str, str] = {}
    for receipt in (r for r in waiting if not roster.is_office(sender(roster, state, r))):
        name = letter_name(roster, state, receipt)
        text = reply_text(round_, roster, state, receipt)
        wanted[name] = f"{wanted[name]}\n{text}" if name in wanted else text
    in_force = {file_name(roster.title(party)) for party in state.current}
    folder, files = round_.out / FOLDER, dict[Path, bytes | None]()
    for old in [f for f in folder.glob("*.txt") if f.is_file()] if folder.is_dir() else ():
        if wanted.get(old.stem) is None or old.read_text("utf-8", "replace") not in wanted[old.stem]:
            aside = _aside(old, SETTLED if old.stem in in_force or old.stem in wanted else WITHDRAWN)
            for end in (end for end in (".txt", ".docx") if old.with_suffix(end).is_file()):
                was, to = (f.with_suffix(end).relative_to(round_.folder) for f in (old, aside))
                files |= {was: None, to: (round_.folder / was).read_bytes()}
    letters = {_free(folder / f"{n}.txt").relative_to(round_.folder): t.encode("utf-8") for n, t in wanted.items()}
    put_out(round_, {**files, **letters, **_to_send(letters)})
    return tuple(letters)


def _to_send(letters: Mapping[Path, bytes]) -> dict[Path, bytes | None]:
    """Return the same letters as a unit gets them, on paper or in the mail; the plain text is for the page."""
    return {file.with_suffix(".docx"): letter(_document(data.decode("utf-8"))) for file, data in letters.items()}


def _document(text: str) -> Document:
    """Return a letter as a document: whom it is to, its paragraphs, who signs it."""
    blocks: list[Line] = []
    for number, line in enumerate(text.splitlines()):
        said = line.strip()
        signs = line.startswith(_SIGNED)
        begins = bool(blocks) and blocks[-1].look == "seal"  # another letter to the same unit
        look: Literal["body", "section", "seal"] = "seal" if signs else "section" if not number or begins else "body"
        blocks += [Line(said, look)] if said else []
    return Document("unit", FOLDER, "", FOLDER, TITLE, tuple(blocks))


def letter_name(roster: Roster, state: State, receipt: Receipt) -> str:
    """Return what the letter on a file is called: the party it goes to, else the file."""
    party = sender(roster, state, receipt)
    name = roster.title(party) if party is not None else Path(receipt.file).stem
    return file_name(name)[:_LONGEST]


def _free(file: Path) -> Path:
    """Return where a letter can stand: under another name where a folder of its name is in the way."""
    return file.with_name(f"{file.stem}（信）{file.suffix}") if file.is_dir() else file


def _aside(reply: Path, where: str) -> Path:
    """Return where a letter that needs no answer now is put, under its day; none is overwritten.

    where: `SETTLED` once a good file is in, `WITHDRAWN` where the file was only taken out of the inbox.
    """
    folder = reply.parent / where
    name, number = f"{reply.stem} {date.today().isoformat()}", 1
    while (folder / f"{name}{'' if number == 1 else f'（{number}）'}.txt").exists():
        number += 1
    return folder / f"{name}{'' if number == 1 else f'（{number}）'}.txt"


def unanswered(round_: Round, state: State, there: Collection[str]) -> list[Receipt]:
    """List the held and refused files that no later accepted file settled.

    there: the sha256 of what lies in the inbox. A file that was taken out of it still waits as long as its sender
    has nothing in force: only a good file settles what a unit owes.
    """
    roster, waiting = roster_of(round_), list[tuple[Party | None, Receipt]]()
    for receipt in state.receipts.values():
        if receipt.decision == IS_WITHDRAWN:
            continue
        if receipt.decision == "accepted":
            waiting = [w for w in waiting if w[0] != receipt.party]
            continue
        party = sender(roster, state, receipt)
        if receipt.sha256 in there or (party is not None and party not in state.current):
            waiting.append((party, receipt))
    return [receipt for _, receipt in waiting]


def sender(roster: Roster, state: State, receipt: Receipt) -> Party | None:
    """Return who is to be answered: whose book it is, or else the unit that the file is named after.

    A name that the unit bore when its book was issued is one too. The name serves for the answer only; nothing is
    scored on it.
    """
    if receipt.kind:
        return receipt.party
    units = roster.units
    names = {name: who for name, (kind, who) in state.called.items() if kind == "unit" and who in units}
    names |= {name: code for code, name in units.items()}
    named = [(len(name), code) for name, code in names.items() if name and name in receipt.file]
    return ("unit", max(named)[1]) if named else None


def reply_text(round_: Round, roster: Roster, state: State, receipt: Receipt) -> str:
    """Write the letter: what came, every place with its reason and what to do, what counts till then, until when."""
    party = sender(roster, state, receipt)
    whom = roster.title(party) if party is not None else "报送单位"
    wrong = errors(receipt.problems)
    office = round_.scheme.office
    lines = [
        f"{whom}：",
        f"    你单位报送的“{Path(receipt.file).name}”已收到并存档，有下列{len(wrong)}处须改正：",
        *(f"    {n}．{_line(round_, p)}" for n, p in enumerate(wrong, 1)),
        f"    {_meanwhile(state, party)}{_until(round_)}",
        f"    有疑问请与{office}联系{f'：{round_.contact}' if round_.contact else ''}。",
        f"{_SIGNED}{office}",
        "",
    ]
    return "\n".join(lines)


def _meanwhile(state: State, party: Party | None) -> str:
    """Return what counts until the corrected file is in."""
    before = state.current.get(party) if party is not None else None
    if before is None:
        return "改正并重新报送之前，这份表里的内容不计入。"
    day = date.fromisoformat(before.at[:10]) if before.at else date.today()
    return f"改正并重新报送之前，仍以{_day(day)}收到的“{Path(before.file).name}”为准。"


def _until(round_: Round) -> str:
    due = round_.deadline
    if due is None:
        return "请改正后尽快重新报送。"
    if date.today() > due:
        return f"报送截止日（{_day(due)}）已过，请尽快改正，重新报送。"
    return f"请改正后于{_day(due)}前重新报送。"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _line(round_: Round, p: Problem) -> str:
    """Write one place in the words of who gets the letter: sheet, cell, row, what stands there, what to do."""
    says, asks = p.message("zh"), p.remedy("zh")
    if p.code in letters():
        row, known = letters()[p.code], {**p.worded("zh"), "year": str(round_.year)}
        says, asks = row["says"].format(**known), row["asks"].format(**known)
    at = f"“{p.where.sheet}”表" if p.where.sheet else ""
    at += f" {p.where.cell}格" if p.where.cell else ""
    at += f"（{p.where.row}）" if p.where.row else ""
    return f"{at}：{says}。{asks}。" if at else f"{says}。{asks}。"


@cache
def letters() -> dict[str, dict[str, str]]:
    """Return code → what a letter says and asks, where that is not what the office reads."""
    text = files("xlperf").joinpath("texts/letters.csv").read_text("utf-8")
    return {row["code"]: row for row in csv.DictReader(text.splitlines())}
