"""Fixtures that every test may ask for."""

from __future__ import annotations

import pytest
from kit.judge import Judge, open_judge
from kit.programs import ABSENT


@pytest.fixture(scope="session")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """LibreOffice, with its own profile for this run."""
    return open_judge(tmp_path_factory.mktemp("judge"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was not judged for want of a program."""
    skipped = [str(report.longrepr) for report in terminalreporter.getreports("skipped")]
    unjudged = sum(ABSENT in reason for reason in skipped)
    if unjudged:
        terminalreporter.write_line(f"not judged by LibreOffice: {unjudged} tests (a program is not installed)")
