"""办法体检: what is odd in a regulation itself is named with its clause and its place."""

import re
import time
from pathlib import Path

import pytest
from kit.small_scheme import MARK, SCHEME, TABLES, write

from xlperf.engine.bounds import Bounds
from xlperf.engine.check import findings
from xlperf.engine.compile import compile_scheme
from xlperf.engine.lint import lint_problems
from xlperf.problems import catalogue
from xlperf.scheme.load import load_scheme

REAL = Path(__file__).parents[2] / "schemes"


def said(scheme):
    """Return what the whole check says, but for what the small scheme leaves open on purpose."""
    return [p for p in findings(scheme) if p.code != "ROLE_OPEN"]


def bounds_of(scheme_id):
    scheme, _ = load_scheme(REAL / scheme_id)
    return Bounds(compile_scheme(scheme)[0], scheme.tables)


def linted(folder, columns="", paper="", **tables):
    """Lint the small scheme with more columns at the end of sheet A, and with `paper:`."""
    text = SCHEME.replace("  B:\n    title: 乡镇", f"{columns}  B:\n    title: 乡镇", 1) + paper
    before, mark, _ = text.partition(MARK)
    write(folder, scheme=text.replace(MARK, ""), **tables)
    scheme, problems = load_scheme(folder)
    assert problems == [], [p.text() for p in problems]
    return said(scheme), before.count("\n") + 1 if mark else 0


def choose(*tests):
    """Write a choice whose branches have one condition each."""
    branches = ", ".join(f"{{when: [{{column: marks, {test}}}], then: {i}}}" for i, test in enumerate(tests))
    return f"choose: {{branches: [{branches}], otherwise: 9}}"


CASES = [
    ("BAND_LIMITS", "band: {value: marks, bands: [[10, 1], [5, 2]]}", "10、5"),
    ("BAND_LIMITS", "band: {value: marks, bands: [[5, 1], [5, 2]]}", "5、5"),
    ("BAND_LIMITS", "band: {value: marks, bands: {reading: ties, same: [[5, 1]], list: [[5, 1], [4, 2]]}}", "5、4"),
    ("BAND_TURNS", "band: {value: marks, bands: [[5, 1], [10, 3], [20, 2]]}", "1、3、2"),
    ("PLACES_GAP", "rank_points: {place: place, field: 3, top: [[1, 10], [3, 5]]}", "1、3"),
    ("PLACES_GAP", "rank_points: {place: place, field: 3, bottom: [[2, 10]]}", "2"),
    ("STEP_NOT_POSITIVE", "steps: {actual: marks, target: 10, step: 0, points: 5}", "0"),
    ("STEP_NOT_POSITIVE", "steps: {actual: marks, target: 10, step: -5%, points: 5}", "-0.05"),
    ("CAP_NEGATIVE", "steps: {actual: marks, target: 10, step: 5%, points: 5, cap: -1}", "-1"),
    ("LIMITS_CROSSED", "limited: {score: final, low: 10, high: 5}", "10"),
    ("SHARE_OUT_OF_RANGE", "quota: {people: marks, share: 120%}", "1.2"),
    ("SHARE_OUT_OF_RANGE", "increment_and_rate: {full: 10, increment: 1, rate: 1, alpha: 2}", "alpha"),
    ("BRANCH_NEVER", choose("at_least: 3", "at_least: 5"), "5"),
    ("BRANCH_NEVER", choose("below: 5", "at_most: 3"), "3"),
    ("BRANCH_NEVER", choose("above: 5", "above: 5"), "5"),
    ("PLACES_EXCEED_CLASS", "flag: {conditions: [{column: place, at_most: 3}]}", "甲组"),
    ("PLACES_EXCEED_CLASS", "award: {place: place, places: [[1, 一等奖], [3, 二等奖]]}", "甲组"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "rule", "told"), CASES)
def test_an_odd_rule_call_is_named(tmp_path, code, rule, told):
    holds = "        holds: text\n" if "flag" in rule or "award" in rule else ""
    columns = f"      {MARK}odd:\n        title: 名称\n        basis: 七\n{holds}        {rule}\n"
    found, line = linted(tmp_path, columns)
    assert {p.code for p in found} == {code}
    assert found[0].where.line in (line, line + 1)
    assert told in found[0].message("zh")
    assert "{" not in found[0].text("zh") + found[0].text("en")


FINE = [
    "band: {value: marks, bands: [[5, 1], [10, 3], [20, 3]]}",
    "band: {value: marks, bands: [[5, -1], [10, -3], [20, -5]]}",
    "rank_points: {place: place, field: 3, top: [[1, 10], [2, 5]], bottom: [[1, -10], [2, -5]]}",
    "steps: {actual: marks, target: 10, step: marks, points: 5, cap: 0}",
    choose("at_least: 5", "above: 3", "below: 1"),
    choose("above: 5", "at_least: 5"),
    choose("at_least: 3}, {column: place, is: 1", "at_least: 5"),
    "limited: {score: final, low: 0, high: 0}",
]


@pytest.mark.parametrize("rule", FINE)
def test_a_sound_rule_call_is_not(tmp_path, rule):
    assert linted(tmp_path, f"      odd:\n        title: 名称\n        basis: 七\n        {rule}\n")[0] == []


# ---- classes -------------------------------------------------------------------------------------------

LOW = """\
      low:
        title: 倒数名次
        basis: 六
        rank: {by: final, within: {group: group}, order: low}
      size:
        title: 家数
        basis: 六
        counted: {of: this, where: {group: group}}
      last:
        title: 末位
        holds: text
        basis: 六
        flag: {conditions: [%s]}
"""
MORE = TABLES["units.csv"] + "U4,A,丙组,10,\n" + "".join(f"U{i},A,丁组,10,\n" for i in range(5, 9))
ROWS = "".join(f"M{i},U{i},10,,,,,\n" for i in range(4, 9))


@pytest.mark.parametrize(
    ("conditions", "told"),
    [
        ("{column: low, is: 1}", ("丙组", "1家", "2个")),
        ("{column: low, at_most: 1}, {column: size, above: 1}", ("甲组", "2家", "1个")),
        ("{column: low, at_most: 1}, {column: size, at_least: 3}", ()),
        ("{column: low, at_most: 5}, {column: size, above: 2}", ("丁组", "4家", "1个")),
    ],
)
def test_a_last_place_in_a_tiny_class_is_named_unless_its_size_is_asked_first(tmp_path, conditions, told):
    marks = TABLES["marks.csv"] + ROWS
    text = SCHEME.replace("equals: 3}", "equals: 8}").replace("equals: 60}", "equals: 110}")
    text = text.replace("  B:\n    title: 乡镇", LOW % conditions + "  B:\n    title: 乡镇")
    write(tmp_path, scheme=text, units=MORE, marks=marks)
    scheme, problems = load_scheme(tmp_path)
    assert problems == []
    found = [p for p in said(scheme) if "“部门”" in p.message("zh")]  # sheet B has a class of one as well
    assert [p.code for p in found] == (["LAST_IN_SMALL_CLASS"] if told else [])
    assert all(part in p.message("zh") for p in found for part in told)


def test_places_for_one_class_are_not_held_against_another_that_never_takes_them(tmp_path):
    """Of a choice by class only the classes count that facts let take the branch."""
    award = "award: {place: place, places: [[1, 一等奖], [3, 二等奖]]}"
    made = f"      three:\n        title: 三名\n        basis: 七\n        holds: text\n        {award}\n"
    chosen = "choose: {branches: [{when: [{column: group, is: %s}], then: three}], otherwise: 无}"
    taken = "      taken:\n        title: 奖项\n        basis: 七\n        holds: text\n        " + chosen + "\n"
    named = {group: linted(tmp_path, made + taken % group)[0] for group in ("甲组", "没有的组")}
    assert {group: [p.code for p in found] for group, found in named.items()} == {
        "甲组": ["PLACES_EXCEED_CLASS"],
        "没有的组": [],
    }


# ---- bonus ---------------------------------------------------------------------------------------------

COUNTED = "counted: {of: events, where: {unit: code}}"
TAKEN = "first_of: {scores: [claimed]}"
BONUS = """\
      claimed:
        title: 申报加分
        basis: 四
        %s
      counted:
        title: 加分
        basis: 四
        %s
      composite:
        title: 总分
        basis: 五
        adjusted: {score: base, bonus: [counted]}
      base:
        title: 基础分
        basis: 五
        normalise: {score: marks, full: marks, to: 100}
"""


@pytest.mark.parametrize(
    ("claimed", "counted", "code", "told"),
    [
        (COUNTED, TAKEN, "BONUS_UNLIMITED", "100"),
        (COUNTED, "limited: {score: claimed, high: 120}", "BONUS_EXCEEDS_BASE", "120"),
        (COUNTED, "limited: {score: claimed, high: 100}", "", ""),
        ("band: {value: process, bands: [[5, 30], [50, 150]]}", TAKEN, "BONUS_EXCEEDS_BASE", "150"),
        ("band: {value: marks, bands: [[5, 30], [50, 150]]}", TAKEN, "", ""),  # a fact: 10 marks give 30, never 150
        ("growth: {now: marks, before: marks}", TAKEN, "", ""),  # cannot be told
    ],
)
def test_bonuses_are_held_against_what_they_are_added_to(tmp_path, claimed, counted, code, told):
    text = SCHEME.replace("score: final, place", "score: composite, place")
    assert text != SCHEME
    write(tmp_path, scheme=text.replace("  B:\n    title: 乡镇", BONUS % (claimed, counted) + "  B:\n    title: 乡镇"))
    scheme, problems = load_scheme(tmp_path)
    assert problems == []
    found = said(scheme)
    assert [p.code for p in found] == ([code] if code else [])
    assert all(told in p.message("zh") and "总分" in p.message("zh") for p in found)


def test_the_most_of_a_real_scheme_is_what_its_paper_says():
    bounds = bounds_of("hebi-2021")
    for name in ("company", "streets", "bureaus", "agencies"):
        assert {bounds.most(name, "base_points", row) for row in range(bounds.size(name))} == {100}
    bounds = bounds_of("yiyang-2018")
    assert {bounds.most("A", "composite", row) for row in range(bounds.size("A"))} == {100}


# ---- what is declared ------------------------------------------------------------------------------------

LEVELS = "order: units.marks, points: units.marks"
DECLARED = [
    ("VETO_LISTS_DIFFER", "veto_lists: [{basis: 五, list: [安全, 信访]}, {basis: 七, list: [安全, 环保]}]",
     "五独有信访；七独有环保"),
    ("VETO_LISTS_DIFFER", "veto_lists: [{basis: 五, list: [安全]}, {basis: 七, list: [安全, 环保]}]", "五独有无"),
    ("UNKNOWN_TABLE", "veto_lists: [{basis: 五, of: vetos.a}, {basis: 七, list: []}]", "vetos"),
    ("UNKNOWN_COLUMN", "ladders: [{basis: 五, order: units.level, points: units.marks}]", "level"),
    ("RANGE_GAP", "ranges: [{says: 工龄, basis: 四, parts: [{from: 3, to: 9}, {from: 10, to: 15}]}]", "9与10之间"),
    ("RANGE_GAP", "ranges: [{says: 工龄, basis: 四, parts: [{below: 3}, {above: 3}]}]", "3与3之间"),
    ("RANGE_OVERLAP", "ranges: [{says: 工龄, basis: 四, parts: [{from: 10, to: 15}, {from: 15}]}]", "从15到15"),
    ("RANGE_OVERLAP", "ranges: [{says: 工龄, basis: 四, parts: [{to: 10}, {above: 8}]}]", "从8到10"),
    ("PAPER_SLIP", "slips: [{basis: 五, found: 指评估, read_as: 指标评估}]", "指标评估"),
    ("DECIDED_BY_PEOPLE", "decided_by_people: [{basis: 七, says: 评选三等功, why: 没有条件}]", "没有条件"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "paper", "told"), DECLARED)
def test_what_the_paper_declares_is_compared(tmp_path, code, paper, told):
    found, _ = linted(tmp_path, paper=f"paper:\n  {paper}\n")
    assert [p.code for p in found] == [code]
    assert told in found[0].message("zh")
    assert found[0].where.line == SCHEME.count("\n") + 2


@pytest.mark.parametrize(
    "paper",
    [
        "veto_lists: [{basis: 五, list: [安全, 信访]}, {basis: 七, list: [信访, 安全]}]",
        f"ladders: [{{basis: 五, {LEVELS}}}]",
        "ranges: [{says: 工龄, basis: 四, parts: [{below: 3}, {from: 3, to: 9}, {above: 9}]}]",
    ],
)
def test_what_agrees_is_not_named(tmp_path, paper):
    assert linted(tmp_path, paper=f"paper:\n  {paper}\n")[0] == []


def test_a_level_that_earns_less_than_the_one_below_is_named(tmp_path):
    marks = TABLES["marks.csv"].replace("M2,U2,20,财政局,,", "M2,U2,20,财政局,3,").replace(",,,\n", ",,正向,\n", 1)
    paper = "paper:\n  ladders: [{basis: 五, order: marks.full, points: marks.target}]\n"
    found, _ = linted(tmp_path, paper=paper, marks=marks)
    assert [p.code for p in found] == ["LEVEL_FALLS"]
    assert "“M2”比“M1”高，分值却从5降到3" in found[0].message("zh")


# ---- the regulations themselves --------------------------------------------------------------------------


def told_by(scheme_id):
    scheme, _ = load_scheme(REAL / scheme_id)
    to_come = ("ASSUMED", "WHERE_NONE_YET")
    found = [(p.code, p.message("zh")) for p in said(scheme) if not p.code.endswith(to_come)]
    return sorted(found, key=lambda p: p[0] != "BONUS_UNLIMITED")


def test_hebi_findings():
    found = told_by("hebi-2021")
    assert sorted({code for code, _ in found}) == [
        "BONUS_UNLIMITED", "DECIDED_BY_PEOPLE", "EXAMPLE_BEYOND", "LEVEL_FALLS", "VETO_LISTS_DIFFER",
    ]  # fmt: skip
    text = "\n".join(message for _, message in found)
    assert "五（二）6独有节能减排、统计造假；七（一）3独有信访稳定、环境保护" in text
    assert "“省级”比“市级”高，分值却从10降到0" in text
    assert "加分没有封顶，而加分之前最高100分" in text


def test_dashiqiao_findings():
    found = told_by("dashiqiao-2017")
    assert [code for code, _ in found] == ["BONUS_UNLIMITED", "PAPER_SLIP", "PAPER_SLIP", *["DECIDED_BY_PEOPLE"] * 13]
    assert "党建工作指标占比10%" in found[1][1]
    assert "等次评定" in found[2][1]


def test_yiyang_findings():
    found = told_by("yiyang-2018")
    assert [code for code, _ in found] == ["PAPER_SLIP", "PAPER_SLIP", *["DECIDED_BY_PEOPLE"] * 8]
    assert "取消了指评估以外的公众评估" in found[0][1]


def test_every_finding_has_both_texts_and_the_same_marks():
    codes = set(re.findall(r'"([A-Z_]{8,})"', "".join(Path(m).read_text("utf-8") for m in _modules())))
    assert len(codes) >= 17
    for code in codes & set(catalogue()):
        entry = catalogue()[code]
        assert marks(entry.zh) == marks(entry.en), code


def _modules():
    folder = Path(__file__).parents[2] / "xlperf"
    return [folder / f"{name}.py" for name in ("engine/lint", "engine/classes", "scheme/checking/paper")]


def marks(text):
    return set(re.findall(r"\{(\w+)(?::[^}]*)?\}", text))  # {count:class|classes} is count


def test_linting_ten_thousand_units_takes_no_time(tmp_path):
    count = 10_000
    units = "code,class,group,marks,note\n" + "".join(f"U{i},A,组{i % 50},10,\n" for i in range(count))
    rows = "id,unit,full,scorer,target,due,direction,assumed\n" + "".join(f"M{i},U{i},10,,,,,\n" for i in range(count))
    text = SCHEME.replace("score: final, place", "score: composite, place")
    columns = BONUS % (COUNTED, "limited: {score: claimed, high: 100}")
    text = text.replace("  B:\n    title: 乡镇", columns + "  B:\n    title: 乡镇")
    write(tmp_path, scheme=text, units=units, marks=rows)
    scheme, _ = load_scheme(tmp_path)
    plan, _ = compile_scheme(scheme)
    started = time.process_time()
    lint_problems(scheme, plan)
    assert time.process_time() - started < 10
