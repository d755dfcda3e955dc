"""Texts that some program would run or follow, typed into books and names of files: on the page they stay text.

The list is that of the intake (`kit.injections`), with such texts as a page would run; a test run does some of the
intake's, XLPERF_PAYLOADS=all every one (some minutes).
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from pathlib import Path

from kit.begun import scored
from kit.browser import Browser
from kit.injections import PAYLOADS, is_free, typable
from kit.rounds import good_values, send

ROUND = "一轮"
RUN = "window.__ran=1"
SCRIPTS = (
    f'<img src=x onerror="{RUN}">', f"<svg onload={RUN}>", f"<script>{RUN}</script>", f"javascript:{RUN}",
    f'<a href="javascript:{RUN}">点</a>', f'"><input autofocus onfocus="{RUN}">', f"';{RUN};//", f"${{{RUN}}}",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'>", "<style>@import'http://x.invalid/a.css'</style>",
    '<link rel=stylesheet href="http://x.invalid/b.css">', '<img src="http://x.invalid/c.png">', "<!--<script>",
    '<meta http-equiv="refresh" content="0;url=http://x.invalid">', "</script><script>window.__ran=1</script>",
    '<form action="http://x.invalid"><button>', "<base href=http://x.invalid>",
    "<details open ontoggle=window.__ran=1>",
)  # fmt: skip
TEXTS = (*SCRIPTS, *PAYLOADS[:: 1 if os.environ.get("XLPERF_PAYLOADS") == "all" else 9])
ALIVE = """
const made = "main :is(img, script, iframe, object, embed, a, link, style, meta, base)";
const own = [...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => a.name.startsWith("on")));
return [window.__ran ?? 0, document.title, ...[...document.querySelectorAll(made), ...own].map((e) => e.outerHTML)];
"""


def typed(home: Path) -> int:
    """Let a unit send books full of such texts, all but the first held, and files so named; return how many books."""
    round_ = scored(home / ROUND)
    free = [(s.name, c.name) for s in round_.plan.sheets for c in s.inputs() if s.name == "marks" and is_free(c)]
    rows = list(dict.fromkeys(row for sheet, row, _ in good_values(round_, "unit", "U22") if sheet == "marks"))
    spots = [(sheet, row, column) for row in rows for sheet, column in free]
    some = min(len(spots), -(-len(TEXTS) // 2))
    for number, start in enumerate(range(0, len(TEXTS), some)):
        cells = dict(zip(spots, map(typable, TEXTS[start : start + some]), strict=False))
        wrong = {("marks", rows[0], "self"): f"{RUN}<b>"} if number else {}
        send(round_, "unit", "U22", {**cells, **wrong}, name=f"U22 {number}.xlsx")
    for number, text in enumerate(TEXTS):
        name = re.sub("[/\x00\ud800-\udfff]", "_", text)[:50].strip() or "x"
        (round_.inbox / f"{number}{name}.xlsx").write_bytes(b"%PDF" + str(number).encode())
    return number + 1


def asleep(browser: Browser) -> None:
    """Check that nothing of it ran, was made into a part of the page, or asked a network."""
    assert browser.driver.execute_script(ALIVE) == [0, "办事页面"]
    assert browser.requests() == []
    assert browser.complaints() == []


def test_what_units_type_stays_text_on_every_panel(browser: Browser, page_file: Path, tmp_path: Path):
    assert typed(tmp_path) > 1
    browser.open(page_file.as_uri())
    browser.lay(tmp_path)
    browser.press("选择轮次文件夹", "main button")
    browser.press(ROUND, "main button")
    browser.press("收件台账", "#steps button")
    browser.press("收表", "main button.main")
    browser.sees("待补正", "#said")
    shown = browser.text("main")
    assert all(f"{number}{text[:20]}" in shown for number, text in enumerate(SCRIPTS) if "/" not in text[:20])
    asleep(browser)
    for kind in ("在表里看", "退回意见"):
        for button in browser.driver.find_elements("css selector", "section.held button"):
            if button.text == kind and "U22" in button.find_element("xpath", "../..").text:
                browser.driver.execute_script("arguments[0].click()", button)
                browser.until(lambda: browser.driver.find_elements("css selector", "table.form, pre.letter"), kind)
                asleep(browser)
    browser.press("打分与总表", "#steps button")
    browser.press("计分排名", "main button.main")
    browser.sees("名次", "main")
    browser.driver.execute_script("document.querySelector('main tbody button.link').click()")
    browser.sees("怎么算的", "main")
    asleep(browser)
    browser.press("反馈与公示", "#steps button")
    browser.put("没有齐也要发布的理由", SCRIPTS[0])
    browser.put("印在上面的日期", "2026-01-08")
    browser.press("发布", "main button.main")
    browser.sees("上一次发布的", "main")
    asleep(browser)
    written = {n: d for n, d in browser.files().items() if "/out/" in n}
    assert sum(n.endswith(".xlsx") for n in written) > 5
    assert [(n, why) for n, data in written.items() for why in woken(n, data)] == []


def woken(name: str, data: bytes) -> list[str]:
    """List what a file holds as a formula, a link or a part of a page that a unit typed."""
    if name.endswith(".html"):
        return re.findall(r"<(?:img src=x|svg onload|iframe srcdoc|base href|script>window)[^>]*", data.decode())
    if not data.startswith(b"PK"):
        return []
    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        for part in book.namelist():
            text = book.read(part).decode("utf-8", "replace") if part.endswith((".xml", ".rels")) else ""
            held = re.findall(r"<f[ >][^<]*", text) if "worksheets/" in part else re.findall(r'Target="[^"]*"', text)
            found += [h for h in held if re.search(r"x\.invalid|cmd\||/C calc|window\.__ran|etc/passwd", h)]
    return found
