"""退回 letters: a unit reads its own words only, and what is true of it."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import openpyxl
import pytest
from kit.begun import issued
from kit.rounds import issued_file, reopened, send

from xlperf.engine.plan import Column
from xlperf.entries.cell import Asked, judge
from xlperf.problems import Where, catalogue, errors, problem
from xlperf.publish.verify import verified
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.collecting.replies import letters

INTERNAL = re.compile(r"inbox|ledger|sqlite|collect|marks|U22-|[a-z]+_[a-z]+|dashiqiao|\.xml|Error|round\b|key\b")


@pytest.fixture
def round_(tmp_path):
    return issued(tmp_path / "round")


def letter(round_, name="市环保局"):
    collect(round_)
    return (round_.out / "退回" / f"{name}.txt").read_text("utf-8")


def lines(text):
    return [line.strip() for line in text.splitlines() if re.match(r"\s+\d+．", line)]


def packed(*names):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


def without_a_row(round_):
    book = openpyxl.load_workbook(issued_file(round_, "unit", "U22"))
    book.worksheets[1].delete_rows(6)
    book.save(round_.inbox / "市环保局.xlsx")


def pasted_elsewhere(round_):
    book = openpyxl.Workbook()
    book.active["A1"] = "自评得分"
    book.save(round_.inbox / "市环保局.xlsx")


SENT = {
    "words for a number": lambda r: send(r, "unit", "U22", {("marks", "U22-01", "self"): "九十五"}),
    "nothing": lambda r: send(r, "unit", "U22", {("marks", "U22-01", "self"): None}),
    "too much": lambda r: send(r, "unit", "U22", {("marks", "U22-01", "self"): 9999}),
    "a picture": lambda r: (r.inbox / "市环保局.jpg").write_bytes(b"\xff\xd8\xff\xe0" + b"0" * 99),
    "an archive": lambda r: (r.inbox / "市环保局.zip").write_bytes(packed("自评表.xlsx")),
    "an old book": lambda r: (r.inbox / "市环保局.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 999),
    "nothing at all": lambda r: (r.inbox / "市环保局.xlsx").write_bytes(b""),
    "half a book": lambda r: (r.inbox / "市环保局.xlsx").write_bytes(issued_file(r, "unit", "U22").read_bytes()[:9000]),
    "a row lost": without_a_row,
    "a book of their own": pasted_elsewhere,
}


@pytest.mark.parametrize("sent", SENT.values(), ids=SENT)
def test_a_unit_reads_its_own_words_only(sent, round_):
    sent(round_)
    text = letter(round_)
    assert lines(text)
    assert not INTERNAL.search(text.replace(".xlsx", "").replace("U22 报送", "")), text
    assert all(re.search(r"。.+。$", line) for line in lines(text)), "what stands there, what to do"


def test_a_letter_names_sheet_cell_row_and_heading(round_):
    send(round_, "unit", "U22", {("marks", "U22-01", "self"): "九十五"})
    (line,) = lines(letter(round_))
    row = next(r for r in round_.scheme.tables["marks"] if r["id"] == "U22-01")
    about = re.escape(str(row["indicator"])[:10])
    assert re.match(rf"1．“[^”]+”表 [A-Z]+\d+格（{about}.*）：“自评得分”应填数，现为“九十五”。", line)


@pytest.mark.parametrize(
    ("column", "todo"),
    [
        (Column("a", "情况说明", "input", "text"), "写上文字"),
        (Column("a", "日期", "input", "date"), "填上日期，如 2017-12-31"),
        (Column("a", "级别", "input", "text", choices=("省", "市")), "从下拉中选一项"),
        (Column("a", "自评得分", "input", role="self"), "填上得分；得零分的填0"),
        (Column("a", "完成值", "input", exempt=True), "填上数；不适用的写“不适用”"),
    ],
    ids=lambda c: getattr(c, "title", ""),
)
def test_an_empty_cell_is_told_what_it_takes(column, todo):
    problems = judge(Asked(replace(column, required=True), {}, Where("a")), None)[1]
    assert [p.remedy() for p in problems] == [todo]


def test_what_counts_meanwhile_is_what_is_in_force(round_):
    send(round_, "unit", "U22", {("marks", "U22-01", "self"): "九十五"})
    assert "这份表里的内容不计入" in letter(round_)
    send(round_, "unit", "U22", name="好的.xlsx")
    collect(round_)
    send(round_, "unit", "U22", {("marks", "U22-01", "self"): "满分"}, name="又坏了.xlsx")
    text = letter(round_)
    assert "收到的“好的.xlsx”为准" in text
    assert "不计" not in text


@pytest.mark.parametrize(("days", "told"), [(3, "前重新报送"), (0, "前重新报送"), (-1, "已过，请尽快改正")])
def test_a_letter_never_asks_for_a_day_gone_by(days, told, round_):
    send(round_, "unit", "U22", {("marks", "U22-01", "self"): "九十五"})
    assert told in letter(replace(round_, deadline=date.today() + timedelta(days)))


def test_a_letter_says_whom_to_call(round_):
    file = round_.folder / "round.yaml"
    file.write_text(file.read_text("utf-8") + "contact: 王会计 0417-5820000\n", "utf-8")
    send(round_, "unit", "U22", {("marks", "U22-01", "self"): "九十五"})
    assert "联系：王会计 0417-5820000。" in letter(reopened(round_.folder))


def test_taking_a_held_file_away_settles_nothing(round_):
    bad = send(round_, "unit", "U22", {("marks", "U22-01", "self"): "九十五"})
    letter(round_)
    bad.unlink()
    found = collect(round_)
    assert [r.file for r in found.waiting] == [bad.name]
    assert (round_.out / "退回" / "市环保局.txt").is_file()
    assert next(m for m in found.missing if m.whom == "U22").held
    send(round_, "unit", "U22", name="好的.xlsx")
    assert collect(round_).replies == ()
    assert len(list((round_.out / "退回" / "已处理").glob("*.txt"))) == 1


def test_a_worse_version_taken_away_is_withdrawn_not_settled(round_):
    send(round_, "unit", "U22", name="好的.xlsx")
    collect(round_)
    stray = round_.inbox / "扫描件.pdf"
    stray.write_bytes(b"%PDF-1.7")
    assert len(collect(round_).replies) == 1
    stray.unlink()
    assert collect(round_).replies == ()
    assert [f.parent.name for f in (round_.out / "退回").rglob("*.txt")] == ["已移出"]


def test_a_scorer_is_written_to_as_well(round_):
    scorer = next(n for k, n in round_.state().issued if k == "scorer")
    (round_.inbox / f"打分 {scorer}.rar").write_bytes(b"Rar!\x1a\x07")
    collect(round_)
    (text,) = [f.read_text("utf-8") for f in (round_.out / "退回").glob("*.txt")]
    assert "解压后" in text
    assert "inbox" not in text


def test_letters_know_the_values_of_their_problems():
    for code, row in letters().items():
        marks = set(re.findall(r"\{(\w+)\}", row["says"] + row["asks"]))
        entry = catalogue()[code]
        assert marks <= set(re.findall(r"\{(\w+)\}", entry.zh + entry.zh_remedy)) | {"year"}, code


def test_an_older_record_without_a_value_still_reads():
    old = problem("MISSING", Where("a"), title="得分")
    assert old.message() == "“得分”没有填"
    assert old.remedy() == "…"


def words_of(file):
    """Return the paragraphs of a .docx."""
    with zipfile.ZipFile(file) as parts:
        text = parts.read("word/document.xml").decode("utf-8")
    return ["".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", p)) for p in re.findall(r"<w:p>.*?</w:p>", text)]


def test_a_letter_can_be_printed_and_sent(round_):
    """The same words as a letter for a word processor, with a title and who signs; it is put aside with the text."""
    send(round_, "unit", "U22", {("marks", "U22-01", "self"): "九十五"})
    text = letter(round_)
    folder = round_.out / "退回"
    [title, *paragraphs] = [p for p in words_of(folder / "市环保局.docx") if p]
    assert title == "报送材料退回通知"
    assert paragraphs == [line.strip() for line in text.splitlines() if line.strip()]
    assert errors(verified(round_.folder)[1]) == []
    send(round_, "unit", "U22", name="改正.xlsx")
    collect(round_)
    assert sorted(f.suffix for f in folder.glob("已处理/市环保局 *")) == [".docx", ".txt"]
    assert not list(folder.glob("*.docx"))
