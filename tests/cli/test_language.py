"""The command line in the reader's language: help, usage errors, commands that can be copied."""

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from xlperf.cli import main
from xlperf.cli.language import click_words, table
from xlperf.cli.output import quoted
from xlperf.cli.page import width, worded, wrapped

CHINESE = re.compile(r"[\u4e00-\u9fff]")
DATA = re.compile(
    r"自评表|收件台账|打分表|总表|排名|重算|NAME\.\S+"
)  # names of books and files, the same in every language
FOUND = re.compile(r"\{\w*(![rs])?\}")


def commands(group=main, path=()):
    """List every command with the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        yield (*path, name), found
        if isinstance(found, click.Group):
            yield from commands(found, (*path, name))


ALL = [(), *(path for path, _ in commands())]


def help_of(path, language):
    return CliRunner(env={"XLPERF_LANG": language}).invoke(main, [*path, "--help"]).output


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_help_in_chinese_has_no_english_line(path):
    lines = [line for line in help_of(path, "zh").splitlines() if line.strip()]
    assert [line for line in lines if not CHINESE.search(line)] == []
    assert not re.search(r"\[(required|default)", "\n".join(lines))


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_help_in_english_has_no_chinese(path):
    assert not CHINESE.search(DATA.sub("", help_of(path, "en")))


def test_every_command_and_parameter_has_both_texts_and_no_text_is_left_over():
    rows = {(r["command"], r["parameter"]): r for r in table("help")}
    used = {("", "")}
    for path, command in commands():
        name = " ".join(path)
        used.add((name, ""))
        for p in command.get_params(click.Context(command)):
            key = max(p.opts, key=len) if isinstance(p, click.Option) else p.name
            row = next((at for at in ((name, key), ("*", key)) if at in rows), None)
            assert row is not None, f"no row in texts/help.csv: {name},{key}"
            used.add(row)
            wanted = "" if isinstance(p, click.Option) else "_name"
            assert rows[row]["zh" + wanted], (name, key)
            assert rows[row]["en" + wanted], (name, key)
    assert set(rows) - used == {("*", "--version")}
    assert [at for at, r in rows.items() if bool(r["zh"]) != bool(r["en"])] == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["scor"], "没有 'scor' 这个命令。是不是 'score'？"),
        (["nonsense"], "没有 'nonsense' 这个命令。\n"),
        (["addin", "instal"], "没有 'instal' 这个命令。是不是 'install'？"),
        (["score", "--nothing"], "没有 '--nothing' 这个选项。"),
        (["publish", "--date", "8.1.2026"], "应写成 2026-01-08 这样的日期，现为 '8.1.2026'。"),
        (["score", "--functions", "x"], "'--functions' 的写法不对：'x' 不在可用的写法里：'native', 'xp'。"),
        (["score", "--functions"], "选项 '--functions' 后面要写一个值。"),
        (["new"], "缺少参数 '方案'。\n"),
        (["appeal", "open", "U1", "x"], "缺少选项 '--received'。\n"),
        (["check"], "缺少参数 '方案'。\n"),
        (["check", "a", "b"], "多出的参数：b"),
        (["watch", ".", "--every", "x"], "'--every' 的写法不对：应写数，现为 'x'。"),
        (["recalc", "nix.xlsx"], "文件 'nix.xlsx' 不存在。"),
        (["score", "--scheme", "three-units"], "写轮次文件夹"),
        (["score", "--json=1"], "选项 '--json' 后面不用写值。"),
    ],
    ids=lambda w: " ".join(w) if isinstance(w, list) else "",
)
def test_usage_errors_are_in_the_language(words, told):
    done = CliRunner(env={"XLPERF_LANG": "zh"}).invoke(main, words)
    assert done.exit_code == 2
    assert told in done.stderr
    assert [line for line in done.stderr.splitlines() if line.strip() and not CHINESE.search(line)] == []
    done = CliRunner(env={"XLPERF_LANG": "en"}).invoke(main, words)
    assert done.exit_code == 2
    assert not CHINESE.search(done.stderr)


def test_the_words_of_click_keep_their_marks():
    assert [en for en, zh in click_words().items() if not set(FOUND.findall(zh)) <= set(FOUND.findall(en))] == []


def test_words_are_quoted_where_a_shell_would_part_them(monkeypatch):
    assert quoted("本轮/总表.xlsx") == "本轮/总表.xlsx"
    assert quoted("考核 目录") == "'考核 目录'"
    monkeypatch.setattr(os, "name", "nt")
    assert quoted("考核 目录") == '"考核 目录"'


def test_the_next_step_can_be_copied(tmp_path):
    """What `new` prints is run as it stands, from a folder with a space in its name."""
    env = {**os.environ, "XLPERF_LANG": "zh", "PYTHONPATH": str(Path(__file__).parents[2]), "PYTHONIOENCODING": "utf-8"}
    run = {"cwd": tmp_path, "env": env, "capture_output": True, "encoding": "utf-8", "check": True}
    done = subprocess.run([sys.executable, "-m", "xlperf", "new", "three-units", "我的 轮次"], **run)
    line = done.stderr.splitlines()[-1].partition("：")[2]
    assert "自评表 3" in subprocess.run(line, shell=True, **run).stdout


def test_lines_break_after_any_chinese_character():
    text = "考核对象的自评表、打分表和总表，由 xlperf 写出"
    lines = wrapped(text, 20)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert max(map(width, lines)) <= 22  # a mark may hang over
    assert not any(line[0] in "，。、" for line in lines)


def test_a_command_keeps_its_own_words_where_the_table_has_none():
    @click.command()
    @click.option("--odd", help="An odd one.")
    def odd(odd):
        """Do an odd thing."""

    assert worded(odd, "no such").help == "Do an odd thing."
    assert odd.params[0].help == "An odd one."
