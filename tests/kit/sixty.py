"""A folder of sixty files as an office gets them: good ones, hostile ones, scans, mails, archives, copies."""

from __future__ import annotations

import email.message
import io
import os
import zipfile
from pathlib import Path

import openpyxl

from kit.figure import UNIT
from kit.forger import claim_approved, copied, forged, renamed_key
from kit.forty import CASES, made
from kit.resaves import saved_again
from kit.rounds import reopened, send, send_all, small_scheme
from xlperf.rounds.distribute import distribute
from xlperf.rounds.store import Round, new_round
from xlperf.workbook import secret

FILES, CARRIED = 60, 2  # files; how many more come out of a mail and an archive, which hold two each
_ONE_IS_ENOUGH = {"文本", "图片", "附注", "中文数字", "#N/A", "1e999", "XML 2003", "翻了一位"}  # of what is told alike
LONG = "市信息中心自评表" + "（最终稿）" * 15  # with its ending more bytes than most, fewer than 255


def sixty_round(folder: Path, programs: bool = False) -> Round:
    """Return a round whose inbox holds sixty files; of every party one good book is among them.

    programs: whether the good ones were saved by LibreOffice (as xlsx, by way of ods and of xls) and by openpyxl.
    """
    round_, problems = new_round(
        small_scheme(folder / "scheme"), folder / "round", key=b"k" * 32, despite="样本", contact="王会计 0417-5820000"
    )
    assert round_ is not None, problems
    distribute(round_)
    round_ = reopened(round_.folder)
    honest = send(round_, "unit", UNIT).rename(folder / "honest.xlsx")
    hostile = [c for c in CASES if c.wanted and c.number != 17 and c.name not in _ONE_IS_ENOUGH]
    data = honest.read_bytes()
    for number, (case, file) in enumerate(zip(hostile, made(honest, hostile, folder / "made"), strict=True)):
        name = f"{'市环保局' if number % 3 else ''}{number:02d}{case.name.replace('/', '')}.xlsx"
        (round_.inbox / name).write_bytes(file.read_bytes() if case.data is None else case.data(data))
    _forge(round_, honest)
    send_all(round_)
    if programs:
        _save_again(round_, folder / "again")
    _carry(round_)
    while (count := len(_files(round_))) < FILES:
        (round_.inbox / f"扫描{count}.pdf").write_bytes(b"%PDF-1.7 " + str(count).encode())
    assert len(_files(round_)) == FILES
    return round_


def _forge(round_: Round, honest: Path) -> None:
    """Put in what a forger sends, what was pasted over, what is locked with a password."""
    forgeries = {
        "自己批准的申报": claim_approved,
        "改了行号": renamed_key("U22-02", "U44-02"),
        "抄了一张表": copied("self", 10),
    }
    for name, forgery in forgeries.items():
        (round_.inbox / f"市环保局 {name}.xlsx").write_bytes(honest.read_bytes())
        forged(round_.inbox / f"市环保局 {name}.xlsx", forgery)
    book, pasted = openpyxl.load_workbook(honest)["自评表"], openpyxl.Workbook()
    for row in book.iter_rows():  # into a new book, as it shows
        for cell in row:
            if cell.value is not None and not hasattr(cell, "_unreal"):
                pasted.active[cell.coordinate] = cell.value
    pasted.save(round_.inbox / "市环保局 粘贴到新工作簿.xlsx")
    if secret.is_there():
        (round_.inbox / "市环保局 加了密码.xlsx").write_bytes(secret.locked(honest.read_bytes(), "123456"))


def _save_again(round_: Round, folder: Path) -> None:
    """Let the good books be saved again: those of the units by LibreOffice, each in another way."""
    for way, file in zip(("xlsx", "ods", "xls"), sorted(round_.inbox.glob("unit *.xlsx")), strict=True):
        [again] = saved_again([file], way, folder / way)
        file.write_bytes(again.read_bytes())
    scorers = sorted(round_.inbox.glob("scorer *.xlsx"))
    for file, again in zip(scorers, saved_again(scorers, "xlsx", folder / "scorers"), strict=True):
        file.write_bytes(again.read_bytes())


def _carry(round_: Round) -> None:
    """Let good books come renamed, in a mail, in an archive of Chinese names, under names that programs stumble on."""
    inbox = round_.inbox
    office, information = inbox / "unit 市政府办.xlsx", inbox / "unit 市信息中心.xlsx"
    (inbox / "第二批").mkdir()
    (inbox / "第二批" / "副本.xlsx").write_bytes(information.read_bytes())
    information.rename(inbox / f"{LONG}.xlsx")
    (inbox / "材料.zip").write_bytes(_archive({"市政府办（修改）.xlsx": office.read_bytes(), "情况说明.txt": b"text"}))
    office.unlink()
    scorers = sorted(inbox.glob("scorer *.xlsx"))
    (inbox / "报送.eml").write_bytes(_mail({"打分表.xlsx": scorers[0].read_bytes(), "扫描件.pdf": b"%PDF-1.4 x"}))
    scorers[0].unlink()
    named = os.fsencode(inbox) + b"/" + "市信访局.xlsx".encode("gbk")
    os.rename(os.fsencode(scorers[1]), named)  # noqa: PTH104 (bytes, not text)
    (inbox / ("长" * 83 + ".txt")).write_bytes(b"?")
    (inbox / "~$锁.xlsx").write_bytes(b"x")


def _files(round_: Round) -> list[Path]:
    return [f for f in round_.inbox.rglob("*") if f.is_file() and not f.name.startswith("~$")]


def _mail(attached: dict[str, bytes]) -> bytes:
    told = email.message.EmailMessage()
    told.set_content("见附件")
    for name, data in attached.items():
        told.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return told.as_bytes()


def _archive(inside: dict[str, bytes]) -> bytes:
    made_ = io.BytesIO()
    with zipfile.ZipFile(made_, "w") as archive:
        for name, data in inside.items():
            archive.writestr(name, data)
    return made_.getvalue()


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder; of the ledger what it says, for its file is rewritten by reading it."""
    files = {f.relative_to(folder).as_posix(): f for f in sorted(folder.rglob("*")) if f.is_file()}
    return {name: f.read_bytes() for name, f in files.items() if not name.startswith("ledger.sqlite-")}
