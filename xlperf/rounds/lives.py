"""谁改了什么: the life of every number of one unit, from issued to published, by the ledger and the kept files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xlperf.engine.objects import Thing
from xlperf.engine.plan import Sheet
from xlperf.engine.score import Scores
from xlperf.formula.values import value_text
from xlperf.rounds.journal import Entry, entries
from xlperf.rounds.parties import roster_now
from xlperf.rounds.store import Round
from xlperf.workbook.back.read import read_book

Spot = tuple[str, str, str]  # sheet, key of the row, column


@dataclass(frozen=True)
class Happened:
    """One thing that happened to a unit's book or to one of its numbers.

    number, at: of the entry in the ledger. what: one of the words that `cli.lives` has in both languages. who: whose
    book it was, or who decided. item, title: of the cell, "" where it is about the whole book. old, new: what stood and
    what stands. file, cell: where it was typed.
    """

    number: int
    at: str
    what: str
    who: str = ""
    item: str = ""
    title: str = ""
    old: str = ""
    new: str = ""
    file: str = ""
    cell: str = ""
    reason: str = ""

    def data(self) -> dict[str, Any]:
        """Return it for programs."""
        return dict(vars(self))


def life_of(round_: Round, scores: Scores, unit: Thing) -> list[Happened]:
    """List what happened to the numbers of a unit, in the order of the ledger."""
    return list(_Reader(round_, scores, unit).read())


class _Reader:
    """Reads the ledger for one unit."""

    def __init__(self, round_: Round, scores: Scores, unit: Thing) -> None:
        self.round_, self.unit, self.plan = round_, unit, round_.plan
        self.roster = roster_now(round_, round_.state())
        self.rows = {
            (s.name, value_text(row[s.key.name])): row
            for s in round_.plan.sheets
            for row, thing in zip(scores.rows(s.name), scores.things(s), strict=True)
            if thing is not None and unit in scores.objects.chain(thing)
        }
        self.now: dict[Spot, str] = {}
        self.appeals: dict[int, dict[str, Any]] = {}

    def read(self) -> Iterator[Happened]:
        """List what happened."""
        undone = {e.body["number"] for e in entries(self.round_.ledger) if e.kind == "undone"}
        for entry in entries(self.round_.ledger):
            match entry.kind:
                case "issued" if entry.body["kind"] == "unit" and entry.body["who"] == self.unit[1]:
                    yield Happened(entry.number, entry.at, "发出", file=entry.body["file"])
                case "received":
                    yield from self._received(entry, undone=entry.number in undone)
                case "appeal" if entry.body["unit"] == self.unit[1]:
                    yield self._appealed(entry)
                case "ruling":
                    yield from self._ruled(entry)
                case "written" if "published-" in entry.body["file"]:
                    yield from self._published(entry)
                case "frozen":
                    yield Happened(entry.number, entry.at, "封存", file=entry.body["file"])

    def _received(self, entry: Entry, *, undone: bool) -> Iterator[Happened]:
        """List the cells of the unit that a file brought or changed; of one that was not accepted only that it came."""
        body = entry.body
        party, file = (body["kind"], body["who"]), Path(body["file"]).name
        who = self.roster.title(party) if body["kind"] else ""
        if body["decision"] != "accepted" or undone:
            if party == ("unit", self.unit[1]):
                what = "收到，后来撤销" if undone else "收到，未收下"
                reason = "、".join(p["code"] for p in body["problems"])
                yield Happened(entry.number, entry.at, what, who, file=file, reason=reason)
            return
        mine = [(s, k, c, text) for s, k, c, text in body["cells"] if (s, k) in self.rows]
        cells = self._addresses(body["sha256"]) if mine else {}
        reasons = {(s, k): text for s, k, c, text in mine if self.plan.by_name[s].by_name[c].role == "reason" and text}
        for s, k, c, text in mine:
            old = self.now.get((s, k, c), "")
            if old == text:
                continue
            self.now[s, k, c] = text
            what = "改为" if old else "填报"
            yield Happened(
                entry.number, entry.at, what, who, self._item(s, k), self.plan.by_name[s].by_name[c].title, old, text,
                file, cells.get((s, k, c), ""), reasons.get((s, k), "") if c not in self._reasons(s) else "",
            )  # fmt: skip

    def _reasons(self, sheet: str) -> set[str]:
        return {c.name for c in self.plan.by_name[sheet].of_role("reason")}

    def _addresses(self, sha256: str) -> dict[Spot, str]:
        """Return where each cell stands in a kept file; nothing where it cannot be read any more."""
        with suppress(Exception):
            book = read_book(self.round_.received / sha256, self.round_.records)
            return {(c.plan_sheet, c.row_key, c.column): f"{c.sheet}!{c.cell}" for c in book.cells}
        return {}

    def _item(self, sheet: str, key: str) -> str:
        at: Sheet = self.plan.by_name[sheet]
        return value_text(self.rows[sheet, key].get(at.naming.name))

    def _appealed(self, entry: Entry) -> Happened:
        body = entry.body
        self.appeals[body["number"]] = body
        return Happened(
            entry.number, entry.at, "申请复核", self.roster.title(("unit", body["unit"])), body["item"],
            old=body["was"], reason=body["reason"],
        )  # fmt: skip

    def _ruled(self, entry: Entry) -> Iterator[Happened]:
        body = entry.body
        appeal = self.appeals.get(body["number"])
        if appeal is None:
            return
        title, old = "", ""
        if body["column"]:
            spot = (body["sheet"], body["row"], body["column"])
            title, old = self.plan.by_name[spot[0]].by_name[spot[2]].title, self.now.get(spot, "")
            self.now[spot] = body["text"]
        what = "复核改定" if title else "复核维持"
        yield Happened(
            entry.number, entry.at, what, body["by"], appeal["item"], title, old, body["text"], reason=body["opinion"]
        )

    def _published(self, entry: Entry) -> Iterator[Happened]:
        yield Happened(entry.number, entry.at, "发布", file=entry.body["file"])
