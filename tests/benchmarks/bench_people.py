"""What a pay year costs: plan and score of people × 12 months, time and memory, and whether they grow with the people.

    python -m tests.benchmarks.bench_people [people …]     from the top folder

Every size is read, laid out and scored in a process of its own, so that its peak of memory is its own. Rows of the
months are made by the plan (`rows: {each: people, over: {month: 1..12}}`); each looks up the person's monthly amount,
and people and units add them up. Seconds do not travel between machines; the growth per person does.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

SIZES = (1_000, 3_000, 10_000)
MONTHS = 12
UNIT = 50  # people a unit
SCHEME = """\
scheme: pay-year
title: 全年兑现
issuer: 绩效办
document: 绩〔2026〕3号
year: 2026
office: 绩效办
scorers: [{name: 绩效办, basis: 一}]
objects:
  units: {title: 单位, name: name}
  people: {title: 人员, name: name, within: units, by: unit}
tables: {units: units.csv, people: people.csv, rates: rates.csv}
sheets:
  months:
    title: 按月
    rows: {each: {person: people}, over: {month: 1..12}}
    unit: unit
    basis: 二
    columns:
      id: {is: key, title: 编号}
      person: {is: fact, holds: text, title: 人员}
      month: {is: fact, title: 月份}
      unit: {is: fact, holds: text, title: 单位}
      share: {is: input, by: office, title: 比例, low: 0, high: 1, required: yes}
      each: {part: looked_up, by: person, of: people, numbers: {monthly: 月标准}}
      paid: {title: 实发, role: money, product: {factors: [monthly, share], digits: 2}}
  people:
    title: 人员
    rows: people
    unit: unit
    basis: 三
    columns:
      id: {is: key, title: 编号}
      unit: {is: fact, holds: text, title: 单位}
      name: {is: fact, holds: text, title: 姓名, role: name}
      post: {is: fact, holds: text, title: 职务}
      base: {is: fact, title: 基数}
      rate: {title: 系数, lookup: {key: post, of: rates.rate}}
      monthly: {title: 月标准, product: {factors: [base, rate]}}
      year: {title: 全年, role: money, total: {of: months.paid, where: {person: id}, blanks: stop}}
  units:
    title: 单位
    rows: units
    basis: 四
    columns:
      code: {is: key, title: 代码}
      name: {is: fact, holds: text, title: 单位}
      paid: {title: 合计, role: money, total: {of: people.year, where: {unit: code}, blanks: stop}}
  rates: {part: table, title: 系数表, basis: 附件, key: {post: 职务}, numbers: {rate: 系数}}
"""


@dataclass(frozen=True)
class Cost:
    """Seconds to read and lay out, seconds to score, peak of memory in MB, for so many people."""

    people: int
    plan: float
    score: float
    memory: float


def write(folder: Path, people: int) -> None:
    """Write the scheme with so many people in units of fifty."""
    units = range(-(-people // UNIT))
    (folder / "scheme.yaml").write_text(SCHEME, "utf-8")
    (folder / "units.csv").write_text("code,name\n" + "".join(f"U{u},单位{u}\n" for u in units), "utf-8")
    lines = (f"P{i},U{i // UNIT},人{i},{'科长' if i % 10 == 0 else '科员'},{1000 + i % 700}.5\n" for i in range(people))
    (folder / "people.csv").write_text("id,unit,name,post,base\n" + "".join(lines), "utf-8")
    (folder / "rates.csv").write_text("post,rate\n科长,1.3\n科员,1.05\n", "utf-8")


def measured(people: int) -> Cost:
    """Read, lay out and score once, in this process; the totals must be what plain arithmetic gives."""
    from xlperf.engine.compile import compile_scheme
    from xlperf.engine.score import score
    from xlperf.scheme.load import load_scheme

    with tempfile.TemporaryDirectory() as home:
        write(Path(home), people)
        begin = time.process_time()
        scheme, problems = load_scheme(Path(home))
        assert scheme is not None, problems
        plan, problems = compile_scheme(scheme)
        assert problems == []
        laid = time.process_time()
    tables = {name: [dict(row) for row in rows] for name, rows in scheme.tables.items()}
    for row in tables["months"]:
        row["share"] = Fraction(9, 10)
    filled = time.process_time()
    scores = score(plan, tables)
    assert all(len([*cells]) for columns in scores.values.values() for cells in columns.values())  # looked at
    done = time.process_time()
    assert len(scores.rows("months")) == people * MONTHS
    assert sum(scores.column("units", "paid")) == sum(scores.column("people", "year"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Cost(people, laid - begin, done - filled, peak)


def apart(people: int) -> Cost:
    """Measure one size in a process of its own."""
    words = [sys.executable, "-m", "tests.benchmarks.bench_people", "--one", str(people)]
    said = subprocess.run(words, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    count, *costs = said.stdout.split()
    return Cost(int(count), *map(float, costs))


def report(costs: Sequence[Cost]) -> str:
    """Write the table; growth is the cost a person against the smallest size."""
    least = costs[0]
    lines = ["| people | rows of months | plan s | score s | memory MB | growth plan | growth score | growth memory |",
             "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for c in costs:
        times = c.people / least.people
        grown = (c.plan / least.plan / times, c.score / least.score / times, c.memory / least.memory / times)
        cells = [f"{c.people:,}", f"{c.people * MONTHS:,}", f"{c.plan:.1f}", f"{c.score:.1f}", f"{c.memory:.0f}"]
        lines.append("| " + " | ".join([*cells, *(f"{g:.2f}" for g in grown)]) + " |")
    return "\n".join(lines)


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    if words[:1] == ["--one"]:
        cost = measured(int(words[1]))
        print(cost.people, cost.plan, cost.score, cost.memory)
        return
    print(report([apart(int(word)) for word in words] if words else [apart(size) for size in SIZES]))


if __name__ == "__main__":
    main(sys.argv[1:])
