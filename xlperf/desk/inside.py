"""The engine inside the page: the same door, over files laid into memory, and what it changed of them.

Run by the Python in the browser (see `page/worker.mjs`); there are no processes and no network there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from xlperf.desk.asked import Desk
from xlperf.desk.door import answer
from xlperf.problems import Language
from xlperf.rounds.journal import head_file
from xlperf.rounds.store import LEDGER_FILE

Report = Callable[[int, int, str], None]
_LATE = (
    LEDGER_FILE,
    head_file(Path(LEDGER_FILE)).name,
    "out/",
)  # written back after all that the ledger speaks of, in this order


class Inside:
    """One folder of files in memory, and how each of them was when the page last knew it."""

    def __init__(self, home: str) -> None:
        self._home = Path(home)
        self._known = self._seen()

    def known(self) -> None:
        """Take everything as it is now as known to the page."""
        self._known = self._seen()

    def ask(self, action: str, words: str, language: Language, report: Report) -> str:
        """Answer as the door does. words: JSON text; report: how far it is."""
        desk = Desk(self._home, language, report)
        return json.dumps(answer(desk, action, json.loads(words)), ensure_ascii=False)

    def changed(self) -> list[str]:
        """List what was written since the page last knew it, in the order in which a cut at any point does no harm.

        What the ledger speaks of comes first, then the ledger, then what follows from it.
        """
        now = self._seen()
        return sorted((name for name, seen in now.items() if self._known.get(name) != seen), key=_turn)

    def removed(self) -> list[str]:
        """List what is gone since the page last knew it."""
        return sorted(set(self._known) - set(self._seen()))

    def _seen(self) -> dict[str, tuple[int, int, int]]:
        found = {}
        for file in self._home.rglob("*"):
            if file.is_file():
                state = file.stat()
                found[file.relative_to(self._home).as_posix()] = state.st_mtime_ns, state.st_size, state.st_ino
        return found


def _turn(name: str) -> tuple[int, str]:
    below = f"/{name}"
    return next((n for n, late in enumerate(_LATE, 1) if f"/{late}" in below), 0), name
