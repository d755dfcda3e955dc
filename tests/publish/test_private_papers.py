"""Private columns never leave: not on the sheet of a department, not on the public notice."""

from dataclasses import replace

import pytest
from kit.published import SETTINGS
from kit.simulated import simulated

from xlperf.engine.compile import compile_scheme
from xlperf.engine.score import score
from xlperf.formula.values import shown
from xlperf.publish.papers.feedback import feedback
from xlperf.publish.papers.ground import Ground
from xlperf.publish.papers.notice import column_problems, notice
from xlperf.scheme.load import find_scheme, load_scheme


@pytest.fixture(scope="module")
def ground():
    path, _ = find_scheme("yangcheng-2020")
    scheme, _ = load_scheme(path)
    plan, _ = compile_scheme(scheme)
    return Ground(score(plan, simulated(plan, scheme.tables, 7, blanks=0)), SETTINGS)


def test_no_private_heading_is_on_what_leaves_the_office(ground):
    plan = ground.scores.plan
    private = {plan.by_name[s].by_name[c].title for s, c in plan.private}
    public = {c.title for s in plan.sheets for c in s.columns if (s.name, c.name) not in plan.private}
    for document in [*feedback(ground), notice(ground)]:
        said = {text for line in document.printed() for text in line}
        assert said & (private - public) == set()


def test_pay_of_people_is_on_no_sheet(ground):
    pay = {shown(v, 2) for v in ground.scores.column("people", "due") if v is not None and len(shown(v, 2)) > 5}
    said = {text for d in [*feedback(ground), notice(ground)] for line in d.printed() for text in line}
    assert pay
    assert pay & said == set()


def test_a_private_column_is_refused_on_the_notice(ground):
    plan = ground.scores.plan
    home = plan.by_name["departments"]
    columns = tuple(replace(c, private=c.name == "tier_name") for c in home.columns)
    sheets = tuple(replace(s, columns=columns) if s is home else s for s in plan.sheets)
    assert [p.code for p in column_problems(replace(plan, sheets=sheets), ("tier_name",))] == ["PUBLISH_PRIVATE"]
    assert list(column_problems(plan, ("tier_name",))) == []
