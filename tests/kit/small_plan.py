"""A small plan by hand with what real schemes seldom have side by side, and rows for it.

Groups do not stand together, ledger rows look up a table by a typed key, one column counts a ledger as a
whole, marks of one unit are apart, cells are closed, values are blank or 不适用.
"""

from __future__ import annotations

from fractions import Fraction

from xlperf.engine.plan import LEAD, OFFICE, UNIT, Column, Plan, Ranking, Sheet, Subject, Tables
from xlperf.engine.score import Scores, score
from xlperf.formula.expression import cases, col, count, first, is_blank, lift, mean, negate, rank, rounded, total, via
from xlperf.formula.values import EXEMPT
from xlperf.workbook.seal import Identity, sealed

KEY = b"the office's key"
ZERO, FULL = Fraction(0), Fraction(100)

KINDS = Sheet(
    "kinds",
    "加分项目",
    "kinds",
    (Column("kind", "项目", "key", "text"), Column("each", "每项分值", "fact", basis="五")),
)
MARKS = Sheet(
    "marks",
    "指标/得分",
    "marks",
    (
        Column("id", "编号", "key", "text"),
        Column("unit", "单位代码", "fact", "text"),
        Column("indicator", "指标内容", "fact", "text", width=40, role="label"),
        Column("full", "分值", "fact", role="full"),
        Column("target", "目标值", "fact", role="target"),
        Column("scorer", "考核主体", "fact", "text"),
        Column("actual", "完成值", "input", by=UNIT, required=True, asked=negate(is_blank(col("target")))),
        Column(
            "self", "自评得分", "input", by=UNIT, low=lift(0), high=col("full"), decimals=2, required=True, measure="分"
        ),
        Column("evidence", "佐证", "input", "text", by=UNIT, width=20, role="evidence"),
        Column(
            "lead",
            "核定得分",
            "input",
            by=LEAD,
            low=lift(0),
            high=col("full"),
            decimals=2,
            required=True,
            exempt=True,
            role="lead",
            note="撤销的填“不适用”",
        ),
        Column("done", "完成率", "computed", expr=col("actual") / col("target")),
        Column(
            "score", "得分", "computed", expr=cases((col("lead") > 0, col("lead"), "得分"), otherwise=(0, "不得分"))
        ),
    ),
    unit="unit",
    of="units",
    scorer="scorer",
    basis="附件1",
)
EVENTS = Sheet(
    "events",
    "加分台账",
    "events",
    (
        Column("no", "编号", "key", "text"),
        Column("unit", "单位代码", "input", "text", by=OFFICE, required=True, offers="units"),
        Column("kind", "项目", "input", "text", by=UNIT, required=True, offers="kinds"),
        Column("item", "事项", "input", "text", by=UNIT, width=30, required=True, role="label"),
        Column("number", "数量", "input", by=UNIT, low=lift(0), decimals=0, required=True),
        Column("date", "日期", "input", "date", by=UNIT),
        Column("status", "状态", "input", "text", by=OFFICE, choices=("待审", "通过"), default="待审", role="decision"),
        Column("each", "每项分值", "computed", expr=via("kind", "kinds", "each")),
        Column("points", "计分", "computed", expr=col("number") * col("each")),
    ),
    unit="unit",
    of="units",
    grows=5,
    claims={"status": "待审"},
)
UNITS = Sheet(
    "units",
    "单位",
    "units",
    (
        Column("code", "单位代码", "key", "text"),
        Column("name", "单位", "fact", "text", width=18, role="name"),
        Column("group", "组别", "fact", "text"),
        Column(
            "survey", "测评", "input", by="统计局", low=lift(0), high=col("survey_full"), required=True, exempt=True
        ),
        Column("survey_full", "测评满分", "input", by="统计局", default=FULL),
        Column("result", "指标得分", "computed", expr=total("marks", "score", {"unit": col("code")}, blanks="stop")),
        Column("peers", "同组测评均值", "computed", expr=mean("units", "survey", {"group": col("group")})),
        Column("bonus", "加分", "computed", expr=total("events", "points", {"unit": col("code"), "status": "通过"})),
        Column("entries", "台账条数", "computed", expr=count("events", {})),
        Column("third", "三分之一", "computed", expr=col("result") / 3),
        Column("used", "采用测评", "computed", expr=first(col("survey"), col("peers"))),
        Column(
            "composite",
            "综合得分",
            "computed",
            expr=rounded(col("third") + col("used") * Fraction(1, 10) + col("bonus"), 2),
        ),
        Column("place", "名次", "computed", expr=rank("composite", {"group": col("group")})),
        Column("seat", "顺序", "computed", expr=rank("composite", {"group": col("group")}, ties="list")),
    ),
    basis="六",
)
PLAN = Plan(
    "small",
    "示例考核",
    2020,
    (MARKS, KINDS, EVENTS, UNITS),
    (Ranking("units", "group", "composite", "place", "seat", "排名"),),
    "示例办",
    "示〔2020〕1号",
    subjects=(Subject("units", "考核对象", "name"),),
)


def rows() -> Tables:
    """Return tables with a blank, a 不适用, a tie, an unranked unit and texts that look like formulas."""
    groups = "甲乙甲乙甲"
    units = [
        {"code": f"U{i}", "name": f"第{i}局", "group": g, "survey": s, "survey_full": None}
        for i, (g, s) in enumerate(
            zip(groups, [Fraction(90), None, EXEMPT, Fraction(855, 10), Fraction(90)], strict=True), 1
        )
    ]
    leads = {"U1": (8, 9), "U2": (7, None), "U3": (8, EXEMPT), "U4": (5, 6), "U5": (8, 9)}
    marks = [
        {
            "id": f"{code}-{i}",
            "unit": code,
            "indicator": ["共同指标", f"{code}专项"][i - 1],
            "full": Fraction(10 * i),
            "target": Fraction(3) if i == 1 else None,
            "scorer": "统计局" if i == 1 else None,
            "actual": Fraction(2) if i == 1 and code != "U2" else None,
            "self": Fraction(75, 10),
            "evidence": '=HYPERLINK("http://x")' if i == 1 else "@SUM(1)",
            "lead": _mark(leads[code][i - 1]),
        }
        for i in (1, 2)
        for code in leads
    ]
    events = [
        {"no": "1", "unit": "U1", "kind": "获奖", "item": "+1", "number": Fraction(1), "status": "通过"},
        {
            "no": "2",
            "unit": "U5",
            "kind": "获奖",
            "item": "甲",
            "number": Fraction(1),
            "date": Fraction(44000),
            "status": "通过",
        },
        {"no": "3", "unit": "U4", "kind": "宣传", "item": "乙", "number": Fraction(3), "status": None},
    ]
    kinds = [{"kind": "获奖", "each": Fraction(3, 10)}, {"kind": "宣传", "each": Fraction(1, 10)}]
    return {"units": units, "marks": marks, "events": events, "kinds": kinds}


def _mark(mark: int | str | None) -> Fraction | str | None:
    return Fraction(mark) if isinstance(mark, int) else mark


def scored() -> Scores:
    """Return the plan scored over its rows."""
    return score(PLAN, rows())


def identity(kind: str = "master", whom: str = "", serial: int = 1) -> Identity:
    """Return a sealed identity."""
    return sealed(Identity(kind, "2020-1", "small", 2020, whom, serial), KEY)  # type: ignore[arg-type]
