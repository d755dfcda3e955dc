"""Who changed what: the life of a unit's numbers, and what was signed."""

import json
from datetime import date

from click.testing import CliRunner
from kit.published import SETTINGS
from kit.rounds import reopened

from xlperf.cli import main
from xlperf.publish.publication import publish
from xlperf.publish.review import Asking, decide, open_appeal
from xlperf.rounds.lives import life_of
from xlperf.rounds.stages import sign, signed_stages, stage_problems

DAY = date(2026, 1, 8)


def changed(round_):
    open_appeal(round_, Asking("北山镇", "党的建设", "材料已补齐", DAY, DAY, 2))
    decide(round_, 1, "改定", "补交材料属实。", "绩效办", DAY, text="20")
    return reopened(round_.folder)


def test_a_life_goes_from_issued_to_published(round_):
    life = life_of(round_, round_.scores(), ("units", "U3"))
    whats = [h.what for h in life]
    assert whats[0] == "发出"
    assert "收到，未收下" in whats  # the demonstration's broken return, with its codes
    assert "NOT_A_NUMBER" in next(h.reason for h in life if h.what == "收到，未收下")
    assert whats[-1] == "发布"
    [lead] = [h for h in life if h.item == "党的建设" and h.title == "核定得分"]
    assert (lead.what, lead.old, lead.new) == ("填报", "", "17.2")
    assert lead.cell.split("!")[1]
    assert lead.file.endswith(".xlsx")
    assert lead.reason == "完成时间晚于节点"


def test_no_number_of_another_unit_is_in_it(round_):
    life = life_of(round_, round_.scores(), ("units", "U3"))
    keys = {
        k for k, u in zip(round_.scores().column("marks", "id"), round_.scores().column("marks", "unit"), strict=True)
    }
    assert keys
    filled = [h for h in life if h.title == "核定得分"]
    assert 0 < len(filled) <= 4


def test_what_counts_now_is_the_last_of_its_life(round_):
    round_ = changed(round_)
    life = life_of(round_, round_.scores(), ("units", "U3"))
    ruling = next(h for h in life if h.what == "复核改定")
    assert (ruling.who, ruling.title, ruling.old, ruling.new) == ("绩效办", "核定得分", "17.2", "20")
    assert ruling.reason == "补交材料属实。"
    asked = next(h for h in life if h.what == "申请复核")
    assert (asked.item, asked.old, asked.reason) == ("党的建设", "17.2", "材料已补齐")


def test_a_stage_says_what_changed_since_it_was_signed(round_):
    for stage, by in (("自评", "各单位"), ("牵头打分", "王主任"), ("审定", "李县长")):
        assert sign(round_, stage, by)[1] == []
    assert [s.changed for s in signed_stages(round_)] == [0, 0, 0]
    round_ = changed(round_)
    told = {s.stage: s for s in signed_stages(round_)}
    assert told["自评"].changed == 0
    assert told["牵头打分"].changes == ("指标得分 U3-4 核定得分：17.2 → 20",)
    assert told["审定"].changed > 1
    assert [p.code for p in stage_problems(round_)] == ["SIGNED_CHANGED"] * 2
    sign(round_, "牵头打分", "王主任")
    assert [p.worded()["stage"] for p in stage_problems(round_)] == ["审定"]
    assert "SIGNED_CHANGED" in [p.code for p in publish(round_, SETTINGS, pdf=False).problems]


def test_the_same_signature_again_is_no_second_one(round_):
    sign(round_, "审定", "李县长", "同意")
    told = sign(round_, "审定", " 李县长 ")
    assert (told[0], [(p.code, p.worded()["by"]) for p in told[1]]) == (None, [("SIGNED_ALREADY", "李县长")])
    done = CliRunner(env={"XLPERF_LANG": "zh"}).invoke(
        main, ["sign", "审定", "--round", str(round_.folder), "--by", "李县长"]
    )
    assert (done.exit_code, "没有再记一次" in done.stderr, done.stdout.count("李县长")) == (0, True, 1)
    assert len(list(signed_stages(round_))) == 1
    for by, note in (("王主任", ""), ("李县长", "再次审阅")):  # somebody else, or something more to say
        assert sign(round_, "审定", by, note)[1] == []
    round_ = changed(round_)
    assert sign(round_, "审定", "李县长")[1] == []
    assert [s.changed > 0 for s in signed_stages(round_)] == [True, True, True, False]


def test_an_unknown_stage_and_one_without_a_name_are_refused(round_):
    assert [p.code for p in sign(round_, "初审", "王主任")[1]] == ["STAGE_UNKNOWN"]
    assert [p.code for p in sign(round_, "初评", " ")[1]] == ["STAGE_UNSIGNED"]
    assert list(signed_stages(round_)) == []


def test_the_commands_say_the_same(round_):
    def run(*words, language="zh"):
        return CliRunner(env={"XLPERF_LANG": language}).invoke(main, list(words))

    ran = run("history", str(round_.folder), "北山镇")
    assert ran.exit_code == 0, ran.output
    assert "填报　绩效办　党的建设　核定得分　空 → 17.2" in ran.output
    ran = run("history", str(round_.folder), "北山镇", "--json", language="en")
    assert json.loads(ran.output)["history"][0]["what"] == "issued"
    assert run("history", str(round_.folder), "南山镇").exit_code == 1
    assert run("sign", "审定", "--by", "李县长", "--round", str(round_.folder)).exit_code == 0
    ran = run("sign", "--round", str(round_.folder), "--json")
    assert [s["stage"] for s in json.loads(ran.output)["stages"]] == ["审定"]
