"""A person belongs to one department that is there: the tables of people, as a scheme gives them."""

import pytest
from kit.people import TABLES, write

from xlperf.scheme.load import read_scheme


@pytest.mark.parametrize(
    ("row", "code", "line"),
    [
        ("P9,孙七,,1\n", "ROW_WITHOUT_UNIT", 8),
        ("P9,孙七,D9,1\n", "ROW_UNKNOWN", 8),
        ("P1,张一平,D3,1\n", "OBJECT_TWICE", 8),
        ("P1,张一平,D1,1\n", "DUPLICATE_ROW", 8),
        (",孙七,D1,1\n", "ROW_WITHOUT_KEY", 8),
    ],
)
def test_a_person_belongs_to_one_department_that_is_there(tmp_path, row, code, line):
    problems = read_scheme(write(tmp_path, people=TABLES["people.csv"] + row))[1]
    assert [(p.code, p.where.file, p.where.line) for p in problems] == [(code, "people.csv", line)]
