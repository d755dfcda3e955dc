"""What is made once in a run: by one worker while the other waits, never half, and the long files are there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from kit.order import LONG
from kit.shelf import on_the_shelf

TESTS = Path(__file__).parents[1]
TWO = """
import sys, time
from pathlib import Path
from kit.shelf import on_the_shelf, set_up
set_up(Path(sys.argv[1]))
def make(folder):
    with (Path(sys.argv[1]) / "made").open("a") as log:
        log.write("x")
    time.sleep(0.3)
    (folder / "a").write_text("whole")
print((on_the_shelf("it", make) / "a").read_text())
"""


def test_who_comes_first_makes_it_and_the_other_waits(tmp_path):
    words = [sys.executable, "-c", TWO, str(tmp_path)]
    both = [subprocess.Popen(words, cwd=TESTS, stdout=-1, text=True) for _ in range(2)]
    assert [one.communicate(timeout=60)[0] for one in both] == ["whole\n"] * 2
    assert (tmp_path / "made").read_text() == "x"


def test_what_failed_is_made_again():
    def fails(folder: Path) -> None:
        (folder / "half").touch()
        raise ValueError

    with pytest.raises(ValueError):
        on_the_shelf("fails at first", fails)
    assert list(on_the_shelf("fails at first", lambda folder: None).iterdir()) == []


def test_every_long_file_is_there():
    assert [name for name in LONG if not (TESTS / name).is_file()] == []
