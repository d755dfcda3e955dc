"""`xlperf --help` is there at once: it reads no module of a command, no library of spreadsheets, no scheme."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ALONE = {**os.environ, "COVERAGE_PROCESS_START": ""}
MOST = 0.15  # seconds of CPU, user and system, the best of five


def test_help_costs_no_more_than_its_share_of_the_processor():
    spent = []
    for _ in range(5):
        before = os.times()
        subprocess.run([sys.executable, "-m", "xlperf", "--help"], cwd=ROOT, env=ALONE, check=True, capture_output=True)
        now = os.times()
        spent.append(now.children_user + now.children_system - before.children_user - before.children_system)
    assert min(spent) <= MOST
