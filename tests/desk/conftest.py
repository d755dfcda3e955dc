"""A round of three units with everything in it, made once, of which each test has a copy; the page, and a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.browser import Browser, open_browser
from kit.programs import lack
from kit.shelf import on_the_shelf

from xlperf.demo.demo import run_demo
from xlperf.desk.build import build
from xlperf.scheme.load import find_scheme

PARTS = Path(__file__).parents[2] / "build" / "desk"  # `make desk` lays Pyodide and axe there


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser that this file of tests has for itself."""
    with open_browser() as made:
        yield made


@pytest.fixture(scope="session")
def parts() -> Path:
    """Where the parts of the engine for browsers lie; without them the test is skipped, and in CI it fails."""
    if not (PARTS / "pyodide").is_dir():
        lack("build/desk, which `make desk` makes,")
    return PARTS


@pytest.fixture(scope="session")
def page_file(parts: Path) -> Path:
    """The page with the engine inside."""
    return on_the_shelf("page", lambda folder: build(parts / "pyodide", folder / "xlperf.html")) / "xlperf.html"
