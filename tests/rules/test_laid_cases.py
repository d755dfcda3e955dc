"""Rules that lay steps into hidden columns: every row of their case tables on every face, and what they refuse."""

from __future__ import annotations

import pytest
from kit.judge import Judge, agrees
from kit.laid_cases import BLOCKS
from kit.laid_plans import MINE, RESULT, THEIRS, Block, differences

from xlperf.engine.reason import explain_cell
from xlperf.engine.refused import refused_rows
from xlperf.engine.score import score
from xlperf.formula.expression import col
from xlperf.formula.values import EXEMPT
from xlperf.rules import RULES

BY_NAME = {b.name: b for b in BLOCKS}


@pytest.mark.parametrize("block", BLOCKS, ids=lambda b: b.name)
def test_exact_and_array_face(block: Block):
    assert block.exact() == block.expected
    got = [x if x is None or isinstance(x, str) else float(x) for x in block.array()]
    assert all(agrees(g, e) for g, e in zip(got, block.expected, strict=True)), got


@pytest.mark.libreoffice
def test_formula_face(judge: Judge):
    assert differences(judge, BLOCKS) == []


REFUSED = {
    "shared_out.csv:11": ("SHARE_WEIGHTLESS", 2),
    "shared_out.csv:12": ("SHARE_WEIGHTLESS", 1),
    "shared_out.csv:13": ("SHARE_NOT_WHOLE", 2),
    "awarded.csv:9": ("AWARD_TIED", 2),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_rule_refuses_is_told_with_its_rows(name: str):
    block = BY_NAME[name]
    found = list(refused_rows(score(block.plan, block.tables)))
    code, count = REFUSED[name]
    assert [(p.code, dict(p.values)["count"]) for p in found] == [(code, str(count))]
    assert "m" in dict(found[0].values)["rows"]


def test_nothing_else_is_refused():
    others = [b for b in BLOCKS if b.name not in REFUSED]
    assert [p.text("en") for b in others for p in refused_rows(score(b.plan, b.tables))] == []


def test_a_share_and_an_award_are_explained_by_their_steps():
    share, award = BY_NAME["shared_out.csv:2"], BY_NAME["awarded.csv:4"]
    scores = score(share.plan, share.tables)
    told = explain_cell(scores, MINE, "m0", RESULT)
    assert told.because == ("权重1÷合计3，应得3333.3333份，先得3333份；余下1份，余数排第1，再得1份",)
    assert {p.title for p in told.parts} >= {"结果·应得份数", "结果·余数次序"}
    scores = score(award.plan, award.tables)
    assert explain_cell(scores, MINE, "m0", RESULT).because == ("不评：一票否决",)
    assert explain_cell(scores, MINE, "m1", RESULT).because == ("参评第1名，一等奖到第1名止",)


def test_what_is_looked_up_by_several_columns_may_be_exempt():
    """A cell that goes on from it must know, or its formula shows nothing where the engine says 不适用."""
    theirs = [{"id": "t0", "unit": "甲", "kind": "A", "value": EXEMPT}]
    expr = RULES["lookup"](of=(THEIRS, "value"), where={"unit": col("unit")})
    block = Block("lookup", expr, [{"id": "m0", "unit": "甲"}], [EXEMPT], theirs)
    assert block.exact() == [EXEMPT]
    assert (MINE, RESULT) in block.plan.exempt
