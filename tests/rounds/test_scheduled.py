"""Books made by the workers of a scheduler are the books made here, byte for byte; here alone is written."""

import shutil

import pytest
from kit.rounds import reopened, small_scheme

from xlperf.rounds.distribute import distribute
from xlperf.rounds.faults import fault_problems
from xlperf.rounds.store import new_round
from xlperf.scheduled import SchedulerGone, is_there, scheduled


@pytest.fixture
def two(tmp_path):
    """Make the same round twice."""
    made, problems = new_round(small_scheme(tmp_path / "scheme"), tmp_path / "here", key=b"k" * 32)
    assert made is not None, problems
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    return made, reopened(tmp_path / "there")


def out(round_):
    """Return what was handed out, and what is kept of it."""
    folders = (round_.issued, round_.records)
    files = (f for folder in folders for f in folder.rglob("*") if f.is_file())
    return {f.relative_to(round_.folder): f.read_bytes() for f in files}


@pytest.mark.skipif(not is_there(), reason="the extra scale is not installed")
def test_two_workers_make_the_books_that_are_made_here(two):
    import distributed

    here, there = two
    distribute(here)
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        done = distribute(there, scheduler=cluster.scheduler_address)
        again = distribute(reopened(there.folder), scheduler=cluster.scheduler_address)
    assert out(there) == out(here)
    assert done.written
    assert not again.written


@pytest.mark.skipif(not is_there(), reason="the extra scale is not installed")
def test_a_scheduler_that_does_not_answer_is_a_sentence_and_nothing_is_issued(two):
    with pytest.raises(SchedulerGone) as gone:
        distribute(two[0], scheduler="tcp://127.0.0.1:9")
    assert [p.code for p in fault_problems(gone.value)] == ["SCHEDULER_GONE"]
    assert not two[0].state().issued


def test_chunks_come_back_in_order_and_a_lost_worker_is_a_fault_of_its_own(monkeypatch):
    monkeypatch.setattr("xlperf.scheduled.import_module", lambda name: Library)
    assert list(scheduled(lambda shared, job: shared + job, 10, range(7), "tcp://there:8786")) == list(range(10, 17))
    with pytest.raises(SchedulerGone):
        list(scheduled(Library.lost, 10, range(7), "tcp://there:8786"))


class Library:
    """What of Dask's library is used, in this process."""

    class CancelledError(Exception):
        """Nobody is left to do it."""

    class KilledWorker(Exception):
        """It was tried too often."""

    TimeoutError = TimeoutError

    class Client:
        """A client."""

        def __init__(self, address, **options): ...
        def __enter__(self):
            return self

        def __exit__(self, *fault): ...
        def scatter(self, shared, **how):
            return shared

        def nthreads(self):
            return {"one": 1}

        def submit(self, work, *given, pure, retries):
            return type("Future", (), {"result": staticmethod(lambda: work(*given))})

    @staticmethod
    def lost(shared, job):
        """Be done by a worker that dies."""
        raise Library.KilledWorker(job)
