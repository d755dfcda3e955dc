"""A collect holds what it must: nothing of a book stays once it is decided on but what was accepted of it."""

import gc
import weakref

import pytest
from kit.begun import issued
from kit.rounds import send

from xlperf.rounds.collecting import collect as collecting
from xlperf.rounds.collecting.collect import collect


@pytest.fixture
def round_(tmp_path):
    return issued(tmp_path / "round")


def test_what_a_book_was_judged_by_goes_with_it(round_, monkeypatch):
    """Nothing of one book waits for a search for circles while others are judged: memory stays flat."""
    seen, real = [], collecting.Examiner.examine

    def examine(self, book):
        seen.append(weakref.ref(self))
        return real(self, book)

    monkeypatch.setattr(collecting.Examiner, "examine", examine)
    for unit in ("U01", "U22"):
        send(round_, "unit", unit)
    gc.disable()
    try:
        assert len(collect(round_).accepted) == 2
        assert [one() for one in seen] == [None, None]
    finally:
        gc.enable()
