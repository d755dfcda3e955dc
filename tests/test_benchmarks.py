"""The benchmarks run; their numbers are for people and are not judged here."""

from __future__ import annotations

from benchmarks.bench_scoring import measure, report


def test_scoring_benchmark_runs_and_its_three_answers_agree():
    timing = measure(44, repeats=1)
    assert min(timing.exact, timing.array, timing.pandas) > 0
    assert report([timing]).splitlines()[1].split()[0] == "44"
