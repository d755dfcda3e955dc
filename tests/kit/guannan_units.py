"""灌南 2009, the second program on its units: every column of townships, parks, departments and of the county's sheet.

It stands on `kit.guannan`, the clauses in plain Python; nothing of the program's arithmetic is used.
"""

from __future__ import annotations

from fractions import Fraction as Exact
from math import floor

from kit.guannan import (
    HEADS,
    MULTIPLES,
    OTHER_PRIZES,
    TOWN_PRIZES,
    YES_NO,
    added,
    blended,
    by_weight,
    cents,
    prize_of,
    secured,
    times,
)  # fmt: skip

SHEETS = {"乡镇": "towns", "园区": "parks", "部门": "departments"}
BLOCKS = (  # 附件1部门: block, points, and what its columns are called
    ("单位职能工作", 50, "work", "first"), ("优化工作流程", 10, "flow", "flow"),
    ("关键绩效指标", 10, "key", "key_points"),
)  # fmt: skip
MOVED = "扣全部风险抵押金；班子成员不得提拔重用；主要负责人调整岗位"
REPORTED = "扣全部风险抵押金；班子成员不得提拔重用；向上级反馈绩效评估结果"


def class_row(paper, unit):
    """Return what has to stand in the sheet of a unit's class: 三（一）, 附件1, 附件2, 附件3."""
    kind = paper.units[unit]["class"]
    row = {name: getattr(paper, name)(unit) for name in ("duty", "merit", "clean", "three", "impact", "battle")}
    row["quality"] = sum(min(r["lead"], a["full"]) for a, r in paper.items(unit, "定性"))
    if kind != "园区":
        row["family"] = sum(r["cut"] for _, r in paper.items(unit, "扣分"))
    if kind == "乡镇":
        return row | _town(paper, unit)
    if kind == "园区":
        return row | _merits(paper, unit) | {"first": _quantities(paper, unit)}
    return row | _merits(paper, unit) | _department(paper, unit, row["quality"])


def _quantities(paper, unit):
    return sum(paper.quantity(a, r) for a, r in paper.items(unit, "定量"))


def _town(paper, unit):
    row = _shared(paper, unit, "特色目标", 10, "special", "special")
    over = [r for a, r in paper.items(unit, "定量") if a["beyond"] and r["verified"] >= Exact(3, 2) * r["target"]]
    row |= {"over": 2 * len(over), "praised_bonus": paper.units[unit].get("praised") or 0}
    row["extra_all"] = row["over"] + row["praised_bonus"]
    row["extra"] = min(12, row["extra_all"])  # 附件2乡镇: 12 points at most
    row |= {"quantity": _quantities(paper, unit), "none_undertaken": YES_NO[row["special_count"] == 0]}
    return row


def _shared(paper, unit, block, full, name, points):
    """按承担任务平均分配: how much was done, of how many, and what it comes to."""
    done = paper.tasks(unit, block)
    share = Exact(full) * sum(done) / len(done) if done else 0
    return {f"{name}_done": sum(done), f"{name}_count": len(done), f"{name}_shared": len(done) or 1, points: share}


def _merits(paper, unit):
    """附件2 of departments and parks: 超常嘉奖 at most 10, 超常成果 at most 20."""
    now, late, city = paper.honour_now(unit), paper.honour_late(unit), paper.city(unit)
    row = {"city": city, "honour_now": now, "honour_late": late, "honour_both": now + late}
    row |= {"honour_highest": max(now, late), "honour": max(now, late), "honours_all": city + max(now, late)}
    row |= {"honours": paper.honours(unit), "results": paper.results(unit), "results_all": paper.results_all(unit)}
    taken = paper.undertaken(unit)
    return row | {"undertaken": len(taken), "none_undertaken": YES_NO[not taken]}


def _department(paper, unit, quality):
    row, points, held = {}, quality, sum(a["full"] for a, _ in paper.items(unit, "定性"))
    row["quality_held"] = held
    for block, full, name, column in BLOCKS:
        row |= _shared(paper, unit, block, full, name, column)
        row[f"{name}_held"] = full if row[f"{name}_count"] else 0
        points, held = points + row[column], held + row[f"{name}_held"]
    hundred = 100 * Exact(points) / held
    return row | {"duty_sum": points, "duty_held": held, "duty_rescaled": hundred, "duty_base": hundred}


def county_row(paper, unit, people):
    """Return what has to stand in the county's sheet. people: the unit's cadres as the second program has them."""
    due = paper.liable(unit)
    paid = sum(map(secured, due))
    row = {"liable": len(due), "paid": paid, "short": len(due) - paid, "unpaid": YES_NO[paper.unpaid(unit)]}
    row |= _total(paper, unit) | _places(paper, unit) | _decided(paper, unit) | _prizes(paper, unit)
    row["members_paid"] = None if None in people["reward"] else sum(people["reward"])
    row["forfeited"] = sum(people["forfeit"])
    return row


def changes(paper, kind, whose):
    """三（四）: what orders and cases take, what daily management gives or takes, together and each way."""
    points = [e["points"] for e in paper.dailies(kind, whose)]
    plus, minus = sum(p for p in points if p > 0), sum(p for p in points if p < 0)
    cuts = {"责令整改": 2, "行政问责": 5, "损害软环境": 2}
    row = {"orders": sum(cuts[e["act"]] for e in paper.events("问责") if e[kind] == whose)}
    row |= {"daily_all": plus + minus, "daily_plus_all": plus, "daily_minus_all": minus}
    row |= {"daily_plus": min(10, plus), "daily_minus": max(-10, minus)}
    row |= {"daily_kind": row["daily_plus"] + row["daily_minus"]}
    row["daily_sum"] = row["daily"] = paper.daily(kind, whose)
    return row | {"changes": row["daily"] - row["orders"], "annual": YES_NO[paper.annual]}


def composed(paper, work, report, once, half, change):
    """三（三）: every way in which half-year and year come together.

    once: the marks given once a year. half: 三政 and 述绩 of the half-year. change: what 三（四） adds to the total.
    """
    yearly = added(report, *once)
    row = {"three": work, "three_net": work, "half_three": half[0], "half_report": half[1], "review": yearly}
    row |= {"three_blend": blended(half[0], work), "report_blend": blended(half[1], report)}
    row["review_blend"] = added(row["report_blend"], *once)
    row["by_component"] = row["year_now"] = by_weight(row["three_blend"], row["review_blend"])
    row |= {"half_total": by_weight(*half), "year_total": by_weight(work, yearly), "half_now": by_weight(work, report)}
    row["by_total"] = blended(row["half_total"], row["year_total"])
    row["blended"] = row["scaled"] = row["year_now" if paper.annual else "half_now"]
    row["as_hundred"] = times(Exact(100, 150), row["blended"])
    return row | {"total": added(row["blended"], change)}


def _total(paper, unit):
    u, half, change = paper.units[unit], paper.half.get(unit, {}), changes(paper, "unit", unit)
    once = (u.get("survey"), u.get("online"))
    came = (half.get("three"), half.get("report"))
    row = change | composed(paper, paper.three(unit), u["report"], once, came, change["changes"])
    for kind, name in (("乡镇", "town_three"), ("园区", "park_three"), ("部门", "department_three")):
        row[name] = row["three"] if u["class"] == kind else None
    return row


def _places(paper, unit):
    """四（二）: the place in the group from the top and from the end."""
    group, total = paper.group(unit), paper.total(unit)
    ranking = paper.ranking(group)
    (place, seat), size = ranking[unit], len(ranking)
    row = {"group": group, "shown": cents(total), "rank_key": nine(total), "place": place, "seat": seat}
    row |= {"place_low": 1 + sum(paper.total(other) < total for other in ranking), "seat_low": size + 1 - seat}
    row |= {"listed": size, "scored": size, "size": size, "provisional": "否", "last_place": row["seat_low"]}
    row |= {"last_places": 1 if group == "乡镇" else 3, "at_bottom": YES_NO[paper.at_bottom(unit)]}
    return row | {"below_zero": YES_NO[total < 0], "passed": YES_NO[total >= 90], "enough": YES_NO[total >= 90]}


def nine(x):
    """Return a number to nine decimals, which is how finely places are told apart."""
    return Exact(floor(x * 10**9 + Exact(1, 2)), 10**9)


def _decided(paper, unit):
    """四（二）至（四）: who is out, and what becomes of the last."""
    row = {name: YES_NO[getattr(paper, name)(unit)] for name in ("vetoed", "punished", "barred")}
    row["blame_count"] = sum(e["act"] == "行政问责" for e in paper.events("问责", unit))
    row["veto_count"] = len(paper.events("否决", unit))
    moved = REPORTED if paper.units[unit].get("vertical") == "是" else MOVED  # 条管部门的向其上级反馈
    return row | {"consequence": moved if paper.punished(unit) else "无"}


def _prizes(paper, unit):
    """四（二）: places among those who take part, what they give, and in words why."""
    group, total, award = paper.group(unit), paper.total(unit), paper.award(unit)
    there = paper.competing(group)
    place, seat = there.get(unit, (None, None))
    prize, alike = paper.prize(unit), sum(paper.total(other) == total for other in there)
    row = {"competing": YES_NO[unit in there], "award_place": place, "award_seat": seat, "ranked_prize": prize}
    row |= {"award_key": nine(total) if seat else None, "tied": alike if seat else None, "award": award}
    row |= {"town_prize": prize_of(seat, TOWN_PRIZES) if seat else None}
    row |= {"department_prize": prize_of(seat, OTHER_PRIZES) if seat else None}
    row |= {"by_list": YES_NO[seat is not None and alike > 1], "rewarded": YES_NO[award in HEADS]}
    row |= {"head_listed": HEADS.get(award), "multiple_listed": MULTIPLES.get(award)}
    row |= {"head_money": HEADS.get(award, 0), "multiple": MULTIPLES.get(award, 0)}
    said = f"四（二）：总分{plain(cents(total))}分，{group}参评第{seat}名" if seat else None
    row |= {"why_seat": said, "why": None}
    if award in HEADS:
        row["why"] = said if prize != "无" else "四（二）：总分在90分以上，是合格单位"
    return row


def plain(x, digits=2):
    """Write a number as people do: rounded half up, decimals only where there are some."""
    whole, part = divmod(floor(Exact(x) * 10**digits + Exact(1, 2)), 10**digits)
    return f"{whole}.{part:0{digits}}".rstrip("0").rstrip(".")
