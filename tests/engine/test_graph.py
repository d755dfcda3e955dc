"""What reads what: one look at an expression serves every question, and it leaves nothing out."""

import pytest
from kit.small_plan import PLAN, rows

from xlperf.engine.compile import compile_scheme
from xlperf.engine.graph import Read, reads
from xlperf.engine.score import rows_of, score
from xlperf.formula.expression import col, count, link_of, mean, rank, total, via
from xlperf.formula.links import Link
from xlperf.scheme.load import find_scheme, load_scheme

KEYS = {"marks": "id", "units": "code"}


@pytest.mark.parametrize(
    ("expr", "wanted"),
    [
        (col("a") + col("b"), {("units", "a", "row"), ("units", "b", "row")}),
        (
            via("unit", "units", "name"),
            {("marks", "unit", "row"), ("units", "code", "key"), ("units", "name", "named")},
        ),
        (
            total("marks", "score", {"unit": col("code"), "kind": "加分"}),
            {
                ("units", "code", "row"),
                ("marks", "unit", "matched"),
                ("marks", "kind", "matched"),
                ("marks", "score", "rows"),
            },
        ),
        (mean("marks", "score", {}), {("marks", "score", "rows")}),
        (count("marks", {"unit": col("code")}), {("units", "code", "row"), ("marks", "unit", "matched")}),
        (
            rank("shown", {"group": col("group")}),
            {("units", "group", "row"), ("units", "group", "matched"), ("units", "shown", "peers")},
        ),
    ],
)
def test_each_look_is_taken_apart(expr, wanted):
    sheet = "marks" if expr.op == "via" else "units"
    assert {(r.sheet, r.column, r.how) for r in reads(expr, sheet, KEYS)} == wanted


def test_a_link_is_found_through_rule_calls_and_nothing_else_is_one():
    assert link_of(via("k", "s", "c")) == Link("via", "s", "c", key="k")
    assert link_of(col("a")) is None
    assert link_of(None) is None


def test_what_an_edit_touches_is_what_changes():
    """Change one input after the other and score anew: every column that differs was said to be touched."""
    tables = rows()
    before = score(PLAN, tables)
    tried = 0
    for sheet in PLAN.sheets:
        for column in sheet.inputs():
            for row in rows_of(PLAN, tables)[sheet.name]:
                kept = row.get(column.name)
                row[column.name] = None if kept is not None else ("通过" if column.holds == "text" else 1)
                after = score(PLAN, tables)
                row[column.name] = kept
                changed = {
                    (s.name, c.name)
                    for s, c in PLAN.computed()
                    if before.column(s.name, c.name) != after.column(s.name, c.name)
                }
                assert changed <= PLAN.graph.touched([(sheet.name, column.name)])
                tried += bool(changed)
    assert tried > 10


@pytest.mark.parametrize("name", ["dashiqiao-2017", "hebi-2021", "yiyang-2018", "three-units"])
def test_everything_a_scheme_reads_is_a_column_of_its_plan(name):
    plan, _ = compile_scheme(load_scheme(find_scheme(name)[0])[0])
    for made_from in plan.graph.reads.values():
        assert [r for r in made_from if r.column not in plan.by_name[r.sheet].by_name] == []
    assert Read("marks", "score", "rows") in {r for rs in plan.graph.reads.values() for r in rs} or name == "hebi-2021"
