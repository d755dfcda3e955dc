"""`xlperf whatif`: one cell tried, judged like any cell, and only what somebody types can be tried."""

import json
from fractions import Fraction

import pytest
from click.testing import CliRunner

from xlperf.cli.door import main
from xlperf.cli.trial import typed
from xlperf.engine.compile import compile_scheme
from xlperf.engine.live import Edit
from xlperf.engine.score import score
from xlperf.engine.shapes import exact
from xlperf.entries.folder import read_data
from xlperf.scheme.load import find_scheme, load_scheme

MARKS = ["id,verified,lead"] + [
    f"U{u}-{n},{v},{m}" for u in "123" for n, v, m in ((1, 60, ""), (2, 2400, ""), (3, 5, ""))
]
LEADS = [f"U{u}-4,,{15 + int(u)}" for u in "123"]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    home = tmp_path_factory.mktemp("trial")
    (home / "marks.csv").write_text("\n".join([*MARKS, *LEADS]) + "\n", "utf-8")
    return home


def run(data, *words):
    runner = CliRunner(env={"XLPERF_LANG": "zh"})
    return runner.invoke(main, ["whatif", *words, "--scheme", "three-units", "--data", str(data)])


def test_it_says_what_scoring_with_the_cell_would_say(data):
    done = run(data, "marks:U3-4", "lead", "0", "--json")
    assert done.exit_code == 0, done.output
    changes = {(c["key"], c["column"]): (c["old"], c["new"]) for c in json.loads(done.stdout)["changes"]}
    scheme, _ = load_scheme(find_scheme("three-units")[0])
    plan, _ = compile_scheme(scheme)
    tables, _ = read_data(scheme, data, {})
    was = score(plan, tables)
    next(r for r in tables["marks"] if r["id"] == "U3-4")["lead"] = Fraction(0)
    now = score(plan, tables)
    wanted = {
        (key, name): (exact(was.row("totals", key)[name]), exact(now.row("totals", key)[name]))
        for key in was.key("totals")
        for name in ("shown", "place", "seat")
        if was.row("totals", key)[name] != now.row("totals", key)[name]
    }
    assert changes == wanted
    assert {key for key, _ in changes} > {"U3"}, "another unit's place moves too"
    assert "综合得分" in run(data, "marks:U3-4", "lead", "0").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("marks:U1-4", "lead", "1800"), "1800"),
        (("marks:U1-4", "score", "3"), "不是填写的"),
        (("marks:U9-9", "lead", "3"), "没有“U9-9”这一行"),
        (("marks:U1-4", "leed", "3"), "没有“leed”这一列"),
    ],
)
def test_what_may_not_stand_in_the_cell_is_refused(data, words, said):
    done = run(data, *words)
    assert done.exit_code == 1
    assert said in done.output
    assert json.loads(run(data, *words, "--json").stdout)["problems"]


def test_what_a_cell_holds_already_changes_nothing(data):
    assert "都不变" in run(data, "marks:U1-4", "lead", "16").output
    assert "都不变" not in run(data, "marks:U1-4", "lead", "空").output


def test_a_cell_that_decides_which_rows_there_are_is_not_tried():
    scheme, _ = load_scheme(find_scheme("yangcheng-2020")[0])
    plan, _ = compile_scheme(scheme)
    tables, scores = scheme.tables, score(plan, scheme.tables)
    makers = {t.table for made in plan.made.values() for t in (made.each, made.other) if t is not None}
    tried = 0
    for sheet in (s for s in plan.sheets if scores.size(s.name)):
        for column in sheet.inputs():
            edit, problems = typed(scores, tables, (sheet.name, scores.key(sheet.name)[0], column.name), "空")
            tried += sheet.table in makers
            assert ([p.code for p in problems] == ["TRIAL_MAKES_ROWS"]) == (sheet.table in makers)
            assert (edit is None) == (sheet.table in makers)
            assert edit is None or isinstance(edit, Edit)
    assert tried
