"""What a column is follows from its role and measure, never from its title, its name, its width or a limit."""

import shutil

import pytest

from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Column
from xlperf.engine.roles import open_roles
from xlperf.entries.cell import Asked, judge, wanted_words
from xlperf.entries.folder import given_file, read_data
from xlperf.entries.frames import plain
from xlperf.formula.expression import lift
from xlperf.problems import Where
from xlperf.scheme.find import find_scheme
from xlperf.scheme.load import load_scheme
from xlperf.scheme.reading.cells import is_empty, typed
from xlperf.workbook.style import LEFT, body_look

MONTH = Column("month", "得分月份", "input", low=lift(1), high=lift(12), required=True)
MARK = Column("said", "评价", "input", low=lift(0), required=True, measure="分")
RENAMED = {"no": "seq", "indicator": "matter", "target": "aim", "account": "deed"}


def _copy(folder):
    source = find_scheme("three-units")[0]
    shutil.copytree(source if source.is_dir() else source.parent, folder)
    return folder


@pytest.fixture(scope="module")
def renamed(tmp_path_factory):
    """The three units with other names for the columns that a line may be known by."""
    folder = _copy(tmp_path_factory.mktemp("renamed") / "three-units")
    file, marks = folder / "scheme.yaml", folder / "marks.csv"
    text = file.read_text("utf-8").partition("\nexamples:")[0] + "\n"
    head, _, rows = marks.read_text("utf-8").partition("\n")
    for old, new in RENAMED.items():
        first, mark, rest = text.partition("  events:\n")
        text = first.replace(f" {old}: {{", f" {new}: {{").replace(f"target: {old}", f"target: {new}")
        text = text.replace(f"asked: {{{old}:", f"asked: {{{new}:") + mark + rest
        head = head.replace(old, new)
    file.write_text(text, "utf-8")
    marks.write_text(f"{head}\n{rows}", "utf-8")
    return load_scheme(folder)


def test_points_are_what_the_column_says_and_not_what_its_heading_sounds_like():
    assert wanted_words(MONTH).endswith("填上数；确实为零的填0")
    assert wanted_words(MARK).endswith("填上得分；得零分的填0")
    assert judge(Asked(MARK, {}, Where()), "9分")[0] == 9
    assert [p.code for p in judge(Asked(MONTH, {}, Where()), "9分")[1]] == ["NOT_A_NUMBER"]


def test_a_column_of_sentences_is_one_by_its_role():
    wide, said = (Column("x", "说明", "fact", "text", width=w, role=r) for w, r in ((40, ""), (None, "prose")))
    assert not LEFT.items() <= body_look(wide, open_=False).items()
    assert LEFT.items() <= body_look(said, open_=False).items()


@pytest.mark.parametrize("line", ["U1,1,", "U1,,规模以上工业产值（亿元）"])
def test_a_line_is_known_by_unit_and_number_or_label_whatever_these_columns_are_called(renamed, tmp_path, line):
    scheme, problems = renamed
    assert [p for p in problems if p.severity == "error"] == []
    (tmp_path / "marks.csv").write_text(f"unit,seq,matter,verified\n{line},7\n", "utf-8")
    tables, _ = read_data(scheme, tmp_path)
    assert [(r["id"], r["verified"]) for r in tables["marks"] if r.get("verified") is not None] == [("U1-1", 7)]


def test_what_units_claim_needs_a_decision(tmp_path):
    scheme, _ = load_scheme(find_scheme("three-units")[0])
    plan, _ = compile_scheme(scheme)
    assert list(open_roles(plan, scheme)) == []
    folder = _copy(tmp_path / "three-units")
    file = folder / "scheme.yaml"
    text = file.read_text("utf-8")
    assert text.count(", role: decision") == 1
    file.write_text(text.replace(", role: decision", ""), "utf-8")
    scheme, _ = load_scheme(folder)
    plan, _ = compile_scheme(scheme)
    assert [(p.code, dict(p.values)["role"]) for p in open_roles(plan, scheme)] == [("ROLE_OPEN", "decision")]


@pytest.mark.parametrize("raw", ["", " ", "\u3000", "\u200b", "\ufeff ", "\u00a0"])
def test_what_nobody_can_see_is_empty_in_every_carrier(tmp_path, raw):
    (tmp_path / "marks.csv").write_text(f"id,lead\nU1,{raw}\n", "utf-8")
    given, problems = given_file(tmp_path / "marks.csv")
    assert (problems, given.lines[0].cells["lead"]) == ([], None)
    assert plain(raw) is None
    assert typed(raw, "number") is typed(raw, "text") is None
    assert is_empty(raw)
    assert not is_empty(f"{raw}0")
