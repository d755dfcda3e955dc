"""The whole check in one go: what one stage finds keeps no other from telling what it finds."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from kit.small_scheme import SCHEME, TABLES, write

from xlperf.cli import main
from xlperf.engine.check import check_source
from xlperf.problems import errors
from xlperf.scheme.load import folder_source

ODD = "      odd: {title: 奇, basis: 七, band: {value: marks, bands: [[9, 1], [5, 2]]}}\n"
SPARE = "  spare: {question: 问, basis: 一, options: {a: 甲, b: 乙}, adopted: a}\n"
SLIPS = (  # stage, what stands there, what is written instead, the code
    ("words", "year: 2020", "year: 2020\nlanguages: zh", "UNKNOWN_KEY"),
    ("names", "where: {class: B}", "where: {class: B}\n    unit: nobody", "UNKNOWN_COLUMN"),
    ("stated", "by: unit, equals: units.marks", "by: unit, equals: unit.x", "UNKNOWN_TABLE"),
    ("numbers", "count: units, equals: 3", "count: units, equals: 4", "STATED_DIFFERS"),
    ("readings", "figures:\n  share", f"{SPARE}figures:\n  share", "READING_UNUSED"),
    ("binding", "rank: {by: final,", "rank: {by: finale,", "UNKNOWN_COLUMN"),
    ("kinds", "full: full, actual", "full: 分值, actual", "NUMBER_WANTED"),
    ("paper", "  B:\n    title: 乡镇", f"{ODD}  B:\n    title: 乡镇", "BAND_LIMITS"),
    ("examples", "direction: 正向, gives: 5", "direction: 正向, gives: 6", "EXAMPLE_FAILED"),
)
BAD_CELL = TABLES["marks.csv"].replace("M1,U1,10,", "M1,U1,十二分,")


def spoiled(folder: Path) -> Path:
    text = SCHEME
    for _, old, new, _ in SLIPS:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return write(folder, scheme=text, marks=BAD_CELL)


def test_every_stage_tells_what_it_finds_in_one_go(tmp_path):
    found = {p.code for p in check_source(folder_source(spoiled(tmp_path)))[1]}
    assert {code for *_, code in SLIPS} - found == set()
    assert "NOT_A_NUMBER" in found
    assert "STATED_GROUP_DIFFERS" not in found  # the table could not be read, so its sums are not held against anything


@pytest.mark.parametrize(("stage", "old", "new", "code"), SLIPS, ids=lambda x: x if x in {s[0] for s in SLIPS} else "")
def test_each_is_told_alone_as_well(tmp_path, stage, old, new, code):
    write(tmp_path, scheme=SCHEME.replace(old, new))
    assert code in {p.code for p in check_source(folder_source(tmp_path))[1]}


def test_the_command_prints_them_all(tmp_path, monkeypatch):
    monkeypatch.setenv("XLPERF_LANG", "zh")
    done = CliRunner().invoke(main, ["check", str(spoiled(tmp_path))])
    assert done.exit_code == 1
    assert [code for *_, code in SLIPS if code not in done.stderr] == []
    assert "Traceback" not in done.output


def test_the_small_scheme_has_no_error(tmp_path):
    assert errors(check_source(folder_source(write(tmp_path)))[1]) == []


def test_the_whole_check_stands_any_line_left_out_and_any_word_put_wrong(tmp_path):
    """A checker goes on after errors, with what could be read, and never falls over."""
    lines = SCHEME.splitlines(keepends=True)
    write(tmp_path)
    for n, line in enumerate(lines):
        wrong = {"", re.sub(r": [^{}\[\],\n]+", ": 错", line), re.sub(r": \S.*", ": [1, {a: b}]", line)}
        for text in wrong - {line}:
            (tmp_path / "scheme.yaml").write_text("".join([*lines[:n], text, *lines[n + 1 :]]), "utf-8")
            _, problems = check_source(folder_source(tmp_path))
            assert all(p.text("zh") and p.text("en") for p in problems), (n, text)
