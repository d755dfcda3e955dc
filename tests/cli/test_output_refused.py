"""What is said where the output of a command cannot be written: the files stand, nothing of them failed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from kit.begun import claimed

ROOT = Path(__file__).parents[2]
FULL = Path("/dev/full")
pytestmark = pytest.mark.skipif(not FULL.exists(), reason="this machine has no file that refuses every byte")


def run(language: str, *words: object, err: bool = False) -> tuple[int, str]:
    """Run a command whose output, and with `err` also what it says beside it, nobody can take."""
    env = {**os.environ, "XLPERF_LANG": language, "PYTHONPATH": str(ROOT)}
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "xlperf", *map(str, words)],
            cwd=ROOT,
            env=env,
            stdout=full,
            stderr=full if err else subprocess.PIPE,
            encoding="utf-8",
        )
    return done.returncode, done.stderr or ""


@pytest.mark.parametrize(
    ("language", "words", "says"),
    [
        ("zh", ("score",), ("已写出", "输出写不进去", "做成的都算数")),
        ("en", ("status",), ("the output could not be written", "what was done is done")),
        ("en", ("score", "--json"), ("the output could not be written",)),
    ],
)
def test_an_output_that_is_refused_is_not_told_as_a_file(tmp_path, language, words, says):
    round_ = claimed(tmp_path / "r")
    code, told = run(language, words[0], round_.folder, *words[1:])
    assert code == 1
    assert [s for s in (*says, "OUTPUT_REFUSED") if s not in told] == []
    assert [s for s in ("DISK_FULL", "Traceback", "Exception ignored") if s in told] == []


def test_a_command_that_nobody_can_hear_ends_with_its_code(tmp_path):
    assert run("zh", "status", claimed(tmp_path / "r").folder, err=True)[0] == 1
