"""算例: every scheme's worked examples are green, cover the public cases, and can turn red."""

import re
import shutil
from pathlib import Path

import pytest
from kit.small_scheme import SCHEME, write

from xlperf.engine.check import check_source
from xlperf.engine.compile import Bound, compile_scheme
from xlperf.engine.examples import check_examples
from xlperf.problems import errors
from xlperf.scheme.load import folder_source, load_scheme, schemes_available

SCHEMES = schemes_available()
PUBLIC = {
    "guannan-2009": (
        "GN-C01 GN-C02 GN-C04 GN-C05 GN-C07 GN-C08 GN-C10 GN-C11 GN-C13 GN-C14 GN-C16 GN-C17 GN-C19 GN-C20 GN-C22 "
        "GN-C23 GN-C25 GN-C26 GN-C28 GN-C29 GN-C31 GN-C32 GN-C34 GN-C35 GN-E1 GN-E3"
    ),
    "dashiqiao-2017": "DS-C01 DS-C02 DS-C04 DS-C05 DS-C07 DS-C08 DS-C10 DS-C11 DS-C13 DS-C14 DS-C16 DS-E1 DS-E3",
    "hebi-2021": (
        "HB-C01 HB-C02 HB-C04 HB-C05 HB-C07 HB-C08 HB-C10 HB-C11 HB-C13 HB-C14 "
        "HB-C16 HB-C17 HB-C19 HB-C20 HB-C22 HB-C23 HB-E1 HB-E3"
    ),
    "yangcheng-2020": (
        "YC-C01 YC-C02 YC-C04 YC-C05 YC-C07 YC-C08 YC-C10 YC-C13 YC-C14 YC-C16 YC-C17 YC-C19 YC-C20 YC-E1"
    ),
    "yiyang-2018": "YY-C01 YY-C04 YY-C05 YY-C07 YY-C08 YY-C10 YY-E1 YY-E3",
}


@pytest.fixture(scope="module", params=SCHEMES, ids=lambda p: Path(p).name)
def scheme(request):
    loaded, problems = load_scheme(request.param)
    assert errors(problems) == []
    return loaded


def test_every_example_is_green(scheme):
    assert [p.text("en") for p in check_examples(scheme) if p.severity != "note"] == []


def test_the_public_cases_are_there(scheme):
    ids = {e.id for e in scheme.examples}
    assert [case for case in PUBLIC.get(scheme.id, "").split() if case not in ids] == []


def test_the_scheme_compiles_under_every_reading(scheme):
    bound = Bound()
    for reading in scheme.readings.values():
        for option in reading.options:
            assert compile_scheme(scheme, {reading.id: option}, bound)[1] == [], (reading.id, option)


def test_a_changed_expectation_turns_red(tmp_path):
    folder = shutil.copytree(next(p for p in SCHEMES if p.name == "dashiqiao-2017"), tmp_path / "s")
    file = folder / "scheme.yaml"
    text, changed = re.subn(r"composite: 335841/3500", "composite: 335842/3500", file.read_text("utf-8"))
    assert changed == 1
    file.write_text(text, "utf-8")
    loaded, _ = load_scheme(folder)
    found = check_examples(loaded)
    assert [(p.code, dict(p.values)["example"], dict(p.values)["found"]) for p in found] == [
        ("EXAMPLE_FAILED", "DS-E1", "335841/3500")
    ]
    assert found[0].where.line > 0


def test_a_cell_of_an_example_that_cannot_be_read_is_told_at_its_place(tmp_path):
    rows = "tables: {units: [{code: T, class: A, group: 组, marks: 十分}]}"
    text = SCHEME.replace("    tables:\n      units: [{code: T, class: A, group: 组}]\n", f"    {rows}\n")
    scheme, problems = load_scheme(write(tmp_path, scheme=text))
    assert scheme is not None, problems
    [told] = [p for p in check_examples(scheme) if p.code == "NOT_A_NUMBER"]
    assert told.where.line == 1 + text[: text.index(rows)].count("\n")
    assert told.where.path == "marks"


PAID = """\
      paid:
        title: 计发
        basis: 三2
        choose:
          branches: [{when: [{column: full, at_least: 20}], then: due}]
          otherwise: score
  events:
"""
CHAIN = """\
examples:
  - id: X-1
    basis: 三
    tables:
      units: [{code: U1, class: A, group: 组}]
      marks: [{id: M1, unit: U1, full: 10, target: 5, direction: 正向}, {id: M2, unit: U1, full: 20, due: 2020-01-31}]
    gives:
      marks: {M1: {paid: 5}, M2: {paid: 43861}}
    steps: 按得分
"""


def with_paid(tmp_path, examples):
    """Load the small scheme with a column of two branches and other examples."""
    text = SCHEME.replace("  events:\n", PAID, 1)
    loaded, problems = load_scheme(write(tmp_path, scheme=text[: text.index("examples:")] + examples))
    assert errors(problems) == []
    return loaded


def test_a_result_that_is_empty_names_the_blank_cell(tmp_path):
    """The cell that the branch taken waits for is named; what another branch gives may be blank."""
    found = check_examples(with_paid(tmp_path, CHAIN))
    assert [p.code for p in found] == ["EXAMPLE_FAILED"]
    assert "marks.M1.paid应为5，算得空，因为这里空着：marks.M1.actual（完成值）" in found[0].message("zh")
    assert "blank, because these cells are: marks.M1.actual（完成值）" in found[0].message("en")


MIDDLE = """\
examples:
  - id: X-2
    basis: 五
    given:
      A: {U7: {result: 80, group: 组}, U8: {final: 71.5, group: 组}, U9: {final: 空, group: 组}}
    gives:
      A: {U7: {final: 64, place: 2}, U8: {place: 1}, U9: {place: 空}}
    steps: 80×80%；71.5高于64
"""


def test_an_example_may_start_in_the_middle_of_a_chain(tmp_path):
    """Computed cells are given and rows need no table; a cell of the same column that is not given is computed."""
    assert check_examples(with_paid(tmp_path, MIDDLE)) == []


def test_a_given_cell_that_cannot_be_read_is_told_where_it_stands(tmp_path):
    (found, *_) = check_examples(with_paid(tmp_path, MIDDLE.replace("result: 80", "result: 八十")))
    assert (found.code, found.where.path, found.where.line > 0) == ("NOT_A_NUMBER", "A.U7.result", True)


def test_given_names_are_held_against_the_sheets(tmp_path):
    text = SCHEME[: SCHEME.index("examples:")] + MIDDLE.replace("result: 80", "resultt: 80")
    _, problems = check_source(folder_source(write(tmp_path, scheme=text)))
    assert [(p.code, dict(p.values)["found"]) for p in errors(problems)] == [("UNKNOWN_COLUMN", "resultt")]


def test_a_number_that_nobody_could_fill_in_is_told():
    scheme, _ = load_scheme(next(s for s in SCHEMES if Path(s).name == "hebi-2021"))
    found = {p.where.path: p.message("zh") for p in check_examples(scheme) if p.code == "EXAMPLE_BEYOND"}
    assert any("“牵头单位打分”为52，不在0～50" in words for words in found.values())
