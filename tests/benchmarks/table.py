"""The table that `make bench` prints: a line for each contestant and size, ratios only where the numbers are right."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from benchmarks.frame import Line, Work

HEAD = (
    "| size | contestant | wall s | CPU s | memory MB | numbers right | ours is faster: wall | CPU | at least |\n"
    "|---|---|---|---|---|---|---|---|---|"
)
_TABLE = re.compile(r"(?=^\*\*(.+?)\*\* \(size: )", re.MULTILINE)
BEGIN, END = "<!-- make bench: from here -->", "<!-- make bench: to here -->"


def table(work: Work, lines: Sequence[Line], when: str = "") -> str:
    """Write what one work came to. lines: size by size, ours the first of each. when: the day, and how busy it was."""
    rows = [f"**{work.title}** ({'; '.join(filter(None, (f'size: {work.counted}', when)))})", "", HEAD]
    ours = {line.size: line for line in lines if line.contestant == work.contestants[0].name}
    rows += [_row(work, line, ours[line.size]) for line in lines]
    mine = list(ours.values())
    if len(mine) > 1 and all(line.counts for line in mine):
        rows += ["", *_growth(work, mine[0], mine[-1])]
    return "\n".join(rows)


def _row(work: Work, line: Line, ours: Line) -> str:
    aim = work.aims.get(line.contestant)
    wanted = f"{aim:g}×" if aim is not None else ""
    if line.fault:
        cells = [f"{line.size:,}", line.contestant, "–", "–", "–", line.fault.replace("|", "/"), "–", "–", wanted]
        return "| " + " | ".join(cells) + " |"
    right = "all " + f"{line.of:,}" if line.counts else f"**wrong**: {line.wrong:,} of {line.of:,}"
    if line is ours:
        ratios = ["–", "–"]
    elif not (line.counts and ours.counts):
        ratios = ["wrong", "wrong"]
    else:
        ratios = [times(line.wall, ours.wall), times(line.cpu, ours.cpu)]
    seconds = [digits(line.wall), digits(line.cpu), f"{line.memory:.0f}"]
    return "| " + " | ".join([f"{line.size:,}", line.contestant, *seconds, right, *ratios, wanted]) + " |"


def _growth(work: Work, first: Line, last: Line) -> list[str]:
    by = math.log(last.size / first.size)
    exponent = math.log(last.wall / first.wall) / by
    cpu = math.log(max(last.cpu, 1e-9) / max(first.cpu, 1e-9)) / by
    wanted = f", at most {work.grows:g}" if work.grows is not None else ""
    fat = f" (at most {work.fat:g})" if work.fat is not None else ""
    from_, to = f"{first.size:,}", f"{last.size:,}"
    said = (
        f"Ours from {from_} to {to}: exponent {exponent:.2f} by wall, {cpu:.2f} by CPU{wanted}; "
        f"time × {last.wall / first.wall:.1f}, memory × {last.memory / first.memory:.2f}{fat}."
    )
    return [said]


def times(theirs: float, ours: float) -> str:
    """Write how many times faster ours is."""
    if ours <= 0:
        return "–"
    found = theirs / ours
    return f"{found:.0f}×" if found >= 20 else f"{found:.1f}×" if found >= 2 else f"{found:.2f}×"


def digits(seconds: float) -> str:
    """Write seconds with three digits that count."""
    return f"{seconds:.3g}" if seconds < 100 else f"{seconds:.0f}"


def put_between(file: Path, closing: str, texts: Sequence[str], titles: Collection[str]) -> None:
    """Write the tables between the two marks of a page; the rest of it stays, and so do tables not measured this time.

    titles: of all works there are, in their order; a table of none of them goes.
    """
    before, _, rest = file.read_text("utf-8").partition(BEGIN)
    old, _, behind = rest.partition(END)
    known = {found[1]: text for text in _TABLE.split(old) if (found := _TABLE.match(text))}
    known |= {found[1]: text for text in texts if (found := _TABLE.match(text))}
    there = "\n\n".join([closing, *(known[title].strip() for title in titles if title in known)])
    file.write_text(f"{before}{BEGIN}\n\n{there}\n\n{END}{behind}", "utf-8")


def told(versions: Mapping[str, str]) -> str:
    """Write the versions in one line."""
    return ", ".join(f"{name} {number}" for name, number in sorted(versions.items()))
