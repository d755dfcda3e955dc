"""A round is a folder: what was agreed, what went out, what came back, and nothing else anywhere."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Plan, Tables
from xlperf.engine.score import Scores, score
from xlperf.entries.entry import beyond_limits
from xlperf.files import made_whole, write_whole
from xlperf.problems import Problem, Where, errors, problem
from xlperf.rounds.appeals import ruled
from xlperf.rounds.chain import FOLDER as CHAIN_FOLDER
from xlperf.rounds.chain import copies_read, default_period, fitted, frozen_of, keep_copies
from xlperf.rounds.clearance import cleared, record_reason, red, with_caution
from xlperf.rounds.deeds import Settings
from xlperf.rounds.journal import BrokenChain, key_of
from xlperf.rounds.ledger import CellText, Reader, Receipt, State, UnknownEntry, record_settings
from xlperf.rounds.merge import merged, placeless, with_places
from xlperf.rounds.present import Earlier
from xlperf.scheme.load import folder_source, scheme_of, understood
from xlperf.scheme.model import Mapping as Node
from xlperf.scheme.model import Scheme, place_of
from xlperf.scheme.reading.cells import unread
from xlperf.scheme.reading.earlier import PERIOD
from xlperf.scheme.reading.nodes import pairs, text, whole
from xlperf.scheme.reading.yaml_subset import read_yaml
from xlperf.scheme.source import Source
from xlperf.scheme.words import nearest

Progress = Callable[[int, int, str], None]

ROUND_FILE = "round.yaml"
KEY_FILE, OLD_KEY_FILE = "round.key", ".key"  # rounds used to hide it, and copies lost it
SCHEME_FOLDER = "scheme"
LEDGER_FILE = "ledger.sqlite"
FOLDERS = ("issued", "records", "inbox", "received", "out")
_OWN = ("records", "received")  # what only the program works in: nobody else reads it
_NAMED = 5  # cells named one by one
_KEYS = (
    "scheme", "round", "year", "period", "scheme_sha", "scheme_files", "deadline", "contact", "readings", "despite",
)  # fmt: skip


def silent(done: int, total: int, text: str) -> None:
    """Report no progress."""


@dataclass(frozen=True)
class Round:
    """An open round: the folder, the scheme it was made from and the plan under the readings adopted.

    key: the secret that seals the identities of issued workbooks. scheme_sha: digest of the scheme's files. contact:
    whom units may ask, as letters print it; "" where nobody wrote one. period: of the year, "" where it has only one.
    earlier: the frozen results it reads. changed: whether the scheme was changed after the round was made, so that
    what was accepted is judged again.
    """

    folder: Path
    id: str
    year: int
    scheme: Scheme
    plan: Plan
    key: bytes
    scheme_sha: str
    deadline: date | None = None
    contact: str = ""
    period: str = ""
    earlier: tuple[Earlier, ...] = ()
    changed: bool = False
    _reader: list[Reader] = field(default_factory=list, repr=False, compare=False)
    _merged: list[tuple[State, Plan, Tables, list[Problem]]] = field(default_factory=list, repr=False, compare=False)

    @property
    def issued(self) -> Path:
        """Return the folder of workbooks to hand out."""
        return self.folder / "issued"

    @property
    def inbox(self) -> Path:
        """Return the folder where returned workbooks are dropped."""
        return self.folder / "inbox"

    @property
    def received(self) -> Path:
        """Return the folder that keeps every returned file under its sha256."""
        return self.folder / "received"

    @property
    def records(self) -> Path:
        """Return the folder that keeps what was issued, one record a book (see `workbook.record`)."""
        return self.folder / "records"

    @property
    def out(self) -> Path:
        """Return the folder of results."""
        return self.folder / "out"

    @property
    def ledger(self) -> Path:
        """Return the ledger's file."""
        return self.folder / LEDGER_FILE

    @property
    def readings(self) -> Mapping[str, str]:
        """Return the option adopted for each reading."""
        return self.plan.readings

    def state(self) -> State:
        """Return what the ledger adds up to; entries that were read before are not read again.

        Of a scheme that was changed since, what it has no place for any more is left out; see `beyond`.
        """
        recorded = self._recorded()
        return with_places(self.plan, self.scheme.tables, recorded) if self.changed else recorded

    def _recorded(self) -> State:
        if not self._reader:
            self._reader.append(Reader(self.ledger))
        return self._reader[0].state()

    def tables(self, state: State | None = None) -> Tables:
        """Return the scheme's tables with everything accepted so far filled in."""
        return {name: [dict(row) for row in rows] for name, rows in self._filled(state or self.state())[0].items()}

    def beyond(self, state: State | None = None) -> list[Problem]:
        """List which accepted cells no longer stand: because of what came in since, or the scheme was changed."""
        lost = placeless(self.plan, self.scheme.tables, self._recorded().current.values()) if self.changed else []
        return [*(_no_place(receipt, cells) for receipt, cells in lost), *self._filled(state or self.state())[1]]

    def _filled(self, state: State) -> tuple[Tables, list[Problem]]:
        """Return the tables with everything accepted, and what does not stand in them; once for a state."""
        if not any(known is state and plan is self.plan for known, plan, _, _ in self._merged):
            tables = ruled(self.plan, merged(self.plan, self.scheme.tables, state.current.values()), state.rulings)
            problems = [p for e in beyond_limits(self.plan, tables, every=self.changed) for p in e.problems]
            self._merged[:] = [(state, self.plan, tables, problems)]
        return self._merged[0][2:]

    def scores(self) -> Scores:
        """Score everything accepted so far."""
        return score(self.plan, self.tables())


def _no_place(receipt: Receipt, cells: Sequence[CellText]) -> Problem:
    """Return which cells of an accepted book the scheme has no place for any more."""
    some = "；".join(f"{c.row} {c.column} {c.text}" for c in cells[:_NAMED]) + ("……" if len(cells) > _NAMED else "")
    return problem("ACCEPTED_NO_PLACE", Where(receipt.file), count=len(cells), cells=some)


# ---- new ---------------------------------------------------------------------------------------


def new_round(
    scheme_path: Path | str,
    folder: Path | str,
    *,
    year: int | None = None,
    readings: Mapping[str, str] | None = None,
    deadline: str | None = None,
    key: bytes | None = None,
    despite: str = "",
    contact: str = "",
    period: str = "",
    after: Sequence[Path | str] = (),
) -> tuple[Round | None, list[Problem]]:
    """Make the folder of a new round: whole, or not at all.

    scheme_path: the scheme's folder or file; it is copied into the round. readings: reading → option instead of the
    one the scheme adopts. deadline: `YYYY-MM-DD`. key: only for rounds that must come out the same twice. despite: why
    a scheme whose check is red is used all the same (see `clearance`). contact: whom units may ask, for letters.
    period: which of the scheme's periods it is, "" for the one that follows. after: folders of rounds whose frozen
    results it reads, or folders that hold such rounds.
    """
    source = folder_source(scheme_path)
    scheme, problems = scheme_of(source)
    if scheme is None or errors(problems):
        return None, problems
    scheme, period, earlier, faults = _chained(scheme.in_year(year or scheme.year), period, after)
    problems += faults
    plan, faults = _planned(scheme, _chosen(scheme, readings or {}, period), despite)
    problems += faults
    due = _day(deadline or "", Where(path="deadline"), problems)
    problems += _not_free(target := Path(folder))
    if errors(problems):
        return None, problems
    words = _round_text(scheme, plan, due, source, contact)
    with made_whole(target) as making:
        _fill(making, source, words, key or secrets.token_bytes(32), earlier)
        if despite and red(scheme):
            record_reason(making, making / LEDGER_FILE, scheme, despite)
    made, faults = open_round(target)
    return made, list(dict.fromkeys([*problems, *faults]))


def _planned(scheme: Scheme, readings: Mapping[str, str], despite: str) -> tuple[Plan, list[Problem]]:
    """Lay the scheme of a new round out, and ask whether it may be used."""
    plan, problems = compile_scheme(scheme, readings)
    return plan, [*problems, *(errors(cleared(scheme, plan, despite)[1]) if not errors(problems) else ())]


def _not_free(target: Path) -> Iterator[Problem]:
    """List what is wrong with a folder that is to be filled."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        yield problem("FOLDER_NOT_EMPTY", Where(str(target)), found=target.name)


def _chained(
    scheme: Scheme, period: str, after: Sequence[Path | str]
) -> tuple[Scheme, str, list[Earlier], list[Problem]]:
    """Return the scheme of a new round with the earlier results it reads, its period, and these results."""
    earlier, problems = frozen_of(after)
    period = period or default_period(scheme, scheme.year, earlier)
    problems += _unknown_period(scheme, period)
    if errors(problems):
        return scheme, period, earlier, problems
    scheme, faults = fitted(scheme, period, earlier, begins=True)
    return scheme, period, earlier, [*problems, *faults]


def _chosen(scheme: Scheme, readings: Mapping[str, str], period: str) -> dict[str, str]:
    """Return the readings of a round, with its period where the scheme has any."""
    return {**readings, **({PERIOD: period} if scheme.periods else {})}


def _unknown_period(scheme: Scheme, period: str) -> Iterator[Problem]:
    known = [p.id for p in scheme.periods]
    if period and period not in known:
        yield problem("UNKNOWN_PERIOD", found=period, nearest=nearest(period, known))


def _fill(folder: Path, source: Source, settings: str, key: bytes, earlier: Sequence[Earlier]) -> None:
    """Write what a new round holds. settings: the text of round.yaml. earlier: the frozen results it reads."""
    for name in FOLDERS:
        (folder / name).mkdir()
    for name, data in source.files.items():
        (folder / SCHEME_FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / SCHEME_FOLDER / name).write_bytes(data)
    (folder / ROUND_FILE).write_text(settings, "utf-8")
    kept = folder / KEY_FILE
    kept.write_text(key.hex() + "\n", "ascii")
    kept.chmod(0o600)
    for name in _OWN:
        (folder / name).chmod(0o700)
    record_settings(folder / LEDGER_FILE, Settings(settings))
    (folder / LEDGER_FILE).chmod(0o600)
    keep_copies(folder, folder / LEDGER_FILE, key, earlier)


def _round_text(scheme: Scheme, plan: Plan, deadline: date | None, source: Source, contact: str) -> str:
    due = f"deadline: {deadline}" if deadline else f"# deadline: {scheme.year}-12-31"
    whom = f"contact: {json.dumps(_one_line(contact), ensure_ascii=False)}" if contact else "# contact: 科室 电话"
    lines = [
        "# 一轮考核。由 xlperf new 写成；考核开始后不要改动。",
        f"scheme: {scheme.id}  # 考核方案，全文在 scheme/ 文件夹里",
        f"round: {_round_id(scheme.id, scheme.year, plan.readings.get(PERIOD, ''))}  # 轮次编号，印在每一份发出的表上",
        f"year: {scheme.year}",
        *(f"period: {p.id}  # {_one_line(p.title)}" for p in scheme.periods if p.id == plan.readings.get(PERIOD)),
        f"scheme_sha: {source.digest}  # 方案文件的校验值：改动过会提示",
        "scheme_files:",
        *(f"  {json.dumps(name, ensure_ascii=False)}: {sha}" for name, sha in source.digests.items()),
        f"{due}  # 报送截止日，没有就不写",
        f"{whom}  # 单位有疑问时找谁，印在退回意见上",
        "readings:  # 采用的口径" if scheme.open_readings else "# readings: 本方案没有口径",
    ]
    for name, reading in scheme.open_readings.items():
        option = plan.readings[name]
        lines += [f"  # {_one_line(reading.question)}", f"  {name}: {option}  # {_one_line(reading.options[option])}"]
    return "\n".join(lines) + "\n"


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _round_id(scheme: str, year: int, period: str) -> str:
    made = scheme if scheme.endswith(str(year)) else f"{scheme}-{year}"
    return f"{made}-{period}" if period else made


# ---- open --------------------------------------------------------------------------------------


def open_round(folder: Path | str) -> tuple[Round | None, list[Problem]]:
    """Open the folder of a round; None where it is not one, or its scheme, ledger or earlier results have errors."""
    at = Path(folder)
    opened = _secrets(at)
    if isinstance(opened, Problem):
        return None, [opened]
    key, reader = opened
    state = _state_or_problem(reader)
    if isinstance(state, Problem):
        return None, [state]
    root, problems = read_yaml(at / ROUND_FILE, ROUND_FILE)
    unknown = (k for k in root or () if k not in _KEYS)
    problems += [problem("UNKNOWN_KEY", place_of(k), found=k, nearest=nearest(k, _KEYS)) for k in unknown]
    source = folder_source(at / SCHEME_FOLDER)
    scheme, faults = understood(source)
    problems += faults
    if root is None or scheme is None or errors(faults):
        return None, problems
    period = text(root, "period")
    scheme, earlier, faults = _with_chain(at, key, scheme.in_year(whole(root, "year", scheme.year)), period, state)
    problems += faults
    plan, faults = compile_scheme(scheme, _chosen(scheme, pairs(root, "readings"), period))
    changed = list(_changed(source, root))
    problems += [*faults, *changed]
    due = _day(text(root, "deadline"), Where(ROUND_FILE, path="deadline"), problems)
    if errors(problems):
        return None, problems
    for name in FOLDERS:
        (at / name).mkdir(exist_ok=True)
    plan, faults = with_caution(scheme, plan, state.despite)
    made = Round(at, text(root, "round"), scheme.year, scheme, plan, key, scheme.digest, due, text(root, "contact"))
    made = replace(made, period=period, earlier=tuple(earlier), changed=bool(changed), _reader=[reader])
    return made, [*problems, *faults]


def _secrets(at: Path) -> tuple[bytes, Reader] | Problem:
    """Return the key and the ledger of a round's folder, or why it is none."""
    if not (at / ROUND_FILE).is_file():
        return problem("NOT_A_ROUND", found=str(at.resolve()))
    key = next((at / name for name in (KEY_FILE, OLD_KEY_FILE) if (at / name).is_file()), None)
    if key is None:
        return problem("ROUND_KEY_MISSING", Where(str(at)), found=at.resolve().name, key=KEY_FILE, old=OLD_KEY_FILE)
    kept = (f for name in ("issued", "received", CHAIN_FOLDER) for f in (at / name).rglob("*"))
    if not (at / LEDGER_FILE).exists() and any(f.is_file() for f in kept):
        return problem("LEDGER_GONE", Where(LEDGER_FILE), found=at.name)
    if not (made := key_of(at / LEDGER_FILE)):
        return problem("KEY_ALTERED", Where(key.name))
    return made, Reader(at / LEDGER_FILE)


def _with_chain(
    folder: Path, key: bytes, scheme: Scheme, period: str, state: State
) -> tuple[Scheme, list[Earlier], list[Problem]]:
    """Return the scheme with the earlier results that the round took, proved against its ledger."""
    earlier, problems = copies_read(folder, key, state.earlier)
    problems += _unknown_period(scheme, period)
    if errors(problems):
        return scheme, earlier, problems
    scheme, faults = fitted(scheme, period, earlier, begins=False)
    return scheme, earlier, [*problems, *faults]


def _state_or_problem(reader: Reader) -> State | Problem:
    """Return the ledger's state, or why it cannot be read."""
    try:
        return reader.state()
    except BrokenChain as broken:
        return problem("LEDGER_ALTERED", Where(LEDGER_FILE), number=broken.number)
    except UnknownEntry as unknown:
        code = "LEDGER_NEWER" if unknown.newer else "LEDGER_ENTRY_UNKNOWN"
        return problem(code, Where(LEDGER_FILE), number=unknown.number, found=unknown.found)


def answered(round_: Round, reason: str) -> tuple[Round, list[Problem]]:
    """Record why a round goes on although the check of its scheme is red; return it ready for use.

    A reason that stands already, or that a green check does not need, is not recorded again.
    """
    plan, problems = cleared(round_.scheme, round_.plan, reason)
    if plan.caution and plan.caution != round_.plan.caution:
        record_reason(round_.folder, round_.ledger, round_.scheme, reason)
    return replace(round_, plan=plan), problems


def _changed(source: Source, root: Node) -> Iterator[Problem]:
    """List each file of the scheme that is not what it was when the round was made."""
    was, now = pairs(root, "scheme_files"), source.digests
    for name in sorted({*map(str, was), *now}) if was else ():
        if was.get(name) != now.get(name):
            yield problem("SCHEME_CHANGED", Where(f"{SCHEME_FOLDER}/{name}"), found=name)
    if not was and text(root, "scheme_sha") != source.digest:
        yield problem("SCHEME_CHANGED", Where(SCHEME_FOLDER), found=SCHEME_FOLDER)


def _day(words: str, at: Where, problems: list[Problem]) -> date | None:
    try:
        return date.fromisoformat(words) if words else None
    except ValueError:
        problems.append(unread(words, "date", at, at.path))
        return None


def keep(round_: Round, data: bytes) -> str:
    """Keep the bytes of a returned file for ever; return their sha256. The same bytes are kept once."""
    digest = hashlib.sha256(data).hexdigest()
    kept = round_.received / digest
    if not kept.is_file() or kept.read_bytes() != data:  # one that was altered since is put right
        write_whole(kept, data)
    return digest
