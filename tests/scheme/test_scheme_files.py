"""Hostile files, cells, and finding schemes: never a traceback, always a coded problem."""

from fractions import Fraction
from pathlib import Path

import pytest
from kit.small_scheme import SCHEME, write

from xlperf.problems import Problem, Where, errors
from xlperf.scheme.find import find_scheme, schemes_available
from xlperf.scheme.heading import heading_of
from xlperf.scheme.load import load_scheme, read_scheme
from xlperf.scheme.model import place_of
from xlperf.scheme.reading.cells import typed
from xlperf.scheme.reading.tables import Reads, read_table
from xlperf.scheme.reading.yaml_subset import parse_yaml

REAL = Path(__file__).parents[2] / "schemes"


def codes(problems):
    return [p.code for p in problems]


def shown(problems):
    return "\n".join(p.text("zh") for p in problems)


# ---- hostile input -----------------------------------------------------------------------------------

LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)

HOSTILE = {
    "billion laughs": (LAUGHS.encode(), {"YAML_ANCHOR", "UNKNOWN_KEY", "MISSING_KEY"}),
    "deep lists": (b"a: " + b"[" * 500_000, {"YAML_DEPTH"}),
    "deep mappings": ("\n".join(" " * n + "a:" for n in range(1000)).encode(), {"YAML_DEPTH"}),
    "ten megabytes": (b"a: b\n" * 2_000_000, {"FILE_TOO_LARGE"}),
    "binary": (bytes(range(256)) * 10, {"FILE_BINARY"}),
    "a workbook": (b"PK\x03\x04rest", {"FILE_BINARY"}),
    "empty": (b"", {"FILE_EMPTY"}),
    "white space": (b" \n\n", {"FILE_EMPTY"}),
    "comments": (b"# a\n", {"FILE_EMPTY"}),
    "gb18030": ("title: 考核".encode("gb18030"), {"NOT_UTF8"}),
    "utf-16": ("title: 考核".encode("utf-16"), {"NOT_UTF8"}),
    "a list": (b"- a\n", {"EXPECTED_MAPPING"}),
    "a word": (b"a\n", {"EXPECTED_MAPPING"}),
    "control characters": (b"a: \x01\x02\n", {"HIDDEN_CHARACTER", "UNKNOWN_KEY", "MISSING_KEY", "EMPTY_VALUE"}),
    "the program's own signs": (
        'title: "甲\\ufdd0N"\nnotes:\n  - 乙\ufdd1\n'.encode(),
        {"HIDDEN_CHARACTER", "UNKNOWN_KEY", "MISSING_KEY", "EXPECTED_MAPPING"},
    ),
    "control characters in a block": (b"a: |\n  \x01\n", {"YAML_SYNTAX"}),
    "directive": (b"%YAML 9.9\n---\na: b\n", {"YAML_SYNTAX"}),
    "a long word": (b"a" * 500_000 + b": b\n", {"YAML_SYNTAX"}),
    "braces": (b"}{][", {"YAML_SYNTAX"}),
}


@pytest.mark.parametrize(("data", "expected"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_are_coded_problems(tmp_path, data, expected):
    (tmp_path / "scheme.yaml").write_bytes(data)
    scheme, problems = load_scheme(tmp_path)
    assert scheme is None
    assert errors(problems)
    assert set(codes(problems)) <= expected, shown(problems)
    assert all(p.text("en") and p.text("zh") for p in problems)


@pytest.mark.parametrize("data", [d for d, _ in HOSTILE.values() if len(d) < 9_000_000], ids=lambda d: str(len(d)))
def test_hostile_tables_are_coded_problems_or_rows(tmp_path, data):
    (tmp_path / "t.csv").write_bytes(data)
    rows, problems = read_table(tmp_path / "t.csv", {"code": "text"}, "t.csv", {"code"})
    assert errors(problems)
    assert rows == [] or all(row.keys() <= {"code"} for row in rows)


def test_a_sign_of_the_program_itself_is_told_at_its_line(tmp_path):
    (tmp_path / "scheme.yaml").write_text('title: "甲\\uFDD0N"\nbasis: 乙\ufdd1\n', "utf-8")
    found = [(p.where.line, p.worded()["found"]) for p in load_scheme(tmp_path)[1] if p.code == "HIDDEN_CHARACTER"]
    assert found == [(1, "U+FDD0"), (2, "U+FDD1")]
    for quote in ("", '"'):
        (tmp_path / "t.csv").write_text(f"code\n甲\n{quote}乙\ufdd0{quote}\n", "utf-8")
        _, problems = read_table(tmp_path / "t.csv", {"code": "text"}, "t.csv")
        assert [(p.code, p.where.line) for p in problems] == [("HIDDEN_CHARACTER", 3)]


def test_missing_folders_and_impossible_names_are_coded_problems(tmp_path):
    for path in (tmp_path / "nowhere", tmp_path / "nowhere" / "scheme.yaml", tmp_path):
        assert codes(load_scheme(path)[1]) == ["FILE_MISSING"]
    assert codes(load_scheme("x" * 5000)[1]) == ["FILE_UNREADABLE"]
    assert codes(load_scheme("a\0b")[1])[0] in {"FILE_UNREADABLE", "FILE_MISSING"}
    (tmp_path / "scheme.yaml").mkdir()
    assert codes(load_scheme(tmp_path)[1]) == ["NOT_A_FILE"]


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    (tmp_path / "inside").mkdir()
    write(tmp_path / "inside")
    (tmp_path / "inside" / "units.csv").rename(tmp_path / "units.csv")
    (tmp_path / "inside" / "units.csv").symlink_to(tmp_path / "units.csv")
    assert codes(load_scheme(tmp_path / "inside")[1]) == ["TABLE_OUTSIDE"]


def test_every_line_cut_short_is_told_and_never_a_traceback(tmp_path):
    lines = SCHEME.splitlines(keepends=True)
    write(tmp_path)
    for n in range(len(lines)):
        cut = "".join([*lines[:n], lines[n][: len(lines[n]) // 2], "\n", *lines[n + 1 :]])
        (tmp_path / "scheme.yaml").write_text(cut, "utf-8")
        _, problems = read_scheme(tmp_path)
        assert all(isinstance(p, Problem) and p.text("zh") and p.text("en") for p in problems)


# ---- tables and cells ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "holds", "value"),
    [
        ("", "number", None),
        ("  ", "text", None),
        (" 甲 ", "text", "甲"),
        ("0", "number", Fraction(0)),
        ("90%", "number", Fraction(9, 10)),
        ("1/3", "number", Fraction(1, 3)),
        ("2017-12-29", "date", Fraction(43098)),
        ("0", "text", "0"),
    ],
)
def test_cells_are_typed_by_their_column(text, holds, value):
    assert typed(text, holds) == value


def test_exempt_stands_only_where_it_may(tmp_path):
    assert typed("不适用", "number", exempt=True) == "不适用"
    assert typed("不适用", "number").code == "EXEMPT_NOT_ALLOWED"
    (tmp_path / "t.csv").write_text("a,b\n不适用,不适用\n", "utf-8")
    rows, problems = read_table(tmp_path / "t.csv", {"a": Reads("number", exempt=True), "b": "number"}, "t.csv")
    assert (rows, codes(problems)) == ([{"a": "不适用", "b": None}], ["EXEMPT_NOT_ALLOWED"])


@pytest.mark.parametrize(("text", "plain"), [("2017/1/2", "2017-01-02"), ("2017年11月2日", "2017-11-02")])
def test_a_date_in_another_form_is_told_how_to_write_it(text, plain):
    assert plain in typed(text, "date").remedy("zh")


def test_lines_are_counted_through_quoted_line_breaks(tmp_path):
    (tmp_path / "t.csv").write_text('a,b\n"甲\n乙",1\n\n丙,x\n', "utf-8")
    rows, problems = read_table(tmp_path / "t.csv", {"a": "text", "b": "number"}, "t.csv")
    assert [place_of(r).line for r in rows] == [2, 5]
    assert problems[0].where == Where("t.csv", 5, 2, "b")


# ---- finding schemes -----------------------------------------------------------------------------------


def test_a_scheme_is_found_by_id_by_folder_and_by_file(tmp_path):
    write(tmp_path)
    assert find_scheme("dashiqiao-2017")[0] == REAL / "dashiqiao-2017"
    assert find_scheme(tmp_path) == (tmp_path, [])
    assert find_scheme(str(tmp_path / "scheme.yaml"))[0] == tmp_path / "scheme.yaml"


@pytest.mark.parametrize("unknown", ["dashiqiao", "dashiqiao-2071", "/nowhere/at/all", "x" * 5000, "a\0b", ""])
def test_an_unknown_scheme_is_a_problem_with_the_nearest(unknown):
    path, problems = find_scheme(unknown)
    assert path is None
    assert codes(problems) == ["UNKNOWN_SCHEME"]
    assert "dashiqiao-2017" in problems[0].remedy("zh")


@pytest.mark.parametrize("name", ["three-units", "hebi-2021"])
def test_the_head_of_a_scheme_says_what_the_whole_says(name):
    folder = next(f for f in schemes_available() if f.name == name)
    scheme, _ = load_scheme(folder)
    head = heading_of(folder)
    assert (head.id, head.title, head.document) == (scheme.id, scheme.title, scheme.document)
    assert head.units == len(scheme.tables[scheme.home])


@pytest.mark.parametrize(("slip", "line"), [("b: {c: d, e: f\ng: h\n", 2), ('b: "c\nd: e\n', 2), ("b\nc: d\n", 2)])
def test_a_slip_is_placed_where_it_was_made(slip, line):
    _, problems = parse_yaml(f"a: 1\n{slip}", "scheme.yaml")
    assert [(p.code, p.where.line) for p in problems if p.code == "YAML_SYNTAX"] == [("YAML_SYNTAX", line)]
