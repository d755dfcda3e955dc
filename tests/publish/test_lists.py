"""What the office signs: lists that fit the paper, name whom they mean, and say nothing twice; slips that stay."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import openpyxl
import pytest
from kit.published import SETTINGS
from kit.simulated import simulated

from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Column
from xlperf.engine.ranked import consequence
from xlperf.engine.score import Scores, score
from xlperf.publish.papers import lists as paper_lists
from xlperf.publish.papers.ground import Ground
from xlperf.publish.papers.lists import lists
from xlperf.report.document import Document, Head, Line, Table
from xlperf.scheme.load import find_scheme, load_scheme
from xlperf.workbook.documents import write_document


def ground_of(name: str) -> Ground:
    path, _ = find_scheme(name)
    scheme, _ = load_scheme(path)
    plan, _ = compile_scheme(scheme)
    return Ground(score(plan, simulated(plan, scheme.tables, 7, blanks=0, events=4)), SETTINGS)


@pytest.fixture(scope="module")
def hebi():
    return {d.kind: d for d in lists(ground_of("hebi-2021"))}


def tables(document: Document) -> list[Table]:
    return [b for b in document.blocks if isinstance(b, Table)]


def test_a_summary_of_many_columns_is_laid_out_in_parts_an_a4_page_holds(hebi, tmp_path):
    document = hebi["汇总表"]
    streets = [t for t in tables(document) if t.title.startswith("街道")]
    assert len(streets) > 1
    assert {tuple(row[1] for row in t.rows) for t in streets} == {tuple(row[1] for row in streets[0].rows)}
    heads = [h.title for t in streets for h in t.heads]
    assert heads.count("名次") == heads.count("单位") == len(streets)
    assert heads.count("党建工作目标") == 1
    write_document(document, tmp_path / "book.xlsx")
    assert openpyxl.load_workbook(tmp_path / "book.xlsx").active.page_setup.paperSize == 9


def test_who_is_named_stands_under_the_right_heading_and_once(hebi):
    for table in tables(hebi["奖惩名单"]):
        heads = [h.title for h in table.heads]
        assert len(set(heads)) == len(heads)
        for row in table.rows:
            words = [v for v in row if isinstance(v, str) and v]
            assert len(set(words)) == len(words), row


def test_an_award_that_bears_the_name_of_its_heading_is_said_once(hebi):
    said = [v for t in tables(hebi["奖惩名单"]) for row in t.rows for v in row if isinstance(v, str)]
    assert any("综合考评优秀奖" in text for text in said)
    assert not any("综合考评优秀奖：综合考评优秀奖" in text for text in said)
    column = Column("award", "年度表彰", "computed", "text")
    assert consequence(column, "年度表彰") == "年度表彰"
    assert consequence(column, "二等奖") == "年度表彰：二等奖"


def test_whom_a_pay_sheet_pays_is_not_listed_again(monkeypatch):
    path, _ = find_scheme("yangcheng-2020")
    scheme, _ = load_scheme(path)
    plan, _ = compile_scheme(scheme)
    monkeypatch.setattr(paper_lists, "_rewarded", lambda *_: [("", None, "某", "", "", "1元")])
    monkeypatch.setattr(Scores, "things", lambda *_: [None])
    blocks = list(paper_lists._awards(Ground(Scores(plan, {}), SETTINGS)))
    lines = [b.text for b in blocks if isinstance(b, Line)]
    assert any("绩效兑现：金额见《绩效工资兑现表》" in text for text in lines)
    titles = [b.title for b in blocks if isinstance(b, Table)]
    assert "部室考评" in titles
    assert not {"绩效兑现", "补退分月", "每月预发"} & set(titles)


HEADS = (Head("项目", prose=True, wide=60), Head("分", wide=14))


@pytest.mark.parametrize("rows", range(16, 34))
def test_the_lines_at_the_end_are_never_alone_on_a_page(rows, tmp_path):
    """Seal and slip go over to the next page with the last row of the table before them, its headings repeated."""
    body = tuple((f"第{i}项", Fraction(i)) for i in range(rows))
    tail = [Line("绩效办（盖章）", "seal"), Line("回　执", "slip"), Line("收到时间")]
    form = [Line("申请表", "page"), Table(HEADS, (("", None),), tall=4)]
    made = Document("unit", "反馈单", "U1", "01", "反馈单", (Table(HEADS, body), *tail, *form))
    write_document(replace(made, code="ABCDE-FGHJK"), tmp_path / "book.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx").active
    said = [str(sheet.cell(r, 1).value or "") for r in range(1, sheet.max_row + 1)]
    slip = said.index("回　执") + 1
    begins = max([b.id + 1 for b in sheet.row_breaks.brk if b.id < slip], default=1)
    assert f"第{rows - 1}项" in said[begins - 1 : slip]
    if begins > 1:
        assert said[begins - 1] == "项目"
    assert sheet.row_dimensions[sheet.max_row].height >= 80, "room to write by hand"
