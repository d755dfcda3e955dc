"""A command opens its round once: scheme read, bound, checked and scored one time, the ledger read on and not again."""

import shutil
import sys
from collections import Counter

import pytest
from click.testing import CliRunner
from kit.rounds import reopened, send_all

from xlperf.cli import main
from xlperf.engine import check
from xlperf.engine import compile as compiling
from xlperf.entries import entry
from xlperf.entries.cell import judge
from xlperf.entries.columnwise import Filled, Unsure
from xlperf.rounds.store import new_round
from xlperf.scheme import load as loading
from xlperf.scheme.find import find_scheme

WATCHED = {  # (file, function) → what it is
    ("scheme/load.py", "scheme_of"): "scheme read",
    ("engine/compile.py", "_compiled"): "scheme bound",
    ("engine/check.py", "findings"): "scheme checked",
    ("rounds/store.py", "open_round"): "round opened",
    ("rounds/merge.py", "merged"): "rows merged",
    ("rounds/ledger.py", "_record"): "entries read",
    ("engine/score.py", "score"): "scored",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("once")
    source = find_scheme("three-units")[0]
    shutil.copytree(source if source.is_dir() else source.parent, folder / "scheme")
    round_, problems = new_round(folder / "scheme", folder / "round")
    assert round_ is not None, problems
    assert CliRunner().invoke(main, ["distribute", str(round_.folder)]).exit_code == 0
    return round_.folder


def counted(monkeypatch, *words: str) -> Counter[str]:
    """Run a command as in a process of its own and count what it does."""
    monkeypatch.setattr(check, "_KEPT", {})
    monkeypatch.setattr(compiling, "_RECENT", [])
    monkeypatch.setattr(loading, "_RECENT", {})
    done: Counter[str] = Counter()

    def seen(frame, event, _):
        if event == "call" and "xlperf" in frame.f_code.co_filename:
            file = frame.f_code.co_filename.replace("\\", "/").rpartition("/xlperf/")[2]
            what = WATCHED.get((file, frame.f_code.co_name))
            if what == "scored" and not any(frame.f_locals["tables"].values()):
                return  # binding looks for circles in a plan without rows
            done.update([what] if what else [])

    sys.setprofile(seen)
    try:
        result = CliRunner().invoke(main, words)
    finally:
        sys.setprofile(None)
    assert result.exit_code in (0, 3), result.output
    return done


def test_score_does_everything_once(home, monkeypatch):
    done = counted(monkeypatch, "score", str(home))
    entries = counted(monkeypatch, "status", str(home))["entries read"]
    assert done.pop("entries read") == entries, "each once, those it writes itself read on"
    assert done.pop("rows merged") <= 2, "before and after what it writes"
    assert done == dict.fromkeys(["scheme read", "scheme bound", "scheme checked", "round opened", "scored"], 1)


def test_explain_opens_the_round_once(home, monkeypatch):
    done = counted(monkeypatch, "explain", "U1", "--round", str(home))
    assert {what: done[what] for what in ("scheme read", "scheme bound", "round opened", "scored", "rows merged")} == (
        dict.fromkeys(["scheme read", "scheme bound", "round opened", "scored", "rows merged"], 1)
    )


def test_a_mark_passes_each_room_once_from_its_cell_to_the_rank(home, tmp_path, monkeypatch):
    """The way that docs/house.md draws: judged once when it is collected, never when it is scored."""
    folder = shutil.copytree(home, tmp_path / "round")
    send_all(reopened(folder))
    judged: Counter[object] = Counter()
    kept = []  # rows that were seen live on, so that no other gets their number

    def seen(asked, *rest, **more):
        judged[asked.at] += 1
        return judge(asked, *rest, **more)

    def seen_together(filled):
        found = read(filled)
        kept.extend(filled.rows)
        plain = (row for row, value in zip(filled.rows, found, strict=True) if not isinstance(value, Unsure))
        judged.update((id(row), filled.column.name) for row in plain)
        return found

    read = Filled.read
    monkeypatch.setattr(entry, "judge", seen)
    monkeypatch.setattr(Filled, "read", seen_together)
    assert CliRunner().invoke(main, ["collect", str(folder)]).exit_code == 0
    assert len(judged) > 40
    assert set(judged.values()) == {1}
    judged.clear()
    done = counted(monkeypatch, "score", str(folder))
    assert (judged, done["scored"], done["round opened"]) == ({}, 1, 1)
