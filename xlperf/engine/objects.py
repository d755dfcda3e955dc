"""考核对象 and their levels: who belongs to whom, what they are called, and whose book their rows come in.

A thing is one object: (table, key). A party is whose book it is: ("unit", code) for the outermost objects, (table, key)
for a kind with books of its own, ("scorer", name), ("master", "").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from xlperf.engine.plan import EACH, SCORER, UNIT, Plan, Row, Sheet, Tables
from xlperf.formula.values import value_text

Party = tuple[str, str]
Thing = tuple[str, str]
MASTER: Party = ("master", "")
OFFICIAL = (SCORER, MASTER[0])  # the kinds of books that are filled for others


@dataclass(frozen=True)
class Objects:
    """Every object of a round.

    listed: table → key → (name, key of the object it is within, "" for none), in list order.
    """

    plan: Plan
    listed: Mapping[str, Mapping[str, tuple[str, str]]]
    _names: dict[str, dict[str, str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _holders: dict[Thing | None, Party] = field(default_factory=dict, init=False, repr=False, compare=False)

    # ---- names -------------------------------------------------------------------------------------

    def names(self, table: str) -> dict[str, str]:
        """Return key → name of one kind, in list order; the key where it has no name. Made once, not to be changed."""
        if table not in self._names:
            self._names[table] = {key: name for key, (name, _) in self.listed.get(table, {}).items()}
        return self._names[table]

    def title(self, thing: Thing) -> str:
        """Return the name of an object; of one of several of the same name also by what it is within."""
        table, key = thing
        name = self.listed.get(table, {}).get(key, (key, ""))[0]
        above = self.parent(thing)
        return f"{self.title(above)}{name}" if above is not None and name in self.shared.get(table, ()) else name

    @cached_property
    def shared(self) -> dict[str, dict[str, tuple[str, ...]]]:
        """Return table → name → the keys of all who bear it, where they are several."""
        found: dict[str, dict[str, tuple[str, ...]]] = {}
        for table, known in self.listed.items():
            keys: dict[str, list[str]] = {}
            for key, (name, _) in known.items():
                keys.setdefault(name, []).append(key)
            found[table] = {name: tuple(same) for name, same in keys.items() if len(same) > 1}
        return found

    # ---- levels ------------------------------------------------------------------------------------

    def parent(self, thing: Thing) -> Thing | None:
        """Return what an object is within; None for the outermost, and where nobody says so."""
        table, key = thing
        subject = self.plan.subject_of.get(table)
        above = self.listed.get(table, {}).get(key, ("", ""))[1]
        return (subject.within, above) if subject is not None and subject.within and above else None

    def chain(self, thing: Thing | None) -> tuple[Thing, ...]:
        """List an object and all that it is within, outwards."""
        found: list[Thing] = []
        while thing is not None and thing not in found:
            found.append(thing)
            thing = self.parent(thing)
        return tuple(found)

    def of_row(self, sheet: Sheet, row: Row) -> Thing | None:
        """Return the object that a row is, or belongs to; None where it belongs to nobody."""
        if sheet.table in self.plan.subject_of:
            return sheet.table, value_text(row.get(sheet.key.name))
        whose = value_text(row.get(sheet.unit)) if sheet.unit else ""
        return (sheet.of, whose) if whose else None

    def within(self, thing: Thing | None) -> str:
        """Return what the object is called that this one is within, "" for the outermost."""
        above = self.parent(thing) if thing is not None else None
        return self.title(above) if above is not None else ""

    # ---- books -------------------------------------------------------------------------------------

    def holder(self, thing: Thing | None) -> Party:
        """Return whose book the rows of an object come in; ("unit", "") where it has no home."""
        if thing not in self._holders:
            self._holders[thing] = self._holder(thing)
        return self._holders[thing]

    def _holder(self, thing: Thing | None) -> Party:
        for table, key in self.chain(thing):
            subject = self.plan.subject_of.get(table)
            if subject is None or not subject.within:
                return UNIT, key
            if subject.book == EACH:
                return table, key
            if subject.book:
                above = self.parent((table, key))
                return table, above[1] if above is not None else ""
        return UNIT, ""

    def holder_of(self, sheet: Sheet, row: Row) -> Party:
        """Return whose book a row comes in."""
        return self.holder_in(sheet, self.of_row(sheet, row))

    def holder_in(self, sheet: Sheet, thing: Thing | None) -> Party:
        """Return whose book the rows of an object come in, of those of one sheet."""
        return thing if sheet.book and thing is not None else self.holder(thing)

    def bearer(self, party: Party) -> Thing | None:
        """Return the object that a book is for; None for books of scorers and of the office."""
        kind, whom = party
        if kind in OFFICIAL:
            return None
        if kind == UNIT:
            return (self.plan.units.table, whom) if self.plan.units is not None else None
        subject = self.plan.subject_of.get(kind)
        return None if subject is None else (kind if self.plan.is_for_each(subject) else subject.within, whom)

    def is_own(self, party: Party, thing: Thing | None) -> bool:
        """Return whether an object is the one that a book is for, or within it.

        What is nobody's is everybody's, and books that are filled for others are about anybody.
        """
        bearer = self.bearer(party)
        return thing is None or bearer is None or bearer in self.chain(thing)


def objects_of(plan: Plan, tables: Tables) -> Objects:
    """Return who there is by the tables of a round."""
    listed: dict[str, dict[str, tuple[str, str]]] = {}
    for subject in plan.subjects:
        homes = [s for s in plan.sheets if s.table == subject.table]
        known = listed.setdefault(subject.table, {})
        for row in tables.get(subject.table, []) if homes else ():
            above = value_text(row.get(subject.by)) if subject.within else ""
            known.setdefault(value_text(row.get(homes[0].key.name)), (plan.name_of(homes[0], row), above))
    return Objects(plan, listed)
