"""灌南 2009 over three years of two rounds each: half-years, late commendations, shortlists go on by themselves."""

import pytest
from kit.guannan_years import FOLDER, money, years_of

from xlperf.scheme.load import load_scheme


@pytest.mark.parametrize("seed", [12])
def test_three_years_follow_each_other_as_the_paper_says(seed):
    scheme, _ = load_scheme(FOLDER)
    promoted, carried, staff, seen_from = [], [], [], set()
    for scores, paper, cadres, differing in years_of(scheme, seed, 3):
        assert differing == []
        by_person, by_all = money(scores)
        assert len(set(by_person)) == len(set(by_all)) == 1
        entries = [row for sheet in ("blames", "daily", "battles") for row in scores.rows(sheet)]
        assert {bool(row["entered"]) for row in entries} == {True, False}  # of the half-year, and its own
        seen_from |= {str(row["entered"])[5:10] for row in entries if row["entered"]}
        assert "是" in {row["again"] for row in entries}  # entered in both
        seen = {(row["period"], row["unit"]) for row in scores.rows("cadre_grades")}
        assert seen == {("3月自评", unit) for unit in paper.units}  # what the month's round took in
        assert {row["entry"] for row in scores.rows("unit_months")} == {f"m3-{unit}" for unit in paper.units}
        promoted.append(sum(row["promotion"] == "是" for row in cadres.values()))
        staff.append({row["subject"]: (row["years"], row["promotion"]) for row in scores.rows("staff")})
        carried.append(sum(r["carried"] for r in paper.t["late"]))
    assert seen_from == {"3月自评结", "第1季检查", "半年初评结"}
    assert promoted[:2] == [0, 0]
    assert promoted[2] > 0
    assert carried[0] == 0
    assert carried[1] > 0
    assert staff == [
        {"三年": (1, "否"), "隔年": (1, "否")},
        {"三年": (2, "否")},
        {"三年": (3, "是"), "隔年": (1, "否")},
    ]
