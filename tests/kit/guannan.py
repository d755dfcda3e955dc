"""灌南 2009 worked out again from the paper, in plain Python, and small counties drawn by chance.

Nothing of the program's arithmetic is used: rows are dictionaries, each function is one clause of the 2009 paper under
the readings adopted. `Paper` takes what was typed and says what has to come out, sheet by sheet.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction as Exact
from math import ceil, floor

from kit.guannan_half import of_the_year
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


class Paper:
    """The year worked out from the clauses.

    tables: what was typed, made rows by key; `entered` what the half-year's ledgers hold. first: its first day.
    """

    def __init__(self, tables, first=FIRST):
        self.first, self.last = first, first + (LAST - FIRST)
        self.t = defaultdict(list, tables)
        self.t["events"] = of_the_year(self.t["entered"], self.t["events"])
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

    def honours(self, unit):
        ranked = 0
        for e in self.events("市考核", unit, passed=False):
            tied = e.get("tied") or 1
            ranked += {1: {1: 2, 2: 1}.get(tied, 0), 2: 0, 3: -2, 4: -4}[e["place"]]
        own = [
            self.honour(e)
            for e in self.events("表彰", unit)
            if e.get("late") != "是" and self.first <= e["date"] <= self.last
        ]
        late = sum(r["carried"] for r in self.t["late"] if r["unit"] == unit)
        return min(10, ranked + max([0, late, *own]))

    def honour(self, e):
        high = e["level"] == "国家部委或省委省政府"
        return (4 if high else 2) + (4 if high and e.get("to_county") == "是" else 0)

    def carried(self, unit):
        """Return what commendations that came too late give the year after."""
        late = [e for e in self.events("表彰", unit) if e.get("late") == "是" and self.first <= e["date"] <= self.last]
        return max((self.honour(e) for e in late), default=0)

    def reform(self, unit):
        rows, best = self.events("改革", unit), Exact(0)
        for e in rows:
            if e["way"] == "推广":
                best = max(best, LEVELS[e["level"]])
            if e["way"] == "交流发言" and e["level"] != "县级":
                best = max(best, Exact(LEVELS[e["level"]], 2))
        onsite = any(e["way"] == "专门现场会" and e["level"] in ("省级", "国家级") for e in rows)
        return best + (3 if onsite else 0)

    def results(self, unit):
        mine = [r for r in self.t["results"] if r["unit"] == unit and (r.get("undertaken") or "是") == "是"]
        share, total = Exact(20, max(1, len(mine))), Exact(0)
        for r in mine:
            total += min(share, self.raw(unit, r, share))
        return min(20, total)

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
        rows = self.events("日常", passed=False)
        mine = [e for e in rows if e.get("person") == whose or (kind == "unit" == kind and not e.get("person"))]
        daily = sum(e["points"] for e in mine if e[kind] == whose)
        return max(-10, min(10, daily)) - orders

    @kept
    def total(self, unit):
        u, h = self.units[unit], self.half[unit]
        three = Exact(3, 10) * h["three"] + Exact(7, 10) * self.three(unit)
        review = u["survey"] + u["online"] + Exact(3, 10) * h["report"] + Exact(7, 10) * u["report"]
        return Exact(7, 10) * three + Exact(3, 10) * review + self.changes("unit", unit)

    # 四（二）（四） ------------------------------------------------------------------------------------

    def group(self, unit):
        return "乡镇" if self.units[unit]["class"] == "乡镇" else "部门"

    @kept
    def ranking(self, group):
        return places([(u, self.total(u)) for u in self.units if self.group(u) == group])

    def vetoed(self, unit):
        blamed = sum(e["act"] == "行政问责" for e in self.events("问责", unit))
        return blamed >= 2 or bool(self.events("否决", unit))

    def punished(self, unit):
        ranking, last = self.ranking(self.group(unit)), 1 if self.group(unit) == "乡镇" else 3
        size = len(ranking)
        if size < 2 or len({self.total(u) for u in ranking}) == 1:
            return False
        return self.total(unit) < 90 and size + 1 - ranking[unit][1] <= last

    def barred(self, unit):
        return self.units[unit].get("poor") == "是" or any(f(unit) for f in (self.vetoed, self.punished, self.unpaid))

    def unpaid(self, unit):
        of = Cadres(self)
        due = [p for p in self.people.values() if p["unit"] == unit and (p["role"] == "主要负责人" or of.in_scope(p))]
        return bool(due) and not any(map(of.secured, due))

    @kept
    def competing(self, group):
        mine = [u for u in self.units if self.group(u) == group and not self.barred(u)]
        return places([(u, self.total(u)) for u in mine if self.total(u) >= 90])

    @kept
    def award(self, unit):
        if self.vetoed(unit):
            return "一票否决"
        if self.punished(unit):
            return UNFINISHED
        if self.barred(unit):
            return "不享受绩效奖"
        if self.total(unit) < 90:
            return "不合格"
        seat = self.competing(self.group(unit))[unit][1]
        prizes = TOWN_PRIZES if self.group(unit) == "乡镇" else OTHER_PRIZES
        return next((name for last, name in prizes if seat <= last), "合格单位奖")


def unit_rows(paper):
    """Return what has to stand in the sheet of units, by code."""
    found = {}
    for unit in paper.units:
        place, seat = paper.ranking(paper.group(unit))[unit]
        award = paper.award(unit)
        found[unit] = {
            "three": paper.three(unit), "total": paper.total(unit), "group": paper.group(unit), "place": place,
            "seat": seat, "vetoed": YES_NO[paper.vetoed(unit)], "punished": YES_NO[paper.punished(unit)],
            "barred": YES_NO[paper.barred(unit)], "award": award, "head_money": HEADS.get(award, 0),
            "multiple": MULTIPLES.get(award, 0),
        }  # fmt: skip
    return found


class Cadres:
    """The people of a paper: 三（二）, 四（三）."""

    def __init__(self, paper):
        self.paper, self.people = paper, paper.people

    def in_scope(self, p):
        asked = (p.get("shares") or "是", p.get("managed") or "是")
        return p["role"] in ("副科级以上干部", "助理") and asked == ("是", "是")

    def three(self, p):
        half = self.paper.half_cadres[p["code"]]
        return Exact(3, 10) * half["three"] + Exact(7, 10) * (p["duty"] + p["merit"] + p["clean"])

    def review(self, p):
        half = self.paper.half_cadres[p["code"]]
        return Exact(3, 10) * half["report"] + Exact(7, 10) * p["report"] + p["online"]

    def total(self, p):
        changes = self.paper.changes("person", p["code"])
        return Exact(7, 10) * self.three(p) + Exact(3, 10) * self.review(p) + changes

    @kept
    def ranked(self, unit, what):
        mine = [p for p in self.people.values() if unit in (None, p["unit"]) and self.in_scope(p)]
        value = {"total": self.total, "three": self.three, "review": self.review, "online": lambda p: p["online"]}
        value["daily"] = lambda p: max(-10, min(10, sum(
            e["points"] for e in self.paper.events("日常", passed=False) if e.get("person") == p["code"]
        )))  # fmt: skip
        return places([(p["code"], value[what](p)) for p in mine])

    def last(self, p, what):
        there = self.ranked(p["unit"], what)
        return len(there) > 1 and there[p["code"]][1] == len(there)

    # 四（三） -------------------------------------------------------------------------------------------

    @kept
    def charges(self):
        keys = {line["line"] for line in self.paper.t["lines"] if line["key"] == "是"}
        rows = self.paper.events("分管", passed=False)
        seats = {}
        for line in {e["line"] for e in rows}:
            mine = [(e["no"], e.get("county_rank")) for e in rows if e["line"] == line]
            seats |= {no: seat for no, (_, seat) in places(mine, low=True).items()}
        found = defaultdict(list)
        for e in rows:
            rank = e.get("county_rank")
            last = rank is not None and (e.get("field") or 0) > 1 and rank >= e["field"]
            found[e["person"]].append((e["line"] in keys, rank, seats.get(e["no"]), last))
        return found

    def work_rank(self, p):
        mine = self.charges()[p["code"]]
        key = [rank for is_key, rank, _, _ in mine if is_key]
        there = key or [rank for _, rank, _, _ in mine if rank is not None]
        return None if not there or None in there else Exact(sum(there), len(there))

    @kept
    def mean_seats(self):
        pairs = []
        for p in self.people.values():
            keys = sum(is_key for is_key, *_ in self.charges()[p["code"]])
            pairs.append((p["code"], self.work_rank(p) if keys != 1 and self.in_scope(p) else None))
        return places(pairs, low=True)

    def work_top(self, p):
        rank, key = self.work_rank(p), [seat for is_key, _, seat, _ in self.charges()[p["code"]] if is_key]
        seat = key[0] if len(key) == 1 else self.mean_seats().get(p["code"], (0, None))[1]
        return rank is not None and rank <= 3 and seat is not None and seat <= 3

    def secured(self, p):
        due = 5000 if p["role"] == "主要负责人" else 2000
        return (p.get("paid") or 0) >= due and p.get("paid_on") is not None and p["paid_on"] - ISSUED <= 15

    def lower(self, p):
        there = self.ranked(p["unit"], "total")
        return there[p["code"]][0] > ceil(Exact(len(there), 3))

    def qualified(self, p):
        if not self.in_scope(p):
            return False
        code, unit = p["code"], p["unit"]
        town = self.paper.units[unit]["class"] == "乡镇"
        won = self.work_top(p) if town else p.get("city_first") == "是"
        ranks = [self.ranked(unit, what)[code][0] for what in ("three", "review")]
        said = [p.get(name) == "是" for name in ("main_part", "online_kept", "online_liked")]
        graded = [p.get(name) == "优秀" for name in ("daily_grade", "head_grade")]
        named = any(e.get("person") == code for e in self.paper.events("否决"))
        clear = not self.lower(p) and not named and not self.paper.barred(unit)
        return won and max(ranks) <= 3 and all(said) and all(graded) and clear

    def demoted(self, p):
        if not self.in_scope(p) or self.total(p) >= 90:
            return False
        mine = self.charges()[p["code"]]
        key = [last for is_key, _, _, last in mine if is_key]
        work_last = any(key) if key else any(last for *_, last in mine)
        both = self.last(p, "three") and self.last(p, "review")
        town = self.paper.units[p["unit"]]["class"] == "乡镇"
        online = self.ranked(None, "online")
        near_end = len(online) + 1 - online[p["code"]][1] <= 3
        return near_end or (both and (work_last if town else self.last(p, "daily")))

    def reward(self, p):
        award = self.paper.award(p["unit"])
        if not self.secured(p):
            return 0
        if p["role"] == "主要负责人":
            return HEADS.get(award, 0)
        if not self.in_scope(p) or self.demoted(p):
            return 0
        return cents(2000 * MULTIPLES.get(award, 0) * self.total(p) / 150)


def cadre_rows(cadres):
    """Return what has to stand in the sheet of cadres, by code."""
    found = {}
    for code, p in cadres.people.items():
        row = {"in_scope": YES_NO[cadres.in_scope(p)], "secured": YES_NO[cadres.secured(p)]}
        row |= {"work_rank": cadres.work_rank(p), "work_top": YES_NO[cadres.work_top(p)]}
        row |= {"reward": cadres.reward(p), "forfeit": (p.get("paid") or 0) * cadres.paper.punished(p["unit"])}
        row |= {"demoted": YES_NO[cadres.demoted(p)], "qualified": YES_NO[cadres.qualified(p)]}
        listed = cadres.qualified(p) and p.get("recommended") == "是"
        before = cadres.paper.before.get(code, {})
        years = [listed, before.get("shortlisted_1") == "是", before.get("shortlisted_2") == "是"]
        row |= {"shortlisted": YES_NO[listed], "promotion": YES_NO[all(years)]}
        row["award_money"] = 1000 if listed and p.get("audited") == "是" else 0
        if cadres.in_scope(p):
            there = cadres.ranked(p["unit"], "total")
            row |= {"total": cadres.total(p), "place": there[code][0], "lower": YES_NO[cadres.lower(p)]}
            row["excellent"] = YES_NO[there[code][1] <= floor(Exact(len(there), 5))]
        found[code] = row
    return found
