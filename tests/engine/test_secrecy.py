"""Private columns: what a scheme offers to somebody is refused by `check`, what gives one away is told."""

from fractions import Fraction

import pytest
from kit.people import SCHEME, with_people, write

from xlperf.engine.ask import answer, reader_named, row_named
from xlperf.engine.check import check_source
from xlperf.engine.compile import compile_scheme
from xlperf.engine.score import score
from xlperf.problems import Problem
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


@pytest.mark.parametrize(
    "rule",
    [
        "joined: {texts: [name, base]}",
        "in_words: {amount: base}",
        "flag: {conditions: {base: {above: 1000}}}",
        "total: {of: this.mark, where: {base: {above: 1000}}}",
    ],
)
def test_a_text_that_carries_a_private_column_is_private_and_told(tmp_path, rule):
    before = "      due:"
    text = SCHEME.replace(before, f"      line: {{title: 一行, {rule}}}\n{before}", 1)
    assert told(tmp_path, text) == [("PRIVATE_LEAK", "一行")]
    plan, _ = compile_scheme(load_scheme(tmp_path)[0])
    assert ("people", "line") in plan.private


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


def test_what_an_earlier_round_kept_private_stays_so_and_belongs_to_the_same_person(tmp_path):
    said = "earlier:\n  last: {title: 上年, from: {year: -1}, sheet: people, take: [due, score], basis: 四}\n"
    text = SCHEME.replace("rankings:\n", f"{said}rankings:\n")
    assert [t for t in told(tmp_path, text) if t[0] != "PRIVATE_LEAK"] == []
    plan, _ = compile_scheme(load_scheme(tmp_path)[0])
    assert ("last", "due") in plan.private
    assert ("last", "score") not in plan.private
    last = plan.by_name["last"]
    assert (last.unit, last.of) == (last.key.name, "people")


def test_a_private_column_that_is_not_there_is_told(tmp_path):
    assert ("UNKNOWN_COLUMN", "") in told(tmp_path, SCHEME.replace("private: [base]", "private: [base, bass]"))


# ---- who reads what of an explanation ------------------------------------------------------------


def scored(tmp_path, said):
    scheme, _ = load_scheme(
        write(tmp_path, with_people(said).replace("        private: yes\n", "        public: yes\n"))
    )
    plan, _ = compile_scheme(scheme)
    people = [{**row, "mark": Fraction(90)} for row in scheme.tables["people"]]
    return score(plan, {**scheme.tables, "people": people})


def figures(answer) -> str:
    return str(answer.data())


@pytest.mark.parametrize(
    ("said", "readers"),
    [
        ("book: each", set()),
        ("sees: own", {"P1", "D1", "U1"}),
        ("book: 人员表, sees: own", {"P1", "D1"}),
        ("book: each, sees: own", {"P1"}),
    ],
)
def test_a_private_figure_is_explained_to_whoever_may_read_it(tmp_path, said, readers):
    scores = scored(tmp_path, said)
    for words in ("P1", "P2", "P3", "P4", "D1", "D2", "U1", "U2"):
        eyes = reader_named(scores, words)
        due, base = (answer(scores, ("people", "P1", c), reader=eyes) for c in ("due", "base"))
        assert ("61001.25" in figures(due)) == (words in readers), words
        assert ("61001.25" in figures(base)) == (words in readers), words
        assert "54901.125" in figures(due), "the result itself is public"
    assert "61001.25" in figures(answer(scores, ("people", "P1", "due")))


def test_nobody_reads_nothing(tmp_path):
    scores = scored(tmp_path, "sees: own")
    assert [reader_named(scores, words).code for words in ("王伟", "U9")] == ["NAME_OF_SEVERAL", "UNKNOWN_UNIT"]


def test_people_are_found_by_code_by_name_and_by_name_with_department(tmp_path):
    scores = scored(tmp_path, "sees: own")
    assert [row_named(scores, w) for w in ("P5", "赵四海", "农业办王伟")] == [("people", k) for k in ("P5", "P5", "P4")]
    assert row_named(scores, "农业办") == ("departments", "D3")
    several = row_named(scores, "王伟")
    assert isinstance(several, Problem)
    assert dict(several.values)["titles"] == "党政办王伟（P2）、农业办王伟（P4）"
    assert answer(scores, ("people", "P4", "score")).who == "农业办　王伟"
