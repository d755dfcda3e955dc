"""复核 of what a unit claimed: a refused claim stands on its sheet and can be asked about; outcomes side by side."""

import json
from datetime import date
from fractions import Fraction

import pytest
from click.testing import CliRunner
from kit.begun import claimed
from kit.published import SETTINGS

from xlperf.cli import main
from xlperf.publish.publication import documents_of, publish
from xlperf.publish.review import Asking, decide, open_appeal, outcomes
from xlperf.report.document import Table

DAY = date(2026, 1, 9)
ITEM = "承办全市现场会"  # claimed by U3 in the demonstration, and refused; U2 has one of these words that counts


def asked(round_, item=ITEM, unit="北山镇"):
    return open_appeal(round_, Asking(unit, item, "证书已补齐", DAY, DAY, 5))


def test_a_refused_claim_stands_on_the_sheet_of_its_unit(round_):
    sheets = {d.whose: d for d in documents_of(round_, round_.scores(), SETTINGS, ["unit"])}
    found = {
        whose: [b for b in d.blocks if isinstance(b, Table) and "没有计入" in b.title] for whose, d in sheets.items()
    }
    assert [whose for whose, tables in found.items() if tables] == ["U2", "U3"]
    assert [row[1:4] for row in found["U3"][0].rows] == [("加减分台账", ITEM, "未通过")]


@pytest.mark.parametrize("words", [ITEM, "加减分台账：U3-1", f"加减分台账：{ITEM}", f"加减分台账：{ITEM}（计入分值）"])
def test_it_is_found_by_what_stands_there(round_, words):
    appeal, problems = asked(round_, words)
    assert (appeal.sheet, appeal.row, appeal.was, problems) == ("events", "U3-1", "未通过", [])


def test_a_key_that_two_sheets_have_is_asked_about_with_words_that_can_be_typed(round_):
    appeal, problems = asked(round_, "U3-1")
    assert appeal is None
    assert dict(problems[0].values)["keys"].split("、") == ["指标得分：U3-1", "加减分台账：U3-1"]


def test_a_decision_lets_it_count_and_changes_only_what_it_must(round_):
    before = {d.whose: d.code for d in publish(round_, SETTINGS, pdf=False).documents if d.whose}
    asked(round_)
    done, problems = decide(round_, 1, "改定", "证书属实。", "绩效办", DAY, text="通过")
    assert not problems
    assert round_.scores().row("totals", "U3")["composite"] > Fraction("94.71")
    assert {c.unit for c in done.changes} == {"U3"}
    after = {d.whose: d.code for d in publish(round_, SETTINGS, pdf=False).documents if d.whose}
    assert {whose for whose in before if before[whose] != after[whose]} == {"U3"}


def test_an_entry_nobody_has_decided_on_is_not_reviewed_yet(tmp_path):
    waiting = claimed(tmp_path / "round")
    appeal, problems = asked(waiting, "省级表彰", "U22")
    assert appeal is None
    assert [p.code for p in problems] == ["APPEAL_UNSCORED"]


def test_outcomes_stand_side_by_side_and_nothing_is_recorded(round_):
    asked(round_)
    before = round_.state()
    tried, problems = outcomes(round_, 1, "", ())
    assert [t.text for t in tried] == ["", "待审", "通过"]
    assert not problems
    assert [{c.unit for c in t.changes} for t in tried] == [set(), set(), {"U3"}]
    assert round_.state() == before


def test_of_a_mark_the_own_score_and_the_full_mark_are_tried(round_):
    open_appeal(round_, Asking("北山镇", "党的建设", "", DAY, DAY, 5))
    tried, _ = outcomes(round_, 1, "", ())
    row = next(r for r in round_.scores().rows("marks") if r["unit"] == "U3" and r["indicator"] == "党的建设")
    assert tried[0].text == ""
    assert "20" in [t.text for t in tried]
    assert len(tried) == 1 + len({row["self"], row["full"]} - {row["lead"], None})
    told, problems = outcomes(round_, 1, "", ("18", "21"))
    assert [t.text for t in told] == ["", "18"]
    assert [p.code for p in problems] == ["ABOVE_LIMIT"] or problems


def test_the_command_shows_them(round_):
    open_appeal(round_, Asking("北山镇", "党的建设", "", DAY, DAY, 5))
    words = ["appeal", "what-if", "1", "--to", "18", "--to", "20", "--round", str(round_.folder)]
    run = CliRunner(env={"XLPERF_LANG": "zh"})
    shown = run.invoke(main, words).stdout
    assert shown.splitlines()[0].split()[-3:] == ["维持", "18", "20"]
    assert "北山镇" in shown
    listed = json.loads(run.invoke(main, [*words, "--json"]).stdout)["outcomes"]
    assert [o["to"] for o in listed] == [None, "18", "20"]
