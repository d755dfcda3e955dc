"""Questions about a scored plan: the cell meant, and the answer that fits one screen."""

import json
import re
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from kit.laid_cases import BLOCKS as LAID
from kit.masters import laid_out
from kit.rule_cases import CASES
from kit.simulated import simulated

from xlperf.cli.page import width
from xlperf.cli.reasons import LINES, ROOM, _step, answer_lines
from xlperf.engine.ask import answer, cell_named
from xlperf.engine.reason import CLOSED, NO_RESULT, NO_SCORE, NONE, NOT_REPORTED
from xlperf.engine.score import score
from xlperf.formula.explain import _LINKED, _NAMES, explain
from xlperf.formula.expression import col, lift, same, walk
from xlperf.formula.values import decimal
from xlperf.formula.words import Sentence, sentence, spoken
from xlperf.problems import Problem, words
from xlperf.report.explanation import Step
from xlperf.rules import RULES

SCHEMES = ("three-units", "dashiqiao-2017", "hebi-2021", "yiyang-2018")


@cache
def scored(scheme_id, seed=3, blanks=0.02):
    scheme, plan = laid_out(scheme_id)
    return score(plan, simulated(plan, scheme.tables, seed, blanks=blanks))


@cache
def answers(scheme_id, blanks):
    """Answer for the first, the last and some units between, of every sheet that ranks."""
    scores = scored(scheme_id, blanks=blanks)
    found = []
    for ranking in scores.plan.rankings:
        rows = scores.rows(ranking.sheet)
        for row in rows[:: max(len(rows) // 3, 1)]:
            key = row[scores.plan.by_name[ranking.sheet].key.name]
            found.append(answer(scores, cell_named(scores, str(key), None)))
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("blanks", [0.02, 0.4])
@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_an_answer_fits_one_screen(scheme_id, blanks, language, monkeypatch):
    monkeypatch.setenv("XLPERF_LANG", language)
    for found in answers(scheme_id, blanks):
        lines = answer_lines(found)
        assert 1 <= len(lines) <= LINES
        assert max(map(width, lines)) <= ROOM
        assert len(found.steps) <= 3


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_losses_are_what_rows_did_not_earn_and_the_greatest_comes_first(scheme_id):
    scores = scored(scheme_id)
    for found in answers(scheme_id, 0.02):
        lost = [Fraction(x.lost) for x in found.losses]
        assert lost == sorted(lost, reverse=True)
        assert all(x > 0 for x in lost)
        assert len({(x.key, x.label) for x in found.losses}) == len(found.losses)
        for x in found.losses:
            sheet = next(s for s in scores.plan.sheets if s.of_role("full") and s.of_role("score"))
            rows = [r for r in scores.rows(sheet.name) if str(r[sheet.key.name]) == x.key]
            full, points = sheet.of_role("full")[0].name, sheet.of_role("score")[0].name
            assert any(r[full] - r[points] == Fraction(x.lost) for r in rows if r[points] is not None)


def test_what_is_missing_is_named_with_who_fills_it(monkeypatch):
    monkeypatch.setenv("XLPERF_LANG", "zh")
    scores = scored("three-units", seed=1, blanks=1.0)
    found = answer(scores, cell_named(scores, "城关镇", None))
    assert found.tree.exact == ""
    assert {(g.title, g.who) for g in found.missing} >= {("核定得分", "绩效办")} or found.missing
    assert all(g.who and g.title and g.sheet for g in found.missing)
    assert f"还缺 {len(found.missing)}" in "\n".join(answer_lines(found))


def nodes(e):
    yield e
    for part in e.parts:
        yield from nodes(part)


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_a_closed_cell_reads_neither_as_missing_nor_as_an_error(scheme_id):
    closed = [n for found in answers(scheme_id, 0.02) for n in nodes(found.tree) if n.closed]
    assert all((n.value, n.because, n.working, n.parts) == (CLOSED, (), "", ()) for n in closed)
    if scheme_id == "three-units":
        assert closed, "党的建设 has no target: its way by completion is closed"


def test_an_open_cell_that_is_empty_is_not_closed():
    scores = scored("three-units", seed=1, blanks=1.0)
    tree = answer(scores, cell_named(scores, "城关镇", None)).tree
    typed = [n for n in nodes(tree) if n.column in ("verified", "lead") and not n.exact]
    assert any(not n.closed and n.value == "未报" for n in typed)


@pytest.mark.parametrize(
    ("unit", "column", "code"),
    [("某局", None, "UNKNOWN_UNIT"), ("U1", "没有这列", "UNKNOWN_COLUMN"), ("marks:ZZ", None, "UNKNOWN_ROW")],
)
def test_what_cannot_be_meant_is_a_problem_with_what_is_near(unit, column, code):
    found = cell_named(scored("three-units"), unit, column)
    assert isinstance(found, Problem)
    assert (found.code, bool(dict(found.values)["nearest"])) == (code, True)


def test_an_answer_is_json_all_the_way_down():
    found = answers("three-units", 0.02)[0]
    data = json.loads(json.dumps(found.data(), ensure_ascii=False))
    assert data["exact"] == found.tree.exact
    assert {"steps", "clauses", "missing", "losses", "extras", "uncounted", "parts", "who"} <= set(data)


def test_our_own_words_are_in_the_language_and_the_regulation_stays_as_it_is():
    scores = scored("three-units")
    cell = cell_named(scores, "城关镇", "名次")
    with spoken("en"):
        english = list(nodes(answer(scores, cell).tree))
    chinese = list(nodes(answer(scores, cell).tree))
    headings = {c.title for sheet in scores.plan.sheets for c in sheet.columns}  # the scheme's own
    ours = [zh for zh in words() if len(zh) > 3 and "{" not in zh and zh not in headings]
    assert not [w for n in english for w in ours for text in (n.working, *n.because) if w in text]
    assert [(n.title, n.basis, n.exact, n.label) for n in english] == [
        (n.title, n.basis, n.exact, n.label) for n in chinese
    ]
    assert "ranked in the group" in "".join(english[0].because)


def test_every_word_of_a_reason_has_its_english():
    package = Path(__file__).parents[2] / "xlperf"
    used = {w for f in package.rglob("*.py") for w in re.findall(r'\bown\("([^"]+)"', f.read_text("utf-8"))}
    used |= {*_NAMES.values(), *_LINKED.values(), CLOSED, NONE, NOT_REPORTED, NO_RESULT, NO_SCORE}
    assert used - set(words()) == set()


def sentences(e):
    """List the sentences that an expression may give as its reason, those of its conditions too."""
    for part in walk(e):
        if part.op == "say":
            yield part.args[0]
            waiting = [value.args[0] for _, value in part.args[1] if value.op == "const"]
            while waiting:
                text = waiting.pop()
                if isinstance(text, Sentence):  # else a text of the scheme
                    waiting += text.values.values()
                    yield text.template


def test_every_sentence_of_a_rule_has_its_english():
    """Those of every row of every case table, and of a plan with conditions, choices and awards."""
    columns = [c.expr for sheet in laid_out("hebi-2021")[1].sheets for c in sheet.columns if c.expr is not None]
    found = {s for e in [*columns, *(case.expr for case in [*CASES, *LAID])] for s in sentences(e)}
    ours = {s for s in found if re.search("[\u4e00-\u9fff]", s)}
    assert len(ours) > 80
    assert {s for s in ours if s not in words()} == set()


def test_a_rule_speaks_the_readers_language_and_headings_stay():
    conditions = ((same(col("status"), "通过"), sentence("{title}为{value}", title="状态", value="通过")),)
    made = RULES["only_if"](points=lift(2), conditions=conditions)
    assert explain(made, {"status": "待审"}, {}).because == ("不计：须状态为通过",)
    with spoken("en"):
        assert explain(made, {"status": "待审"}, {}).because == ("does not count: 状态 is 通过 is required",)
        steps = RULES["steps"](actual=col("a"), target=col("t"), step=lift(Fraction(1, 20)), points=lift(5))
        told = explain(steps, {"a": Fraction(115), "t": Fraction(100)}, {}).because
        assert told == ("target 100, actual 115: 3 steps above, 5 points each",)


def test_an_unscored_unit_was_not_scored_rather_than_not_reported():
    scores = scored("three-units", seed=1, blanks=1.0)
    line = answer_lines(answer(scores, cell_named(scores, "城关镇", None)))[0]
    assert line.startswith("城关镇　综合得分（公布） ＝ 未计算得分")


def test_a_key_that_one_row_has_means_that_row():
    scores = scored("three-units")
    assert cell_named(scores, "U1-4", None)[:2] == ("marks", "U1-4")
    assert cell_named(scores, "U1-4", "核定得分") == ("marks", "U1-4", "lead")
    assert [cell_named(scores, words, None).code for words in ("U1-44", "1")] == ["UNKNOWN_UNIT"] * 2
    scheme, plan = laid_out("three-units")
    tables = {**scheme.tables, "events": [{"no": "U1-4", "unit": "U1", "kind": "加分", "item": "x", "points": 1}]}
    told = cell_named(score(plan, tables), "U1-4", None)
    assert (told.code, dict(told.values)["titles"]) == ("ROW_OF_SEVERAL", "指标得分:U1-4、加减分台账:U1-4")


def test_the_answer_on_a_row_names_its_unit():
    scores = scored("three-units")
    key = next(r["id"] for r in scores.rows("marks") if r["unit"] == "U1")
    row = scores.row("marks", key)
    found = answer(scores, cell_named(scores, f"marks:{key}", None))
    assert found.who == f"城关镇　{row['indicator']}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_person_is_told_on_one_screen_from_base_pay_to_the_cent(language, monkeypatch):
    monkeypatch.setenv("XLPERF_LANG", language)
    scores = scored("yangcheng-2020", blanks=0)
    paid = [r for r in scores.rows("people") if r["listed"] == "是"]
    assert len(paid) > 10
    for row in paid[::4]:
        found = answer(scores, cell_named(scores, row["name"], None))
        lines = answer_lines(found)
        assert len(lines) <= LINES
        assert max(map(width, lines)) <= ROOM
        assert all(step.basis for step in found.steps), "each line has its clause"
        steps = {step.title: step for step in found.steps}
        titles = ["在岗月数", "全年基数", "计发的基数", "倍数", "岗位系数", "按公式应发", "全年应发", "年终应得"]
        assert [t for t in steps if t in titles] == titles
        assert list(steps)[-1] == "补发（退回为负）"
        assert found.tree.exact == decimal(row["balance"])
        assert f"绩效工资月基数（元） {decimal(row['base'])}×在岗月数 {row['months']}" in steps["全年基数"].working
        assert (steps["倍数"].basis, steps["部门岗位系数"].basis) == ("四（五）", "四（六）3")
        assert "核对" not in "".join(lines), "rules that a row keeps are not arithmetic"


def test_a_person_who_is_not_paid_is_told_why():
    scheme, plan = laid_out("yangcheng-2020")
    tables = simulated(plan, scheme.tables, 3, blanks=0)
    people = [{**r, "work_since": r["work_since"] + 5000} if r["id"] == "P009" else r for r in tables["people"]]
    scores = score(plan, {**tables, "people": people})
    found = answer(scores, cell_named(scores, "P009", "due"))
    assert found.tree.exact == ""
    assert "参加工作不在考核年度之后" in "".join(answer_lines(found))


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("待审", "审核状态待审；不计：须审核状态为通过"),
        ("未通过", "审核状态未通过；不计：须审核状态为通过"),
        ("通过", None),
    ],
)
def test_a_claim_that_does_not_count_says_what_was_decided_on_it(status, said, monkeypatch):
    """Who asks why there is no bonus is told of the claim, not only of the rows that count."""
    monkeypatch.setenv("XLPERF_LANG", "zh")
    _, plan = laid_out("three-units")
    row = {"no": "U1-1", "unit": "U1", "kind": "加分", "item": "省级表彰", "points": Fraction(3), "status": status}
    scores = score(plan, {**laid_out("three-units")[0].tables, "events": [row]})
    for column in (None, "claimed"):
        found = answer(scores, cell_named(scores, "U1", column))
        assert [(x.label, x.why) for x in found.uncounted] == ([("省级表彰", said)] if said else [])
        assert [x.value for x in found.extras] == ([] if said else ["3"])
        assert any("没有计入的台账" in line for line in answer_lines(found)) == bool(said)


def test_a_long_line_of_arithmetic_breaks_no_word():
    for number in range(50, 90):
        said = f"{'a' * number} does not apply here, {'b' * 20} and so {'c' * 10} on"
        first, second = _step(Step("综合得分", "100", said, ""))
        assert {*said.split()} == {*f"{first} {second}".split()} - {"综合得分", "＝", "100"}
        assert max(width(first), width(second)) <= ROOM
