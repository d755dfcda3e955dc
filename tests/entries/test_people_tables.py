"""People as tables from elsewhere, CSV files or frames: named by code or by a name that is theirs alone."""

import pytest
from kit.people import write

import xlperf
from xlperf.engine.compile import compile_scheme
from xlperf.entries.folder import read_data
from xlperf.scheme.load import load_scheme

SAID = "person,item,points,status\n{},表彰,3,通过\n"


@pytest.fixture
def door(tmp_path):
    """Return what reads files into the scheme's tables: (tables, codes of the errors with their lines)."""
    scheme, _ = load_scheme(write(tmp_path / "scheme"))
    (tmp_path / "data").mkdir()

    def read(**files):
        for name, text in files.items():
            (tmp_path / "data" / f"{name}.csv").write_text(text, "utf-8")
        tables, problems = read_data(scheme, tmp_path / "data")
        return tables, [(p.code, p.where.line) for p in problems if p.severity == "error"]

    return read


def marks(tables):
    return {r["id"]: int(r["mark"]) for r in tables["people"] if r.get("mark") is not None}


@pytest.mark.parametrize(
    ("people", "found"),
    [
        ("id,mark\nP1,90\nP4,70\n", {"P1": 90, "P4": 70}),
        ("name,mark\n张一平,90\n", {"P1": 90}),
        ("name,department,mark\n王伟,D3,70\n王伟,党政办,80\n", {"P4": 70, "P2": 80}),
        ("id,name,department,base,mark\nP8,孙新,D1,1,77\n", {"P8": 77}),
    ],
)
def test_people_are_found(door, people, found):
    tables, problems = door(people=people)
    assert (marks(tables), problems) == (found, [])


@pytest.mark.parametrize(
    ("people", "code"),
    [
        ("name,mark\n王伟,80\n", "NAME_SHARED"),
        ("name,mark\n孙七,80\n", "DATA_NO_KEY"),
        ("name,department,mark\n张一平,D9,80\n", "UNKNOWN_OBJECT"),
        ("id,name,department,mark\nP8,孙新,D9,80\n", "UNKNOWN_OBJECT"),
        ("id,department,mark\nP1,D3,80\n", "DATA_FACT_DIFFERS"),
        ("id,mark\nP1,80\nP1,81\n", "DATA_REPEATED"),
        ("id,mark\nP1,101\n", "OUT_OF_RANGE"),
    ],
)
def test_who_is_meant_must_be_clear(door, people, code):
    tables, problems = door(people=people)
    assert code in [c for c, _ in problems]
    assert "P2" not in marks(tables)
    assert "P4" not in marks(tables)


@pytest.mark.parametrize(
    ("person", "key", "problems"),
    [
        ("P4", "P4", []),
        ("赵四海", "P5", []),
        ("王伟", None, [("NAME_SHARED", 2)]),
        ("P9", None, [("UNKNOWN_OBJECT", 2)]),
    ],
)
def test_what_belongs_to_people_names_them(door, person, key, problems):
    tables, told = door(honours=SAID.format(person))
    assert told == problems
    if key is not None:
        assert [r["person"] for r in tables["honours"]] == [key]


def test_a_smaller_roster_takes_its_departments_and_people_with_it(door):
    tables, problems = door(units="code,name\nU2,河东镇\n")
    assert problems == []
    assert [[r[k] for r in tables[t]] for t, k in (("departments", "code"), ("people", "id"))] == [["D3"], ["P4", "P5"]]


def test_the_python_door_ranks_and_explains_people(tmp_path):
    scheme = xlperf.load_scheme(write(tmp_path))
    result = xlperf.score(scheme, {"people": [{"id": "P4", "mark": 70}, {"name": "赵四海", "mark": 71}]})
    assert result.problems == () or {p.severity for p in result.problems} <= {"note", "warning"}
    ranked = result.ranking()
    assert ranked[ranked["group"] == "U2"][["place", "code", "name"]].values.tolist() == [
        [1, "P5", "赵四海"],
        [2, "P4", "王伟"],
    ]
    assert result.explain("赵四海", "score").exact == "71"
    with pytest.raises(KeyError, match="P2"):
        result.explain("王伟", "score")
    assert compile_scheme(scheme)[1] == []
