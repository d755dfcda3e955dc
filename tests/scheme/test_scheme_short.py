"""Short forms: what they stand for is what somebody would have written at length, and mistakes in them are told."""

import pytest
from kit.small_scheme import SCHEME, write

from xlperf.engine.check import check_source
from xlperf.scheme.load import find_scheme, folder_source, read_scheme

OF_A = SCHEME[SCHEME.index("  A:\n") : SCHEME.index("  B:\n")]


def sheet(folder, text):
    """Return a sheet A in the small scheme as what it says, places left out, and every problem."""
    body = "".join(f"  {line}\n" for line in text.rstrip().split("\n"))
    scheme, problems = read_scheme(
        write(folder, scheme=SCHEME.replace(OF_A, body).replace("before: process", "before: place"))
    )
    found = {s.name: s for s in scheme.sheets}["A"]
    columns = {c.name: (dict(c.attributes), c.rule, c.arguments) for c in found.columns}
    return (found.title, found.rows, found.where, found.basis, list(columns), columns), problems


HEAD = "A:\n  title: 部门\n  rows: units\n  where: {class: A}\n  basis: 五\n  columns:\n"
LONG = """\
    code: {is: key, title: 代码}
    group: {is: fact, holds: text, title: 组别}
    marks: {is: fact, title: 分值}
    kind: {is: input, by: office, holds: text, title: 类别, choices: [一类, 二类]}
    north: {is: input, by: office, title: 北区, low: 0, note: 北区户数}
    south: {is: input, by: office, title: 南区（镇）, low: 0, note: 南区户数, basis: 七}
    why: {is: input, by: office, holds: text, title: 原因, role: reason}
    peer: {title: 同组的类别, holds: text, basis: 五, lookup: {key: group, of: this.kind}}
    result: {title: 结果, basis: 五1, total: {of: marks.score, where: {unit: code}}}
    grade: {title: 等次, holds: text, basis: 五, choose: {branches: [
        {when: {result: {at_least: 90}}, then: 好}, {when: {result: {at_least: 60}}, then: 中}], otherwise: 差}}
    peers: {title: 采用, holds: text, basis: 五, choose: {branches: [{when: {marks: {above: 1}}, then: peer}],
        otherwise: 空}}
    good: {title: 好不好, holds: text, basis: 五, flag: {conditions: {grade: 好}}}
    final: {title: 综合, basis: 五, added: {scores: [north, south]}}
    place: {title: 名次, basis: 五3, rank: {by: final, within: {group: group}, ties: {reading: ties}}}
"""
SHORT = """\
    code: {is: key, title: 代码}
    group: {is: fact, holds: text, title: 组别}
    marks: {is: fact, title: 分值}
    kind: {by: office, title: 类别, choices: [一类, 二类]}
    areas: {each: {north: 北区, south: {title: 南区（镇）, area: 南区, basis: 七}}, by: office, low: 0,
        note: <area>户数}
    why: {by: office, title: 原因, role: reason}
    peer: {title: 同组的类别, lookup: {key: group, of: this.kind}}
    result: {title: 结果, basis: 五1, total: {of: marks.score, where: {unit: code}}}
    grade: {title: 等次, choose: {branches: [{好: {result: {at_least: 90}}}, {中: {result: {at_least: 60}}}],
        otherwise: 差}}
    peers: {title: 采用, choose: {when: {marks: {above: 1}}, then: peer, otherwise: 空}}
    good: {title: 好不好, flag: {conditions: {grade: 好}}}
    final: {title: 综合, added: {scores: [north, south]}}
    place: {title: 名次, basis: 五3, rank: {by: final, within: {group: group}, ties: {reading: ties}}}
""".replace("north: 北区,", "north: {title: 北区, area: 北区},")


def test_what_follows_need_not_be_said(tmp_path):
    (tmp_path / "long").mkdir()
    long, problems = sheet(tmp_path / "long", HEAD + LONG)
    assert [p.text() for p in problems] == []
    assert sheet(tmp_path, HEAD + SHORT) == (long, [])
    line = "A:\n  sheet: {title: 部门, rows: units, where: {class: A}, basis: 五}\n  columns:\n"
    assert sheet(tmp_path, line + SHORT) == (long, [])


TABLE = """\
A:
  sheet: {part: table, title: 部门, basis: 五, rows: units, where: {class: A}, key: {code: 代码}, texts: {group: 组别}}
  numbers: {marks: 分值}
  columns:
    marks: {note: 一人一分}
    final: {title: 综合, added: {scores: [marks]}}
    place: {title: 名次, rank: {by: final, within: {group: group}}}
    more: {part: placing, each: {x: 甲, y: 乙}, title: <value>, by: final, within: {group: group}}
"""


def test_a_whole_sheet_is_a_part_and_each_may_stand_beside_one(tmp_path):
    found, problems = sheet(tmp_path, TABLE)
    assert [p.text() for p in problems] == []
    assert found[:4] == ("部门", "units", {"class": "A"}, "五")
    more = [f"{name}_{end}" for name in "xy" for end in ("seat", "place", "low", "size")]
    assert found[4] == ["code", "group", "marks", "final", "place", *more]
    assert found[5]["y_place"][0]["title"] == "乙名次"
    assert (found[5]["marks"][0]["title"], found[5]["marks"][0]["note"]) == ("分值", "一人一分")


def test_a_part_writes_columns_alike_on_one_line_too(tmp_path):
    (tmp_path / "parts").mkdir()
    part = "part: areas\ntitle: 片区\nparameters:\n  low: {says: 下限}\ncolumns:\n"
    line = (
        "  both: {each: {north: 北区, south: {title: 南区, note: 含镇}}, by: office, low: <low>, measure: <value>户}\n"
    )
    (tmp_path / "parts" / "areas.yaml").write_text(part + line, "utf-8")
    head, body = SHORT.split("    areas:")[0], "    why" + SHORT.split("    why")[1]
    found, problems = sheet(tmp_path, HEAD + head + "    both: {part: areas, low: 3}\n" + body)
    assert [p.text() for p in problems] == []
    assert [found[5][n][0]["measure"] for n in ("north", "south")] == ["北区户", "南区户"]
    assert (found[5]["north"][0]["low"], found[5]["south"][0]["note"]) == ("3", "含镇")


BAD = [
    ("each: {north: {title: 北区, area: 北区},", "each: {north: 北区,", "PART_UNKNOWN_MARK"),
    ("{好: {result", "{好: {resullt", "UNKNOWN_COLUMN"),
    ("areas: {each: {north", "areas: {each: {group", "DUPLICATE_KEY"),
    ("choose: {when: {marks", "choose: {wenn: {marks", "UNKNOWN_PARAMETER"),
    (
        "each: {north: {title: 北区, area: 北区}, south: {title: 南区（镇）, area: 南区, basis: 七}}",
        "each: yes",
        "UNKNOWN_KEY",
    ),
    ("why: {by: office", "why: {part: [a]", "EXPECTED_TEXT"),
]


@pytest.mark.parametrize(("old", "new", "code"), BAD, ids=[b[1] for b in BAD])
def test_a_mistake_in_a_short_form_is_told_in_its_line(tmp_path, old, new, code):
    assert old in SHORT
    sheet(tmp_path, HEAD + SHORT.replace(old, new))
    text = (tmp_path / "scheme.yaml").read_text("utf-8").split("\n")
    found = [p for p in check_source(folder_source(tmp_path))[1] if p.code == code]
    assert found
    at = "<area>" if code == "PART_UNKNOWN_MARK" else new.rpartition("{")[2][:4]
    assert at in text[found[0].where.line - 1]


def test_a_first_line_of_a_sheet_says_nothing_twice(tmp_path):
    line = "A:\n  sheet: {title: 部门, rows: units, where: {class: A}, basis: 五}\n  basis: 六\n  columns:\n"
    assert [p.code for p in sheet(tmp_path, line + SHORT)[1]] == ["DUPLICATE_KEY"]
    assert "EXPECTED_MAPPING" in [
        p.code for p in sheet(tmp_path, HEAD.replace("  basis", "  sheet: x\n  basis") + SHORT)[1]
    ]


def test_a_text_among_numbers_is_still_told(tmp_path):
    """What holds numbers and texts at once is a mistake; nothing follows from it."""
    mixed = SHORT.replace("{中: {result: {at_least: 60}}}", "{6: {result: {at_least: 60}}}")
    sheet(tmp_path, HEAD + mixed)
    assert "NUMBER_WANTED" in [p.code for p in check_source(folder_source(tmp_path))[1]]


@pytest.mark.parametrize(("scheme", "most"), [("dashiqiao-2017", 150), ("hebi-2021", 450), ("yiyang-2018", 280)])
def test_what_a_rewritten_scheme_says_stays_short(scheme, most):
    path, _ = find_scheme(scheme)
    lines = (path / "scheme.yaml").read_text("utf-8").splitlines()
    begin = lines.index("sheets:")
    end = next(i for i in range(begin + 1, len(lines)) if lines[i] and lines[i][0] not in " #")
    assert end - begin <= most
    assert max(map(len, lines[begin:end])) <= 200  # and no line is less readable for it
