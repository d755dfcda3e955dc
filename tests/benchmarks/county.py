"""The county that the benchmarks score: units × 30 marks in one table, groups of about 40, as a scheme and as a book.

Each mark is capped at its full mark; four parts are weighted and rounded, a bonus counts in whole steps with a cap, a
deduction is taken off, what comes out is rounded and ranked in the group. A unit's district is looked up.
"""

from __future__ import annotations

import csv
import random
from fractions import Fraction
from pathlib import Path

from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Plan, Tables
from xlperf.engine.score import Scores, score
from xlperf.scheme.load import load_scheme
from xlperf.scheme.model import Scheme
from xlperf.workbook.books.master import write_master
from xlperf.workbook.seal import Identity

MARKS = 30
PARTS = 4
GROUP = 40  # units
DISTRICTS = 7
ID = "county"

_HEAD = """\
scheme: county
title: 全县考核
issuer: 绩效办
document: 绩〔2026〕1号
year: 2026
office: 绩效办
scorers: [{name: 绩效办, basis: 一}]
objects:
  units: {title: 考核对象, name: name}
tables: {units: units.csv, districts: districts.csv}
sheets:
  units:
    title: 得分
    rows: units
    basis: 二
    columns:
      code: {is: key, title: 代码}
      name: {is: fact, holds: text, title: 单位}
      group: {is: fact, holds: text, title: 组别}
      district: {is: fact, holds: text, title: 片区}
      extra: {is: input, by: office, title: 加分数量, low: 0, high: 20, required: yes}
      minus: {is: input, by: office, title: 扣分, low: 0, high: 5, decimals: 2, required: yes}
"""
_MARK = "      m{i}: {{is: input, by: office, title: 指标{i}, low: 0, high: 120, decimals: 2, required: yes}}\n"
_CAPPED = "      c{i}: {{title: 指标{i}得分, limited: {{score: m{i}, low: 0, high: 100}}}}\n"
_PART = "      p{i}: {{title: 第{i}部分, shown_at: {{score: w{i}, digits: 2}}}}\n"
_WEIGHTED = "      w{i}: {{title: 第{i}部分加权, weighted: {{parts: {{{parts}}}}}}}\n"
_TAIL = """\
      sum: {title: 合计, weighted: {parts: {p1: 0.4, p2: 0.3, p3: 0.2, p4: 0.1}}}
      steps: {title: 加分, steps: {actual: extra, target: 0, step: 2.5, points: 0.5, cap: 3, base: points}}
      factor: {title: 片区系数, lookup: {key: district, of: districts.factor}}
      final: {title: 综合得分, adjusted: {score: sum, bonus: [steps], deductions: [minus]}}
      paid: {title: 片区折算, product: {factors: [final, factor], digits: 2}}
      shown: {title: 得分（公布）, shown_at: {score: final, digits: 2}}
      place: {title: 名次, rank: {by: shown, within: {group: group}}}
      seat: {title: 排列顺序, rank: {by: shown, within: {group: group}, ties: list}}
      place_low: {title: 倒数名次, rank: {by: shown, within: {group: group}, order: low}}
      peers: {title: 同组平均, mean_of: {of: units.shown, where: {group: group}}}
      grade:
        title: 等次
        holds: text
        choose:
          branches: [{when: {shown: {at_least: 85}}, then: 优秀}, {when: {shown: {at_least: 70}}, then: 良好}]
          otherwise: 一般
  districts:
    title: 片区
    rows: districts
    basis: 三
    columns:
      district: {is: key, title: 片区}
      factor: {is: fact, title: 系数}
rankings:
  - {sheet: units, group: group, score: shown, place: place, seat: seat, title: 排名}
"""


def weights(part: int) -> list[tuple[int, Fraction]]:
    """Return the marks of a part (counted from 1) with their weights, which add up to 1 with an odd last one."""
    mine = [i for i in range(1, MARKS + 1) if i % PARTS == part % PARTS]
    each = Fraction(100 // len(mine), 100)
    return [(i, each) for i in mine[:-1]] + [(mine[-1], 1 - each * (len(mine) - 1))]


def scheme_text() -> str:
    """Write the scheme."""
    numbers = range(1, MARKS + 1)
    text = _HEAD + "".join(_MARK.format(i=i) for i in numbers) + "".join(_CAPPED.format(i=i) for i in numbers)
    for part in range(1, PARTS + 1):
        parts = ", ".join(f"c{i}: {float(w):g}" for i, w in weights(part))
        text += _WEIGHTED.format(i=part, parts=parts) + _PART.format(i=part)
    return text + _TAIL


def write_scheme(folder: Path, units: int) -> Path:
    """Write the scheme with so many units, and no marks."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scheme.yaml").write_text(scheme_text(), "utf-8")
    draw, groups = random.Random(units), max(1, units // GROUP)
    lines = [f"U{i},单位{i},G{draw.randrange(groups)},D{i % DISTRICTS}\n" for i in range(units)]
    (folder / "units.csv").write_text("code,name,group,district\n" + "".join(lines), "utf-8")
    lines = [f"D{i},{1 + i / 100:g}\n" for i in range(DISTRICTS)]
    (folder / "districts.csv").write_text("district,factor\n" + "".join(lines), "utf-8")
    return folder


def laid_out(folder: Path) -> tuple[Scheme, Plan]:
    """Read the scheme and lay it out."""
    scheme, problems = load_scheme(folder)
    assert scheme is not None, [p.text("en") for p in problems]
    plan, problems = compile_scheme(scheme)
    assert not problems, [p.text("en") for p in problems]
    return scheme, plan


def inputs() -> list[str]:
    """List the columns to fill."""
    return [*(f"m{i}" for i in range(1, MARKS + 1)), "extra", "minus"]


def drawn(row: int, column: str, draw: random.Random) -> str:
    """Draw what a cell holds, as decimal text; some at a limit."""
    if column == "extra":
        return f"{draw.randrange(0, 81) / 4:g}"
    if column == "minus":
        return f"{draw.randrange(0, 301) / 100:g}"
    return f"{draw.randrange(4000, 11000) / 100:g}"


def texts(units: int) -> list[dict[str, str]]:
    """Draw the marks of every unit, as decimal text."""
    draw = random.Random(7 * units)
    return [{name: drawn(i, name, draw) for name in inputs()} for i in range(units)]


def filled(scheme: Scheme, units: int) -> Tables:
    """Return the tables with every cell filled."""
    tables = {name: [dict(row) for row in rows] for name, rows in scheme.tables.items()}
    for row, given in zip(tables["units"], texts(units), strict=True):
        row.update({name: Fraction(text) for name, text in given.items()})
    return tables


def write_data(folder: Path, units: int) -> Path:
    """Write the marks as a folder of CSV, as `score --data` takes it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "units.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, ["code", *inputs()])
        out.writeheader()
        out.writerows({"code": f"U{i}", **row} for i, row in enumerate(texts(units)))
    return folder


def write_county(folder: Path, units: int) -> Scores:
    """Write scheme and 总表 (`总表.xlsx`) of a filled county; return its exact scores."""
    scheme, plan = laid_out(write_scheme(folder / ID, units))
    scores = score(plan, filled(scheme, units))
    whom = Identity("master", "r", ID, plan.year, "", 1)
    write_master(scores, folder / "总表.xlsx", identity=whom, scheme=scheme)
    return scores
