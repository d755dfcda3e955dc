"""A published round of three units, made once; each test works on a copy."""

import shutil

import pytest
from kit.published import SETTINGS, ready_round
from kit.rounds import reopened

from xlperf.publish.publication import publish


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published") / "round"
    round_ = ready_round(folder)
    publish(round_, SETTINGS, pdf=False)
    return folder


@pytest.fixture
def round_(finished, tmp_path):
    shutil.copytree(finished, tmp_path / "round")
    return reopened(tmp_path / "round")
