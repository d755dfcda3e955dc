"""A page in a browser has no numpy, no pandas, no processes: a whole round runs there by the same modules."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCKED = ("numpy", "pandas", "subprocess", "resource", "multiprocessing", "concurrent", "click", "xlwings")
APART = {  # what is arrays and nothing else
    "xlperf.formula.array",
    "xlperf.formula.array_links",
    "xlperf.formula.decisions",
    "xlperf.formula.program",
    "xlperf.formula.recording",
    "xlperf.formula.together",
    "xlperf.formula.vectors",
    "xlperf.rounds.swept",
    "xlperf.workbook.back.inputs",
    "xlperf.workbook.back.within",
    "xlperf.workbook.books.standing",
    "xlperf.engine.arrays",
    "xlperf.engine.robust",
    "xlperf.publish.trials",
}
ROOMS = ("formula", "rules", "scheme", "xlsx", "engine", "entries", "workbook", "report", "rounds", "publish", "demo")
PAGE = f"""
import sys, pkgutil, importlib, types
from pathlib import Path
for name in {BLOCKED!r}:
    sys.modules[name] = None
lacking = set()
for room in {ROOMS!r}:
    home = importlib.import_module("xlperf." + room)
    for found in pkgutil.walk_packages(home.__path__, home.__name__ + "."):
        try:
            importlib.import_module(found.name)
        except ImportError as fault:
            lacking.add(found.name)
assert lacking == {APART!r}, lacking

from xlperf import parallel
parallel.sys = types.SimpleNamespace(platform="emscripten")
from xlperf.publish.results import publish_scores
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.distribute import distribute
from xlperf.rounds.recompute import recomputed
from xlperf.rounds.store import new_round
from xlperf.scheme.find import find_scheme
from xlperf.workbook.back.fill import fill_book

folder = Path(sys.argv[1])
made, problems = new_round(find_scheme("three-units")[0], folder / "round", key=b"k" * 32)
assert made is not None, problems
files = distribute(made).files
(folder / "round" / "inbox").mkdir(exist_ok=True)
for i, file in enumerate(files):
    (folder / "round" / "inbox" / f"{{i}}.xlsx").write_bytes((made.folder / file).read_bytes())
receipts = collect(made).receipts
assert len(receipts) == len(files) > 3, receipts
publish_scores(made)
copy = recomputed(made.folder / "out" / "总表.xlsx", folder / "again.xlsx")
assert copy.scores is not None and copy.written > 50, copy.problems
assert not [n for n in {BLOCKED!r} if sys.modules.get(n) is not None]
print(len(receipts), copy.written)
"""


def test_a_round_runs_where_there_are_no_processes_and_no_arrays(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", PAGE, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[0]) > 3
