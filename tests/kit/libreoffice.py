"""Every start of LibreOffice in the tests, on a profile that no other run has.

LibreOffice dies of itself now and then, on a loaded machine oftener, and ends without a word. It is then asked again,
on a fresh profile. What it answers is never asked for again, whatever the answer: a wrong value, or that it cannot read
a file, is for the test to judge.
"""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

UNCHANGED = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
</oor:items>
"""
RECALCULATES = """<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
"""  # every file, on opening
CHINESE = """<item oor:path="/org.openoffice.Office.Linguistic/General"><prop oor:name="UILocale" oor:op="fuse">
<value>zh-CN</value></prop></item>
"""
TRIES = 3  # how often it is asked while it dies of itself
SECONDS = 120  # for a start on a loaded machine
SECONDS_FOR_A_FILE = 30  # for every file on top of that
SECONDS_FOR_A_MEGABYTE = 60  # a book of ten thousand rows that rank and add up takes minutes
CANNOT = "Error: "  # how it begins what it cannot do; that is an answer

Done = subprocess.CompletedProcess[str]


class LibreOfficeFailed(AssertionError):
    """LibreOffice could not do what it was asked, or died of itself as often as it was asked."""


def asked(start: Callable[[], Done], made: Sequence[Path] = (), afresh: Callable[[], object] = lambda: None) -> Done:
    """Return what a start of LibreOffice ends with; one that dies is followed by another, TRIES of them at most.

    made: the files it has to write. afresh: called between two starts; takes away what the dead one may have spoilt.
    """
    deaths = []
    for _ in range(TRIES):
        try:
            done = start()
        except subprocess.TimeoutExpired as late:
            deaths.append(f"no answer within {late.timeout:.0f} seconds; {_words(late.stdout)} {_words(late.stderr)}")
        else:
            missing = [file.name for file in made if not file.exists()]
            said = f"exit {done.returncode}, not written: {missing}; {done.stdout.strip()} {done.stderr.strip()}"
            if done.returncode == 0 and not missing:
                return done
            if CANNOT in done.stderr:
                raise LibreOfficeFailed(said)
            deaths.append(said)
        afresh()
    raise LibreOfficeFailed("\n".join(f"try {number}: {said[-1500:]}" for number, said in enumerate(deaths, 1)))


def _words(said: str | bytes | None) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said or ""


def converted(
    files: Sequence[Path], to: Path, kind: str = "xlsx", *, made: Sequence[str] = (), recalculates: bool = True
) -> list[Path]:
    """Let one run of LibreOffice save files in a folder under their names, which must differ; return what it made.

    kind: their ending, with a filter behind it where one is wanted (`csv:…`). made: names, where they are not those of
    the files. recalculates: as a judge does; people's own LibreOffice, with settings that nobody changed, does not.
    """
    to.mkdir(parents=True, exist_ok=True)
    wanted = [to / name for name in made or [f"{file.stem}.{kind}" for file in files]]
    for file in wanted:
        if file not in files:
            file.unlink(missing_ok=True)  # what an earlier run left there is no answer

    def start() -> Done:
        home = f"-env:UserInstallation={_profile(recalculates).as_uri()}"
        words = ["soffice", home, "--headless", "--norestore", "--convert-to", kind, "--outdir", str(to)]
        large = SECONDS_FOR_A_MEGABYTE * sum(file.stat().st_size for file in files if file.is_file()) / 1e6
        return ran([*words, *map(str, files)], SECONDS + SECONDS_FOR_A_FILE * len(files) + large)

    asked(start, wanted, lambda: removed(recalculates))
    return wanted


def ran(words: Sequence[str], seconds: float, **options) -> Done:
    """Run a program; when its time is up, end it with everything that it started (soffice starts others)."""
    program = subprocess.Popen(
        words, stdout=-1, stderr=-1, encoding="utf-8", errors="replace", start_new_session=True, **options
    )
    try:
        out, err = program.communicate(timeout=seconds)
    except BaseException:
        ended(program)
        raise
    return subprocess.CompletedProcess(list(words), program.returncode, out, err)


def ended(program: subprocess.Popen[str]) -> None:
    """Kill a program that was started in a session of its own, and all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
    program.communicate()


def settings(*items: str) -> str:
    """Return what a profile says: all as LibreOffice comes, but for these items."""
    return UNCHANGED.replace("</oor:items>", "".join(items) + "</oor:items>")


def written_profile(folder: Path, said: str) -> Path:
    """Make a profile; the first start fills it."""
    (folder / "user").mkdir(parents=True)
    (folder / "user" / "registrymodifications.xcu").write_text(said, "utf-8")
    return folder


_standing: dict[bool, Path] = {}  # profiles of this process: the first start costs seconds, the next ones do not


def _profile(recalculates: bool) -> Path:
    if recalculates not in _standing:
        _standing[recalculates] = written_profile(kept_folder() / "profile", settings(*[RECALCULATES] * recalculates))
    return _standing[recalculates]


def removed(recalculates: bool) -> None:
    """Take a profile of this process away; the next conversion makes another."""
    if recalculates in _standing:
        shutil.rmtree(_standing.pop(recalculates), ignore_errors=True)


# ---- folders outside the run's own ---------------------------------------------------------------------------------

_kept: list[Path] = []


def kept_folder() -> Path:
    """Make a folder that others may enter (pytest closes its own to them) and that goes when the run ends."""
    folder = Path(tempfile.mkdtemp(prefix="xlperf-office-"))
    _kept.append(folder)
    return folder


@atexit.register
def leave() -> None:
    """Remove the folders; the workers of the tests end without the ways of Python, so conftest asks for it too."""
    while _kept:
        shutil.rmtree(_kept.pop(), ignore_errors=True)
