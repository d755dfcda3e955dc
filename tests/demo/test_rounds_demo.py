"""The demonstration round, whole: what is broken on purpose is found, what is right is ranked.

The command of the README is run once, in one process, for all that is asked of it.
"""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from kit.rounds import reopened

from xlperf.cli import main
from xlperf.cli import rounds as commands
from xlperf.demo.demo import run_demo
from xlperf.demo.mishaps import AT, NEVER_CORRECTED
from xlperf.publish.results import ranking_csv, score_round
from xlperf.rounds.parcels import parcels_of
from xlperf.rounds.publication import anchor_of
from xlperf.rounds.recompute import recomputed
from xlperf.scheme.load import find_scheme

ROOT = Path(__file__).parents[2]
INPUTS = """
import hashlib
from xlperf.demo.simulate import Simulation
from xlperf.engine.compile import compile_scheme
from xlperf.engine.roster import MASTER, Roster
from xlperf.scheme.load import find_scheme, load_scheme
scheme, _ = load_scheme(find_scheme("dashiqiao-2017")[0])
made = Simulation(compile_scheme(scheme)[0], scheme.tables, scheme.office, 1)
parties = [("unit", unit) for unit in made._roster.units] + [("scorer", s.name) for s in scheme.scorers] + [MASTER]
inputs = [(made.inputs(p), made.claims(p[1]) if p[0] == "unit" else {}) for p in parties]
print(hashlib.sha256(repr(inputs).encode()).hexdigest())
"""

CODES = {
    "words": ["CELL_ERROR", "MISSING", "NOT_A_NUMBER", "OUT_OF_RANGE"],
    "last_year": ["WRONG_ROUND"],
    "neighbour": ["NAMED_OTHERWISE"],
    "pdf": ["NOT_A_WORKBOOK"],
    "truncated": ["DAMAGED"],
    "pasted": ["WRONG_UNIT"],
    "locked": ["LOCKED_CHANGED"],
    "percent": ["PERCENT_AMBIGUOUS"],
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Run `xlperf demo`: what it comes to, and what it prints."""
    results = []

    def kept(*words, **options):
        results.append(run_demo(*words, **options))
        return results[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands, "run_demo", kept)
        folder = tmp_path_factory.mktemp("demo") / "演示"
        done = CliRunner(env={"XLPERF_LANG": "zh"}).invoke(main, ["demo", "--out", str(folder)])
    assert done.exit_code == 0, done.output
    [(result, problems)] = results
    assert result is not None, problems
    return result, done.stdout


@pytest.fixture(scope="module")
def demo(run):
    return run[0]


def ranking(text: str) -> list[list[str]]:
    return [words for line in text.splitlines() if len(words := line.split()) == 4 and words[1].startswith("U")]


def test_the_ranking_in_the_readme_is_the_one_that_it_prints(run):
    """So it is also the same from one machine and one day to the next."""
    shown = ranking((ROOT / "README.md").read_text("utf-8"))
    assert len(shown) >= 10
    assert shown == ranking(run[1])[: len(shown)]


def test_the_last_line_is_the_command_that_publishes_it(run):
    (line,) = [line for line in run[1].splitlines() if "反馈单、公示" in line]
    words = shlex.split(line)
    words = words[words.index("publish") : -1]
    assert "--incomplete" in words  # one unit never sent anything, on purpose
    done = CliRunner(env={"XLPERF_LANG": "zh"}).invoke(main, [*words, "--edition", "public", "--dry-run"])
    assert done.exit_code == 3, done.output
    assert "将写出 公示 1" in done.output
    without = words[: words.index("--incomplete")]
    refused = CliRunner(env={"XLPERF_LANG": "zh"}).invoke(main, [*without, "--dry-run"])
    assert refused.exit_code == 1
    assert "--incomplete" in refused.output


def test_its_master_book_recalculated_is_the_same(demo, tmp_path):
    book = demo.round.out / "总表.xlsx"
    found = recomputed(book, tmp_path / "out.xlsx")
    assert found is not None
    assert found.problems == ()
    before, after = (values(file) for file in (book, tmp_path / "out.xlsx"))
    assert {at: (value, after.get(at)) for at, value in before.items() if after.get(at) != value} == {}


def values(file):
    book = openpyxl.load_workbook(file, data_only=True)
    return {(s.title, c.coordinate): c.value for s in book for row in s.iter_rows() for c in row}


def test_every_mishap_is_answered_with_its_code(demo):
    units = [p for p in parcels_of(demo.round) if p.kind == "unit"]
    for number, mishap in AT.items():
        found = [r for r in demo.first.receipts if units[number].name in r.file]
        codes = sorted({p.code for r in found for p in r.problems if p.severity == "error"})
        assert codes == CODES.get(mishap, []), (mishap, found)


def test_all_are_ranked_but_the_one_that_never_came(demo):
    absent = next(n for n, m in AT.items() if m == NEVER_CORRECTED)
    units = [p for p in parcels_of(demo.round) if p.kind == "unit"]
    places = dict(zip(demo.scores.column("A", "code"), demo.scores.column("A", "place"), strict=True))
    assert [code for code, place in places.items() if place is None] == [units[absent].whom]
    assert max(p for p in places.values() if p is not None) <= 43
    assert [m.whom for m in demo.last.missing] == [units[absent].whom]
    assert ranking_csv(demo.scores).count('"—"') == ranking_csv(demo.scores).count("资料不全") == 1


def test_the_same_seed_gives_the_same_inputs_in_another_process(demo):
    """All that follows from them is compared with what the README has printed since."""
    done = subprocess.run(
        [sys.executable, "-c", INPUTS],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        check=True,
    )
    scope = {}
    exec(INPUTS.replace("print(", "shown = ("), scope)
    assert done.stdout.decode().strip() == scope["shown"]


def test_the_same_seed_gives_the_same_ranking(tmp_path):
    path, _ = find_scheme("three-units")
    first, again = (run_demo(path, tmp_path / name)[0] for name in ("first", "again"))
    assert ranking_csv(again.scores) == ranking_csv(first.scores)


def test_the_ranking_comes_again_from_the_ledger_alone(demo, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(demo.round.folder, copy)
    for name in ("issued", "inbox", "out"):
        shutil.rmtree(copy / name)
    assert ranking_csv(score_round(reopened(copy)), anchor_of(demo.round.ledger)) == (
        demo.round.out / "排名.csv"
    ).read_bytes().decode("utf-8-sig")
