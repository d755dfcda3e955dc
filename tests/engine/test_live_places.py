"""Places after an edit: only who was passed is looked at, and numbers keep their order without being sorted again."""

from fractions import Fraction
from random import Random

import pytest
from benchmarks.county import ID, filled, laid_out, write_scheme

from xlperf.engine import live as living
from xlperf.engine.live import Edit, Live
from xlperf.engine.score import score
from xlperf.formula.index import Index

UNITS = 90
RANKS = ("place", "seat", "place_low")
CHANGING = "among"
MARKS = [*(Fraction(n) for n in (40, 60, 60, 80, 80, 80, 100, 120)), None, Fraction("79.999"), Fraction(1, 3)]


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """Lay out the county with one more ranking, in a group that marks decide."""
    folder = write_scheme(tmp_path_factory.mktemp("county") / ID, UNITS)
    text = (folder / "scheme.yaml").read_text("utf-8")
    place = "      place: {title: 名次, rank: {by: shown, within: {group: group}}}\n"
    assert place in text
    more = place.replace("place: {title: 名次", "among: {title: 同等次").replace("group: group", "grade: grade")
    (folder / "scheme.yaml").write_text(text.replace(place, place + more), "utf-8")
    return laid_out(folder)


def level(scheme) -> dict:
    """Return the tables with all marks alike, so that places are shared."""
    tables = filled(scheme, UNITS)
    for row in tables["units"]:
        row.update({name: Fraction(80) if name.startswith("m") else Fraction(0) for name in row if name not in FACTS})
    return tables


FACTS = ("code", "name", "group", "district")


def kept_orders(index: Index) -> dict:
    return {
        (*at, group): (members, dict(there), numbers)
        for at, known in index._ordered.items()
        for group, (members, there, numbers) in known.items()
    }


def built_orders(live: Live) -> dict:
    """Return the same orders, sorted anew."""
    fresh, found = Index(live), {}
    for sheet, name, names, group in kept_orders(live.index):
        members, there, numbers = fresh.ordered(sheet, name, names, group)
        found[sheet, name, names, group] = (members, dict(there), numbers)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_places_among_equals_and_blanks_are_those_of_scoring_anew(county, seed):
    scheme, plan = county
    tables, draw = level(scheme), Random(seed)
    live = Live(score(plan, tables))
    for turn in range(120):
        edits = []
        for row in draw.sample(tables["units"], draw.choice((1, 1, 1, 3, 12))):  # of more than a few it is made anew
            name = draw.choice(("m1", "m2", "minus"))
            row[name] = draw.choice(MARKS)
            edits.append(Edit("units", row["code"], name, row[name]))
        moved = live.edit(*edits)
        again = score(plan, tables)
        for name in (*RANKS, CHANGING):
            assert list(live.column("units", name)) == list(again.column("units", name)), (turn, name)
        assert kept_orders(live.index) == built_orders(live)
        for move in moved:
            assert again.column(move.sheet, move.column)[move.position] == move.new
    assert {at[2] for at in kept_orders(live.index)} == {("group",), ("grade",)}


def test_only_who_was_passed_is_looked_at(county, monkeypatch):
    scheme, plan = county
    tables = filled(scheme, UNITS)
    live, looked = Live(score(plan, tables)), {}
    real = living.evaluate

    def evaluate(expr, sheet, source, *, rows=None, index=None):
        looked[id(expr)] = rows
        return real(expr, sheet, source, rows=rows, index=index)

    monkeypatch.setattr(living, "evaluate", evaluate)
    before = list(live.column("units", "shown"))
    mine = tables["units"][0]
    live.edit(Edit("units", mine["code"], "m1", mine["m1"] + 5 if mine["m1"] < 90 else mine["m1"] - 20))
    now = list(live.column("units", "shown"))
    ends = sorted((before[0], now[0]))
    group = [i for i, row in enumerate(tables["units"]) if row["group"] == mine["group"]]
    passed = [i for i in group if ends[0] <= now[i] <= ends[1]]
    assert before[0] != now[0]
    assert 0 < len(passed) < len(group)
    for name in RANKS:
        assert looked[id(plan.by_name["units"].by_name[name].expr)] == passed
