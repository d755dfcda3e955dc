"""考核对象 and roles: said once in the scheme, read everywhere, and told where they lead nowhere."""

import pytest
from kit.small_scheme import SCHEME, write

from xlperf.engine.compile import compile_scheme
from xlperf.engine.roles import open_roles
from xlperf.engine.roster import Roster
from xlperf.scheme.load import find_scheme, load_scheme, read_scheme

OBJECTS = "objects:\n"


def told(tmp_path, text):
    write(tmp_path, scheme=text)
    _, problems = read_scheme(tmp_path)
    return [(p.code, dict(p.values).get("found", "")) for p in problems if p.severity == "error"]


def with_objects(lines):
    return SCHEME.replace("tables:", f"objects:\n{lines}\ntables:", 1)


@pytest.mark.parametrize(
    ("lines", "code", "found"),
    [
        ("  unit: {title: 单位}", "OBJECT_NO_TABLE", "unit"),
        ("  units: {title: 单位, name: nome}", "OBJECT_NO_COLUMN", "nome"),
        ("  units: {title: 单位, within: units}", "OBJECT_WITHIN", "units"),
        ("  units: {title: 单位, within: towns}", "OBJECT_WITHIN", "towns"),
        ("  units: {title: 单位, within: marks}\n  marks: {title: 项, within: units}", "OBJECT_NO_UNITS", ""),
    ],
)
def test_objects_that_lead_nowhere_are_told(tmp_path, lines, code, found):
    assert (code, found) in told(tmp_path, with_objects(lines))


def test_one_role_stands_once_in_a_sheet(tmp_path):
    text = SCHEME.replace("title: 分值", "title: 分值, role: label", 1).replace(
        "title: 考核主体", "title: 考核主体, role: label", 1
    )
    assert ("ROLE_TWICE", "") in told(tmp_path, text)


def test_an_unknown_role_is_told_with_those_there_are(tmp_path):
    assert ("WRONG_WORD", "lable") in told(tmp_path, SCHEME.replace("title: 分值", "title: 分值, role: lable", 1))


@pytest.mark.parametrize("name", ["dashiqiao-2017", "hebi-2021", "yiyang-2018", "three-units"])
def test_rankings_and_objects_give_roles_to_their_columns(name):
    scheme, _ = load_scheme(find_scheme(name)[0])
    plan, _ = compile_scheme(scheme)
    assert plan.units is not None
    assert plan.units.table == "units"
    for ranking in plan.rankings:
        sheet = plan.by_name[ranking.sheet]
        assert sheet.label is not None
        assert sheet.label.name == "name"
        assert sheet.by_name[ranking.place].role == "place"
        assert sheet.by_name[ranking.score].role == "composite"
    assert [p.text() for p in open_roles(plan)] == []


def test_the_roster_knows_who_owns_what():
    scheme, _ = load_scheme(find_scheme("three-units")[0])
    plan, _ = compile_scheme(scheme)
    roster = Roster(plan, scheme.tables, scheme.office)
    assert roster.units == {"U1": "城关镇", "U2": "河东镇", "U3": "北山镇"}
    assert roster.owners == {
        *(("unit", code) for code in roster.units),
        ("scorer", "绩效办"),
        ("scorer", "财政科"),
        ("master", ""),
    }
