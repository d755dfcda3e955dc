"""退回: a ready-to-send reply for every file that was held or refused: each cell, why, and what to do."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path

from xlperf.engine.roster import Party, Roster
from xlperf.files import write_whole
from xlperf.problems import Problem, errors
from xlperf.rounds.ledger import Receipt, State
from xlperf.rounds.store import Round

FOLDER, SETTLED = "退回", "已处理"
_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"/\\|?*', "_"))


def write_replies(round_: Round, waiting: Iterable[Receipt]) -> tuple[Path, ...]:
    """Write a text for each file that still waits for an answer; put aside the texts of what was settled.

    waiting: see `unanswered`. Returns the paths below the round's folder.
    """
    roster = Roster(round_.plan, round_.scheme.tables, round_.scheme.office)
    wanted: dict[str, str] = {}
    for receipt in waiting:
        party = sender(round_, receipt)
        name = (roster.title(party) if party is not None else Path(receipt.file).stem).translate(_FORBIDDEN)
        text = reply_text(round_, roster, receipt)
        wanted[name] = f"{wanted[name]}\n{text}" if name in wanted else text
    folder = round_.out / FOLDER
    for old in folder.glob("*.txt") if folder.is_dir() else ():
        if wanted.get(old.stem) is None or old.read_text("utf-8") not in wanted[old.stem]:
            _put_aside(old)
    for name, text in wanted.items():
        file = folder / f"{name}.txt"
        if not file.exists() or file.read_text("utf-8") != text:
            write_whole(file, text.encode("utf-8"))
    return tuple(Path("out", FOLDER, f"{name}.txt") for name in wanted)


def _put_aside(reply: Path) -> None:
    """Move a reply that was acted on to the settled ones, under its day; none is overwritten."""
    folder = reply.parent / SETTLED
    folder.mkdir(exist_ok=True)
    name, number = f"{reply.stem} {date.today().isoformat()}", 1
    while (folder / f"{name}{'' if number == 1 else f'（{number}）'}.txt").exists():
        number += 1
    reply.rename(folder / f"{name}{'' if number == 1 else f'（{number}）'}.txt")


def unanswered(round_: Round, state: State, there: Collection[str]) -> list[Receipt]:
    """List the held and refused files that still lie in the inbox and that no later accepted file settled.

    there: the sha256 of what lies in the inbox.
    """
    waiting: list[Receipt] = []
    for receipt in state.receipts.values():
        if receipt.decision == "accepted":
            waiting = [w for w in waiting if sender(round_, w) != receipt.party]
        elif receipt.sha256 in there:
            waiting.append(receipt)
    return waiting


def sender(round_: Round, receipt: Receipt) -> Party | None:
    """Say who is to be answered: whose book it is, or else the unit that the file is named after.

    The name serves for the answer only; nothing is scored on it.
    """
    if receipt.kind:
        return receipt.party
    units = Roster(round_.plan, round_.scheme.tables, round_.scheme.office).units
    named = [(len(name), code) for code, name in units.items() if name in Path(receipt.file).name]
    return ("unit", max(named)[1]) if named else None


def reply_text(round_: Round, roster: Roster, receipt: Receipt) -> str:
    """Write the reply: what was received, every cell with its reason, what to do, until when."""
    party = sender(round_, receipt)
    whom = roster.title(party) if party is not None else "报送单位"
    wrong = errors(receipt.problems)
    lines = [
        f"{whom}：",
        f"    你单位报送的“{receipt.file}”已收到并存档，有下列{len(wrong)}处须改正，改正前不计分：",
        *(f"    {n}．{_line(p)}" for n, p in enumerate(wrong, 1)),
        f"    请改正后重新报送{_until(round_)}。",
        f"                                        {round_.scheme.office}",
        "",
    ]
    return "\n".join(lines)


def _until(round_: Round) -> str:
    day = round_.deadline
    return f"，截止{day.year}年{day.month}月{day.day}日" if day is not None else ""


def _line(p: Problem) -> str:
    place = f"{p.where.sheet} {p.where.cell}：" if p.where.cell else ""
    return f"{place}{p.message('zh')}。{p.remedy('zh')}。"
