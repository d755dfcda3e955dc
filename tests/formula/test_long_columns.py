"""A column longer than a block is rounded as each of its numbers is."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from xlperf.formula import values
from xlperf.formula.decisions import half_up
from xlperf.formula.vectors import BLOCK

SIZE = 2 * BLOCK + 77
SPECIAL = (np.nan, np.inf, -np.inf, 0.0, -0.0, 1e13, 123456789012345.0, 1e300, 2.675, -2.675, 1.005)


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("digits", [-1, 0, 2, "each"])
def test_a_long_column_is_rounded_as_its_numbers_are(digits, large):
    draw = np.random.default_rng(3)
    x = draw.integers(-(10**7), 10**7, SIZE) / 1000 * 0.7
    x[:: SIZE // 50] = draw.choice([v for v in SPECIAL if large or np.isnan(v) or abs(v) < 100], x[:: SIZE // 50].size)
    asked = draw.integers(0, 4, SIZE).astype(float) if digits == "each" else digits
    found = half_up(x, asked)
    for at in range(0, SIZE, 97):
        one = half_up(x[at : at + 1], asked[at : at + 1] if digits == "each" else asked)
        np.testing.assert_array_equal(found[at : at + 1], one)
        if abs(x[at]) < 1e7:
            places = int(asked[at]) if digits == "each" else asked
            exact = values.half_up(Fraction(f"{x[at]:.15g}"), places)
            assert abs(found[at] - float(exact)) <= 1e-9
