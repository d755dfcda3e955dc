"""Files that hang the reader of the page, kill it or take all memory: ended and held, and nobody else's is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

from kit.browser import Browser
from kit.page_thousand import taken_in

from xlperf.rounds.store import open_round

ROUND = "一轮"
HOSTILE = """
import xlperf.rounds.collecting.open as opened

opened.PATIENCE = 4
read = opened._opened

def hostile(job, data=None):
    text = job[0].read_bytes()
    if b"HANG" in text[:99]:
        while True:
            pass
    if b"KILL" in text[:99]:
        import ctypes
        ctypes.string_at(2**32 - 9, 99)
    before = opened.bears, opened.guard_problems, opened.unpacked
    if b"GROW" in text[:99]:
        opened.bears = lambda *_: [bytes(2**27) for _ in range(99)]
        opened.guard_problems, opened.unpacked = lambda *_: [], lambda *_: {}
    try:
        return read(job, data)
    finally:  # whatever file comes next
        opened.bears, opened.guard_problems, opened.unpacked = before

opened._opened = hostile
"""


def test_hostile_files_are_ended_and_held(browser: Browser, page_file: Path, home: Path):
    book = next((home / ROUND / "issued" / "自评表").glob("*.xlsx"))
    for name in ("1 HANG", "3 KILL", "4 GROW"):
        (home / ROUND / "inbox" / f"{name}.xlsx").write_bytes(name.encode())
    shutil.copyfile(book, home / ROUND / "inbox" / "2 好的.xlsx")
    end = browser.inside_engine(HOSTILE)
    browser.open(page_file.as_uri())
    browser.lay(home)
    browser.press("选择轮次文件夹", "main button")
    browser.press(ROUND, "main button")
    browser.press("收件台账", "#steps button")
    browser.sees("还没有收", "main")
    browser.press("收表", "main button")
    browser.sees("待补正 4", "#said")
    end()
    for why in ("没有读完", "要的内存太多", "没有填"):
        browser.sees(why, "main")
    there = browser.files()
    for name, data in there.items():
        (home / "after" / name).parent.mkdir(parents=True, exist_ok=True)
        (home / "after" / name).write_bytes(data)
    after, problems = open_round(home / "after" / ROUND)
    assert after is not None, problems
    held = {r.file for r in after.state().receipts.values() if r.decision == "held"}
    assert {"1 HANG.xlsx", "2 好的.xlsx", "3 KILL.xlsx", "4 GROW.xlsx"} <= held
    assert {p.code for r in after.state().receipts.values() if "HANG" in r.file for p in r.problems} == {
        "READER_FAILED"
    }


def test_every_returned_book_is_told_as_it_is_taken_in(browser: Browser, page_file: Path, tmp_path: Path):
    """A thousand of them: `make desk-figures`."""
    from benchmarks.round_of import with_returns

    assert taken_in(browser, page_file, with_returns(tmp_path, 12).folder, 12).wrong == []
