"""Schemes and tables are read strictly: every mistake is a coded problem with its place, all at once."""

import re
from fractions import Fraction
from pathlib import Path

import pytest
from kit.small_scheme import FILES, MARK, SCHEME, TABLES, spoil, write

from xlperf.problems import Where, catalogue
from xlperf.scheme.find import schemes_available
from xlperf.scheme.load import load_scheme, read_scheme
from xlperf.scheme.model import Scalar, place_of
from xlperf.scheme.reading.yaml_subset import parse_yaml

REAL = Path(__file__).parents[2] / "schemes"


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
    assert result.at == Where("scheme.yaml", 66, 7, "sheets.A.columns.result")
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
    # one word, one thing; facts are what their choices allow
    ("FIGURE_SHADOWED", "share: {value: 80%", "»final: {value: 80%"),
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
    ("YAML_DOCUMENTS", "steps: 各项为0，只有一家，第1名\n", "steps: 不排名\n»---\na: b\n"),
    ("YAML_KEY", "figures:\n", "figures:\n  ? »[a]\n  : {value: 1, title: 甲, basis: 一}\n"),
    ("YAML_DEPTH", "title: 示例考核", "title: " + "[" * 30 + "»[" + "[" * 100_000),
    ("DUPLICATE_KEY", "year: 2020\n", "year: 2020\n»year: 2021\n"),
    ("DUPLICATE_KEY", "      group: {is: fact", "      »code: {is: fact, title: 甲}\n      group: {is: fact"),
    ("DUPLICATE_KEY", "tables:\n", "  - {name: »考核办, basis: 一}\ntables:\n"),
    ("DUPLICATE_KEY", "- id: E2", "- id: »E1"),
    # keys
    ("UNKNOWN_KEY", "year: 2020\n", "year: 2020\n»langage: zh\n"),
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
    ("NO_BASIS", "{says: 单位3个, basis: 附件, count", "»{says: 单位3个, count"),
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
    ("WRONG_WORD", "title: 目标}", "title: 目标, role: »goal}"),
    ("WRONG_WORD", "group: {is: fact,", "group: {is: »foo,"),
    ("WRONG_WORD", "holds: date", "holds: »foo"),
    ("WRONG_WORD", "exempt: yes", "exempt: »true"),
    ("WRONG_WORD", "claims: {kind: 加分}", "claims: {kind: »奖励}"),
    ("WRONG_WORD", "default: 加分", "default: »奖励"),
    ("WRONG_NAME", "      extra: {before", "      »附加: {before"),
    # rules and sheets
    ("UNKNOWN_RULE", "total: {of", "»totle: {of"),
    ("NO_RULE", "process: {is: input, by: office,", "»process: {"),
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
    ("units.csv", "NOT_A_NUMBER", "乙组,30", "乙组,»２０"),
    ("units.csv", "NOT_A_NUMBER", "乙组,30", '乙组,»"3,000.5"'),
    ("units.csv", "NOT_A_NUMBER", "乙组,30", "乙组,»3，000"),
    ("units.csv", "NOT_A_NUMBER", "乙组,30", "乙组,»10分"),
    ("units.csv", "NOT_A_NUMBER", "乙组,30", "乙组,»三十"),
    ("units.csv", "EXEMPT_NOT_ALLOWED", "乙组,30", "乙组,»不适用"),
    ("units.csv", "NOT_FINITE", "乙组,30", "乙组,»nan"),
    ("marks.csv", "NOT_A_DATE", "2020-12-31", "»2020年12月31日"),
    ("marks.csv", "NOT_A_DATE", "2020-12-31", "»20201231"),
    ("marks.csv", "NOT_A_DATE", "2020-12-31", "»2020-02-30"),
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
    ("UNKNOWN_KEY", "office: 考核办\n", "office: 考核办\n»ofice: 无\n"),
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
    assert "改为：office" in problems[2].remedy("zh")
    assert "use one of: achieve" in next(p for p in problems if p.code == "UNKNOWN_RULE").remedy("en")


def test_mistakes_in_the_file_and_in_its_tables_come_together(tmp_path):
    spoiled = TABLES["units.csv"].replace("30", "10分")
    _, problems = load_scheme(write(tmp_path, scheme=SCHEME.replace("year: 2020", "year: abc"), units=spoiled))
    assert codes(problems) == ["NOT_A_YEAR", "NOT_A_NUMBER"]


# ---- nothing untested -----------------------------------------------------------------------------------


def test_every_code_of_the_loader_has_a_test():
    modules = "find load reading/* checking/names checking/references"
    sources = [p for name in modules.split() for p in (REAL.parent / "xlperf" / "scheme").glob(f"{name}.py")]
    used = set(re.findall(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)"', "\n".join(p.read_text("utf-8") for p in sources)))
    read = [*Path(__file__).parent.glob("test_*.py"), *Path(__file__).parents[1].glob("entries/test_*.py")]
    tests = "".join(p.read_text("utf-8") for p in read)  # single cells are read for schemes and entries alike
    assert {code for code in used & catalogue().keys() if f'"{code}"' not in tests} == set()


def test_a_text_is_read_once_and_what_is_wrong_is_told_each_time():
    first, second = (parse_yaml("a: 1\na: 2\n", "x.yaml") for _ in range(2))
    assert first[0] is second[0]
    first[1].clear()
    assert [p.code for p in second[1]] == [p.code for p in parse_yaml("a: 1\na: 2\n", "x.yaml")[1]] != []
    assert parse_yaml("a: 1\na: 2\n", "y.yaml")[1][0].where.file == "y.yaml"
