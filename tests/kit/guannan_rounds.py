"""灌南 2009 as an office runs it: a round a month, a quarter, the half-year and the year, by the command line alone.

make year                 the whole county, January to December, four quarters, half-year, year (an hour)
make year COUNTY=small    two townships, four parks, one department

Every round is made after those before it (`new 2009/m3 --as m3 --after 2009`), its books are handed out, filled in as
people do, dropped into the inbox, taken in, scored, the office's own cells typed into the 总表, taken in and frozen.
"""

from __future__ import annotations

import csv
import shutil
import sys
import tempfile
import time
from pathlib import Path

from click.testing import CliRunner

from kit.guannan_years import FOLDER
from xlperf.cli import main as command
from xlperf.demo.demo import simulate_office
from xlperf.demo.mishaps import typed
from xlperf.demo.simulate import Simulation
from xlperf.engine.plan import UNIT
from xlperf.rounds.parcels import parcels_of
from xlperf.rounds.store import open_round
from xlperf.workbook.back.fill import fill_book

YEAR = ("m1", "m2", "m3", "q1", "m4", "m5", "m6", "q2", "h1", "m7", "m8", "m9", "q3", "m10", "m11", "m12", "q4", "y")
SMALL = ("T01", "T02", "P01", "P02", "P03", "P04", "D01")
MEMBERS = 3  # of each unit of the small county, the head among them


def small_county(folder):
    """Copy the scheme with a few of its units, and of these a few people; return the folder of the scheme."""
    to = folder / FOLDER.name
    shutil.copytree(FOLDER, to)
    seen = dict.fromkeys(SMALL, 0)
    for name, column in (("units", "code"), ("people", "unit"), ("tasks", "unit"), ("results", "unit")):
        with (to / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row[column] in seen]
        if name == "people":
            for row in list(rows):
                seen[row["unit"]] += 1
                if seen[row["unit"]] > MEMBERS:
                    rows.remove(row)
        with (to / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    return to


def year_of(scheme, folder, periods=YEAR, seed=7):
    """Run rounds one after another; give of each its period, the round, its books handed out, and the seconds."""
    before = False
    for period in periods:
        at, start = folder / period, time.perf_counter()
        run("new", scheme, at, "--as", period, *(("--after", folder) if before else ()))
        run("distribute", at)
        round_, _ = open_round(at)
        filled(round_, seed)
        run("collect", at)
        run("score", at)
        simulate_office(round_, seed)
        run("collect", at)
        run("score", at)
        run("freeze", at)
        before = True
        yield (
            period,
            open_round(at)[0],
            sum(p.kind != "master" for p in parcels_of(round_)),
            time.perf_counter() - start,
        )


def run(*words):
    """Run a command as typed; what it refuses stops the year."""
    done = CliRunner().invoke(command, list(map(str, words)))
    assert done.exit_code in (0, 3), f"{words}: {done.output}"
    return done


def filled(round_, seed):
    """Fill every book that was handed out and drop it into the inbox."""
    simulation = Simulation(round_.plan, round_.scheme.tables, round_.scheme.office, seed)
    for parcel in parcels_of(round_):
        if parcel.kind != "master":
            party = (parcel.kind, parcel.whom)
            values = typed(simulation.inputs(party) | simulation.claims(party), round_.plan)
            to = round_.inbox / f"{parcel.file.parent.name}{parcel.file.stem}.xlsx"
            fill_book(round_.folder / parcel.file, to, values)


def wrong_with(round_, period, before):
    """List what is not as it should be in a round that is over: a book not in, a month not seen.

    before: the periods run before it.
    """
    state = round_.state()
    found = [f"{p.name} not in" for p in parcels_of(round_) if (p.kind, p.whom) not in state.current]
    found += ["not frozen"] * (not state.closed)
    scores = round_.scores()
    for name, kind in (("unit_months", "m"), ("unit_quarters", "q")):
        if kind != period[0] and name in round_.plan.by_name:
            seen = {row["entry"].partition("-")[0] for row in scores.rows(name)}
            wanted = {p for p in before if p[0] == kind}
            found += [f"{name} has {sorted(seen)}"] * (seen != wanted)
    return found


def main():
    """Run the year and say of every round how many books came back and what is wrong."""
    wrong = 0
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        scheme = small_county(folder / "scheme") if sys.argv[1:] == ["small"] else FOLDER
        before = []
        for period, round_, books, seconds in year_of(scheme, folder):
            told = wrong_with(round_, period, before)
            before.append(period)
            wrong += len(told)
            by_unit = sum(p.kind == UNIT for p in parcels_of(round_))
            print(f"{round_.plan.title}: {books} books ({by_unit} of units) out and in, {seconds:.0f} s {told or ''}")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
