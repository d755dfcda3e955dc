"""The shipped schemes that tests of minutes run over: all but the largest, and that one too where all are asked for.

`make every-scheme` asks for all. The largest (90 books, 512 people) is held against LibreOffice in every run by
test_workbook_judge, as a county of twenty units that is drawn, and against the paper by its own tests; whole by
`make every-scheme` and `make county`.
"""

from __future__ import annotations

import os

from xlperf.scheme.find import schemes_available

LARGEST = "guannan-2009"
ALL = os.environ.get("XLPERF_SCHEMES") == "all"
LONG_RUN = [path.name for path in schemes_available() if ALL or path.name != LARGEST]
SMALLEST = "three-units"


def in_turn(test: int, of: int) -> list[str]:
    """Share the schemes out to tests of the same machinery: each has the smallest and some of the others.

    test: which of them, counted from 0; of: how many there are. Where all are asked for, each has all.
    """
    others = [name for name in LONG_RUN if name != SMALLEST]
    return LONG_RUN if ALL else [SMALLEST, *others[test::of]]
