"""阳城 2020: one base indicator that is not done takes a department from 良好 to 不合格, each pay line says why."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from kit.differences import differences
from kit.halves import begun, opened
from kit.libreoffice import converted
from kit.programs import need

from xlperf.cli.addin import recalculate_one
from xlperf.demo.simulate import Simulation
from xlperf.demo.stage import stage_of
from xlperf.engine.ask import answer
from xlperf.engine.score import score
from xlperf.formula.values import value_text
from xlperf.publish.results import publish_scores
from xlperf.rounds.collecting.collect import collect
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


@pytest.fixture(scope="module")
def changed(paid, tmp_path_factory):
    """Type in the round's own 总表 that one base indicator is not done; return it and the scores of that."""
    round_, _, _, mark = paid
    book = tmp_path_factory.mktemp("changed") / "总表.xlsx"
    fill_book(round_.out / "总表.xlsx", book, {("marks", mark, "done"): "否"})
    return book, fallen(round_, mark)


def fallen(round_, mark):
    """Score the round again with one indicator not done."""
    tables = round_.tables()
    marks = [{**r, "done": "否"} if r["id"] == mark else r for r in tables["marks"]]
    return score(round_.plan, {**tables, "marks": marks})


def lines(book: Path) -> dict[str, list[object]]:
    """Return the lines of the pay sheet by name."""
    opened_ = openpyxl.load_workbook(book, data_only=True, read_only=True)
    found = {
        str(row[1]): list(row) for row in opened_[PAY].iter_rows(values_only=True) if isinstance(row[0], int | float)
    }
    opened_.close()
    return found


def test_every_sheet_of_pay_prints_on_a4_in_type_that_can_be_read(paid):
    round_ = paid[0]
    prints = [p.title for p in round_.plan.prints if p.title != "部室考评结果公示"]
    files = [f for f in round_.out.rglob("*.xlsx") if f.name == "总表.xlsx" or {f.stem, f.parent.name} & set(prints)]
    assert len(files) > 10
    for file in files:
        with zipfile.ZipFile(file) as book:
            titles = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
            pages = {t: book.read(f"xl/worksheets/sheet{n}.xml").decode() for n, t in enumerate(titles, 1)}
        for page in (text for title, text in pages.items() if title in prints):
            [set_up] = re.findall(r"<pageSetup [^>]*>", page)
            assert 'paperSize="9"' in set_up, file
            assert 'orientation="landscape"' in set_up
            assert int(re.findall(r'scale="(\d+)"', set_up + ' scale="100"')[0]) >= 75, "11 points are 8.25 at least"


def test_recalculated_without_a_spreadsheet_every_line_of_the_pay_sheet_falls(paid, changed, tmp_path):
    round_, before, unit, _ = paid
    now, after = tmp_path / "now.xlsx", changed[1]
    done = recalculate_one(changed[0], now, {})
    assert not [p for p in done.problems if p.severity == "error"]
    own = {r["name"]: r for r in before.rows("people") if r["unit"] == unit}
    old, new = lines(round_.out / "总表.xlsx"), lines(now)
    assert {name for name in old if old[name] != new[name]} == set(own) & set(old) != set()
    for name in set(own) & set(old):
        row = after.row("people", own[name]["id"])
        assert [old[name][3], *new[name][3:5]] == ["良好", "不合格", "基础绩效目标有未完成的指标"]
        assert new[name][6] == pytest.approx(float(row["due"]))
        assert new[name][9] == pytest.approx(float(row["balance"]))
        assert new[name][10] == row["words"]


def test_the_reason_leads_from_pay_to_the_target_that_was_not_met(paid, changed):
    _, before, unit, _ = paid
    after = changed[1]
    for person in (r for r in before.rows("people") if r["unit"] == unit and r["listed"] == "是"):
        row = after.row("people", person["id"])
        assert (row["tier_name"], row["tier_why"]) == ("不合格", "基础绩效目标有未完成的指标")
        assert row["due"] < person["due"] / 3
        told = str(answer(after, ("people", person["id"], "due")).data())
        assert all(words in told for words in ("倍数", "四（八）"))


@pytest.mark.libreoffice
def test_libreoffice_shows_the_fall_in_every_line_of_the_pay_sheet(paid, changed, tmp_path):
    need("soffice")
    round_, before, unit, _ = paid
    was, after = round_.out / "总表.xlsx", changed[1]
    (answered,) = converted([changed[0]], tmp_path / "answered")
    own = {r["name"] for r in before.rows("people") if r["unit"] == unit}
    assert differences(after, answered) == []
    old, new = lines(was), lines(answered)
    assert {name for name in old if old[name] != new[name]} == own & set(old)
    for name in own & set(old):
        assert [old[name][3], *new[name][3:5]] == ["良好", "不合格", "基础绩效目标有未完成的指标"]
        assert new[name][6] < old[name][6] / 3
        assert new[name][9] < 0
        assert str(new[name][10]).startswith("负")


def test_an_advance_typed_twice_in_the_returned_book_is_told_and_pays_nobody(paid):
    round_, before, _, _ = paid
    twice = next(r for r in before.rows("people") if r["listed"] == "是")
    typed = {"person": twice["id"], "month": 3, "amount": 4000}
    values = {("payments", key, name): value for key in ("+1", "+2") for name, value in typed.items()}
    fill_book(round_.out / "总表.xlsx", round_.inbox / "总表.xlsx", values)
    found = collect(round_)
    assert [r.decision for r in found.receipts] == ["accepted"]
    [told] = [p for p in found.concerns if "每人每月只登记一次实发" in str(p.values)]
    assert (told.where.sheet, bool(told.remedy("zh"))) == ("实发登记", True)
    scores = opened(round_.folder).scores()
    row, zone, was = scores.row("people", twice["id"]), scores.rows("zone")[0], before.rows("zone")[0]
    assert (row["listed"], row["balance"]) == ("否", None)
    assert (zone["unpaid"] - was["unpaid"], was["due"] - zone["due"]) == (1, twice["due"])
