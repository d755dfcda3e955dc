"""灌南 2009 worked out again from the paper: its cadres, 三（二）, 四（二）, 四（三）."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction as Exact
from math import ceil

from kit.guannan import HEADS, MULTIPLES, added, blended, by_weight, cents, in_scope, places, secured
from kit.kept import kept


class Cadres:
    """The people of a paper: 三（二）, 四（三）."""

    def __init__(self, paper):
        self.paper, self.people = paper, paper.people

    def work(self, p):
        return added(p.get("duty"), p.get("merit"), p.get("clean"))

    def three(self, p):
        half = self.paper.half_cadres.get(p["code"], {})
        return blended(half.get("three"), self.work(p))

    def report(self, p):
        half = self.paper.half_cadres.get(p["code"], {})
        return blended(half.get("report"), p.get("report"))

    def review(self, p):
        return added(self.report(p), p.get("online"))

    def total(self, p):
        work = (self.three(p), self.review(p)) if self.paper.annual else (self.work(p), p.get("report"))
        return added(by_weight(*work), self.paper.changes("person", p["code"]))

    @kept
    def ranked(self, unit, what):
        mine = [p for p in self.people.values() if unit in (None, p["unit"]) and in_scope(p)]
        value = {"total": self.total, "three": self.three, "review": self.review, "online": lambda p: p.get("online")}
        value["daily"] = lambda p: self.paper.daily("person", p["code"])
        return places([(p["code"], value[what](p)) for p in mine])

    def last(self, p, what):
        """Return whether one is the last of a unit, which only a year has: 年底."""
        there = self.ranked(p["unit"], what)
        return self.paper.annual and len(there) > 1 and there.get(p["code"], (0, 0))[1] == len(there)

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
            pairs.append((p["code"], self.work_rank(p) if keys != 1 and in_scope(p) else None))
        return places(pairs, low=True)

    def work_top(self, p):
        rank, key = self.work_rank(p), [seat for is_key, _, seat, _ in self.charges()[p["code"]] if is_key]
        seat = key[0] if len(key) == 1 else self.mean_seats().get(p["code"], (0, None))[1]
        return rank is not None and rank <= 3 and seat is not None and seat <= 3

    def lower(self, p):
        there = self.ranked(p["unit"], "total")
        return there[p["code"]][0] > ceil(Exact(len(there), 3))

    def qualified(self, p):
        if not in_scope(p) or not self.paper.annual:
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
        return self.paper.annual and in_scope(p) and self.total(p) < 90 and any(self.cases(p))

    def cases(self, p):
        """Return which of the cases of 四（三） there are: a township's, a department's, the online review's."""
        key = [last for is_key, _, _, last in self.charges()[p["code"]] if is_key]
        work_last = any(key) if key else any(last for *_, last in self.charges()[p["code"]])
        both = self.last(p, "three") and self.last(p, "review")
        town = self.paper.units[p["unit"]]["class"] == "乡镇"
        low = self.online_low(p)
        near_end = low is not None and low <= 3
        return both and town and work_last, both and not town and self.last(p, "daily"), near_end

    def online_low(self, p):
        online = self.ranked(None, "online")
        return len(online) + 1 - online[p["code"]][1] if p["code"] in online else None

    def reward(self, p):
        award = self.paper.award(p["unit"])
        if not secured(p):
            return 0
        if p["role"] == "主要负责人":
            return HEADS.get(award, 0)
        if not in_scope(p) or self.demoted(p):
            return 0
        return self.as_deputy(p)

    def as_deputy(self, p):
        """四（二）: return what the multiple of the deposit comes to by a score of 150."""
        total = self.total(p)
        return None if total is None else cents(2000 * MULTIPLES.get(self.paper.award(p["unit"]), 0) * total / 150)
