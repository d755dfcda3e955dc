"""Fixtures that every test may ask for."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from kit.judge import Judge, open_judge
from kit.libreoffice import leave
from kit.programs import ABSENT, need
from kit.shelf import set_up


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


def pytest_unconfigure() -> None:
    """Remove the folders of LibreOffice, in every worker."""
    leave()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was not judged for want of a program."""
    skipped = [str(report.longrepr) for report in terminalreporter.getreports("skipped")]
    unjudged = sum(ABSENT in reason for reason in skipped)
    if unjudged:
        terminalreporter.write_line(f"not judged by LibreOffice: {unjudged} tests (a program is not installed)")


# ---- the long files first ----------------------------------------------------------------------------------------

# A file goes to one worker as a whole (--dist loadfile), in the order of the collection (--no-loadscope-reorder). Files
# of more than a quarter of a minute come first, the longest before the others, so that no worker is left with one when
# the other has done. A name that is missing here costs time, nothing else.
LONG = (
    "workbook/test_workbook_judge.py", "addin/test_addin_own_book.py", "workbook/test_workbooks.py",
    "rules/test_rules_random.py", "rounds/test_edition.py", "demo/test_rounds_demo.py", "addin/test_addin_button.py",
    "formula/test_formula_random.py", "addin/test_addin_libreoffice.py", "rounds/test_bad_events.py",
    "cli/test_refusals.py", "addin/test_addin_click.py", "house/test_style.py", "rounds/test_rounds_settled.py",
    "rounds/test_rounds_collect.py", "engine/test_ask.py", "engine/test_examples.py", "rules/test_laid_random.py",
    "rounds/test_verify.py", "workbook/test_printed.py", "rounds/test_recompute.py", "scheme/test_scheme_hebi.py",
    "addin/test_addin_recalc.py", "rounds/test_open_book.py", "rounds/test_figures.py", "engine/test_golden.py",
)  # fmt: skip


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
