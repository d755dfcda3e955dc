"""One spelling: what programs write differently is the same formula; what means something else is not."""

from __future__ import annotations

import pytest

from xlperf.formula.digests import WIDTH
from xlperf.formula.spelling import digest, plain_spelling

ISSUED = "=IF('市直 部门'!$B$7=\"\",\"\",MAX(0.05,SUM('市直 部门'!$P$7:$P$9)))"
SAME = [
    "=IF($'市直 部门'.$B$7=\"\";\"\";MAX(0.05;SUM($'市直 部门'.$P$7:.$P$9)))",
    "=if( '市直 部门'!B7 = \"\" , \"\" , max( 5E-2 , sum('市直 部门'!P7:P9) ) )",
    "=IF(@'市直 部门'!$B$7=\"\",\"\",_xlfn.MAX(.05,SUM('市直 部门'!$P$7:$P$9)))",
]
OTHER = [
    ISSUED.replace("0.05", "0.5"),
    ISSUED.replace("0.05", "5"),
    ISSUED.replace("$P$9", "$P$8"),
    ISSUED.replace("MAX", "MIN"),
    ISSUED.replace('"",""', '""," "'),
    ISSUED.replace("市直 部门", "市直部门二"),
    ISSUED.replace("MAX(0.05,", "MAX(0,0.05,"),
    ISSUED + "+1",
]


@pytest.mark.parametrize("other", SAME)
def test_the_same_formula(other: str):
    assert digest(other) == digest(ISSUED)


@pytest.mark.parametrize("other", OTHER)
def test_another_formula(other: str):
    assert digest(other) != digest(ISSUED)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("=SUM(A!$P$7:$P$7)", "=SUM($A.P7)"),
        ("=TRUE()", "=TRUE"),
        ("=ORG.XLPERF.FUNCTIONS.XPSHAREREACHED(1;2)", "=XP_SHARE_REACHED(1,2)"),
        ("=A1*1.50", "=A1*1.5"),
        ("={1,2;3,4}", "={1;2|3;4}"),
    ],
)
def test_what_programs_write_differently(one: str, other: str):
    assert plain_spelling(one) == plain_spelling(other)


def test_texts_stay_as_they_are():
    assert plain_spelling("=A1&\" 1.50; '$X'.y\"") == "A1&\" 1.50; '$X'.y\""


def test_a_digest_is_short():
    assert len(digest(ISSUED)) == WIDTH
