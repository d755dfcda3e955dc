"""The mechanisms of the scheme language on random rows, every face; `make mechanisms` holds 10,000 rows of each."""

import pytest
from kit.mechanisms import MECHANISMS, mechanisms
from kit.programs import need


@pytest.mark.libreoffice
def test_by_hand_exact_array_and_libreoffice_are_equal(tmp_path):
    need("soffice")
    held = mechanisms(60, tmp_path)
    assert len(held) == len(MECHANISMS)
    assert [str(one) for one in held if one.wrong] == []
    assert all(one.rows >= 60 and one.cells >= one.rows for one in held)
