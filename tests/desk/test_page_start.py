"""The engine inside the page begins with memory made in advance: how much work that is, and what is new in it."""

from __future__ import annotations

from pathlib import Path

from kit.browser import Browser
from kit.page_start import engine_answers

from xlperf.desk.build import KEPT

MOST = 4.0  # seconds of processor; 2.0 were measured, 8.5 before memory was made in advance
DRAWN = (
    "import datetime, random; open('/desk/new', 'w').write(f'{random.random()} {datetime.datetime.now().astimezone()}')"
)
READ = "xlperfLine.file('', 'new').then((file) => file.text()).then(arguments[0])"


def test_the_engine_is_soon_ready_and_the_file_small(browser: Browser, page_file: Path):
    assert page_file.stat().st_size <= 15e6
    browser.open("about:blank")
    before = browser.seconds()
    browser.open(page_file.as_uri())
    engine_answers(browser)
    assert browser.seconds() - before < MOST
    assert browser.complaints() == []


def test_where_it_was_made_is_not_in_its_memory(page_file: Path, parts: Path):
    assert page_file.is_file()  # so it was made
    engine = max((parts / KEPT).glob("*/memory.bin"), key=lambda f: f.parent.stat().st_mtime)
    memory = engine.read_bytes()
    assert b"/engine\x00" in memory
    assert b"compile.mjs\x00" not in memory  # else no two pages are the same


def test_chance_is_drawn_anew_and_the_clock_is_that_of_the_place(browser: Browser, page_file: Path):
    end = browser.inside_engine(DRAWN)
    browser.driver.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Shanghai"})
    found = []
    for _ in range(2):
        browser.open(page_file.as_uri())
        engine_answers(browser)
        found.append(browser.driver.execute_async_script(READ).split())
    browser.driver.execute_cdp_cmd("Emulation.setTimezoneOverride", {"timezoneId": ""})
    end()
    assert found[0][0] != found[1][0]
    assert {clock[-6:] for *_, clock in found} == {"+08:00"}
