"""Words that never stand in a column, tables named for sheets, circles: told with their line and what to write."""

import pytest
from kit.small_scheme import SCHEME, write

from xlperf.engine.check import check_source
from xlperf.scheme.load import folder_source

BEFORE = "      process: {is: input"
FLAG = "      good: {title: 好, flag: {conditions: {marks: {above: 5}}}}\n"
KIND = "      grade: {title: 等, choose: {branches: [{优: {marks: {above: 9}}}, {kind: {good: 是}}], otherwise: 差}}\n"
PRIZE = "      prize: {title: 奖, awarded: {by: marks, within: {group: group}, places: [[一等, 1]], otherwise: 无"
SHORT = FLAG + PRIZE + ", barred: [{good: 是}, {group: 丙组}]}}\n"


def told(folder, lines, **tables):
    text = SCHEME.replace(BEFORE, lines + BEFORE, 1)
    _, problems = check_source(folder_source(write(folder, scheme=text, **tables)))
    return [(p.code, p.where.line - text[: text.index(lines)].count("\n"), dict(p.values)) for p in problems]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("      x: {title: 甲, only_if: {points: 1, conditions: {good: 有}}}\n", "否、是"),
        ("      x: {title: 甲, flag: {conditions: {grade: 良}}}\n", "优、差、无此项"),
        ("      x: {title: 甲, counted: {of: this, where: {good: 有}}}\n", "否、是"),
        ("      x: {title: 甲, flag: {conditions: {prize: 二等}}}\n", "一等、无"),
    ],
)
def test_a_word_that_a_computed_column_never_answers_is_told(tmp_path, line, words):
    lines = FLAG + KIND.replace("{kind: {", "{无此项: {") + PRIZE + "}}\n" + line
    found = [(at, values["words"]) for code, at, values in told(tmp_path, lines) if code == "WRONG_WORD"]
    assert found[0] == (4, words)


def test_words_that_stand_there_are_not_told(tmp_path):
    lines = FLAG + KIND.replace("{kind: {", "{group: {") + SHORT.removeprefix(FLAG)
    lines += "      x: {title: 甲, flag: {conditions: {good: 否, grade: 乙组, prize: 一等}}}\n"
    assert [
        code for code, _, _ in told(tmp_path, lines) if code in ("WRONG_WORD", "WRONG_VALUE", "NUMBER_WANTED")
    ] == []


def test_awards_are_texts_without_saying_so_and_conditions_may_be_a_list_of_short_ones(tmp_path):
    assert [
        code for code, _, _ in told(tmp_path, SHORT) if code in ("WRONG_VALUE", "NUMBER_WANTED", "TEXT_COLUMN")
    ] == []


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("      x: {title: 甲, total: {of: units.marks, where: {}}}\n", "UNKNOWN_SHEET", "A、B"),
        ("      x: {title: 甲, total: {of: marks.full, where: unit}}\n", "WRONG_VALUE", "{那张表的列: 值或本表的列}"),
        (PRIZE.replace("[[一等, 1]]", "{一等: 1}") + "}}\n", "WRONG_VALUE", "[[奖项, 名额], …]"),
        ("      x: {title: 甲, added: {scores: [y]}}\n      y: {title: 乙, added: {scores: [x]}}\n", "CIRCULAR", "A.x"),
    ],
)
def test_what_to_write_is_said_and_where(tmp_path, line, code, says):
    found = [(at, values) for name, at, values in told(tmp_path, line) if name == code]
    assert found[0][0] == 1
    assert says in " ".join(map(str, found[0][1].values()))


def test_a_choice_that_looks_up_no_row_is_told(tmp_path):
    lines = "      pick: {by: office, title: 选, choices: [U1, U9]}\n"
    lines += "      x: {title: 甲, lookup: {key: pick, of: A.marks}}\n"
    found = [(at, values["found"]) for code, at, values in told(tmp_path, lines) if code == "CHOICE_WITHOUT_ROW"]
    assert found[0] == (1, "U9")
