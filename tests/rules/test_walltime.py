"""Clocks set forward and back: days of 23, 24.5 and 25 hours, and one that never was."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.rules.official import OFFICE_BLOCKS
from workflows.rules.calendar import (
    ROUND_THE_CLOCK,
    Basis,
    Calendar,
    add_working_minutes,
    due,
    local_date,
    midnight_after,
    working_minutes,
)


def test_shanghai_summer_time_of_1986():
    """Clocks went from 02:00 to 03:00 on Sunday 4 May 1986; a day on duty had 23 hours."""
    night = Calendar(blocks=ROUND_THE_CLOCK, all_days=True)
    start = datetime(1986, 5, 3, 16, tzinfo=UTC)  # midnight in Shanghai
    assert due(night, start, Basis.CD, 1) - start == timedelta(hours=23 + 24)
    assert due(night, start, Basis.WH, 23) == due(night, start - timedelta(hours=1), Basis.WD, 1)
    office = Calendar(blocks=OFFICE_BLOCKS)
    assert due(office, start, Basis.WD, 1) == datetime(1986, 5, 5, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # midnight does not exist
        ("America/Sao_Paulo", date(2018, 2, 17), 25),  # the last hour comes twice
        ("America/St_Johns", date(2010, 11, 6), 24),  # set back at 00:01 the next day: the day stays closed
        ("America/St_Johns", date(2010, 11, 7), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Pacific/Apia", date(2011, 12, 30), 0),  # skipped at the date line
    ],
)
def test_a_day_on_duty_is_as_long_as_the_clock_makes_it(zone, day, hours):
    duty = Calendar(blocks=ROUND_THE_CLOCK, all_days=True, zone=zone)
    start, end = midnight_after(duty, day - timedelta(days=1)), midnight_after(duty, day)
    assert end - start == timedelta(hours=hours)
    assert working_minutes(duty, start, end) == hours * 60
    if hours:
        assert add_working_minutes(duty, start, hours * 60) == end
        assert local_date(duty, start) == local_date(duty, end - timedelta(microseconds=1)) == day


def test_a_clock_set_back_past_midnight_does_not_reopen_the_day_before():
    """St John's set its clocks back at 00:01: the hour that follows belongs to the day already begun."""
    duty = Calendar(blocks=ROUND_THE_CLOCK, all_days=True, zone="America/St_Johns")
    midnight = midnight_after(duty, date(2010, 11, 6))
    later = midnight + timedelta(minutes=30)
    assert later.astimezone(ZoneInfo("America/St_Johns")).date() == date(2010, 11, 6)
    assert local_date(duty, later) == date(2010, 11, 7)
    assert working_minutes(duty, midnight, later) == 30
    assert due(duty, later, Basis.WD, 1) == midnight_after(duty, date(2010, 11, 8))


def test_a_block_that_the_clock_skips_is_empty_and_passed_over():
    calendar = Calendar(blocks=((time(2, 10), time(2, 50)),), all_days=True, zone="America/New_York")
    start = datetime(2026, 3, 8, 5, tzinfo=UTC)  # midnight of the day without 02:10
    assert due(calendar, start, Basis.WH, 1) == datetime(2026, 3, 10, 6, 30, tzinfo=UTC)
