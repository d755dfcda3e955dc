"""The benchmarks run; their numbers are for people and are not judged here."""

from __future__ import annotations

from benchmarks import bench_functions, bench_people
from benchmarks.bench_scoring import measure, report


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
