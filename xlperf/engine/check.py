"""The whole check of a scheme: reading, names, tables, the numbers stated, binding, 体检 and worked examples.

Everything that can be said is said at once: a later stage is left out only where what it looks at could
not be read, so that nobody mends one thing to learn of the next; worked examples that need it are named as not
run. Whoever issues, scores or publishes asks `standing` first.
"""

from __future__ import annotations

from collections.abc import Iterable

from xlperf.engine.compile import compile_scheme
from xlperf.engine.criteria import criteria_problems
from xlperf.engine.examples import check_examples
from xlperf.engine.lint import lint_problems
from xlperf.engine.must import table_problems
from xlperf.engine.roles import open_roles
from xlperf.engine.secrecy import secrecy_problems
from xlperf.engine.unsound import touched, unsound_of
from xlperf.engine.words import word_problems
from xlperf.problems import Problem, errors
from xlperf.scheme.checking.check import check_scheme
from xlperf.scheme.load import scheme_of
from xlperf.scheme.model import Scheme
from xlperf.scheme.source import Source

EXAMPLE_CODES = frozenset({"EXAMPLE_FAILED", "EXAMPLE_NO_ROW"})  # a worked example does not come out
_OF_A_CELL = ("NOT_A_NUMBER", "NOT_A_DATE")  # the row stands, one cell of it does not
_KEPT: dict[str, tuple[Problem, ...]] = {}  # digest of the scheme's files → what its check says


def check_source(source: Source) -> tuple[Scheme | None, list[Problem]]:
    """Check what a source holds, as far as it goes; the scheme is None where there is none at all."""
    scheme, problems = scheme_of(source)
    if scheme is None:
        return None, problems
    if not errors(problems):
        return scheme, [*problems, *standing(scheme)]
    return scheme, list(dict.fromkeys([*problems, *findings(scheme, errors(problems))]))


def standing(scheme: Scheme) -> tuple[Problem, ...]:
    """Return what the check says of a scheme that was read without error; worked out once a content."""
    if not scheme.digest:
        return tuple(findings(scheme))
    if scheme.digest not in _KEPT:
        _KEPT[scheme.digest] = tuple(findings(scheme))
    return _KEPT[scheme.digest]


def red_examples(scheme: Scheme) -> list[Problem]:
    """List the worked examples that do not come out."""
    return [p for p in standing(scheme) if p.code in EXAMPLE_CODES]


def findings(scheme: Scheme, wrong: Iterable[Problem] = ()) -> list[Problem]:
    """Run every stage after reading. wrong: errors of reading; what they touch is not looked at again."""
    wrong = list(wrong)
    spoilt = {p.where.file for p in wrong}
    unread = {table: _cells_unread(file, wrong) for table, file in scheme.table_files.items() if file in spoilt}
    said = check_scheme(scheme, unread)
    plan, bound = compile_scheme(scheme, whole=True)
    if not errors([*wrong, *bound]):
        more = (table_problems, criteria_problems, word_problems)
        bound = [*bound, *(p for check in more for p in check(scheme, plan))]
    odd = lint_problems(scheme, plan, rows=not errors([*wrong, *bound]))
    examples = check_examples(scheme, touched(scheme, [*wrong, *said]), unsound_of(scheme, wrong, unread))
    return list(
        dict.fromkeys([*said, *bound, *odd, *open_roles(plan, scheme), *secrecy_problems(plan, scheme), *examples])
    )


def _cells_unread(file: str, wrong: Iterable[Problem]) -> frozenset[str]:
    """Return the columns of a file that hold a cell nobody can read; none where more is wrong with it than cells."""
    here = [p for p in wrong if p.where.file == file]
    cells = [p.where.path for p in here if p.code in _OF_A_CELL and p.where.path]
    return frozenset(cells) if len(cells) == len(here) else frozenset()
