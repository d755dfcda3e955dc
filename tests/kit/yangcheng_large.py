"""阳城 2020 with as many people as are asked for: departments of 200, a year of inputs drawn for each."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction
from typing import Any

from xlperf.engine.plan import Tables
from xlperf.formula.values import day_number
from xlperf.scheme.made import with_made_rows
from xlperf.scheme.model import Scheme

Rows = list[dict[str, Any]]
SIZE = 200  # people of a department
ROLES = ("部室正职", "部室副职", *["部室工作人员"] * 12, "技师", "中级工")


def large_year(scheme: Scheme, people: int, *, size: int = SIZE, seed: int = 11) -> Tables:
    """Return the tables of a year in which so many people of departments are paid, everything filled in."""
    draw = random.Random(seed)
    codes = [f"X{n + 1:03d}" for n in range(max(1, people // size))]
    kinds = ("经济发展类", "综合保障类")
    units = [
        {
            "code": code, "name": f"部室{code[1:]}", "level": "部室", "kind": kinds[n % 2], "base_full": Fraction(40),
            "main_full": Fraction(60), "extra_full": Fraction(10), "addon": Fraction(n % 3, 10), "last_tier": "合格",
        }
        for n, code in enumerate(codes)
    ]  # fmt: skip
    units.append({"code": "L0", "name": "领导班子", "level": "班子", "kind": "领导班子"})
    marks = [row for unit in units[:-1] for row in _marks(scheme, unit, draw)]
    rows, posts = [], []
    for n in range(people):
        person = _person(f"N{n:05d}", codes[n % len(codes)], draw)
        rows.append(person)
        since = day_number(date(draw.randint(2012, 2019), draw.randint(1, 12), draw.randint(1, 28)))
        role = draw.choice(ROLES)
        posts.append(
            {"id": f"{person['id']}-1", "person": person["id"], "unit": person["unit"], "role": role, "since": since}
        )
    for n in range(9):
        leader = {"id": f"A{n}", "name": f"领导{n}", "unit": "L0", "level": "班子", "first_month": Fraction(1)}
        rows.append({**leader, "last_month": Fraction(12), "personal": Fraction(draw.randint(7000, 11000), 100)})
    zone = {
        "year": Fraction(2020), "name": "开发区", "last_multiple": Fraction(2), "grade": "优秀",
        "per_head": Fraction("48000.01"), "funds": Fraction(people * 60000),
    }  # fmt: skip
    tables = {"units": units, "marks": marks, "people": rows, "posts": posts, "zone": [zone], "charges": []}
    return with_made_rows(scheme.made, {**scheme.tables, **tables})


def _marks(scheme: Scheme, unit: dict[str, Any], draw: random.Random) -> Rows:
    """Return the indicators of a department of the same kind, all scored; one department in four misses one."""
    known = {u["kind"]: u["code"] for u in reversed(scheme.tables["units"])}
    own = [dict(row) for row in scheme.tables["marks"] if row["unit"] == known[unit["kind"]]]
    missed = draw.randrange(len(own)) if draw.random() < 0.25 else -1
    for n, row in enumerate(own):
        row |= {"id": f"{unit['code']}-{n:02d}", "unit": unit["code"], "done": "否" if n == missed else "是"}
        row["lead"] = row["full"] * Fraction(draw.randint(70, 100), 100)
    return own


def _person(key: str, unit: str, draw: random.Random) -> dict[str, Any]:
    first, last = draw.choice([(1, 12)] * 8 + [(5, 12), (1, 9)])
    return {
        "id": key, "name": f"员{key}", "unit": unit, "level": "部室",
        "work_since": day_number(date(draw.randint(1990, 2019), draw.randint(1, 12), draw.randint(1, 28))),
        "education": draw.choice(["大专及以下", "本科", "研究生"]), "qualified": draw.choice(["是", "否", "否"]),
        "base": Fraction(draw.randint(150000, 450000), 100), "salary": Fraction(draw.randint(400000, 1000000), 100),
        "first_month": Fraction(first), "last_month": Fraction(last),
        "personal": Fraction(draw.randint(6000, 11000), 100),
        "release_set": draw.choice([None, None, None, Fraction(1, 2)]),
        "instalments": Fraction(draw.choice([1, 1, 3, 7]) if last == 12 else 1),
    }  # fmt: skip
