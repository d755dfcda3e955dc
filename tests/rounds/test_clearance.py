"""A red check stops whatever gives something out, unless somebody answers for it; then everything says so."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

import xlperf
from xlperf.cli import main
from xlperf.problems import problem
from xlperf.publish.results import publish_scores
from xlperf.rounds.clearance import NotCleared
from xlperf.rounds.distribute import distribute
from xlperf.rounds.journal import entries
from xlperf.rounds.store import new_round, open_round
from xlperf.scheme.find import find_scheme
from xlperf.scheme.reading.yaml_subset import read_yaml

REASON = "局长办公会已同意：按样板先发"
CASES = {
    "a worked example": ("composite: 96.5, place: 1", "composite: 96.4, place: 1", "EXAMPLE_FAILED"),
    "a stated number": ("equals: units.full_mark", "equals: units.indicators", "STATED_GROUP_DIFFERS"),
}


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("XLPERF_LANG", "zh")
    return lambda *words: CliRunner().invoke(main, list(map(str, words)))


@pytest.fixture
def green(tmp_path):
    path, _ = find_scheme("three-units")
    assert path is not None
    return Path(shutil.copytree(path, tmp_path / "scheme"))


def redden(folder: Path, case: str = "a worked example") -> str:
    """Spoil a scheme so that it still loads; return the code its check then has."""
    old, new, code = CASES[case]
    file = folder / "scheme.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    return code


def texts(book: Path) -> str:
    cells = (c for sheet in openpyxl.load_workbook(book) for row in sheet.iter_rows() for c in row)
    return "\n".join(str(c.value) for c in cells if c.value is not None)


@pytest.mark.parametrize("case", CASES)
def test_no_round_is_made_of_a_red_scheme(green, tmp_path, case):
    code = redden(green, case)
    made, problems = new_round(green, tmp_path / "r")
    assert made is None
    assert not (tmp_path / "r").exists()
    assert {"SCHEME_RED", code} <= {p.code for p in problems}


def test_a_reason_is_recorded_and_printed_on_all_that_comes_out(green, tmp_path):
    redden(green)
    round_, problems = new_round(green, tmp_path / "r", despite=REASON)
    assert round_ is not None
    assert [p.code for p in problems] == ["SCHEME_RED_USED"]
    assert REASON in problems[0].message("zh")
    assert [(e.kind, e.body["reason"], e.body["codes"]) for e in entries(round_.ledger) if e.kind == "despite"] == [
        ("despite", REASON, ["EXAMPLE_FAILED"])
    ]
    root, told = read_yaml(round_.folder / "round.yaml", "round.yaml")
    assert (told, root["despite"]) == ([], REASON)
    issued = distribute(round_).files
    assert issued
    assert all(REASON in texts(round_.folder / file) for file in issued)
    book, table = publish_scores(round_).files
    assert REASON in texts(round_.folder / book)
    for file in (*issued, book):  # above every page, for a sheet is often handed on alone
        sheets = openpyxl.load_workbook(round_.folder / file).worksheets
        assert [s.title for s in sheets if REASON not in (s.oddHeader.center.text or "")] == [], file
    first, *_ = csv.reader((round_.folder / table).read_text("utf-8-sig").splitlines())
    assert REASON in first[0]
    again, _ = open_round(round_.folder)
    assert again is not None
    assert again.plan.caution == round_.plan.caution


def test_a_green_scheme_prints_nothing_of_it(green, tmp_path):
    round_, problems = new_round(green, tmp_path / "r")
    assert (round_ is not None, problems) == (True, [])
    assert not any("核对有" in texts(round_.folder / file) for file in distribute(round_).files)


def test_a_round_whose_scheme_turns_red_stops_until_somebody_answers_for_these_very_files(green, tmp_path, run):
    folder = tmp_path / "r"
    assert new_round(green, folder)[0] is not None
    redden(folder / "scheme")
    round_, _ = open_round(folder)
    assert round_ is not None
    for stopped in (distribute, publish_scores):
        with pytest.raises(NotCleared) as red:
            stopped(round_)
        assert "EXAMPLE_FAILED" in {p.code for p in red.value.problems}
    for words in (("distribute", folder), ("score", folder), ("score", folder, "--json")):
        done = run(*words)
        told = done.stdout if "--json" in words else done.stderr  # what fails is JSON too
        assert (done.exit_code, bool(done.stdout)) == (1, "--json" in words)
        assert all(part in told for part in ("SCHEME_RED", "EXAMPLE_FAILED", "scheme.yaml", "--despite"))
    assert not list((folder / "issued").iterdir())
    assert run("distribute", folder, "--despite", REASON).exit_code == 3  # done, with what was answered for
    done = run("score", folder)
    assert done.exit_code == 3
    assert REASON in done.stderr
    redden(folder / "scheme", "a stated number")
    assert run("score", folder).exit_code == 1


def test_every_command_names_the_file_of_the_scheme_that_changed(green, tmp_path, run):
    folder = tmp_path / "r"
    new_round(green, folder)
    file = folder / "scheme" / "marks.csv"
    file.write_text(file.read_text("utf-8").replace("200", "201"), "utf-8")
    why = ("explain", "U1", "--round", folder)
    for words in (("distribute", folder), ("collect", folder), ("score", folder), ("status", folder), why):
        done = run(*words)
        assert "SCHEME_CHANGED" in done.stderr, words
        assert done.exit_code == 3, words
        assert "marks.csv" in done.stderr
        assert "scheme.yaml" not in done.stderr


def test_blank_demo_and_data_stop_as_well(green, tmp_path, run):
    redden(green)
    for words in (("blank", green, tmp_path / "b"), ("demo", "--scheme", green, "--out", tmp_path / "d")):
        done = run(*words)
        assert done.exit_code == 1, words
        assert "SCHEME_RED" in done.stderr
    assert not (tmp_path / "b").exists()
    assert not (tmp_path / "d").exists()
    done = run("blank", green, tmp_path / "b", "--despite", REASON)
    assert done.exit_code == 3
    assert all(REASON in texts(f) for f in (tmp_path / "b").rglob("*.xlsx"))
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(green / "marks.csv", data)
    assert "SCHEME_RED" in run("score", "--scheme", green, "--data", data).stderr
    done = run("score", "--scheme", green, "--data", data, "--json", "--despite", REASON)
    assert "SCHEME_RED_USED" in {p["code"] for p in json.loads(done.stdout)["problems"]}


def test_a_master_book_is_not_recalculated_under_a_red_scheme(green, tmp_path, run, monkeypatch):
    round_, _ = new_round(green, tmp_path / "r")
    publish_scores(round_)
    found = problem("EXAMPLE_FAILED", example="T-1", what="totals.A.place", expected="1", found="2")
    monkeypatch.setattr("xlperf.rounds.clearance.red", lambda _: [found])  # a later version's check is stricter
    out = tmp_path / "copy.xlsx"
    done = run("recalc", round_.out / "总表.xlsx", "--out", out)
    assert done.exit_code == 1
    assert "SCHEME_RED" in done.stderr
    assert not out.exists()
    assert run("recalc", round_.out / "总表.xlsx", "--out", out, "--despite", REASON).exit_code == 3


def test_a_reason_that_is_not_needed_is_not_kept(green, tmp_path, run):
    assert run("new", green, tmp_path / "r", "--despite", REASON).exit_code == 0
    done = run("distribute", tmp_path / "r", "--despite", REASON)
    assert done.exit_code == 0
    assert "despite" not in {e.kind for e in entries(tmp_path / "r" / "ledger.sqlite")}


def test_python_refuses_a_red_check_and_tells_of_a_red_example(green):
    redden(green)
    scheme = xlperf.load_scheme(green)
    assert "EXAMPLE_FAILED" in {p.code for p in xlperf.score(scheme, {}).problems}
    redden(green, "a stated number")
    with pytest.raises(xlperf.NotUsable) as red:
        xlperf.load_scheme(green)
    assert "STATED_GROUP_DIFFERS" in {p.code for p in red.value.problems}
