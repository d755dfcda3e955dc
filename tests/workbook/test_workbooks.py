"""`workbooks/` holds what the schemes generate: regenerated here and compared part by part."""

import zipfile
from pathlib import Path

import pytest

from xlperf.rounds.blank import write_blank
from xlperf.scheme.load import schemes_available

ROOT = Path(__file__).parents[2] / "workbooks"


def parts(file: Path) -> dict[str, bytes]:
    """Read every part of a workbook; how a part is packed does not matter."""
    with zipfile.ZipFile(file) as book:
        return {name: book.read(name) for name in book.namelist()}


@pytest.mark.parametrize("scheme", schemes_available(), ids=lambda p: p.name)
def test_the_blank_workbooks_are_what_the_scheme_generates(scheme, tmp_path):
    """After a change that is meant: remove workbooks/ID and run `xlperf blank ID workbooks/ID`."""
    files, _ = write_blank(scheme, tmp_path / "blank")
    kept = ROOT / scheme.name
    assert sorted(f.relative_to(kept) for f in kept.rglob("*.xlsx")) == list(files)
    for file in files:
        now, then = parts(tmp_path / "blank" / file), parts(kept / file)
        assert list(now) == list(then), file
        assert [name for name in now if now[name] != then[name]] == [], file
