"""The built wheel carries schemes and workbooks and works in an empty environment elsewhere."""

import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Build the wheel and install it alone into a new environment; dependencies are lent by path."""
    folder = tmp_path_factory.mktemp("轮 子")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    wheel = next(folder.glob("*.whl"))
    venv.create(folder / "env", with_pip=False)
    python = next(p for p in (folder / "env/bin/python", folder / "env/Scripts/python.exe") if p.exists())
    site = Path(
        subprocess.run(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
    )
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(wheel), str(site)], check=True)
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python, folder


def run(installed, *words):
    python, folder = installed
    return subprocess.run(
        [python, "-m", "xlperf", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"XLPERF_LANG": "zh", "PYTHONUTF8": "1"},
    )


def test_schemes_come_with_the_wheel(installed):
    done = run(installed, "schemes")
    assert done.returncode == 0, done.stderr
    assert "dashiqiao-2017" in done.stdout


def test_the_example_of_the_readme_runs_in_another_folder(installed):
    python, folder = installed
    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)[1]
    done = subprocess.run(
        [python, "-c", code], cwd=folder, capture_output=True, text=True, encoding="utf-8", env={"PYTHONUTF8": "1"}
    )
    assert done.returncode == 0, done.stderr
    assert "城关镇" in done.stdout


def test_blank_workbooks_come_with_the_wheel(installed):
    _, folder = installed
    found = list(folder.glob("env/**/_workbooks/dashiqiao-2017/**/*.xlsx"))
    assert len(found) >= 46  # 44 units, the scorers, the office


def test_check_works_from_the_wheel(installed):
    done = run(installed, "check", "dashiqiao-2017")
    assert done.returncode in (0, 3), done.stderr
