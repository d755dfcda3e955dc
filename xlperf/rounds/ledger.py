"""台账: what happened in a round, kind by kind, and the state it adds up to.

Each kind of entry is one record (what the office does in `rounds.deeds`, reviews in `rounds.appeals`) and one reader
here: an entry says the number of its format, and a field that the reader does not know is a fault with the number of
the entry, never a guess. `rounds.journal` keeps them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from xlperf.engine.roster import Party
from xlperf.problems import Problem, Where
from xlperf.rounds.accepted import CellText as CellText
from xlperf.rounds.accepted import CellTexts
from xlperf.rounds.appeals import Appeal, Ruling, Signed
from xlperf.rounds.deeds import Chosen, Despite, Frozen, Output, Reopened, Settings, Taken, Undone
from xlperf.rounds.journal import START, Body, Entry, Pen, append, entries

FORMAT = 1  # of the entries written here; those without a number are of the first
_NUMBER = "format"
WITHDRAWN = "withdrawn"  # the decision on a file whose acceptance was undone


@dataclass(frozen=True)
class Receipt:
    """What was decided on one file. decision: `accepted`, `held`, `refused`, or `withdrawn` once undone.

    kind, who: whose file it is, "" where nobody knows. seen: row key → digest of what stood beside the
    office's decisions (see `rounds.merge`). words: the same, column by column, to say later what changed. edition: of a
    总表 that the program writes, which one. named: row for new entries in it (`sheet|row`) → key of the entry.
    """

    sha256: str
    file: str
    kind: str
    who: str
    serial: int
    decision: str
    problems: tuple[Problem, ...] = ()
    cells: Sequence[CellText] = ()
    seen: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    edition: str = ""
    named: dict[str, str] = field(default_factory=dict)
    at: str = ""

    def __post_init__(self) -> None:
        """Keep the cells compactly."""
        object.__setattr__(self, "cells", CellTexts.of(self.cells))

    @property
    def party(self) -> Party:
        """Return whose file it is."""
        return self.kind, self.who


@dataclass(frozen=True)
class Issued:
    """A workbook that was sent out: whose, its serial, where it lies, the sha256 of its bytes.

    code: the printed one. scheme_sha: the scheme that its token is bound to. record: digest of what was issued (see
    `workbook.record`), "" for the 总表, which is written anew all the time. shape: digest of its tables. plain: of a
    book with a password, the sha256 of the book itself, which does not change when it is locked again.
    """

    kind: str
    who: str
    serial: int
    file: str
    sha256: str
    code: str = ""
    scheme_sha: str = ""
    record: str = ""
    shape: str = ""
    plain: str = ""


@dataclass(frozen=True)
class Written:
    """A result that the office may go on typing in: where it was written, the sha256 of its bytes."""

    file: str
    sha256: str


@dataclass(frozen=True)
class State:
    """What the ledger adds up to.

    called: the name of an issued file → whose book it was, whatever the unit is called now.
    current: the accepted submission in force of each party. receipts: every file ever received, by sha256, the last
    decision on it. written: the last entry of each result. taken: what was taken in last of each 总表 (see
    `Receipt.edition`) since the program wrote it. despite, frozen: in the order they were recorded. closings: each
    freezing and each reopening. earlier: frozen results of others that this one reads. appeals, rulings: by number.
    outputs: name → sha256 of what the program wrote for people. settings: what round.yaml said, each time it was
    recorded.
    """

    issued: dict[Party, Issued] = field(default_factory=dict)
    serials: dict[int, Issued] = field(default_factory=dict)
    called: dict[str, Party] = field(default_factory=dict)
    receipts: dict[str, Receipt] = field(default_factory=dict)
    current: dict[Party, Receipt] = field(default_factory=dict)
    written: dict[str, Written] = field(default_factory=dict)
    taken: dict[str, Receipt] = field(default_factory=dict)
    despite: list[Despite] = field(default_factory=list)
    closings: list[Frozen | Reopened] = field(default_factory=list)
    earlier: list[Taken] = field(default_factory=list)
    appeals: dict[int, Appeal] = field(default_factory=dict)
    rulings: dict[int, Ruling] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    settings: list[Settings] = field(default_factory=list)

    @property
    def frozen(self) -> list[Frozen]:
        """List the results that were frozen, the last one last."""
        return [c for c in self.closings if isinstance(c, Frozen)]

    @property
    def closed(self) -> bool:
        """Return whether the results stand frozen and nobody has reopened the round since."""
        return bool(self.closings) and isinstance(self.closings[-1], Frozen)


class UnknownEntry(Exception):
    """An entry that this version cannot read: of a newer format, of an unknown kind, or with other fields.

    newer: whether a newer program wrote it. found: what is not known.
    """

    def __init__(self, number: int, found: str, *, newer: bool = False) -> None:
        super().__init__(f"entry {number} of the ledger cannot be read: {found}")
        self.number, self.found, self.newer = number, found, newer


def state_of(file: Path) -> State:
    """Add the ledger up. A later accepted submission of a party replaces the earlier one.

    Raises BrokenChain where the ledger was altered, UnknownEntry where an entry cannot be read.
    """
    return Reader(file).state()


class Reader:
    """A ledger that is read on from where it was read last: what was added since costs, not all that there is."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._state = State()
        self._mark = START
        self._given: State | None = None

    def state(self) -> State:
        """Return what the ledger adds up to now; see `state_of`. What is returned does not change any more.

        It is the same object as before where nothing was added.
        """
        for entry in entries(self._file, self._mark):
            record = _record(entry)
            self._state = state_before(self._file, entry.number + 1) if isinstance(record, Undone) else self._state
            _add(self._state, record)
            self._mark = entry.mark
            self._given = None
        if self._given is None:
            self._given = self._copied()
        return self._given

    def _copied(self) -> State:
        kept = {f.name: getattr(self._state, f.name) for f in fields(State)}
        return State(**{name: type(value)(value) for name, value in kept.items()})


def state_when_written(file: Path, result: str) -> State | None:
    """Return what the ledger added up to when a result was last written; None where it never was."""
    there = list(entries(file))
    last = next((e.number for e in reversed(there) if e.kind == "written" and e.body.get("file") == result), None)
    return _added_up(e for e in there if e.number < last) if last is not None else None


def state_before(file: Path, number: int | None = None) -> State:
    """Return what the ledger added up to before an entry; None for all of it."""
    return _added_up(e for e in entries(file) if number is None or e.number < number)


def _added_up(found: Iterable[Entry]) -> State:
    """Add entries up, without those that a later one of them undoes."""
    records = [(entry.number, _record(entry)) for entry in found]
    undone = {record.number for _, record in records if isinstance(record, Undone)}
    state = State()
    for number, record in records:
        if number not in undone:
            _add(state, record)
        elif isinstance(record, Receipt):
            state.receipts[record.sha256] = replace(record, decision=WITHDRAWN)
    return state


def _add(state: State, record: Record) -> None:
    match record:
        case Chosen():
            _add(state, replace(state.receipts[record.sha256], decision="accepted"))
        case Issued():
            state.issued[record.kind, record.who] = record
            state.taken.pop(record.file, None)
            state.serials[record.serial] = record
            state.called[Path(record.file).stem.lstrip("0123456789 ")] = (record.kind, record.who)
        case Receipt():
            state.receipts[record.sha256] = record
            if record.decision == "accepted":
                state.current.pop(record.party, None)  # the order is that of acceptance
                state.current[record.party] = record
                if record.edition:
                    state.taken[record.edition] = record
        case Written():
            state.written[record.file] = record
            state.taken.pop(record.file, None)
        case Despite():
            state.despite.append(record)
        case Frozen() | Reopened():
            state.closings.append(record)
        case Taken():
            state.earlier.append(record)
        case Appeal():
            state.appeals[record.number] = record
        case Ruling():
            state.rulings[record.number] = record
        case Output():
            state.outputs.update(record.files)
        case Settings():
            state.settings.append(record)


def record_issued(file: Path, *issued: Issued) -> None:
    """Record workbooks that were written for somebody."""
    _append(file, "issued", *(dict(vars(i)) for i in issued))


def record_receipts(to: Path | Pen, *receipts: Receipt) -> None:
    """Record decisions on files; what an accepted file holds stands in the same row as the decision.

    to: the ledger's file, or the pen of somebody who is alone with it.
    """
    if isinstance(to, Path):
        _append(to, "received", *(_receipt_body(r) for r in receipts))
        return
    for receipt in receipts:
        to.put("received", {_NUMBER: FORMAT, **_receipt_body(receipt)})


def record_written(file: Path, *written: Written) -> None:
    """Record results that the office may type in."""
    _append(file, "written", *(dict(vars(w)) for w in written))


def record_despite(file: Path, despite: Despite) -> None:
    """Record that a round goes on with a scheme whose check is red."""
    _append(file, "despite", {**vars(despite), "codes": list(despite.codes)})


def record_frozen(file: Path, *frozen: Frozen) -> None:
    """Record results that later rounds may read."""
    _append(file, "frozen", *(dict(vars(f)) for f in frozen))


def record_reopened(file: Path, reopened: Reopened) -> None:
    """Record that a round whose results were frozen is worked on again."""
    _append(file, "reopened", dict(vars(reopened)))


def record_taken(file: Path, *taken: Taken) -> None:
    """Record the frozen results that a round reads."""
    _append(file, "taken", *(dict(vars(t)) for t in taken))


def record_output(file: Path, output: Output) -> None:
    """Record what the program wrote for people to read."""
    _append(file, "output", {"files": dict(output.files)})


def record_settings(file: Path, settings: Settings) -> None:
    """Record what round.yaml says."""
    _append(file, "settings", dict(vars(settings)))


def record_decided(pen: Pen, what: Chosen | Undone | Appeal | Ruling | Signed | Output) -> None:
    """Record a choice of a version, that an entry no longer counts, an appeal, what was decided or is written of it."""
    pen.put(type(what).__name__.lower(), {_NUMBER: FORMAT, **vars(what)})


def _append(file: Path, kind: str, *bodies: Body) -> None:
    append(file, kind, *({_NUMBER: FORMAT, **body} for body in bodies))


# ---- entries as records --------------------------------------------------------------------------

Office = Despite | Frozen | Reopened | Taken | Chosen | Undone | Output | Settings | Appeal | Ruling | Signed
Record = Issued | Receipt | Written | Office


def _record(entry: Entry) -> Record:
    """Read an entry: by the reader of its kind, of a format that is known."""
    format_ = entry.body.get(_NUMBER, 1)
    if not isinstance(format_, int) or format_ > FORMAT:
        raise UnknownEntry(entry.number, f"format {format_}", newer=True)
    plain = _PLAIN.get(entry.kind)
    if plain is None and entry.kind not in _READERS:
        raise UnknownEntry(entry.number, entry.kind)
    body = {name: value for name, value in entry.body.items() if name != _NUMBER}
    try:
        return plain(**_known(plain, body)) if plain is not None else _READERS[entry.kind](entry, body)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:  # a body of another shape
        raise UnknownEntry(entry.number, f"{entry.kind}: {fault}") from fault


def _known(kind: type, body: Body, *but: str) -> Mapping[str, Any]:
    """Return the body where it has the fields of the record and no others; raises KeyError.

    but: fields of the record that the entry itself gives.
    """
    known = {f.name: f.default is MISSING and f.default_factory is MISSING for f in fields(kind) if f.name not in but}
    wrong = sorted({*body} - {*known}) or sorted(name for name, needed in known.items() if needed and name not in body)
    if wrong:
        raise KeyError(*wrong)
    return body


def _receipt(entry: Entry, body: Body) -> Receipt:
    known = _known(Receipt, body, "at")
    problems = tuple(
        Problem(p["code"], Where(**p["where"]), tuple((k, v) for k, v in p["values"])) for p in known["problems"]
    )
    cells = CellTexts(CellText(*cell) for cell in known["cells"])
    return replace(Receipt(**{**known, "problems": problems, "cells": cells}), at=entry.at)


def _receipt_body(receipt: Receipt) -> Body:
    return {
        **{k: v for k, v in vars(receipt).items() if k not in ("problems", "cells", "at")},
        "problems": [{"code": p.code, "where": vars(p.where), "values": p.values} for p in receipt.problems],
        "cells": [[c.sheet, c.row, c.column, c.text] for c in receipt.cells],
    }


def _despite(_: Entry, body: Body) -> Despite:
    known = _known(Despite, body)
    return Despite(known["reason"], tuple(known["codes"]), known["scheme_sha"])


_PLAIN: Mapping[str, type[Record]] = {
    kind.__name__.lower(): kind
    for kind in (Issued, Written, Frozen, Reopened, Taken, Chosen, Undone, Output, Settings, Appeal, Ruling, Signed)
}
_READERS: Mapping[str, Callable[[Entry, Body], Record]] = {"received": _receipt, "despite": _despite}
