"""Fixtures that every test may ask for."""

from __future__ import annotations

import pytest
from kit.judge import Judge, open_judge


@pytest.fixture(scope="session")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """LibreOffice, with its own profile for this run."""
    return open_judge(tmp_path_factory.mktemp("judge"))
