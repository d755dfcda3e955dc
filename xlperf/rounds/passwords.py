"""口令: the password of each book of a round that was issued with one, and the list of them for the office."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from xlperf.engine.roster import Party
from xlperf.files import file_name
from xlperf.rounds.collecting.open import Passwords
from xlperf.rounds.ledger import State
from xlperf.rounds.outputs import put_out
from xlperf.rounds.parcels import Parcel, parcels_of
from xlperf.rounds.store import Round
from xlperf.workbook.secret import password_of

FOLDER, LIST = "口令", "口令表"


def password(round_: Round, party: Party) -> str:
    """Return the password of a party; the same as long as the round has its key."""
    return password_of(round_.key, *party)


def passwords_of(round_: Round, state: State) -> Passwords:
    """Return the passwords of whoever had a book with one, with the names that their files may bear."""
    parties = dict.fromkeys((i.kind, i.who) for i in state.serials.values() if i.plain)
    names: dict[Party, list[str]] = {party: [] for party in parties}
    for name, party in (*state.called.items(), *(((p.name, (p.kind, p.whom))) for p in parcels_of(round_))):
        if party in names:
            names[party].append(name)
    return {party: (password(round_, party), tuple(known)) for party, known in names.items()}


def write_passwords(round_: Round, state: State, parcels: Iterable[Parcel]) -> None:
    """Write `out/口令/`: the list for the office, and a note for each party, to be sent another way than its book."""
    rows, files = io.StringIO(), dict[Path, bytes | None]()
    out = csv.writer(rows, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    out.writerow(["单位", "表", "文件", "口令"])
    for parcel in parcels:
        issued = state.issued.get((parcel.kind, parcel.whom))
        if issued is None or not issued.plain:
            continue
        word = password(round_, (parcel.kind, parcel.whom))
        out.writerow([f"'{parcel.name}" if parcel.name[:1] in "=+-@" else parcel.name, parcel.book, issued.file, word])
        name = file_name(f"{parcel.name}（{parcel.book}）")[:60]
        files[Path("out", FOLDER, f"{name}.txt")] = _note(round_, parcel.name, parcel.book, word).encode("utf-8")
    if files:
        put_out(round_, {Path("out", FOLDER, f"{LIST}.csv"): rows.getvalue().encode("utf-8-sig"), **files})


def _note(round_: Round, name: str, book: str, word: str) -> str:
    office = round_.scheme.office
    return (
        f"{name}：\n"
        f"    发给你单位的《{round_.plan.title}{book}》设有打开口令：{word}\n"
        "    打开、填写、保存时都不要取消口令，报送时文件名里写上单位名称。口令只供本单位使用，不要与文件一起转发。\n"
        f"    有疑问请与{office}联系{f'：{round_.contact}' if round_.contact else ''}。\n"
        f"                                        {office}\n"
    )
