"""A round is a folder: what was agreed, what went out, what came back, and nothing else anywhere."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Plan, Tables
from xlperf.files import made_whole, write_whole
from xlperf.problems import Problem, Where, errors, problem
from xlperf.rounds.journal import BrokenChain
from xlperf.rounds.ledger import State, UnknownEntry, state_of
from xlperf.rounds.merge import merged
from xlperf.scheme.load import load_scheme
from xlperf.scheme.model import Scheme
from xlperf.scheme.reading.cells import unread
from xlperf.scheme.reading.nodes import pairs, text, whole
from xlperf.scheme.reading.yaml_subset import read_yaml

Progress = Callable[[int, int, str], None]

ROUND_FILE = "round.yaml"
KEY_FILE, OLD_KEY_FILE = "round.key", ".key"  # rounds used to hide it, and copies lost it
SCHEME_FOLDER = "scheme"
FOLDERS = ("issued", "inbox", "received", "out")


def silent(done: int, total: int, text: str) -> None:
    """Report no progress."""


@dataclass(frozen=True)
class Round:
    """An open round: the folder, the scheme it was made from and the plan under the readings adopted.

    key: the secret that seals the identities of issued workbooks. scheme_sha: digest of the scheme's files.
    """

    folder: Path
    id: str
    year: int
    scheme: Scheme
    plan: Plan
    key: bytes
    scheme_sha: str
    deadline: date | None = None

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
        return self.folder / "ledger.sqlite"

    @property
    def readings(self) -> Mapping[str, str]:
        """Return the option adopted for each reading."""
        return self.plan.readings

    def state(self) -> State:
        """Read the ledger."""
        return state_of(self.ledger)

    def tables(self, state: State | None = None) -> Tables:
        """Return the scheme's tables with everything accepted so far filled in."""
        return merged(self.plan, self.scheme.tables, (state or self.state()).current.values())


# ---- new ---------------------------------------------------------------------------------------


def new_round(
    scheme_path: Path | str,
    folder: Path | str,
    *,
    year: int | None = None,
    readings: Mapping[str, str] | None = None,
    deadline: str | None = None,
    key: bytes | None = None,
) -> tuple[Round | None, list[Problem]]:
    """Make the folder of a new round: whole, or not at all.

    scheme_path: the scheme's folder or file; it is copied into the round. readings: reading → option instead of the
    one the scheme adopts. deadline: `YYYY-MM-DD`. key: only for rounds that must come out the same twice.
    """
    scheme, problems = load_scheme(scheme_path)
    if scheme is None:
        return None, problems
    scheme = scheme if year is None else replace(scheme, year=year)
    plan, told = compile_scheme(scheme, readings)
    problems += told
    due = _day(deadline or "", Where(path="deadline"), problems)
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        problems.append(problem("FOLDER_NOT_EMPTY", Where(str(target)), found=target.name))
    if errors(problems):
        return None, problems
    with made_whole(target) as making:
        _fill(making, scheme, plan, due, key or secrets.token_bytes(32))
    return open_round(target)


def _fill(folder: Path, scheme: Scheme, plan: Plan, deadline: date | None, key: bytes) -> None:
    for name in FOLDERS:
        (folder / name).mkdir()
    _copy_scheme(scheme, folder / SCHEME_FOLDER)
    told = _round_text(scheme, plan, deadline, _digest(folder / SCHEME_FOLDER))
    (folder / ROUND_FILE).write_text(told, "utf-8")
    kept = folder / KEY_FILE
    kept.write_text(key.hex() + "\n", "ascii")
    kept.chmod(0o600)


def _copy_scheme(scheme: Scheme, to: Path) -> None:
    """Copy the scheme's file and the tables it names; nothing else that may lie beside them."""
    to.mkdir()
    file = Path(scheme.file)
    shutil.copyfile(file, to / "scheme.yaml")
    root, _ = read_yaml(file, file.name)
    for table in pairs(root, "tables").values() if root else ():
        (to / table).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.parent / table, to / table)


def _round_text(scheme: Scheme, plan: Plan, deadline: date | None, digest: str) -> str:
    due = f"deadline: {deadline}" if deadline else "# deadline: 2017-12-31"
    lines = [
        "# 一轮考核。由 xlperf new 写成；考核开始后不要改动。",
        f"scheme: {scheme.id}  # 考核方案，全文在 scheme/ 文件夹里",
        f"round: {_round_id(scheme.id, scheme.year)}  # 轮次编号，印在每一份发出的表上",
        f"year: {scheme.year}",
        f"scheme_sha: {digest}  # 方案文件的校验值：改动过会提示",
        f"{due}  # 报送截止日，没有就不写",
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
        return None, [problem("NOT_A_ROUND", Where(str(at)), found=at.name)]
    key = next((at / name for name in (KEY_FILE, OLD_KEY_FILE) if (at / name).is_file()), None)
    if key is None:
        return None, [problem("ROUND_KEY_MISSING", Where(str(at)), found=at.name, key=KEY_FILE, old=OLD_KEY_FILE)]
    root, problems = read_yaml(at / ROUND_FILE, ROUND_FILE)
    scheme, told = load_scheme(at / SCHEME_FOLDER)
    problems += told
    if root is None or scheme is None:
        return None, problems
    scheme = replace(scheme, year=whole(root, "year", scheme.year))
    plan, told = compile_scheme(scheme, pairs(root, "readings"))
    problems += told
    made = Round(
        at,
        text(root, "round"),
        scheme.year,
        scheme,
        plan,
        bytes.fromhex(key.read_text("ascii").strip()),
        _digest(at / SCHEME_FOLDER),
        _day(text(root, "deadline"), Where(ROUND_FILE, path="deadline"), problems),
    )
    if made.scheme_sha != text(root, "scheme_sha"):
        problems.append(problem("SCHEME_CHANGED", Where(SCHEME_FOLDER)))
    for name in FOLDERS:
        (at / name).mkdir(exist_ok=True)
    try:
        made.state()
    except BrokenChain as broken:
        problems.append(problem("LEDGER_ALTERED", Where("ledger.sqlite"), number=broken.number))
    except UnknownEntry as unknown:
        code = "LEDGER_NEWER" if unknown.newer else "LEDGER_ENTRY_UNKNOWN"
        problems.append(problem(code, Where("ledger.sqlite"), number=unknown.number, found=unknown.found))
    return (None if errors(problems) else made), problems


def _day(words: str, at: Where, problems: list[Problem]) -> date | None:
    try:
        return date.fromisoformat(words) if words else None
    except ValueError:
        problems.append(unread(words, "date", at, at.path))
        return None


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(f for f in folder.rglob("*") if f.is_file()):
        digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


# ---- files -------------------------------------------------------------------------------------


def keep(round_: Round, data: bytes) -> str:
    """Keep the bytes of a returned file for ever; return their sha256. The same bytes are kept once."""
    digest = hashlib.sha256(data).hexdigest()
    kept = round_.received / digest
    if not kept.exists():
        write_whole(kept, data)
    return digest
