"""--json wherever there is an answer, progress in the reader's language, and a door that opens quickly."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from xlperf.cli import main, output
from xlperf.cli.door import COMMANDS
from xlperf.cli.output import ROOM
from xlperf.cli.page import width

ROOT = Path(__file__).parents[2]
SILENT = {"addin", "appeal", "desk", "watch"}  # no answer of their own
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("json")


def asked(*words, language="zh"):
    done = CliRunner(env={"XLPERF_LANG": language}).invoke(main, [*map(str, words), "--json"])
    assert isinstance(done.exception, SystemExit | None), done.output
    return json.loads(done.stdout)


def test_every_answer_can_be_had_as_json():
    context = main.make_context("xlperf", ["--json"], resilient_parsing=True)
    lacking = [
        name
        for name in set(COMMANDS) - SILENT
        if "--json" not in {o for p in main.get_command(context, name).params for o in p.opts}
    ]
    assert lacking == []


def test_what_builds_names_its_files(tmp_path):
    assert [Path(f).name for f in asked("addin", "build", "--out", tmp_path)["files"]] == [
        "xlperf.oxt",
        "保存即重算.bat",
    ]
    assert asked("addin", "examples", "--out", tmp_path / "e.xlsx")["files"] == [str(tmp_path / "e.xlsx")]
    told = asked("watch", tmp_path, "--once")  # a line a book, and there is one
    assert (told["book"], told["cells"] > 0) == (str(tmp_path / "e.xlsx"), True)


@pytest.mark.parametrize(
    ("answer", "code"), [(0, None), (1, "ADDIN_NOT_INSTALLED"), ("none", "ADDIN_MISSING")], ids=str
)
def test_installing_says_what_stood_in_the_way(answer, code, monkeypatch, tmp_path):
    """With an installer that agrees, one that refuses as the real one does for the administrator, and none at all."""
    program = tmp_path / "bin" / "unopkg"
    program.parent.mkdir()
    if answer != "none":
        program.write_text(f"#!/bin/sh\ntest -f $3 || exit 9\necho 'ERROR: not as root' >&2\nexit {answer}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/bin" if answer != "none" else str(program.parent))
    monkeypatch.chdir(tmp_path)
    told = asked("addin", "install")
    assert [p["code"] for p in told["problems"]][:1] == ([code] if code else [])
    assert (told.get("installed") == "xlperf.oxt") == (answer == 0)
    assert "not as root" in str(told["problems"]) or answer != 1
    assert [f.name for f in tmp_path.iterdir()] == ["bin"]  # nothing is left where it was run


def test_the_sheets_of_a_scheme():
    data = asked("schemes", "three-units")
    marks = next(s for s in data["sheets"] if s["name"] == "marks")
    assert {"name", "title", "kind", "holds", "by", "role", "basis"} <= set(marks["columns"][0])
    assert [c["name"] for c in marks["columns"] if c["role"] == "full"] == ["full"]


def test_a_round_from_beginning_to_end(home):
    made = asked("new", "three-units", home / "r", "--contact", "绩效办：王会计 0417-1")
    assert (made["round"]["year"], made["problems"]) == (2026, made["problems"])
    assert 'contact: "绩效办：王会计 0417-1"' in (home / "r" / "round.yaml").read_text("utf-8")
    assert len(asked("distribute", home / "r")["written"]) == 6
    collected = asked("collect", home / "r")
    assert (collected["files"], len(collected["missing"])) == ([], 6)
    assert asked("status", home / "r")["counts"]["unit"]["out"] == 3
    assert set(asked("score", home / "r")["units"]) == {"U1", "U2", "U3"}
    assert asked("explain", "U1", "--round", home / "r")["missing"]
    assert isinstance(asked("readings", home / "r"), list)


def test_what_fails_says_so_in_json_too(home):
    (home / "full").mkdir()
    (home / "full" / "x").write_text("x")
    for command in ("new", "blank"):
        assert [p["code"] for p in asked(command, "three-units", home / "full")["problems"]][-1:] == [
            "FOLDER_NOT_EMPTY"
        ]


NOWHERE = {"new": ["no-such", "{}/x"], "blank": ["no-such", "{}/x"], "demo": ["--scheme", "no-such", "--out", "{}/x"],
           "check": ["no-such"], "schemes": ["no-such"], "explain": ["x", "--round", "{}"], "lift": ["{}", "x.xlsx"],
           "recalc": ["{}/broken.xlsx"], "whatif": ["x", "y", "1", "--round", "{}"],
           "backtest": ["three-units", "{}"]}  # fmt: skip
NEVER = {"rules"}  # nothing it could fail at


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - SILENT - NEVER))
def test_what_a_command_fails_at_is_an_answer_as_well(name, tmp_path):
    (tmp_path / "broken.xlsx").write_bytes(b"no workbook")
    words = [w.format(tmp_path) for w in NOWHERE.get(name, ["{}"])]
    told = asked(name, *words)
    assert [p["severity"] for p in (told["problems"] if isinstance(told, dict) else told)][:1] == ["error"]


def test_the_rules():
    assert {"word", "function", "title", "parameters"} == set(asked("rules")[0])


def test_blank_and_demo(home):
    assert len(asked("blank", "three-units", home / "blank")["files"]) == 6
    shown = asked("demo", "--scheme", "three-units", "--out", home / "demo", language="en")
    assert [line["place"] for line in shown["ranking"]] == [1, 2, 3]
    assert Path(shown["folder"], shown["files"][0]).is_file()
    assert shown["first"]["files"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_progress_is_one_line_in_the_language(language, monkeypatch, capsys):
    monkeypatch.setenv("XLPERF_LANG", language)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    for text in ("发表：01 a.xlsx", "读表：很长" + "很长" * 60, "核对原表：b", "模拟填报：c", "计分", "比较口径：x=y"):
        output.progress(1, 2, text)
        line = capsys.readouterr().err.removeprefix("\r")
        assert width(line) == ROOM
        verb = line.partition(" ")[2].partition(":")[0]
        assert bool(CHINESE.search(verb)) == (language == "zh"), line


def test_help_reads_nothing_heavy():
    code = (
        "import sys; from xlperf.cli import main; main(['--help'], standalone_mode=False);"
        "print(*sorted({m.split('.')[0] for m in sys.modules} | {m for m in sys.modules if m.startswith('xlperf.')}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    read = set(done.stdout.splitlines()[-1].split())
    assert read & {"numpy", "pandas", "openpyxl", "xlsxwriter", "ruamel", "sqlite3", "multiprocessing"} == set()
    assert {
        m for m in read if m.startswith(("xlperf.engine", "xlperf.rules", "xlperf.scheme", "xlperf.rounds"))
    } == set()


@pytest.mark.parametrize("words", [["check", "three-units"], ["explain", "x", "--round", "none"], ["schemes"]])
def test_what_needs_no_workbook_reads_no_library_of_workbooks(words):
    code = (
        f"import sys; from click.testing import CliRunner; from xlperf.cli import main;"
        f"CliRunner().invoke(main, {words!r}); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert set(done.stdout.split()) & {"numpy", "pandas", "openpyxl", "xlsxwriter"} == set()
