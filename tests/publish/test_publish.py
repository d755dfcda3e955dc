"""What is published of a round: whole or not at all, the same on paper, letter and record, and nothing private."""

import json
import re
import zipfile
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree

import openpyxl
import pytest
from click.testing import CliRunner
from kit.published import DAY, SETTINGS, ready_round
from kit.rounds import reopened

from xlperf.cli import main
from xlperf.publish.publication import documents_of, publish
from xlperf.publish.results import publish_scores
from xlperf.report.document import Document, Head, Line, Table, coded
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.journal import entries
from xlperf.workbook.back.read import read_book
from xlperf.workbook.documents import write_document
from xlperf.workbook.letters import letter
from xlperf.xlsx.cached import write_values

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published") / "round"
    round_ = ready_round(folder)
    return round_, publish(round_, SETTINGS, pdf=False)


def words(data):
    """Return the text of every paragraph of a letter."""
    with zipfile.ZipFile(data) as archive:
        root = ElementTree.fromstring(archive.read("word/document.xml"))
    return ["".join(t.text or "" for t in p.iter(f"{W}t")) for p in root.iter(f"{W}p")]


def texts(file):
    return [str(v) for row in openpyxl.load_workbook(file).worksheets[0].values for v in row if v is not None]


def test_every_document_is_there_as_workbook_and_the_letters_as_letters(made):
    _, done = made
    files = {f.as_posix() for f in done.files}
    assert {"公开/公示.xlsx", "公开/公示.docx", "内部/汇总表.xlsx", "内部/奖惩名单.xlsx"} <= files
    assert {
        "内部/分值折算表.xlsx",
        "内部/临界名单.xlsx",
        "单位/反馈单/01 城关镇.xlsx",
        "单位/反馈单/03 北山镇.docx",
    } <= files
    assert all((done.folder / f).is_file() for f in done.files)
    assert len({d.code for d in done.documents}) == len(done.documents)


def test_a_sheet_says_what_was_lost_why_and_until_when(made):
    _, done = made
    told = texts(done.folder / "单位/反馈单/03 北山镇.xlsx")
    assert "本组3个单位中第3名" in " ".join(told)
    assert "目标60，完成57，按完成÷目标计" in told
    assert any("2026年1月8日（星期四）收到的，最迟2026年1月12日（星期一）" in t for t in told)
    assert "考评复核申请表" in told
    assert "回　执（北山镇）" in told
    assert "样板 第三条" in told


def test_losses_on_paper_come_to_the_full_mark(made):
    _, done = made
    for d in (d for d in done.documents if d.kind == "反馈单"):
        table = next(b for b in d.blocks if isinstance(b, Table) and "来龙去脉" in b.title)
        ((*parts, full),) = table.rows
        assert sum(parts) == full == 100


def test_the_letter_says_what_the_workbook_says(made):
    _, done = made
    for name in ("单位/反馈单/02 河东镇", "公开/公示"):
        document = next(d for d in done.documents if d.file == name)
        said = words(done.folder / f"{name}.docx")
        for line in document.printed():
            for text in filter(None, line):
                assert text in said, text
        with zipfile.ZipFile(done.folder / f"{name}.docx") as archive:
            footer = archive.read("word/footer1.xml").decode()
            body = archive.read("word/document.xml").decode()
        assert document.code in footer
        assert "方正小标宋简体" in body
        assert "w:tblHeader" in body


def test_the_code_is_on_the_paper_and_follows_every_figure(made):
    round_, done = made
    document = done.documents[0]
    book = openpyxl.load_workbook(done.folder / f"{document.file}.xlsx").worksheets[0]
    assert document.code in book.oddFooter.right.text
    table = next(b for b in document.blocks if isinstance(b, Table))
    row = tuple(v + Fraction(1, 100) if isinstance(v, Fraction) else v for v in table.rows[0])
    other = replace(document, blocks=(replace(table, rows=(row, *table.rows[1:])), *document.blocks[1:]))
    assert coded(other, round_.id, round_.key).code != document.code
    assert coded(document, round_.id, round_.key).code == document.code
    assert coded(document, round_.id, b"another").code != document.code
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", document.code)


def test_publishing_twice_gives_the_same_bytes_and_one_record(made):
    round_, done = made
    before = {f: (done.folder / f).read_bytes() for f in done.files}
    again = publish(reopened(round_.folder), SETTINGS, pdf=False)
    assert {f: (again.folder / f).read_bytes() for f in again.files} == before
    [kept] = round_.records.glob("published-*.json")
    sheets = json.loads(kept.read_text("utf-8"))["sheets"]
    assert [s["code"] for s in sheets] == [d.code for d in done.documents]
    assert sum(e.kind == "written" and "published" in e.body["file"] for e in entries(round_.ledger)) == 1


def test_the_notice_leaves_out_scores_and_takes_columns(made):
    round_, _ = made
    settings = replace(SETTINGS, with_scores=False, columns=("加分（封顶）",))
    [document] = documents_of(round_, round_.scores(), settings, ["public"])
    table = next(b for b in document.blocks if isinstance(b, Table))
    assert [h.title for h in table.heads] == ["名次", "单位", "加分（封顶）"]
    said = " ".join(t for line in document.printed() for t in line)
    assert "98.82" not in said
    assert "公示期：2026年1月8日（星期四）至2026年1月15日（星期四）" in said


def test_an_unknown_column_of_the_notice_writes_nothing(made, tmp_path):
    round_, _ = made
    done = publish(round_, replace(SETTINGS, columns=("没有的列",)), out=tmp_path / "out", pdf=False)
    assert [p.code for p in done.problems][:1] == ["UNKNOWN_COLUMN"]
    assert not (tmp_path / "out").exists()


def test_a_round_that_lacks_something_is_refused_whole_or_published_with_a_reason(tmp_path):
    from xlperf.rounds.store import new_round
    from xlperf.scheme.load import find_scheme

    round_, _ = new_round(find_scheme("three-units")[0], tmp_path / "round")
    done = publish(round_, SETTINGS, pdf=False)
    assert done.problems[0].code == "PUBLISH_LACKS"
    assert {"NOT_RETURNED", "UNITS_UNSCORED", "MARKS_MISSING"} <= {p.code for p in done.problems}
    assert not (round_.out / "发布").exists()
    done = publish(round_, replace(SETTINGS, incomplete="县里要求先公布"), pdf=False)
    said = words(done.folder / "公开/公示.docx")
    assert "说明：县里要求先公布" in said
    assert any(t.startswith("未排名3个：城关镇（资料不全，未计算得分）") for t in said)


def test_nothing_is_published_while_what_came_or_was_typed_is_not_in_the_record(tmp_path):
    round_ = ready_round(tmp_path / "round")
    (round_.inbox / "后来的.xlsx").write_bytes(b"not looked at yet")
    book = round_.out / "总表.xlsx"
    at = next(c for c in read_book(book).cells if (c.plan_sheet, c.column) == ("marks", "lead") and c.value)
    write_values(book, book, {(at.sheet, at.cell): 0.5})
    done = publish(reopened(round_.folder), SETTINGS, pdf=False)
    told = {p.code: p for p in done.problems}
    assert done.problems[0].code == "PUBLISH_LACKS"
    assert {"INBOX_WAITS", "MASTER_UNSEEN"} <= told.keys()
    assert "MASTER_NOT_IN" not in told
    assert told["INBOX_WAITS"].worded()["names"] == "后来的.xlsx"
    assert told["MASTER_UNSEEN"].where.file.endswith("总表.xlsx")
    assert done.files == ()
    collect(reopened(round_.folder))
    publish_scores(reopened(round_.folder))
    done = publish(reopened(round_.folder), SETTINGS, pdf=False, dry_run=True)
    assert {"INBOX_WAITS", "MASTER_UNSEEN"}.isdisjoint(p.code for p in done.problems)


def test_a_payload_stays_text():
    bad = "=HYPERLINK(1)<b>&\x07"
    document = Document("public", "公示", "", "公示", bad, (Line(bad), Table((Head("名"),), ((bad,),))), letter=True)
    with zipfile.ZipFile(__import__("io").BytesIO(letter(document))) as archive:
        root = ElementTree.fromstring(archive.read("word/document.xml"))
    said = "".join(t.text or "" for t in root.iter(f"{W}t"))
    assert said.count("=HYPERLINK(1)<b>&␇") == 3


def test_the_command_refuses_a_year_without_a_calendar(made):
    round_, _ = made
    words_ = ["publish", str(round_.folder), "--date", "2031-01-06", "--appeal-days", "2", "--no-pdf", "--json"]
    ran = CliRunner(env={"XLPERF_LANG": "zh"}).invoke(main, words_)
    assert ran.exit_code == 1
    assert "NO_CALENDAR" in ran.output
    assert "2031年" in ran.output


def test_the_command_says_what_it_wrote(made, tmp_path):
    round_, done = made
    words_ = ["publish", str(round_.folder), "--date", DAY.isoformat(), "--appeal-days", "2", "--no-pdf"]
    ran = CliRunner(env={"XLPERF_LANG": "zh"}).invoke(
        main, [*words_, "--out", str(tmp_path / "to"), "--edition", "unit"]
    )
    assert ran.exit_code == 0, ran.output
    assert "反馈单 3" in ran.output
    assert sorted(p.name for p in (tmp_path / "to").iterdir()) == ["单位"]
    ran = CliRunner(env={"XLPERF_LANG": "en"}).invoke(main, [*words_, "--dry-run", "--json"])
    assert [s["code"] for s in json.loads(ran.output)["sheets"]] == [d.code for d in done.documents]


def test_dates_are_written_with_their_weekday():
    from xlperf.publish.papers.ground import with_weekday

    assert with_weekday(date(2026, 11, 22)) == "2026年11月22日（星期日）"


def test_a_table_that_goes_on_begins_every_page_with_its_headings(tmp_path):
    rows = tuple((Fraction(i), f"考核内容{i}" * 3) for i in range(1, 91))
    tables = [Table((Head(f"{n}序号", 0), Head(f"{n}内容", prose=True, wide=40)), rows, n) for n in ("甲", "乙")]
    write_document(Document("internal", "表", "", "表", "两张长表", (*tables,)), tmp_path / "book.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx").active
    first = {b.id + 1: sheet.cell(b.id + 1, 1).value for b in sheet.row_breaks.brk}
    assert len(first) >= 4
    assert set(first.values()) <= {"甲序号", "乙序号", "乙"}
    assert {"甲序号", "乙序号"} <= set(first.values())
    pages = [0, *(b.id for b in sheet.row_breaks.brk), sheet.max_row]
    heights = [sum(sheet.row_dimensions[r + 1].height or 15 for r in range(a, b)) for a, b in pairwise(pages)]
    assert max(heights) <= 740
