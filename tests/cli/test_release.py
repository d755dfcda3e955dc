"""What comes with a release: every file there, opened by what reads it, and the same bytes every time."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from xlperf.cli.release import DESK, HOW_TO, SUMS, write_desk, write_release, write_sums
from xlperf.scheme.find import find_scheme

ROOT = Path(__file__).parents[2]
SMALL = find_scheme("three-units")[0]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release") / "dist"
    assert SMALL is not None
    written = list(write_release(folder, [SMALL]))
    assert written == [
        folder / n for n in ("xlperf.oxt", "保存即重算.bat", "函数示例.xlsx", "空白工作簿 three-units.zip")
    ]
    return folder


def test_blank_workbooks_open(release: Path):
    with zipfile.ZipFile(release / "空白工作簿 three-units.zip") as packed:
        names = packed.namelist()
        assert names == sorted(names)
        assert "three-units/总表.xlsx" in names
        assert all(openpyxl.load_workbook(BytesIO(packed.read(name))) for name in names)


def test_the_starter_runs_watch(release: Path):
    assert b"py -m xlperf watch" in (release / "保存即重算.bat").read_bytes()


def test_the_same_bytes_every_time(release: Path, tmp_path: Path):
    assert SMALL is not None
    again = [file.read_bytes() for file in write_release(tmp_path, [SMALL])]
    assert again == [(release / file.name).read_bytes() for file in sorted(tmp_path.iterdir(), key=_order)]


def _order(file: Path) -> int:
    return [".oxt", ".bat", ".xlsx", ".zip"].index(file.suffix)


def test_the_sums_are_those_of_the_files(release: Path):
    lines = write_sums(release).read_text("utf-8").splitlines()
    assert [line.split("  ")[1] for line in lines] == sorted(f.name for f in release.iterdir() if f.name != SUMS)
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((release / name).read_bytes()).hexdigest() == digest


def test_the_wheel_holds_what_the_add_ins_need(tmp_path: Path):
    made = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d"]
    wheels = []
    for name in ("a", "b"):
        subprocess.run([*made, str(tmp_path / name)], cwd=ROOT, check=True, capture_output=True)
        wheels.append(next((tmp_path / name).glob("*.whl")))
    assert wheels[0].read_bytes() == wheels[1].read_bytes()
    with zipfile.ZipFile(wheels[0]) as wheel:
        names = set(wheel.namelist())
    assert {
        "xlperf/addin/libreoffice/icons/rank.svg", "xlperf/addin/libreoffice/component.py", "xlperf/texts/words.csv",
        "xlperf/_schemes/three-units/scheme.yaml",
    } <= names  # fmt: skip


def test_one_zip_holds_all_that_a_plain_pc_needs(release: Path, tmp_path: Path):
    folder = tmp_path / "dist"
    folder.mkdir()
    for file in release.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (page := tmp_path / "xlperf.html").write_text("<!doctype html>", "utf-8")
    written = [f.name for f in write_desk(folder, page)]
    assert written == ["xlperf.html", HOW_TO, DESK]
    with zipfile.ZipFile(folder / DESK) as packed:
        names = {name.removeprefix("xlperf/") for name in packed.namelist()}
        text = packed.read(f"xlperf/{HOW_TO}").decode("utf-8-sig")
    assert {"xlperf.html", HOW_TO, "xlperf.oxt", "函数示例.xlsx", "空白工作簿 three-units.zip"} <= names
    assert not any(name.endswith(".whl") for name in names)
    assert len(text.splitlines()) <= 50, "one page"
    for button in ("选择轮次文件夹", "收表", "计分排名", "撤销上一步", "停止"):
        assert button in text
