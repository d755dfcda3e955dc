"""灌南 2009 worked out again from the paper, in plain Python, and small counties drawn by chance.

Nothing of the program's arithmetic is used: rows are dictionaries, each function is one clause of the 2009 paper under
the readings adopted. `Paper` takes what was typed and says what has to come out, sheet by sheet.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction as Exact
from math import floor

from kit.guannan_half import entries_of
from kit.kept import kept

FIRST, LAST, ISSUED = map(Exact, (39814, 40178, 39892))  # 2009-01-01, 2009-12-31, 2009-03-20 in days
LEVELS = {"县级": 1, "市级": 2, "省级": 3, "国家级": 5}
MEDIA = {"市级": 1, "省级": 2, "国家级": 4, "无": 0}
TOWN_PRIZES = ((1, "先进乡镇一等奖"), (3, "先进乡镇二等奖"), (6, "先进乡镇三等奖"))
OTHER_PRIZES = ((10, "先进部门一等奖"), (25, "先进部门二等奖"), (40, "先进部门三等奖"))
HEADS = dict(zip([p for _, p in TOWN_PRIZES + OTHER_PRIZES], (50000, 40000, 30000, 30000, 25000, 20000), strict=True))
MULTIPLES = dict(zip(HEADS, (4, 3, Exact(5, 2), 4, 3, Exact(5, 2)), strict=True))
HEADS["合格单位奖"], MULTIPLES["合格单位奖"], UNFINISHED = 10000, 2, "不合格，不兑现绩效奖"
YES_NO = {True: "是", False: "否"}


def cents(x):
    """Round half up to 0.01."""
    return Exact(floor(x * 100 + Exact(1, 2)), 100)


def places(pairs, low=False):
    """Return key → (place, seat) of (key, value) in list order; ties share a place and the list orders the seats."""
    sign = -1 if low else 1
    there = [(k, sign * v) for k, v in pairs if v is not None]
    ordered = sorted(there, key=lambda kv: -kv[1])
    return {k: (1 + sum(w > v for _, w in there), 1 + ordered.index((k, v))) for k, v in there}


def prize_of(seat, prizes):
    return next((name for last, name in prizes if seat <= last), "无")


def added(*parts):
    """Add up; where a part is not there, nothing is."""
    return None if None in parts else sum(parts)


def times(factor, number):
    return None if number is None else factor * number


def blended(half, year):
    """三（三）: 半年初评和年度总评按30%和70%计入."""
    return added(times(Exact(3, 10), half), times(Exact(7, 10), year))


def by_weight(three, review):
    """三（三）: 三政绩效评估得分和社会评议得分分别按70%和30%."""
    return added(times(Exact(7, 10), three), times(Exact(3, 10), review))


def in_scope(p):
    """一（三）2: 副科级以上干部（包含助理）, who share in the leadership and take part; not the head."""
    asked = (p.get("shares") or "是", p.get("managed") or "是")
    return p["role"] in ("副科级以上干部", "助理") and asked == ("是", "是")


def secured(p):
    """四（三）: return whether 5000 or 2000 yuan were paid, in full and within 15 days."""
    due = 5000 if p["role"] == "主要负责人" else 2000
    return (p.get("paid") or 0) >= due and p.get("paid_on") is not None and p["paid_on"] - ISSUED <= 15


class Paper:
    """The year worked out from the clauses.

    tables: what was typed, made rows by key; `entered` what ledgers of the year's earlier rounds hold. first: its first
    day. annual: whether it is the year and not its half. `listed` are all entries, `t["events"]` those that are not
    another one again.
    """

    def __init__(self, tables, first=FIRST, *, annual=True):
        self.first, self.last, self.annual = first, first + (LAST - FIRST), annual
        self.t = defaultdict(list, tables)
        self.listed = entries_of(self.t["entered"], self.t["events"])
        self.t["events"] = [e for e in self.listed if not e["again"]]
        self.units = {u["code"]: u for u in tables["units"]}
        self.annex1, self.annex3 = tables["annex1"], tables["annex3"]
        self.typed = {n: {r["id"]: r for r in self.t[n]} for n in ("quantity", "quality", "family", "clean")}
        self.half = {r["code"]: r for r in self.t["half"]}
        self.half_cadres = {r["code"]: r for r in self.t["half_cadres"]}
        self.before = {r["code"]: r for r in self.t["before"]}
        self.people = {p["code"]: p for p in tables["people"]}

    def events(self, kind, unit=None, passed=True):
        rows = [e for e in self.t["events"] if e["type"] == kind and unit in (None, e["unit"])]
        return [e for e in rows if e.get("status") == "通过"] if passed else rows

    # 附件1 --------------------------------------------------------------------------------------------

    def items(self, unit, kind):
        sheet = {"定量": "quantity", "定性": "quality", "扣分": "family"}[kind]
        for a in self.annex1:
            wanted = a["annex"] == self.units[unit]["annex"] and a["kind"] == kind
            if wanted and (kind != "定量" or a["full"]):
                yield a, self.typed[sheet][f"{unit}-{a['code']}"]

    def quantity(self, a, row):
        pro_rata = a["full"] * row["verified"] / row["target"]
        return max(0, min(2 * a["full"], pro_rata if row.get("given") is None else row["given"]))

    def exceeded(self, unit, item):
        return sum(
            r["verified"] >= Exact(3, 2) * r["target"] for a, r in self.items(unit, "定量") if a["beyond"] == item
        )

    def tasks(self, unit, block):
        return [
            t["done"] for t in self.t["tasks"] if (t["unit"], t["block"]) == (unit, block) and t["done"] != "不适用"
        ]

    def duty(self, unit):
        q = sum((self.quantity(a, r) for a, r in self.items(unit, "定量")), Exact(0))
        held = sum(a["full"] for a, _ in self.items(unit, "定性"))
        s = sum(min(r["lead"], a["full"]) for a, r in self.items(unit, "定性"))
        cut = sum(r["cut"] for _, r in self.items(unit, "扣分"))
        if self.units[unit]["class"] != "部门":
            return q + s - cut
        for block, full in (("单位职能工作", 50), ("优化工作流程", 10), ("关键绩效指标", 10)):
            done = self.tasks(unit, block)
            if done:
                s, held = s + Exact(full) * sum(done) / len(done), held + full
        return 100 * s / held - cut

    # 附件2 --------------------------------------------------------------------------------------------

    def impact(self, unit):
        best = defaultdict(list)
        for e in self.events("影响", unit):
            best[e["project"]].append(MEDIA[e["level"]] if (e.get("words") or 0) >= 1000 else 0)
        return max((2 + max(points) for points in best.values()), default=0)

    def battle(self, unit):
        return sum(2 if e["duty"] == "主要责任单位" else 1 for e in self.events("三百会战", unit))

    def city(self, unit):
        """Return what the places among the four counties come to."""
        return sum(map(self.city_place, self.events("市考核", unit, passed=False)))

    def city_place(self, e):
        return {1: {1: 2, 2: 1}.get(e.get("tied") or 1, 0), 2: 0, 3: -2, 4: -4}[e["place"]]

    def honour_now(self, unit):
        """Return the highest commendation of this year: 取高限."""
        mine = [e for e in self.events("表彰", unit) if e.get("late") != "是" and self.of_this_year(e)]
        return max(map(self.honour, mine), default=0)

    def honour_late(self, unit):
        """Return the highest of those that came too late for the year before: 可结转到下一年加分."""
        return max((r["carried"] for r in self.t["late"] if r["unit"] == unit), default=0)

    def honours(self, unit):
        return min(10, self.city(unit) + max(self.honour_now(unit), self.honour_late(unit)))

    def of_this_year(self, e):
        return self.first <= e["date"] <= self.last

    def honour(self, e):
        high = e["level"] == "国家部委或省委省政府"
        return (4 if high else 2) + (4 if high and e.get("to_county") == "是" else 0)

    def carried(self, unit):
        """Return what commendations that came too late give the year after."""
        late = [e for e in self.events("表彰", unit) if e.get("late") == "是" and self.of_this_year(e)]
        return max(map(self.honour, late), default=0)

    def reform(self, unit):
        rows, best = self.events("改革", unit), Exact(0)
        for e in rows:
            if e["way"] == "推广":
                best = max(best, LEVELS[e["level"]])
            if e["way"] == "交流发言" and e["level"] != "县级":
                best = max(best, Exact(LEVELS[e["level"]], 2))
        onsite = any(e["way"] == "专门现场会" and e["level"] in ("省级", "国家级") for e in rows)
        return best + (3 if onsite else 0)

    def undertaken(self, unit):
        return [r for r in self.t["results"] if r["unit"] == unit and (r.get("undertaken") or "是") == "是"]

    def results_all(self, unit):
        """附件2超常成果: 20 points shared out evenly; no task gives more than its share."""
        mine = self.undertaken(unit)
        share = Exact(20, max(1, len(mine)))
        return sum((min(share, self.raw(unit, r, share)) for r in mine), Exact(0))

    def results(self, unit):
        return min(20, self.results_all(unit))

    def raw(self, unit, r, share):
        if r["way"] == "超额完成":
            return share * self.exceeded(unit, r["item"])
        if r["way"] == "完成程度":
            return share * r["done"]
        if r["way"] == "完成":
            return share * (r["finished"] == "是")
        if r["way"] == "四项指标":
            return share * (r["firms"] >= 8 and r["launched"] >= 30 and r["hulls"] >= 20 and r["tonnage"] >= 100)
        if r["way"] == "改革创新":
            return self.reform(unit)
        growth = (r["now"] - r["before_now"]) / Exact(r["before_now"])
        down = floor(-growth / Exact(1, 10)) if growth < 0 and r["way"] == "贷款增减" else 0
        return max(0, floor(growth / Exact(1, 5))) - down

    def merit(self, unit):
        if self.units[unit]["class"] != "乡镇":
            return self.honours(unit) + self.impact(unit) + self.battle(unit) + self.results(unit)
        done = self.tasks(unit, "特色目标")
        special = Exact(10) * sum(done) / len(done) if done else 0
        over = sum(2 for a, r in self.items(unit, "定量") if a["beyond"] and r["verified"] >= Exact(3, 2) * r["target"])
        extra = min(12, over + (self.units[unit].get("praised") or 0))
        return special + extra + self.units[unit]["internal"] + self.impact(unit) + self.battle(unit)

    def clean(self, unit):
        cuts = ((a["full"], self.typed["clean"][f"{unit}-{a['code']}"]["cut"]) for a in self.annex3)
        return sum(max(0, full - cut) for full, cut in cuts)

    @kept
    def three(self, unit):
        return self.duty(unit) + self.merit(unit) + self.clean(unit)

    # 三（三）（四） ------------------------------------------------------------------------------------

    def changes(self, kind, whose):
        cuts = {"责令整改": 2, "行政问责": 5, "损害软环境": 2}
        orders = sum(cuts[e["act"]] for e in self.events("问责") if e[kind] == whose)
        return self.daily(kind, whose) - orders

    def daily(self, kind, whose):
        """Return what daily management gives or takes, of a unit without what is of a cadre: 不超过10分."""
        return max(-10, min(10, sum(e["points"] for e in self.dailies(kind, whose))))

    def dailies(self, kind, whose):
        rows = [e for e in self.events("日常", passed=False) if e.get(kind) == whose]
        return [e for e in rows if kind == "person" or not e.get("person")]

    @kept
    def total(self, unit):
        if not self.annual:
            return by_weight(self.three(unit), self.units[unit]["report"]) + self.changes("unit", unit)
        u, h = self.units[unit], self.half[unit]
        three = blended(h["three"], self.three(unit))
        review = u["survey"] + u["online"] + blended(h["report"], u["report"])
        return by_weight(three, review) + self.changes("unit", unit)

    # 四（二）（四） ------------------------------------------------------------------------------------

    def group(self, unit):
        return "乡镇" if self.units[unit]["class"] == "乡镇" else "部门"

    @kept
    def ranking(self, group):
        return places([(u, self.total(u)) for u in self.units if self.group(u) == group])

    def vetoed(self, unit):
        blamed = sum(e["act"] == "行政问责" for e in self.events("问责", unit))
        return blamed >= 2 or bool(self.events("否决", unit))

    def at_bottom(self, unit):
        ranking, last = self.ranking(self.group(unit)), 1 if self.group(unit) == "乡镇" else 3
        size = len(ranking)
        if size < 2 or len({self.total(u) for u in ranking}) == 1:
            return False
        return size + 1 - ranking[unit][1] <= last

    def punished(self, unit):
        return self.annual and self.total(unit) < 90 and self.at_bottom(unit)

    def barred(self, unit):
        return self.units[unit].get("poor") == "是" or any(f(unit) for f in (self.vetoed, self.punished, self.unpaid))

    def unpaid(self, unit):
        due = self.liable(unit)
        return bool(due) and not any(map(secured, due))

    def liable(self, unit):
        """Return who owes a deposit: the head and whoever is in the county's number."""
        return [p for p in self.people.values() if p["unit"] == unit and (p["role"] == "主要负责人" or in_scope(p))]

    @kept
    def competing(self, group):
        mine = [u for u in self.units if self.group(u) == group and not self.barred(u)]
        return places([(u, self.total(u)) for u in mine if self.total(u) >= 90])

    @kept
    def award(self, unit):
        if not self.annual:
            return "半年初评不评奖"
        if self.vetoed(unit):
            return "一票否决"
        if self.punished(unit):
            return UNFINISHED
        if self.barred(unit):
            return "不享受绩效奖"
        if self.total(unit) < 90:
            return "不合格"
        prize = self.prize(unit)
        return "合格单位奖" if prize == "无" else prize

    def prize(self, unit):
        """Return what the place among those that take part gives, 无 behind the last prize or without a place."""
        seat = self.competing(self.group(unit)).get(unit, (None, 999))[1]
        return prize_of(seat, TOWN_PRIZES if self.group(unit) == "乡镇" else OTHER_PRIZES)
