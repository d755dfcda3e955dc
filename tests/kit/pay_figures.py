"""The figures of pay (阳城 2020): `make pay-figures PEOPLE=10000`, with a small count in the tests.

settled: everybody is scored; Σ advances + Σ settlements + what is withheld = Σ due to the cent, and so in every
department, for every person and over the months; the shares of the pool = the pool. written: the pay sheets by
department. judged: every formula cell of the departments' 总表 as LibreOffice calculates it, against the engine.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

from kit.differences import differences
from kit.libreoffice import converted
from kit.small_plan import identity
from kit.yangcheng_large import large_year
from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Plan, Tables
from xlperf.engine.score import Scores, score
from xlperf.scheme.load import find_scheme, load_scheme
from xlperf.scheme.model import Scheme
from xlperf.workbook.books.master import write_master
from xlperf.workbook.books.parts import write_parts
from xlperf.workbook.books.prints import write_print_books

BY_UNIT = ("marks", "people", "posts", "advances")  # tables whose rows are a department's
PARTS = 5  # departments whose part of the 总表 is written: memory does not grow with more
AT_ONCE = 5  # books in one start of LibreOffice


def laid_out() -> tuple[Scheme, Plan]:
    """Return the scheme and its plan."""
    path, _ = find_scheme("yangcheng-2020")
    scheme, _ = load_scheme(path)
    assert scheme is not None
    return scheme, compile_scheme(scheme)[0]


def untied(scores: Scores) -> list[str]:
    """List the sums that do not tie, in words; none where all is paid to the cent."""
    wrong = [f"{r['code']}: apart {r['apart']}" for r in scores.rows("payroll") if r["apart"] != 0]
    paid = [r for r in scores.rows("people") if r["listed"] == "是"]
    wrong += [str(r["id"]) for r in paid if r["advance"] + r["balance"] + r["withheld"] != r["due"]]
    wrong += [f"{r['id']}: months" for r in scores.rows("spread") if r["months"] != r["balance"]]
    months = dict.fromkeys((r["id"] for r in paid), Fraction(0))
    for row in (r for r in scores.rows("advances") if r["person"] in months):
        months[row["person"]] += row["paid"]
    wrong += [f"{r['id']}: by month" for r in paid if months[r["id"]] != r["advance"]]
    zone = scores.rows("zone")[0]
    if sum(scores.column("team", "prize"), Fraction(0)) != zone["pool"]:
        wrong.append("the pool")
    if sum((r["due"] for r in scores.rows("payroll")), Fraction(0)) != zone["due"]:
        wrong.append("departments do not add up to the zone")
    return wrong


def of_department(tables: Tables, code: str) -> Tables:
    """Return the tables with one department and its people alone, and the leading team."""
    own = {t: [r for r in tables[t] if r["unit"] in (code, "L0")] for t in BY_UNIT}
    return {**tables, **own, "units": [u for u in tables["units"] if u["code"] in (code, "L0")]}


def judged(scheme: Scheme, plan: Plan, tables: Tables, folder: Path, most: int) -> Iterator[tuple[str, int, list[str]]]:
    """Let LibreOffice calculate each department's 总表; yield the department, its computed cells and what differs.

    most: departments at most. The lists, sums and self-checks are compared too.
    """
    codes = [str(u["code"]) for u in tables["units"] if u["level"] == "部室"][:most]
    for start in range(0, len(codes), AT_ONCE):
        some = {code: score(plan, of_department(tables, code)) for code in codes[start : start + AT_ONCE]}
        files = [folder / f"{code}.xlsx" for code in some]
        for file, scores in zip(files, some.values(), strict=True):
            write_master(scores, file, identity=identity(), scheme=scheme)
        answers = converted(files, folder / "answered")
        for (code, scores), file, answer in zip(some.items(), files, answers, strict=True):
            count = sum(len(scores.rows(s.name)) for s, _ in plan.computed())
            found = differences(scores, answer, file)
            yield code, count, [str(d) for d in found]
            file.unlink()
            answer.unlink()


def main(people: int = 10_000, most: int = 50) -> None:
    """Print every figure. most: departments that LibreOffice calculates."""
    scheme, plan = laid_out()
    tables = large_year(scheme, people)
    began, used = time.perf_counter(), time.process_time()
    scores = score(plan, tables)
    print(f"{people} people: scored in {_taken(began, used)}")
    print(f"  sums that do not tie: {len(untied(scores))}; due {float(scores.rows('zone')[0]['due']):.2f}", flush=True)
    with tempfile.TemporaryDirectory() as home:
        began, used = time.perf_counter(), time.process_time()
        pay = next(p for p in plan.prints if p.each)
        books = write_print_books(scores, pay, Path(home))
        size = sum(file.stat().st_size for file in books) / 1e6
        print(f"  {len(books)} pay books by department, {size:.1f} MB, in {_taken(began, used)}")
        began, used = time.perf_counter(), time.process_time()
        parts = islice(write_parts(scores, Path(home)), PARTS)
        size = sum(file.stat().st_size for file in parts) / 1e6
        print(f"  总表 in parts, {PARTS} departments of all, {size:.1f} MB, in {_taken(began, used)}")
        print(f"  most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB", flush=True)
        cells = wrong = 0
        began, used = time.perf_counter(), time.process_time()
        for code, count, found in judged(scheme, plan, tables, Path(home), most):
            cells, wrong = cells + count, wrong + len(found)
            print(f"  {code}: {count} cells as LibreOffice has them, {len(found)} differ {found[:3]}", flush=True)
        most_memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"  LibreOffice: {cells} cells, {wrong} differ, in {_taken(began, used)}, {most_memory:.0f} MB at most")


def _taken(began: float, used: float) -> str:
    return f"{time.perf_counter() - began:.0f} s ({time.process_time() - used:.0f} s of processor)"


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
