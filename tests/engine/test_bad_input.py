"""What can be wrong about what the plan says of things: each a coded problem with its line and the remedy."""

import json
import shutil

import pytest
from click.testing import CliRunner
from kit.small_scheme import SCHEME, TABLES, write

from xlperf.cli.door import main
from xlperf.rounds.journal import append
from xlperf.rounds.store import LEDGER_FILE, new_round
from xlperf.scheme.find import find_scheme


def without_label(folder):
    shutil.copytree(find_scheme("three-units")[0], folder)
    text = (folder / "scheme.yaml").read_text("utf-8")
    (folder / "scheme.yaml").write_text(text.replace(", role: label", "").replace(", role: prose", ""), "utf-8")
    return "  marks:", "role: label"


def two_labels(folder):
    spoilt = SCHEME.replace("title: 分值", "title: 分值, role: full", 1)
    folder.mkdir()
    write(folder, scheme=spoilt.replace("title: 考核主体", "title: 考核主体, role: full", 1))
    return "title: 考核主体, role: full", "只能有一列是 full"


def in_itself(folder):
    folder.mkdir()
    write(folder, scheme=SCHEME.replace("tables:", "objects:\n  units: {title: 单位, within: units}\ntables:", 1))
    return "within: units", "去掉其中一个 within"


def owner_without_book(folder):
    folder.mkdir()
    marks = TABLES["marks.csv"].replace("考核办", "")
    write(folder, scheme=SCHEME.replace("  - {name: 考核办, basis: 一}\n", ""), marks=marks)
    return "actual: {is: input, by: lead", "scorers"


@pytest.mark.parametrize(
    ("code", "spoil"),
    [
        ("ROLE_OPEN", without_label),
        ("ROLE_TWICE", two_labels),
        ("OBJECT_CIRCLE", in_itself),
        ("OWNER_WITHOUT_BOOK", owner_without_book),
    ],
)
def test_check_names_the_line_and_what_to_do(tmp_path, code, spoil):
    folder = tmp_path / "three-units"
    line, remedy = spoil(folder)
    lines = (folder / "scheme.yaml").read_text("utf-8").splitlines()
    for language in ("zh", "en"):
        done = CliRunner(env={"XLPERF_LANG": language}).invoke(main, ["check", str(folder), "--json"])
        assert done.exit_code in (1, 3), done.output
        found = next(p for p in json.loads(done.stdout) if p["code"] == code)
        assert found["where"]["file"].endswith("scheme.yaml")
        assert line in lines[found["where"]["line"] - 1]
        assert found["remedy"]
        assert (remedy in found["remedy"]) or language == "en"


def test_a_ledger_that_a_newer_program_wrote_says_which_entry_and_what_to_do(tmp_path):
    made, problems = new_round(find_scheme("three-units")[0], tmp_path / "round", key=b"k" * 32)
    assert made is not None, problems
    append(made.folder / LEDGER_FILE, "issued", {"format": 99, "kind": "unit"})
    for language, remedy in (("zh", "更新的版本打开"), ("en", "newer")):
        done = CliRunner(env={"XLPERF_LANG": language}).invoke(main, ["status", str(made.folder)])
        assert done.exit_code == 1
        assert "99" in done.output
        assert str(LEDGER_FILE) in done.output
        assert remedy in done.output
