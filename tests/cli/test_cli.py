"""The command line: what it prints, where, and with which exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from xlperf.cli import main


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("XLPERF_LANG", "zh")
    return lambda *words: CliRunner().invoke(main, list(words))


@pytest.fixture
def data(tmp_path):
    """Write one small data folder: three units on class C, which needs only the fed-back result."""
    (tmp_path / "units.csv").write_text(
        "code,name,class,group,fed_back\nV1,甲,C,组,95.21\nV2,乙,C,组,95.21\nV3,丙,C,组,94\n", "utf-8"
    )
    (tmp_path / "marks.csv").write_text("id,unit,no,indicator,full\n", "utf-8")
    return tmp_path


def test_schemes_lists_the_scheme(run):
    done = run("schemes")
    assert done.exit_code == 0
    assert "大石桥" in done.stdout


def test_schemes_shows_sheets_and_columns(run):
    done = run("schemes", "dashiqiao-2017")
    assert done.exit_code == 0
    assert "composite" in done.stdout
    assert "综合得分" in done.stdout


def test_unknown_scheme_is_a_problem_with_the_nearest(run):
    done = run("check", "dashiqiao-2018")
    assert done.exit_code == 1
    assert "dashiqiao-2017" in done.stderr
    assert "Traceback" not in done.output


def test_score_prints_exact_decimals(run, data):
    done = run("score", "--scheme", "dashiqiao-2017", "--data", str(data), "--json")
    assert done.exit_code in (0, 3), done.output
    units = json.loads(done.stdout)["units"]
    assert {code: (u["composite"], u["place"]) for code, u in units.items()} == {
        "V1": ("95.21", "1"),
        "V2": ("95.21", "1"),
        "V3": ("94", "3"),
    }


def test_score_prints_the_ranking(run, data):
    done = run("score", "--scheme", "dashiqiao-2017", "--data", str(data))
    assert [line.split()[:3] for line in done.stdout.splitlines() if line[:1].isdigit()] == [
        ["1", "V1", "甲"],
        ["1", "V2", "乙"],
        ["3", "V3", "丙"],
    ]


def test_a_reading_that_is_not_there_is_named(run, data):
    done = run("score", "--scheme", "dashiqiao-2017", "--data", str(data), "--reading", "rank=shown")
    assert done.exit_code == 1
    assert "rank_on" in done.stderr


def test_a_reading_without_option_is_wrong_usage(run, data):
    assert run("score", "--scheme", "dashiqiao-2017", "--data", str(data), "--reading", "rank_on").exit_code == 2


def test_explain_gives_arithmetic_and_clause(run, data):
    done = run("explain", "甲", "--scheme", "dashiqiao-2017", "--data", str(data))
    assert done.exit_code == 0, done.output
    assert "95.21" in done.stdout
    assert "四（四）3" in done.stdout


def test_explain_an_unknown_unit(run, data):
    done = run("explain", "丁", "--scheme", "dashiqiao-2017", "--data", str(data))
    assert done.exit_code == 1
    assert "UNKNOWN_UNIT" in done.stderr


def test_english_follows_the_setting(monkeypatch):
    monkeypatch.setenv("XLPERF_LANG", "en")
    done = CliRunner().invoke(main, ["check", "dashiqiao-2018"])
    assert "there is no" in done.stderr


def test_why_third_names_who_is_ahead(run, data):
    done = run("explain", "丙", "名次", "--scheme", "dashiqiao-2017", "--data", str(data))
    assert "排在前面的由近到远：乙 95.21、甲 95.21" in done.stdout


def test_explain_goes_down_to_what_was_typed(run, tmp_path):
    (tmp_path / "marks.csv").write_text("id,unit,verified,lead\nU1-1,U1,108,\nU1-4,U1,,18\n", "utf-8")
    told = run("explain", "指标得分:U1-1", "--scheme", "three-units", "--data", str(tmp_path), "--full").stdout
    assert told.splitlines()[0] == "规模以上工业产值（亿元）　得分 ＝ 36  〔样板 第三条〕"
    assert "核定完成值 ＝ 108" in told


def test_a_row_that_is_not_there_is_named_as_a_row(run, data):
    done = run("explain", "C:ZZ", "--scheme", "dashiqiao-2017", "--data", str(data))
    assert done.exit_code == 1
    assert "UNKNOWN_ROW" in done.stderr


def test_a_unit_on_several_sheets_is_answered_from_the_ranked_one(run, tmp_path):
    done = run("score", "--scheme", "hebi-2021", "--data", str(tmp_path), "--json")
    data = json.loads(done.stdout)
    assert data["units"]["U02"]["sheet"] == "streets"
    assert "composite" in data["units"]["U02"]
    assert {"streets", "bureaus", "roster"} <= set(data["sheets"])


def test_a_round_of_three_units_on_a_gbk_console_in_a_chinese_path(tmp_path):
    """The whole way of the README: new, distribute, collect, score, explain; nothing may need UTF-8."""
    home = tmp_path / "考核 目录（一）"
    home.mkdir()
    root = Path(__file__).parents[2]
    env = {**os.environ, "PYTHONIOENCODING": "gbk", "XLPERF_LANG": "zh", "PYTHONPATH": str(root), "PYTHONUTF8": "0"}

    def run(*words):
        done = subprocess.run([sys.executable, "-m", "xlperf", *words], cwd=home, env=env, capture_output=True)
        return done.returncode, done.stdout.decode("gbk") + done.stderr.decode("gbk")

    code, told = run("new", "three-units", "本轮")
    assert (code, told.splitlines()[0]) == (0, "已建立考核轮次：本轮")
    assert told.splitlines()[1].endswith("-m xlperf distribute 本轮")
    code, told = run("distribute", "本轮")
    assert (code, "自评表 3" in told) == (0, True)
    code, told = run("collect", "本轮")
    assert (code, "未报：城关镇、河东镇、北山镇" in told) == (0, True)
    code, told = run("score", "本轮")
    assert (code, "总成绩排名" in told, "NOT_RETURNED" in told, "UNITS_UNSCORED" in told) == (3, True, True, True)
    code, told = run("explain", "城关镇", "--round", "本轮")
    assert (code, "还缺" in told) == (0, True)


def test_the_master_in_functions_of_the_add_in(run, tmp_path):
    """Both flavours hold the same numbers; only the rule calls read XP_…."""

    def formulas():
        book = openpyxl.load_workbook(tmp_path / "r" / "out" / "总表.xlsx")
        return [str(c.value) for sheet in book for row in sheet for c in row if str(c.value).startswith("=")]

    run("new", "three-units", str(tmp_path / "r"))
    run("score", str(tmp_path / "r"))
    assert not any("XP_" in text for text in formulas())
    run("score", str(tmp_path / "r"), "--functions", "xp")
    assert any("XP_NORMALISE(" in text for text in formulas())


def test_explain_names_only_what_the_asked_number_needs(run, tmp_path):
    (tmp_path / "marks.csv").write_text("unit,no,verified,lead\nU1,1,130,\nU1,4,,\nU2,1,,\n", "utf-8")
    done = run("explain", "U1", "--scheme", "three-units", "--data", str(tmp_path))
    assert "党的建设：核定得分" in done.stdout
    assert "MISSING" not in done.stderr
