"""The page in a real browser: a round gone through with the mouse, served by the program and with the engine inside."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.browser import Browser

from xlperf.desk.server import DeskServer
from xlperf.rounds.store import open_round
from xlperf.workbook.back.fill import fill_book

ROUND = "一轮"
PAYLOAD = '<img src=x onerror="document.title=1">'


@pytest.fixture
def served(home: Path) -> Iterator[DeskServer]:
    with DeskServer(home) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def through(page: Browser) -> None:
    """Go through what a clerk does with returned books, and look at the answers."""
    page.press("收件台账", "#steps button")
    page.sees("没有欠报的")
    page.press("收表", "main button")
    page.sees("待补正", "main")
    page.sees("没有填", "main")
    page.press("退回意见", "main button")
    page.until(lambda: page.text("pre.letter"), "the letter")
    page.press("在表里看", "main button")
    page.until(lambda: page.driver.find_elements("css selector", "td.wrong"), "the cell in its form")
    page.press("打分与总表", "#steps button")
    page.sees("办公室自己填的格")
    page.press("计分排名", "main button")
    page.sees("总成绩排名", "main")
    page.press("得分", "th button")
    page.until(lambda: page.driver.find_elements("css selector", "th[aria-sort=descending]"), "sorted by score")
    top = page.driver.find_element("css selector", "tbody button.link")
    points = top.text
    page.driver.execute_script("arguments[0].click()", top)
    page.sees(f"＝ {points.rstrip('0').rstrip('.')}", "main")
    page.sees("怎么算的", "main")
    page.press("反馈与公示", "#steps button")
    page.sees("发布之前还有这些", "main")  # the empty book that came back
    page.put("没有齐也要发布的理由", "先行试发")
    page.put("印在上面的日期", "2026-01-08")
    page.press("发布", "main button.main")
    page.sees("上一次发布的", "main")
    page.sees("反馈单", "main table")


def emptied(folder: Path) -> None:
    """Send one book back as it was issued: nothing is filled in."""
    book = next((folder / "issued" / "自评表").glob("*.xlsx"))
    shutil.copyfile(book, folder / "inbox" / "没填.xlsx")


def test_a_round_through_the_served_page(browser: Browser, served: DeskServer, home: Path):
    emptied(home / ROUND)
    browser.open(served.link)
    browser.press(ROUND, "main button")
    through(browser)
    assert browser.complaints() == []
    assert {a for a in browser.requests() if not a.startswith(served.link)} == set()


def test_what_a_unit_typed_stays_text(browser: Browser, served: DeskServer, home: Path):
    party, receipt = next((p, r) for p, r in open_round(home / ROUND)[0].state().current.items() if p[0] == "unit")
    cell = next(c for c in receipt.cells if c.sheet == "marks")
    issued = open_round(home / ROUND)[0].state().issued[party].file
    name = f"{PAYLOAD.replace('/', '')}.xlsx"
    fill_book(home / ROUND / issued, home / ROUND / "inbox" / name, {(cell.sheet, cell.row, cell.column): PAYLOAD})
    browser.open(served.link)
    browser.press(ROUND, "main button")
    browser.press("收件台账", "#steps button")
    browser.press("收表", "main button")
    browser.sees("<img src=x", "main")
    assert browser.driver.find_elements("css selector", "main img") == []
    assert browser.driver.title != "1"
    assert browser.complaints() == []


def test_a_review_through_the_page(browser: Browser, served: DeskServer, home: Path):
    browser.open(served.link)
    browser.press(ROUND, "main button")
    browser.press("复核", "#steps button")
    browser.sees("还没有复核申请", "main")
    browser.choose("单位", 1)
    browser.until(lambda: browser.driver.find_elements("css selector", "form label:nth-of-type(2) option"), "items")
    browser.put("申请理由", PAYLOAD)
    browser.put("收到反馈单的日期", "2026-03-02")
    browser.put("提出日期", "2026-03-03")
    browser.press("登记", "main button")
    browser.sees("已登记第 1 号")
    browser.sees(PAYLOAD, "main table")
    browser.sees("改哪一格", "main")
    browser.put("谁决定", "复核小组")
    browser.press("维持原结论", "main button")
    browser.sees("维持（复核小组）", "main table")
    assert open_round(home / ROUND)[0].state().rulings[1].by == "复核小组"
    assert browser.driver.find_elements("css selector", "main img") == []
    assert browser.complaints() == []


def test_nobody_is_shut_out(browser: Browser, served: DeskServer, parts: Path):
    axe = (parts / "axe" / "axe.min.js").read_text("utf-8")
    browser.open(served.link)
    browser.press(ROUND, "main button")
    for step in ("方案体检", "下发", "收件台账", "打分与总表", "排名", "为什么", "反馈与公示", "复核", "口径与试算"):
        browser.press(step, "#steps button")
        browser.until(lambda s=step: browser.text("#panel").startswith(s), step)
        browser.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": axe})
        found = browser.driver.execute_async_script(
            "axe.run(document).then((r) => arguments[0](r.violations.map((v) => [v.id, v.nodes[0].html])))"
        )
        assert found == [], step


def test_a_round_through_the_page_from_disk(browser: Browser, page_file: Path, home: Path):
    emptied(home / ROUND)
    browser.open(page_file.as_uri())
    browser.lay(home)
    browser.press("选择轮次文件夹", "main button")
    browser.press(ROUND, "main button")
    through(browser)
    assert browser.complaints() == []
    assert browser.requests() == []
    written = browser.files()
    there = home / "again"
    for name, data in written.items():
        (there / name).parent.mkdir(parents=True, exist_ok=True)
        (there / name).write_bytes(data)
    native, problems = open_round(there / ROUND)
    assert native is not None, problems
    assert any(r.decision == "held" for r in native.state().receipts.values())


def test_the_page_and_the_program_write_the_same(browser: Browser, page_file: Path, home: Path):
    """Books, 总表 and ranking are the same bytes, whoever wrote them."""
    from xlperf.publish.results import publish_scores
    from xlperf.rounds.distribute import distribute

    browser.open(page_file.as_uri())
    browser.lay(home)
    shutil.rmtree(home / ROUND / "out")
    shutil.rmtree(home / ROUND / "issued" / "自评表")
    distribute(open_round(home / ROUND)[0])
    publish_scores(open_round(home / ROUND)[0])
    browser.press("选择轮次文件夹", "main button")
    browser.press(ROUND, "main button")
    browser.press("排名", "#steps button")
    browser.press("计分排名", "main button")
    browser.sees("总成绩排名", "main")
    browser.until(
        lambda: "排名.csv" in browser.driver.execute_script("return window.__written"), "the ranking is written"
    )
    there = {
        n: d
        for n, d in browser.files().items()
        if n.startswith((f"{ROUND}/out/总表", f"{ROUND}/issued", f"{ROUND}/out/排名"))
    }
    assert len(there) == 8
    assert {n for n, data in there.items() if (home / n).read_bytes() != data} == set()


def test_a_ledger_that_moved_is_read_again(browser: Browser, page_file: Path, home: Path):
    """Somebody else works in the same folder: nothing of theirs is lost, and the page says so."""
    browser.open(page_file.as_uri())
    browser.lay(home)
    browser.press("选择轮次文件夹", "main button")
    browser.press(ROUND, "main button")
    browser.press("收件台账", "#steps button")
    browser.sees("没有欠报的")
    from xlperf.rounds.undo import undo

    assert undo(open_round(home / ROUND)[0])[0] is not None
    theirs = (home / ROUND / "ledger.sqlite").read_bytes()
    browser.lay(home)
    browser.press("撤销上一步", "main button")
    browser.sees("刚被别人改过")
    assert browser.files()[f"{ROUND}/ledger.sqlite"] == theirs


@pytest.mark.parametrize("cut", [0, 2])  # before the ledger is written back, and after
def test_a_cut_while_writing_back_harms_nothing(browser: Browser, page_file: Path, home: Path, cut: int):
    emptied(home / ROUND)
    browser.open(page_file.as_uri())
    browser.lay(home)
    browser.press("选择轮次文件夹", "main button")
    browser.press(ROUND, "main button")
    browser.press("收件台账", "#steps button")
    browser.sees("没有欠报的")
    browser.driver.execute_script("window.__cut = arguments[0]", cut)
    browser.press("收表", "main button")
    browser.until(lambda: browser.driver.execute_script("return window.__cut") == 0, "the cut")
    there = home / "after"
    for name, data in browser.files().items():
        (there / name).parent.mkdir(parents=True, exist_ok=True)
        (there / name).write_bytes(data)
    after, problems = open_round(there / ROUND)
    assert after is not None, problems
    from xlperf.rounds.collecting.collect import collect

    assert [r.decision for r in collect(after).receipts if r.file == "没填.xlsx"] == ["held"]
