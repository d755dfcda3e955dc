"""How results are published stands in the scheme; what is given for this once goes before it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from kit.published import DAY, ready_round

from xlperf.engine.compile import compile_scheme
from xlperf.problems import errors
from xlperf.publish.papers.ground import Ground
from xlperf.publish.papers.notice import notice
from xlperf.publish.wishes import Wishes, settings_for
from xlperf.report.document import Table
from xlperf.scheme.load import find_scheme, load_scheme

SAID = "publish: {columns: [points, bonus], scores: no, notice_days: 3, near: 1.5}\n\nsheets:\n"


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    return ready_round(tmp_path_factory.mktemp("says") / "round")


@pytest.fixture
def scheme_with(tmp_path):
    def made(text, *changes):
        found, _ = find_scheme("three-units")
        folder = shutil.copytree(found if found.is_dir() else found.parent, tmp_path / "scheme")
        file = folder / "scheme.yaml"
        file.write_text(file.read_text("utf-8").replace("sheets:\n", text, 1), "utf-8")
        for was, now in changes:
            file.write_text(file.read_text("utf-8").replace(was, now, 1), "utf-8")
        return load_scheme(folder)

    return made


def under(ready, scheme, **wishes):
    return settings_for(replace(ready, scheme=scheme), Wishes(DAY, **wishes))


def heads(ready, settings):
    return [h.title for b in notice(Ground(ready.scores(), settings)).blocks if isinstance(b, Table) for h in b.heads]


def test_the_notice_is_as_the_scheme_says(ready, scheme_with):
    scheme, problems = scheme_with(SAID)
    assert not errors(problems)
    settings, wrong = under(ready, scheme)
    assert not wrong
    assert (settings.notice_days, settings.notice_due, settings.near) == (3, date(2026, 1, 13), Fraction(3, 2))
    assert heads(ready, settings) == ["名次", "单位", "指标得分合计", "加分（封顶）"]


def test_what_is_given_for_this_once_goes_before_it(ready, scheme_with):
    scheme, _ = scheme_with(SAID)
    settings, _ = under(ready, scheme, notice_days=0, columns=(), with_scores=True, near=Fraction(1))
    assert (settings.notice_due, settings.columns, settings.with_scores, settings.near) == (None, (), True, 1)


def test_a_scheme_that_says_nothing_is_published_as_usual(ready):
    settings, _ = settings_for(ready, Wishes(DAY))
    assert (settings.notice_days, settings.columns, settings.with_scores) == (5, (), True)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("{columns: [pionts]}", "UNKNOWN_COLUMN"),
        ("{columns: [points], score: no}", "UNKNOWN_KEY"),
        ("{notice_days: soon}", "NOT_A_WHOLE_NUMBER"),
        ("{near: close}", "NOT_A_FIGURE"),
        ("{scores: perhaps}", "WRONG_WORD"),
    ],
)
def test_what_is_wrong_with_it_is_told_with_its_line(scheme_with, said, code):
    _, problems = scheme_with(f"publish: {said}\n\nsheets:\n")
    found = errors(problems)
    assert len(found) == 1
    assert found[0].where.line > 0
    assert found[0].code == code


def test_a_private_column_is_refused_by_the_check(scheme_with):
    private = "points: {private: yes, title: 指标得分合计"
    scheme, problems = scheme_with(
        "publish: {columns: [points]}\n\nsheets:\n", ("points: {title: 指标得分合计", private)
    )
    assert not errors(problems)
    assert [p.code for p in errors(compile_scheme(scheme)[1])] == ["PUBLISH_PRIVATE"]
