"""Random rows for the mechanisms of the scheme language, with what arithmetic by hand makes of them.

Each function writes a scheme, fills it and works out what must stand in some of its columns, without the engine.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

from kit import made_rows as made_scheme
from kit import musts as must_scheme
from kit import people as people_scheme
from kit.halves import begun, halves, opened, typed
from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Plan
from xlperf.formula.values import Value
from xlperf.rounds.freeze import freeze
from xlperf.scheme.load import load_scheme
from xlperf.scheme.model import Scheme

Cells = dict[Value, Value]  # key of the row → what stands there


@dataclass(frozen=True)
class Made:
    """A filled scheme. rows: how many rows its largest sheet has; expected: sheet, column → by hand."""

    says: str
    plan: Plan
    tables: Mapping[str, Sequence[Mapping[str, Value]]]
    rows: int
    expected: Mapping[tuple[str, str], Cells]


def table(names: str, rows: Iterable[Sequence[Any]]) -> str:
    """Write a CSV table; None is an empty cell."""
    return "\n".join([names, *(",".join("" if x is None else str(x) for x in row) for row in rows)]) + "\n"


def laid_out(folder: Path, scheme: str, **tables: str) -> tuple[Scheme, Plan, dict[str, list[dict[str, Value]]]]:
    """Write a scheme with its tables; return it, its plan and its tables to fill."""
    folder.mkdir(parents=True)
    (folder / "scheme.yaml").write_text(scheme, "utf-8")
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    read, problems = load_scheme(folder)
    assert read is not None, problems
    plan, problems = compile_scheme(read)
    assert problems == []
    return read, plan, {name: [dict(row) for row in rows] for name, rows in read.tables.items()}


def some(random: Random, low: int, high: int, blank: float = 0.1) -> Fraction | None:
    """Return a number of two decimals between two whole ones, now and then none."""
    return None if random.random() < blank else Fraction(random.randint(low * 100, high * 100), 100)


def added(values: Iterable[Value]) -> Fraction:
    """Add the numbers among values."""
    return sum((v for v in values if isinstance(v, Fraction)), Fraction(0))


def grouped(rows: Iterable[tuple[Value, Value]]) -> dict[Value, list[Value]]:
    """Return what stands beside each key, in order."""
    found: dict[Value, list[Value]] = defaultdict(list)
    for key, value in rows:
        found[key].append(value)
    return found


def places(scores: Mapping[Value, Value], group: Mapping[Value, Value]) -> Cells:
    """Return the places from the highest within each group; equals share one, none without a score."""
    ranked = grouped((group[k], v) for k, v in scores.items() if isinstance(v, Fraction))
    return {
        k: Fraction(1 + sum(other > v for other in ranked[group[k]])) if isinstance(v, Fraction) else None
        for k, v in scores.items()
    }


# ---- M2: people within departments within units --------------------------------------------------------


def levels(count: int, random: Random, folder: Path) -> Made:
    """People within departments within units: marks and honours of their own, sums up two levels, places in a unit."""
    units = [f"U{n}" for n in range(max(count // 400, 2))]
    home = {f"D{n}": random.choice(units) for n in range(max(count // 40, 4))}
    people = {f"P{n}": random.choice(list(home)) for n in range(count)}
    base = {p: some(random, 20000, 90000, blank=0.02) for p in people}
    _, plan, tables = laid_out(
        folder,
        people_scheme.SCHEME,
        units=table("code,name", ((u, f"{u}单位") for u in units)),
        departments=table("code,name,unit", ((d, f"{d}科", u) for d, u in home.items())),
        people=table("id,name,department,base", ((p, f"{p}某", d, _cell(base[p])) for p, d in people.items())),
    )
    mark = {p: some(random, 0, 100) for p in people}
    for row in tables["people"]:
        row["mark"] = mark[row["id"]]
    tables["honours"] = [_honour(random, n, list(people)) for n in range(1, count // 2 + 1)]
    passed = grouped((h["person"], h["points"]) for h in tables["honours"] if h["status"] == "通过")
    honoured: Cells = {p: added(passed.get(p, ())) for p in people}
    score: Cells = {p: None if mark[p] is None else mark[p] + honoured[p] for p in people}
    of_department = grouped((d, score[p]) for p, d in people.items())
    marks: Cells = {d: added(of_department.get(d, ())) for d in home}
    of_unit = grouped((u, marks[d]) for d, u in home.items())
    expected: dict[tuple[str, str], Cells] = {
        ("people", "honoured"): honoured,
        ("people", "score"): score,
        ("people", "unit"): {p: home[d] for p, d in people.items()},
        ("people", "due"): {p: None if None in (base[p], score[p]) else base[p] * score[p] / 100 for p in people},
        ("people", "place"): places(score, {p: home[d] for p, d in people.items()}),
        ("departments", "marks"): marks,
        ("units", "marks"): {u: added(of_unit.get(u, ())) for u in units},
    }
    return Made("people within departments within units", plan, tables, len(people), expected)


def _honour(random: Random, number: int, people: Sequence[str]) -> dict[str, Value]:
    status = random.choice(["通过", "通过", "未通过", "待审"])
    row = {"person": random.choice(people), "item": "表彰", "points": some(random, 0, 5, 0.0), "status": status}
    return {"no": Fraction(number), **row}


def _cell(x: Value) -> str | None:
    return None if x is None else str(float(x))


# ---- M3: frozen rows that later rounds read ------------------------------------------------------------


def time_door(count: int, random: Random, folder: Path) -> Made:
    """Two years before and a half-year are frozen; the year reads them. Some units came later, one has another code."""
    codes = [f"K{n}" for n in range(count * 2 // 5)]  # a unit has a row of the half, one or two of years before
    group = {k: f"组{random.randrange(max(len(codes) // 200, 3))}" for k in codes}
    since = {k: random.choice([2024, 2024, 2024, 2025, 2026]) for k in codes}
    was = {k: f"J{n}" if n % 97 == 5 and since[k] < 2026 else k for n, k in enumerate(codes)}  # renamed this year
    results: dict[int, Cells] = {}
    rounds: list[Path] = []
    late: Cells = {}
    for year in (2024, 2025):
        there = [k for k in codes if since[k] <= year]
        scores = {k: some(random, 0, 100) for k in there}
        entries = {} if year == 2024 else {str(n): (k, some(random, 0, 5, 0)) for n, k in enumerate(there[::3], 1)}
        late |= dict(entries.values())
        units = table("code,name,group,aliases", ((was[k], f"{was[k]}局", group[k], None) for k in there))
        scheme = halves(folder / f"scheme{year}", units)
        half = begun(scheme, folder / f"{year}h", year=year, after=rounds[-1:])
        freeze(typed(half, _texts(scores, was)), today=date(year, 7, 1))
        whole = begun(scheme, folder / f"{year}y", year=year, after=[half.folder, *rounds])
        carried = {n: (was[k], _cell(points) or "", "结转") for n, (k, points) in entries.items()}
        freeze(typed(whole, _texts(scores, was), carried), today=date(year, 12, 31))
        rounds.append(whole.folder)
        results[year] = {k: None if v is None else _rounded(v) for k, v in scores.items()}  # both halves alike
    units = table("code,name,group,aliases", ((k, f"{k}局", group[k], was[k] if was[k] != k else None) for k in codes))
    return _this_year(random, folder, units, rounds, _Past(group, was, results, late))


@dataclass(frozen=True)
class _Past:
    """What the years before came to. was: code → code then; results: year → score; late: what was carried over."""

    group: Mapping[str, str]
    was: Mapping[str, str]
    results: Mapping[int, Cells]
    late: Cells


def _this_year(random: Random, folder: Path, units: str, rounds: Sequence[Path], past: _Past) -> Made:
    scheme = halves(folder / "scheme2026", units)
    first, second = ({k: some(random, 0, 100) for k in past.group} for _ in range(2))
    half = begun(scheme, folder / "2026h", after=rounds[-1:])
    freeze(typed(half, _texts(first)), today=date(2026, 7, 1))
    year = begun(scheme, folder / "2026y", after=[half.folder, *rounds])
    year = opened(typed(year, _texts(second)).folder)
    blend: Cells = {
        k: None if a is None or (b := second[k]) is None else a * Fraction(3, 10) + b * Fraction(7, 10)
        for k, a in first.items()
    }
    result: Cells = {k: None if v is None else v + (past.late.get(k) or 0) for k, v in blend.items()}
    place = places({k: None if v is None else _rounded(v) for k, v in result.items()}, past.group)
    before = {y: places(past.results[y], past.group) for y in past.results}
    best = {2026: place, **before}
    run = {k: Fraction(_running([best[y].get(k) for y in (2026, 2025, 2024)])) for k in past.group}
    last = before[2025]
    expected: dict[tuple[str, str], Cells] = {
        ("totals", "half_score"): dict(first),
        ("totals", "blend"): blend,
        ("totals", "carried"): {k: past.late.get(k, Fraction(0)) for k in past.group},
        ("totals", "result"): result,
        ("totals", "place"): place,
        ("totals", "place_before"): {k: last.get(k) for k in past.group},
        ("totals", "run"): run,
        ("totals", "three"): {k: "是" if n >= 3 else "否" for k, n in run.items()},
        ("totals", "risen"): {k: None if None in (place[k], last.get(k)) else last[k] - place[k] for k in past.group},
    }
    says = f"frozen rows of {len(year.earlier)} rounds read by a later one"
    tables = year.tables()
    return Made(says, year.plan, tables, sum(len(tables[e.name]) for e in year.scheme.earlier), expected)


def _texts(scores: Mapping[str, Value], was: Mapping[str, str] | None = None) -> dict[str, str]:
    return {(was or {}).get(k, k): str(float(v)) for k, v in scores.items() if isinstance(v, Fraction)}


def _rounded(x: Fraction) -> Fraction:
    """Round a score that is not negative half up at two decimals."""
    return Fraction((x * 100 + Fraction(1, 2)).__floor__(), 100)


def _running(places_: Sequence[Value]) -> int:
    """Count the years of a first place, from this one back without a break."""
    return next((n for n, place in enumerate(places_) if place != 1), len(places_))


# ---- M4: rows made from tables --------------------------------------------------------------------------


def made_rows(count: int, random: Random, folder: Path) -> Made:
    """People × the months since they came, units × the items of their class."""
    units = {f"U{n}": random.choice(["局", "镇"]) for n in range(max(count // 50, 3))}
    joined = {f"P{n}": random.choice([None, None, None, *range(1, 13)]) for n in range(count // 7 + 3)}
    unit = {p: random.choice(list(units)) for p in joined}
    rate = {p: some(random, 50, 900) for p in joined}
    items = {f"I{n}": (random.choice(["局", "镇"]), random.randint(1, 20)) for n in range(12)}
    _, plan, tables = laid_out(
        folder,
        made_scheme.SCHEME.partition("examples:")[0],
        units=table("code,name,class", ((u, f"{u}单位", c) for u, c in units.items())),
        people=table("id,unit,name,rate,joined", ((p, unit[p], f"{p}某", _cell(rate[p]), joined[p]) for p in joined)),
        items=table("item,name,class,full", ((i, f"{i}项", c, full) for i, (c, full) in items.items())),
    )
    share, lead = {}, {}
    for row in tables["months"]:
        row["share"] = share[row["person"], row["month"]] = some(random, 0, 1)
    for row in tables["points"]:
        row["lead"] = lead[row["unit"], row["item"]] = some(random, 0, 1, 0.01)
    months = {p: range(joined[p] or 1, 13) for p in joined}
    paid = {(p, m): _product(rate[p], share.get((p, Fraction(m)))) for p in joined for m in months[p]}
    each = grouped((p, v) for (p, _), v in paid.items())
    of_unit = grouped((unit[p], added(each[p])) for p in joined)
    given = {u: [lead[u, i] for i, (c, _) in items.items() if c == units[u]] for u in units}
    expected: dict[tuple[str, str], Cells] = {
        ("months", "paid"): {f"{p}-{m}": v for (p, m), v in paid.items()},
        ("people", "months"): {p: Fraction(len(months[p])) for p in joined},
        ("people", "year_paid"): {p: added(each[p]) for p in joined},
        ("totals", "points"): {u: None if None in given[u] else added(given[u]) for u in units},
        ("totals", "paid"): {u: added(of_unit.get(u, ())) for u in units},
    }
    return Made("people × months, units × items", plan, tables, len(tables["months"]) + len(tables["points"]), expected)


def _product(a: Value, b: Value) -> Value:
    return a * b if isinstance(a, Fraction) and isinstance(b, Fraction) else None


# ---- M6: rules for data ----------------------------------------------------------------------------------


def musts(count: int, random: Random, folder: Path) -> Made:
    """Advances that stand twice, people without a coefficient, pools that do not add up: what a rule stops is blank."""
    pools = [f"K{n}" for n in range(max(count // 40, 2))]
    people = {f"P{n}": random.choice(pools) for n in range(count // 4)}
    share = {p: Fraction(random.randint(1, 50)) for p in people}
    base, rate = ({p: some(random, 1, 900, blank) for p in people} for blank in (0.02, 0.2))
    whole = grouped((k, share[p]) for p, k in people.items())
    amount = {k: added(whole.get(k, ())) + random.choice([0, 0, 0, 1]) for k in pools}
    _, plan, tables = laid_out(
        folder,
        must_scheme.SCHEME,
        units="code,name\nU,局\n",
        people=table(
            "id,name,pool,share,base", ((p, f"{p}某", k, share[p], _cell(base[p])) for p, k in people.items())
        ),
        pools=table("key,amount", amount.items()),
    )
    for row in tables["people"]:
        row["coefficient"] = rate[row["id"]]
    tables["advances"] = [_advance(random, n, list(people)) for n in range(1, count + 1)]
    often = Counter((row["person"], row["month"]) for row in tables["advances"])
    twice = {n: n[0] is not None and n[1] is not None and often[n] > 1 for n in often}
    counts: Cells = {
        row["no"]: None
        if twice[row["person"], row["month"]] or row["money"] is None
        else min(row["money"], Fraction(900))
        for row in tables["advances"]
    }
    due: Cells = {p: _product(base[p], rate[p]) for p in people}
    ties = {k: added(whole.get(k, ())) == amount[k] for k in pools}
    advanced = grouped((row["person"], counts[row["no"]]) for row in tables["advances"])
    of_pool = grouped((k, due[p]) for p, k in people.items())
    expected: dict[tuple[str, str], Cells] = {
        ("advances", "counts"): counts,
        ("advances", "must_1"): {r["no"]: "否" if twice[r["person"], r["month"]] else "是" for r in tables["advances"]},
        ("people", "must_2"): {p: "否" if rate[p] is None else "是" for p in people},
        ("pools", "must_3"): {k: "是" if ties[k] else "否" for k in pools},
        ("people", "due"): due,
        ("people", "paid"): {p: added(advanced.get(p, ())) if ties[k] else None for p, k in people.items()},
        ("pools", "due"): {k: added(of_pool.get(k, ())) for k in pools},
    }
    return Made("unique, given, sum, holds", plan, tables, count, expected)


def _advance(random: Random, number: int, people: Sequence[str]) -> dict[str, Value]:
    person = random.choice(people) if random.random() < 0.95 else None
    month = Fraction(random.randint(1, 12)) if random.random() < 0.95 else None
    return {"no": Fraction(number), "person": person, "month": month, "money": some(random, 1, 1200, 0.05)}
