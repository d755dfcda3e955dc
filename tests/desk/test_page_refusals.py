"""What is wrong with folder, disk or browser: the page says it with what to do, and nothing is half done."""

from __future__ import annotations

import shutil
from pathlib import Path

from kit.browser import Browser

from xlperf.rounds.journal import append

ROUND = "一轮"
NOT_ALLOWED = """
const plain = window.__root.entries;
window.__root.entries = () => { window.__root.entries = plain; throw new DOMException("no", "NotAllowedError"); };
"""  # once


def opened(browser: Browser, page_file: Path, home: Path) -> None:
    """Open the page on a folder."""
    browser.open(page_file.as_uri())
    browser.lay(home)
    browser.press("选择轮次文件夹", "main button")


def said(browser: Browser, *words: str) -> None:
    """See a problem and what to do about it at the bottom of the page."""
    for text in words:
        browser.sees(text, "#said")
    browser.driver.execute_script("document.getElementById('said').replaceChildren()")


def test_what_the_disk_refuses_is_told_and_nothing_is_half_done(browser: Browser, page_file: Path, home: Path):
    book = next((home / ROUND / "issued" / "自评表").glob("*.xlsx"))
    shutil.copyfile(book, home / ROUND / "inbox" / "没填.xlsx")
    opened(browser, page_file, home)
    browser.press(ROUND, "main button")
    browser.press("打分与总表", "#steps button")
    browser.sees("办公室自己填的格")
    before = browser.digests()
    for why, *words in (
        ("QuotaExceededError", "磁盘已满", "清理磁盘空间后再按一次"),
        ("NotAllowedError", "没有允许修改这个文件夹", "选“允许”"),
        ("NoModificationAllowedError", "打不开或写不了", "关闭打开它的 Excel、WPS 窗口"),
    ):
        browser.driver.execute_script("[window.__cut, window.__why] = [0, arguments[0]]", why)
        browser.press("收件台账", "#steps button")
        browser.press("收表", "main button.main")
        said(browser, *words)
        assert browser.digests() == before
    browser.driver.execute_script("window.__cut = -1; window.__lay(arguments[0], '')", f"{ROUND}/inbox/~$没填.xlsx")
    browser.driver.execute_script("window.__lay(arguments[0], '')", f"{ROUND}/out/~$收件台账.xlsx")
    browser.press("收表", "main button.main")
    said(browser, "正在 WPS、Excel 里打开", "~$收件台账.xlsx")


def test_a_folder_that_is_none_of_ours_or_cannot_be_read_is_told(browser: Browser, page_file: Path, tmp_path: Path):
    (tmp_path / "照片").mkdir()
    (tmp_path / "照片" / "1.jpg").write_bytes(b"mine")
    browser.open(page_file.as_uri())
    browser.lay(tmp_path)
    browser.driver.execute_script(NOT_ALLOWED)
    browser.press("选择轮次文件夹", "main button")
    browser.sees("没有允许", "main .problems")
    browser.press("选择轮次文件夹", "main button")
    browser.sees("多半是选错了文件夹", "main")
    assert list(browser.files()) == ["照片/1.jpg"]


def test_half_a_folder_and_one_of_another_version_are_told(browser: Browser, page_file: Path, home: Path):
    for name in ("没有台账", "没有方案", "没有密钥", "新版本"):
        shutil.copytree(home / ROUND, home / name)
    (home / "没有台账" / "ledger.sqlite").unlink()
    shutil.rmtree(home / "没有方案" / "scheme")
    (home / "没有密钥" / "round.key").unlink()
    append(home / "新版本" / "ledger.sqlite", "received", {"format": 99})
    opened(browser, page_file, home)
    browser.press(ROUND, "main button")
    for name, words in (
        ("没有台账", ("台账 ledger.sqlite 却不见了", "从备份恢复")),
        ("没有方案", ("处理：",)),
        ("没有密钥", ("没有密钥 round.key", "从原来的文件夹")),
        ("新版本", ("是更新版本的程序写的", "更新的版本打开")),
    ):
        browser.press("全部轮次", "header button")
        browser.press(name, "main button")
        said(browser, *words)
        browser.press(ROUND, "main button")
    assert browser.complaints() == []


def test_a_browser_that_is_too_old_is_told(browser: Browser, page_file: Path):
    source = {"source": "delete window.DecompressionStream"}
    made = browser.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", source)
    browser.open(page_file.as_uri())
    browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", made)
    browser.sees("浏览器太旧", "main")
    browser.press("选择轮次文件夹", "main button")
    browser.sees("计算程序没能启动", "main")
