"""Sentences of ours: an English noun follows its number, and a command is spelt as the program was started."""

import csv
import re
import string
from importlib.resources import files

import pytest
from click.testing import CliRunner

from xlperf.cli import main
from xlperf.cli.door import COMMANDS
from xlperf.problems import catalogue, problem, word, words
from xlperf.wording import filled, several, started_as

VERBS = {"is", "was", "has", "as", "does", "fails", "expects", "prints", "reaches", "ends", "stands", "takes"}
ADJECTIVE = "(?:(?:more|other|required|accepted|reported|full|new|open|such|whole) )?"
ENGLISH = [
    *(text for e in catalogue().values() for text in (e.en, e.en_remedy)),
    *words().values(),
    *(r["en"] for name in ("desk", "remedies")
      for r in csv.DictReader(files("xlperf").joinpath(f"texts/{name}.csv").read_text("utf-8").splitlines())),
]  # fmt: skip


def names_in(text):
    """List the places of a text."""
    return [name for _, name, _, _ in string.Formatter().parse(text) if name and name != "xlperf"]


def test_one_of_a_thing_is_one_thing():
    said = [filled(text, dict.fromkeys(names_in(text), "1")) for text in ENGLISH]
    many = re.compile(rf"(?<![\w.“])1 {ADJECTIVE}(\w*[^s\W]s)\b")
    assert [t for t in said if set(many.findall(t)) - VERBS] == []
    assert [t for t in said if re.search(r"(?<![\w.“])1 \w+ (are|were|have)\b", t)] == []


def test_the_words_follow_the_number():
    text = "{count:row was|rows were} left out; {count::it does|they do} not count"
    assert filled(text, {"count": 1}) == "1 row was left out; it does not count"
    assert filled(text, {"count": 12}) == "12 rows were left out; they do not count"
    assert filled("{gone}, {gone:row|rows}", {}) == "…, … rows"
    assert (several(1, "day"), several(0, "day"), several(2, "entry", "entries")) == ("1 day", "0 days", "2 entries")


COMMAND = re.compile(rf"(?<!\}} )(?<![\w./-])({'|'.join(COMMANDS)}) ?(?:--|ROUND)|xlperf ({'|'.join(COMMANDS)})\b")


def test_every_command_in_a_text_is_spelt_in_one_place():
    texts = [*ENGLISH, *words(), *(t for e in catalogue().values() for t in (e.zh, e.zh_remedy))]
    assert [t for t in texts if COMMAND.search(t)] == []
    assert sum("{xlperf}" in t for t in texts) > 50


def test_a_remedy_spells_the_command_as_the_program_was_started():
    told = problem("ROUND_CLOSED", sha="x")
    assert "用 xlperf freeze --reopen" in told.remedy("zh")
    with started_as("python -m xlperf"):
        assert "用 python -m xlperf freeze --reopen" in told.remedy("zh")
        assert "with python -m xlperf freeze --reopen" in told.remedy("en")
        named = problem("ADDIN_MISSING", found="x", todo=word("改用 LibreOffice，或 {xlperf} recalc"))
        assert "python -m xlperf recalc" in named.remedy("zh")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_command_line_says_how_it_was_started(language, tmp_path):
    done = CliRunner(env={"XLPERF_LANG": language}).invoke(main, ["score", str(tmp_path)])
    assert "-m xlperf new" in done.stderr


def test_a_shell_may_complete_commands_and_options():
    """What the README's line for bash asks of the program."""
    for asked, wanted in (("xlperf sc", "score"), ("xlperf explain --", "--round"), ("xlperf appeal w", "what-if")):
        env = {"_XLPERF_COMPLETE": "bash_complete", "COMP_WORDS": asked, "COMP_CWORD": str(asked.count(" "))}
        assert f"plain,{wanted}" in CliRunner().invoke(main, env=env, prog_name="xlperf").output
