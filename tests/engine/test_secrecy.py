"""Private columns: what a scheme offers to somebody is refused by `check`, what gives one away is told."""

import pytest
from kit.people import SCHEME, with_people, write

from xlperf.engine.check import check_source
from xlperf.engine.compile import compile_scheme
from xlperf.scheme.load import folder_source, load_scheme

NOISE = {"BONUS_UNLIMITED"}


def told(tmp_path, text):
    found = check_source(folder_source(write(tmp_path, text)))[1]
    assert [p.text(language) for p in found for language in ("zh", "en") if "{" in p.text(language)] == []
    return [(p.code, dict(p.values).get("title", "")) for p in found if p.code not in NOISE]


def test_the_scheme_itself_is_in_order(tmp_path):
    assert told(tmp_path, SCHEME) == []


@pytest.mark.parametrize(
    ("old", "new", "title"),
    [
        ("private: [base]", "private: [base, mark]", "考核得分"),
        ("private: [base]", "private: [base, remark]", "说明"),
        ("private: [base]", "private: [base, name]", "姓名"),
        ("private: [base]", "private: [base, id]", "工号"),
        ("private: [base]", "private: [base, department]", "科室"),
        ("private: [base]", "private: [base, score]", "总分"),
        ("score: score, place", "score: due, place", "应发奖金"),
        ("low: 0, high: 100", "low: 0, high: base", "基础奖金"),
        ("by: unit, holds: text, title: 说明", "by: 绩效科, holds: text, title: 说明, private: yes", "说明"),
        ("title: 姓名}", "title: 姓名, private: yes}", "姓名"),
    ],
)
def test_a_private_column_is_offered_to_nobody(tmp_path, old, new, title):
    assert SCHEME.count(old) == 1
    text = SCHEME.replace(old, new).replace("scorers:\n", "scorers:\n  - {name: 绩效科, basis: 一}\n")
    assert ("PRIVATE_OFFERED", title) in told(tmp_path, text)


@pytest.mark.parametrize("name", ["mark", "remark"])
def test_whoever_sees_their_own_may_fill_it(tmp_path, name):
    text = with_people("sees: own").replace("private: [base]", f"private: [base, {name}]")
    assert ("PRIVATE_OFFERED", "考核得分") not in told(
        tmp_path, text.replace("score: score, place", "score: mark, place")
    )[1:]
    assert [t for t in told(tmp_path, text) if t[0] == "PRIVATE_OFFERED" and t[1] == "说明"] == []


def test_what_is_computed_from_a_private_column_is_private_and_told(tmp_path):
    text = SCHEME.replace("        private: yes\n", "", 1)
    assert told(tmp_path, text) == [("PRIVATE_LEAK", "应发奖金")]
    plan, _ = compile_scheme(load_scheme(tmp_path)[0])
    assert plan.private == {("people", "base"), ("people", "due")}
    text = SCHEME.replace("        private: yes\n", "        public: yes\n", 1)
    assert told(tmp_path, text) == []
    plan, _ = compile_scheme(load_scheme(tmp_path)[0])
    assert plan.private == {("people", "base")}


def test_a_sum_of_a_private_column_on_another_sheet_is_private(tmp_path):
    text = SCHEME.replace("total: {of: departments.marks", "total: {of: departments.cost", 1).replace(
        "        total: {of: people.score, where: {department: code}}\n",
        "        total: {of: people.score, where: {department: code}}\n"
        "      cost:\n        title: 奖金合计\n        basis: 四\n"
        "        total: {of: people.due, where: {department: code}}\n",
    )
    assert told(tmp_path, text) == [("PRIVATE_LEAK", "奖金合计")]
    plan, _ = compile_scheme(load_scheme(tmp_path)[0])
    assert {("departments", "cost"), ("units", "marks")} <= plan.private


def test_a_private_column_that_is_not_there_is_told(tmp_path):
    assert ("UNKNOWN_COLUMN", "") in told(tmp_path, SCHEME.replace("private: [base]", "private: [base, bass]"))
