"""Charts: drawn by the program that opens the book from true numbers beside them; a scorer who gives everybody all."""

import zipfile
from dataclasses import replace
from fractions import Fraction

import openpyxl
import pytest
from kit.published import SETTINGS, ready_round
from kit.simulated import simulated

from xlperf.engine.compile import compile_scheme
from xlperf.engine.pictures import against_group, distribution, leniency
from xlperf.engine.score import score
from xlperf.publish.papers.ground import Ground
from xlperf.publish.publication import charts_of
from xlperf.report.chart import Chart, Series
from xlperf.scheme.load import find_scheme, load_scheme
from xlperf.workbook.charts import write_charts


@pytest.fixture(scope="module")
def yiyang():
    path, _ = find_scheme("yiyang-2018")
    scheme, _ = load_scheme(path)
    plan, _ = compile_scheme(scheme)
    tables = simulated(plan, scheme.tables, 7, blanks=0, events=4)
    generous = next(row["scorer"] for row in tables["marks"] if row["scorer"])
    scores = score(plan, tables)
    values = {name: dict(columns) for name, columns in scores.values.items()}
    rows = scores.rows("marks")
    values["marks"]["score"] = [r["full"] if r["scorer"] == generous else r["score"] for r in rows]
    return replace(scores, values=values), generous


def test_a_distribution_counts_every_unit_once(yiyang):
    scores, _ = yiyang
    ranking = scores.plan.rankings[0]
    chart = distribution(scores, ranking)
    ranked = sum(isinstance(v, Fraction) for v in scores.column(ranking.sheet, ranking.score))
    assert sum(v for s in chart.series for v in s.values) == ranked
    assert len(chart.categories) <= 10


def test_who_gives_everybody_all_stands_first_and_is_named(yiyang):
    scores, generous = yiyang
    chart = leniency(scores)
    mean, full = chart.series
    assert list(mean.values) == sorted(mean.values, reverse=True)
    at = chart.categories.index(generous)
    assert mean.values[at] == full.values[at] == 1
    assert generous in chart.notes[0]


def test_what_nobody_is_named_for_the_office_scores(yiyang):
    """Rows without a scorer are the office's, one with those in its name: it does not stand there twice."""
    scores, generous = yiyang
    marks = scores.plan.by_name["marks"]
    values = {name: dict(columns) for name, columns in scores.values.items()}
    named = scores.column("marks", marks.scorer)
    values["marks"][marks.scorer] = [None if at % 2 and who == generous else who for at, who in enumerate(named)]
    plan = replace(scores.plan, office=generous)
    chart = leniency(replace(scores, plan=plan, values=values))
    assert sorted(chart.categories) == sorted(leniency(scores).categories)


def test_a_unit_stands_against_the_median_of_its_group(yiyang):
    scores, _ = yiyang
    [chart, *_] = against_group(scores, scores.plan.rankings[0])
    *units, middle = chart.series
    for i in range(len(chart.categories)):
        values = sorted(s.values[i] for s in units if s.values[i] is not None)
        assert values[0] <= middle.values[i] <= values[-1]


def test_the_book_holds_native_charts_over_true_numbers(yiyang, tmp_path):
    scores, _ = yiyang
    charts = charts_of(Ground(scores, SETTINGS))
    write_charts("图表", charts, tmp_path / "c.xlsx")
    with zipfile.ZipFile(tmp_path / "c.xlsx") as archive:
        assert sum(n.startswith("xl/charts/chart") for n in archive.namelist()) == len(charts) >= 3
    book = openpyxl.load_workbook(tmp_path / "c.xlsx", data_only=True)
    radar = book.worksheets[-1]
    chosen = [c.value for c in radar[3]][1 : 1 + len(charts[-1].categories)]
    assert [v if v is None else Fraction(v).limit_denominator(10**6) for v in chosen] == [
        v if v is None else v.limit_denominator(10**6) for v in charts[-1].series[0].values
    ]


def test_three_units_have_charts_too(tmp_path):
    round_ = ready_round(tmp_path / "round")
    assert [c.kind for c in charts_of(Ground(round_.scores(), SETTINGS))][:2] == ["column", "bar"]


def test_many_categories_stand_below_the_chart_a_row_each(tmp_path):
    """A page holds a dozen side by side; who moved in a county of eighty units is a list."""
    names = tuple(f"单位{i}" for i in range(80))
    chart = Chart(
        "名次变动", "column", "单位", "上升的名次", names, (Series("名次变化", tuple(map(Fraction, range(80)))),)
    )
    write_charts("图表", [chart], tmp_path / "c.xlsx")
    book = openpyxl.load_workbook(tmp_path / "c.xlsx")
    sheet = book.active
    head = next(r for r in range(1, sheet.max_row + 1) if sheet.cell(r, 1).value == "单位")
    assert [sheet.cell(head + 1 + i, 1).value for i in range(80)] == list(names)
    assert sheet.cell(head + 80, 2).value == 79
    assert sheet.max_column <= 12
    with zipfile.ZipFile(tmp_path / "c.xlsx") as archive:
        drawn = archive.read("xl/charts/chart1.xml").decode()
    assert f"$A${head + 1}:$A${head + 80}" in drawn
    assert f"$B${head + 1}:$B${head + 80}" in drawn
