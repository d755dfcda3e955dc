"""Whatever one file does, it is held with a code and the others are collected; collectors at once do no harm."""

import email.message
import io
import os
import subprocess
import sys
import zipfile

import openpyxl
import pytest
from kit.begun import issued
from kit.forger import forged
from kit.forty import spoil
from kit.rounds import issued_file, send

from xlperf.problems import printable, problem
from xlperf.rounds.collecting import open as opening
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.journal import entries, read_head


@pytest.fixture
def round_(tmp_path):
    return issued(tmp_path / "round")


def codes(receipt):
    return {p.code for p in receipt.problems if p.severity == "error"}


def raw(folder, name, data):
    """Write a file under the very bytes of a name."""
    with open(os.path.join(os.fsencode(folder), name), "wb") as stream:  # noqa: PTH118, PTH123 (bytes, not text)
        stream.write(data)


def archive(**files):
    """Return a zip as a program writes it that knows only GBK."""
    made, names = io.BytesIO(), {}
    with zipfile.ZipFile(made, "w") as out:
        for number, (name, data) in enumerate(files.items()):
            gbk = f"{name}.xlsx".encode("gbk")
            names[gbk] = (f"Zq{number}_" * 9)[: len(gbk)]
            out.writestr(names[gbk], data)
    found = made.getvalue()
    for gbk, name in names.items():
        found = found.replace(name.encode(), gbk)
    return found


def mail(name, data):
    told = email.message.EmailMessage()
    told["Subject"] = "报送"
    told.set_content("见附件")
    told.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return told.as_bytes()


def test_no_file_stops_the_others(round_):
    good = {unit: send(round_, "unit", unit, name=f"{unit}.xlsx").read_bytes() for unit in ("U01", "U22", "U44")}
    (round_.inbox / "U22.xlsx").unlink()
    (round_.inbox / "U44.xlsx").unlink()
    raw(round_.inbox, "市环保局.xlsx".encode("gbk"), good["U22"])
    raw(round_.inbox, ("长" * 83 + ".txt").encode()[:255], b"?")
    raw(round_.inbox, b"\x1b[31m\xe2\x80\xaex.xlsx", b"?")
    (round_.inbox / "报送.eml").write_bytes(mail("市信息中心.xlsx", good["U44"]))
    with (round_.inbox / "大.xlsx").open("wb") as stream:
        stream.truncate(3 << 30)
    os.mkfifo(round_.inbox / "管道.xlsx")
    (round_.inbox / "断.xlsx").symlink_to("nowhere")
    (round_.out / "退回").mkdir(parents=True)
    (round_.inbox / "坏了的.xlsx").write_bytes(b"PK\x03\x04" + b"\0" * 50)
    (round_.out / "退回" / "坏了的.txt").mkdir()
    found = collect(round_)
    decided = {r.file: r for r in found.receipts}
    assert {n for n, r in decided.items() if r.decision == "accepted"} == {
        "U01.xlsx", "市环保局.xlsx", "报送.eml/市信息中心.xlsx",
    }  # fmt: skip
    assert codes(decided["大.xlsx"]) == {"TOO_LARGE"}
    assert codes(decided["断.xlsx"]) == {"INBOX_LINK"}
    assert "<001B>[31m<202E>x.xlsx" in decided
    assert all((round_.folder / letter).is_file() for letter in found.replies)
    assert all(p.text().isprintable() for p in found.problems)
    assert collect(round_).new == 0


def test_the_books_of_an_archive_are_taken_under_their_chinese_names(round_):
    books = {
        n: send(round_, "unit", u, name="x.xlsx").read_bytes() for u, n in (("U22", "市环保局"), ("U44", "市信息中心"))
    }
    (round_.inbox / "x.xlsx").unlink()
    (round_.inbox / "报送材料.zip").write_bytes(archive(**books))
    found = {r.file: r.decision for r in collect(round_).receipts}
    assert found == {"报送材料.zip/市环保局.xlsx": "accepted", "报送材料.zip/市信息中心.xlsx": "accepted"}


def test_a_book_that_says_nowhere_that_it_is_ours_is_given_to_no_reader(tmp_path, monkeypatch):
    book = openpyxl.Workbook()
    book.active["A1"] = "{B58B0392-4F1F-4190-BB64-5DF3571DCE5F}"
    book.save(tmp_path / "x.xlsx")
    opened = opening._opened((tmp_path / "x.xlsx", "x.xlsx", tmp_path, ()))
    book.active["A1"] = "表码：2222-3333-4"
    book.save(tmp_path / "x.xlsx")
    monkeypatch.setattr(opening, "read_book", lambda *_, **__: pytest.fail("given to the reader"))
    assert opened.codes == ()
    with pytest.raises(pytest.fail.Exception):
        opening._read((tmp_path / "x.xlsx").read_bytes(), "x.xlsx", tmp_path)


def test_an_error_that_xls_made_a_formula_of_is_an_error(round_):
    forged(send(round_, "unit", "U22"), spoil("=NA()"))
    assert {c for r in collect(round_).receipts for c in codes(r)} == {"CELL_ERROR"}


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser reads everything")
def test_a_file_that_cannot_be_read_is_named(round_):
    send(round_, "unit", "U22").chmod(0)
    send(round_, "unit", "U44")
    assert {r.file: codes(r) for r in collect(round_).receipts}["U22 报送.xlsx"] == {"UNREADABLE"}


def test_collectors_at_once_record_every_file_once(round_):
    for unit in ("U01", "U22", "U44"):
        send(round_, "unit", unit)
    send(round_, "unit", "U22", {("marks", "U22-01", "self"): 3}, name="U22 二.xlsx")
    program = (
        "import sys; from xlperf.rounds.store import open_round; from xlperf.rounds.collecting.collect import collect"
    )
    program += "; collect(open_round(sys.argv[1])[0])"
    running = [subprocess.Popen([sys.executable, "-c", program, str(round_.folder)]) for _ in range(2)]
    assert [r.wait() for r in running] == [0, 0]
    taken = [e.body["sha256"] for e in entries(round_.ledger) if e.kind == "received"]
    assert len(taken) == len(set(taken)) == 4
    assert round_.state().current["unit", "U22"].file == "U22 二.xlsx"
    assert read_head(round_.ledger) == list(entries(round_.ledger))[-1].mark


def test_what_a_terminal_obeys_is_written_out():
    assert printable("甲\x1b[2J\u202e乙\udcff") == "甲<001B>[2J<202E>乙<DCFF>"
    assert problem("INBOX_LINK", found="\u202ea\x07").message("en").isprintable()


def test_a_kept_file_that_was_altered_is_put_right(round_):
    data = send(round_, "unit", "U22").read_bytes()
    [receipt] = collect(round_).receipts
    (round_.received / receipt.sha256).write_bytes(b"?")
    collect(round_)
    assert (round_.received / receipt.sha256).read_bytes() == data
    assert issued_file(round_, "unit", "U22").is_file()


def test_a_library_that_prints_says_nothing_on_the_terminal(round_, capfd):
    """A style of a style that is not there makes openpyxl print a line, in the midst of what a program may read."""
    file, saved = send(round_, "unit", "U01"), io.BytesIO()
    openpyxl.load_workbook(file).save(saved)
    with zipfile.ZipFile(saved) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, text.replace(b'xfId="0"', b'xfId="56"') if name == "xl/styles.xml" else text)
    (receipt,) = collect(round_).receipts
    assert codes(receipt) in ({"READER_FAILED"}, set())
    assert capfd.readouterr() == ("", "")
