"""Schemes and tables are read strictly: every mistake is a coded problem with its place, all at once."""

import json
import re
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML
from small_scheme import FILES, MARK, SCHEME, TABLES, spoil, write

from xlperf.problems import Problem, Where, catalogue, errors
from xlperf.scheme.find import find_scheme, schemes_available
from xlperf.scheme.load import load_scheme, read_scheme
from xlperf.scheme.model import Scalar, place_of
from xlperf.scheme.schema import json_schema, schema_text
from xlperf.scheme.tables import Reads, read_table, typed
from xlperf.scheme.yaml_subset import parse_yaml

REAL = Path(__file__).parent.parent / "schemes"


def codes(problems):
    return [p.code for p in problems]


def shown(problems):
    return "\n".join(p.text("zh") for p in problems)


# ---- what is right ---------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", schemes_available(), ids=lambda f: f.name)
def test_every_scheme_loads_without_a_problem(folder):
    scheme, problems = load_scheme(folder)
    assert not problems, shown(problems)
    assert scheme.id == folder.name


def test_the_small_scheme_loads_without_a_problem(tmp_path):
    scheme, problems = load_scheme(write(tmp_path))
    assert not problems, shown(problems)
    assert [s.name for s in scheme.sheets] == ["marks", "events", "A", "B"]
    assert scheme.figures["share"].value == Fraction(4, 5)
    assert scheme.tables["marks"][0] == {
        "id": "M1", "unit": "U1", "full": 10, "scorer": None, "target": 5, "due": 44196, "direction": "正向",
        "assumed": None,
    }  # fmt: skip
    assert place_of(scheme.tables["marks"][2]) == Where("marks.csv", 4, 1)


def test_the_file_itself_may_be_named(tmp_path):
    assert load_scheme(write(tmp_path) / "scheme.yaml")[0] == load_scheme(tmp_path)[0]


def test_like_takes_over_columns_in_order(tmp_path):
    sheets = {s.name: s for s in load_scheme(write(tmp_path))[0].sheets}
    assert [c.name for c in sheets["B"].columns] == [
        "code", "group", "marks", "result", "extra", "process", "final", "place",
    ]  # fmt: skip
    assert (sheets["B"].rows, sheets["B"].where, sheets["B"].title) == ("units", {"class": "B"}, "乡镇")


@pytest.mark.parametrize(
    ("own", "columns"),
    [
        ("process: {is: fact, title: 另一个}", "code group marks result process final place"),
        ("final: {before: marks, is: fact, title: 前移}", "code group final marks result process place"),
        ("last: {is: fact, title: 末尾}", "code group marks result process final place last"),
    ],
)
def test_like_overrides_in_place_moves_and_appends(tmp_path, own, columns):
    text = SCHEME.replace("extra: {before: process, is: input, by: office, title: 附加}", own)
    scheme, _ = read_scheme(write(tmp_path, scheme=text))
    assert [c.name for c in scheme.sheets[3].columns] == columns.split()
    name = own.partition(":")[0]
    title = next(c for c in scheme.sheets[3].columns if c.name == name).attributes[Scalar("title")]
    assert title in own


def test_every_scalar_is_text_with_its_place(tmp_path):
    scheme, _ = load_scheme(write(tmp_path))
    result = next(c for c in scheme.sheets[2].columns if c.name == "result")
    assert result.at == Where("scheme.yaml", 67, 7, "sheets.A.columns.result")
    assert result.arguments[Scalar("of")] == "marks.score"
    assert place_of(result.arguments[Scalar("of")]).column == 21
    root, problems = parse_yaml("a: no\nb: 010\nc: 1.50\nd: null\ne: 2020-01-01\nf: |\n  甲\n  A：乙\n", "x.yaml")
    assert not problems
    assert dict(root) == {"a": "no", "b": "010", "c": "1.50", "d": "null", "e": "2020-01-01", "f": "甲\nA：乙\n"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_ending_is_read(tmp_path, end):
    changed = {name.partition(".")[0]: text.replace("\n", end) for name, text in FILES.items()}
    assert not load_scheme(write(tmp_path, **changed))[1]


def test_tables_may_begin_with_a_byte_order_mark(tmp_path):
    assert not load_scheme(write(tmp_path, units="\ufeff" + TABLES["units.csv"]))[1]


@pytest.mark.parametrize(
    "text", ["title: 甲：乙", "title: '甲： a： 乙'", "# a： b\nx: 1", "note: 甲，乙：丙", "x:\n  - 甲：乙"]
)
def test_full_width_signs_in_text_are_no_fault(text):
    assert parse_yaml(text + "\n", "x.yaml")[1] == []


# ---- one mistake, one problem, at its place --------------------------------------------------------

EVENTS = SCHEME[SCHEME.index("  events:\n") : SCHEME.index("  A:\n")]

MISTAKES = [
    # typography
    ("FULLWIDTH_COLON", "title: 示例考核", "title»：示例考核"),
    ("FULLWIDTH_COLON", "{name: 财政局,", "{name»： 财政局,"),
    ("FULLWIDTH_COLON", "value: 80%, title:", "value: 80%, title»："),
    ("FULLWIDTH_COMMA", "{name: 财政局, basis", "{name: 财政局»， basis"),
    ("FULLWIDTH_FIGURE", "value: 80%", "value: »９０％"),
    ("FULLWIDTH_FIGURE", "value: 80%", "value: »80％"),
    ("FULLWIDTH_FIGURE", "grows: 10", "grows: »１0"),
    ("WIDE_INDENT", "    question: 并", "»\u3000\u3000question: 并"),
    ("WIDE_INDENT", "    question: 并", "»\u00a0\u00a0\u00a0\u00a0question: 并"),
    ("WIDE_INDENT", "year: 2020", "year:»\u30002020"),
    ("TAB", "    question: 并", "»\t\tquestion: 并"),
    ("TAB", "year: 2020", "year:»\t2020"),
    ("HIDDEN_CHARACTER", "year: 2020", "year: »\u200b2020"),
    ("BOM", "scheme: demo-2020", "»\ufeffscheme: demo-2020"),
    # the subset of YAML
    ("YAML_SYNTAX", "[加分, 减分], default: 加分}", "[加分, 减分, default: 加分»}"),
    ("YAML_SYNTAX", "office: 考核办\n", "office: 考核办\n  x»: 1\n"),
    ("YAML_ANCHOR", "title: 示例考核", "title: »&a 示例考核"),
    ("YAML_ANCHOR", "title: 示例考核", "title: »*a"),
    ("YAML_TAG", "year: 2020", "year: »!!int 2020"),
    ("YAML_TAG", "figures:\n", "figures: »!!python/object:os.system\n"),
    ("YAML_MERGE", "figures:\n", "figures:\n  »<<: {}\n"),
    ("YAML_DOCUMENTS", "steps: 没有得分，不排名\n", "steps: 不排名\n»---\na: b\n"),
    ("YAML_KEY", "figures:\n", "figures:\n  ? »[a]\n  : {value: 1, title: 甲, basis: 一}\n"),
    ("YAML_DEPTH", "title: 示例考核", "title: " + "[" * 30 + "»[" + "[" * 100_000),
    ("DUPLICATE_KEY", "year: 2020\n", "year: 2020\n»year: 2021\n"),
    ("DUPLICATE_KEY", "      group: {is: fact", "      »code: {is: fact, title: 甲}\n      group: {is: fact"),
    ("DUPLICATE_KEY", "tables:\n", "  - {name: »考核办, basis: 一}\ntables:\n"),
    ("DUPLICATE_KEY", "- id: E2", "- id: »E1"),
    # keys
    ("UNKNOWN_KEY", "language: zh", "»langage: zh"),
    ("UNKNOWN_KEY", "grows: 10", "»grow: 10"),
    ("UNKNOWN_KEY", "grows: 10\n", "grows: 10\n    »colums: {}\n"),
    ("UNKNOWN_KEY", "low: 0, default", "»lowest: 0, default"),
    ("UNKNOWN_KEY", "adopted: same", "adopted: same\n    »adoptd: same"),
    ("UNKNOWN_KEY", "title: 结果权重,", "title: 结果权重, »assume: 无,"),
    ("UNKNOWN_KEY", "    steps: 10×5÷10", "    steps: 10×5÷10\n    »stps: 1"),
    ("UNKNOWN_KEY", "count: units,", "count: units, »were: {},"),
    ("UNKNOWN_KEY", "is_given: yes}]", "»isgiven: yes}]"),
    ("UNKNOWN_KEY", "basis: 二}", "basis: 二, »name2: 甲}"),
    ("UNKNOWN_KEY", "seat: place,", "seat: place, »seats: place,"),
    ("MISSING_KEY", "scheme: demo-2020\ntitle: 示例考核\nissuer: 示例办\n", "»scheme: demo-2020\ntitle: 示例考核\n"),
    ("MISSING_KEY", "  A:\n    title: 部门\n", "  »A:\n"),
    ("MISSING_KEY", "kind: {is: input, by: 财政局,", "»kind: {is: input,"),
    ("MISSING_KEY", "  events:\n    title: 台账\n    rows: events\n", "  »events:\n    title: 台账\n"),
    ("NO_BASIS", "  A:\n    title: 部门\n    rows: units\n    where: {class: A}\n    basis: 五\n",
     "  »A:\n    title: 部门\n    rows: units\n    where: {class: A}\n"),
    ("NO_BASIS", "result:\n        title: 结果\n        basis: 五1\n", "»result:\n        title: 结果\n"),
    ("NO_BASIS", "share: {value: 80%, title: 结果权重, basis: 四}", "»share: {value: 80%, title: 结果权重}"),
    ("EMPTY_VALUE", "document: 示〔2020〕1号", "»document:"),
    ("EMPTY_VALUE", "{same: 并列, list", "{»same: , list"),
    ("EXPECTED_TEXT", "title: 示例考核", "»title: [示例考核]"),
    ("EXPECTED_TEXT", "{same: 并列, list", "{»same: [并列], list"),
    ("EXPECTED_TEXT", "low: 0, default", "»low: [0], default"),
    ("EXPECTED_TEXT", "choices: [加分, 减分]", "choices: [加分, 减分, »[中]]"),
    ("EXPECTED_MAPPING", "figures:\n  share: {value: 80%, title: 结果权重, basis: 四}\n", "figures: »无\n"),
    ("EXPECTED_MAPPING", "where: {class: A}", "where: »A"),
    ("EXPECTED_MAPPING", "claims: {kind: 加分}", "claims: »加分"),
    ("EXPECTED_MAPPING", "process: {is: input, by: office, title: 过程, low: 0, default: 0}", "process: »甲"),
    ("EXPECTED_MAPPING", "total: {of: marks.score, where: {unit: code}}", "total: »marks.score"),
    ("EXPECTED_LIST", "choices: [加分, 减分], default: 加分", "choices: »加分"),
    ("EXPECTED_LIST", "[{column: target, is_given: yes}]", "»yes"),
    ("EXPECTED_LIST", "units: [{code: T, class: A, group: 组}]", "units: »T"),
    ("NOT_A_YEAR", "year: 2020", "year: »abc"),
    ("NOT_A_YEAR", "year: 2020", "year: »20"),
    ("NOT_A_WHOLE_NUMBER", "grows: 10", "grows: »十"),
    ("NOT_A_WHOLE_NUMBER", "grows: 10", "grows: »-1"),
    ("NOT_A_FIGURE", "value: 80%", "value: »八成"),
    ("NOT_A_FIGURE", "default: 0}", "default: »无}"),
    ("NOT_A_FIGURE", "count: units, equals: 3", "count: units, equals: »三"),
    ("WRONG_WORD", "language: zh", "language: »cn"),
    ("WRONG_WORD", "group: {is: fact,", "group: {is: »foo,"),
    ("WRONG_WORD", "holds: date", "holds: »foo"),
    ("WRONG_WORD", "exempt: yes", "exempt: »true"),
    ("WRONG_WORD", "claims: {kind: 加分}", "claims: {kind: »奖励}"),
    ("WRONG_WORD", "default: 加分", "default: »奖励"),
    ("WRONG_NAME", "      extra: {before", "      »附加: {before"),
    # rules and sheets
    ("UNKNOWN_RULE", "total: {of", "»totle: {of"),
    ("NO_RULE", "process: {is: input, by: office,", "»process: {by: office,"),
    ("SEVERAL_RULES", "result:\n", "»result:\n        added: {scores: [marks]}\n"),
    ("RULE_AND_IS", "marks: {is: fact, title: 分值}", "marks: {is: fact, title: 分值, »added: {scores: [process]}}"),
    ("LIKE_CIRCULAR", "    like: A", "    like: »B"),
    ("UNKNOWN_SHEET", "    like: A", "    like: »AA\n    rows: units"),
    ("UNKNOWN_SHEET", "{sheet: A,", "{sheet: »Z,"),
    ("UNKNOWN_COLUMN", "before: process,", "before: »proces,"),
    ("UNKNOWN_COLUMN", "score: final,", "score: »finall,"),
    ("UNKNOWN_COLUMN", "    unit: unit\n    scorer", "    unit: »units\n    scorer"),
    ("UNKNOWN_COLUMN", "claims: {kind:", "claims: {»kinds:"),
    ("UNKNOWN_COLUMN", "sum: marks.full, equals: 60", "sum: »marks.ful, equals: 60"),
    ("UNKNOWN_COLUMN", "equals: units.marks", "equals: »units.mark"),
    ("UNKNOWN_TABLE", "count: units", "count: »unit"),
    ("UNKNOWN_TABLE", "from: units", "from: »unit"),
    ("UNKNOWN_SCORER", "by: 财政局", "by: »财政"),
    ("UNKNOWN_OPTION", "adopted: same", "adopted: »sme"),
    ("FEW_OPTIONS", "ties:\n    question: 并列怎么排？\n    basis: 五\n    options: {same: 并列, list: 按名单}",
     "»ties:\n    question: 并列怎么排？\n    basis: 五\n    options: {same: 并列}"),
    ("STATED_WHAT", "{says: 单位3个, basis: 附件, count: units,", "»{says: 单位3个, basis: 附件,"),
    ("STATED_WHAT", "{says: 单位3个, basis: 附件,", "»{says: 单位3个, basis: 附件, sum: marks.full,"),
    ("KEY_COUNT", EVENTS, EVENTS.replace("events:", "»events:", 1).replace("is: key", "is: fact")),
    ("KEY_NOT_FIRST", "id: {is: key, title: 编号}\n      unit: {is: fact, holds: text, title: 单位}\n",
     "unit: {is: fact, holds: text, title: 单位}\n      »id: {is: key, title: 编号}\n"),
    ("HOLDS_DIFFER", "      extra: {before", "      »group: {is: fact, title: 组}\n      extra: {before"),
    ("YEAR_MISMATCH", "year: 2020", "year: »2021"),
    ("TABLE_UNUSED", "tables:\n", "tables:\n  »peple: units.csv\n"),
    ("TABLE_OUTSIDE", "units: units.csv", "units: »../units.csv"),
    ("TABLE_OUTSIDE", "units: units.csv", "units: »/etc/passwd"),
    ("TABLE_OUTSIDE", "units: units.csv", "units: »C:\\units.csv"),
    ("FILE_MISSING", "units: units.csv", "units: »unit.csv"),
]  # fmt: skip

TABLE_MISTAKES = [
    ("units.csv", "TABLE_BLANK_HEADER", "marks,note\n", "marks,»\n"),
    ("units.csv", "TABLE_DUPLICATE_HEADER", "marks,note\n", "marks,»group\n"),
    ("units.csv", "TABLE_UNKNOWN_COLUMN", "marks,note\n", "marks,»proces\n"),
    ("units.csv", "TABLE_MISSING_COLUMN", "code,class,group", "»code,class,aliases"),
    ("units.csv", "TABLE_MISSING_COLUMN", "code,class,", "»code,aliases,"),
    ("units.csv", "TABLE_RAGGED_ROW", "U3,B,乙组,30,\n", "U3,B,乙组,30,\n»U4,B,乙组,1,2,3\n"),
    ("units.csv", "TABLE_RAGGED_ROW", "U3,B,乙组,30,\n", "U3,B,乙组,30,\n»U4,B\n"),
    ("units.csv", "CSV_SYNTAX", "U3,B,乙组,30,\n", 'U3,B,乙组,30,\n»U4,B,"乙"组,30,\n'),
    ("units.csv", "CELL_FULLWIDTH", "乙组,30", "乙组,»２０"),
    ("units.csv", "CELL_THOUSANDS", "乙组,30", '乙组,»"3,000.5"'),
    ("units.csv", "CELL_THOUSANDS", "乙组,30", "乙组,»3，000"),
    ("units.csv", "CELL_WITH_UNIT", "乙组,30", "乙组,»10分"),
    ("units.csv", "CELL_NOT_NUMBER", "乙组,30", "乙组,»三十"),
    ("units.csv", "CELL_NOT_NUMBER", "乙组,30", "乙组,»不适用"),
    ("units.csv", "CELL_NOT_NUMBER", "乙组,30", "乙组,»nan"),
    ("marks.csv", "CELL_NOT_DATE", "2020-12-31", "»2020年12月31日"),
    ("marks.csv", "CELL_NOT_DATE", "2020-12-31", "»20201231"),
    ("marks.csv", "CELL_NO_SUCH_DAY", "2020-12-31", "»2020-02-30"),
    ("units.csv", "ROW_WITHOUT_KEY", "U3,B,乙组,30,\n", "U3,B,乙组,30,\n»,B,乙组,1,\n"),
    ("units.csv", "DUPLICATE_ROW", "U3,B,乙组,30,\n", "U3,B,乙组,30,\n»U1,B,乙组,1,\n"),
    ("marks.csv", "ROW_WITHOUT_UNIT", "M1,U1", "M1,»"),
    ("marks.csv", "ROW_UNKNOWN", "M1,U1", "M1,»U9"),
    ("marks.csv", "UNKNOWN_SCORER", "财政局", "»财政"),
    ("marks.csv", "FILE_EMPTY", TABLES["marks.csv"], " \n"),
]


@pytest.mark.parametrize(("code", "old", "new"), MISTAKES)
def test_one_mistake_is_one_problem_at_its_place(tmp_path, code, old, new):
    place = spoil(tmp_path, "scheme.yaml", old, new)
    assert_one(load_scheme(tmp_path), code, "scheme.yaml", place)


@pytest.mark.parametrize(("file", "code", "old", "new"), TABLE_MISTAKES)
def test_one_mistake_in_a_table_is_one_problem_at_its_place(tmp_path, file, code, old, new):
    line, column = spoil(tmp_path, file, old, new)
    before = FILES[file].replace(old, new, 1).splitlines()[line - 1].partition(MARK)[0] if line else ""
    place = (line, before.count(",") + 1) if column else (0, 0)  # a table counts cells, not letters
    assert_one(load_scheme(tmp_path), code, file, place)


def assert_one(loaded, code, file, place):
    scheme, problems = loaded
    assert codes(problems) == [code], shown(problems)
    found = problems[0]
    assert found.where.file == file
    assert (found.where.line, found.where.column) == place, found.text("en")
    assert (scheme is None) == (found.severity == "error")
    for language in ("zh", "en"):
        assert found.remedy(language)
        assert "{" not in found.text(language).replace("{…}", "")


def test_a_table_with_a_wrong_unit_column_is_still_quick(tmp_path):
    units = "code,class,group,marks\n" + "".join(f"U{n},A,组,1\n" for n in range(3000))
    marks = "id,unit,full,scorer,target,due,direction,assumed\n" + "".join(f"M{n},V{n},1,,,,,\n" for n in range(3000))
    _, problems = load_scheme(write(tmp_path, units=units, marks=marks))
    assert codes(problems) == ["ROW_UNKNOWN"] * 3000


# ---- many mistakes at once ---------------------------------------------------------------------------

MANY = [
    ("FULLWIDTH_COLON", "title: 示例考核", "title»：示例考核"),
    ("NOT_A_YEAR", "year: 2020", "year: »abc"),
    ("UNKNOWN_KEY", "language: zh", "»langage: zh"),
    ("NO_BASIS", "{name: 财政局, basis: 二}", "»{name: 财政局}"),
    ("TABLE_OUTSIDE", "marks: marks.csv", "marks: »../marks.csv"),
    ("NOT_A_FIGURE", "equals: 60", "equals: »六十"),
    ("UNKNOWN_OPTION", "adopted: same", "adopted: »sane"),
    ("FULLWIDTH_FIGURE", "value: 80%", "value: »９０％"),
    ("WRONG_WORD", "holds: date", "holds: »day"),
    ("DUPLICATE_KEY", "      direction:", "      »due: {is: fact, title: 期限}\n      direction:"),
    ("UNKNOWN_RULE", "        achieve: {full", "        »acheive: {full"),
    ("UNKNOWN_SCORER", "by: 财政局", "by: »财政"),
    ("YAML_ANCHOR", "title: 结果\n", "title: »&x 结果\n"),
    ("UNKNOWN_COLUMN", "score: final,", "score: »finale,"),
    ("MISSING_KEY", "  - id: E2\n    basis: 五\n", "  - »basis: 五\n"),
]


def test_fifteen_mistakes_are_fifteen_problems_each_at_its_line_with_its_remedy(tmp_path):
    text = SCHEME
    for _, old, new in MANY:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    lines = {n for n, line in enumerate(text.splitlines(), 1) if MARK in line}
    scheme, problems = load_scheme(write(tmp_path, scheme=text.replace(MARK, "")))
    assert scheme is None
    assert codes(problems) == [code for code, _, _ in MANY], shown(problems)
    assert {p.where.line for p in problems} == lines
    assert all(p.remedy("zh") != p.remedy("en") for p in problems)
    assert all(p.remedy(language) for p in problems for language in ("zh", "en"))
    assert "改为：language" in problems[2].remedy("zh")
    assert "use one of: achieve" in next(p for p in problems if p.code == "UNKNOWN_RULE").remedy("en")


def test_mistakes_in_the_file_and_in_its_tables_come_together(tmp_path):
    spoiled = TABLES["units.csv"].replace("30", "10分")
    _, problems = load_scheme(write(tmp_path, scheme=SCHEME.replace("year: 2020", "year: abc"), units=spoiled))
    assert codes(problems) == ["NOT_A_YEAR", "CELL_WITH_UNIT"]


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
    assert typed("不适用", "number").code == "CELL_NOT_NUMBER"
    (tmp_path / "t.csv").write_text("a,b\n不适用,不适用\n", "utf-8")
    rows, problems = read_table(tmp_path / "t.csv", {"a": Reads("number", exempt=True), "b": "number"}, "t.csv")
    assert (rows, codes(problems)) == ([{"a": "不适用", "b": None}], ["CELL_NOT_NUMBER"])


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


# ---- the editor's schema --------------------------------------------------------------------------------

UPDATE = 'python -c "from xlperf.scheme.schema import *; print(schema_text(), end=str())" > schemes/scheme.schema.json'


def test_the_schema_file_is_the_vocabulary():
    assert (REAL / "scheme.schema.json").read_text("utf-8") == schema_text(), f"run: {UPDATE}"


@pytest.mark.parametrize("folder", schemes_available(), ids=lambda f: f.name)
def test_every_scheme_satisfies_the_schema(folder):
    assert schema_faults((folder / "scheme.yaml").read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("year: 2020", "year: abc"),
        ("language: zh", "langage: zh"),
        ("{is: fact, title: 目标}", "{is: foo, title: 目标}"),
        ("total: {of", "totle: {of"),
        ("total: {of", "total: {off"),
        ("basis: 五1", "note: 五1"),
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(old, new):
    assert schema_faults(SCHEME) == []
    assert schema_faults(SCHEME.replace(old, new, 1))


def schema_faults(text):
    data = YAML(typ="safe", pure=True).load(text)
    plain = json.loads(json.dumps(_text_keys(data), default=str))  # dates are text to an editor
    return [e.message for e in jsonschema.Draft7Validator(json_schema()).iter_errors(plain)]


def _text_keys(node):
    if isinstance(node, dict):
        return {str(k): _text_keys(v) for k, v in node.items()}
    return [_text_keys(v) for v in node] if isinstance(node, list) else node


# ---- nothing untested -----------------------------------------------------------------------------------


def test_every_code_of_the_loader_has_a_test():
    modules = "find like load names references sources structure tables typography yaml_subset"
    sources = [REAL.parent / "xlperf" / "scheme" / f"{name}.py" for name in modules.split()]
    used = set(re.findall(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)"', "\n".join(p.read_text("utf-8") for p in sources)))
    tests = Path(__file__).read_text("utf-8")
    assert {code for code in used & catalogue().keys() if f'"{code}"' not in tests} == set()
