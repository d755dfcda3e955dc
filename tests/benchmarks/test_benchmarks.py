"""The benchmarks run; their numbers are for people and are not judged here."""

from __future__ import annotations

import pytest
from benchmarks import bench_functions, bench_people
from benchmarks.bench_scoring import measure, report
from kit.pay_figures import judged, laid_out, untied
from kit.programs import need
from kit.yangcheng_large import large_year

from xlperf.engine.score import score
from xlperf.workbook.books.prints import write_print_books


def test_scoring_benchmark_runs_and_its_three_answers_agree():
    timing = measure(44, repeats=1)
    assert min(timing.exact, timing.array, timing.pandas) > 0
    assert report([timing]).splitlines()[1].split()[0] == "44"


def test_function_benchmark_runs_and_its_three_answers_agree():
    timings = [bench_functions.measure(rows, rounds=1) for rows in (1, 1_000)]
    assert min(x for t in timings for x in (t.ranged, t.cells, t.plain)) > 0
    assert [line.split()[0] for line in bench_functions.report(timings).splitlines()[1:]] == ["1", "1000"]


def test_pay_year_benchmark_runs_and_adds_up():
    cost = bench_people.measured(20)
    assert min(cost.plan, cost.score, cost.memory) > 0
    assert bench_people.report([cost]).splitlines()[2].startswith("| 20 | 240 |")


@pytest.fixture(scope="module")
def year():
    """Score a year of pay of three departments of twelve."""
    scheme, plan = laid_out()
    tables = large_year(scheme, 36, size=12)
    return scheme, plan, tables, score(plan, tables)


def test_a_year_of_pay_ties_to_the_cent_and_is_written_by_department(year, tmp_path):
    _, plan, _, scores = year
    assert untied(scores) == []
    pay = next(p for p in plan.prints if p.each)
    assert len(write_print_books(scores, pay, tmp_path)) == 3


@pytest.mark.libreoffice
def test_a_year_of_pay_is_what_libreoffice_calculates(year, tmp_path):
    need("soffice")
    scheme, plan, tables, _ = year
    ((_, cells, wrong),) = judged(scheme, plan, tables, tmp_path, 1)
    assert cells > 2000
    assert wrong == []
