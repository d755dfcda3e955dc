"""Writing back, by the page's own code over a real folder: cut anywhere, by two at once, beside a program, refused."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.desk_clerks import DEEDS, ROUND, Clerks, clerks, cut_wrongly, finished, mixed_wrongly

from xlperf.rounds import turns
from xlperf.rounds.turns import turn


@pytest.fixture(scope="module")
def desks() -> Iterator[Clerks]:
    with clerks() as made:
        yield made


@pytest.mark.parametrize("deed", ["collect", "new", "publish"])
def test_a_cut_loses_and_doubles_nothing(desks: Clerks, tmp_path: Path, deed: str):
    assert cut_wrongly(desks, DEEDS[deed], 1, 3, tmp_path)[1] == []


@pytest.mark.parametrize(("pair", "seed"), [(("collect", "collect"), 1), (("drop", "drop"), 2)])
def test_two_clerks_lose_nothing(desks: Clerks, tmp_path: Path, pair: tuple[str, str], seed: int):
    assert mixed_wrongly(desks, pair, seed, tmp_path) == []


def test_what_somebody_typed_meanwhile_is_not_written_over(desks: Clerks, tmp_path: Path):
    finished(tmp_path)
    desks.open("甲", tmp_path)
    book = tmp_path / ROUND / "out" / "总表.xlsx"
    change = desks.ask("甲", "score", {"round": ROUND})
    typed = book.read_bytes() + b" "  # saved in WPS after the page had read it
    book.write_bytes(typed)
    assert desks.write("甲", change)["written"] is False
    assert book.read_bytes() == typed
    assert not list(tmp_path.glob("*/.writing-*"))


def test_a_book_that_is_open_elsewhere_is_named_before_anything_is_written(desks: Clerks, tmp_path: Path):
    finished(tmp_path)
    desks.open("甲", tmp_path)
    change = desks.ask("甲", "score", {"round": ROUND})
    for lock in ("~$总表.xlsx", ".~总表.xlsx", ".~lock.总表.xlsx#"):
        (tmp_path / ROUND / "out" / lock).write_bytes(b"")
        before = {f: f.read_bytes() for f in tmp_path.rglob("*") if f.is_file()}
        told = {"refused": "DESK_FILE_OPEN", "file": f"{ROUND}/out/总表.xlsx", "lock": lock}
        assert desks.write("甲", change) == told
        assert before == {f: f.read_bytes() for f in tmp_path.rglob("*") if f.is_file()}
        (tmp_path / ROUND / "out" / lock).unlink()


def test_a_folder_that_is_no_round_is_left_alone(desks: Clerks, tmp_path: Path):
    (tmp_path / "新一轮").mkdir()
    (tmp_path / "新一轮" / "round.md").write_text("mine")
    desks.open("甲", tmp_path)
    change = desks.ask("甲", "new", DEEDS["new"].words(desks, "甲"))
    assert desks.write("甲", change)["refused"] == "FOLDER_NOT_EMPTY"
    assert [f.name for f in (tmp_path / "新一轮").iterdir()] == ["round.md"]


def test_halves_that_a_browser_left_are_no_files_of_a_round(desks: Clerks, tmp_path: Path):
    finished(tmp_path)
    (tmp_path / ROUND / "inbox" / "x.xlsx.crswap").write_bytes(b"PK")
    desks.open("甲", tmp_path)
    assert not list(desks.memory("甲").rglob("*.crswap"))


def test_a_program_waits_for_a_page_and_a_page_for_a_program(desks: Clerks, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(turns, "DEAD", 0.2)
    ledger = tmp_path / "ledger.sqlite"
    (tmp_path / ".writing-page-x").touch()
    begun = time.monotonic()
    with turn(ledger):
        assert time.monotonic() - begun > 0.2
        assert len(list(tmp_path.iterdir())) == 1
        monkeypatch.setattr(turns, "_AT_MOST", 0.1)
        with pytest.raises(OSError, match="ledger"), turn(ledger):
            pass
    assert not list(tmp_path.iterdir())


def test_the_mark_of_a_program_that_was_killed_stands_in_nobodys_way(tmp_path: Path):
    killed = (
        "import os, pathlib, sys; from xlperf.rounds.turns import turn; "
        "own = turn(pathlib.Path(sys.argv[1])); own.__enter__(); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", killed, tmp_path / "x"], check=False).returncode == 9
    assert list(tmp_path.iterdir())
    begun = time.monotonic()
    with turn(tmp_path / "x"):
        assert time.monotonic() - begun < 30
