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


GREEN = "A: {T: {place: 1}}"


def codes_of(tmp_path, *changes, **tables):
    """Check the small scheme with its second example red and something else wrong; return code → problems."""
    text = SCHEME.replace(GREEN, "A: {T: {place: 2}}")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    found = {}
    for p in check_source(folder_source(write(tmp_path, scheme=text, **tables)))[1]:
        found.setdefault(p.code, []).append(p)
    return found


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("year: 2020", "year: 2020\nlanguages: zh", "UNKNOWN_KEY"),
        ("count: units, equals: 3", "count: units, equals: 4", "STATED_DIFFERS"),
        ("by: 财政局, holds: text, title: 类别", "by: 财政局, holds: text, titel: 类别", "UNKNOWN_KEY"),
        ("    claims: {kind: 加分}\n", "    claims: {kind: 加分}\n    hidden: yes\n", "UNKNOWN_KEY"),
    ],
)
def test_an_example_is_run_while_errors_stand_elsewhere(tmp_path, old, new, code):
    found = codes_of(tmp_path, (old, new))
    assert [dict(p.values)["example"] for p in found["EXAMPLE_FAILED"]] == ["E2"]
    assert "EXAMPLES_NOT_RUN" not in found
    assert code in found


def test_an_example_is_run_while_a_cell_of_the_units_cannot_be_read(tmp_path):
    units = TABLES["units.csv"].replace("甲组,10", "甲组,十")
    found = codes_of(tmp_path, units=units)
    assert {"NOT_A_NUMBER", "EXAMPLE_FAILED"} <= found.keys()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("full: full, actual: actual", "full: full, actual: actuall"),  # two sheets away
        ("holds: text, title: 组别", "holds: text, titel: 组别"),  # a column that the ranking looks at
        ("value: 80%, title", "value: 八成, title"),  # a figure that a column uses
        ("gives:\n      A", "gives:\n      Q: {T: {x: 1}}\n      A"),  # the example itself
    ],
)
def test_an_example_that_cannot_be_run_is_named(tmp_path, old, new):
    found = codes_of(tmp_path, (old, new))
    assert "EXAMPLE_FAILED" not in found
    [told] = found["EXAMPLES_NOT_RUN"]
    assert dict(told.values) == {"count": "1", "examples": "E2"}
    assert told.where.line > 0


def test_the_command_counts_red_examples_and_those_not_run(tmp_path, monkeypatch):
    monkeypatch.setenv("XLPERF_LANG", "en")
    write(tmp_path, scheme=SCHEME.replace(GREEN, "A: {T: {place: 2}}").replace("gives: 5", "gives: 6"))
    assert "2 examples (2 red), 2 errors" in CliRunner().invoke(main, ["check", str(tmp_path)]).stdout
    write(tmp_path, scheme=SCHEME.replace("actual: actual", "actual: actuall"))
    monkeypatch.setenv("XLPERF_LANG", "zh")
    assert "2个算例（1个没有运行），1个错误" in CliRunner().invoke(main, ["check", str(tmp_path)]).stdout


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
