"""The button pressed as a person does: menu, toolbar, mouse and keys, in a LibreOffice window on a virtual screen.

The screen is shot when the button has answered, into build/artefacts/button.png.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from kit.libreoffice import CHINESE
from kit.masters import master_of
from kit.office import Office, open_office
from kit.programs import need
from kit.simulated import first_mark

from xlperf.addin.button import LEDGER, MOVES
from xlperf.addin.issued import position
from xlperf.addin.libreoffice.extension import COMMANDS

SHOT = Path(__file__).parents[2] / "build" / "artefacts" / "button.png"
NEEDED = ("Xvfb", "xdotool", "import")  # import: of ImageMagick, it shoots the screen
RANK, UNDO = ([zh, en] for _, zh, en in COMMANDS)
MENU, OK = ["绩效考核", "Appraisal"], ["确定", "OK"]
SCREEN = "1280x1024x24"
ATTEMPTS = 3


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    need(*NEEDED)
    return tmp_path


def chinese_office(folder: Path) -> Office:
    """Make a LibreOffice of its own with the extension and Chinese menus."""
    folder.mkdir()
    folder.chmod(0o755)
    return open_office(folder, CHINESE)


@contextmanager
def screen() -> Iterator[str]:
    """Run a virtual screen and tell its name, such as :1; it takes the first number that is free."""
    read, write = os.pipe()
    words = ["Xvfb", "-displayfd", str(write), "-screen", "0", SCREEN, "-nolisten", "tcp", "-ac"]
    program = subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as told:
            yield f":{told.readline().strip()}"
    finally:
        program.terminate()
        program.wait(30)


def clicked(office: Office, steps: Sequence[Sequence[object]]) -> list[object]:
    """Do things in the window of LibreOffice, as tests/kit/uno_click.py says; return what every step saw."""
    SHOT.unlink(missing_ok=True)
    try:
        with screen() as display:
            return office.steps(steps, display)
    finally:  # also where a step failed: the screen then shows why
        shot = office.folder / "button.png"
        if shot.exists():
            SHOT.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(shot, SHOT)


def steps(master: Path, cell: str) -> list[list[object]]:
    ok = ["PUSH_BUTTON", OK]
    return [
        ["open", str(master)],
        ["click", "MENU", MENU, "MENU_ITEM", RANK],
        ["click", "MENU_ITEM", RANK, *ok],
        ["until", MOVES, 2],
        ["dismiss", "PUSH_BUTTON", *OK],
        ["type", "指标得分", cell, "0"],
        ["click", "PUSH_BUTTON", RANK, *ok],
        ["until", LEDGER, 2],
        ["rows", MOVES],
        ["rows", LEDGER],
        ["shoot", "PUSH_BUTTON", *OK],
        ["dismiss", "PUSH_BUTTON", *OK],
        ["click", "PUSH_BUTTON", UNDO, *ok],
        ["until", LEDGER, 3],
        ["dismiss", "PUSH_BUTTON", *OK],
        ["rows", "指标得分"],
        ["rows", LEDGER],
    ]


@pytest.mark.libreoffice
def test_the_button_clicked_on_a_screen(folder: Path):
    """Menu, then a score typed into its cell, then the toolbar: the unit and the cell are named; then one step back.

    A window that comes up late can swallow a click, so the whole is tried anew, in a new office; what is
    asserted below is asserted of the attempt that clicked through.
    """
    for attempt in range(ATTEMPTS):
        office = chinese_office(folder / str(attempt))
        master = master_of("dashiqiao-2017", office.folder / "总表.xlsx")
        cell, was, unit = first_mark(master)
        try:
            seen = clicked(office, steps(master, cell))
            break
        except Exception:
            if attempt + 1 == ATTEMPTS:
                raise
    moves, ledger, marks_after, ledger_after = (rows for rows in seen if isinstance(rows, list))
    own = next(row for row in moves if row[2] == unit)
    assert (own[5][0], own[8]) == ("降", f"指标得分!{cell}（核定得分）{was:g}→0")
    assert [row[1:] for row in ledger[1:]] == [["重新计算", "指标得分", cell, unit, "核定得分", f"{was:g}", "0"]]
    assert marks_after[position(cell)[0]][position(cell)[1]] == was
    assert [row[1] for row in ledger_after[1:]] == ["重新计算", "撤销"]
    assert SHOT.stat().st_size > 10_000
