"""The code of the ledger that is printed on a published ranking, so that a ledger rewritten later is known.

Who has the round's folder has its key as well, and could write the whole ledger anew; not what was printed and given
out before.
"""

from __future__ import annotations

from pathlib import Path

from xlperf.rounds.journal import entries

_CONTENT = ("received", "despite", "chosen", "undone", "ruling")  # kinds of entries that results follow from
_SIGNS = 16  # of the hash


def anchor_of(ledger: Path, last: int | None = None) -> str:
    """Return number and hash of the last entry that results follow from. last: the entry up to which is looked."""
    found = (0, "0" * 64)
    for entry in entries(ledger):
        if entry.kind in _CONTENT and (last is None or entry.number <= last):
            found = entry.mark
    return f"{found[0]}-{found[1][:_SIGNS]}"
