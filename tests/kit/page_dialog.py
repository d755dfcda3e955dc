"""The browser's own folder dialog, driven as a person does: `python -m kit.page_dialog xlperf.html [SCREENSHOTS]`.

On a virtual screen (Xvfb): the page is opened from disk, the folder picked, the question answered with Allow, what came
back taken in, the round scored. Then the program verifies what stands on the disk. Needs Xvfb, xdotool and chromium.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kit.begun import issued
from kit.browser import Browser, open_browser
from kit.rounds import send_all
from kit.shelf import on_the_shelf
from xlperf.problems import errors
from xlperf.publish.verify import verified

DISPLAY = ":97"
OPEN, ALLOW = (1074, 798), (798, 202)  # where the two buttons are on a screen of this size
SIZE = "1280x1000x24"


@contextmanager
def screen() -> Iterator[None]:
    """Start a screen that nobody sees."""
    with subprocess.Popen(["Xvfb", DISPLAY, "-screen", "0", SIZE, "-nolisten", "tcp"], stderr=subprocess.DEVNULL) as x:
        time.sleep(2)
        before, os.environ["DISPLAY"] = os.environ.get("DISPLAY", ""), DISPLAY
        try:
            yield
        finally:
            os.environ["DISPLAY"] = before
            x.terminate()


def press(*words: str) -> str:
    """Let xdotool do something; returns what it says."""
    return subprocess.run(["xdotool", *words], capture_output=True, text=True, check=False).stdout


def seen(folder: Path | None, name: str) -> None:
    """Keep a picture of the screen, where a folder for them is given."""
    if folder is not None and shutil.which("import"):
        subprocess.run(["import", "-display", DISPLAY, "-window", "root", folder / f"{name}.png"], check=False)


def picked(page: Browser, folder: Path, pictures: Path | None) -> None:
    """Pick a folder in the browser's dialog and allow the page to change it."""
    page.sees("选择轮次文件夹")
    page.driver.find_element("css selector", "main button.main").click()
    page.until(lambda: len(windows()) > 1, "the dialog")
    time.sleep(3)
    press("type", "--delay", "80", str(folder))
    time.sleep(2)
    press("key", "End")
    seen(pictures, "dialog")
    while len(windows()) > 1:  # the first press may only close the list of names
        press("mousemove", *map(str, OPEN), "click", "1")
        time.sleep(3)
    seen(pictures, "question")
    while "浏览器会问" in page.text("main"):
        press("mousemove", *map(str, ALLOW), "click", "1")
        time.sleep(3)


def windows() -> list[str]:
    """List the windows on the screen: the browser's, and a dialog before it."""
    return press("search", "--onlyvisible", "--name", ".+").split()


def driven(file: Path, pictures: Path | None = None) -> list[str]:
    """Go through a round by the real dialog; list what is wrong afterwards."""
    with tempfile.TemporaryDirectory() as where, screen(), open_browser(seen=True) as page:
        home = Path(where, "returned")
        shutil.copytree(on_the_shelf("desk returned", lambda f: send_all(issued(f / "一轮"))), home)
        folder = home / "一轮"
        page.open(file.resolve().as_uri())
        picked(page, folder, pictures)
        page.press("收件台账", "#steps button")
        page.press("收表", "main button")
        page.sees("待补正 0")
        seen(pictures, "collected")
        page.press("排名", "#steps button")
        page.press("计分排名", "main button")
        page.until((folder / "out" / "排名.csv").is_file, "the ranking is written")
        page.until(lambda: not list(folder.glob(".writing-*")), "the writing is over")
        seen(pictures, "ranked")
        looked_at, problems = verified(folder)
        wrong = [str(p) for p in errors(problems)] + page.complaints() + page.requests()
        print(f"verify looked at {looked_at} things; {len(wrong)} wrong")
        return wrong


if __name__ == "__main__":
    found = driven(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    print(*found, sep="\n")
    sys.exit(bool(found))
