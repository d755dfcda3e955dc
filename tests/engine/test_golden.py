"""What random rounds of every scheme come to stays as it was frozen, column by column.

A difference is either a mistake or a decision; then `python -m kit.golden --freeze` (PYTHONPATH=tests) writes it
down, and the change says which columns and why.
"""

import pytest
from kit.golden import FEW, SCHEMES, digests, frozen

from xlperf.scheme.find import schemes_available


@pytest.mark.parametrize("name", SCHEMES)
def test_every_column_comes_to_what_it_came_to(name):
    was, now = frozen(name, FEW), digests(name, FEW)
    assert {at: digest for at, digest in now.items() if was.get(at) != digest} == {}
    assert set(was) == set(now)


def test_every_shipped_scheme_is_frozen():
    assert set(SCHEMES) == {folder.name for folder in schemes_available()}
