"""A round is a folder: what was agreed, what went out, what came back, and nothing else anywhere."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Plan, Tables
from xlperf.entries.entry import beyond_limits
from xlperf.files import made_whole, write_whole
from xlperf.problems import Problem, Where, errors, problem
from xlperf.rounds.clearance import cleared, record_reason, red, with_caution
from xlperf.rounds.journal import BrokenChain, begin
from xlperf.rounds.ledger import Reader, State, UnknownEntry
from xlperf.rounds.merge import merged
from xlperf.scheme.load import folder_source, scheme_of
from xlperf.scheme.model import Mapping as Node
from xlperf.scheme.model import Scheme
from xlperf.scheme.reading.cells import unread
from xlperf.scheme.reading.nodes import pairs, text, whole
from xlperf.scheme.reading.yaml_subset import read_yaml
from xlperf.scheme.source import Source

Progress = Callable[[int, int, str], None]

ROUND_FILE = "round.yaml"
KEY_FILE, OLD_KEY_FILE = "round.key", ".key"  # rounds used to hide it, and copies lost it
SCHEME_FOLDER = "scheme"
LEDGER_FILE = "ledger.sqlite"
FOLDERS = ("issued", "inbox", "received", "out")


def silent(done: int, total: int, text: str) -> None:
    """Report no progress."""


@dataclass(frozen=True)
class Round:
    """An open round: the folder, the scheme it was made from and the plan under the readings adopted.

    key: the secret that seals the identities of issued workbooks. scheme_sha: digest of the scheme's files. contact:
    whom units may ask, as letters print it; "" where nobody wrote one.
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
    _reader: list[Reader] = field(default_factory=list, repr=False, compare=False)

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
        """Return what the ledger adds up to; entries that were read before are not read again."""
        if not self._reader:
            self._reader.append(Reader(self.ledger))
        return self._reader[0].state()

    def tables(self, state: State | None = None) -> Tables:
        """Return the scheme's tables with everything accepted so far filled in."""
        tables = merged(self.plan, self.scheme.tables, (state or self.state()).current.values())
        beyond_limits(self.plan, tables)
        return tables

    def beyond(self, state: State | None = None) -> list[Problem]:
        """List which accepted cells no longer stand, because what they may be follows from what came in since."""
        tables = merged(self.plan, self.scheme.tables, (state or self.state()).current.values())
        return [p for entry in beyond_limits(self.plan, tables) for p in entry.problems]


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
) -> tuple[Round | None, list[Problem]]:
    """Make the folder of a new round: whole, or not at all.

    scheme_path: the scheme's folder or file; it is copied into the round. readings: reading → option instead of the
    one the scheme adopts. deadline: `YYYY-MM-DD`. key: only for rounds that must come out the same twice. despite: why
    a scheme whose check is red is used all the same (see `clearance`). contact: whom units may ask, for letters.
    """
    source = folder_source(scheme_path)
    scheme, problems = scheme_of(source)
    if scheme is None or errors(problems):
        return None, problems
    scheme = scheme if year is None else replace(scheme, year=year)
    plan, faults = compile_scheme(scheme, readings)
    problems += faults
    if not errors(faults):
        problems += errors(cleared(scheme, plan, despite)[1])
    due = _day(deadline or "", Where(path="deadline"), problems)
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        problems.append(problem("FOLDER_NOT_EMPTY", Where(str(target)), found=target.name))
    if errors(problems):
        return None, problems
    words = _round_text(scheme, plan, due, source, contact)
    with made_whole(target) as making:
        _fill(making, source, words, key or secrets.token_bytes(32))
        if despite and red(scheme):
            record_reason(making, making / LEDGER_FILE, scheme, despite)
    return open_round(target)


def _fill(folder: Path, source: Source, settings: str, key: bytes) -> None:
    """Write what a new round holds. told: the text of round.yaml."""
    for name in FOLDERS:
        (folder / name).mkdir()
    for name, data in source.files.items():
        (folder / SCHEME_FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / SCHEME_FOLDER / name).write_bytes(data)
    (folder / ROUND_FILE).write_text(settings, "utf-8")
    begin(folder / LEDGER_FILE)
    kept = folder / KEY_FILE
    kept.write_text(key.hex() + "\n", "ascii")
    kept.chmod(0o600)


def _round_text(scheme: Scheme, plan: Plan, deadline: date | None, source: Source, contact: str) -> str:
    due = f"deadline: {deadline}" if deadline else "# deadline: 2017-12-31"
    whom = f"contact: {json.dumps(_one_line(contact), ensure_ascii=False)}" if contact else "# contact: 科室 电话"
    lines = [
        "# 一轮考核。由 xlperf new 写成；考核开始后不要改动。",
        f"scheme: {scheme.id}  # 考核方案，全文在 scheme/ 文件夹里",
        f"round: {_round_id(scheme.id, scheme.year)}  # 轮次编号，印在每一份发出的表上",
        f"year: {scheme.year}",
        f"scheme_sha: {source.digest}  # 方案文件的校验值：改动过会提示",
        "scheme_files:",
        *(f"  {json.dumps(name, ensure_ascii=False)}: {sha}" for name, sha in source.digests.items()),
        f"{due}  # 报送截止日，没有就不写",
        f"{whom}  # 单位有疑问时找谁，印在退回意见上",
        "readings:  # 采用的口径" if plan.readings else "# readings: 本方案没有口径",
    ]
    for name, option in plan.readings.items():
        reading = scheme.readings[name]
        lines += [f"  # {_one_line(reading.question)}", f"  {name}: {option}  # {_one_line(reading.options[option])}"]
    return "\n".join(lines) + "\n"


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _round_id(scheme: str, year: int) -> str:
    return scheme if scheme.endswith(str(year)) else f"{scheme}-{year}"


# ---- open --------------------------------------------------------------------------------------


def open_round(folder: Path | str) -> tuple[Round | None, list[Problem]]:
    """Open the folder of a round; None where it is not one, or its scheme or ledger has errors."""
    at = Path(folder)
    if not (at / ROUND_FILE).is_file():
        return None, [problem("NOT_A_ROUND", found=str(at.resolve()))]
    key = next((at / name for name in (KEY_FILE, OLD_KEY_FILE) if (at / name).is_file()), None)
    if key is None:
        name = at.resolve().name
        return None, [problem("ROUND_KEY_MISSING", Where(str(at)), found=name, key=KEY_FILE, old=OLD_KEY_FILE)]
    root, problems = read_yaml(at / ROUND_FILE, ROUND_FILE)
    source = folder_source(at / SCHEME_FOLDER)
    scheme, faults = scheme_of(source)
    problems += faults
    if root is None or scheme is None or errors(faults):
        return None, problems
    scheme = replace(scheme, year=whole(root, "year", scheme.year))
    plan, faults = compile_scheme(scheme, pairs(root, "readings"))
    problems += [*faults, *_changed(source, root)]
    made = Round(
        at,
        text(root, "round"),
        scheme.year,
        scheme,
        plan,
        bytes.fromhex(key.read_text("ascii").strip()),
        scheme.digest,
        _day(text(root, "deadline"), Where(ROUND_FILE, path="deadline"), problems),
        text(root, "contact"),
    )
    for name in FOLDERS:
        (at / name).mkdir(exist_ok=True)
    if not made.ledger.exists() and any(f.is_file() for name in ("issued", "received") for f in (at / name).rglob("*")):
        return None, [*problems, problem("LEDGER_GONE", Where(LEDGER_FILE), found=at.name)]
    state = _state_or_problem(made)
    if isinstance(state, Problem):
        return None, [*problems, state]
    if errors(problems):
        return None, problems
    plan, faults = with_caution(scheme, plan, state.despite)
    return replace(made, plan=plan), [*problems, *faults]


def _state_or_problem(round_: Round) -> State | Problem:
    """Return the ledger's state, or why it cannot be read."""
    try:
        return round_.state()
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


# ---- files -------------------------------------------------------------------------------------


def keep(round_: Round, data: bytes) -> str:
    """Keep the bytes of a returned file for ever; return their sha256. The same bytes are kept once."""
    digest = hashlib.sha256(data).hexdigest()
    kept = round_.received / digest
    if not kept.exists():
        write_whole(kept, data)
    return digest
