"""A command and its workers search for cycles seldom; a program that uses the library is left as it is."""

from __future__ import annotations

import gc
import weakref

import pytest
from click.testing import CliRunner

from xlperf import load_scheme, score
from xlperf.cli import main
from xlperf.cli import schemes as commands
from xlperf.desk.inside import Inside
from xlperf.many import SELDOM, few_searches
from xlperf.parallel import guarded, shared_out

USUAL = (701, 11, 11)


@pytest.fixture(autouse=True)
def usual():
    before = gc.get_threshold()
    gc.set_threshold(*USUAL)
    yield
    gc.set_threshold(*before)


def at_a_job(_, job=None):
    return gc.get_threshold()


def test_a_command_searches_seldom_and_leaves_what_was(monkeypatch):
    seen, real = [], commands.find_scheme
    monkeypatch.setattr(commands, "find_scheme", lambda name: (seen.append(gc.get_threshold()), real(name))[1])
    assert CliRunner().invoke(main, ["check", "three-units"]).exit_code == 0
    assert (seen, gc.get_threshold()) == ([SELDOM], USUAL)


def test_so_do_workers_and_the_engine_inside_the_page(tmp_path, monkeypatch):
    assert set(shared_out(at_a_job, None, range(9))) == {SELDOM}
    assert set(guarded(at_a_job, range(2), seconds=60)) == {SELDOM}
    seen = []
    monkeypatch.setattr("xlperf.desk.inside.answer", lambda *_: seen.append(gc.get_threshold()) or {})
    Inside(str(tmp_path)).ask("steps", "{}", "zh", lambda *_: None, lambda *_: None, "[]")
    assert (seen, gc.get_threshold()) == ([SELDOM], USUAL)


def test_the_library_leaves_the_searches_of_others_alone():
    scheme = load_scheme("three-units")
    score(scheme, scheme.tables)
    assert gc.get_threshold() == USUAL


class Circle:
    def __init__(self):
        self.self = self


def test_what_refers_to_itself_is_still_given_back():
    with few_searches():
        made = [weakref.ref(Circle()) for _ in range(3 * SELDOM[0])]
        assert sum(one() is not None for one in made) < 2 * SELDOM[0]
