"""A whole round with made-up inputs, some of them broken on purpose: what the program does, seen at once."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path

from xlperf.demo.earlier import FOLDER, earlier_rounds, last_period
from xlperf.demo.mishaps import AT, HARMLESS, NEVER_CORRECTED, PDF, Mishap, spoiled, typed
from xlperf.demo.simulate import Simulation
from xlperf.demo.stage import Inputs, Stage, stage_of
from xlperf.engine.objects import OFFICIAL
from xlperf.engine.plan import SCORER
from xlperf.engine.roster import MASTER
from xlperf.engine.score import Scores, score
from xlperf.files import made_whole
from xlperf.formula.values import day_of
from xlperf.parallel import shared_out
from xlperf.problems import Problem, Where, problem
from xlperf.publish.results import Published, publish_scores
from xlperf.rounds.collecting.collect import collect
from xlperf.rounds.collecting.collection import Collection
from xlperf.rounds.distribute import Distribution, distribute
from xlperf.rounds.parcels import Parcel, identity_of, parcels_of
from xlperf.rounds.parties import roster_of
from xlperf.rounds.store import Progress, Round, new_round, silent
from xlperf.workbook.back.fill import Spot, Typed, fill_book
from xlperf.workbook.books.unit import write_unit_book
from xlperf.workbook.record import read_record, record_name
from xlperf.workbook.seal import Identity, sealed

SEED = 2017
CORRECTED = "补正"
_APART = 1_000_000  # nanoseconds between two files that came, the finest that a browser tells too
_NAMES = (
    "{name}自评表.xlsx", "自评表-{name}（最终版）.xlsx", "{name} (1).xlsx", "邮件附件/{name}.xlsx", "报送 {name}.xlsx",
)  # fmt: skip


@dataclass(frozen=True)
class DemoResult:
    """A demonstration round. first: what came back at first; last: after corrections and the office's own entries."""

    round: Round
    issued: Distribution
    first: Collection
    last: Collection
    published: Published
    seconds: float

    @property
    def scores(self) -> Scores:
        """Return the scored round."""
        return self.published.scores


@dataclass(frozen=True)
class _Filled:
    """A book to be filled: from, to, values, words to replace, and what to do with the bytes afterwards."""

    source: Path
    to: Path
    values: dict[Spot, Typed]
    texts: dict[str, str]
    mishap: Mishap | None = None


def run_demo(
    scheme_path: Path | str, folder: Path | str, progress: Progress = silent, *, seed: int = SEED, despite: str = ""
) -> tuple[DemoResult | None, list[Problem]]:
    """Make a round in a new folder, hand out, fill by simulation, collect until all is in, score and publish.

    The folder is there at the end, whole, or not at all. despite: why a scheme whose check is red is used all the
    same (see `clearance`).
    """
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        return None, [problem("FOLDER_NOT_EMPTY", Where(str(target)), found=target.name)]
    start = time.perf_counter()
    with made_whole(target) as making, tempfile.TemporaryDirectory() as elsewhere:
        key = hashlib.sha256(f"demo|{seed}".encode()).digest()
        before, problems = earlier_rounds(scheme_path, Path(elsewhere), seed, progress, despite)
        period = last_period(scheme_path)
        round_, faults = new_round(scheme_path, making, key=key, despite=despite, after=before, period=period)
        if round_ is None:
            return None, [*problems, *faults]
        problems += faults
        issued = distribute(round_, progress)
        stage = stage_of(scheme_path, round_.scheme, round_.plan)
        simulate_round(round_, seed, progress, stage)
        first = collect(round_, progress)
        simulate_corrections(round_, seed, progress, stage)
        collect(round_, progress)
        distribute(round_, progress, only=(SCORER,))  # with what was reported
        simulate_scorers(round_, seed, progress, stage)
        collect(round_, progress)
        publish_scores(round_)
        simulate_office(round_, seed, stage)
        last = collect(round_, progress)
        published = publish_scores(round_)
        for at in before:
            shutil.copytree(at, making / FOLDER / at.name)
    there = replace(round_, folder=target)
    return DemoResult(there, issued, first, last, published, time.perf_counter() - start), problems


def simulate_round(round_: Round, seed: int = SEED, progress: Progress = silent, stage: Stage | None = None) -> None:
    """Fill the units' books and drop them into the inbox under the names people give; some are broken on purpose."""
    units = [p for p in parcels_of(round_) if p.kind not in OFFICIAL]
    with tempfile.TemporaryDirectory() as elsewhere:  # last year's book was never issued here
        maker = _Maker(round_, seed, units, Path(elsewhere), stage)
        jobs = [maker.job(number, parcel) for number, parcel in enumerate(units)]
        _fill(jobs, progress)
    for number, parcel in enumerate(units):
        if AT.get(number) == "twice":
            sent = jobs[number].to
            (sent.parent / f"{parcel.name} - 副本.xlsx").write_bytes(sent.read_bytes())


def simulate_corrections(
    round_: Round, seed: int = SEED, progress: Progress = silent, stage: Stage | None = None
) -> None:
    """Send again, put right, what was broken, but for one unit."""
    simulation = _simulation(round_, seed, stage)
    jobs = []
    for number, parcel in enumerate(p for p in parcels_of(round_) if p.kind not in OFFICIAL):
        if AT.get(number) not in (None, *HARMLESS, NEVER_CORRECTED):
            party = parcel.kind, parcel.whom
            values = typed(simulation.inputs(party) | simulation.claims(party), round_.plan)
            to = round_.inbox / CORRECTED / f"{parcel.name}{parcel.file.parent.name}（修改）.xlsx"
            jobs.append(_Filled(round_.folder / parcel.file, to, _days(round_, values), {}))
    _fill(jobs, progress)


def simulate_scorers(round_: Round, seed: int = SEED, progress: Progress = silent, stage: Stage | None = None) -> None:
    """Fill the scorers' books; they leave the unit blank that has sent nothing they could score."""
    simulation = _simulation(round_, seed, stage)
    jobs = []
    absent = _absent(round_)
    for parcel in parcels_of(round_):
        if parcel.kind == "scorer":
            inputs = simulation.inputs(("scorer", parcel.whom))
            inputs |= _of_office(round_, simulation)[0] if parcel.whom == round_.scheme.office else {}
            inputs = _without(round_, inputs, absent)
            to = round_.inbox / f"打分表（{parcel.name}）.xlsx"
            jobs.append(_Filled(round_.folder / parcel.file, to, _days(round_, typed(inputs, round_.plan)), {}))
    _fill(jobs, progress)


def simulate_office(round_: Round, seed: int = SEED, stage: Stage | None = None) -> None:
    """Fill the office's own cells in the 总表: decisions on claims, deductions found on inspection."""
    simulation = _simulation(round_, seed, stage)
    inputs = _without(round_, _of_office(round_, simulation)[1], _absent(round_))
    inputs |= simulation.decisions(round_.tables()) | simulation.imposed(6)
    values = _days(round_, typed(inputs, round_.plan))
    fill_book(round_.out / "总表.xlsx", round_.inbox / f"总表（{round_.scheme.office}填）.xlsx", values)


def _of_office(round_: Round, simulation: Simulation) -> tuple[Inputs, Inputs]:
    """Return the office's own cells: those that its 打分表 holds, where it scores too, and those of the 总表 alone."""
    issued = round_.state().issued.get(("scorer", round_.scheme.office))
    tables = read_record(round_.records / record_name(issued.serial))[0].tables if issued is not None else ()
    held = {(table.plan_sheet, key, name) for table in tables for key in table.rows for name in table.columns}
    cells = simulation.inputs(MASTER)
    return {s: v for s, v in cells.items() if s in held}, {s: v for s, v in cells.items() if s not in held}


# ---- jobs --------------------------------------------------------------------------------------


def _simulation(round_: Round, seed: int, stage: Stage | None) -> Simulation:
    return Simulation(round_.plan, round_.scheme.tables, round_.scheme.office, seed, stage)


class _Maker:
    """Makes what the units send at first."""

    def __init__(self, round_: Round, seed: int, units: list[Parcel], elsewhere: Path, stage: Stage | None) -> None:
        self._round, self._units, self._elsewhere = round_, units, elsewhere
        self._simulation, self._other = (_simulation(round_, s, stage) for s in (seed, seed + 1))
        self._roster = roster_of(round_)
        self._state = round_.state()

    def job(self, number: int, parcel: Parcel) -> _Filled:
        """Make the book of one unit, with the mishap of its place in the list."""
        mishap = AT.get(number)
        whose = self._units[number - 1] if mishap == "neighbour" else parcel
        simulation = self._other if mishap == "neighbour" else self._simulation
        party = whose.kind, whose.whom
        inputs = simulation.inputs(party) | simulation.claims(party)
        values = _days(self._round, typed(inputs, self._round.plan))
        spoiled(mishap, values, self._round.plan, self._roster.rows)
        pasted = {self._code(parcel): self._code(self._units[number - 1])} if mishap == "pasted" else {}
        source = self._round.folder / whose.file
        if mishap == "last_year":
            source = _last_year(self._round, parcel, self._elsewhere)
        to = self._round.inbox / _NAMES[number % len(_NAMES)].format(name=parcel.name)
        return _Filled(source, to, values, pasted, mishap)

    def _code(self, parcel: Parcel) -> str:
        serial = self._state.issued[parcel.kind, parcel.whom].serial
        return identity_of(self._round, parcel.kind, parcel.whom, serial).code()


def _last_year(round_: Round, parcel: Parcel, folder: Path) -> Path:
    """Write the book the same unit would have had the year before into a folder."""
    year = round_.year - 1
    name = round_.scheme.id.replace(str(round_.year), str(year))
    identity = sealed(Identity(parcel.kind, name, name, year, parcel.whom, 1), hashlib.sha256(b"last year").digest())
    file = folder / "去年的表.xlsx"
    write_unit_book(score(round_.plan, round_.scheme.tables), parcel.whom, file, identity)
    return file


def _absent(round_: Round) -> set[str]:
    """Return the unit that never sends a book that can be read."""
    units = [p.whom for p in parcels_of(round_) if p.kind == "unit"]
    return {units[n] for n, mishap in AT.items() if mishap == NEVER_CORRECTED and n < len(units)}


def _without(round_: Round, inputs: Inputs, units: set[str]) -> Inputs:
    roster = roster_of(round_)
    sheets = round_.plan.by_name
    return {
        at: value for at, value in inputs.items()
        if roster.unit_of(sheets[at[0]], roster.rows[at[0], at[1]]) not in units
    }  # fmt: skip


def _days(round_: Round, values: dict[Spot, Typed]) -> dict[Spot, Typed]:
    """Type dates as dates."""
    sheets = round_.plan.by_name
    return {at: _day(v) if sheets[at[0]].by_name[at[2]].holds == "date" else v for at, v in values.items()}


def _day(value: Typed) -> date | Typed:
    return day_of(Fraction(value)) if isinstance(value, float) else value


def _fill(jobs: list[_Filled], progress: Progress) -> None:
    for job in jobs:
        job.to.parent.mkdir(parents=True, exist_ok=True)
    start = time.time_ns()
    for done, (job, _) in enumerate(zip(jobs, shared_out(_fill_one, None, jobs), strict=True), 1):
        progress(done, len(jobs), f"模拟填报：{job.to.name}")
    apart = max(_APART, (time.time_ns() - start) // max(len(jobs), 1))
    for number, job in enumerate(jobs):  # workers end in any order; of two books of one unit the later one counts
        os.utime(job.to, ns=(start + number * apart,) * 2)


def _fill_one(_: None, job: _Filled) -> None:
    """Fill one book and let its mishap happen to the file."""
    if job.mishap == "pdf":
        job.to.write_bytes(PDF)
        return
    fill_book(job.source, job.to, job.values, job.texts)
    if job.mishap == "truncated":
        data = job.to.read_bytes()
        job.to.write_bytes(data[: len(data) * 2 // 3])
