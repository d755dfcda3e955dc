"""阳城 2020: one base indicator that is not done takes a department from 良好 to 不合格, each pay line says why."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from kit.differences import differences
from kit.halves import begun, opened
from kit.libreoffice import converted
from kit.programs import need

from xlperf.demo.simulate import Simulation
from xlperf.demo.stage import stage_of
from xlperf.engine.ask import answer
from xlperf.engine.score import score
from xlperf.formula.values import value_text
from xlperf.publish.results import publish_scores
from xlperf.rounds.ledger import CellText, Receipt, record_receipts
from xlperf.workbook.back.fill import fill_book

SOURCE = Path(__file__).parents[2] / "schemes" / "yangcheng-2020"
PAY = "绩效工资兑现表"


@pytest.fixture(scope="module")
def paid(tmp_path_factory):
    """Publish a filled round; return it, its scores, a department that is 良好 and one of its base indicators."""
    round_ = begun(SOURCE, tmp_path_factory.mktemp("falls") / "round")
    stage = stage_of(SOURCE, round_.scheme, round_.plan)
    made = Simulation(round_.plan, round_.tables(), round_.scheme.office, 1, stage)
    inputs = {**made.inputs(("master", "")), **made.inputs(("scorer", round_.scheme.office))}
    cells = tuple(CellText(*at, value_text(v)) for at, v in inputs.items())
    record_receipts(round_.ledger, Receipt("0", "x", "master", "", 1, "accepted", cells=cells))
    round_ = opened(round_.folder)
    scores = publish_scores(round_).scores
    unit = next(r["code"] for r in scores.rows("departments") if r["tier_name"] == "良好")
    mark = next(r["id"] for r in scores.rows("marks") if r["unit"] == unit and r["tier"] == 1)
    return round_, scores, unit, mark


def fallen(round_, mark):
    """Score the round again with one indicator not done."""
    tables = round_.tables()
    marks = [{**r, "done": "否"} if r["id"] == mark else r for r in tables["marks"]]
    return score(round_.plan, {**tables, "marks": marks})


def lines(book: Path) -> dict[str, list[object]]:
    """Return the lines of the pay sheet by name."""
    rows = openpyxl.load_workbook(book, data_only=True)[PAY].iter_rows(values_only=True)
    return {str(row[1]): list(row) for row in rows if isinstance(row[0], int | float)}


def test_the_reason_leads_from_pay_to_the_target_that_was_not_met(paid):
    round_, before, unit, mark = paid
    after = fallen(round_, mark)
    for person in (r for r in before.rows("people") if r["unit"] == unit and r["listed"] == "是"):
        row = after.row("people", person["id"])
        assert (row["tier_name"], row["tier_why"]) == ("不合格", "基础绩效目标有未完成的指标")
        assert row["due"] < person["due"] / 3
        told = str(answer(after, ("people", person["id"], "due")).data())
        assert all(words in told for words in ("倍数", "四（八）"))


@pytest.mark.libreoffice
def test_libreoffice_shows_the_fall_in_every_line_of_the_pay_sheet(paid, tmp_path):
    need("soffice")
    round_, before, unit, mark = paid
    was = round_.out / "总表.xlsx"
    now = fill_book(was, tmp_path / "总表.xlsx", {("marks", mark, "done"): "否"}) or tmp_path / "总表.xlsx"
    (answered,) = converted([Path(now)], tmp_path / "answered")
    after, own = fallen(round_, mark), {r["name"] for r in before.rows("people") if r["unit"] == unit}
    assert differences(after, answered) == []
    old, new = lines(was), lines(answered)
    assert {name for name in old if old[name] != new[name]} == own & set(old)
    for name in own & set(old):
        assert [old[name][3], *new[name][3:5]] == ["良好", "不合格", "基础绩效目标有未完成的指标"]
        assert new[name][6] < old[name][6] / 3
        assert new[name][9] < 0
        assert str(new[name][10]).startswith("负")
