"""Actions of the desk that write: a round begun, books issued and taken in, the ranking, the last step taken back."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from xlperf.desk.asked import Data, Desk, Refused, scheme_named, worded
from xlperf.desk.looks import blocking, ranking_of
from xlperf.files import write_whole
from xlperf.problems import problem
from xlperf.publish.results import publish_scores
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.collecting.lifted import lift
from xlperf.rounds.distribute import distribute
from xlperf.rounds.lacking import unsettled
from xlperf.rounds.store import new_round
from xlperf.rounds.undo import undo
from xlperf.rounds.versions import choose

LONGEST = 200  # bytes of a file's name, so that a mark can be added to it


def new(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Begin a round in a new folder beside the others."""
    folder = desk.folder(worded(words, "name"))
    path = scheme_named(words)
    year = worded(words, "year")
    made, problems = new_round(
        path,
        folder,
        year=int(year) if year.isdecimal() else None,
        deadline=worded(words, "deadline") or None,
        contact=worded(words, "contact"),
    )
    if made is None:
        raise Refused(problems)
    desk.problems.extend(p for p in problems if p.severity == "warning")
    return {"round": folder.name}


def demo(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Make a whole round with made-up inputs in a new folder beside the others."""
    from xlperf.demo.demo import run_demo

    folder = desk.folder(worded(words, "name"))
    path = scheme_named(words)
    done, problems = run_demo(path, folder, desk.progress)
    if done is None:
        raise Refused(problems)
    return {"round": folder.name}


def issue(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Write every book of the round into issued/."""
    done = distribute(desk.round(worded(words, "round")), desk.progress)
    blocking(list(done.problems))
    desk.problems.extend(done.problems)
    return {
        "written": [f.as_posix() for f in done.written],
        "unchanged": [f.as_posix() for f in done.unchanged],
    }


def drop(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Lay a file into the inbox under its own name; one of that name that is there already is kept beside it."""
    round_ = desk.round(worded(words, "round"))
    try:
        data = base64.b64decode(worded(words, "data"), validate=True)
    except binascii.Error:
        raise Refused([problem("DESK_BAD_WORD", found="data")]) from None
    return {"file": lay_in(round_.inbox, worded(words, "name"), data).name}


def lay_in(inbox: Path, name: str, data: bytes) -> Path:
    """Write a file into the inbox. Only the last part of its name counts, and nothing that is there is replaced."""
    bare = PurePosixPath(name.replace("\\", "/")).name.lstrip(".").replace("\0", "") or "file"
    stem, dot, end = bare.rpartition(".")
    stem, end = (stem, dot + end) if dot else (bare, "")
    stem = stem.encode("utf-8", "replace")[:LONGEST].decode("utf-8", "ignore")
    number, file = 1, inbox / f"{stem}{end}"
    while file.exists() and file.read_bytes() != data:
        number += 1
        file = inbox / f"{stem} ({number}){end}"
    write_whole(file, data)
    return file


def take_in(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Take in what lies in the inbox: identify, check every cell, accept or hold."""
    return collect(desk.round(worded(words, "round")), desk.progress).data(desk.language)


def rank(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Score the round and write 总表 and 排名; say who moved since the list that stood there."""
    round_ = desk.round(worded(words, "round"))
    desk.progress(0, 1, "计分")
    published = publish_scores(round_)
    desk.progress(1, 1, "计分")
    desk.problems.extend([*published.problems, *unsettled(round_, published.scores, published.problems)])
    return {**ranking_of(published.scores, published.before), "files": [f.as_posix() for f in published.files]}


def take_back(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Take back the last thing that was taken in or decided, by a new entry."""
    done, problems = undo(desk.round(worded(words, "round")))
    if done is None:
        raise Refused(problems)
    desk.problems.extend(problems)
    return {"number": done.number, "kind": done.kind, "file": done.file}


def put_in_force(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Put one version of a book in force."""
    problems = choose(desk.round(worded(words, "round")), worded(words, "file"))
    blocking(problems)
    desk.problems.extend(problems)
    return {"file": worded(words, "file")}


def lift_over(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Lift what is right in a held file into a fresh book."""
    done, problems = lift(desk.round(worded(words, "round")), worded(words, "file"))
    if done is None:
        raise Refused(problems)
    desk.problems.extend(problems)
    return {"count": done.count, "left": len(done.left), "book": done.book.as_posix(), "rest": done.rest.as_posix()}
