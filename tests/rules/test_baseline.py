"""What is usual, and what is more: worked by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from workflows.rules.baseline import baseline, weeks_known

MONDAY = date(2026, 11, 16)
#: Mean 5; squares of the differences 9+1+1+1+0+0+4+16 = 32, over 7 is 4.5714, whose root is 2.1381.
MONDAYS = (2, 4, 4, 4, 5, 5, 7, 9)
DAILY = {MONDAY - timedelta(weeks=back): n for back, n in enumerate(MONDAYS, 1)}


def test_a_day_is_held_against_its_own_weekday():
    found = baseline(DAILY, MONDAY, MONDAY, 8)
    assert (found.mean, round(found.spread, 4)) == (5, 2.1381)
    tuesday = MONDAY + timedelta(days=1)
    assert baseline(DAILY, tuesday, tuesday, 8).mean == 0


def test_hot_is_more_than_three_spreads_above_and_ten_at_least():
    found = baseline(DAILY, MONDAY, MONDAY, 8)
    assert next(n for n in range(20) if found.exceeded_by(n)) == 12  # 5 + 3 × 2.1381 = 11.41
    nothing = baseline({}, MONDAY, MONDAY, 8)
    assert not nothing.exceeded_by(9)
    assert nothing.exceeded_by(10)


def test_a_period_adds_up_its_days():
    week = baseline(DAILY, MONDAY, MONDAY + timedelta(days=6), 8)
    assert (week.mean, round(week.spread, 4)) == (5, 2.1381)
    two_mondays = baseline(DAILY, MONDAY, MONDAY + timedelta(days=7), 8)
    assert (two_mondays.mean, round(two_mondays.spread, 4)) == (10, 3.0237)  # √(2 × 4.5714)


def test_what_is_in_the_period_itself_is_not_its_baseline():
    assert baseline(DAILY | {MONDAY: 1000}, MONDAY, MONDAY + timedelta(days=30), 8).mean == 25


@pytest.mark.parametrize(("days", "weeks"), [(0, 0), (6, 0), (7, 1), (27, 3), (28, 4), (56, 8), (400, 8)])
def test_weeks_before_counting_began_are_not_known(days, weeks):
    assert weeks_known(MONDAY - timedelta(days=days), MONDAY) == weeks


def test_too_few_weeks_make_no_baseline():
    assert weeks_known(None, MONDAY) == 0
    assert baseline(DAILY, MONDAY, MONDAY, 3) is None
    four = baseline(DAILY, MONDAY, MONDAY, 4)
    assert (four.mean, four.spread) == (3.5, 1)  # 2 4 4 4
