"""The page on writing a scheme and the code say the same: the parts of the file, the keys of a column, the roles."""

import re
from pathlib import Path

import pytest

from xlperf.scheme.vocabulary import COLUMN, OBJECT, SCHEME
from xlperf.terms import ROLES, SINGLE_ROLES

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "schemes.md").read_text("utf-8")
ROLE = re.compile(r"^\| `(\w+)` \| (\S+) \| [^|]+ \| (one|several) \|$", re.M)


def part(title):
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_part_of_the_file_has_its_row():
    first = re.findall(r"^\| (`[^|]+`) \|", part("The sections of the file"), re.M)
    assert sorted(re.findall(r"`(\w+)`", " ".join(first))) == sorted(SCHEME)
    row = next(line for line in part("The sections of the file").splitlines() if line.startswith("| `objects`"))
    assert set(OBJECT) <= set(re.findall(r"`(\w+)", row))


@pytest.mark.parametrize("page", ["schemes.md", "developing.md"])
def test_every_key_of_a_column_is_listed(page):
    listed = re.search(r"`\{(is: key[^}]+)\}`", (DOCS / page).read_text("utf-8"))
    assert listed is not None
    keys = [word.partition(":")[0].strip() for word in listed[1].split(",")]
    assert sorted(keys) == sorted(set(COLUMN) - {"before"}), "`before` goes with `like`"
    assert "`before:`" in PAGE


def test_every_role_is_in_the_table_and_says_how_many_columns_may_have_it():
    rows = ROLE.findall(part("What a column is for"))
    assert [(role, zh) for role, zh, _ in rows] == [*ROLES.items()]
    assert {role for role, _, many in rows if many == "one"} == SINGLE_ROLES
