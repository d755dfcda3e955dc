"""Every rule on random rows: exact = arithmetic by hand = array = LibreOffice, without one difference.

10,000 rows each by `make random-rows`, fewer in every run. A cell that is empty holds nothing in one row and a formula
that shows "" in the next; in some rows the figures stand in the formula itself. Rules that look at other rows are tried
in `test_links_random`.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from kit.faces import Arrays, Columns, RowAddresses, with_constants
from kit.judge import Formula, Judge, agrees, read_cell
from kit.mass_judge import judged
from kit.random_decisions import DECISIONS
from kit.random_plain import PLAIN
from kit.random_points import POINTS
from kit.random_rows import ROWS, Row, Trial
from kit.random_small import SMALL

from xlperf.formula import array
from xlperf.formula.evaluate import evaluate
from xlperf.formula.excel import formula
from xlperf.formula.expression import Expr
from xlperf.formula.values import EXEMPT, Value
from xlperf.rules import RULES

FIXED = 10  # in every tenth row the figures stand in the formula
TRIALS = {trial.word: trial for trial in (*PLAIN, *POINTS, *DECISIONS, *SMALL)}
FILES = -(-ROWS // 5000)  # conversions; of many rows one would need more memory than it saves time


@dataclass(frozen=True)
class Sample:
    """The rows of a trial and what must come out."""

    trial: Trial
    rows: Sequence[Row]
    expected: Sequence[Value]

    @property
    def names(self) -> list[str]:
        return list(self.rows[0])

    def face(self, evaluated: object, source: type[Columns]) -> list[object]:
        """Evaluate each variant on its own rows and put the results back in order."""
        made: list[object] = [None] * len(self.rows)
        exprs = self.trial.exprs()
        for i, expr in enumerate(exprs):
            rows = self.rows[i :: len(exprs)]
            columns = {n: [row[n] for row in rows] for n in self.names}
            made[i :: len(exprs)] = evaluated(expr, "", source(columns, self.trial.texts, len(rows)))
        return made

    def grid(self) -> list[list[object]]:
        """Write every row: the formula in the second column, the inputs after it."""
        exprs = self.trial.exprs()
        texts = [self._formula(e, frozenset(), False) for e in exprs]
        grid = []
        for i, row in enumerate(self.rows):
            text = texts[i % len(exprs)]
            if i % FIXED == FIXED - 1 and EXEMPT not in row.values():
                text = self._formula(with_constants(exprs[i % len(exprs)], row), frozenset(), True)
            empty = Formula('""') if i % 2 else None
            inputs = [empty if row[n] is None else row[n] for n in self.names]
            grid.append([None, Formula(text.replace("9999999", str(i + 1))), *inputs])
        return grid

    def _formula(self, e: Expr, filled: frozenset[str], clean: bool) -> str:
        numbers = frozenset(self.names) - self.trial.texts
        return formula(e, RowAddresses(self.names, 9999999, self.trial.texts, numbers, clean, filled))


@pytest.fixture(scope="module")
def samples() -> dict[str, Sample]:
    random.seed(20210303)
    made = {}
    for word, trial in TRIALS.items():
        rows = trial.rows(ROWS)
        made[word] = Sample(trial, rows, trial.expected(rows))
    return made


@pytest.fixture(scope="module")
def shown(judge: Judge, samples: dict[str, Sample]) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {}
    for i in range(FILES):
        made |= judged(judge, {word: samples[word].grid() for word in list(samples)[i::FILES]}, column=1)
    return made


@pytest.mark.parametrize("word", TRIALS)
def test_exact_face_equals_arithmetic_by_hand(samples: dict[str, Sample], word: str):
    sample = samples[word]
    got = sample.face(evaluate, Columns)
    assert [(sample.rows[i], got[i], e) for i, e in enumerate(sample.expected) if got[i] != e] == []


@pytest.mark.parametrize("word", TRIALS)
def test_array_face(samples: dict[str, Sample], word: str):
    sample = samples[word]
    got = [plain_cell(x) for x in sample.face(array.evaluate, Arrays)]
    assert [(sample.rows[i], got[i], e) for i, e in enumerate(sample.expected) if not agrees(got[i], e)] == []


def plain_cell(x: object) -> object:
    if not isinstance(x, float):
        return x
    return None if x != x else EXEMPT if abs(x) == float("inf") else float(x)


@pytest.mark.libreoffice
@pytest.mark.parametrize("word", TRIALS)
def test_formula_face(samples: dict[str, Sample], shown: dict[str, list[str]], word: str):
    sample = samples[word]
    cells = [read_cell(text, e) for text, e in zip(shown[word], sample.expected, strict=True)]
    assert [(sample.rows[i], cells[i], e) for i, e in enumerate(sample.expected) if not agrees(cells[i], e)] == []


@pytest.mark.parametrize("word", TRIALS)
def test_the_sample_holds_what_matters(samples: dict[str, Sample], word: str):
    """Blanks, 不适用 and several different results are in every sample."""
    expected = samples[word].expected
    assert expected.count(None) > ROWS / 100
    exempt_passes = word not in ("mean_present", "target_from", "in_a_row")  # there 不适用 is a cell that is not there
    assert not exempt_passes or expected.count(EXEMPT) > ROWS / 100
    assert len({e for e in expected if e is not None}) > 2


ELSEWHERE = {  # they look at other rows: `test_links_random`, `test_laid_random`
    "lookup", "total", "counted", "numbers_in", "mean_of", "rank", "shared_out", "awarded", "best_of",
}  # fmt: skip


def test_every_rule_is_tried():
    assert set(TRIALS) | ELSEWHERE == set(RULES)
