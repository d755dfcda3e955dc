"""复核: recorded, looked ahead at, decided once; everybody's places follow, and only the pages that must change do."""

import json
from datetime import date
from fractions import Fraction

import openpyxl
import pytest
from click.testing import CliRunner
from kit.published import SETTINGS
from kit.rounds import reopened

from xlperf.cli import main
from xlperf.publish.codes import code_problems
from xlperf.publish.publication import documents_of, publish
from xlperf.publish.review import Asking, decide, open_appeal, what_if
from xlperf.publish.verify import verified
from xlperf.rounds.freeze import RoundClosed, freeze
from xlperf.rounds.workdays import NoCalendar

RECEIVED, IN_TIME, LATE = date(2026, 1, 8), date(2026, 1, 12), date(2026, 1, 13)


def asking(unit="北山镇", item="党的建设", filed=IN_TIME, received=RECEIVED, days=2):
    return Asking(unit, item, "材料已补齐", received, filed, days)


def codes(problems):
    return [p.code for p in problems]


def run(round_, *words, language="zh"):
    return CliRunner(env={"XLPERF_LANG": language}).invoke(main, [*words, "--round", str(round_.folder)])


def test_an_appeal_in_time_stops_publishing_until_it_is_decided(round_):
    appeal, problems = open_appeal(round_, asking())
    assert (appeal.number, appeal.due, appeal.was, problems) == (1, "2026-01-12", "17.2", [])
    done = publish(round_, SETTINGS, pdf=False)
    assert "APPEAL_OPEN" in codes(done.problems)
    assert done.files == ()
    decided, _ = decide(round_, 1, "维持", "", "绩效办", IN_TIME)
    assert (decided.changes, decided.files) == ((), ())
    assert publish(round_, SETTINGS, pdf=False).files


def test_one_that_is_late_is_recorded_as_given_up(round_):
    appeal, problems = open_appeal(round_, asking(filed=LATE))
    assert appeal.waived
    assert codes(problems) == ["APPEAL_LATE"]
    assert publish(round_, SETTINGS, pdf=False).files
    assert codes(decide(round_, 1, "维持", "", "绩效办", LATE)[1]) == ["APPEAL_LATE"]
    assert reopened(round_.folder).state().appeals[1].waived


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (asking(unit="南山镇"), "UNKNOWN_UNIT"),
        (asking(item="绿化"), "APPEAL_NO_ITEM"),
        (asking(unit="河东镇", item="U3-4"), "APPEAL_OTHER_UNIT"),
    ],
)
def test_what_is_nobodys_or_anothers_is_refused(round_, asked, code):
    keys = [str(k) for k in round_.scores().column("marks", "id")]
    if asked.item == "U3-4" and "U3-4" not in keys:
        units = round_.scores().column("marks", "unit")
        asked = asking(unit="河东镇", item=next(k for k, u in zip(keys, units, strict=True) if u == "U3"))
    made, problems = open_appeal(round_, asked)
    assert made is None
    assert codes(problems) == [code]
    assert round_.state().appeals == {}


def test_an_item_that_was_never_scored_cannot_be_appealed(tmp_path):
    from xlperf.rounds.store import new_round
    from xlperf.scheme.load import find_scheme

    round_, _ = new_round(find_scheme("three-units")[0], tmp_path / "round")
    made, problems = open_appeal(round_, asking())
    assert made is None
    assert codes(problems) == ["APPEAL_UNSCORED"]


def test_twice_open_twice_decided_and_unknown_are_told(round_):
    open_appeal(round_, asking())
    assert codes(open_appeal(round_, asking())[1]) == ["APPEAL_AGAIN"]
    assert codes(decide(round_, 7, "维持", "", "绩效办", IN_TIME)[1]) == ["APPEAL_UNKNOWN"]
    decide(round_, 1, "维持", "", "绩效办", IN_TIME)
    assert codes(decide(round_, 1, "改定", "", "绩效办", IN_TIME, text="20")[1]) == ["APPEAL_DECIDED"]
    assert codes(what_if(round_, 1, "", "20")[1]) == ["APPEAL_DECIDED"]
    assert open_appeal(round_, asking())[0].number == 2


def test_a_year_without_a_calendar_is_not_guessed(round_):
    with pytest.raises(NoCalendar):
        open_appeal(round_, asking(received=date(2031, 1, 6), filed=date(2031, 1, 7)))
    assert round_.state().appeals == {}


def test_looking_ahead_says_what_deciding_does_and_records_nothing(round_):
    open_appeal(round_, asking())
    before = round_.state()
    changes, _ = what_if(round_, 1, "", "20")
    assert {(c.unit, c.title) for c in changes} >= {("U3", "综合得分（公布）")}
    assert round_.state() == before
    decided, problems = decide(round_, 1, "改定", "补交材料属实。", "绩效办", IN_TIME, text="20")
    assert problems == []
    assert list(decided.changes) == changes
    assert reopened(round_.folder).scores().column("marks", "lead")[-1] is not None


def test_a_decision_counts_from_then_on_and_what_was_typed_stays(round_):
    was = round_.scores().row("totals", "U3")
    open_appeal(round_, asking())
    decide(round_, 1, "改定", "", "绩效办", IN_TIME, text="20")
    now = reopened(round_.folder).scores().row("totals", "U3")
    assert now["composite"] - was["composite"] == Fraction("2.8")
    typed = [c.text for r in round_.state().current.values() for c in r.cells if c.column == "lead"]
    assert "17.2" in typed
    _, problems = verified(round_.folder)
    assert [p.code for p in problems if p.severity == "error"] == []


def test_the_notice_lists_only_what_changed(round_):
    open_appeal(round_, asking())
    decided, _ = decide(round_, 1, "改定", "补交材料属实。", "绩效办", IN_TIME, text="20")
    book = openpyxl.load_workbook(round_.folder / decided.files[0]).worksheets[0]
    told = [tuple(v for v in row if v is not None) for row in book.values]
    lines = [row for row in told if row and row[0] in ("北山镇", "河东镇", "城关镇")]
    assert lines == [("北山镇", "党的建设", "17.2", "20"), ("北山镇", "综合得分（公布）", "94.71", "97.51")]
    assert {row[0] for row in lines} == {"北山镇"}
    assert any("补交材料属实。" in str(row[0]) for row in told if row)


def test_one_decision_changes_exactly_the_pages_it_must(round_):
    before = {d.file: d.code for d in documents_of(round_, round_.scores(), SETTINGS)}
    open_appeal(round_, asking())
    decide(round_, 1, "改定", "", "绩效办", IN_TIME, text="20")
    now = {d.file: d.code for d in documents_of(round_, round_.scores(), SETTINGS)}
    changed = {file for file in before if before[file] != now[file]}
    units = {file for file in changed if file.startswith("单位/")}
    assert units == {"单位/反馈单/03 北山镇"}
    assert {"公开/公示", "内部/汇总表"} <= changed
    assert "内部/分值折算表" not in changed


def test_another_day_is_not_another_code(round_):
    from dataclasses import replace

    later = replace(SETTINGS, day=date(2026, 1, 9), due=date(2026, 1, 13), notice_due=date(2026, 1, 16))
    one, other = ([d.code for d in documents_of(round_, round_.scores(), s)] for s in (SETTINGS, later))
    assert one == other


def test_a_code_says_what_page_it_is_of_and_what_is_otherwise(round_):
    code = next(d.code for d in documents_of(round_, round_.scores(), SETTINGS) if d.name == "03 北山镇")
    assert code_problems(round_, code.lower()) == ("单位/反馈单/03 北山镇", [])
    assert codes(code_problems(round_, "00000-00000")[1]) == ["CODE_UNKNOWN"]
    open_appeal(round_, asking())
    decide(round_, 1, "改定", "", "绩效办", IN_TIME, text="20")
    [old] = code_problems(round_, code)[1]
    assert old.code == "CODE_OLD"
    assert "94.71" in old.text()
    assert "97.51" in old.text()


def test_a_retyped_figure_is_named(round_, tmp_path):
    document = next(d for d in documents_of(round_, round_.scores(), SETTINGS) if d.name == "03 北山镇")
    file = round_.out / "发布" / f"{document.file}.xlsx"
    assert code_problems(round_, document.code, file)[1] == []
    book = openpyxl.load_workbook(file)
    cell = next(c for row in book.worksheets[0].iter_rows() for c in row if c.value == 17.2)
    cell.value = 19.2
    book.save(tmp_path / "copy.xlsx")
    [told] = code_problems(round_, document.code, tmp_path / "copy.xlsx")[1]
    assert told.code == "CODE_RETYPED"
    assert "17.2" in told.text()
    assert "19.2" in told.text()


def test_a_value_beyond_the_full_mark_is_refused(round_):
    open_appeal(round_, asking())
    made, problems = decide(round_, 1, "改定", "", "绩效办", IN_TIME, text="25")
    assert made is None
    assert "OUT_OF_RANGE" in codes(problems)
    assert codes(decide(round_, 1, "改定", "", "绩效办", IN_TIME, column="自评得分", text="5")[1]) == ["APPEAL_COLUMN"]


def test_a_frozen_round_takes_no_appeal(round_):
    freeze(round_)
    with pytest.raises(RoundClosed):
        open_appeal(reopened(round_.folder), asking())


def test_the_commands_say_the_same(round_):
    words = ["--received", "2026-01-08", "--filed", "2026-01-12", "--appeal-days", "2", "--reason", "材料已补齐"]
    ran = run(round_, "appeal", "open", "北山镇", "党的建设", *words)
    assert ran.exit_code == 0, ran.output
    assert "已登记第1号：党的建设，最迟2026-01-12" in ran.output
    ran = run(round_, "appeal", "what-if", "1", "--to", "20", "--json")
    assert {c["unit"] for c in json.loads(ran.output)["changes"]} == {"U3"}
    ran = run(round_, "appeal", "decide", "1", "--to", "20", "--by", "绩效办", "--date", "2026-01-12", "--no-pdf")
    assert "北山镇　综合得分（公布）：94.71 → 97.51" in ran.output
    ran = run(round_, "appeal", "list", language="en")
    assert "changed → 20" in ran.output
    ran = run(round_, "appeal", "decide", "1", "--uphold")
    assert ran.exit_code == 1
    assert "APPEAL_DECIDED" in ran.output
