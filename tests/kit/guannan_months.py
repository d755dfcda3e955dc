"""灌南 2009, the second program on a month's round: 优秀 not above 20 %, the order of points, when they are posted."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction as Exact
from math import floor

from kit.guannan import YES_NO, Paper, places
from kit.guannan_entries import entry_rows

POSTED_BY = 5  # 二（二）: 下月初, as the scheme reads it


def month_rows(tables):
    """Return what has to stand in the sheets of a month or quarter: sheet → key → column → value."""
    people = tables["people"]
    daily = {}
    for unit in {p["unit"] for p in people}:
        mine = [p for p in people if p["unit"] == unit and p["role"] != "主要负责人"]  # 一（三）2: 不包括主要负责人
        graded = within_quota([p["unit_grade"] for p in mine])
        seats = places([(p["code"], p["points"]) for p in mine])
        for p in (p for p in people if p["unit"] == unit):
            seat = seats.get(p["code"], (None, None))[1]
            first = seat is not None and seat <= graded["quota"]
            row = {
                "graded_of_1": YES_NO[p in mine],
                "graded_of": len(mine),
                "seat": seat,
                "excellent": YES_NO[first],
                **graded,
            }
            row["too_many"] = YES_NO[p in mine and p["unit_grade"] == "优秀" and graded["graded"] > graded["quota"]]
            daily[p["code"]] = row
    late = {u["code"]: {"late": YES_NO[(u.get("posted") or 0) > POSTED_BY]} for u in tables["units"]}
    found = defaultdict(lambda: defaultdict(dict))
    entry_rows(Paper(tables), found)
    return {"cadre_daily": daily, "unit_course": late, "daily": found["daily"]}


def within_quota(grades):
    """三（二）: return how many of a unit may be 优秀 and how many are. grades: of all who are counted."""
    return {"quota": floor(Exact(len(grades), 5)), "graded": grades.count("优秀")}
