"""鹤壁 2021: a blank never cancels a penalty, and one open entry never hides the others."""

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from xlperf.engine.compile import compile_scheme
from xlperf.engine.roles import warned_rows
from xlperf.engine.score import score
from xlperf.entries.folder import read_data
from xlperf.formula.values import day_number
from xlperf.scheme.load import load_scheme

FOLDER = Path(__file__).parents[2] / "schemes" / "hebi-2021"
MAY = day_number(date(2021, 5, 1))
UNIT = {"code": "E", "name": "某局", "class": "区直单位", "full": Fraction(100), "staff": Fraction(10)}
STREET = {**UNIT, "class": "街道办事处（园区）"}
BLOCKS = (("党建工作目标", 50), ("重点工作目标", 40), ("市责任目标和工委管委下达的工作", 10))
PAID = {"id": "P1", "unit": "E", "name": "甲", "role": "主要负责人", "month": Fraction(5), "amount": Fraction(1500)}
LAST = {"type": "市考评", "kind": "重点工作任务考评", "place": Fraction(9), "field": Fraction(9), "month": Fraction(5)}
GOAL = {"type": "目标未完成", "month": Fraction(5), "item": "某目标"}
SANCTION = {"type": "处分", "person": "甲", "role": "副职", "sanction": "党内警告", "date": MAY, "status": "通过"}


def warned(scores):
    """Return column → what is said of its rows; people read titles, and no two of one table are alike."""
    sheets = {s.title: s for s in scores.plan.sheets}
    found = {}
    for p in warned_rows(scores):
        (column,) = (c for c in sheets[p.where.sheet].columns if c.title == dict(p.values)["title"])
        found[column.name] = p
    return found


@pytest.fixture(scope="module")
def plan():
    scheme, problems = load_scheme(FOLDER)
    made, told = compile_scheme(scheme)
    assert problems + told == []
    return made


@pytest.fixture(scope="module")
def lookups():
    scheme, _ = load_scheme(FOLDER)
    return {name: rows for name, rows in scheme.tables.items() if name not in ("units", "marks")}


@pytest.fixture
def scored(plan, lookups):
    """Score one unit with ledger entries; each entry gets its unit and number."""

    def made(*entries, unit=UNIT, **tables):
        marks = [
            {
                "id": str(n),
                "unit": "E",
                "part": "基础",
                "indicator": name,
                "full": Fraction(full),
                "lead": Fraction(full),
            }
            for n, (name, full) in enumerate(BLOCKS)
        ]
        events = [{"no": str(n), "unit": "E", **entry} for n, entry in enumerate(entries)]
        return score(plan, {**lookups, "units": [unit], "marks": marks, "events": events, "people": [PAID], **tables})

    return made


def without(entry, *names):
    return {name: value for name, value in entry.items() if name not in names}


# ---- 八（二）1、2: the month's bonus ---------------------------------------------------------------


def test_the_last_place_of_a_month_takes_that_months_bonus(scored):
    assert scored(LAST).row("months", "P1")["paid"] == 0
    assert scored({**LAST, "month": Fraction(4)}).row("months", "P1")["paid"] == 1500


@pytest.mark.parametrize("gap", ["month", "place", "field", "kind"])
def test_a_blank_month_or_place_leaves_the_bonus_open(scored, gap):
    assert scored(without(LAST, gap)).row("months", "P1")["paid"] is None


def test_a_middle_place_without_month_takes_nothing(scored):
    assert scored({**without(LAST, "month"), "place": Fraction(4)}).row("months", "P1")["paid"] == 1500


def test_a_goal_without_month_leaves_the_bonus_open(scored):
    assert scored(GOAL).row("months", "P1")["paid"] == 0
    assert scored(without(GOAL, "month")).row("months", "P1")["paid"] is None


def test_a_bonus_without_month_is_not_paid(scored):
    assert scored(LAST, people=[without(PAID, "month")]).row("months", "P1")["paid"] is None


def test_a_known_last_place_needs_no_second_entry(scored):
    """Once the month's bonus is gone, an open entry beside it changes nothing for the head."""
    assert scored(LAST, without(LAST, "month")).row("months", "P1")["paid"] == 0


# ---- 五（二）3: a sanction without date ------------------------------------------------------------


def test_a_sanction_without_date_stops_the_total(scored):
    row = scored(SANCTION).row("bureaus", "E")
    assert (row["discipline_cut"], row["composite"]) == (3, 97)
    row = scored(without(SANCTION, "date")).row("bureaus", "E")
    assert (row["discipline_cut"], row["composite"], row["place"]) == (None, None, None)
    assert scored({**without(SANCTION, "date"), "status": "待审"}).row("bureaus", "E")["discipline_cut"] == 0


def test_a_sanction_without_a_name_stops_the_total(scored):
    """Whether two are of the same person cannot be said; without that reading each counts by itself."""
    nameless = without(SANCTION, "person")
    assert scored(nameless, SANCTION).row("bureaus", "E")["discipline_cut"] is None
    assert [*warned(scored(nameless))] == ["unnamed"]
    for other in ({"status": "待审"}, {"date": day_number(date(2020, 5, 1))}):
        assert scored({**nameless, **other}).row("bureaus", "E")["discipline_cut"] == 0


def test_a_sanction_of_another_year_does_not_count(scored):
    old = {**SANCTION, "date": day_number(date(2020, 12, 31))}
    assert scored(old).row("bureaus", "E")["discipline_cut"] == 0


@pytest.mark.parametrize(("weight", "cut"), [("轻", 3), ("重", 5), (None, None)])
def test_a_sanction_that_is_not_listed_takes_the_weight_that_is_set(scored, weight, cut):
    row = scored({**SANCTION, "sanction": "其他处分", "grade_set": weight}).row("bureaus", "E")
    assert row["discipline_cut"] == cut


# ---- 五（一）4（6）: typed counts beside a list -------------------------------------------------------

COUNTED = {**STREET, "net_500": Fraction(1), "net_100": Fraction(2)}
FIRM = {"type": "纳税", "subject": "企业", "tax": Fraction(600), "document": "证明"}


@pytest.mark.parametrize(
    ("status", "tax", "twice"), [("待审", 60, "否"), ("未通过", 60, "否"), (None, 60, "否"), ("通过", 50, "是")]
)
def test_only_an_approved_firm_replaces_the_counts(scored, status, tax, twice):
    row = scored({**FIRM, "status": status}, unit=COUNTED).row("streets", "E")
    assert (row["tax"], row["tax_twice"]) == (tax, twice)


# ---- 八（一）3、（二）3: a place that nobody gave ---------------------------------------------------


def test_a_result_without_place_leaves_grade_and_share_open(scored):
    single = {**LAST, "kind": "综合目标单项工作"}
    assert scored(single).row("bureaus", "E")["head_grade"].startswith("不得")
    row = scored(without(LAST, "kind")).row("bureaus", "E")
    assert (row["head_grade"], row["excellent_places"]) == (None, None)
    row = scored(without(single, "place")).row("bureaus", "E")
    assert (row["head_grade"], row["excellent_places"]) == (None, None)
    row = scored({**without(single, "place", "field"), "commended": "是"}).row("bureaus", "E")
    assert (row["head_grade"], row["excellent_places"]) == ("确定为优秀", 3)


# ---- every such cell is asked for where it is typed ------------------------------------------------


def test_the_cells_are_required(plan):
    cells = [("city", "month"), ("goals", "month"), ("discipline", "date"), ("honours", "date"), ("months", "month")]
    assert [at for at in cells if not plan.by_name[at[0]].by_name[at[1]].required] == []


# ---- what somebody has to look at ------------------------------------------------------------------


def test_rows_that_need_a_look_are_told_with_their_unit(scored):
    scores = scored(
        without(LAST, "month"), {"type": "通报", "kind": "月度评价", "place": Fraction(1), "field": Fraction(2)}
    )
    told = {name: p.message("zh") for name, p in warned(scores).items()}
    assert told == {"incomplete": told["incomplete"]}
    assert "“缺种类、月份或名次”1处：某局“0”" in told["incomplete"]
    both = {"type": "通报", "kind": "重点工作进展", "item": "三季度通报", "place": Fraction(1), "field": Fraction(2)}
    assert "某局“三季度通报”" in next(warned_rows(scored(both))).message("zh")


def test_an_onsite_score_wants_its_reason(plan, lookups):
    mark = {
        "id": "1",
        "unit": "E",
        "part": "基础",
        "indicator": "党建工作目标",
        "full": Fraction(50),
        "lead": Fraction(48),
    }
    for onsite, why, moved in ((None, None, "否"), (Fraction(46), None, "是"), (Fraction(46), "核实", "否")):
        marks = [{**mark, "onsite": onsite, "onsite_reason": why}]
        scores = score(plan, {**lookups, "units": [UNIT], "marks": marks})
        assert scores.column("base", "moved") == [moved]


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ("type,unit,kind,place,field,document\n市考评,商务局,重点工作任务考评,9,9,通报\n", "month"),
        ("type,unit,item,document\n目标未完成,商务局,某目标,纪要\n", "month"),
        ("type,unit,person,role,sanction,status,document\n处分,商务局,甲,副职,党内警告,通过,决定\n", "date"),
        ("type,unit,date,role,sanction,status,document\n处分,商务局,2021-05-01,副职,党内警告,通过,决定\n", "person"),
        ("type,unit,month,place,field,document\n市考评,商务局,5,9,9,通报\n", "kind"),
    ],
)
def test_a_file_without_the_cell_is_told_of_it(tmp_path, entry, name):
    """The column may be missing altogether, or its cell be empty: both name the file and the column."""
    scheme, _ = load_scheme(FOLDER)
    head, line, _ = entry.split("\n")
    for text, code in ((entry, "LEDGER_COLUMN_ABSENT"), (f"{head},{name}\n{line},\n", "ROW_UNFINISHED")):
        (tmp_path / "events.csv").write_text(text, "utf-8")
        problems = [p for p in read_data(scheme, tmp_path)[1] if p.where.path == name]
        assert {(p.where.file, p.severity) for p in problems} == {("events.csv", "error")}
        assert {p.code for p in problems} <= {code, "ROW_UNFINISHED"}


@pytest.mark.parametrize(
    ("entry", "column"),
    [
        (without(SANCTION, "date"), "undated"),
        ({**SANCTION, "sanction": "其他处分"}, "ungraded"),
        ({"type": "表彰", "work": "甲", "level": "市级", "status": "通过"}, "undated"),
        (
            {"type": "通报", "kind": "月度评价", "place": Fraction(8), "field": Fraction(8), "tied": Fraction(2)},
            "tied_wrong",
        ),
    ],
)
def test_what_leaves_a_total_open_is_told_with_its_row(scored, entry, column):
    problems = [p for name, p in warned(scored(entry)).items() if name == column]
    assert [dict(p.values)["count"] for p in problems] == ["1"]
    assert "某局“" in problems[0].message("zh")


def test_a_prize_for_nobody_and_a_firm_without_figure_are_told(scored):
    rows = [{"no": "1", "award": "集体三等功", "decided": "是"}]
    firms = [{"no": "1", "firm": "甲", "award": "十强纳税企业"}]
    scores = scored(proposals=rows, enterprises=firms)
    assert set(warned(scores)) == {"unnamed", "unmeasured"}
    assert (scores.row("proposals", "1")["money"], scores.row("enterprises", "1")["money"]) == (None, None)
