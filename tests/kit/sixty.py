"""A folder of sixty files as an office gets them: good ones, hostile ones, scans, mails, archives, copies."""

from __future__ import annotations

import email.message
import io
import zipfile
from pathlib import Path

from kit.figure import UNIT
from kit.forty import CASES, made
from kit.rounds import reopened, send, send_all, small_scheme
from xlperf.rounds.distribute import distribute
from xlperf.rounds.store import Round, new_round

FILES = 60


def sixty_round(folder: Path) -> Round:
    """Return a round whose inbox holds sixty files; of every party one good book is among them."""
    round_, problems = new_round(
        small_scheme(folder / "scheme"), folder / "round", key=b"k" * 32, despite="样本", contact="王会计 0417-5820000"
    )
    assert round_ is not None, problems
    distribute(round_)
    round_ = reopened(round_.folder)
    honest = send(round_, "unit", UNIT).rename(folder / "honest.xlsx")
    hostile = [c for c in CASES if c.wanted and c.number != 17]
    data = honest.read_bytes()
    for number, (case, file) in enumerate(zip(hostile, made(honest, hostile, folder / "made"), strict=True)):
        name = f"{'市环保局' if number % 3 else ''}{number:02d}{case.name.replace('/', '')}.xlsx"
        (round_.inbox / name).write_bytes(file.read_bytes() if case.data is None else case.data(data))
    send_all(round_)
    (round_.inbox / "第二批").mkdir()
    good = sorted(round_.inbox.glob("unit *.xlsx"))[-1]
    (round_.inbox / "第二批" / "副本.xlsx").write_bytes(good.read_bytes())
    (round_.inbox / "报送.eml").write_bytes(_mail("扫描件.pdf", b"%PDF-1.4 x"))
    (round_.inbox / "材料.zip").write_bytes(_archive("情况说明.txt", b"text"))
    (round_.inbox / "~$锁.xlsx").write_bytes(b"x")
    while (count := len(_files(round_))) < FILES:
        (round_.inbox / f"扫描{count}.pdf").write_bytes(b"%PDF-1.7 " + str(count).encode())
    assert len(_files(round_)) == FILES
    return round_


def _files(round_: Round) -> list[Path]:
    return [f for f in round_.inbox.rglob("*") if f.is_file() and not f.name.startswith("~$")]


def _mail(name: str, data: bytes) -> bytes:
    told = email.message.EmailMessage()
    told.set_content("见附件")
    told.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return told.as_bytes()


def _archive(name: str, data: bytes) -> bytes:
    made_ = io.BytesIO()
    with zipfile.ZipFile(made_, "w") as archive:
        archive.writestr(name, data)
    return made_.getvalue()


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder; of the ledger what it says, for its file is rewritten by reading it."""
    files = {f.relative_to(folder).as_posix(): f for f in sorted(folder.rglob("*")) if f.is_file()}
    return {name: f.read_bytes() for name, f in files.items() if not name.startswith("ledger.sqlite-")}
