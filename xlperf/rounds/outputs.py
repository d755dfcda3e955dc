"""What is written for people to read: put below out/ and recorded, so that `verify` knows it again.

A file is on the disk before it is recorded; whoever is stopped between the two runs the command again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from xlperf.files import writing
from xlperf.rounds.deeds import Output
from xlperf.rounds.journal import Pen
from xlperf.rounds.ledger import record_decided, record_output
from xlperf.rounds.store import Round

RECALCULATED = ".重算"  # between name and ending of the copy that `recalc` writes
PUBLISHED = Path("out", "发布")  # below a round's folder: what is given out of it


def put_out(round_: Round, files: Mapping[Path, bytes | None], pen: Pen | None = None) -> None:
    """Write files, all of them or none, and record what they are; None takes one away.

    files: by their path below the round's folder. What is recorded already just so is not recorded again. pen: of who
    records something else with them: all of it or nothing.
    """
    with writing() as put:
        for file, data in files.items():
            at = round_.folder / file
            if data is None:
                at.unlink(missing_ok=True)
            elif not at.is_file() or at.read_bytes() != data:
                put(at, data)
    recorded(round_, files, pen)


def recorded(round_: Round, files: Mapping[Path, bytes | None], pen: Pen | None = None) -> None:
    """Record files that were written already; None for one that was taken away."""
    now = {f.as_posix(): "" if d is None else hashlib.sha256(d).hexdigest() for f, d in files.items()}
    digests_recorded(round_, now, pen)


def digests_recorded(round_: Round, now: Mapping[str, str], pen: Pen | None = None) -> None:
    """Record files of which only the sha256 is at hand, by name below the round's folder; "" for one taken away."""
    known = round_.state().outputs
    changed = {name: digest for name, digest in now.items() if known.get(name, "") != digest}
    if not changed:
        return
    if pen is None:
        record_output(round_.ledger, Output(changed))
    else:
        record_decided(pen, Output(changed))
