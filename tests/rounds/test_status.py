"""How far a round is: on the terminal, as JSON and as 收件台账, three faces of one record."""

import json
import re
import shutil
from datetime import date, timedelta

import openpyxl
import pytest
from click.testing import CliRunner
from kit.libreoffice import converted
from kit.programs import need, output_of
from kit.rounds import reopened, send, small_scheme

from xlperf.cli import main
from xlperf.problems import Where, problem
from xlperf.publish.receipts import FILE, publish_receipts
from xlperf.publish.results import score_round
from xlperf.report.status import BookStatus, Status, Stray
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.distribute import distribute
from xlperf.rounds.lacking import unsettled
from xlperf.rounds.status import status_of
from xlperf.rounds.store import new_round
from xlperf.workbook.books.receipts import notice, summary, write_receipts
from xlperf.workbook.paper import FULL_LINE, PADDING, SLACK


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("status")
    due = (date.today() - timedelta(3)).isoformat()
    scheme = small_scheme(folder / "scheme")
    round_, problems = new_round(scheme, folder / "round", key=b"k" * 32, deadline=due, despite="样本")
    assert round_ is not None, problems
    return round_.folder


@pytest.fixture(scope="module")
def mixed(template, tmp_path_factory):
    """Make a round where one book is in, one held, one has an older one in force, and a stray lies about."""
    folder = shutil.copytree(template, tmp_path_factory.mktemp("mixed") / "round")
    round_ = reopened(folder)
    distribute(round_)
    send(round_, "unit", "U01", name="好的.xlsx")
    send(round_, "unit", "U22", {("marks", "U22-01", "self"): "九十五"}, name="市环保局.xlsx")
    collect(round_)
    send(round_, "unit", "U01", {("marks", "U01-01", "self"): "满分"}, name="又一份.xlsx")
    (round_.inbox / "扫描件0001.pdf").write_bytes(b"%PDF-1.7 ...")
    collect(round_)
    (round_.inbox / "刚放进来.xlsx").write_bytes(b"not looked at yet")
    return folder


def by_unit(status):
    return {b.whom: b for b in status.books if b.kind == "unit"}


def test_every_book_is_where_it_is(mixed):
    status = status_of(reopened(mixed))
    books = by_unit(status)
    assert {u: b.state for u, b in books.items()} == {"U01": "in", "U22": "held", "U44": "out"}
    assert (books["U01"].file, books["U01"].arrived, books["U01"].late) == ("好的.xlsx", date.today(), 3)
    assert [p.code for p in books["U22"].problems] == ["NOT_A_NUMBER"]
    assert books["U22"].letter == "out/退回/市环保局.txt"
    assert (books["U44"].file, books["U44"].arrived, books["U44"].late) == ("", None, 3)
    assert [s.file for s in status.strays] == ["扫描件0001.pdf"]
    assert status.fresh == ("刚放进来.xlsx",)
    assert status.days_left == -3


def test_a_worse_version_beside_one_in_force_is_told_and_does_not_count_as_owed(mixed):
    status = status_of(reopened(mixed))
    assert by_unit(status)["U01"].problems
    assert "U01" not in {b.whom for b in status.owed}
    assert {b.whom for b in status.owed if b.kind == "unit"} == {"U22", "U44"}


def test_nothing_is_taken_in_or_decided(mixed):
    round_ = reopened(mixed)
    before = round_.state()
    status_of(round_)
    assert round_.state() == before


def test_before_distribute_nothing_is_owed(template):
    status = status_of(reopened(template))
    assert {b.state for b in status.books} == {"unissued"}
    assert status.owed == ()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_terminal_says_the_same_as_the_record(mixed, language):
    done = CliRunner(env={"XLPERF_LANG": language}).invoke(main, ["status", str(mixed)])
    assert done.exit_code == 3
    status = status_of(reopened(mixed))
    for b in status.owed:
        assert b.name in done.stdout
    for b in status.books:
        for p in b.problems:
            assert p.message(language) in done.stdout
    assert "扫描件0001.pdf" in done.stdout
    assert {"zh": "逾期3天", "en": "3 days late"}[language] in done.stdout
    assert "collect" in done.stderr


def test_json_is_the_whole_record(mixed):
    done = CliRunner(env={"XLPERF_LANG": "zh"}).invoke(main, ["status", str(mixed), "--json"])
    data = json.loads(done.stdout)
    assert data["counts"]["unit"] == {"in": 1, "held": 1, "out": 1, "unissued": 0}
    assert [b["whom"] for b in data["books"] if b["state"] == "held"] == ["U22"]
    assert data["owed"][0]["late"] == 3


def cells(sheet):
    return [[c.value for c in row] for row in sheet.iter_rows(min_row=3)]


def test_the_workbook_holds_the_ledger_and_whom_to_chase(mixed):
    status = publish_receipts(reopened(mixed))
    book = openpyxl.load_workbook(mixed / FILE)
    assert book.sheetnames == ["收件台账", "催报"]
    ledger = cells(book["收件台账"])
    assert ledger[0][:4] == ["序号", "单位", "表", "状态"]
    assert len(ledger) == 1 + len(status.books) + len(status.strays)
    words = {(row[1], row[2]): row[3] for row in ledger[1:]}
    assert words["市环保局", "自评表"] == "待补正"
    fills = {row[3].value: row[3].fill.fgColor.rgb for row in book["收件台账"].iter_rows(min_row=4)}
    assert len(set(fills.values())) == len(fills), "each state has its colour, and its word"
    chase = cells(book["催报"])
    assert [row[1] for row in chase[1:]] == [b.name for b in status.chased]
    assert all(row[4] == 3 and row[5] for row in chase[1:])
    assert book["收件台账"].print_title_rows == "$3:$3"


def test_the_same_status_gives_the_same_bytes(mixed, tmp_path):
    status = status_of(reopened(mixed))
    for name in ("a.xlsx", "b.xlsx"):
        write_receipts(status, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def made_up(units):
    """Return a status of many units, for paper."""
    fault = problem(
        "OUT_OF_RANGE", Where("a.xlsx", sheet="自评表", cell="J10"), title="自评得分", found="25", limits="0～20"
    )
    states = ("in", "held", "out")
    name = "第{}街道办事处（含派出机构）"
    came = ("某街道自评表（最终版）.xlsx", date(2026, 1, 3))
    books = tuple(
        BookStatus(
            "unit", f"U{i}", name.format(i), "自评表", states[i % 3], *came, i % 5, (fault,) * (5 * (i % 3 == 1))
        )
        for i in range(1, units + 1)
    )
    strays = (Stray('=HYPERLINK("x")扫描件.pdf', (fault,)),)
    return Status("r", "某市2026年度绩效考核", 2026, "绩效办", date(2026, 1, 8), date(2026, 1, 5), books, strays)


def test_the_words_for_everybody_name_who_is_missing():
    status = made_up(4)
    assert notice(status).startswith(
        "截至2026年1月8日，未报自评表：第2街道办事处（含派出机构）；待补正自评表：第4街道办事处"
    )
    assert "截止日已过3天" in notice(status)
    assert "自评表4份：已收1、待补正2、未报1" in summary(status)


@pytest.mark.libreoffice
def test_it_prints_legibly_on_a4(tmp_path):
    need("soffice", "pdftotext", "pdfinfo")
    write_receipts(made_up(60), tmp_path / "t.xlsx")
    (pdf,) = converted([tmp_path / "t.xlsx"], tmp_path, "pdf")
    text = output_of("pdftotext", "-layout", str(pdf), "-")
    assert "###" not in text
    assert "某市2026年度绩效考核" in text
    assert all(re.search(rf"第{i}街道", text) for i in (1, 30, 60))
    told = output_of("pdfinfo", str(pdf))
    assert re.search(r"Page size:\s+841\.\d+ x 595", told), "A4, lying"
    for sheet in openpyxl.load_workbook(tmp_path / "t.xlsx"):
        printed = sum(d.width + PADDING for d in sheet.column_dimensions.values())
        assert FULL_LINE * SLACK / printed * 11 >= 9, "points on paper"


def test_a_newer_book_that_is_held_is_told_in_every_list_and_at_score(mixed, tmp_path):
    folder = shutil.copytree(mixed, tmp_path / "round")
    status = publish_receipts(reopened(folder))
    assert [b.whom for b in status.chased if b.again] == ["U01"]
    assert "已收，另有一份待补正" in notice(status)
    book = openpyxl.load_workbook(folder / FILE)
    for sheet in book.worksheets:
        assert any("已收，另有一份待补正" in map(str, row) for row in sheet.iter_rows(min_row=4, values_only=True))
    problems = [p for p in unsettled(reopened(folder), score_round(reopened(folder))) if p.code == "NEWER_HELD"]
    assert [dict(p.worded("zh"))["count"] for p in problems] == ["1"]
