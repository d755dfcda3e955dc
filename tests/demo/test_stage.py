"""What a scheme stages for its demonstration: read without error, typed by the right people, nothing lost."""

from pathlib import Path

import pytest

from xlperf.demo.stage import stage_of
from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import OFFICE
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
    assert "hebi-2021" in STAGED


def test_the_tables_are_read_without_error(staged):
    """Only cells that the demonstration makes up may be missing: what scorers give for a fixed roster."""
    folder, scheme, plan, _ = staged
    told = errors(read_data(scheme, SCHEMES / "demo" / folder.name)[1])
    fixed = {f"{s.table}.csv" for s in plan.sheets if not s.grows}
    assert [p for p in told if p.code != "MISSING" or p.where.file not in fixed] == []


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
    claimed = [stage.claims(u["code"]) for u in stage.tables["units"]]
    for sheet in (s for s in plan.sheets if s.grows):
        for number, row in enumerate(stage.rows(sheet), 1):
            given = {c.name for c in sheet.inputs() if row.get(c.name) is not None} - {sheet.unit}
            key = value_text(row[sheet.key.name])
            if sheet.claims is None:
                typed = {c: v for (s, k, c), v in entered.items() if (s, k) == (sheet.name, f"+{number}")}
                assert {c: typed.get(c) for c in given} == {c: row[c] for c in given}
                continue
            mine = [{(s, k): v for (s, k, c), v in cells.items() if c == sheet.naming.name} for cells in claimed]
            assert any(row.get(sheet.naming.name) in cells.values() for cells in mine)
            office = given & {c.name for c in sheet.inputs(OFFICE)}
            assert {c: decided.get((sheet.name, key, c)) for c in office} == {c: row[c] for c in office}
