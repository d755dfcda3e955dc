"""What comes back: each file decided on, each bad cell named, nothing scored that is wrong, nothing lost."""

import hashlib
import io
import os
import time
import zipfile

import openpyxl
import pytest
from kit.begun import issued
from kit.rounds import A_DAY, cell_of, issued_file, reopened, send, send_all

from xlperf.problems import errors
from xlperf.publish.results import publish_scores, score_round
from xlperf.rounds.collecting import collect as collecting
from xlperf.rounds.collecting import open as intake
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.collecting.inbox import inbox_files
from xlperf.rounds.journal import entries
from xlperf.rounds.parcels import identity_of
from xlperf.workbook.back.fill import fill_book
from xlperf.workbook.books.unit import write_unit_book
from xlperf.workbook.seal import Identity, sealed


@pytest.fixture
def round_(tmp_path):
    return issued(tmp_path / "一轮 考核")


def told(receipt, severity="error"):
    return [p.code for p in receipt.problems if p.severity == severity]


def only(collection):
    assert len(collection.receipts) == 1
    return collection.receipts[0]


# ---- the happy path ----------------------------------------------------------------------------


def test_a_round_goes_round(round_):
    send_all(round_)
    found = collect(round_)
    assert [(r.decision, told(r)) for r in found.receipts] == [("accepted", [])] * len(found.receipts)
    assert [m.kind for m in found.missing] == ["master"]
    scores = score_round(round_)
    assert sorted(scores.column("A", "place")) == [1, 2, 3]
    published = publish_scores(round_)
    assert all((round_.folder / f).is_file() for f in published.files)
    table = (round_.out / "排名.csv").read_text("utf-8-sig")
    assert table.count("市环保局") == 1


def test_files_come_in_the_order_of_their_age_and_of_one_millisecond_by_name(round_):
    """A browser knows no finer time: two files of one millisecond come in one order by the page and by the program."""
    second = 1_772_443_800 * 1_000_000_000
    for name, after in (("c", 999_999), ("a", 1_000_000), ("b", 1), ("d", 0), ("e", -1)):
        file = round_.inbox / f"{name}.txt"
        file.write_text(name)
        os.utime(file, ns=(second + after, second + after))
    assert [f.stem for f in inbox_files(round_.inbox)] == ["e", "b", "c", "d", "a"]


def test_collecting_again_changes_nothing(round_):
    send_all(round_)
    first = collect(round_)
    before = [e.body for e in entries(round_.ledger)]
    second = collect(round_)
    assert (len(second.receipts), second.new) == (len(first.receipts), 0)
    assert [e.body for e in entries(round_.ledger)] == before
    assert [(r.file, r.decision, r.cells) for r in second.receipts] == [
        (r.file, r.decision, r.cells) for r in first.receipts
    ]


def test_dry_run_records_nothing(round_):
    send(round_, "unit", "U22")
    assert only(collect(round_, dry_run=True)).decision == "accepted"
    assert reopened(round_.folder).state().receipts == {}
    assert not (round_.out / "退回").exists()


# ---- cells -------------------------------------------------------------------------------------

BAD_CELLS = [
    (("U22-01", "self"), "九十五", "NOT_A_NUMBER"),
    (("U22-02", "self"), None, "MISSING"),
    (("U22-03", "self"), "#REF!", "CELL_ERROR"),
    (("U22-04", "self"), 15.5, "OUT_OF_RANGE"),
    (("U22-05", "self"), "95。5", "NOT_A_NUMBER"),
    (("U22-06", "self"), "9O", "NOT_A_NUMBER"),
    (("U22-07", "self"), "满分", "NOT_A_NUMBER"),
    (("U22-08", "self"), "95%", "PERCENT_AMBIGUOUS"),
    (("U22-09", "self"), -1, "OUT_OF_RANGE"),
    (("U22-10", "self"), 4.123, "PRECISION"),
    (("U22-11", "self"), True, "WRONG_TYPE"),
    (("U22-12", "self"), A_DAY, "WRONG_TYPE"),
    (("U22-13", "self"), "不适用", "EXEMPT_NOT_ALLOWED"),
    (("U22-14", "actual"), None, "MISSING"),
    (("U22-15", "actual"), "一百五十三", "NOT_A_NUMBER"),
    (("U22-16", "self"), "NaN", "NOT_FINITE"),
    (("U22-18", "full"), 50, "LOCKED_CHANGED"),
    (("U22-19", "indicator"), "二氧化硫排放量下降1吨", "LOCKED_CHANGED"),
]


def test_every_bad_cell_is_named_at_once_and_nothing_of_the_book_is_scored(round_):
    file = send(round_, "unit", "U22", {("marks", *at): value for at, value, _ in BAD_CELLS})
    receipt = only(collect(round_))
    found = {(p.code, p.where.cell) for p in receipt.problems if p.severity == "error"}
    assert found == {(code, cell_of(file, ("marks", *at))) for at, _, code in BAD_CELLS}
    assert all(p.where.sheet and p.where.file == file.name for p in receipt.problems if p.where.cell)
    assert (receipt.decision, receipt.cells) == ("held", ())
    assert all(row.get("self") is None for row in reopened(round_.folder).tables()["marks"])
    assert (round_.received / receipt.sha256).read_bytes() == file.read_bytes()


def test_a_formula_in_a_cell_to_fill_is_held(round_):
    file = send(round_, "unit", "U22")
    book = openpyxl.load_workbook(file)
    address = cell_of(file, ("marks", "U22-01", "self"))
    sheet = next(s for s in book.worksheets if s.title == "自评表")
    sheet[address] = "=1+1"
    book.save(file)
    receipt = only(collect(round_))
    assert [(p.code, p.where.cell) for p in errors(receipt.problems)] == [("FORMULA_IN_INPUT", address)]


def test_totals_of_the_book_are_never_read(round_):
    source = send(round_, "unit", "U22")
    book = openpyxl.load_workbook(source)
    formulas = [c for sheet in book.worksheets for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert formulas
    for cell in formulas:
        cell.value = 999
    book.save(source)
    collect(round_)
    marks = reopened(round_.folder).tables()["marks"]
    assert all(value != 999 for row in marks for value in row.values())


def test_what_can_be_read_in_one_way_is_read_with_a_note(round_):
    changes = {("U22-01", "self"): "15分", ("U22-02", "self"): "９", ("U22-17", "actual"): "58%"}
    send(round_, "unit", "U22", {("marks", *at): typed for at, typed in changes.items()})
    receipt = only(collect(round_))
    assert (receipt.decision, told(receipt, "note").count("READ_AS")) == ("accepted", 3)
    marks = {row["id"]: row for row in reopened(round_.folder).tables()["marks"]}
    assert (marks["U22-01"]["self"], marks["U22-02"]["self"], marks["U22-17"]["actual"]) == (15, 9, 58)


def test_free_text_is_inert(round_):
    payloads = ['=HYPERLINK("http://x")', "=cmd|' /C calc'!A0", "@SUM(1)", "#REF!x"]
    changes = {("marks", f"U22-{n:02d}", "account"): text for n, text in enumerate(payloads, 1)}
    send(round_, "unit", "U22", changes)
    send_all(round_)
    assert only_accepted(collect(round_))
    publish_scores(round_)
    book = openpyxl.load_workbook(round_.out / "总表.xlsx")
    texts = [c for s in book.worksheets for row in s.iter_rows() for c in row if c.value in payloads]
    assert all(c.data_type == "s" and c.hyperlink is None for c in texts)


def only_accepted(collection):
    return all(r.decision == "accepted" for r in collection.receipts)


# ---- files -------------------------------------------------------------------------------------


def zipped(**parts):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), text)
    return data.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
BAD_FILES = [
    ("空.xlsx", b"", "EMPTY", "refused"),
    ("扫描件.xlsx", b"%PDF-1.7 ...", "NOT_A_WORKBOOK", "refused"),
    ("图.xlsx", b"\x89PNG\r\n\x1a\n", "NOT_A_WORKBOOK", "refused"),
    ("表.xlsx", "单位,得分\n甲,95\n".encode("gbk"), "NOT_A_WORKBOOK", "refused"),
    ("网页.xlsx", b"<html><table></table></html>", "NOT_A_WORKBOOK", "refused"),
    ("旧.xlsx", OLE, "OLD_XLS", "refused"),
    ("密.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "ENCRYPTED", "refused"),
    ("大.xlsx", b"PK" + b"\0" * 20_000_001, "TOO_LARGE", "refused"),
    ("文.xlsx", zipped(word__document_xml="<w/>"), "OTHER_FORMAT", "refused"),
    ("报送材料.xlsx", zipped(**{"甲.xlsx": "x"}), "ARCHIVE", "refused"),
    ("包.xlsx", b"Rar!\x1a\x07", "ARCHIVE", "refused"),
    ("坏.xlsx", b"PK\x03\x04" + b"\0" * 100, "DAMAGED", "refused"),
    ("宏.xlsx", zipped(xl__workbook_xml="<w/>", xl__vbaProject_bin="x"), "MACRO", "held"),
    ("弹.xlsx", zipped(xl__workbook_xml="<w/>", xl__big_xml="0" * 30_000_000), "BOMB", "refused"),
    ("定义.xlsx", zipped(xl__workbook_xml='<!DOCTYPE a [<!ENTITY b "c">]><w/>'), "DTD", "refused"),
    ("不是表.xlsx", zipped(xl__workbook_xml="<w>xlperf1</w>"), "READER_FAILED", "held"),
    ("别的表.xlsx", zipped(xl__workbook_xml="<w/>"), "NO_IDENTITY", "held"),  # no reader has to look
]


def test_one_bad_file_never_stops_the_others(round_):
    send(round_, "unit", "U22", name="子文件夹/好 的.xlsx")
    for name, data, _, _ in BAD_FILES:
        (round_.inbox / name).write_bytes(data)
    found = {r.file: r for r in collect(round_).receipts}
    assert {n: (told(found[n]), found[n].decision) for n, *_ in BAD_FILES} == {n: ([c], d) for n, _, c, d in BAD_FILES}
    assert found["子文件夹/好 的.xlsx"].decision == "accepted"
    for name, data, _, _ in BAD_FILES:
        assert (round_.received / hashlib.sha256(data).hexdigest()).read_bytes() == data, name


def test_a_truncated_workbook_is_refused(round_):
    file = send(round_, "unit", "U22")
    file.write_bytes(file.read_bytes()[:-2000])
    receipt = only(collect(round_))
    assert (told(receipt), receipt.decision) == (["DAMAGED"], "refused")


def test_what_is_damaged_is_said_in_words(round_):
    data = bytearray(zipped(xl__workbook_xml="<w/>" * 4000))
    at = data.index(b"xl/workbook.xml") + 15
    for start, ending, said in ((at, at + 10, "解不开"), (0, 0, "不完整")):
        spoiled = data[:start] + b"\xff" * (ending - start) + data[ending : len(data) if ending else -30]
        (round_.inbox / f"{said}.xlsx").write_bytes(spoiled)
    found = {r.file: r for r in collect(round_).receipts}
    for said in ("解不开", "不完整"):
        [told] = found[f"{said}.xlsx"].problems
        assert (told.code, said in told.message(), "error" in told.message()) == ("DAMAGED", True, False)
        assert told.message("en").isascii()


@pytest.mark.parametrize("fault", ["dies", "raises", "hangs"])
def test_a_reader_that_fails_leaves_the_others(round_, monkeypatch, fault):
    for unit in ("U01", "U22", "U44"):
        send(round_, "unit", unit)
    bad = hashlib.sha256((round_.inbox / "U22 报送.xlsx").read_bytes()).hexdigest()
    real = intake.read_book

    def reader(data, records, parts=None, **how):
        if hashlib.sha256(data).hexdigest() == bad:
            if fault == "dies":
                os._exit(9)
            if fault == "hangs":
                time.sleep(60)
            raise RuntimeError("boom")
        return real(data, records, parts, **how)

    monkeypatch.setattr(intake, "read_book", reader)
    monkeypatch.setattr(intake, "PATIENCE", 3.0)
    found = {r.file: (r.decision, told(r)) for r in collect(round_).receipts}
    assert found.pop("U22 报送.xlsx") == ("held", ["READER_FAILED"])
    assert list(found.values()) == [("accepted", [])] * 2


# ---- identity ----------------------------------------------------------------------------------


def test_last_years_book_is_refused_and_both_rounds_are_named(round_, tmp_path):
    old = sealed(Identity("unit", "dashiqiao-2016", "dashiqiao-2016", 2016, "U22", 1), b"old" * 11)
    write_unit_book(score_round(round_), "U22", tmp_path / "old.xlsx", old)
    send(round_, "unit", "U22", source=tmp_path / "old.xlsx")
    receipt = only(collect(round_))
    assert (told(receipt), receipt.decision) == (["WRONG_ROUND"], "refused")
    assert "2016" in receipt.problems[0].message()
    assert "2017" in receipt.problems[0].message()


def test_a_book_sealed_with_another_key_is_held(round_, tmp_path):
    forged = sealed(Identity("unit", round_.id, round_.scheme.id, round_.year, "U22", 2), b"other key")
    write_unit_book(score_round(round_), "U22", tmp_path / "forged.xlsx", forged)
    send(round_, "unit", "U22", source=tmp_path / "forged.xlsx")
    receipt = only(collect(round_))
    assert (told(receipt), receipt.decision) == (["FORGED_ID"], "held")


def test_a_book_without_identity_is_held(round_):
    book = openpyxl.Workbook()
    book.active["A1"] = "市环保局自评表"
    book.save(round_.inbox / "市环保局.xlsx")
    receipt = only(collect(round_))
    assert (told(receipt), receipt.decision) == (["NO_IDENTITY"], "held")


def test_another_units_sheet_pasted_over_is_held(round_):
    codes = [identity_of(round_, "unit", u, round_.state().issued["unit", u].serial).code() for u in ("U22", "U44")]
    send(round_, "unit", "U22", texts={codes[0]: codes[1]})
    receipt = only(collect(round_))
    assert (told(receipt), receipt.decision) == (["WRONG_UNIT"], "held")
    assert "市信息中心" in receipt.problems[0].message()


def test_a_file_named_after_another_unit_is_held_until_the_name_is_right(round_):
    file = send(round_, "unit", "U22", name="市信息中心.xlsx")
    receipt = only(collect(round_))
    assert (told(receipt), receipt.decision) == (["NAMED_OTHERWISE"], "held")
    assert (round_.out / "退回" / "市信息中心.txt").is_file()
    file.rename(round_.inbox / "市环保局.xlsx")
    receipt = only(collect(round_))
    assert (receipt.decision, receipt.who) == ("accepted", "U22")
    assert not (round_.out / "退回" / "市信息中心.txt").exists()


def test_the_same_bytes_count_once_under_the_name_that_suits(round_):
    file = send(round_, "unit", "U22", name="市信息中心.xlsx")
    (round_.inbox / "市环保局 - 副本.xlsx").write_bytes(file.read_bytes())
    found = {r.file: (r.decision, told(r, "note")) for r in collect(round_).receipts}
    assert found["市环保局 - 副本.xlsx"][0] == "accepted"
    assert found["市信息中心.xlsx"] == ("duplicate", ["DUPLICATE"])


def test_a_later_version_replaces_the_earlier_and_the_difference_is_told(round_):
    first = send(round_, "unit", "U22", {("marks", "U22-01", "self"): 15}, name="市环保局.xlsx")
    collect(round_)
    second = send(round_, "unit", "U22", {("marks", "U22-01", "self"): 16.5}, name="市环保局（最终版）.xlsx")
    receipt = next(r for r in collect(round_).receipts if r.file == second.name)
    note = next(p for p in receipt.problems if p.code == "SUPERSEDES")
    assert "U22-01 自评得分 15→16.5" in note.message()
    marks = {row["id"]: row for row in reopened(round_.folder).tables()["marks"]}
    assert marks["U22-01"]["self"] == 16.5
    for file in (first, second):
        assert (round_.received / hashlib.sha256(file.read_bytes()).hexdigest()).is_file()


def test_a_later_version_with_an_error_leaves_the_accepted_one_in_force(round_):
    send(round_, "unit", "U22", {("marks", "U22-01", "self"): 15}, name="市环保局.xlsx")
    collect(round_)
    send(round_, "unit", "U22", {("marks", "U22-01", "self"): "十六"}, name="市环保局2.xlsx")
    found = collect(round_)
    assert [r.decision for r in found.waiting] == ["held"]
    marks = {row["id"]: row for row in reopened(round_.folder).tables()["marks"]}
    assert marks["U22-01"]["self"] == 15


# ---- layout ------------------------------------------------------------------------------------


def test_rows_that_moved_are_found_by_their_keys(round_):
    file = send(round_, "unit", "U22")
    book = openpyxl.load_workbook(file)
    sheet = next(s for s in book.worksheets if s.title == "自评表")
    sheet.title = "市环保局 自评"
    sheet.insert_cols(4)
    book.save(file)
    receipt = only(collect(round_))
    assert receipt.decision == "accepted", [p.text() for p in receipt.problems]


def test_a_deleted_row_is_told(round_):
    file = send(round_, "unit", "U22")
    book = openpyxl.load_workbook(file)
    sheet = next(s for s in book.worksheets if s.title == "自评表")
    row = next(c.row for c in sheet["A"] if c.value == "U22-05")
    sheet.delete_rows(row)
    book.save(file)
    receipt = only(collect(round_))
    assert ("LAYOUT_CHANGED" in told(receipt), receipt.decision) == (True, "held")


# ---- kill and go on ----------------------------------------------------------------------------


def test_a_run_that_stops_midway_is_taken_up_and_ends_the_same(round_, tmp_path, monkeypatch):
    issued(tmp_path / "other")
    other = reopened(tmp_path / "other")
    for one in (round_, other):
        send_all(one)
    collect(other)
    real, count = collecting.record_receipts, 0

    def stops(file, *receipts):
        nonlocal count
        count += 1
        if count == 3:
            raise KeyboardInterrupt
        real(file, *receipts)

    monkeypatch.setattr(collecting, "record_receipts", stops)
    with pytest.raises(KeyboardInterrupt):
        collect(round_)
    assert len(round_.state().receipts) == 2
    monkeypatch.undo()
    collect(round_)
    assert score_round(round_).values == score_round(other).values
    assert len(list(entries(round_.ledger))) == len(list(entries(other.ledger)))


def test_fill_refuses_a_cell_that_is_not_there(round_, tmp_path):
    with pytest.raises(KeyError):
        fill_book(issued_file(round_, "unit", "U22"), tmp_path / "x.xlsx", {("marks", "U01-01", "self"): 1})
