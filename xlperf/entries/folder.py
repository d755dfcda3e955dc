"""A round's tables as CSV files in one folder: units.csv, marks.csv, events.csv, people.csv, history.csv and so on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from xlperf.engine.compile import compile_scheme
from xlperf.engine.plan import Tables
from xlperf.entries.given import ColumnLines, Given
from xlperf.entries.tables import judged_tables, table_names
from xlperf.many import many_objects
from xlperf.problems import Problem, Where, errors, problem
from xlperf.scheme.model import Scheme
from xlperf.scheme.reading.cells import is_empty
from xlperf.scheme.reading.tables import read_lines

_PERHAPS_BLANK = re.compile(r"^(?![^\W_])", re.MULTILINE)  # what begins with a letter or a digit is no blank


@many_objects()
def read_data(
    scheme: Scheme, folder: Path | str, readings: Mapping[str, str] | None = None
) -> tuple[Tables, list[Problem]]:
    """Read a folder of CSV files into the scheme's tables.

    A table without a file is the scheme's own. The tables can be scored even where a problem is an
    error: a cell that cannot be read is blank, and what needs it stays blank. readings: adopted options
    other than the scheme's, under which limits may differ.
    """
    plan, problems = compile_scheme(scheme, readings)
    if errors(problems):
        return {}, problems
    at = Path(folder)
    names = table_names(plan)
    found = {f.stem: f for f in sorted(at.glob("*.csv"))} if at.is_dir() else {}
    for stray in sorted(found.keys() - set(names)):
        near = get_close_matches(stray, names, 1, 0.75)
        code = "DATA_UNKNOWN_TABLE" if near else "DATA_UNKNOWN_FILE"
        file = f"{stray}.csv"
        problems.append(problem(code, Where(file), found=file, nearest=near[0] if near else "、".join(names)))
    if not found.keys() & set(names):
        return dict(scheme.tables), [*problems, problem("NO_DATA", Where(str(at)), found=at.name)]
    given = {}
    for name in (n for n in names if n in found):
        given[name], faults = given_file(found[name])
        problems += faults
    tables, judged = judged_tables(scheme, plan, given)
    return tables, [*problems, *judged]


def given_file(file: Path) -> tuple[Given, list[Problem]]:
    """Return what stands in a CSV file, every cell as its text."""
    text, problems = read_lines(file, file.name)
    columns = {name: _cells(column) for name, column in zip(text.names, text.columns, strict=True)}
    return Given(file.name, text.names, ColumnLines(text.numbers, columns), text.header), problems


def _cells(written: Sequence[str]) -> Sequence[str | None]:
    """Return the cells of a column, blanks as None."""
    if not _PERHAPS_BLANK.search("\n".join(written)):
        return written
    cells = {c: None if is_empty(c) else c for c in {*written}}
    return [*map(cells.__getitem__, written)]
