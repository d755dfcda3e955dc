"""The rounds before the one a demonstration shows: years and periods that the scheme looks back at, frozen in turn."""

from kit.halves import SCHEME, halves

from xlperf.demo.earlier import earlier_rounds
from xlperf.demo.stage import FOLDER as STAGED
from xlperf.rounds.store import new_round, open_round, silent

YEARS = ["2024年上半年", "2024年年度", "2025年上半年", "2025年年度", "上半年"]


def made(folder, scheme=SCHEME):
    return halves(folder / "schemes" / "halves", scheme=scheme), folder / "before"


def test_every_year_and_period_that_is_looked_back_at_is_a_frozen_round(tmp_path):
    scheme, folder = made(tmp_path)
    folders, problems = earlier_rounds(scheme, folder, 1, silent, "")
    assert problems == []
    assert [at.name for at in folders] == YEARS
    assert all(open_round(at)[0].state().closed for at in folders)
    last, problems = new_round(scheme, tmp_path / "last", after=folders, period="y")
    assert [p.code for p in problems] == []
    history = last.scores().rows("history")
    assert [row["advanced_1"] for row in history].count("是") == 1
    assert [row["advanced_2"] for row in history].count("是") == 1
    assert all(row["score"] is not None for row in last.scores().rows("half"))


def test_what_is_staged_for_a_year_stands_in_that_year(tmp_path):
    scheme, folder = made(tmp_path)
    staged = tmp_path / "schemes" / STAGED / "halves"
    (staged / "2025").mkdir(parents=True)
    (staged / "units.csv").write_text("code,score\nA,70\nB,80\nC,60\n", "utf-8")
    (staged / "2025" / "units.csv").write_text("code,score\nA,90\nB,80\nC,60\n", "utf-8")
    (staged / "2025" / "events.csv").write_text("no,unit,item,points,status\n1,C,迟到,5,结转\n", "utf-8")
    folders, _ = earlier_rounds(scheme, folder, 1, silent, "")
    assert [str(row["score"]) for row in open_round(folders[1])[0].scores().rows("totals")] == ["70", "80", "60"]
    assert [str(row["score"]) for row in open_round(folders[3])[0].scores().rows("totals")] == ["90", "80", "60"]
    last, _ = new_round(scheme, tmp_path / "last", after=folders, period="y")
    assert [(row["unit"], str(row["points"])) for row in last.scores().rows("late")] == [("C", "5")]
    assert [row["advanced_1"] for row in last.scores().rows("history")] == ["是", "否", "否"]
