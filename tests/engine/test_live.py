"""Scoring what an edit touches gives the same as scoring everything anew."""

import os
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from kit.masters import laid_out
from kit.simulated import simulated
from kit.small_plan import PLAN, rows

from xlperf.engine.compile import compile_scheme
from xlperf.engine.live import Edit, Live, NotAnInput, is_akin
from xlperf.engine.plan import Column, Plan
from xlperf.engine.score import rows_of, score
from xlperf.formula.values import EXEMPT
from xlperf.problems import errors
from xlperf.scheme.load import find_scheme, load_scheme

SCHEMES = ["three-units", "dashiqiao-2017", "hebi-2021", "yiyang-2018"]


def some_value(random: Random, column: Column, keys: list) -> object:
    if random.random() < 0.2:
        return None
    if column.choices:
        return random.choice(column.choices)
    if column.offers or column.holds == "text":
        return random.choice(keys) if column.offers else random.choice(["甲", "乙", "通过"])
    if column.exempt and random.random() < 0.2:
        return EXEMPT
    return Fraction(random.randint(0, 400), random.choice([1, 2, 4]))


def ledger(scheme, plan: Plan, tables: dict) -> None:
    """Give every sheet that grows a few rows, as a ledger has after some weeks."""
    units = [r["code"] for r in tables["units"]]
    for sheet in (s for s in plan.sheets if s.grows):
        for i, code in enumerate(units[:4] * 2):
            row = {
                sheet.key.name: f"{sheet.name}{i}" if sheet.key.holds == "text" else Fraction(1000 + i),
                **sheet.where,
            }
            tables.setdefault(sheet.table, []).append(row | ({sheet.unit: code} if sheet.unit else {}))


def held(live: Live, random: Random, tables: dict, edits: int) -> int:
    plan, changed = live.plan, 0
    inputs = [(s, c) for s in plan.sheets for c in s.inputs() if live.size(s.name)]
    units = [r["code"] for r in tables["units"]]
    for _ in range(edits):
        sheet, column = random.choice(inputs)
        position = random.randrange(live.size(sheet.name))
        key = live.key(sheet.name)[position]
        value = some_value(random, column, units)
        changed += len(live.edit(Edit(sheet.name, key, column.name, value)))
        row = next(r for r in rows_of(plan, tables)[sheet.name] if r.get(sheet.key.name) == key)
        row[column.name] = value
    again = score(plan, tables)
    assert live.scores().values == {s: {c: list(v) for c, v in cs.items()} for s, cs in again.values.items()}
    return changed


@pytest.mark.parametrize("name", SCHEMES)
def test_random_edits_of_a_scheme_give_what_scoring_anew_gives(name):
    scheme, plan = laid_out(name)
    tables = {t: [dict(r) for r in found] for t, found in scheme.tables.items()}
    ledger(scheme, plan, tables)
    live, random = Live(score(plan, tables)), Random(name)
    assert sum(held(live, random, tables, 30) for _ in range(5)) > 150


def test_random_edits_of_the_small_plan_give_what_scoring_anew_gives():
    tables = rows()
    live, random = Live(score(PLAN, tables)), Random(1)
    assert sum(held(live, random, tables, 1) for _ in range(300)) > 300


def test_an_edit_that_changes_nothing_moves_nothing():
    tables = rows()
    live = Live(score(PLAN, tables))
    sheet = PLAN.by_name["marks"]
    key = live.key("marks")[0]
    assert live.edit(Edit("marks", key, "self", live.column("marks", "self")[0])) == []
    with pytest.raises(NotAnInput):
        live.edit(Edit("marks", key, "score", Fraction(1)))
    with pytest.raises(KeyError):
        live.edit(Edit("marks", "nobody", "self", Fraction(1)))
    assert sheet.by_name["score"].expr is not None


# ---- another reading ----------------------------------------------------------------------------------

EVERY = bool(os.environ.get("XLPERF_EVERY"))  # every option of every scheme, instead of some of two
MANY = ["yiyang-2018", "yangcheng-2020", *(["dashiqiao-2017", "hebi-2021", "guannan-2009"] if EVERY else [])]


def values_of(scores):
    return {s: {c: list(cells) for c, cells in columns.items()} for s, columns in scores.values.items()}


@pytest.mark.parametrize("name", MANY)
def test_another_option_of_a_reading_gives_what_scoring_anew_gives(name):
    scheme, _ = load_scheme(find_scheme(name)[0])
    plan, _ = compile_scheme(scheme)
    tables = simulated(plan, scheme.tables, 7)
    scores, moved = score(plan, tables), 0
    options = [(r.id, o) for r in scheme.open_readings.values() for o in r.options if o != plan.readings[r.id]]
    for reading, option in options if EVERY else Random(name).sample(options, 4):
        other, problems = compile_scheme(scheme, {**plan.readings, reading: option})
        if errors(problems):
            continue
        assert is_akin(plan, other)
        before = values_of(scores)
        found = values_of(Live(scores, other).scores())
        assert found == values_of(score(other, tables))
        assert values_of(scores) == before, "what it began with stays"
        moved += found != before
    assert moved


def test_plans_with_other_rows_or_defaults_are_not_akin():
    [marks, *others] = PLAN.sheets
    assert is_akin(PLAN, PLAN)
    for spoilt in (
        replace(marks, where={"kind": "加分"}),
        replace(marks, columns=tuple(replace(c, default=Fraction(7)) if c.expr is None else c for c in marks.columns)),
        replace(marks, columns=tuple(c for c in marks.columns if c.kind != "input")),
    ):
        assert not is_akin(PLAN, replace(PLAN, sheets=(spoilt, *others)))
