"""Keys that a spreadsheet would take for one another are refused before a workbook is made."""

import shutil

import pytest
from kit.small_scheme import write

from xlperf.engine.check import check_source
from xlperf.scheme.checking.check import check_scheme
from xlperf.scheme.load import find_scheme, folder_source, load_scheme


@pytest.fixture
def three(tmp_path):
    path, _ = find_scheme("three-units")
    return shutil.copytree(path, tmp_path / "s")


@pytest.mark.parametrize("pair", [("001", "1"), (">5", "U2"), ("U*", "U2")])
def test_a_key_that_could_be_another_is_named(three, pair):
    for name in ("units.csv", "marks.csv"):
        file = three / name
        file.write_text(file.read_text("utf-8").replace("U1", pair[0]).replace("U2", pair[1]), "utf-8")
    scheme, problems = load_scheme(three)
    found = [p for p in check_scheme(scheme) if p.code == "KEY_CONFUSABLE" and p.where.file == "units.csv"]
    assert [(dict(p.values)["found"], p.where.line) for p in found][:1] == [(pair[0], 2)]
    assert problems == []


def test_ordinary_keys_pass(three):
    scheme, _ = load_scheme(three)
    assert [p for p in check_scheme(scheme) if p.code == "KEY_CONFUSABLE"] == []


def test_keys_of_two_sheets_of_one_table_are_held_against_each_other(tmp_path):
    units = "code,class,group,marks,note\nU1,A,甲组,10,\n001,A,甲组,20,\n1,B,乙组,30,\n"
    _, problems = check_source(folder_source(write(tmp_path, units=units)))
    found = [p for p in problems if p.code == "KEY_CONFUSABLE"]
    assert [(p.where.file, p.where.line) for p in found] == [("units.csv", 3), ("units.csv", 4)]


@pytest.mark.parametrize(("one", "other"), [("甲*组", "甲?组"), ("01", "1"), ("=甲", "乙")])
def test_groups_that_a_criterion_takes_for_one_another_are_named(tmp_path, one, other):
    units = f"code,class,group,marks,note\nU1,A,{one},10,\nU2,A,{other},20,\nU3,B,乙组,30,\n"
    _, problems = check_source(folder_source(write(tmp_path, units=units)))
    found = [p for p in problems if p.code == "TEXT_CONFUSABLE"]
    assert ("units.csv", 2, one) in [(p.where.file, p.where.line, dict(p.values)["found"]) for p in found]
    assert {dict(p.values)["title"] for p in found} == {"组别"}
