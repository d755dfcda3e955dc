"""Work in parallel gives what it gives one after the other, and a worker that is lost loses only its own job."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from xlperf import parallel
from xlperf.parallel import Lost, guarded, shared_out

ENOUGH = 1 << 32


def times(factor, job):
    return factor * job


def spoilt(_, job):
    if job == 7:
        raise ValueError("seven")
    return job


def reading(job):
    if job == "hangs":
        time.sleep(60)
    if job == "dies":
        os._exit(9)
    if job == "eats":
        return len(bytearray(1 << 33))
    if job == "sleeps":
        time.sleep(0.2)
    return job.upper()


@pytest.mark.parametrize("cores", [1, 3])
def test_results_come_in_the_order_of_the_jobs(monkeypatch, cores):
    monkeypatch.setattr(parallel, "cores", lambda: cores)
    assert list(shared_out(times, 3, range(20))) == [3 * i for i in range(20)]
    assert list(shared_out(times, 3, [])) == []
    with pytest.raises(ValueError, match="seven"):
        list(shared_out(spoilt, None, range(20)))


@pytest.mark.parametrize("cores", [1, 2, 3])
def test_what_hangs_or_dies_or_eats_is_lost_alone(monkeypatch, cores):
    monkeypatch.setattr(parallel, "cores", lambda: cores)
    jobs = ["a", "hangs", "sleeps", "dies", "b", "c", "d", "hangs", "e"]
    started = time.monotonic()
    found = list(guarded(reading, jobs, seconds=1.5, memory=ENOUGH))
    late, died = Lost("late"), Lost("died")
    assert found == ["A", late, "SLEEPS", died, "B", "C", "D", late, "E"]
    assert time.monotonic() - started < 55  # nobody waited for one that hangs a minute


def begun_at(_):
    return time.monotonic()


def test_the_next_job_is_begun_while_somebody_looks_at_a_result():
    looked = []
    for begun in guarded(begun_at, range(6), seconds=20):
        looked.append((begun, time.monotonic()))
        time.sleep(0.3)
    assert looked[1][0] < looked[0][1] + 0.3, "the second waited until the first was looked at"


def slept(seconds):
    time.sleep(seconds)
    return seconds


def test_the_time_of_a_job_begins_when_the_one_before_it_is_done():
    assert list(guarded(slept, [0.9] * 3, seconds=1.5)) == [0.9] * 3  # three for one worker


@pytest.mark.parametrize("cores", [1, 2])
def test_no_job_is_lost_with_the_one_before_it_however_long(monkeypatch, cores):
    """One that no pipe takes would hold up everybody, were it sent to a worker that hangs."""
    monkeypatch.setattr(parallel, "cores", lambda: cores)
    long = "a" * 1_000_000
    for behind in ("b", long):
        jobs = ["hangs", *[behind] * 4, "dies", *[behind] * 4]
        found = list(guarded(reading, jobs, seconds=1.5, memory=ENOUGH, few=0))
        wanted = [behind.upper()] * 4
        assert found == [Lost("late"), *wanted, Lost("died"), *wanted]


def test_what_takes_too_much_memory_is_refused_the_memory():
    with pytest.raises(MemoryError):
        list(guarded(reading, ["eats"], seconds=20, memory=ENOUGH))


def test_workers_end_with_their_parent():
    code = (
        "import os, time\n"
        "from xlperf.parallel import guarded\n"
        "def work(job):\n"
        '    os.write(1, f"{os.getpid()}\\n".encode())\n'
        "    time.sleep(60)\n"
        "list(guarded(work, [1], seconds=50, memory=1 << 32))\n"  # one worker: two would write into one line
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 50  # of the minute that it would go on for
    while time.monotonic() < deadline and _lives(child):
        time.sleep(0.1)
    assert not _lives(child)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{process}/stat")  # a process that nobody waited for is dead and still listed
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_job_on_a_busy_machine_has_its_time_by_the_processor():
    """Time is up by the clock while the work was hardly let run: it goes on; who works at nothing is late."""
    assert list(guarded(worked_or_slept, [-1.0, 60.0], seconds=0.5, memory=1 << 30)) == [Lost("late")] * 2
    assert list(guarded(slept_and_worked, [0.45], seconds=0.5, memory=1 << 30)) == [0.45]


def worked_or_slept(seconds):
    """Work for so many CPU seconds; below 0, sleep without end."""
    if seconds < 0:
        time.sleep(600)
    begun = time.process_time()
    while time.process_time() - begun < seconds:
        pass
    return seconds


def slept_and_worked(seconds):
    """Use little of the processor in much time, as a reader does on a busy machine."""
    begun = time.monotonic()
    while time.monotonic() - begun < 3 * seconds:
        worked_or_slept(0.01)
        time.sleep(0.05)
    return seconds
