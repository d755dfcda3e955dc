"""Fixtures that every test may ask for."""

from __future__ import annotations

import gc
import inspect
import os
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from kit.bytecode import keep_bytecode
from kit.judge import Judge, open_judge
from kit.libreoffice import leave
from kit.order import LONG
from kit.programs import ABSENT, need
from kit.shelf import set_up

from xlperf.many import search_seldom

keep_bytecode()  # before the tests are read, and the workers begun
search_seldom()  # thousands of tests and all that is kept between them are many objects


@pytest.fixture(scope="session", autouse=True)
def shelf(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Set up the shelf where all workers of this run find it: beside their own folders."""
    own = tmp_path_factory.getbasetemp()
    set_up((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shelf")


@pytest.fixture(scope="session")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """LibreOffice, with its own profile for this run."""
    return open_judge(tmp_path_factory.mktemp("judge"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Ask for LibreOffice before anything is made for a test that needs it."""
    if item.get_closest_marker("libreoffice"):
        need("soffice")


def pytest_collection_finish() -> None:
    """Let what stays to the end of the run, the tests themselves, never be searched for cycles."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Remove the folders of LibreOffice, in every worker."""
    leave()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was not judged for want of a program."""
    skipped = [str(report.longrepr) for report in terminalreporter.getreports("skipped")]
    unjudged = sum(ABSENT in reason for reason in skipped)
    if unjudged:
        terminalreporter.write_line(f"not judged by LibreOffice: {unjudged} tests (a program is not installed)")


def pytest_xdist_auto_num_workers() -> int:
    """Return how many workers share the tests: more than there are cores, for they wait for other programs."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(4, max(1, cores * 3 // 2))


# ---- the long files first ----------------------------------------------------------------------------------------


def _length(item: pytest.Item) -> int:
    name = "/".join(item.path.parts[-2:])
    return LONG.index(name) if name in LONG else len(LONG)


# ---- the second run of .ci/run, on a machine without LibreOffice -------------------------------------------------

_PROGRAM = re.compile(
    r"need\(|[Ss]office|[Ll]ibre[Oo]ffice|recalculat|converted|open_judge|mass_judge|Office\(|open_office|resave|judge\."
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the long files first; keep only what may behave otherwise without LibreOffice, where XLPERF_ONLY says so."""
    items.sort(key=_length)
    if os.environ.get("XLPERF_ONLY") == "libreoffice":
        asking = [_may_ask(item) for item in items]
        config.hook.pytest_deselected(items=[item for item, may in zip(items, asking, strict=True) if not may])
        items[:] = [item for item, may in zip(items, asking, strict=True) if may]


def _may_ask(item: pytest.Item) -> bool:
    """Return whether a test, one of its fixtures, or what they call in their own modules may ask for LibreOffice."""
    assert isinstance(item, pytest.Function)
    fixtures = (made.func for defined in item._fixtureinfo.name2fixturedefs.values() for made in defined)
    return _PROGRAM.search(item.name) is not None or any(map(_reaches, (item.function, *fixtures)))


@cache
def _reaches(function: Callable[..., Any]) -> bool:
    """Return whether the source of a function, or of what it calls in its own module, speaks of LibreOffice."""
    waiting, seen = [function], set[object]()
    while waiting:
        function = inspect.unwrap(waiting.pop())
        if function in seen or not inspect.isfunction(function):
            continue
        seen.add(function)
        if _PROGRAM.search(inspect.getsource(function)):
            return True
        called = (function.__globals__.get(name) for name in function.__code__.co_names)
        waiting += [f for f in called if inspect.isfunction(f) and f.__module__ == function.__module__]
    return False
