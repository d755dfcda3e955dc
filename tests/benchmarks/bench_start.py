"""What `xlperf --help` costs of the processor: python -m benchmarks.bench_start, from tests/; the aim is 0.15 s."""

from __future__ import annotations

import os
import subprocess
import sys

ROUNDS = 5


def spent() -> float:
    """Return the seconds of CPU, user and system, of the best of some runs."""
    found = []
    for _ in range(ROUNDS):
        before = os.times()
        subprocess.run([sys.executable, "-m", "xlperf", "--help"], check=True, capture_output=True)
        now = os.times()
        found.append(now.children_user + now.children_system - before.children_user - before.children_system)
    return min(found)


if __name__ == "__main__":
    print(f"xlperf --help: {spent():.2f} s CPU")
