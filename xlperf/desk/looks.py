"""Answers of the desk that only look: where a round stands, who has reported, the ranking, why."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xlperf.desk.asked import Data, Desk, Refused, worded
from xlperf.desk.page_files import page_texts
from xlperf.desk.papers import published
from xlperf.engine.ask import answer as answered
from xlperf.engine.ask import cell_named
from xlperf.engine.check import red_examples
from xlperf.engine.ranked import ranked_lists
from xlperf.engine.score import Scores
from xlperf.engine.shapes import effects_data, exact
from xlperf.engine.whatif import compare_readings
from xlperf.formula.words import spoken
from xlperf.problems import Problem, Where, errors, problem
from xlperf.publish.receipts import publish_receipts
from xlperf.publish.results import RANKING, places_written
from xlperf.report.ranking import Places
from xlperf.rounds.parcels import parcels_of
from xlperf.rounds.status import status_of
from xlperf.rounds.stood_in import with_who_typed
from xlperf.rounds.store import LEDGER_FILE, ROUND_FILE, Round
from xlperf.rounds.versions import versions
from xlperf.scheme.heading import heading_of
from xlperf.scheme.load import schemes_available
from xlperf.version import VERSION

LETTER_LIMIT = 100_000  # characters of a letter that the page shows
DEPTH = 2  # steps of the tree behind an answer; further ones are asked for cell by cell


def home(desk: Desk, _: Mapping[str, Any]) -> Data:
    """Return what lies in the folder the page was opened on, and which schemes there are."""
    found = [] if desk.is_round else sorted(f.parent.name for f in desk.home.glob(f"*/{ROUND_FILE}"))
    heads = [h for folder in schemes_available() if (h := heading_of(folder)) is not None]
    return {
        "folder": desk.home.resolve().name,
        "is_round": desk.is_round,
        "rounds": found,
        "schemes": [{"id": h.id, "title": h.title, "document": h.document, "units": h.units} for h in heads],
        "version": VERSION,
    }


def texts(desk: Desk, _: Mapping[str, Any]) -> Data:
    """Return the words of the page in the reader's language."""
    return page_texts(desk.language)


def steps(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Return where a round stands: each step with its state, what it counts, and which is next."""
    round_ = desk.round(worded(words, "round"))
    status = status_of(round_)
    state, parcels = round_.state(), list(parcels_of(round_))
    red, placed, lines = _worked_out(round_)
    issued = sum((p.kind, p.whom) in state.issued for p in parcels)
    holders = [b for b in status.books if b.kind not in ("scorer", "master")]
    scorers = [b for b in status.books if b.kind == "scorer"]
    ranked = (round_.out / f"{RANKING}.csv").is_file()
    counted = {
        "check": (len(round_.scheme.examples) - red, len(round_.scheme.examples)),
        "issue": (issued, len(parcels)),
        "receive": (sum(b.state == "in" for b in holders), len(holders)),
        "marks": (sum(b.state == "in" for b in scorers), len(scorers)),
        "ranking": (placed if ranked else 0, lines),
        "papers": (sum(s["edition"] == "unit" for s in published(round_)), lines),
    }
    listed = [{"id": id_, "done": done, "of": of, "ready": done == of} for id_, (done, of) in counted.items()]
    return {
        "title": round_.scheme.title,
        "round": round_.id,
        "year": round_.year,
        "office": round_.scheme.office,
        "deadline": round_.deadline.isoformat() if round_.deadline else None,
        "days_left": status.days_left,
        "closed": state.closed,
        "steps": listed,
        "next": next((s["id"] for s in listed if not s["ready"]), "papers"),
        "fresh": len(status.fresh),
        "held": sum(b.state == "held" or b.again for b in status.books) + len(status.strays),
    }


_KNOWN: dict[Path, tuple[object, tuple[int, int, int]]] = {}  # folder → what it followed from, what came out


def _worked_out(round_: Round) -> tuple[int, int, int]:
    """Return how many examples are red, objects have a place, lines the lists have; anew where something changed."""
    made_from = [round_.folder / ROUND_FILE, *sorted(round_.folder.glob(f"{Path(LEDGER_FILE).stem}.*"))]
    mark = (round_.scheme.digest, *(hashlib.sha256(file.read_bytes()).digest() for file in made_from))
    known = _KNOWN.get(round_.folder)
    if known is None or known[0] != mark or round_.earlier:  # what earlier rounds came to stands in other folders
        lines = ranked_lists(round_.scores())
        placed = sum(line.place is not None for line in lines)
        known = _KNOWN[round_.folder] = (mark, (len(red_examples(round_.scheme)), placed, len(lines)))
    return known[1]


def status(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Return 收件台账: every book and where it is; written out as a workbook too."""
    round_ = desk.round(worded(words, "round"))
    return publish_receipts(round_).data(desk.language)


def letter(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Return the text of a reply that lies under out/退回."""
    round_ = desk.round(worded(words, "round"))
    file = inside(round_, worded(words, "file"), "out")
    return {"name": file.name, "text": file.read_text("utf-8-sig", "replace")[:LETTER_LIMIT]}


def inside(round_: Round, name: str, *folders: str) -> Path:
    """Return a file below some folders of the round. Raises Refused for any other path, also through a link."""
    file = round_.folder / name
    allowed = [(round_.folder / folder).resolve() for folder in folders]
    if not any(file.resolve().is_relative_to(folder) for folder in allowed) or not file.is_file():
        raise Refused([problem("DESK_NO_FILE", found=name)])
    return file


def ranking(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Return every ranked list, with the place each unit has in the list that was written last."""
    round_ = desk.round(worded(words, "round"))
    return ranking_of(round_.scores(), places_written(round_))


def ranking_of(scores: Scores, before: Places) -> Data:
    """Lay ranked lists out for the page. before: (list, group, key) → place in an earlier list."""
    lists: dict[tuple[str, str], list[Data]] = {}
    for line in ranked_lists(scores):
        lists.setdefault((line.title, line.group), []).append({
            "sheet": line.sheet,
            "place": line.place,
            "key": line.key,
            "name": line.called,
            "points": line.points,
            "exact": exact(line.score),
            "remark": line.remark,
            "moved": line.moved(before) or 0,
        })  # fmt: skip
    return {"lists": [{"title": t, "group": g, "lines": lines} for (t, g), lines in lists.items()]}


def explain(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Return why a cell holds what it holds: arithmetic, clauses, what is missing, where points were lost."""
    round_ = desk.round(worded(words, "round"))
    scores = round_.scores()
    cell = cell_named(scores, worded(words, "unit"), worded(words, "column") or None)
    if isinstance(cell, Problem):
        raise Refused([cell])
    with spoken(desk.language):
        found = answered(scores, cell, DEPTH)
        found = with_who_typed(found, round_, lambda who: page_texts(desk.language)["stood_in"].format(who=who))
    return found.data()


def readings(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Return what each option that is not adopted would change, and for whom."""
    round_ = desk.round(worded(words, "round"))
    tables = round_.tables()
    effects = compare_readings(round_.scheme, tables, round_.readings, desk.progress)
    asked = {
        r.id: {
            "question": r.question,
            "basis": r.basis,
            "options": r.options,
            "adopted": round_.readings.get(r.id, ""),
        }
        for r in round_.scheme.open_readings.values()
    }
    return {"readings": asked, "effects": effects_data(effects, desk.language), "names": names_of(round_)}


def names_of(round_: Round) -> dict[str, str]:
    """Return key → name of everybody who is appraised."""
    from xlperf.rounds.parties import roster_of

    roster = roster_of(round_)
    return {key: name for subject in round_.plan.subjects for key, name in roster.objects.names(subject.table).items()}


def list_versions(desk: Desk, words: Mapping[str, Any]) -> Data:
    """Return the books that came more than once, and which version counts."""
    round_ = desk.round(worded(words, "round"))
    return {
        "versions": [
            {"name": v.name, "file": v.file, "sha256": v.sha256, "at": v.at, "counts": v.counts}
            for v in versions(round_)
        ]
    }


def refused(_: Desk, words: Mapping[str, Any]) -> Data:
    """Refuse, with why the disk refused what a page wrote back. words: code, file, cause, lock; raises Refused."""
    file = worded(words, "file")
    values = {"cause": worded(words, "cause"), "lock": worded(words, "lock")}
    raise Refused([problem(worded(words, "code"), Where(file), found=Path(file).name, **values)])


def blocking(problems: list[Problem]) -> None:
    """Raise Refused where there are errors among the problems."""
    if errors(problems):
        raise Refused(problems)
