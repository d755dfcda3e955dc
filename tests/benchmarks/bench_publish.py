"""What feedback sheets cost: taking every unit apart, writing workbook and letter, and printing; time, memory, growth.

    python -m tests.benchmarks.bench_publish [--pdf] [units …]     from the top folder

The units are those of three-units over and over, in groups of fifty, their marks drawn. Every size runs in a process of
its own, so that its peak of memory is its own. `--pdf` also prints the sheets of the first size through LibreOffice.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

SIZES = (500, 100, 250)
GROUP = 50


@dataclass(frozen=True)
class Cost:
    """CPU seconds to take apart, write .xlsx, write .docx; MB at the peak; of PDF seconds (wall, CPU), MB or 0.

    What LibreOffice takes is its own: the peak of its largest process.
    """

    units: int
    apart: float
    books: float
    letters: float
    memory: float
    pdf: float
    pdf_cpu: float
    pdf_memory: float


def measured(count: int, *, pdf: bool) -> Cost:
    """Make and write the feedback sheets of so many units, in this process."""
    from xlperf.engine.compile import compile_scheme
    from xlperf.engine.score import score
    from xlperf.publish.papers.feedback import feedback
    from xlperf.publish.papers.ground import Ground, Settings
    from xlperf.scheme.load import find_scheme, load_scheme
    from xlperf.workbook.documents import write_document
    from xlperf.workbook.letters import letter
    from xlperf.workbook.pdf import as_pdf

    path, _ = find_scheme("three-units")
    assert path is not None
    scheme, _ = load_scheme(path)
    assert scheme is not None
    draw = random.Random(count)
    first = scheme.tables["units"][0]
    units = [{**first, "code": f"U{i}", "name": f"单位{i}", "group": f"第{i // GROUP}组"} for i in range(count)]
    pattern = [row for row in scheme.tables["marks"] if row["unit"] == "U1"]
    marks = [
        {**row, "id": f"{unit['code']}-{n}", "unit": unit["code"], "self": row["full"], "reason": "完成时间晚于节点",
         "verified" if row["target"] is not None else "lead": _drawn(draw, row)}
        for unit in units for n, row in enumerate(pattern, 1)
    ]  # fmt: skip
    plan, _ = compile_scheme(replace(scheme, tables={**scheme.tables, "units": units, "marks": marks}))
    scores = score(plan, {**scheme.tables, "units": units, "marks": marks})
    ground = Ground(scores, Settings(date(2026, 1, 8), 2, date(2026, 1, 12)))
    times = [time.process_time()]
    documents = list(feedback(ground))
    assert len(documents) == count
    times.append(time.process_time())
    with tempfile.TemporaryDirectory() as folder:
        books = [Path(folder, f"{i}.xlsx") for i in range(count)]
        for document, book in zip(documents, books, strict=True):
            write_document(document, book)
        times.append(time.process_time())
        for document in documents:
            letter(document)
        times.append(time.process_time())
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        begun = time.monotonic()
        if pdf:
            assert len(as_pdf(books, Path(folder, "pdf"))) == count
        seconds = time.monotonic() - begun if pdf else 0.0
        office = resource.getrusage(resource.RUSAGE_CHILDREN)
    apart, wrote, typed = (b - a for a, b in pairwise(times))
    taken = (office.ru_utime + office.ru_stime, office.ru_maxrss / 1024) if pdf else (0.0, 0.0)
    return Cost(count, apart, wrote, typed, peak, seconds, *taken)


def _drawn(draw: random.Random, row: dict) -> Fraction:
    most = row["target"] if row["target"] is not None else row["full"]
    return most * Fraction(draw.randint(70, 110 if row["target"] is not None else 100), 100)


def apart(count: int, *, pdf: bool) -> Cost:
    """Measure one size in a process of its own."""
    words = [sys.executable, "-m", "tests.benchmarks.bench_publish", "--one", str(count), *["--pdf"] * pdf]
    said = subprocess.run(words, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    units, *costs = said.stdout.split()
    return Cost(int(units), *map(float, costs))


def report(costs: Sequence[Cost]) -> str:
    """Write the table; growth is the CPU time a unit against the smallest size."""
    least = min(costs, key=lambda c: c.units)
    heads = ("feedback sheets", "taken apart s", ".xlsx s", ".docx s", "memory MB", "PDF s (wall)", "PDF s (CPU)",
             "PDF MB", "growth a unit")  # fmt: skip
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for c in sorted(costs, key=lambda c: c.units):
        grown = (c.apart + c.books + c.letters) / c.units / ((least.apart + least.books + least.letters) / least.units)
        cells = [f"{c.units:,}", f"{c.apart:.1f}", f"{c.books:.1f}", f"{c.letters:.1f}", f"{c.memory:.0f}"]
        printed = [f"{x:.0f}" for x in (c.pdf, c.pdf_cpu, c.pdf_memory)] if c.pdf else ["—"] * 3
        lines.append("| " + " | ".join([*cells, *printed, f"{grown:.2f}"]) + " |")
    return "\n".join(lines)


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    pdf, sizes = "--pdf" in words, [int(word) for word in words if word.isdecimal()]
    if "--one" in words:
        print(*vars(measured(sizes[0], pdf=pdf)).values())
        return
    print(report([apart(size, pdf=pdf and i == 0) for i, size in enumerate(sizes or SIZES)]))


if __name__ == "__main__":
    main(sys.argv[1:])
