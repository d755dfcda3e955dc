"""The scheme and the plan that a module is about: the one of its FOLDER, read and laid out once in a run."""

from __future__ import annotations

import pytest
from kit.masters import laid_out

from xlperf.engine.plan import Plan
from xlperf.scheme.model import Scheme


@pytest.fixture(scope="module")
def scheme(request: pytest.FixtureRequest) -> Scheme:
    return laid_out(request.module.FOLDER.name)[0]


@pytest.fixture(scope="module")
def plan(request: pytest.FixtureRequest) -> Plan:
    return laid_out(request.module.FOLDER.name)[1]
