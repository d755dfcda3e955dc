"""The figures of publishing, over whole demonstration rounds: sums to the full mark, what one decision changes, paper.

    python -m kit.papers [scheme …]      from the top folder, PYTHONPATH=.:tests; `make papers`

Every round is made by the demonstration, published, taken apart and printed through LibreOffice; one review is decided.
A line a scheme; the exit code is 1 where a figure does not hold.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

import openpyxl

from kit.printed import SMALLEST, ZOOM, Sheet, pages
from kit.programs import output_of
from xlperf.demo.demo import run_demo
from xlperf.engine.losses import breakdowns
from xlperf.engine.score import Scores
from xlperf.formula.values import value_text
from xlperf.problems import errors
from xlperf.publish.papers.ground import Settings
from xlperf.publish.publication import CHARTS, Publication, publish
from xlperf.publish.review import Asking, decide, open_appeal
from xlperf.report.document import EDITION_NAMES
from xlperf.rounds.store import Round, open_round
from xlperf.scheme.load import find_scheme, schemes_available
from xlperf.workbook.documents import lines_of

DAY = date(2026, 1, 8)
SETTINGS = Settings(DAY, 2, date(2026, 1, 12), 5, date(2026, 1, 15), incomplete="演示轮次，资料未报齐")
DRAWN = 4.0  # points: letters within a chart


@dataclass(frozen=True)
class Figures:
    """What one round came to. wrong: everything that does not hold, in words."""

    scheme: str
    units: int
    differences: int
    sheets: int
    pages: int
    changed: int
    seconds: float
    wrong: tuple[str, ...]


def off_sum(scores: Scores) -> tuple[int, list[str]]:
    """Return how many units with a score were taken apart, and those that do not come to their full mark."""
    count, wrong = 0, []
    for ranking in scores.plan.rankings:
        for b in breakdowns(scores, ranking):
            if b.score is None:
                continue
            count += 1
            if b.full is not None and b.score + sum((x.lost or Fraction(0) for x in b.lines), b.rest) != b.full:
                wrong.append(f"{ranking.sheet} {b.position}: does not come to its full mark")
    return count, wrong


def what_one_decision_changes(round_: Round, before: Publication) -> tuple[int, list[str]]:
    """Decide one review and publish again; return how many sheets changed, and where more or fewer did than must.

    A sheet must change where its workbook says something else than before; then its code is another, else the same.
    """
    scores = round_.scores()
    sheet, row, unit = next(_open_to_review(scores))
    asking = Asking(unit, f"{sheet.title}：{value_text(row[sheet.key.name])}", "", DAY, DAY, 2)
    appeal, problems = open_appeal(round_, asking)
    assert appeal is not None, problems
    said = {f: lines_of(before.folder / f) for f in before.files if f.suffix == ".xlsx" and "反馈单" in f.parts}
    done, problems = decide(round_, appeal.number, "改定", "经核实。", "绩效办", DAY, text="0", pdf=True)
    assert done is not None, problems
    book, pdf = (round_.folder / f for end in (".xlsx", ".pdf") for f in done.files if f.suffix == end)
    wrong = on_paper(book, pdf, pages(pdf))
    after = publish(round_, SETTINGS, pdf=False)
    codes = [{f"{d.file}.xlsx": d.code for d in p.documents if d.whose} for p in (before, after)]
    moved = {name for name, code in codes[0].items() if codes[1][name] != code}
    must = {f.as_posix() for f, lines in said.items() if lines_of(after.folder / f) != lines}
    wrong += [f"{name}: code and content do not agree" for name in moved ^ must]
    if not any(appeal.unit in d.whose for d in after.documents if f"{d.file}.xlsx" in moved):
        wrong.append("the sheet of the unit that asked did not change")
    return len(moved), wrong


def _open_to_review(scores: Scores) -> Iterator[tuple]:
    for sheet in scores.plan.sheets:
        lead = next((c for role in ("onsite", "lead") if (c := sheet.the(role)) is not None), None)
        if lead is None or sheet.the("score") is None or sheet.the("full") is None or not sheet.unit:
            continue
        for row in scores.rows(sheet.name):
            if isinstance(row[lead.name], Fraction) and row[lead.name] > 0 and row[sheet.the("score").name] is not None:
                yield sheet, row, value_text(row[sheet.unit])


def on_paper(book: Path, pdf: Path, printed: Sequence[Sheet]) -> list[str]:
    """List what is wrong with a printed document: every letter of it must be there, one page wide, legible.

    printed: the pages of the PDF, read.
    """
    sheet = openpyxl.load_workbook(book).active
    wrong = list(small_texts(printed))
    for page in printed:
        for piece in page.pieces:
            if piece.left < 0 or piece.left + piece.width > page.width:
                wrong.append(f"p{page.number}: runs off the page: {piece.text[:20]}")
    if len(printed) != len(sheet.row_breaks.brk) + 1:
        wrong.append(f"{len(printed)} pages, broken into {len(sheet.row_breaks.brk) + 1}: not one page wide")
    there = Counter("".join(p.text for p in printed))
    lacking = Counter(c for line in lines_of(book) for text in line for c in text if not c.isspace()) - there
    if lacking:
        wrong.append(f"not in the text of the page: {''.join(lacking)[:20]}")
    if {"\ufffd", "#"} & there.keys():
        wrong.append("a mark that stands for a missing letter, or #")
    if sheet["A1"].value and "".join(str(sheet["A1"].value).split()) not in printed[0].text:
        wrong.append("the title is not whole")
    return [f"{pdf.name} {w}" for w in dict.fromkeys(wrong)]


@cache
def _letters_of_fonts() -> tuple[range, ...]:
    """Return the letters that the installed fonts have, font by font; one question for all of them."""
    said = dict.fromkeys(output_of("fc-list", "--format", "%{charset}\n").split())
    ends = (part.partition("-") for part in said)
    return tuple(range(int(first, 16), int(last or first, 16) + 1) for first, _, last in ends)


def small_texts(printed: Sequence[Sheet], least: float = SMALLEST) -> Iterator[str]:
    """List the pages with text of fewer points."""
    for page in printed:
        small = [p for p in page.pieces if p.text.strip() and p.size < least - 0.5 / ZOOM]
        if small:
            smallest = min(small, key=lambda p: p.size)
            said = f"{len(small)} texts are small, down to {smallest.size:.1f} points"
            yield f"p{page.number}: {said}: {smallest.text[:20]}"


def without_glyph(texts: Sequence[str]) -> str:
    """Return the letters that no installed font has: they would be printed as boxes."""
    letters = sorted({c for text in texts for c in text if not c.isspace() and ord(c) > 127})
    return "".join(c for c in letters if not any(ord(c) in some for some in _letters_of_fonts()))


def edges_inked(pdf: Path) -> list[int]:
    """Return the pages whose picture has ink within 2 mm of an edge: something is cut off there."""
    with tempfile.TemporaryDirectory() as folder:
        output_of("pdftoppm", "-gray", "-r", "50", str(pdf), f"{folder}/p")
        return [i for i, file in enumerate(sorted(Path(folder).iterdir()), 1) if _inked(file.read_bytes())]


def _inked(pgm: bytes) -> bool:
    _, size, _, rest = pgm.split(b"\n", 3)
    wide, high = map(int, size.split())
    edge = 4  # pixels: 2 mm at 50 to an inch
    rows = [rest[i * wide : (i + 1) * wide] for i in range(high)]
    sides = (row[:edge] + row[-edge:] for row in rows)
    return any(min(s) < 128 for s in (*rows[:edge], *rows[-edge:], *sides))


def figures_of(folder: Path, scheme: str) -> Figures:
    """Return the figures of a demonstration round, whose folder is changed."""
    begun = time.monotonic()
    round_, problems = open_round(folder)
    assert round_ is not None, problems
    units, wrong = off_sum(round_.scores())
    differences = len(wrong)
    done = publish(round_, SETTINGS)
    wrong += [p.text("en") for p in errors(done.problems)]
    texts, count = [], 0
    for document in done.documents:
        book, pdf = (done.folder / f"{document.file}{end}" for end in (".xlsx", ".pdf"))
        printed = pages(pdf)
        wrong += on_paper(book, pdf, printed)
        wrong += [f"{pdf.name} p{n}: ink at the edge" for n in edges_inked(pdf)]
        count += len(printed)
        texts += [text for line in document.printed() for text in line]
    charts = done.folder / f"{EDITION_NAMES['internal']}/{CHARTS}.pdf"
    wrong += [f"{charts.name} {w}" for w in small_texts(pages(charts), DRAWN)] if charts.exists() else []
    if boxes := without_glyph(texts):
        wrong.append(f"no font has {boxes}")
    changed, more = what_one_decision_changes(round_, done)
    sheets = sum(bool(d.whose) for d in done.documents)
    seconds = time.monotonic() - begun
    return Figures(scheme, units, differences, sheets, count, changed, seconds, (*wrong, *more))


def main(words: Sequence[str]) -> int:
    """Print the table and what does not hold; a word may be a scheme, or SCHEME=FOLDER of a round that is there."""
    print("| round | units | off the full mark | feedback sheets | pages looked at | changed by one decision | s |")
    print("|---|---|---|---|---|---|---|")
    wrong: list[str] = []
    for word in words or [path.name for path in schemes_available()]:
        scheme, _, there = word.partition("=")
        with tempfile.TemporaryDirectory() as home:
            folder = Path(there or Path(home, "round"))
            if not there:
                run_demo(find_scheme(scheme)[0], folder)
            f = figures_of(folder, scheme)
        row = (f.scheme, f.units, f.differences, f.sheets, f.pages, f.changed, round(f.seconds))
        print("| " + " | ".join(map(str, row)) + " |", flush=True)
        wrong += [f"{scheme}: {w}" for w in f.wrong]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
