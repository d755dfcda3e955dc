"""Books that workers of a scheduler read: the same decisions, the same ledger, whatever is lost on the way."""

import errno
import io
import os
import shutil
import signal
import zipfile

import pytest
from kit.begun import issued
from kit.rounds import reopened, send, send_all

from xlperf import scheduled
from xlperf.remote import Copies, FilesUnreached, Remote
from xlperf.rounds.collecting import collect as collecting
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.faults import fault_problems
from xlperf.rounds.journal import entries
from xlperf.scheduled import Elsewhere, SchedulerGone, is_there

pytestmark = pytest.mark.skipif(not is_there(), reason="the extra scale is not installed")


@pytest.fixture(scope="module")
def came(tmp_path_factory):
    """Return the folder of a round whose books are back, right and wrong ones, with what is no book at all."""
    round_ = issued(tmp_path_factory.mktemp("came") / "round")
    send_all(round_)
    first = next(iter(sorted(round_.inbox.glob("unit*.xlsx"))))
    shutil.copy(first, round_.inbox / "同一份.xlsx")
    send(round_, "unit", "U22", {("marks", "U22-15", "actual"): "一百五十三"}, name="改过.xlsx")
    (round_.inbox / "扫描件.xlsx").write_bytes(b"%PDF-1.7 ...")
    for name, text in (("坏.xlsx", b"<w>xlperf1</w>"), ("弹.xlsx", b"0" * 30_000_000)):
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("xl/workbook.xml", text)
        (round_.inbox / name).write_bytes(data.getvalue())
    return round_.folder


@pytest.fixture(scope="module")
def straight(came, tmp_path_factory):
    """Return what comes of it on this machine without a stop."""
    return outcome(again(came, tmp_path_factory.mktemp("straight")))


@pytest.fixture(scope="module")
def cluster():
    import distributed

    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as made:
        yield made


def again(came, folder):
    """Return a copy of the round."""
    shutil.copytree(came, folder / "round")
    return reopened(folder / "round")


def outcome(round_, **how):
    """Collect, and return what is said of every file, what the ledger holds but for times, and the letters."""
    got = collect(round_, **how)
    letters = {f.as_posix(): (round_.folder / f).read_bytes() for f in got.replies}
    return [(r.file, r.decision, r.problems, r.cells) for r in got.receipts], recorded(round_), letters


def recorded(round_):
    return [(e.number, e.kind, e.body) for e in entries(round_.ledger)]


def test_two_workers_come_to_what_one_machine_comes_to(came, straight, cluster, tmp_path, monkeypatch):
    monkeypatch.setattr(scheduled, "AT_A_TIME", 3)
    assert outcome(again(came, tmp_path), elsewhere=Elsewhere(cluster.scheduler_address)) == straight
    assert {decision for _, decision, *_ in straight[0]} == {"accepted", "held", "refused", "duplicate"}


def test_workers_that_do_not_see_this_disk_read_what_was_brought_to_them(
    came, straight, cluster, tmp_path, monkeypatch
):
    monkeypatch.setattr(scheduled, "AT_A_TIME", 3)
    files = f"file://{tmp_path}/reached"
    hidden = again(came, tmp_path)
    assert outcome(hidden, elsewhere=Elsewhere(cluster.scheduler_address, files)) == straight
    there = tmp_path / "reached"
    kept = {f"received/{f.name}" for f in hidden.received.iterdir()}
    known = {f"records/{f.name}" for f in hidden.records.iterdir()}
    assert {f.relative_to(there).as_posix() for f in there.rglob("*") if f.is_file()} == kept | known
    other = again(came, tmp_path / "other")
    spoilt = min(there.glob("received/*"))  # the same size and other bytes: who reads it finds out
    spoilt.write_bytes(b"x" * spoilt.stat().st_size)
    with pytest.raises(FilesUnreached) as gone:
        collect(other, elsewhere=Elsewhere(cluster.scheduler_address, files))
    assert [p.code for p in fault_problems(gone.value)] == ["FILES_UNREACHED"]
    assert outcome(other) == straight


def test_a_killed_worker_is_replaced_and_a_lost_scheduler_leaves_the_rest_for_the_next_run(
    came, straight, tmp_path, monkeypatch
):
    import distributed

    monkeypatch.setattr(scheduled, "AT_A_TIME", 1)
    monkeypatch.setattr(scheduled, "_AHEAD", 1)
    monkeypatch.setattr(collecting, "_AT_ONCE", 1)
    round_ = again(came, tmp_path)
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0")

    def spoils(done, total, text):
        if done == 1:
            os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        if done == total // 2:
            cluster.close()

    with pytest.raises(SchedulerGone):
        collect(round_, spoils, elsewhere=Elsewhere(cluster.scheduler_address))
    before = recorded(round_)
    assert len(before) >= len(straight[1]) // 2 - 2
    assert before == straight[1][: len(before)]
    assert outcome(reopened(round_.folder))[1:] == straight[1:]


@pytest.mark.parametrize("at", [2, 5])
def test_a_disk_that_is_full_in_the_middle_leaves_the_rest_for_the_next_run(came, straight, tmp_path, monkeypatch, at):
    monkeypatch.setattr(collecting, "_AT_ONCE", 1)
    round_, real, count = again(came, tmp_path), collecting.record_receipts, 0

    def full(pen, *receipts):
        nonlocal count
        count += 1
        if count >= at:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(pen, *receipts)

    monkeypatch.setattr(collecting, "record_receipts", full)
    with pytest.raises(OSError, match="No space"):
        collect(round_)
    monkeypatch.setattr(collecting, "record_receipts", real)
    assert recorded(round_) == straight[1][: len(recorded(round_))]
    assert outcome(reopened(round_.folder))[1:] == straight[1:]


def test_a_place_that_cannot_be_reached_is_a_fault_of_its_own(tmp_path):
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(FilesUnreached):
        Copies(Remote(f"file://{tmp_path}/file") / "received")
    with pytest.raises(FilesUnreached):
        Remote("nowhere://x/y").read_bytes()
    with pytest.raises(FileNotFoundError):
        (Remote(f"file://{tmp_path}") / "gone").read_bytes()
