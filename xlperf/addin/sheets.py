"""The commands on an open document."""

from __future__ import annotations

from typing import Any


def press(context: Any, what: str) -> None:
    """Run a command."""
