"""Worker processes: what every one of them does first."""

from __future__ import annotations

import signal


def leave_interrupts_to_the_parent() -> None:
    """Ignore Ctrl+C here: the parent answers it once, and ends its workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
