"""The pages for people who take over lead somewhere: every path they name exists, every room is on the map."""

import re
from pathlib import Path

import pytest
from kit.rooms import rooms_page

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"])
PATH = re.compile(r"`((?:xlperf|tests|schemes|docs|workbooks)/[\w./\u4e00-\u9fff-]*)`")
LINK = re.compile(r"\]\((?!http)([^)#]+)")
MAP = (ROOT / "docs" / "map.md").read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_path_exists(page):
    text = page.read_text("utf-8")
    named = [*PATH.findall(text), *((page.parent / link).relative_to(ROOT).as_posix() for link in LINK.findall(text))]
    example = {"tests/cases/overdue.csv"}  # what the page on adding a rule makes
    assert [path for path in named if path not in example and not (ROOT / path).exists()] == []


def test_every_room_is_on_the_map():
    rooms = {p.parent.relative_to(ROOT).as_posix() for p in (ROOT / "xlperf").rglob("*.py")} - {"xlperf"}
    assert {room for room in rooms if room + "/" not in MAP} == set()


def test_every_decision_is_listed():
    pages = {p.name for p in (ROOT / "docs" / "decisions").glob("0*.md")}
    listed = set(re.findall(r"\((0[\w-]+\.md)\)", (ROOT / "docs" / "decisions" / "README.md").read_text("utf-8")))
    assert pages == listed
    for page in pages:
        text = (ROOT / "docs" / "decisions" / page).read_text("utf-8")
        assert re.match(rf"# {int(page[:4])}\. ", text)
        assert "**Decided.**" in text
        assert "**Why.**" in text


def test_every_room_speaks_for_itself_on_the_page_of_rooms():
    assert (ROOT / "docs" / "rooms.md").read_text("utf-8") == rooms_page()


TASKS = {  # what somebody new was asked to do → the room that must stand on the line with these words
    "how a tie is broken": "xlperf/workbook/books/ranking.py",
    "a carrier of identity": "xlperf/workbook/seal.py",
    "add a rule": "xlperf/rules/",
    "notices and lists that a scheme prints": "xlperf/workbook/books/prints.py",
    "a kind of ledger entry": "xlperf/rounds/ledger.py",
    "reword a problem": "xlperf/texts/problems.csv",
    "as an empty cell": "xlperf/scheme/reading/cells.py",
    "a role of columns": "xlperf/terms.py",
    "recompute after an edit": "xlperf/engine/live.py",
    "is issued to whom": "xlperf/rounds/distribute.py",
    "change a feedback sheet": "xlperf/publish/papers/feedback.py",
    "look at other rows": "xlperf/formula/links.py",
    "at an edge (blank, tie, half)": "xlperf/formula/operations.py",
    "which book the rows of an object come": "xlperf/engine/objects.py",
    "what one changed cell moves": "xlperf/engine/whatif.py",
}


@pytest.mark.parametrize("task", TASKS)
def test_a_task_leads_to_its_room_in_one_guess(task):
    [line] = [row for row in MAP.splitlines() if task in row]
    assert f"`{TASKS[task]}" in line
