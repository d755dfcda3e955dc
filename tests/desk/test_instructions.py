"""The page of how to that comes with the page: what it names stands there, in that wording."""

from __future__ import annotations

import re
from importlib.resources import files

from xlperf.desk.page_files import MODULES, page_texts, part

TEXT = files("xlperf").joinpath("texts/instructions.txt").read_text("utf-8")
OF_OTHERS = {"文档", "允许", "不允许"}  # what the system and the browser say
AT_FIRST = "正在打开"  # stands in the page before anything runs


def test_everything_named_stands_on_the_page_in_that_wording():
    texts = page_texts("zh")
    shown = "".join(part(f"{name}.mjs") for name in (*MODULES, "inside"))
    shown_words = {texts[key] for key in re.findall(r'say\("(\w+)"', shown) if key in texts}
    named = set(re.findall("“([^”]+)”", TEXT)) - OF_OTHERS - {AT_FIRST}
    assert len(named) > 10
    assert named <= shown_words
    assert AT_FIRST in part("index.html")


def test_every_button_it_says_to_press_is_a_button():
    texts = page_texts("zh")
    shown = "".join(part(f"{name}.mjs") for name in (*MODULES, "inside"))
    buttons = {texts[key] for key in re.findall(r'(?:button\(|"button",[^(]*\}, )say\("(\w+)"', shown) if key in texts}
    pressed = set(re.findall("(?:按|点)“([^”]+)”", TEXT))
    assert len(pressed) > 8
    assert pressed <= buttons


def test_the_steps_stand_there_in_their_order():
    steps = re.search(r"STEPS = \[([^\]]+)\]", part("panels.mjs"))
    assert steps
    titles = [page_texts("zh")[f"step_{step}"] for step in re.findall(r"\w+", steps[1])]
    lines = [line.split()[0] for line in TEXT.splitlines() if line.startswith("   ") and line.split()[0] in titles]
    assert lines == titles
