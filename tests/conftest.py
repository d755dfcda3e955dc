"""Fixtures that every test may ask for."""

from __future__ import annotations

import gc
import inspect
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kit.judge import Judge, open_judge
from kit.libreoffice import leave
from kit.order import LONG
from kit.programs import ABSENT, need
from kit.shelf import set_up

from xlperf.many import search_seldom

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
        kept = [item for item in items if _PROGRAM.search("\n".join(_sources(item)))]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept


def _sources(item: pytest.Item) -> Iterator[str]:
    """List the sources of a test, of its fixtures and of what they call in their own modules."""
    yield item.name
    assert isinstance(item, pytest.Function)
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    waiting: list[Callable[..., Any]] = [item.function, *(made.func for defined in fixtures for made in defined)]
    seen: set[object] = set()
    while waiting:
        function = inspect.unwrap(waiting.pop())
        if function in seen or not inspect.isfunction(function):
            continue
        seen.add(function)
        yield inspect.getsource(function)
        called = (function.__globals__.get(name) for name in function.__code__.co_names)
        waiting += [f for f in called if inspect.isfunction(f) and f.__module__ == function.__module__]
