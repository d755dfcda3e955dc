"""灌南 2009: the page that says where each rule stands names what is there; months go out to everybody."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from kit.guannan_years import FOLDER

from xlperf.engine.compile import compile_scheme
from xlperf.problems import errors
from xlperf.rounds.parcels import parcels_of
from xlperf.rounds.store import new_round
from xlperf.scheme.model import Scheme
from xlperf.scheme.reading.nodes import records, text

HOME = Path(__file__).parents[2]
PAGE = (HOME / "docs" / "guannan.md").read_text("utf-8")
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| GN-")]
QUOTED = re.compile(r"`([^`]+)`")
PAPER = re.compile(r"paper ([^,;]+)")
TESTS = {
    n for f in (HOME / "tests").rglob("test_*.py") for n in re.findall(r"^def (test_\w+)", f.read_text("utf-8"), re.M)
}


@pytest.fixture(scope="module")
def named(scheme: Scheme) -> set[str]:
    """Return everything of the scheme that a line may name."""
    plan, problems = compile_scheme(scheme, whole=True)
    assert errors(problems) == []
    found = {f"{s.name}.{c.name}" for s in plan.sheets for c in s.columns} | plan.by_name.keys()
    found |= scheme.readings.keys() | {e.name for e in scheme.earlier} | {c.says for c in scheme.stated}
    return found | {p.id for p in scheme.periods} | {"publish", "appeal"}


def test_every_rule_of_the_regulation_has_one_line():
    assert [row[0] for row in ROWS] == [f"GN-{n:02}" for n in range(1, 58)]
    assert {len(row) for row in ROWS} == {4}


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_what_a_line_names_is_there(scheme, named, row):
    _, clause, computed, held = row
    assert clause.strip()
    assert QUOTED.findall(computed), "something computes it"
    assert [name for name in QUOTED.findall(computed) if name not in named] == []
    basis = {str(text(n, "basis")) for n in records(scheme.paper, "decided_by_people")}
    basis |= {str(text(n, "basis")) for n in records(scheme.paper, "slips")}
    said = [words.strip(" |") for words in PAPER.findall(computed)]
    assert [words for words in said if words not in basis] == []
    cases = {e.id for e in scheme.examples}
    holds = [word.strip("` ") for word in held.split(",")]
    assert holds
    assert [word for word in holds if word not in cases | TESTS] == []


def test_the_clauses_say_who_scores(scheme, plan):
    """三: the county's offices and departments score units, the discipline committee 廉政, units their own people."""
    who = {(s.name, c.name): c.by for s in plan.sheets for c in s.inputs()}
    assert (who["clean", "cut"], who["cadres", "clean"]) == ("县纪委", "县纪委")
    assert (who["county", "survey"], who["county", "report"]) == ("县优化办", "office")
    assert {who["quantity", "verified"], who["quality", "lead"], who["family", "cut"]} == {"lead"}
    assert {who["cadres", name] for name in ("duty", "merit", "grade")} == {"unit"}
    rows = [r for r in scheme.tables["annex1"] if r["annex"] != "部门" or r["kind"] != "承担"]
    assert {r["scorer"] for r in rows} - {None} <= {s.name for s in scheme.scorers}


def test_a_month_of_the_county_goes_out_to_units_and_cadres(tmp_path):
    """78 units and 434 cadres have a book each; heads of units, who are not self-rated as cadres, have none."""
    round_, problems = new_round(FOLDER, tmp_path / "q1", period="q1")
    assert errors(problems) == []
    parcels = list(parcels_of(round_))
    assert [sum(p.kind == kind for p in parcels) for kind in ("unit", "people", "scorer", "master")] == [78, 434, 0, 1]
    assert {*round_.plan.by_name} == {
        "unit_course", "cadre_course", "cadre_daily", "daily", "unit_months", "cadre_months", "cadre_grades",
    }  # fmt: skip
    asked = {c.name for c in round_.plan.by_name["unit_course"].inputs() if c.asked is None}
    assert asked == {"account", "self_grade", "checked", "organised"}


def test_the_scheme_is_short_beside_the_regulation():
    """Without its tables and worked examples: lines that say something, the part of its own among them."""
    words = (FOLDER / "scheme.yaml").read_text("utf-8").partition("\nexamples:")[0]
    words += "".join(part.read_text("utf-8") for part in (FOLDER / "parts").glob("*.yaml"))
    lines = [line for line in map(str.strip, words.splitlines()) if line and not line.startswith("#")]
    assert 500 < len(lines) <= 600
