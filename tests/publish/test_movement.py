"""Who moved against the round before: every place counted, those who cannot be compared named with the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from kit.published import SETTINGS, ready_round

from xlperf.engine.live import Edit, Live
from xlperf.publish.papers.movement import movement, movement_charts, moves
from xlperf.publish.publication import documents_of, ground_of
from xlperf.report.document import EDITIONS, Table
from xlperf.rounds.chain import frozen_of
from xlperf.rounds.freeze import freeze


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """A year later: the first has fallen behind the two others, and another unit bears the third's name."""
    round_ = ready_round(tmp_path_factory.mktemp("movement") / "round")
    freeze(round_, [], today=date(2026, 1, 31))
    found, _ = frozen_of([round_.folder])
    after = replace(round_, year=2027, earlier=tuple(found))
    live = Live(round_.scores())
    key = next(r["id"] for r in round_.scores().rows("marks") if r["unit"] == "U2" and r["lead"] is not None)
    live.edit(Edit("marks", key, "lead", 0))
    return ground_of(after, live.scores(), SETTINGS), after


def test_everybody_is_compared_with_the_place_of_then(ground):
    ((ranking, some, gone),) = moves(ground[0])
    rows = ground[0].scores.rows(ranking.sheet)
    risen = {rows[m.position]["code"]: m.risen for m in some}
    assert risen == {"U1": 1, "U2": -2, "U3": 1}
    assert not gone


def test_the_list_and_the_chart_say_it(ground):
    (document,) = movement(ground[0])
    table = next(b for b in document.blocks if isinstance(b, Table))
    assert [row[0] for row in table.rows] == ["城关镇", "北山镇", "河东镇"]
    assert [row[4] for row in table.rows] == ["上升1名", "上升1名", "下降2名"]
    assert [row[2] - row[3] for row in table.rows] == [1, 1, -2]
    (chart,) = movement_charts(ground[0])
    assert chart.categories == ("城关镇", "北山镇", "河东镇")
    assert [int(v) for v in chart.series[0].values] == [1, 1, -2]


def test_it_is_among_the_documents_of_the_office_only(ground):
    on, after = ground
    kinds = {e: [d.kind for d in documents_of(after, on.scores, SETTINGS, [e])] for e in EDITIONS}
    assert "名次变动" in kinds["internal"]
    assert "名次变动" not in [*kinds["unit"], *kinds["public"]]


def test_another_group_and_a_new_unit_are_not_counted(ground):
    on, _ = ground
    frozen = on.last.earlier.results.sheets
    sheet = on.scores.plan.rankings[0].sheet
    rows = list(frozen[sheet].rows)
    at = list(frozen[sheet].columns).index("group")
    rows = [tuple("城区" if i == at else v for i, v in enumerate(rows[0])), *rows[2:]]
    results = replace(on.last.earlier.results, sheets={**frozen, sheet: replace(frozen[sheet], rows=tuple(rows))})
    other = replace(on, last=replace(on.last, earlier=replace(on.last.earlier, results=results)))
    ((_, some, _),) = moves(other)
    assert [(m.risen, m.why) for m in some] == [(None, "换了组别，不能比"), (None, "上轮没有名次"), (1, "")]


def test_without_a_round_before_there_is_no_such_list(ground):
    alone = replace(ground[0], last=None)
    assert not list(movement(alone))
    assert not list(movement_charts(alone))
