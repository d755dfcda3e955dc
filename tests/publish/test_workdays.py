"""Deadlines in working days, against a table made by hand from the announced holidays."""

from datetime import date

import pytest

from xlperf.rounds.workdays import NoCalendar, is_workday, own_days, workdays_after

# day of receipt, working days, the last day; by hand from the notices of the State Council's office for 2017-2026
DEADLINES = """
2017-12-29 2 2018-01-03
2017-12-27 2 2017-12-29
2017-12-28 2 2018-01-02
2018-02-09 2 2018-02-12
2018-02-11 2 2018-02-13
2018-02-14 2 2018-02-23
2018-02-14 3 2018-02-24
2018-02-24 1 2018-02-26
2018-09-28 2 2018-09-30
2018-09-30 1 2018-10-08
2019-02-01 2 2019-02-03
2019-02-03 1 2019-02-11
2019-09-27 2 2019-09-30
2019-09-29 2 2019-10-08
2020-01-17 2 2020-01-20
2020-01-23 1 2020-02-03
2020-09-30 2 2020-10-10
2020-10-09 1 2020-10-10
2021-02-05 2 2021-02-08
2021-02-10 2 2021-02-19
2021-02-19 1 2021-02-20
2021-09-30 2 2021-10-09
2022-01-28 2 2022-01-30
2022-01-30 1 2022-02-07
2022-09-30 2 2022-10-09
2023-01-20 2 2023-01-29
2023-01-28 1 2023-01-29
2023-09-28 2 2023-10-08
2024-02-02 2 2024-02-05
2024-02-09 2 2024-02-19
2024-02-18 1 2024-02-19
2024-09-30 2 2024-10-09
2024-10-11 1 2024-10-12
2025-01-24 2 2025-01-27
2025-01-27 2 2025-02-06
2025-02-07 1 2025-02-08
2025-09-26 2 2025-09-29
2025-09-30 2 2025-10-10
2025-10-10 1 2025-10-11
2026-02-13 1 2026-02-14
2026-02-13 2 2026-02-24
2026-02-27 1 2026-02-28
2026-09-30 2 2026-10-09
2026-10-09 1 2026-10-10
2026-11-20 2 2026-11-24
2026-11-21 2 2026-11-24
"""
TABLE = [
    (date.fromisoformat(a), int(n), date.fromisoformat(b)) for a, n, b in map(str.split, DEADLINES.split("\n")[1:-1])
]


def test_the_table_is_long_enough():
    assert len(TABLE) >= 40


@pytest.mark.parametrize(("day", "count", "due"), TABLE)
def test_a_deadline_is_the_one_worked_out_by_hand(day, count, due):
    assert workdays_after(day, count, {}) == due


def test_of_a_year_nobody_has_announced_nothing_is_guessed():
    with pytest.raises(NoCalendar, match="2031"):
        workdays_after(date(2031, 1, 6), 2, {})
    with pytest.raises(NoCalendar):
        workdays_after(date(2030, 12, 31), 1, {})


def test_the_list_of_the_office_goes_before_what_was_announced(tmp_path):
    (tmp_path / "holidays.csv").write_text("day,says\n2026-11-23,休\n2031-01-01,休\n2031-01-04,班\n", "utf-8-sig")
    own, problems = own_days(tmp_path)
    assert problems == []
    assert workdays_after(date(2026, 11, 20), 1, own) == date(2026, 11, 24)
    assert workdays_after(date(2031, 1, 3), 1, own) == date(2031, 1, 4)  # a Saturday that is worked
    assert not is_workday(date(2031, 1, 5), own)


def test_every_wrong_line_of_the_list_is_told(tmp_path):
    assert own_days(tmp_path) == ({}, [])
    (tmp_path / "holidays.csv").write_text("day,says\n2026-2-30,休\n2026-11-23,上班\n\n2026-11-24\n", "utf-8")
    _, problems = own_days(tmp_path)
    assert [(p.code, p.where.line) for p in problems] == [("HOLIDAYS_UNREAD", n) for n in (2, 3, 5)]
    (tmp_path / "holidays.csv").write_text("day,says\n2026-11-23,休\n", "gb18030")
    assert [p.code for p in own_days(tmp_path)[1]] == ["NOT_UTF8"]
