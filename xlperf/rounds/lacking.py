"""What a ranking still lacks: books that are not in, claims nobody decided on, units without a score and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from xlperf.engine.ask import Spot, empty_inputs
from xlperf.engine.refused import refused_rows
from xlperf.engine.roles import warned_rows
from xlperf.engine.roster import MASTER, Roster
from xlperf.engine.score import Scores
from xlperf.problems import Problem, Where, problem, word
from xlperf.report.status import BookStatus, Status
from xlperf.rounds.collecting.claims import lapsed, pending
from xlperf.rounds.parties import office_cells, roster_now
from xlperf.rounds.status import status_of
from xlperf.rounds.stood_in import stood_in
from xlperf.rounds.store import Round

_NAMED = 8  # units named one by one


def unsettled(round_: Round, scores: Scores, said: Collection[Problem] = ()) -> list[Problem]:
    """List what is missing from a scored round, as warnings, and as errors which cells no longer stand.

    said: what was told of this scoring before; that a 总表 is held is not told twice.
    """
    state, status = round_.state(), status_of(round_)
    books, waiting = status.books, _not_taken(status)
    absent = [b for b in books if b.state != "in"]
    problems = list(_not_in([b for b in absent if b.kind != "master"]))
    roster = roster_now(round_, state)
    master = next((b for b in absent if b.kind == "master"), None)
    if master is not None and master.state == "held":
        if not any(p.code == "MASTER_HELD" for p in said):
            problems.append(problem("MASTER_WAITS", Where(master.held)))
    elif master is not None and any(office_cells(roster)) and not any(p.code == "MASTER_UNSEEN" for p in waiting):
        problems.append(problem("MASTER_NOT_IN", office=round_.scheme.office))
    return [
        *round_.beyond(state),
        *waiting,
        *problems,
        *_held_beside(books),
        *stood_in(round_, state),
        *pending(round_, state),
        *lapsed(round_, state),
        *_unscored(roster, scores),
        *warned_rows(scores),
        *refused_rows(scores),
    ]


def _not_taken(status: Status) -> list[Problem]:
    """List what lies there and is not in the record yet: whatever is scored or published now knows nothing of it."""
    fresh = [problem("INBOX_WAITS", count=len(status.fresh), names=_some(status.fresh))] if status.fresh else []
    return [*fresh, *(p for p in status.concerns if p.code == "MASTER_UNSEEN")]


def _not_in(absent: Sequence[BookStatus]) -> Iterator[Problem]:
    """List by kind of book who sent nothing, and whose book came and is held."""
    for kind, held in dict.fromkeys((b.kind, b.state == "held") for b in absent):
        some = [b for b in absent if (b.kind, b.state == "held") == (kind, held)]
        code = "RETURNED_HELD" if held else "NOT_RETURNED"
        yield problem(code, book=some[0].book, count=len(some), names=_some([b.name for b in some]))


def _held_beside(books: Iterable[BookStatus]) -> list[Problem]:
    """List whose newer book is held while an older one counts."""
    names = [f"{b.name}（{b.book}）" for b in books if b.again and b.kind != "master"]
    return [problem("NEWER_HELD", count=len(names), names=_some(names))] if names else []


def _unscored(roster: Roster, scores: Scores) -> list[Problem]:
    """List, list by list, which units have no score and whose cells are empty that it needs."""
    problems = []
    for ranking in scores.plan.rankings:
        sheet = scores.plan.by_name[ranking.sheet]
        rows = [r for r in scores.rows(sheet.name) if r[ranking.score] is None]
        if rows:
            names = [scores.plan.name_of(sheet, r) for r in rows]
            empty: set[Spot] = set()
            for row in rows:
                empty_inputs(scores, sheet, row, ranking.score, empty)
            why = _owners(roster, empty)
            problems.append(
                problem(
                    "UNITS_UNSCORED",
                    Where(sheet=sheet.title),
                    title=ranking.title,
                    count=len(rows),
                    names=_some(names),
                    why=word("缺（格数）：{cells}", cells=why) if why else word("没有可算的数"),
                )
            )
    return problems


def _owners(roster: Roster, empty: set[Spot]) -> str:
    """Count the empty cells by whose book they stand in, the most first."""
    counts: Counter[str] = Counter()
    for name, key, column in empty:
        sheet = roster.plan.by_name[name]
        party = roster.owner(sheet, sheet.by_name[column], roster.rows.get((name, key), {}))
        counts[roster.title(party) + (roster.book(party[0]) if party != MASTER else "")] += 1
    return _some([f"{who}（{n}）" for who, n in counts.most_common()])


def _some(names: Sequence[str]) -> str:
    return "、".join(names[:_NAMED]) + ("……" if len(names) > _NAMED else "")
