"""The benchmarks run and their contestants are right; their times are for people and are not judged here."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from importlib import import_module

import pytest
from benchmarks import bench, bench_collect, bench_people, bench_publish, table
from benchmarks.frame import Contestant, Line, Ready, Work, measured
from kit.pay_figures import judged, laid_out, untied
from kit.programs import need
from kit.yangcheng_large import large_year

from xlperf.engine.score import score
from xlperf.workbook.books.prints import write_print_books

SMALL = 45
NOT_OURS = {"round()", "numpy.round"}  # known to be wrong: the table says so
OWN = {"start"}  # starts programs


def works():
    """List every work of every module."""
    for name in bench.modules():
        if name not in OWN:
            for number, work in enumerate(import_module(f"benchmarks.works.{name}").WORKS):
                yield pytest.param(work, id=f"{name}-{number}")


@pytest.mark.parametrize("work", list(works()))
def test_ours_and_what_needs_no_other_program_do_the_work_right(work, tmp_path):
    given = work.made(tmp_path, min(SMALL, work.sizes[0]))
    for contestant in work.contestants:
        if contestant.missing or contestant.name in NOT_OURS or contestant.needs:
            continue
        ready = contestant.start(given)
        wrong, of = work.wrong(given, ready.run())
        ready.close()
        assert (contestant.name, wrong) == (contestant.name, 0)
        assert of > 0


def doubled(given):
    return Ready(lambda: given * 2)


def tripled(given):
    return Ready(lambda: given * 3)


def broken(given):
    raise ValueError("no such book")


def short_lived(given):
    turns = iter([given * 2])
    return Ready(lambda: next(turns))


def lost(given):
    turns = iter([lambda: given * 2, lambda: os._exit(1)])
    return Ready(lambda: next(turns)())


def of_a_quarter(given):
    return Ready(lambda: time.sleep(0.25) or given * 2)


def seven_times(given):
    turns = iter([given * 2] * 7)  # once to be judged, three times in each of two turns
    return Ready(lambda: next(turns))


WORKS = (
    Work(
        "Doubling", "numbers", (4,), lambda folder, size: size, lambda given, answer: (int(answer != given * 2), 1),
        (Contestant("ours", doubled), Contestant("another", doubled), Contestant("hasty", tripled),
         Contestant("broken", broken), Contestant("absent", doubled, needs=("no_such_program",)),
         Contestant("short-lived", short_lived), Contestant("lost", lost)),
        aims={"another": 3},
    ),
    Work(
        "Doubling again", "numbers", (4,),
        lambda folder, size: size, lambda given, answer: (int(answer != given * 2), 1),
        (Contestant("slow", of_a_quarter), Contestant("seven", seven_times), Contestant("short-lived", short_lived)),
        times=3,
    ),
)  # fmt: skip


def test_who_is_wrong_fails_or_is_absent_has_no_ratio(tmp_path):
    lines = measured(__name__, 0, 4, tmp_path, rounds=1)
    rows = {row.split("|")[2].strip(): row for row in table.table(WORKS[0], lines).splitlines() if "|" in row}
    assert "**wrong**: 1 of 1 | wrong | wrong" in rows["hasty"]
    assert "ValueError: no such book | – | –" in rows["broken"]
    assert "StopIteration:  | – | –" in rows["short-lived"]  # it began well: the others go on
    assert "died | – | –" in rows["lost"]
    assert "no_such_program is not here" in rows["absent"]
    assert "all 1" in rows["another"]
    assert rows["another"].count("×") == 3  # by wall, by CPU, and what is aimed at


def test_work_that_is_done_several_times_in_a_turn_is_told_as_one(tmp_path):
    slow, seven, short = measured(__name__, 1, 4, tmp_path, rounds=2)
    assert 0.25 <= slow.wall < 0.5
    assert seven.counts
    assert short.fault == "StopIteration: "


def test_tables_are_put_between_the_marks_of_a_page(tmp_path):
    page = tmp_path / "speed.md"
    page.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nbehind\n", "utf-8")
    lines, titles = [Line("ours", 4, 1, 1, 1, 0, 1)], ["Halving", "Doubling"]
    table.put_between(page, "Measured.", [table.table(WORKS[0], lines, "today, load 1")], titles)
    text = page.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith("behind\n")
    assert "old" not in text
    assert "**Doubling** (size: numbers; today, load 1)" in text
    halved = replace(WORKS[0], title="Halving")
    table.put_between(page, "Again.", [table.table(halved, lines)], titles)
    both = page.read_text("utf-8")
    assert both.index("Again.") < both.index("**Halving**") < both.index("**Doubling** (size: numbers; today, load 1)")
    assert "Measured." not in both
    table.put_between(page, "Again.", [], titles[:1])
    assert "Doubling" not in page.read_text("utf-8")


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


def test_a_growing_round_is_collected_in_two_goes(monkeypatch):
    monkeypatch.setattr(bench_collect, "FIRST", 3)
    monkeypatch.setattr(bench_collect, "apart", lambda folder: bench_collect.measured(str(folder)))
    first, rest = bench_collect.both(8)
    assert (first.files, rest.files) == (3, 5)
    assert min(*(c.seconds for c in (first, rest)), first.memory) > 0
    assert bench_collect.report([(8, (first, rest))]).splitlines()[2].startswith("| 8 |")


def test_feedback_sheets_are_measured():
    cost = bench_publish.measured(3, pdf=False)
    assert (cost.units, cost.pdf) == (3, 0)
    assert min(cost.apart, cost.books, cost.memory) > 0
    assert bench_publish.report([cost]).splitlines()[-1].startswith("| 3 |")
