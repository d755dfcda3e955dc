"""What a scheme stages for its demonstration: read without error, typed by the right people, nothing lost."""

from pathlib import Path

import pytest
from kit.staged import staged_tables

from xlperf.demo.stage import imposed, stage_of
from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import OFFICE
from xlperf.engine.score import score
from xlperf.entries.folder import read_data
from xlperf.formula.values import value_text
from xlperf.problems import errors
from xlperf.scheme.load import load_scheme

SCHEMES = Path(__file__).parents[2] / "schemes"
STAGED = sorted(folder.name for folder in (SCHEMES / "demo").iterdir())


@pytest.fixture(scope="module", params=STAGED)
def staged(request):
    folder = SCHEMES / request.param
    scheme, _ = load_scheme(folder)
    plan, problems = compile_scheme(scheme)
    assert problems == []
    return folder, scheme, plan, stage_of(folder, scheme, plan)


def test_there_is_a_staged_scheme():
    assert STAGED == ["dashiqiao-2017", "guannan-2009", "hebi-2021", "yangcheng-2020", "yiyang-2018"]


def test_the_tables_are_read_without_error(staged):
    """Only cells that the demonstration makes up may be missing: what scorers give for a fixed roster."""
    folder, scheme, plan, _ = staged
    problems = errors(read_data(scheme, SCHEMES / "demo" / folder.name)[1])
    fixed = {f"{s.table}.csv" for s in plan.sheets if not s.grows}
    assert [p for p in problems if p.code != "MISSING" or p.where.file not in fixed] == []


def test_every_ledger_and_register_is_shown(staged):
    _, _, plan, stage = staged
    empty = [s.name for s in plan.sheets if s.grows and not stage.rows(s)]
    assert empty == []


def test_what_is_staged_comes_back_whole_from_those_who_type_it(staged):
    """Claims by units, decisions by the office and the office's own rows are the staged rows again."""
    _, _, plan, stage = staged
    came = {name: [dict(r) for r in rows] for name, rows in stage.tables.items()}
    for sheet in (s for s in plan.sheets if s.claims is not None):
        for row in (r for r in came[sheet.table] if sheet.takes(r)):
            for column in sheet.inputs(OFFICE):
                if column.name != sheet.unit:
                    row[column.name] = None
    decided, entered = stage.decisions(came), stage.entered()
    claimed = [stage.claims(("unit", u["code"])) for u in stage.tables["units"]]
    for sheet in (s for s in plan.sheets if s.grows):
        for number, row in enumerate(stage.rows(sheet), 1):
            given = {c.name for c in sheet.inputs() if row.get(c.name) is not None} - {sheet.unit}
            key = value_text(row[sheet.key.name])
            if sheet.claims is None:
                typed = {c: v for (s, k, c), v in entered.items() if (s, k) == (sheet.name, f"+{number}")}
                assert {c: typed.get(c) for c in given} == {c: row[c] for c in given}
                continue
            if imposed(sheet, row):
                assert row[sheet.naming.name] in {v for (s, _, c), v in entered.items() if s == sheet.name}
                continue
            mine = [{(s, k): v for (s, k, c), v in cells.items() if c == sheet.naming.name} for cells in claimed]
            assert any(row.get(sheet.naming.name) in cells.values() for cells in mine)
            office = given & {c.name for c in sheet.inputs(OFFICE)}
            assert {c: decided.get((sheet.name, key, c)) for c in office} == {c: row[c] for c in office}


def test_deductions_are_imposed_by_the_office_and_claimed_by_nobody():
    """大石桥: no complaint comes in as a unit's bonus; each stands in the office's own rows with its kind."""
    folder = SCHEMES / "dashiqiao-2017"
    scheme, _ = load_scheme(folder)
    plan, _ = compile_scheme(scheme)
    stage = stage_of(folder, scheme, plan)
    ledger = stage.rows(plan.by_name["events"])
    bonuses = {row["item"] for row in ledger if row["kind"] == "加分"}
    claimed = {
        v for u in stage.tables["units"] for (_, _, c), v in stage.claims(("unit", u["code"])).items() if c == "item"
    }
    assert claimed == bonuses
    own = {key: {} for (s, key, _) in stage.entered() if s == "events"}
    for (s, key, column), value in stage.entered().items():
        if s == "events":
            own[key][column] = value
    assert {r["item"]: r["kind"] for r in own.values()} == {r["item"]: r["kind"] for r in ledger if r["kind"] != "加分"}


@pytest.mark.parametrize(("name", "low", "spread"), [("dashiqiao-2017", 85, 15), ("yiyang-2018", 75, 30)])
def test_the_staged_round_looks_like_a_county(name, low, spread):
    """Nobody is ranked first with 42 points, and what was achieved stands near its target."""
    folder = SCHEMES / name
    scheme, _ = load_scheme(folder)
    plan, _ = compile_scheme(scheme)
    scores = score(plan, staged_tables(folder, scheme, plan))
    shown = [r["shown"] for r in scores.rows("A")]
    assert None not in shown
    assert low <= min(shown) <= max(shown) <= 100
    assert max(shown) - min(shown) <= spread
    near = [
        r["verified"] / r["target"]
        for r in scores.rows("marks")
        if r["target"] and r["verified"] and not r.get("before")
    ]
    assert all(0.6 < x < 1.5 for x in near)
