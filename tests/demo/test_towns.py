"""What is appraised may be called otherwise than units: whoever asks for them asks the scheme which they are."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from click.testing import CliRunner
from kit.rounds import reopened

from xlperf.cli import main
from xlperf.demo.simulate import Simulation
from xlperf.engine.check import check_source
from xlperf.engine.compile import compile_scheme
from xlperf.rounds.parcels import parcels_of
from xlperf.scheme.find import find_scheme
from xlperf.scheme.load import folder_source, load_scheme


def copied(folder):
    return shutil.copytree(find_scheme("three-units")[0], folder)


@pytest.fixture
def towns(tmp_path):
    """Write three-units with `towns` in place of `units`: the table, the object, the file."""
    folder = copied(tmp_path / "three-towns")
    (folder / "units.csv").rename(folder / "towns.csv")
    text = (folder / "scheme.yaml").read_text("utf-8")
    assert "units" in text
    (folder / "scheme.yaml").write_text(re.sub(r"\bunits\b", "towns", text), "utf-8")
    return folder


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("XLPERF_LANG", "zh")
    return lambda *words: CliRunner().invoke(main, [str(w) for w in words])


def told(folder):
    return [(p.code, dict(p.values).get("found", "")) for p in check_source(folder_source(folder))[1]]


def swapped(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_the_copy_is_as_green_as_what_it_was_taken_from(towns):
    assert told(towns) == []


def test_the_scheme_says_which_table_its_units_are(towns):
    assert load_scheme(towns)[0].home == "towns"
    assert load_scheme(find_scheme("hebi-2021")[0])[0].home == "units"


def test_a_row_of_a_unit_that_is_not_there_is_told(towns):
    swapped(towns / "marks.csv", "U3-4,U3,", "U3-4,U99,")
    found = [p for p in check_source(folder_source(towns))[1] if p.code == "ROW_UNKNOWN"]
    assert [dict(p.values)["found"] for p in found] == ["U99"]
    assert "towns" in found[0].text("zh")


def test_a_row_without_its_unit_is_told(towns):
    swapped(towns / "marks.csv", "U3-4,U3,", "U3-4,,")
    assert "ROW_WITHOUT_UNIT" in [code for code, _ in told(towns)]


def test_a_unit_that_no_sheet_takes_is_told_once(towns):
    swapped(towns / "scheme.yaml", "    rows: towns\n", "    rows: towns\n    where: {group: 街道}\n")
    found = told(towns)
    assert [code for code, _ in found].count("UNIT_IN_NO_SHEET") == 3
    assert "WHERE_NO_ROW" not in [code for code, _ in found]


def test_the_roster_may_come_with_each_round(towns):
    for name, table in (("towns", towns), ("units", copied(towns.parent / "with-units"))):
        swapped(table / "scheme.yaml", f"  {name}: {name}.csv\n", "")
        (table / f"{name}.csv").unlink()
    assert [code for code, _ in told(towns)] == [code for code, _ in told(table)]


def test_an_example_stands_on_its_own_units(towns):
    swapped(towns / "scheme.yaml", "      towns: [{code: A, name: 甲, group: 组, indicators: 2, full_mark: 100}]\n", "")
    swapped(towns / "scheme.yaml", "totals: {A: {points", "totals: {U1: {points")
    assert ("EXAMPLE_NO_ROW", "") in told(towns)


def test_its_units_are_counted(run, towns, monkeypatch):
    monkeypatch.setattr("xlperf.cli.schemes.schemes_available", lambda: [towns])
    assert [s["units"] for s in json.loads(run("schemes", "--json").stdout)] == [3]


def test_the_office_imposes_deductions_on_its_units(towns):
    scheme, _ = load_scheme(towns)
    plan, _ = compile_scheme(scheme)
    imposed = Simulation(plan, scheme.tables, scheme.office, 1).imposed(2)
    assert {value for (_, _, column), value in imposed.items() if column == "unit"} < {"U1", "U2", "U3"}
    assert imposed


def test_units_are_scored(run, towns, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    lines = (towns / "marks.csv").read_text("utf-8").splitlines()
    filled = [f"{line},{'' if line.endswith(',') else 60},{18 if line.endswith(',') else ''}" for line in lines[1:]]
    (data / "marks.csv").write_text("\n".join([lines[0] + ",verified,lead", *filled]) + "\n", "utf-8")
    done = run("score", "--scheme", towns, "--data", data, "--json")
    assert done.exit_code in (0, 3), done.output
    units = json.loads(done.stdout)["units"]
    assert {code: unit["place"] for code, unit in units.items()} == {"U1": "3", "U2": "2", "U3": "1"}


def test_books_go_to_every_unit_and_the_demonstration_runs(run, towns, tmp_path):
    done = run("new", towns, tmp_path / "考核")
    assert done.exit_code == 0, done.output
    done = run("distribute", tmp_path / "考核")
    assert done.exit_code == 0, done.output
    parcels = parcels_of(reopened(tmp_path / "考核"))
    assert [p.whom for p in parcels if p.kind == "unit"] == ["U1", "U2", "U3"]
    done = run("demo", "--out", tmp_path / "演示", "--scheme", towns)
    assert done.exit_code in (0, 3), done.output
    text = next((tmp_path / "演示").rglob("排名.csv")).read_text("utf-8-sig")
    assert all(name in text for name in ("城关镇", "河东镇", "北山镇"))
