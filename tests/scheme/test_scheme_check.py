"""What is said about a scheme that reads well: stated numbers, weights, directions, stand-ins, examples."""

import re
from pathlib import Path

import pytest
from kit.small_scheme import FILES, MARK, SCHEME, TABLES, spoil, write

from xlperf.engine.compile import compile_scheme
from xlperf.problems import catalogue, errors
from xlperf.scheme.checking.check import CHECKS, check_scheme
from xlperf.scheme.find import schemes_available
from xlperf.scheme.load import load_scheme, read_scheme

REAL = Path(__file__).parents[2] / "schemes"


def codes(problems):
    return [p.code for p in problems]


@pytest.mark.parametrize("folder", schemes_available(), ids=lambda f: f.name)
def test_every_scheme_checks_without_an_error(folder):
    found = errors(check_scheme(load_scheme(folder)[0]))
    assert not found, "\n".join(p.text("zh") for p in found)


def test_dashiqiao_says_what_the_office_still_has_to_supply():
    found = [p for p in check_scheme(load_scheme(REAL / "dashiqiao-2017")[0]) if "ASSUMED" in p.code]
    supply = [p for p in found if p.code.endswith("_ASSUMED")]
    assert codes(supply) == ["ROWS_ASSUMED"] + ["FIGURE_ASSUMED"] * 3
    assert "732项“指标得分”内容待补" in supply[0].message("zh")
    assert not errors(found)


def test_the_small_scheme_checks_without_a_problem(tmp_path):
    assert check_scheme(load_scheme(write(tmp_path))[0]) == []


MISTAKES = [
    ("scheme.yaml", "STATED_DIFFERS", "{says: 单位3个, basis: 附件, count: units, equals: 3}",
     "»{says: 单位3个, basis: 附件, count: units, equals: 4}"),
    ("scheme.yaml", "STATED_DIFFERS", "{says: 总分60分, basis: 附件, sum: marks.full, equals: 60}",
     "»{says: 总分60分, basis: 附件, sum: marks.full, equals: 60.5}"),
    ("scheme.yaml", "STATED_DIFFERS", "{says: 总分60分, basis: 附件, sum: marks.full, equals: 60}",
     "»{says: 总分60分, basis: 附件, sum: marks.full, where: {unit: U1}, equals: 60}"),
    ("scheme.yaml", "WEIGHTS_DIFFER", "{parts: {result: share, process: 20%}",
     "{»parts: {result: share, process: 30%}"),
    ("scheme.yaml", "WEIGHTS_DIFFER", "{parts: {result: share, process: 20%}",
     "{»parts: {result: share, process: {reading: ties, same: 20%, list: 10%}}"),
    ("scheme.yaml", "WEIGHTS_ODD", "{parts: {result: share, process: 20%}, weights_sum: 1}",
     "{»parts: {result: share, process: 30%}}"),
    ("scheme.yaml", "STATED_UNCHECKED", "checks:\n", "checks:\n  - »{says: 一, basis: 一, count: people, equals: 1}\n"),
    ("scheme.yaml", "READING_UNUSED", "readings:\n",
     "readings:\n  »extra: {question: 问, basis: 一, options: {a: 甲, b: 乙}, adopted: a}\n"),
    ("scheme.yaml", "UNKNOWN_PARAMETER", "weights_sum: 1}", "»weight_sum: 1}"),
    ("scheme.yaml", "UNKNOWN_PARAMETER", "ties: {reading: ties}}", "»tie: {reading: ties}}"),
    ("scheme.yaml", "MISSING_PARAMETER", "total: {of: marks.score, where: {unit: code}}", "»total: {of: marks.score}"),
    ("scheme.yaml", "WRONG_WORD", "target: target, direction: direction}", "target: target, direction: »越高越好}"),
    ("marks.csv", "WRONG_WORD", "正向", "»越高越好"),
    ("marks.csv", "NO_DIRECTION", "M2,U2,20,财政局,,,,", "M2,U2,20,财政局,7,,»,"),
    ("units.csv", "UNIT_IN_NO_SHEET", "U3,B,", "U3,»C,"),
    ("units.csv", "UNIT_IN_NO_SHEET", "U3,B,", "U3,»,"),
    ("units.csv", "UNIT_WITHOUT_GROUP", "U1,A,甲组", "U1,A,»"),
    ("marks.csv", "ROWS_ASSUMED", "M2,U2,20,财政局,,,,\n", "»M2,U2,20,财政局,,,,是\n"),
    ("scheme.yaml", "FIGURE_ASSUMED", "share: {value", "»share: {assumed: 办法未写, value"),
    ("scheme.yaml", "UNKNOWN_RULE", "rule: achieve", "rule: »acheive"),
    ("scheme.yaml", "MISSING_KEY", "- {full: 10, actual: 5, target: 10, direction: 正向, gives: 5}",
     "- {full: 10, actual: 5, target: 10, direction: 正向, gives: 5}\n      - »{full: 10}"),
    ("scheme.yaml", "EXAMPLE_INCOMPLETE", "- id: E2\n", "- »id: E0\n    basis: 一\n    steps: 无\n  - id: E2\n"),
    ("scheme.yaml", "UNKNOWN_READING", "{ties: list}", "{»tie: list}"),
    ("scheme.yaml", "UNKNOWN_OPTION", "{ties: list}", "{ties: »lists}"),
    ("scheme.yaml", "UNKNOWN_FIGURE", "{share: 70%}", "{»shares: 70%}"),
    ("scheme.yaml", "NOT_A_FIGURE", "{share: 70%}", "{share: »七成}"),
    ("scheme.yaml", "UNKNOWN_TABLE", "units: [{code: T,", "»unit: [{code: T,"),
    ("scheme.yaml", "UNKNOWN_COLUMN", "units: [{code: T,", "units: [{code: T, »proces: 1,"),
    ("scheme.yaml", "UNKNOWN_SHEET", "A: {T: {place: 1}}", "»Z: {T: {place: 空}}"),
    ("scheme.yaml", "UNKNOWN_COLUMN", "A: {T: {place: 1}}", "A: {T: {»plase: 1}}"),
    ("scheme.yaml", "EXPECTED_MAPPING", "A: {T: {place: 1}}", "»A: {T: 空}"),
    ("scheme.yaml", "UNKNOWN_KEY", "    figures: {share: 70%}\n", "    alternatives: [{»given: {}}]\n"),
    ("scheme.yaml", "UNKNOWN_OPTION", "    figures: {share: 70%}\n", "    alternatives: [{readings: {ties: »no}}]\n"),
    ("scheme.yaml", "EXPECTED_LIST", "    figures: {share: 70%}\n", "    alternatives: [{rows: »无}]\n"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("where", "code"), [("full: 满分", "WHERE_KIND"), ("due: 年底", "WHERE_KIND"), ("direction: 越高", "WHERE_NO_ROW")]
)
def test_a_sheet_that_takes_no_row_is_named(tmp_path, where, code):
    """`where` of another kind, and a value that no row has while others fall through."""
    text = SCHEME.replace("    scorer: scorer\n", f"    scorer: scorer\n    where: {{{where}}}\n")
    found = check_scheme(load_scheme(write(tmp_path, scheme=text))[0])
    line = text[: text.index(where)].count("\n") + 1
    assert [p.where.line for p in found if p.code == code] == [line]


def test_a_class_that_has_no_unit_yet_is_noted(tmp_path):
    more = "  C:\n    title: 园区\n    like: A\n    where: {class: C}\n    basis: 六\nrankings:\n"
    found = check_scheme(load_scheme(write(tmp_path, scheme=SCHEME.replace("rankings:\n", more)))[0])
    assert codes(found) == ["WHERE_NONE_YET"]


def test_a_lead_scorer_that_gets_no_book_is_named(tmp_path):
    marks = TABLES["marks.csv"].replace("考核办", "")
    text = SCHEME.replace("  - {name: 考核办, basis: 一}\n", "")
    for without in (text, text.replace("    scorer: scorer\n", "")):
        found = check_scheme(load_scheme(write(tmp_path, scheme=without, marks=marks))[0])
        assert codes(found) == ["OWNER_WITHOUT_BOOK"]
        assert "考核办" in found[0].message("zh")
    text = SCHEME.replace("    scorer: scorer\n", "")
    assert check_scheme(load_scheme(write(tmp_path, scheme=text, marks=marks))[0]) == []


@pytest.mark.parametrize(("file", "code", "old", "new"), MISTAKES)
def test_one_mistake_is_one_problem_at_its_place(tmp_path, file, code, old, new):
    line, column = spoil(tmp_path, file, old, new)
    if file.endswith(".csv"):  # a table counts cells, not letters
        before = FILES[file].replace(old, new, 1).splitlines()[line - 1].partition(MARK)[0]
        column = before.count(",") + 1
    scheme, problems = load_scheme(tmp_path)
    assert not problems
    found = check_scheme(scheme)
    assert codes(found) == [code], "\n".join(p.text("zh") for p in found)
    assert (found[0].where.file, found[0].where.line, found[0].where.column) == (file, line, column), found
    assert all("{" not in found[0].message(language) for language in ("zh", "en"))


def test_a_stated_sum_by_group_names_each_row_that_differs(tmp_path):
    units = TABLES["units.csv"].replace("甲组,20", "甲组,21").replace("乙组,30", "乙组,31")
    found = check_scheme(load_scheme(write(tmp_path, units=units))[0])
    assert [(p.code, p.where.line, p.where.path) for p in found] == [
        ("STATED_GROUP_DIFFERS", 3, "marks"),
        ("STATED_GROUP_DIFFERS", 4, "marks"),
    ]
    assert "U2应为21，表里是20" in found[0].message("zh")


def test_weights_of_points_add_up_to_a_hundred_and_weights_in_columns_are_left_alone(tmp_path):
    for weights in ("{result: 80, process: 20}}", "{result: marks, process: 20%}, weights_sum: 1}"):
        text = SCHEME.replace("{result: share, process: 20%}, weights_sum: 1}", weights)
        assert check_scheme(load_scheme(write(tmp_path, scheme=text))[0]) == []


def test_many_stand_ins_are_one_note(tmp_path):
    marks = TABLES["marks.csv"].replace("向,\n", "向,是\n")
    found = check_scheme(load_scheme(write(tmp_path, marks=marks))[0])
    assert codes(found) == ["ROWS_ASSUMED"]
    assert dict(found[0].values)["count"] == "2"


def test_what_the_compiler_says_as_well_is_the_same_problem(tmp_path):
    spoil(tmp_path, "scheme.yaml", "total: {of: marks.score, where: {unit: code}}", "total: {off: marks.score}")
    scheme = load_scheme(tmp_path)[0]
    assert len(check_scheme(scheme)) == 3  # no `of`, no `where`, an unknown `off`
    assert set(check_scheme(scheme)) <= set(compile_scheme(scheme)[1])


def test_checks_stand_a_scheme_with_errors(tmp_path):
    """A checker may go on after errors, with what could be read."""
    lines = SCHEME.splitlines(keepends=True)
    write(tmp_path)
    for n in range(len(lines)):
        (tmp_path / "scheme.yaml").write_text("".join(lines[:n] + lines[n + 1 :]), "utf-8")
        scheme, problems = read_scheme(tmp_path)
        assert scheme is not None or errors(problems)
        if scheme is not None:
            assert all(p.text("zh") and p.text("en") for p in check_scheme(scheme))


def test_every_check_is_described_and_every_code_tested():
    assert all(check.__doc__ for check in CHECKS)
    folder = REAL.parent / "xlperf" / "scheme" / "checking"
    sources = "".join((folder / name).read_text("utf-8") for name in ("check.py", "example_names.py"))
    used = set(re.findall(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)"', sources)) & catalogue().keys()
    tests = "".join(f.read_text("utf-8") for f in sorted(Path(__file__).parent.glob("test_scheme_*.py")))
    assert {code for code in used if f'"{code}"' not in tests} == set()
