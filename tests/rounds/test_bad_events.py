"""Bad entries of a ledger, from CSV files and from workbooks: a problem with its place, or the stated rule and why.

Nothing here may become a number in silence. Rosters are small: two streets, one bureau (a class of one), of 鹤壁 2021;
a few units of 益阳 2018.
"""

from __future__ import annotations

import csv
import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from kit.rounds import _cut, cell_of, reopened, send, unstated

from xlperf.engine.compile import compile_scheme
from xlperf.engine.reason import Explanation, explain_cell
from xlperf.engine.score import Scores, score
from xlperf.entries.folder import read_data
from xlperf.publish.results import publish_scores, score_round
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.distribute import distribute
from xlperf.rounds.store import new_round
from xlperf.scheme.load import find_scheme, load_scheme
from xlperf.workbook.back.fill import fill_book

HEBI_UNITS = """\
code,name,class,full
X1,甲街道,街道办事处（园区）,100
X2,乙街道,街道办事处（园区）,100
X3,丙局,区直单位,100
"""
HEBI_MARKS = """\
id,unit,part,indicator,full,shape,target,lead,verified
X1-1,X1,基础,党建工作目标,100,,,90,
X2-1,X2,基础,党建工作目标,100,,,80,
X3-1,X3,基础,党建工作目标,100,,,70,
X1-Z1,X1,九项指标,地区生产总值,,总量,{target},,100
X2-Z1,X2,九项指标,地区生产总值,,总量,100,,100
"""


@pytest.fixture(scope="module")
def schemes():
    found = {}
    for name in ("hebi-2021", "yiyang-2018"):
        scheme, problems = load_scheme(find_scheme(name)[0])
        assert scheme is not None, problems
        found[name] = scheme
    return found


@pytest.fixture
def hebi(schemes, tmp_path):
    """Score a small round of 鹤壁 whose ledger holds the rows given; return the scores and the problems."""

    def scored(*events: dict[str, object], target: str = "100", units: str = HEBI_UNITS):
        (tmp_path / "units.csv").write_text(units, "utf-8")
        (tmp_path / "marks.csv").write_text(HEBI_MARKS.format(target=target), "utf-8")
        with (tmp_path / "events.csv").open("w", encoding="utf-8", newline="") as file:
            names = dict.fromkeys(name for event in events for name in event)
            writer = csv.DictWriter(file, ["no", *names])
            writer.writeheader()
            writer.writerows({"no": i, **event} for i, event in enumerate(events, 1))
        scheme = schemes["hebi-2021"]
        tables, problems = read_data(scheme, tmp_path)
        return score(compile_scheme(scheme)[0], tables), problems

    return scored


def told(problems):
    """List the errors with their places, those of the events and of the roster."""
    files = ("events.csv", "units.csv", "history.csv")
    return [(p.code, p.where.line, p.where.path) for p in problems if p.severity == "error" and p.where.file in files]


def reasons(found: Explanation) -> str:
    return "；".join([*found.because, *(reasons(part) for part in found.parts)])


def why(scores: Scores, sheet: str, key: str, column: str) -> str:
    return reasons(explain_cell(scores, sheet, key, column))


HONOUR = {
    "type": "表彰", "unit": "X1", "work": "工作一", "subject": "表彰", "level": "市级", "date": "2021-06-01",
    "document": "豫文〔2021〕1号", "status": "通过",
}  # fmt: skip
NOTICE = {
    "type": "通报", "unit": "X1", "kind": "重点工作进展", "place": 1, "field": 8, "document": "市办通报1号"
}  # fmt: skip
FIRMS = {
    "type": "贡献", "unit": "X1", "item": "高新技术企业", "subject": "企业一", "count": 1, "document": "证书",
    "status": "通过",
}  # fmt: skip
SANCTION = {
    "type": "处分", "unit": "X1", "person": "甲", "role": "副职", "sanction": "党内警告", "date": "2021-06-01",
    "document": "文", "status": "通过",
}  # fmt: skip
VETO = {"type": "否决", "unit": "X1", "domain": "安全生产", "document": "文", "status": "通过"}
FLAG = {"type": "督查", "unit": "X1", "item": "黑旗", "count": 2, "document": "督查通报", "status": "通过"}

# ---- CSV: a problem at its place ---------------------------------------------------------------

BAD = {
    "no basis": ({**HONOUR, "document": ""}, "MISSING", "document"),
    "a deduction without basis": ({**FLAG, "document": ""}, "MISSING", "document"),
    "place 0": ({**NOTICE, "place": 0}, "OUT_OF_RANGE", "place"),
    "place below 0": ({**NOTICE, "place": -1}, "OUT_OF_RANGE", "place"),
    "a place beyond the field": ({**NOTICE, "place": 9}, "OUT_OF_RANGE", "place"),
    "half a place": ({**NOTICE, "place": 1.5}, "PRECISION", "place"),
    "no place": ({**NOTICE, "place": ""}, "ROW_UNFINISHED", "place"),
    "a field of 0": ({**NOTICE, "place": 1, "field": 0}, "OUT_OF_RANGE", "field"),
    "a negative count": ({**FIRMS, "count": -1}, "OUT_OF_RANGE", "count"),
    "half a firm": ({**FIRMS, "count": 1.5}, "PRECISION", "count"),
    "a day that is not": ({**HONOUR, "date": "2021-02-30"}, "NOT_A_DATE", "date"),
    "an unknown level": ({**HONOUR, "level": "厅级"}, "NOT_A_CHOICE", "level"),
    "an unknown status": ({**HONOUR, "status": "同意"}, "NOT_A_CHOICE", "status"),
    "a sanction of no list": ({**SANCTION, "sanction": "警告处分"}, "NOT_A_CHOICE", "sanction"),
    "a veto of no list": ({**VETO, "domain": "计划生育"}, "NOT_A_CHOICE", "domain"),
    "nobody's": ({**NOTICE, "unit": ""}, "ROW_UNFINISHED", "unit"),
    "an unknown unit": ({**NOTICE, "unit": "X9"}, "UNKNOWN_UNIT", "unit"),
    "a type no sheet reads": ({**HONOUR, "type": "表扬"}, "ROW_IN_NO_SHEET", "type"),
    "no type": ({**HONOUR, "type": ""}, "ROW_IN_NO_SHEET", "type"),
}


@pytest.mark.parametrize(("event", "code", "name"), BAD.values(), ids=BAD)
def test_a_bad_row_is_told_at_its_place(hebi, event, code, name):
    _, problems = hebi(event)
    assert (code, 2, name) in told(problems)
    assert len({p for p in told(problems) if p[1] == 2}) <= 2  # a place may also be outside a field that is wrong


@pytest.mark.parametrize("case", ["place 0", "a place beyond the field", "a negative count", "a sanction of no list"])
def test_what_a_bad_row_feeds_stays_blank(hebi, case):
    scores, _ = hebi(BAD[case][0])
    assert scores.row("streets", "X1")["composite"] is None
    assert scores.row("streets", "X2")["composite"] is not None


def test_a_good_row_tells_nothing(hebi):
    scores, problems = hebi(HONOUR, NOTICE, FIRMS, SANCTION, VETO, FLAG)
    assert told(problems) == []
    assert scores.row("streets", "X1")["composite"] == 90 + 10 + 10 + 10 - 3 - 2
    assert scores.row("streets", "X1")["vetoed"] == "是"


def test_a_ledger_without_the_column_of_its_documents_is_told_once(hebi):
    bare = [{k: v for k, v in event.items() if k != "document"} for event in (FLAG, FLAG, VETO)]
    _, problems = hebi(*bare)
    found = [(p.severity, p.where.line, p.where.path) for p in problems if p.code == "DATA_COLUMN_ABSENT"]
    assert found == [("warning", 1, "document")] * 2  # once for each ledger, however many rows


# ---- CSV: the stated rule, with its reason -----------------------------------------------------


def test_of_two_levels_for_the_same_work_the_highest_counts(hebi):
    scores, problems = hebi(HONOUR, {**HONOUR, "level": "区级"}, {**HONOUR, "work": "工作二", "level": "区级"})
    assert told(problems) == []
    assert [row["counts"] for row in scores.rows("honours")] == [10, 0, 5]
    assert "不计" in why(scores, "honours", "2", "counts")
    assert scores.row("streets", "X1")["honour_bonus"] == 15


@pytest.mark.parametrize("day", ["2020-12-31", "2022-01-01", ""])
def test_a_certificate_outside_its_year_does_not_count(hebi, day):
    scores, problems = hebi(HONOUR | {"date": day})
    assert told(problems) == ([] if day else [("ROW_UNFINISHED", 2, "date")]), (
        "a blank is asked for, never silently nothing"
    )
    assert scores.row("honours", "1")["counts"] == 0
    assert "不计：须有效为是" in why(scores, "honours", "1", "counts")
    assert "证书颁发日期" in why(scores, "honours", "1", "counts")


@pytest.mark.parametrize("status", ["", "待审", "未通过"])
def test_what_nobody_approved_does_not_count(hebi, status):
    scores, problems = hebi({**FIRMS, "status": status})
    assert told(problems) == []
    assert scores.row("contributions", "1")["counts"] == 0
    assert "不计：须审核状态为通过" in why(scores, "contributions", "1", "counts")


@pytest.mark.parametrize("target", ["0", "-5"])
def test_a_target_of_0_gives_no_number_and_says_why(hebi, target):
    scores, _ = hebi(NOTICE, target=target)
    row = scores.row("nine", "X1-Z1")
    assert (row["bonus"], row["cut"], scores.row("streets", "X1")["composite"]) == (None, None, None)
    assert "一步的大小" in why(scores, "nine", "X1-Z1", "bonus")


def test_a_class_of_one_has_no_last(hebi):
    scores, _ = hebi(NOTICE)
    bureau = scores.row("bureaus", "X3")
    assert (bureau["place"], bureau["last"]) == (1, "否")
    assert "本类参加排名的1家，不多于1家，不分前后" in why(scores, "bureaus", "X3", "last")


def test_a_unit_without_the_rows_its_score_adds_up_is_told(hebi):
    _, problems = hebi(NOTICE, units=HEBI_UNITS + "X4,丁局,区直单位,100\n")
    found = [(p.code, dict(p.values)) for p in problems if p.code in ("UNIT_WITHOUT_ROWS", "STATED_GROUP_DIFFERS")]
    assert [code for code, _ in found] == ["STATED_GROUP_DIFFERS", "UNIT_WITHOUT_ROWS"]
    assert found[1][1] == {"unit": "X4", "sheet": "基础目标得分"}


def test_a_unit_with_no_class_is_told(hebi):
    scores, problems = hebi(NOTICE, units=HEBI_UNITS.replace(",区直单位,", ",,"))
    assert told(problems) == [("UNIT_WITHOUT_GROUP", 4, "class")]
    assert all(row["code"] != "X3" for name in ("streets", "bureaus", "agencies") for row in scores.rows(name))


def test_a_unit_of_a_class_that_does_not_exist_is_told(hebi):
    _, problems = hebi(NOTICE, units=HEBI_UNITS.replace(",区直单位,", ",区属国企,"))
    assert [(p.code, p.where.line) for p in problems if p.code.startswith("UNIT_")] == [("UNIT_IN_NO_SHEET", 4)]


# ---- 益阳 ---------------------------------------------------------------------------------------

YIYANG_UNITS = """\
code,name,class,group,staff
Y1,甲县,A,区县（市）,10
Y2,乙县,A,区县（市）,10
Y3,丙局,B,党群综合,10
"""
YIYANG_MARKS = """\
id,unit,block,indicator,full,method,nature,target_status,assigned,rate_target,before,verified
{rows}
"""
BLOCKS = ("高质量发展", "三大攻坚战", "党的建设", "社会稳定和安全生产")


@pytest.fixture
def yiyang(schemes, tmp_path):
    """Score a small round of 益阳: four items a unit, the first with the target given."""

    def scored(target: str = "10", units: str = YIYANG_UNITS, history: str = ""):
        own = {("Y1", 0): target}
        rows = [
            f"{unit}-{i},{unit},{block},项目{i},10,增量增速,客观,审定,{own.get((unit, i), 10)},10%,100,110"
            for unit in ("Y1", "Y2", "Y3")
            for i, block in enumerate(BLOCKS)
        ]
        (tmp_path / "units.csv").write_text(units, "utf-8")
        (tmp_path / "marks.csv").write_text(YIYANG_MARKS.format(rows="\n".join(rows)), "utf-8")
        if history:
            (tmp_path / "history.csv").write_text(f"id,unit,year,score,place,last\n{history}\n", "utf-8")
        scheme = schemes["yiyang-2018"]
        tables, problems = read_data(scheme, tmp_path)
        return score(compile_scheme(scheme)[0], tables), problems

    return scored


def test_a_good_round_of_yiyang_tells_nothing(yiyang):
    scores, problems = yiyang(history="H1,Y1,2017,90,2,否")
    assert told(problems) == []
    assert scores.row("A", "Y1")["composite"] == 100
    assert scores.row("A", "Y1")["places_risen"] == 1


@pytest.mark.parametrize("target", ["0", "-3"])
def test_an_assigned_target_of_0_gives_no_number(yiyang, target):
    scores, _ = yiyang(target)
    assert scores.row("marks", "Y1-0")["score"] is None
    assert scores.row("A", "Y1")["composite"] is None
    assert "目标值不大于0" in why(scores, "marks", "Y1-0", "increase_reached")


@pytest.mark.parametrize(("place", "code"), [("0", "OUT_OF_RANGE"), ("-1", "OUT_OF_RANGE"), ("1.5", "PRECISION")])
def test_an_earlier_place_that_cannot_be_is_told(yiyang, place, code):
    scores, problems = yiyang(history=f"H1,Y1,2017,90,{place},否")
    assert told(problems) == [(code, 2, "place")]
    assert scores.row("A", "Y1")["places_risen"] == "不适用"


def test_a_unit_of_no_group_is_told_and_not_ranked(yiyang):
    scores, problems = yiyang(units=YIYANG_UNITS.replace("党群综合", ""))
    assert told(problems) == [("UNIT_WITHOUT_GROUP", 4, "group")]
    assert scores.row("B", "Y3")["place"] is None


def test_a_group_of_one_has_a_first_and_no_last(yiyang):
    scores, _ = yiyang()
    row = scores.row("B", "Y3")
    assert (row["place"], row["last"], row["stage"]) == (1, "否", "无")


# ---- workbooks ---------------------------------------------------------------------------------

KEPT = ("U02", "U03", "U05")
A_DAY = date(2021, 6, 1)
CLAIM = {"work": "工作一", "subject": "表彰", "level": "市级", "date": A_DAY, "document": "豫文〔2021〕1号"}
PROJECT = {"item": "高新技术企业", "subject": "企业一", "count": 1, "document": "证书"}
NOTICED = {"unit": "U02", "kind": "重点工作进展", "place": 1, "field": 8, "document": "市办通报1号"}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hebi")
    source = find_scheme("hebi-2021")[0]
    shutil.copytree(source if source.is_dir() else source.parent, folder / "scheme")
    unstated(folder / "scheme")
    _cut(folder / "scheme" / "units.csv", lambda row: row["code"] in KEPT)
    _cut(folder / "scheme" / "marks.csv", lambda row: row["unit"] in KEPT)
    round_, problems = new_round(folder / "scheme", folder / "round", key=b"k" * 32)
    assert round_ is not None, problems
    distribute(round_)
    publish_scores(round_)
    return round_.folder


@pytest.fixture
def round_(template, tmp_path):
    shutil.copytree(template, tmp_path / "round")
    return reopened(tmp_path / "round")


def entry(sheet: str, row: dict[str, object], number: int = 1) -> dict[tuple[str, str, str], object]:
    return {(sheet, f"+{number}", name): value for name, value in row.items()}


def sent(round_, file: Path):
    """Collect and return the receipt of a file."""
    return next(r for r in collect(round_).receipts if r.file == file.name)


def office(round_, values):
    file = round_.inbox / "总表.xlsx"
    fill_book(round_.out / "总表.xlsx", file, values)
    return sent(round_, file)


CLAIMS = {
    "no basis": ("honours", {**CLAIM, "document": None}, "ROW_UNFINISHED", "document"),
    "no work": ("honours", {**CLAIM, "work": None}, "ROW_UNFINISHED", "work"),
    "an unknown level": ("honours", {**CLAIM, "level": "厅级"}, "NOT_A_CHOICE", "level"),
    "not a day": ("honours", {**CLAIM, "date": "2021-02-30"}, "NOT_A_DATE", "date"),
    "a negative count": ("contributions", {**PROJECT, "count": -1}, "OUT_OF_RANGE", "count"),
    "half a firm": ("contributions", {**PROJECT, "count": 1.5}, "PRECISION", "count"),
}


@pytest.mark.parametrize(("sheet", "row", "code", "name"), CLAIMS.values(), ids=CLAIMS)
def test_a_bad_claim_holds_the_book(round_, sheet, row, code, name):
    file = send(round_, "unit", "U02", entry(sheet, row))
    receipt = sent(round_, file)
    found = [(p.code, p.where.cell) for p in receipt.problems if p.severity == "error"]
    assert (receipt.decision, found) == ("held", [(code, cell_of(file, (sheet, "+1", name)))])


IMPOSED = {
    "place 0": ("notices", {**NOTICED, "place": 0}, "OUT_OF_RANGE", "place"),
    "a place beyond the field": ("notices", {**NOTICED, "place": 9}, "OUT_OF_RANGE", "place"),
    "no basis": ("notices", {**NOTICED, "document": None}, "MISSING", "document"),
    "nobody's": ("notices", {**NOTICED, "unit": None}, "MISSING", "unit"),
    "a negative count": (
        "criticism",
        {"unit": "U02", "item": "黑旗", "count": -2, "document": "督查通报", "status": "通过"},
        "OUT_OF_RANGE",
        "count",
    ),
    "a veto of no list": ("vetoing", {"unit": "U02", "domain": "计划生育", "document": "文"}, "NOT_A_CHOICE", "domain"),
}


@pytest.mark.parametrize(("sheet", "row", "code", "name"), IMPOSED.values(), ids=IMPOSED)
def test_a_bad_entry_of_the_office_holds_the_book(round_, sheet, row, code, name):
    receipt = office(round_, entry(sheet, row))
    found = [(p.code, p.where.cell) for p in receipt.problems if p.severity == "error"]
    assert (receipt.decision, found) == ("held", [(code, cell_of(round_.inbox / "总表.xlsx", (sheet, "+1", name)))])


def test_claims_count_once_approved_by_level_and_by_year(round_):
    rows = [CLAIM, {**CLAIM, "level": "区级"}, {**CLAIM, "work": "工作二", "date": date(2022, 1, 1)}]
    claims = {at: v for n, row in enumerate(rows, 1) for at, v in entry("honours", row, n).items()}
    assert sent(round_, send(round_, "unit", "U02", claims)).decision == "accepted"
    before = score_round(reopened(round_.folder))
    keys = [row["no"] for row in before.rows("honours")]
    assert [row["counts"] for row in before.rows("honours")] == [0, 0, 0]
    assert "不计" in why(before, "honours", keys[0], "counts")
    publish_scores(reopened(round_.folder))
    assert office(round_, {("honours", key, "status"): "通过" for key in keys}).decision == "accepted"
    after = score_round(reopened(round_.folder))
    assert [row["counts"] for row in after.rows("honours")] == [10, 0, 0]
    assert "证书颁发日期" in why(after, "honours", keys[2], "counts")
    assert after.row("streets", "U02")["honour_bonus"] == Fraction(10)
