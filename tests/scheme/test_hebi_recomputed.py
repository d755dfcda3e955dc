"""鹤壁 2021: the staged round worked out again from the paper; every total, place, award and yuan agrees.

Plain Python, nothing of the program's arithmetic: rows come in as dictionaries, each function is one clause of
鹤开工〔2021〕8号 under the readings adopted, and what comes out is held against the scored plan cell by cell. Then the
same with every ledger entry dealt to another unit by chance.
"""

import random
from collections import Counter
from fractions import Fraction
from math import floor
from pathlib import Path

import pytest
from kit.staged import staged_tables

from xlperf.engine.compile import compile_scheme
from xlperf.engine.score import score
from xlperf.scheme.load import load_scheme

FOLDER = Path(__file__).parents[2] / "schemes" / "hebi-2021"
FIRST, LAST = Fraction(44197), Fraction(44561)  # 2021-01-01 and 2021-12-31 as a spreadsheet counts days
STREETS, BUREAUS, AGENCIES, COMPANY = "街道办事处（园区）", "区直单位", "派驻机构", "经开集团"
PLACES = {STREETS: 1, BUREAUS: 3, AGENCIES: 2}  # 七（一）3 leaves them to 工委; the scheme says they are assumed
HIGH = ("国家级", "省级", "市级", "区级")
EACH = {"特色亮点工作": 30, "高新技术企业": 10, "三大改造项目": 10, "“双20”项目": 10, "限上企业": 10}
CRITICISED = {
    "红旗": 0,
    "黄旗": 0,
    "黑旗": 1,
    "省级及以上部门通报批评": 20,
    "市委、市政府通报批评": 10,
    "市直部门通报批评": 5,
}
PRIZES = {"集体三等功": 100000, "突出贡献奖": 50000, "个人三等功": 3000, "个人嘉奖": 1500}
SINGLE = {"招商引资先进单位", "项目建设先进单位", "营商环境建设先进单位", "争取资金先进单位", "单项工作突破先进单位"}
PERSONAL = {"个人三等功", "个人嘉奖", "产业转型突出贡献奖", "高质量发展先进工作者"}
FIRMS = ("十强纳税企业", "十佳诚信企业奖")


class Paper:
    """The year worked out from the clauses. tables: what was typed."""

    def __init__(self, tables):
        self.units = {u["code"]: u for u in tables["units"]}
        self.marks, self.tables = tables["marks"], tables
        self.months, self.firms, self.proposals = tables["people"], tables["enterprises"], tables["proposals"]

    def entries(self, kind, unit, passed=True):
        """List the entries of a ledger that stand for a unit."""
        rows = [e for e in self.tables["events"] if e["type"] == kind and e["unit"] == unit]
        return [e for e in rows if e.get("status") == "通过"] if passed else rows

    # 四 ------------------------------------------------------------------------------------------

    def base(self, unit):
        rows = [m for m in self.marks if m["unit"] == unit and m["part"] == "基础"]
        given = [m.get("lead") if m.get("onsite") is None else m["onsite"] for m in rows]
        return None if None in given else sum(min(g, m["full"]) for g, m in zip(given, rows, strict=True))

    # 五（一）、（二）------------------------------------------------------------------------------

    def nine(self, unit):
        up = down = 0
        for m in self.marks:
            if m["unit"] == unit and m["part"] == "九项指标":
                actual = m["verified"] if m.get("onsite_actual") is None else m["onsite_actual"]
                up += 5 * max(0, floor((actual / m["target"] - 1) / Fraction(5, 100)))
                down += 5 * max(0, floor((1 - actual / m["target"]) / Fraction(5, 100)))
        return up, down

    def notice_points(self, unit):
        rows = self.entries("通报", unit, passed=False)
        up = sum({1: 10, 2: 5}.get(e["place"], 0) for e in rows if e["field"] > 1)
        down = 0
        for e in rows:
            from_last = e["field"] - (e["place"] + (e.get("tied") or 1) - 1) + 1
            if e["kind"] in ("主要经济指标", "重点工作进展") and e["field"] > 1:
                down += {1: 10, 2: 5}.get(from_last, 0)
        return (up if rows else None), down

    def notice_bonus(self, unit):
        own = self.notice_points(unit)[0]
        if own is not None:
            return own
        peers = [u for u in self.units if self.units[u]["class"] == self.units[unit]["class"]]
        there = [p for p in (self.notice_points(u)[0] for u in peers) if p is not None]
        return Fraction(sum(there), len(there)) if there else 0

    def contributions(self, unit):
        mine = [e for e in self.entries("贡献", unit) if e.get("opinion") != "不同意"]
        fits = [e for e in mine if e["item"] == "特色亮点工作" or self.units[unit]["class"] == STREETS]
        return sum(EACH[e["item"]] * e["count"] for e in fits)

    def taxes(self, unit):
        limits = ((500, 50), (300, 20), (200, 10), (100, 5))
        if self.units[unit]["class"] != STREETS:
            return 0
        return sum(next((p for limit, p in limits if e["tax"] > limit), 0) for e in self.entries("纳税", unit))

    def honours(self, unit):
        """Return the highest honour of each work within the year."""
        works = {}
        for e in self.entries("表彰", unit):
            if e.get("date") is not None and FIRST <= e["date"] <= LAST:
                known = works.get(e["work"])
                if known is None or HIGH.index(e["level"]) < HIGH.index(known["level"]):
                    works[e["work"]] = e
        return list(works.values())

    def sanctions(self, unit):
        light = {"党内警告", "行政警告", "行政记过", "政务警告", "政务记过"}
        worst = Counter()
        for e in self.entries("处分", unit):
            if FIRST <= e["date"] <= LAST:
                points = {True: (5, 3), False: (10, 5)}[e["sanction"] in light][e["role"] == "副职"]
                worst[e["person"]] = max(worst[e["person"]], points)
        return sum(worst.values())

    def accidents(self, unit):
        worst = Counter()
        for e in self.entries("事故", unit):
            points = {"较大事故": 5, "重大事故": 10, "特别重大事故": 20}[e["item"]]
            worst[e["subject"]] = max(worst[e["subject"]], points)
        return sum(worst.values())

    def daily(self, unit, direction):
        return sum(e["points"] for e in self.entries("日常", unit) if e["direction"] == direction)

    def bonus(self, unit):
        nine = self.nine(unit)[0] if self.units[unit]["class"] == STREETS else 0
        honoured = sum({"市级": 10, "区级": 5}.get(e["level"], 0) for e in self.honours(unit))
        claimed = self.contributions(unit) + self.taxes(unit)
        return nine + self.notice_bonus(unit) + claimed + honoured + self.daily(unit, "加分")

    def cut(self, unit):
        nine = self.nine(unit)[1] if self.units[unit]["class"] == STREETS else 0
        told = sum(CRITICISED[e["item"]] * e["count"] for e in self.entries("督查", unit))
        behaved = self.sanctions(unit) + self.accidents(unit) + told + self.daily(unit, "减分")
        return nine + self.notice_points(unit)[1] + behaved

    def total(self, unit):
        return None if self.base(unit) is None else self.base(unit) + self.bonus(unit) - self.cut(unit)

    # 七（一）3、八（二）4 ------------------------------------------------------------------------

    def peers(self, unit):
        of_class = [u for u in self.units if self.units[u]["class"] == self.units[unit]["class"]]
        return {u: t for u, t in ((u, self.total(u)) for u in of_class) if t is not None}

    def place(self, unit):
        totals = self.peers(unit)
        ranked = unit in totals and self.units[unit]["class"] != COMPANY
        return 1 + sum(t > totals[unit] for t in totals.values()) if ranked else None

    def is_last(self, unit):
        totals = self.peers(unit)
        if self.units[unit]["class"] == COMPANY:
            return False
        return None if unit not in totals else len(set(totals.values())) > 1 and totals[unit] == min(totals.values())

    def vetoed(self, unit):
        return bool(self.entries("否决", unit))

    def excellent(self, unit):
        kind = self.units[unit]["class"]
        running = {u: t for u, t in self.peers(unit).items() if not self.vetoed(u)}
        if kind == COMPANY or unit not in running or (len(self.peers(unit)) > 1 and self.tied(unit)):
            return False
        return unit in sorted(running, key=lambda u: -running[u])[: PLACES[kind]]

    def tied(self, unit):
        return len(set(self.peers(unit).values())) == 1

    # 八 ------------------------------------------------------------------------------------------

    def city(self, unit, kind):
        """List (front, last, commended, month) of the city's results of a kind."""
        found = []
        for e in self.entries("市考评", unit, passed=False):
            if e["kind"] == kind:
                place, field = e.get("place"), e.get("field")
                front = place is not None and place <= (1 if e.get("separate") == "是" else 3)
                last = place is not None and field > 1 and place + (e.get("tied") or 1) - 1 >= field
                found.append((front, last, e.get("commended") == "是", e["month"]))
        return found

    def head(self, unit):
        single = self.city(unit, "综合目标单项工作")
        if self.is_last(unit) or any(last for _, last, _, _ in single):
            return "不得定为优秀，取消各级评先资格"
        if self.is_last(unit) is None:
            return None
        return "确定为优秀" if any(front or told for front, _, told, _ in single) else "按年度考核确定"

    def head_barred(self, unit):
        return bool(self.is_last(unit)) or any(last for _, last, _, _ in self.city(unit, "综合目标单项工作"))

    def excellent_places(self, unit):
        single = self.city(unit, "综合目标单项工作")
        share = Fraction(30, 100) if any(front or told for front, _, told, _ in single) else Fraction(15, 100)
        return floor(self.units[unit]["staff"] * share)

    def paid(self, row):
        last = any(m == row["month"] and last for _, last, _, m in self.city(row["unit"], "重点工作任务考评"))
        missed = any(e["month"] == row["month"] for e in self.entries("目标未完成", row["unit"], passed=False))
        share = (Fraction(0) if row["role"] == "主要负责人" else Fraction(60, 100)) if last or missed else Fraction(1)
        return row["amount"] * share

    # 七: who gets what -----------------------------------------------------------------------------

    def bar(self, row):
        award, unit = row["award"], row.get("unit")
        kind = self.units[unit]["class"] if unit else None
        if award == "综合考评优秀奖":
            return kind == COMPANY or self.vetoed(unit)
        if award in SINGLE:
            return kind not in (STREETS, BUREAUS)
        if award == "高质量发展先进工作者":
            return kind != STREETS
        return award in PERSONAL and row.get("is_head") == "是" and self.head_barred(unit)

    def nationals(self, unit):
        return [e for e in self.honours(unit) if e["level"] == "国家级"]

    def listed_twice(self, row):
        """Tell whether a national honour has given the prize already, or the ranking."""
        if row["award"] == "综合考评优秀奖":
            return self.excellent(row["unit"])
        if row["award"] == "突出贡献奖":
            return bool(self.nationals(row["unit"]))
        return row["award"] == "个人三等功" and row["person"] in [e["person"] for e in self.nationals(row["unit"])]

    def money(self, row):
        if not self.granted(row) or self.listed_twice(row):
            return 0
        return PRIZES.get(row["award"])  # an award without an amount leaves it open, once it is granted

    def granted(self, row):
        return row.get("decided") == "是" and not self.bar(row)

    def winners(self, award):
        """List the rows of enterprises that win; the first two prizes take ten firms, turned down ones replaced."""
        rows = [r for r in self.firms if r["award"] == award]
        if award not in FIRMS:
            return [r["no"] for r in rows if r.get("decided") == "是"]
        running = [r for r in rows if r.get("decided") != "否"]
        return [r["no"] for r in sorted(running, key=lambda r: -r["measured"])[:10]]

    def unit_money(self, unit):
        mine = [r for r in self.proposals if r.get("unit") == unit and r["award"] in ("集体三等功", "突出贡献奖")]
        return 50000 * len(self.nationals(unit)) + sum(self.money(r) for r in mine)

    def award_list(self, award):
        """Return how many get an award, and what it costs."""
        ranked = sum(map(self.excellent, self.units)) if award == "综合考评优秀奖" else 0
        honoured = sum(len(self.nationals(u)) for u in self.units) if award in ("突出贡献奖", "个人三等功") else 0
        rows = [r for r in self.proposals if r["award"] == award]
        firms = len(self.winners(award))
        new = sum(self.granted(r) and not self.listed_twice(r) for r in rows)
        spent = PRIZES.get(award, 0) * honoured + sum(self.money(r) or 0 for r in rows) + 20000 * firms
        return ranked + honoured + new + firms, spent


@pytest.fixture(scope="module", params=[None, 1, 2, 3])
def worked(request):
    scheme, _ = load_scheme(FOLDER)
    plan, problems = compile_scheme(scheme)
    assert problems == []
    tables = staged_tables(FOLDER, scheme, plan)
    if request.param is not None:
        deal(tables, random.Random(request.param))
    return Paper(tables), score(plan, tables)


def deal(tables, draw):
    """Give every entry to a unit, every decision and every base mark a value, by chance."""
    codes = [u["code"] for u in tables["units"]]
    for row in [*tables["events"], *tables["proposals"], *tables["people"]]:
        row["unit"] = draw.choice(codes)
        if row.get("status") is not None:
            row["status"] = draw.choice(["通过", "通过", "待审", "未通过"])
        if row.get("decided") is not None:
            row["decided"] = draw.choice(["是", "是", "否", "待定"])
    for row in tables["marks"]:
        if row["part"] == "基础":
            row["lead"] = row["full"] - draw.choice([0, 0, 1, 2])
    for row in tables["enterprises"]:
        row["decided"] = draw.choice([None, None, "否", "是"])


def home(paper, unit):
    return {COMPANY: "company", STREETS: "streets", BUREAUS: "bureaus", AGENCIES: "agencies"}[
        paper.units[unit]["class"]
    ]


def said(truth):
    return None if truth is None else "是" if truth else "否"


def test_every_unit_agrees(worked):
    paper, scores = worked
    wrong = []
    for unit in paper.units:
        row = scores.row(home(paper, unit), unit)
        mine = {
            "base_points": paper.base(unit), "bonus": paper.bonus(unit), "cut": paper.cut(unit),
            "composite": paper.total(unit), "vetoed": said(paper.vetoed(unit)), "head_grade": paper.head(unit),
            "excellent_places": paper.excellent_places(unit), "award_money": paper.unit_money(unit),
        }  # fmt: skip
        if paper.units[unit]["class"] != COMPANY:
            mine |= {"place": paper.place(unit), "last": said(paper.is_last(unit))}
            wrong += [unit] if (row["excellence"] == "综合考评优秀奖") != paper.excellent(unit) else []
        wrong += [(unit, name, row[name], value) for name, value in mine.items() if row[name] != value]
    assert wrong == []


def test_every_month_is_paid_as_worked_out(worked):
    paper, scores = worked
    paid = {row["id"]: row["paid"] for row in scores.rows("months")}
    assert paid == {row["id"]: paper.paid(row) for row in paper.months}


def test_every_proposal_and_firm_agrees(worked):
    paper, scores = worked
    for row in paper.proposals:
        got = scores.row("proposals", row["no"])
        assert (got["granted"], got["money"]) == (said(paper.granted(row)), paper.money(row)), row
    for award in dict.fromkeys(r["award"] for r in paper.firms):
        got = [r["no"] for r in scores.rows("enterprises") if r["award"] == award and r["granted"] == "是"]
        assert sorted(got) == sorted(paper.winners(award))


def test_every_award_list_and_its_money_agree(worked):
    paper, scores = worked
    for row in scores.rows("awards"):
        assert (row["given"], row["paid"]) == paper.award_list(row["award"]), row["award"]
    everything = sum(row["paid"] for row in scores.rows("awards"))
    assert everything == sum(paper.award_list(a)[1] for a in scores.column("awards", "award"))


@pytest.mark.parametrize("worked", [None], indirect=True)
def test_the_staged_round_meets_the_edges(worked):
    """The staged round itself: a month lost, one cut, one whole; two firms tied over the tenth place; a barred head."""
    paper, scores = worked
    assert {0, 720, 1500} <= set(scores.column("months", "paid"))
    assert scores.column("enterprises", "by_list").count("是") == 2
    assert {paper.vetoed(u) for u in paper.units} == {True, False}
    assert "主要负责人被取消评先资格（八（二）3、4）" in scores.column("proposals", "bar")
