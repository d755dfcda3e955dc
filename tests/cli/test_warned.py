"""`score` over a folder of CSV files names the rows that somebody has to look at."""

import shutil
from pathlib import Path

from click.testing import CliRunner

from xlperf.cli import main

STAGED = Path(__file__).parents[2] / "schemes" / "demo" / "hebi-2021"


def test_rows_to_look_at_are_named(monkeypatch, tmp_path):
    """Two firms are tied over the tenth place."""
    monkeypatch.setenv("XLPERF_LANG", "zh")
    shutil.copy(STAGED / "enterprises.csv", tmp_path)
    done = CliRunner().invoke(main, ["score", "--scheme", "hebi-2021", "--data", str(tmp_path)])
    assert done.exit_code == 3
    assert "“名额由名单顺序决定”2处：鹤壁某包装有限公司、鹤壁某物流有限公司" in done.stderr
