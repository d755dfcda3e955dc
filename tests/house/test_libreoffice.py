"""How the tests start LibreOffice: one that dies is asked again on a fresh profile; an answer is never asked again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from kit import libreoffice
from kit.libreoffice import LibreOfficeFailed, converted
from kit.programs import need

STAND_IN = """#!/bin/sh
# soffice HOME --headless --norestore --convert-to xlsx --outdir FOLDER FILE
echo start "$1" >> "$LOG"
case $(wc -l < "$LOG") in %s) ;; *) cp "$8" "$7"; exit 0 ;; esac
%s
"""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A program that stands in for LibreOffice: at the starts named it does something else than to convert."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("LOG", str(tmp_path / "starts"))
    monkeypatch.setattr(libreoffice, "_standing", {})
    (tmp_path / "book.xlsx").write_text("a book")

    def asked(starts: str, does: str) -> Path:
        (tmp_path / "soffice").write_text(STAND_IN % (starts, does))
        (tmp_path / "soffice").chmod(0o755)
        return converted([tmp_path / "book.xlsx"], tmp_path / "out")[0]

    return asked


def homes(tmp_path: Path) -> list[str]:
    return (tmp_path / "starts").read_text().split("\n")[:-1]


@pytest.mark.parametrize("death", ["kill -SEGV $$", "exit 139", "exit 1", "exit 0", "sleep 60"])
def test_one_that_dies_is_asked_again_on_a_fresh_profile(stand_in, tmp_path, monkeypatch, death):
    if "sleep" in death:
        monkeypatch.setattr(libreoffice, "SECONDS", 0.5)
        monkeypatch.setattr(libreoffice, "SECONDS_FOR_A_FILE", 0)
    assert stand_in("1", death).read_text() == "a book"
    assert len(homes(tmp_path)) == len(set(homes(tmp_path))) == 2


def test_one_that_dies_every_time_says_so(stand_in, tmp_path):
    with pytest.raises(LibreOfficeFailed, match=r"(?s)try 1: exit 77.*book\.xlsx.*try 3: .*ran out of luck"):
        stand_in("*", "echo ran out of luck; exit 77")
    assert len(homes(tmp_path)) == 3


def test_an_answer_is_not_asked_for_again(stand_in, tmp_path):
    with pytest.raises(LibreOfficeFailed, match="could not be loaded"):
        stand_in("1", "echo Error: source file could not be loaded >&2")
    assert len(homes(tmp_path)) == 1


def test_what_an_earlier_run_left_is_no_answer(stand_in, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "book.xlsx").write_text("of yesterday")
    with pytest.raises(LibreOfficeFailed):
        stand_in("*", "exit 0")


def test_libreoffice_itself_says_what_it_cannot_do(tmp_path):
    need("soffice")
    with pytest.raises(LibreOfficeFailed, match=r"(?s)nothing\.xlsx.*could not be loaded"):
        converted([tmp_path / "nothing.xlsx"], tmp_path / "out")


def test_nobody_else_starts_it():
    """Only kit.libreoffice and kit.office, which goes through it, name the programs as words to start.

    The benchmarks start their own: what a contestant's process costs is what they measure.
    """
    tests = Path(__file__).parents[1]
    files = [p for p in tests.rglob("*.py") if "benchmarks" not in p.relative_to(tests).parts]
    named = {p.name for p in files if '["soffice"' in p.read_text("utf-8")}
    assert named == {"libreoffice.py", "office.py", Path(__file__).name}
