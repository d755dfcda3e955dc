"""灌南 2009 at length: drawn counties held against the second program, and the whole county over three years.

make counties COUNTIES=200      every computed cell of 200 drawn counties: year, half-year, month, quarter (minutes)
make county                     14 townships, 4 parks, 60 departments, 500 cadres, three years; LibreOffice judges
"""

from __future__ import annotations

import sys
import tempfile
import time
from functools import cache
from pathlib import Path

from kit.differences import differences
from kit.guannan_county import County
from kit.guannan_years import FOLDER, PERIODS, money, unlike_county, years_of
from kit.libreoffice import converted
from xlperf.engine.compile import compile_scheme
from xlperf.parallel import shared_out
from xlperf.scheme.load import load_scheme
from xlperf.workbook.books.master import write_master
from xlperf.workbook.seal import Identity, sealed

WHOLE = {"size": (14, 4, 60), "members": 6}
YEARS = 3


def counties(count):
    """Hold so many drawn counties against the second program; return the cells that differ, with their county."""
    return [d for found in shared_out(_county, None, range(count)) for d in found]


@cache
def _laid_out():
    scheme, _ = load_scheme(FOLDER)
    return scheme, {period: compile_scheme(scheme, {"period": period})[0] for period in PERIODS}


def _county(_, seed):
    scheme, plans = _laid_out()
    return [(seed, *cell) for cell in unlike_county(plans, County(scheme, seed).tables(), seed)]


def whole_county(seed=7):
    """Run the whole county over its years; return how many things are wrong. LibreOffice judges the last 总表."""
    scheme, _ = load_scheme(FOLDER)
    wrong, start = 0, time.perf_counter()
    for year, (scores, _, cadres, differing) in enumerate(years_of(scheme, seed, YEARS, **WHOLE), 2009):
        by_person, by_all = money(scores)
        unequal = len({*by_person}) > 1 or len({*by_all}) > 1
        wrong += len(differing) + unequal
        said = f"{len(cadres)} people, {len(differing)} cells differ, paid {float(by_person[0]):.2f}"
        streak = sum(row["promotion"] == "是" for row in cadres.values())
        print(f"{year}: {said} in three sums {'NOT ' * unequal}equal, {streak} of three years running", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder, "总表.xlsx")
        write_master(scores, book, identity=sealed(Identity("master", "r", "s", 2011, "", 1), b"k" * 32), scheme=scheme)
        (answered,) = converted([book], Path(folder, "answered"))
        told = differences(scores, answered, book)
    seconds = time.perf_counter() - start
    print(f"LibreOffice: {len(told)} formulas of the 总表 say otherwise {told[:5]}; {seconds:.0f} s")
    return wrong + len(told)


def main():
    """Run what is asked for; leave with 1 where something differs."""
    if sys.argv[1:] == ["county"]:
        sys.exit(whole_county() > 0)
    count = int(sys.argv[1])
    found = counties(count)
    print(f"{count} drawn counties: {len(found)} cells differ from the second program {found[:5]}")
    sys.exit(len(found) > 0)


if __name__ == "__main__":
    main()
