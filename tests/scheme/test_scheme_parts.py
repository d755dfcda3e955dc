"""Parts 部件: one line of a sheet becomes columns that anybody could have written, and can be changed one by one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from kit.small_scheme import SCHEME, write

from xlperf.cli.door import main
from xlperf.engine.check import check_source
from xlperf.engine.compile import compile_scheme
from xlperf.problems import errors
from xlperf.rounds.store import new_round, open_round
from xlperf.scheme.find import find_scheme, schemes_available
from xlperf.scheme.load import folder_source, load_scheme, scheme_of, written_out
from xlperf.scheme.parts_page import parts_page
from xlperf.scheme.reading.parts import part_problems
from xlperf.scheme.reading.yaml_subset import read_yaml
from xlperf.scheme.source import parts_available

OWN = """\
part: twice
title: 加倍
parameters:
  of: {says: 哪一列}
  title: {says: 表头}
  times: {says: 几倍, default: 2}
  note: {says: 说明, optional: yes}
  words: {says: 词, default: many, words: [many, few]}
readings:
  doubled: {question: 加不加倍？, basis: <basis>, options: {a: 加, b: 不加}, adopted: a, by: 默认}
  never: {question: 没人问, basis: <basis>, options: {a: 甲, b: 乙}, adopted: a}
figures:
  more: {value: 3, title: 另加, basis: <basis>}
columns:
  <name>_raw: {title: <title>（原始）, basis: <basis>, note: <note>, product: {factors: [<of>, <times>]}}
  <name>:
    title: <title>
    basis: <basis>
    added: {scores: [{reading: doubled, a: <name>_raw, b: <of>}, more]}
  <name>_few: {only_without: note, title: 没有说明, basis: <basis>, added: {scores: [<of>]}}
"""
BEFORE = "      place:\n        title: 名次\n"
LINE = "      double: {part: twice, of: final, title: 双倍}\n"


def own(folder: Path, line: str = LINE, part: str = OWN, name: str = "twice") -> Path:
    """Write the small scheme with a line that names a part of its own."""
    write(folder, scheme=SCHEME.replace(BEFORE, line + BEFORE, 1))
    (folder / "parts").mkdir(exist_ok=True)
    (folder / "parts" / f"{name}.yaml").write_text(part, "utf-8")
    return folder


def columns(folder: Path, sheet: str = "A") -> dict[str, str]:
    """Return the columns of a sheet with their titles."""
    scheme, problems = load_scheme(folder)
    assert scheme is not None, [p.text() for p in problems]
    plan, problems = compile_scheme(scheme)
    assert problems == []
    return {c.name: c.title for c in plan.by_name[sheet].columns}


def test_a_line_becomes_the_columns_of_the_part_in_its_place(tmp_path):
    names = columns(own(tmp_path))
    assert list(names)[-5:] == ["final", "double_raw", "double", "double_few", "place"]
    assert names["double_raw"] == "双倍（原始）"
    scheme, _ = load_scheme(tmp_path)
    spec = {c.name: c for s in scheme.sheets for c in s.columns}
    assert spec["double_raw"].attributes["basis"] == "五"  # of the sheet, where the line gives none
    assert "note" not in spec["double_raw"].attributes
    assert list(columns(tmp_path, "B")) == [n for n in columns(tmp_path, "B") if n]  # a sheet like it has them too
    assert {"double", "double_few"} <= columns(tmp_path, "B").keys()


def test_readings_and_figures_come_with_the_part_where_its_columns_speak_of_them(tmp_path):
    scheme, _ = load_scheme(own(tmp_path))
    assert list(scheme.readings) == ["ties", "doubled"]
    assert (scheme.figures["more"].value, scheme.readings["doubled"].basis) == (3, "五")
    said = SCHEME.replace("figures:\n", "  doubled: {adopted: b, by: 领导小组}\nfigures:\n", 1)
    (tmp_path / "scheme.yaml").write_text(said.replace(BEFORE, LINE + BEFORE, 1), "utf-8")
    scheme, problems = load_scheme(tmp_path)
    assert errors(problems) == []
    found = scheme.readings["doubled"]
    assert (found.adopted, found.by, found.question) == ("b", "领导小组", "加不加倍？")


def test_any_column_can_be_changed_left_out_or_written_anew(tmp_path):
    says = "basis: 九, columns: {double: {title: 合计}}, without: [double_few]"
    line = f"      double: {{part: twice, of: final, title: 双倍, {says}}}\n"
    assert columns(own(tmp_path, line)) | {"double": "合计"} == columns(tmp_path)
    assert "double_few" not in columns(tmp_path)
    line = LINE + "      double_raw: {title: 自写, basis: 七, added: {scores: [final]}}\n"
    names = columns(own(tmp_path, line))
    assert names["double_raw"] == "自写"
    assert list(names).index("double_raw") < list(names).index("double")  # where the part would have put it
    line = (
        "      double: {part: twice, of: final, title: 双倍, columns: {double_raw: {rank: {by: final, within: {}}}}}\n"
    )
    scheme, _ = load_scheme(own(tmp_path, line))
    spec = {c.name: c for s in scheme.sheets for c in s.columns}["double_raw"]
    assert (spec.rule, spec.attributes["title"]) == ("rank", "双倍（原始）")
    line = "      double: {before: result, part: twice, of: process, title: 双倍}\n"
    (tmp_path / "scheme.yaml").write_text(
        SCHEME.replace("      extra: {before", line + "      extra: {before", 1), "utf-8"
    )
    names = list(columns(tmp_path, "B"))
    assert names[names.index("result") - 3 : names.index("result")] == ["double_raw", "double", "double_few"]


BAD = [
    ("of: final", "off: final", "PART_UNKNOWN_PARAMETER", "of"),
    ("of: final, ", "", "PART_MISSING_PARAMETER", "哪一列"),
    ("part: twice", "part: twize", "UNKNOWN_PART", "twice"),
    ("title: 双倍", "title: 双倍, without: [duble]", "PART_UNKNOWN_COLUMN", "double"),
    ("title: 双倍", "title: 双倍, columns: {duble: {title: 甲}}", "PART_UNKNOWN_COLUMN", "double"),
    ("title: 双倍", "title: 双倍, words: none", "WRONG_WORD", "many"),
    ("of: final", "of: finale", "UNKNOWN_COLUMN", "final"),
]


@pytest.mark.parametrize(("old", "new", "code", "near"), BAD, ids=[b[1] or b[2] for b in BAD])
def test_a_wrong_line_is_told_where_it_stands(tmp_path, old, new, code, near):
    line = LINE.replace(old, new, 1)
    own(tmp_path, line)
    at = (SCHEME.partition(BEFORE)[0]).count("\n") + 1
    found = [p for p in check_source(folder_source(tmp_path))[1] if p.code == code]
    assert found
    assert {(p.where.file, p.where.line) for p in found} == {("scheme.yaml", at)}
    assert any(near in p.text() for p in found)


def test_what_is_wrong_inside_names_the_line_and_the_column_of_the_part(tmp_path):
    own(tmp_path, part=OWN.replace("product: {factors", "produkt: {factors", 1))
    (found,) = [p for p in check_source(folder_source(tmp_path))[1] if p.code == "UNKNOWN_RULE"]
    line = (SCHEME.partition(BEFORE)[0]).count("\n") + 1
    assert (found.where.file, found.where.line) == ("scheme.yaml", line)
    assert found.where.path.startswith("sheets.A.columns.double → <name>_raw parts/twice.yaml:15")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<of>, <times>", "<off>, <times>", "PART_UNKNOWN_MARK"),
        ("only_without: note", "only_without: nota", "PART_UNKNOWN_MARK"),
        ("part: twice", "part: double", "PART_NAME"),
        ("title: 加倍\n", "titel: 加倍\n", "UNKNOWN_KEY"),
        (OWN.rstrip().rpartition("\n")[2], "  few: {part: twice, of: <of>, title: <title>}", "PART_CIRCULAR"),
    ],
)  # fmt: skip
def test_a_wrong_part_is_told_in_its_file(tmp_path, old, new, code):
    assert old in OWN
    own(tmp_path, part=OWN.replace(old, new, 1))
    assert code in {p.code for p in check_source(folder_source(tmp_path))[1]}


def test_entries_of_a_parameter_become_a_column_each(tmp_path):
    line = "      noted: {part: notes, texts: {who: 经办人, why: 理由}, dates: {day: 日期}}\n"
    names = columns(own(tmp_path, line))
    assert {k: names[k] for k in ("who", "why", "day")} == {"who": "经办人", "why": "理由", "day": "日期"}


def test_parts_within_parts_bring_their_sheet_with_them(tmp_path):
    sheet = "  found:\n    title: 登记\n    basis: 四\n    columns:\n      all: {part: imposed, type: 督查, grows: 7}\n"
    text = SCHEME.replace("  A:\n    title: 部门\n", sheet + "  A:\n    title: 部门\n", 1)
    (write(tmp_path, scheme=text)).exists()
    scheme, problems = load_scheme(tmp_path)
    assert scheme is not None, [p.text() for p in problems]
    plan, _ = compile_scheme(scheme)
    made = plan.by_name["found"]
    assert (made.table, dict(made.where), made.unit, made.grows) == ("events", {"type": "督查"}, "unit", 7)
    assert [c.name for c in made.columns] == [
        "no",
        "type",
        "unit",
        "item",
        "points",
        "date",
        "document",
        "status",
        "counts",
    ]


@pytest.mark.parametrize("file", parts_available().values(), ids=parts_available())
def test_every_part_of_the_program_is_sound_and_says_what_it_is_for(file):
    root, problems = read_yaml(file, file.name)
    assert [p.text() for p in (*problems, *part_problems(file.stem, root))] == []
    assert root["about"]


@pytest.mark.parametrize("folder", schemes_available(), ids=lambda f: f.name)
def test_a_scheme_written_out_is_the_same_plan(folder, tmp_path):
    text, problems = written_out(folder_source(folder))
    assert problems == []
    shutil.copytree(folder, tmp_path / "scheme")
    (tmp_path / "scheme" / "scheme.yaml").write_text(text, "utf-8")
    plans = [compile_scheme(load_scheme(at)[0])[0] for at in (folder, tmp_path / "scheme")]
    assert plans[0] == plans[1]


def test_the_command_prints_it(tmp_path):
    found = CliRunner().invoke(main, ["check", "--expand", str(own(tmp_path))])
    assert found.exit_code == 0
    assert (
        '      double_raw: {title: 双倍（原始）, basis: 五, product: {factors: [final, "2"]}}'
        in found.output.replace("[final, 2]", '[final, "2"]')
    )


def test_a_round_keeps_the_parts_it_was_made_with(tmp_path):
    folder = own(tmp_path / "s") if (tmp_path / "s").mkdir() is None else tmp_path
    (folder / "scheme.yaml").write_text(
        (folder / "scheme.yaml")
        .read_text("utf-8")
        .replace(LINE, LINE + "      n: {part: notes, texts: {who: 经办人}}\n"),
        "utf-8",
    )
    round_, problems = new_round(folder, tmp_path / "round", despite="试")
    assert round_ is not None, [p.text() for p in problems]
    kept = tmp_path / "round" / "scheme" / "parts"
    assert sorted(f.name for f in kept.iterdir()) == ["notes.yaml", "twice.yaml"]
    (kept / "twice.yaml").write_text(OWN.replace("default: 2", "default: 5"), "utf-8")
    _, problems = open_round(tmp_path / "round")
    assert [(p.code, p.where.file) for p in problems if p.code == "SCHEME_CHANGED"] == [
        ("SCHEME_CHANGED", "scheme/parts/twice.yaml")
    ]
    assert scheme_of(folder_source(find_scheme("three-units")[0]))[0] is not None


def test_the_page_of_parts_is_what_the_parts_say():
    assert (Path(__file__).parents[2] / "docs" / "parts.md").read_text("utf-8") == parts_page()
