"""The engine inside the page: the same door, over files laid into memory, and what it changed of them.

Run by the Python in the browser (see `page/worker.mjs`); there are no processes and no network there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

from xlperf.desk.asked import Desk
from xlperf.desk.door import ACTIONS, answer
from xlperf.many import few_searches
from xlperf.parallel import Begun, in_place
from xlperf.problems import Language
from xlperf.rounds.collecting.edition import COPIES
from xlperf.rounds.journal import head_file, put_together
from xlperf.rounds.store import LEDGER_FILE, ROUND_FILE

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
        for ledger in self._home.glob(f"**/{LEDGER_FILE}"):
            put_together(ledger)

    def known(self) -> None:
        """Take everything as it is now as known to the page."""
        self._known = self._seen()

    def others(self, changed: list[str], gone: list[str]) -> None:
        """Know what others changed, which lies here already, and forget what they took away."""
        for name in gone:
            (self._home / name).unlink(missing_ok=True)
            self._known.pop(name, None)
        for name in changed:
            self._known[name] = _state(self._home / name)

    def ask(self, action: str, words: str, language: Language, report: Report, begun: Begun, lost: str) -> str:
        """Answer as the door does.

        words: JSON text. report: how far it is; begun: which of the jobs that may hang is begun, its seconds and bytes.
        lost: JSON list of those that did hang, which are not tried again.
        """
        desk = Desk(self._home, language, report)
        with few_searches(), in_place(begun, frozenset(json.loads(lost))):
            return json.dumps(answer(desk, action, json.loads(words)), ensure_ascii=False)

    def looks(self, action: str) -> bool:
        """Return whether an action is asked for what it shows, whatever it writes beside."""
        return ACTIONS.get(action, "").startswith("looks:")

    def changes(self) -> tuple[list[str], list[str], bool]:
        """Return what was written since the page last knew it, what is gone, and whether a deed is among it.

        Written: in the order in which a cut at any point does no harm. What the ledger speaks of comes first, then the
        ledger, then what follows from it. The file that makes a folder a round comes last where the round is new:
        before that nobody takes the folder for one. A deed is all beyond what follows from the round as the page knows
        it.
        """
        now = self._seen()
        changed = sorted((name for name, seen in now.items() if self._known.get(name) != seen), key=self._turn)
        removed = sorted(set(self._known) - set(now))
        return changed, removed, any(self._turn(name)[0] != len(_LATE) for name in [*changed, *removed])

    def _turn(self, name: str) -> tuple[int, str]:
        below = f"/{name}"
        if f"/out/{COPIES}/" in below:  # a book as somebody saved it, which the ledger speaks of
            return 0, name
        if below.endswith(f"/{ROUND_FILE}") and name not in self._known:
            return len(_LATE) + 1, name
        return next((n for n, late in enumerate(_LATE, 1) if f"/{late}" in below), 0), name

    def _seen(self) -> dict[str, tuple[int, int, int]]:
        home, found = str(self._home), {}
        for folder, _, names in os.walk(home):
            below = folder[len(home) + 1 :].replace(os.sep, "/")
            for name in names:
                found[f"{below}/{name}" if below else name] = _state(Path(folder, name))
        return found


def _state(file: Path) -> tuple[int, int, int]:
    found = file.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino
