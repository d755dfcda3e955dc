"""A round of three units with everything in it, made once; each test works on a copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from xlperf.demo.demo import run_demo
from xlperf.scheme.load import find_scheme


@pytest.fixture(scope="session")
def made_round(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a scored round."""
    folder = tmp_path_factory.mktemp("desk") / "一轮"
    path, _ = find_scheme("three-units")
    done, problems = run_demo(path, folder)
    assert done is not None, problems
    return folder


@pytest.fixture
def home(made_round: Path, tmp_path: Path) -> Path:
    """A folder in which a scored round lies."""
    shutil.copytree(made_round, tmp_path / "一轮")
    return tmp_path
