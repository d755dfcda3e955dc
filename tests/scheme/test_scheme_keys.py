"""Keys that a spreadsheet would take for one another are refused before a workbook is made."""

import shutil

import pytest

from xlperf.scheme.checking.check import check_scheme
from xlperf.scheme.load import find_scheme, load_scheme


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
