"""Demonstration rounds through the page from disk, beside the program: `python -m kit.page_rounds xlperf.html [ID …]`.

The round is begun once. Then the program goes on with it, and so does the page in a real browser, by its own buttons:
write the books, take in what came back (the same files for both, in the order in which they came), rank. Both have the
same clock, which stands still, so that the ledgers say the same to the letter. Every file of the round is compared byte
for byte, and of the ledger each entry. Printed beside it, step by step: the seconds by the clock and of processor that
the page took, from the press of the step to what it shows afterwards; those of the same questions to the same door by a
program that runs already, as `xlperf desk` does; and those of the command that does the step, with its start, which
everybody waits for. At last the most memory that the page ever had.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import zip_longest
from os import getloadavg, times
from pathlib import Path
from typing import Any
from unittest import mock

from kit.browser import Browser, open_browser
from kit.desk_clerks import recorded
from xlperf.demo import demo
from xlperf.desk.asked import Desk
from xlperf.desk.door import answer
from xlperf.publish.receipts import publish_receipts
from xlperf.rounds import journal, status
from xlperf.rounds.collecting import collect as collecting
from xlperf.rounds.collecting import replies
from xlperf.rounds.journal import KEY_FILES, head_file
from xlperf.scheme.find import find_scheme, schemes_available

LEDGER = "ledger.sqlite"
NOT_COMPARED = (LEDGER,)  # by its entries instead
MOMENT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LONGEST = 3600.0  # seconds that a step may take on a busy machine
WITHIN = 2.2  # times as long as the program that the page may take
STEPS = (
    "distribute",
    "collect",
    "publish_scores",
)  # what the demonstration asks of the program, by the names it has there


class _Still(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return MOMENT.astimezone(tz)


class _StillDay(date):
    """A calendar that does."""

    @classmethod
    def today(cls) -> date:
        return MOMENT.date()


@dataclass
class Native:
    """A round as the program made it. begun: the folder before the first step; folder: at the end.

    steps: the name of each, and the files that had come by then.
    """

    begun: Path
    folder: Path
    steps: list[tuple[str, list[str]]] = field(default_factory=list)


@dataclass(frozen=True)
class Spent:
    """What a step took: seconds by the clock, and of processor."""

    clock: float
    processor: float


def by_the_program(scheme: str, work: Path) -> Native:
    """Make the demonstration of a scheme, and keep what the page needs to do the same."""
    made = Native(work / "begun" / scheme, work / "native" / scheme)

    def kept(name: str) -> Any:
        do = getattr(demo, name)

        def step(round_: Any, *words: Any, **options: Any) -> Any:
            if not made.steps:
                shutil.copytree(round_.folder, made.begun)
            made.steps.append((name, sorted(f.relative_to(round_.folder).as_posix() for f in _files(round_.inbox))))
            if name == "collect":  # the page shows the list before and after
                publish_receipts(round_)
            result = do(round_, *words, **options)
            if name == "collect":
                publish_receipts(round_)
            return result

        return step

    with _standing_still(), mock.patch.multiple(demo, **{name: kept(name) for name in STEPS}):
        done, problems = demo.run_demo(find_scheme(scheme)[0] or "", made.folder)
    assert done is not None, problems
    shutil.rmtree(made.folder / demo.FOLDER, ignore_errors=True)  # earlier rounds lie there only for who looks
    return made


@contextmanager
def _standing_still() -> Iterator[None]:
    with (
        mock.patch.object(journal, "datetime", _Still),
        mock.patch.object(replies, "date", _StillDay),
        mock.patch.object(collecting, "date", _StillDay),
        mock.patch.object(status, "date", _StillDay),
    ):
        yield


SHOWS = {  # what the page asks to show the panel of a step, and the panel that follows
    "distribute": ((), ()),
    "collect": (("status", "versions"), ("status", "versions")),
    "publish_scores": (("cells",), ("ranking",)),
}
ACTS = {"distribute": "distribute", "collect": "collect", "publish_scores": "score"}


def by_the_door(made: Native, folder: Path) -> list[Spent]:
    """Ask the same in a folder as the page asks, of the engine in this process; return what each step took."""
    shutil.copytree(made.begun, folder)
    spent, desk = [], Desk(folder)
    asked(desk, "steps")
    for step, came in made.steps:
        lay_what_came(made, came, folder)
        clock, processor = time.monotonic(), _spent()
        before, after = SHOWS[step]
        for action in ("steps", *before, ACTS[step], "steps", *after):
            asked(desk, action)
        spent.append(Spent(time.monotonic() - clock, _spent() - processor))
    return spent


def asked(desk: Desk, action: str) -> None:
    """Ask the door as a page does: with an answer that can be sent."""
    json.dumps(answer(desk, action, {"round": ""}))


def lay_what_came(made: Native, came: list[str], folder: Path) -> None:
    """Lay the files into a folder that had come by a step."""
    for file in came:
        if not (folder / file).exists():
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(made.folder / file, folder / file)


def by_commands(made: Native, folder: Path) -> list[Spent]:
    """Do the same in a folder by the commands, each a program of its own; return what each took."""
    shutil.copytree(made.begun, folder)
    spent = []
    for step, came in made.steps:
        lay_what_came(made, came, folder)
        clock, processor = time.monotonic(), _spent()
        subprocess.run([sys.executable, "-m", "xlperf", ACTS[step], folder], check=False, capture_output=True)
        spent.append(Spent(time.monotonic() - clock, _spent() - processor))
    return spent


def by_the_page(browser: Browser, page: Path, made: Native) -> list[Spent]:
    """Do the same through the page; return what each step took once the folder was open."""
    name = made.folder.name
    browser.stand_still(MOMENT)
    browser.open(page.resolve().as_uri())
    browser.lay(made.begun, f"{name}/")
    browser.press("选择轮次文件夹", "main button")
    browser.press(name, "main button")
    browser.until(lambda: browser.text("#panel"), "the round", LONGEST)
    spent, there = [], set[str]()
    for step, came in made.steps:
        for file in came:
            if file not in there:
                browser.lay_file(made.folder / file, f"{name}/{file}")
                there.add(file)
        clock, processor = time.monotonic(), browser.seconds()
        _pressed(browser, step)
        spent.append(Spent(time.monotonic() - clock, browser.seconds() - processor))
    return spent


BUTTONS = {
    "distribute": ("下发", "写出全部表格"),
    "collect": ("收件台账", "收表"),
    "publish_scores": ("打分与总表", "计分排名"),
}


def _pressed(browser: Browser, step: str) -> None:
    where, button = BUTTONS[step]
    browser.press(where, "#steps button", LONGEST)
    browser.until(lambda: browser.text("#panel").startswith(where), where, LONGEST)
    browser.driver.execute_script("document.getElementById('said').replaceChildren()")
    browser.press(button, "main button.main", LONGEST)
    said = {"distribute": "都在轮次的 issued 文件夹里", "collect": "收下"}.get(step)
    if said:
        browser.until(lambda: said in browser.text("#said p.done"), button, LONGEST)
    else:
        browser.until(lambda: browser.text("#panel").startswith("排名"), button, LONGEST)


def unlike(browser: Browser, made: Native, work: Path) -> tuple[int, list[str]]:
    """Return how many files were compared, and what is not the same."""
    name = made.folder.name
    found = browser.digests(f"{name}/")
    wanted = {f.relative_to(made.folder).as_posix(): _digest(f) for f in _files(made.folder)}
    (work / "page" / name).mkdir(parents=True)
    for kept in {LEDGER, head_file(Path(LEDGER)).name, *KEY_FILES} & set(found):
        (work / "page" / name / kept).write_bytes(browser.file(f"{name}/{kept}"))
    for kept in NOT_COMPARED:
        wanted.pop(kept, None)
        found.pop(kept, None)
    wrong = [f"{n}: {_said(n, wanted, found)}" for n in sorted(wanted | found) if wanted.get(n) != found.get(n)]
    pairs = zip_longest(recorded(work / "page"), recorded(made.folder.parent))
    wrong += [f"the ledgers differ: {ours} | {theirs}" for ours, theirs in pairs if ours != theirs]
    return len(wanted), [*wrong, *browser.complaints(), *browser.requests()]


def _said(name: str, wanted: dict[str, str], found: dict[str, str]) -> str:
    if name not in found:
        return "only the program's"
    return "only the page's" if name not in wanted else "differs"


def _files(folder: Path) -> list[Path]:
    return [f for f in folder.rglob("*") if f.is_file()]


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _spent() -> float:
    return sum(times()[:4])


def figures(page: Path, schemes: list[str]) -> bool:
    """Do it for schemes, each in a browser of its own; print each; return whether nothing differs."""
    well = True
    for scheme in schemes:
        with tempfile.TemporaryDirectory() as where, open_browser() as browser:
            made = by_the_program(scheme, Path(where))
            native = [by_the_door(made, Path(where, "door")), by_commands(made, Path(where, "commands"))]
            seen = by_the_page(browser, page, made)
            count, wrong = unlike(browser, made, Path(where))
            print(
                f"{scheme}: {count} files, {len(wrong)} differ; memory of the page {browser.memory() / 1e6:.0f} MB; "
                f"load of the machine {getloadavg()[0]:.1f}",
                f"{'all':<16}{_beside(seen, *native)}",
                *(
                    f"{step[0]:<16}{_beside(*([each] for each in took))}"
                    for step, *took in zip(made.steps, seen, *native, strict=True)
                ),
                *wrong[:10],
                sep="\n  ",
                flush=True,
            )
            well = well and not wrong
    return well


def _beside(page: list[Spent], door: list[Spent], commands: list[Spent]) -> str:
    """Return in words how long steps took by the page, by a program that runs already, and by commands."""
    found = []
    for what, way in (("clock", lambda s: s.clock), ("processor", lambda s: s.processor)):
        ours, running, begun = (sum(map(way, each)) for each in (page, door, commands))
        found.append(
            f"{what} {ours:6.1f} s; running {running:6.1f} s, {ours / running:.1f} times; command {begun:6.1f} s, "
            f"{ours / begun:.1f} times{' (!)' * (ours / begun > WITHIN)}"
        )
    return " | ".join(found)


if __name__ == "__main__":
    names = sys.argv[2:] or [path.name for path in schemes_available()]
    sys.exit(not figures(Path(sys.argv[1]), names))
