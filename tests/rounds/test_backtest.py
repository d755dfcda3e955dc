"""The data of a frozen round under another scheme: the same gives the same, and what cannot be matched is told."""

from __future__ import annotations

import shutil
from datetime import date
from fractions import Fraction

import openpyxl
import pytest
from click.testing import CliRunner
from kit.published import ready_round
from kit.simulated import simulated

from xlperf.cli import main
from xlperf.engine.compile import compile_scheme
from xlperf.engine.score import score
from xlperf.rounds.backtest import backtest
from xlperf.rounds.chain import frozen_of
from xlperf.rounds.freeze import freeze
from xlperf.rounds.frozen import Results, sheets_of
from xlperf.rounds.present import Earlier
from xlperf.scheme.load import find_scheme, load_scheme


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    round_ = ready_round(tmp_path_factory.mktemp("backtest") / "round")
    assert not freeze(round_, [], today=date(2026, 1, 31)).problems
    return round_.folder


@pytest.fixture
def changed(tmp_path):
    """Return what makes a scheme like three-units with its files changed: file → [(was, now)]."""

    def made(**files):
        path, _ = find_scheme("three-units")
        folder = shutil.copytree(path if path.is_dir() else path.parent, tmp_path / "scheme")
        for name, changes in files.items():
            file = next(folder.glob(f"{name}.*"))
            text = file.read_text("utf-8")
            for was, now in changes:
                assert was in text, was
                text = text.replace(was, now)
            file.write_text(text, "utf-8")
        scheme, _ = load_scheme(folder)
        return scheme, folder

    return made


def data_of(folder):
    found, problems = frozen_of([folder])
    assert not problems
    return found[0]


def by_unit(done):
    rows = done.scores.rows(done.lines[0].ranking.sheet)
    return {rows[line.position]["code"]: line for line in done.lines}


def told(done, code):
    return [dict(p.values) for p in done.problems if p.code == code]


def test_the_same_scheme_gives_the_same(frozen, changed):
    done = backtest(changed()[0], data_of(frozen))
    assert not done.problems
    assert len(done.lines) == 3
    assert all((x.place, x.score) == (x.was_place, x.was_score) for x in done.lines)
    assert {x.place for x in done.lines} == {1, 2, 3}


def test_another_figure_and_another_full_mark_count(frozen, changed):
    marks = [("40,财政科,80", "20,财政科,80"), ("U2-4,U2,4,党的建设,20", "U2-4,U2,4,党的建设,40")]
    scheme, _ = changed(marks=marks, scheme=[("bonus_cap: {value: 5", "bonus_cap: {value: 0")])
    now = by_unit(backtest(scheme, data_of(frozen)))
    assert now["U2"].score != now["U2"].was_score
    assert now["U2"].was_score == 101


def test_a_unit_is_found_by_alias_and_a_row_by_its_words(frozen, changed):
    codes = [("U2-", "T2-"), (",U2,", ",T2,")]
    units = [("code,name,group", "aliases,code,name,group"), ("U1,", ",U1,"), ("U2,", "U2,T2,"), ("U3,", ",U3,")]
    done = backtest(changed(marks=codes, units=units)[0], data_of(frozen))
    assert [p.code for p in done.problems] == ["EARLIER_RENAMED"] * len(done.problems)
    assert {line.score for line in done.lines} == {line.was_score for line in done.lines if line.was_score is not None}
    assert by_unit(done)["T2"].place == by_unit(done)["T2"].was_place == 1


def test_what_has_no_data_and_no_place_is_left_out_and_told(frozen, changed):
    marks = [("U1-4,U1,4,党的建设,20,,,\n", "U1-9,U1,4,法治建设,20,,,\n")]
    units = [("北山镇,乡镇,4,100\n", "北山镇,乡镇,4,100\nU4,南山镇,乡镇,4,100\n")]
    columns = [("      account: {", "      story: {"), ("title: 完成情况", "title: 说明")]
    done = backtest(changed(marks=marks, units=units, scheme=columns)[0], data_of(frozen))
    assert [t["names"] for t in told(done, "BACKTEST_NEW")] == ["法治建设", "南山镇"]
    assert [t["names"] for t in told(done, "BACKTEST_GONE")] == ["党的建设"]
    assert [t["titles"] for t in told(done, "BACKTEST_COLUMNS")] == ["说明"]
    now = by_unit(done)
    assert set(now) == {"U1", "U2", "U3"}
    assert isinstance(now["U1"].score, Fraction)
    assert now["U1"].score != now["U1"].was_score


def test_the_command_says_the_same_and_touches_nothing(frozen, changed, tmp_path):
    _, folder = changed(scheme=[("bonus_cap: {value: 5", "bonus_cap: {value: 0")])
    before = {f: f.read_bytes() for f in frozen.rglob("*") if f.is_file()}
    words = ["backtest", str(folder), str(frozen), "--out", str(tmp_path / "book.xlsx")]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    assert "河东镇" in done.output
    book = openpyxl.load_workbook(tmp_path / "book.xlsx").active
    said = [[c.value for c in row if c.value is not None] for row in book]
    assert any(line[0] == "河东镇" and line[2] == 1 for line in said if len(line) > 3)
    assert before == {f: f.read_bytes() for f in frozen.rglob("*") if f.is_file()}


def test_a_round_that_is_open_is_refused(tmp_path):
    round_ = ready_round(tmp_path / "open")
    done = CliRunner().invoke(main, ["backtest", "three-units", str(round_.folder)])
    assert done.exit_code == 1
    assert "freeze" in done.output


def test_entries_of_several_ledgers_that_share_a_table_all_count():
    """鹤壁 keeps eleven ledgers in one table: the same scheme gives every place and score again."""
    path, _ = find_scheme("hebi-2021")
    scheme, _ = load_scheme(path)
    plan, _ = compile_scheme(scheme)
    scores = score(plan, simulated(plan, scheme.tables, 7, blanks=0, events=4))
    words = (scheme.id, scheme.title, "r", scheme.year, "", "", "", "", "2022-01-31")
    done = backtest(scheme, Earlier(Results(*words, sheets=sheets_of(scores)), "0" * 64))
    assert {s.name for s in plan.sheets if s.table == "events" and s.grows} > {"honours", "daily", "vetoing"}
    assert len(done.lines) == 22
    assert [(x.was_place, x.was_score) for x in done.lines] == [(x.place, x.score) for x in done.lines]
    assert not [p for p in done.problems if p.code.startswith("BACKTEST")]
