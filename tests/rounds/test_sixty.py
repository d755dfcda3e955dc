"""Sixty files as an office gets them, by the commands it types: what comes of them, twice, and held against itself."""

import random
import re
import shutil

import openpyxl
import pytest
from click.testing import CliRunner
from kit.figure import not_owned
from kit.hard_times import bytes_changed, collectors, full_disk
from kit.programs import need
from kit.rounds import reopened
from kit.sixty import CARRIED, FILES, bytes_of, sixty_round

from xlperf.cli import main
from xlperf.rounds.journal import entries

INTERNAL = re.compile(r"inbox|ledger|sqlite|[a-z]+_[a-z]+|dashiqiao|Error|U22-|\[[A-Z_]+\]")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    need("soffice")
    return sixty_round(tmp_path_factory.mktemp("sixty"), programs=True).folder


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("XLPERF_LANG", "zh")
    return lambda *words: CliRunner().invoke(main, list(words))


def test_sixty_files_are_collected_answered_and_proved(template, tmp_path, run):
    folder = shutil.copytree(template, tmp_path / "round")
    done = run("collect", str(folder))
    assert done.exit_code == 3, done.output
    taken = [e.body for e in entries(folder / "ledger.sqlite") if e.kind == "received"]
    assert f"共 {FILES + CARRIED} 份" in done.output
    assert {b["decision"] for b in taken} == {"accepted", "held", "refused"}
    assert not [b for b in taken for p in b["problems"] if p["code"] == "NOT_JUDGED"]
    round_ = reopened(folder)
    now = round_.state().current
    assert {who for kind, who in now if kind == "unit"} == {"U01", "U22", "U44"}
    assert len([kind for kind, _ in now if kind == "scorer"]) == 4
    assert [not_owned(round_, now["unit", who], who) for who in ("U01", "U22", "U44")] == [[], [], []]
    book = openpyxl.load_workbook(folder / "out" / "收件台账.xlsx")
    fills = {c.fill.start_color.rgb for row in book["收件台账"].iter_rows() for c in row if c.fill.fill_type}
    assert len(fills) >= 3
    letters = [f.read_text("utf-8") for f in (folder / "out" / "退回").glob("*.txt")]
    assert letters
    for letter in letters:
        assert re.search(r"^    1．.+。.+。$", letter, re.MULTILINE)
        assert "联系：王会计 0417-5820000。" in letter
        assert not INTERNAL.search(letter.replace(".xlsx", "")), letter
    before = bytes_of(folder)
    assert run("collect", str(folder)).exit_code == 3
    assert {n for n in {*before, *bytes_of(folder)} if before.get(n) != bytes_of(folder).get(n)} == set()
    green = run("verify", str(folder))
    assert (green.exit_code, "核验通过" in green.output) == (0, True), green.output
    draw, kept = random.Random(3), next(b["sha256"] for b in taken if b["decision"] == "accepted")
    for name in ("round.yaml", "out/收件台账.xlsx", "inbox/报送.eml", f"received/{kept}"):
        data = before[name]
        at = data.index(b"UEsDB") if name.endswith("eml") else draw.randrange(len(data))  # where the attachment begins
        (folder / name).write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert run("verify", str(folder)).exit_code != 0, name
        (folder / name).write_bytes(data)
    assert run("verify", str(folder)).exit_code == 0


def test_a_byte_changed_anywhere_is_seen(tmp_path):
    figure = bytes_changed(8, tmp_path)
    assert figure.wrong == [], str(figure)


def test_a_full_disk_loses_nothing(tmp_path):
    figure = full_disk(2, tmp_path)
    assert figure.tally.get("stopped", 0) >= 1
    assert figure.wrong == [], str(figure)


def test_collectors_at_once_record_every_file_once(tmp_path):
    figure = collectors(12, tmp_path, at_once=3)
    assert figure.wrong == [], str(figure)
