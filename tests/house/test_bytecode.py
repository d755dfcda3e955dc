"""Modules are compiled once, not by every command that a test starts, also on a machine that keeps nothing compiled."""

import subprocess
import sys

import pytest
from kit import bytecode


def test_what_a_test_starts_keeps_what_is_compiled():
    code = "import sys; print(sys.dont_write_bytecode, sys.pycache_prefix)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True).stdout
    assert said.split() == ["False", str(sys.pycache_prefix)]


@pytest.mark.parametrize("kept", [True, False])
def test_a_machine_that_keeps_it_beside_the_modules_is_left_as_it_is(kept: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "as it was")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "dont_write_bytecode", not kept)
    bytecode.keep_bytecode()
    assert (sys.pycache_prefix, sys.dont_write_bytecode) == (None if kept else str(bytecode.KEPT), False)
    assert ("PYTHONDONTWRITEBYTECODE" in bytecode.os.environ) == kept
