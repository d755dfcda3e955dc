"""考核对象 and roles: said once in the scheme, read everywhere, and told where they lead nowhere."""

import shutil

import pytest
from kit.people import PEOPLE
from kit.people import SCHEME as STAFF
from kit.people import write as staff
from kit.small_scheme import SCHEME, write

from xlperf.engine.check import check_source
from xlperf.engine.compile import compile_scheme
from xlperf.engine.roles import open_roles
from xlperf.engine.roster import Roster
from xlperf.scheme.load import find_scheme, folder_source, load_scheme, read_scheme
from xlperf.terms import SINGLE_ROLES

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
        ("  units: {title: 单位, within: units}", "OBJECT_CIRCLE", ""),
        ("  units: {title: 单位, within: towns}", "OBJECT_WITHIN", "towns"),
        ("  units: {title: 单位, within: marks}\n  marks: {title: 项, within: units}", "OBJECT_NO_UNITS", ""),
        ("  units: {title: 单位, within: marks}\n  marks: {title: 项, within: units}", "OBJECT_CIRCLE", ""),
    ],
)
def test_objects_that_lead_nowhere_are_told(tmp_path, lines, code, found):
    assert (code, found) in told(tmp_path, with_objects(lines))


def test_one_role_stands_once_in_a_sheet(tmp_path):
    text = SCHEME.replace("title: 分值", "title: 分值, role: label", 1).replace(
        "title: 考核主体", "title: 考核主体, role: label", 1
    )
    assert ("ROLE_TWICE", "") in told(tmp_path, text)


@pytest.mark.parametrize("role", ["composite", "group", "place", "seat"])
def test_two_columns_of_a_sheet_do_not_say_that_they_are_what_a_ranking_needs(tmp_path, role):
    assert role in SINGLE_ROLES
    text = SCHEME.replace("title: 分值", f"title: 分值, role: {role}", 1)
    assert ("ROLE_TWICE", "") not in told(tmp_path, text), "a sheet without a ranking says so once"
    text = text.replace("title: 考核主体", f"title: 考核主体, role: {role}", 1)
    assert ("ROLE_TWICE", "") in told(tmp_path, text)


PLACE = "        title: 名次\n"


def test_what_a_ranking_names_is_that_role_and_no_other_column_says_it_too(tmp_path):
    assert SCHEME.count(PLACE) == 1
    assert told(tmp_path, SCHEME.replace(PLACE, f"{PLACE}        role: place\n")) == []
    text = SCHEME.replace("title: 过程", "title: 过程, role: composite", 1)
    assert ("ROLE_TWICE", "") in told(tmp_path, text)


def test_two_rankings_of_a_sheet_each_name_their_own(tmp_path):
    line = "  - {{sheet: {}, group: group, score: {}, place: place, seat: place, title: 排名}}\n"
    more = "".join(line.format(*at) for at in (("A", "result"), ("B", "result"), ("B", "final")))
    text = SCHEME.replace("        title: 结果\n", "        title: 结果\n        role: composite\n", 1)
    text = text.replace("        title: 综合\n", "        title: 综合\n        role: composite\n", 1)
    assert ("ROLE_TWICE", "") in told(tmp_path, text)
    assert told(tmp_path, text.replace("examples:\n", f"{more}examples:\n", 1)) == []


@pytest.mark.parametrize(
    ("said", "role", "wanted"),
    [
        (", role: score", "score", "这一行的得分"),
        (", role: full", "full", "“分值”"),
    ],
)
def test_a_sheet_of_marks_says_which_column_is_the_score_and_which_the_full_mark(tmp_path, said, role, wanted):
    folder = shutil.copytree(find_scheme("three-units")[0], tmp_path / "three-units")
    text = (folder / "scheme.yaml").read_text("utf-8")
    assert text.count(said) == 1
    (folder / "scheme.yaml").write_text(text.replace(said, ""), "utf-8")
    found = check_source(folder_source(folder))[1]
    assert [(p.code, p.severity, dict(p.values)["role"]) for p in found] == [("ROLE_OPEN", "warning", role)]
    assert wanted in found[0].text("zh")
    assert "{" not in found[0].text("zh") + found[0].text("en")


def test_a_ledger_that_is_added_up_needs_no_full_mark(tmp_path):
    folder = shutil.copytree(find_scheme("three-units")[0], tmp_path / "three-units")
    text = (folder / "scheme.yaml").read_text("utf-8")
    points = "points: {is: input, by: unit, title: 分值, low: 0,"
    assert text.count(points) == 1
    (folder / "scheme.yaml").write_text(text.replace(points, f"{points} high: 5,"), "utf-8")
    assert {p.code for p in check_source(folder_source(folder))[1]} == {"EXAMPLE_BEYOND"}  # 8 of 5, which it caps


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
    assert [p.text() for p in open_roles(plan, scheme)] == []


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


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (PEOPLE, PEOPLE.replace(", by: department", ""), "OBJECT_NO_BY"),
        ("units: {title: 单位, name: name}", "units: {title: 单位, name: name, book: 单位表}", "OBJECT_BOOK"),
        ("    of: people\n", "    of: persons\n", "OF_UNKNOWN"),
        ("    rows: people\n", "    rows: people\n    unit: name\n", "OBJECT_UNIT"),
        ("by: department}", "by: department, sees: all}", "WRONG_WORD"),
    ],
)
def test_levels_that_lead_nowhere_are_told(tmp_path, old, new, code):
    assert STAFF.count(old) == 1
    problems = read_scheme(staff(tmp_path, STAFF.replace(old, new)))[1]
    assert code in [p.code for p in problems]
    assert [p.text(language) for p in problems for language in ("zh", "en") if "{" in p.text(language)] == []


def test_everybody_knows_what_they_are_within_and_whose_book_holds_them(tmp_path):
    scheme, _ = load_scheme(staff(tmp_path))
    plan, _ = compile_scheme(scheme)
    objects = Roster(plan, scheme.tables, scheme.office).objects
    assert objects.chain(("people", "P4")) == (("people", "P4"), ("departments", "D3"), ("units", "U2"))
    assert objects.holder(("people", "P4")) == ("unit", "U2")
    assert objects.title(("people", "P4")) == "农业办王伟"
    assert objects.title(("people", "P5")) == "赵四海"
