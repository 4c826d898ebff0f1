"""Where counting of limits is known to go wrong elsewhere, each tried here by its name."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.rules.official import DUTY, OFFICE, OFFICE_BLOCKS, at
from workflows.rules.accounting import put_back, time_lost
from workflows.rules.calendar import Basis, Calendar, due, elapsed, warn_at, working_minutes

FRIDAY_LATE, MONDAY = at("2026-03-06 17:00"), at("2026-03-09 09:30")


@pytest.mark.parametrize(
    ("stopped", "resumed", "moved"),
    [
        (FRIDAY_LATE, MONDAY, "2026-03-09 11:30"),  # half an hour on each day, not the weekend between them
        (at("2026-03-06 18:00"), at("2026-03-09 08:00"), "2026-03-09 10:30"),
    ],
    ids=["over a weekend", "outside office hours"],
)
def test_a_pause_is_added_in_working_time_to_the_due_and_not_in_real_time_to_the_start(stopped, resumed, moved):
    start = at("2026-03-06 15:00")
    whole = due(OFFICE, start, Basis.WH, 4)
    assert whole == at("2026-03-09 10:30")
    assert put_back(OFFICE, Basis.WH, whole, time_lost(OFFICE, Basis.WH, stopped, resumed)) == at(moved)
    assert due(OFFICE, start + (resumed - stopped), Basis.WH, 4) != at(moved)


def test_business_hours_are_respected():
    assert due(OFFICE, at("2026-03-06 17:29"), Basis.WH, 1) == at("2026-03-09 09:59")
    assert due(OFFICE, at("2026-03-07 11:00"), Basis.WH, 1) == at("2026-03-09 10:00")
    assert elapsed(OFFICE, at("2026-03-06 17:30"), at("2026-03-09 09:00"), Basis.WH) == 0
    assert due(DUTY, at("2026-03-07 23:30"), Basis.WH, 1) == at("2026-03-08 00:30")


def test_a_day_split_by_lunch_has_no_time_at_lunch():
    assert due(OFFICE, at("2026-03-02 11:30"), Basis.WH, 2) == at("2026-03-02 15:00")
    assert due(OFFICE, at("2026-03-02 12:40"), Basis.WH, 1) == at("2026-03-02 14:30")
    assert working_minutes(OFFICE, at("2026-03-02 12:00"), at("2026-03-02 13:30")) == 0


def test_a_make_up_saturday_is_worked_and_a_holiday_on_a_weekday_is_not():
    assert due(OFFICE, at("2026-02-13 10:00"), Basis.WD, 1) == at("2026-02-14 17:30")  # a Saturday
    assert due(OFFICE, at("2026-02-13 10:00"), Basis.WD, 2) == at("2026-02-24 17:30")  # after Spring Festival
    assert due(OFFICE, at("2026-02-28 09:00"), Basis.WH, 7) == at("2026-02-28 17:30")
    assert working_minutes(OFFICE, at("2026-02-15 00:00"), at("2026-02-23 24:00")) == 0


@pytest.mark.parametrize("basis", Basis)
@pytest.mark.parametrize("days", [OFFICE, DUTY], ids=["office", "on duty"])
def test_every_boundary_is_passed_and_none_is_waited_at_for_ever(days, basis):
    edges = ("2026-03-02 00:00", "2026-03-02 09:00", "2026-03-02 12:00", "2026-03-02 13:30", "2026-03-02 17:30",
             "2026-03-06 17:30", "2026-02-14 17:30", "2026-02-15 00:00", "2026-02-28 24:00", "2026-12-31 17:30",
             "2026-12-31 24:00", "2028-02-29 00:00")
    for edge in map(at, edges):
        moments = [edge + timedelta(microseconds=n) for n in (-1, 0, 1)]
        for amount in (1, 5):
            dues = [due(days, moment, basis, amount) for moment in moments]
            assert dues == sorted(dues)
            assert all(moment < end <= moment + timedelta(days=40) for moment, end in zip(moments, dues, strict=True))
            assert all(moment <= warn_at(days, moment, end, basis) <= end
                       for moment, end in zip(moments, dues, strict=True))


def test_a_year_in_which_nobody_works_ends():
    closed = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(365))
    shut = Calendar(blocks=OFFICE_BLOCKS, off_days=closed)
    assert due(shut, at("2026-01-05 10:00"), Basis.WD, 1) == at("2027-01-01 17:30")
    assert due(shut, at("2026-01-05 10:00"), Basis.WH, 1) == at("2027-01-01 10:00")
