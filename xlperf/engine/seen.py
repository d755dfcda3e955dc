"""What one unit or person may read of an explanation: private figures of others are left out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from xlperf.engine.objects import Thing
from xlperf.engine.plan import Sheet
from xlperf.engine.score import Scores
from xlperf.formula.values import number, value_text
from xlperf.formula.words import own
from xlperf.report.explanation import Explanation

PRIVATE = "不公开"  # what stands for a figure that is somebody else's


@dataclass(frozen=True)
class Reader:
    """One who reads, an object: a unit, a department, a person."""

    scores: Scores
    who: Thing

    def part_of(self, e: Explanation) -> Explanation:
        """Return an explanation as the reader may have it: without private figures of others, nor working with them."""
        plan = self.scores.plan
        if self._is_kept(e):
            return replace(e, value=own(PRIVATE), exact="", because=(), working="", parts=())
        parts = tuple(self.part_of(p) for p in e.parts if not self._is_kept(p))
        made_from = plan.graph.reads.get((e.sheet, e.column), ())
        shown = all(
            r.spot not in plan.private or (r.how == "row" and self._reads(plan.by_name[e.sheet], e.key))
            for r in made_from
        )
        whole = shown and len(parts) == len(e.parts)
        return replace(e, parts=parts) if whole else replace(e, parts=parts, because=(), working="")

    def _is_kept(self, e: Explanation) -> bool:
        plan = self.scores.plan
        return (e.sheet, e.column) in plan.private and not self._reads(plan.by_name[e.sheet], e.key)

    def _reads(self, sheet: Sheet, key: str) -> bool:
        """Return whether private columns of a row are the reader's own, and the reader reads those.

        They are of the object itself and of all that it is within, up to the one that its book is for.
        """
        if not self.scores.plan.kept_open(sheet):
            return False
        thing = self._things.get((sheet.name, key)) or self._things.get((sheet.name, value_text(number(key))))
        objects = self.scores.objects
        chain, bearer = objects.chain(thing), objects.bearer(objects.holder_in(sheet, thing))
        return bearer in chain and self.who in chain[: chain.index(bearer) + 1]

    @cached_property
    def _things(self) -> dict[tuple[str, str], Thing | None]:
        """Return (sheet, key) → whose row it is, for the sheets with private columns."""
        found: dict[tuple[str, str], Thing | None] = {}
        for name in {sheet for sheet, _ in self.scores.plan.private}:
            sheet = self.scores.plan.by_name[name]
            keys = self.scores.column(name, sheet.key.name)
            found |= {(name, value_text(k)): t for k, t in zip(keys, self.scores.things(sheet), strict=True)}
        return found
