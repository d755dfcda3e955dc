"""The README keeps its word: two commands, the Python that runs, the pages it names; its ranking: tests/demo."""

import contextlib
import io
import re
from pathlib import Path

from click.testing import CliRunner

from xlperf.cli import main
from xlperf.cli.door import COMMANDS
from xlperf.problems import errors
from xlperf.rules import RULES

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_quick_start_holds_two_commands():
    block = re.search(r"## Quick start.*?```bash\n(.*?)```", README, re.DOTALL)
    commands = [line for line in block[1].splitlines() if line.strip() and not line.startswith("#")]
    assert len(commands) == 2
    assert commands[0].endswith("-m xlperf demo")
    assert commands[1].endswith("-m pytest")


def test_the_python_example_runs_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]
    out, names = io.StringIO(), {}
    with contextlib.redirect_stdout(out):
        exec(compile(code, "README.md", "exec"), names)
    assert "城关镇" in out.getvalue()
    assert [p.code for p in errors(names["result"].problems)] == []
    assert names["result"].ranking()["place"].tolist() == [1, 1, 1]


def test_every_page_and_picture_it_names_is_there():
    named = re.findall(r"\]\(([^)#]+)\)", README)
    assert [n for n in named if not n.startswith("http") and not (ROOT / n).exists()] == []


def test_every_command_is_mentioned():
    assert [name for name in COMMANDS if f"`{name}" not in README and f"xlperf {name}" not in README] == []


def test_the_page_of_rules_is_the_one_the_program_prints():
    done = CliRunner().invoke(main, ["rules", "--markdown"])
    assert done.stdout == (ROOT / "docs/rules.md").read_text("utf-8")
    assert all(f"`{rule.word}`" in done.stdout for rule in RULES.values())
