"""The days a limit was counted over agree with the limit: as many as it says, none that rests, none left out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.official import DUTY, OFFICE, at, examples
from tests.rules.test_calendar_properties import moments, units
from workflows.rules.calendar import Basis, due, local_date
from workflows.rules.counting import DayCount, counted_days

C = DayCount


def told(days, start, basis, amount):
    return counted_days(days, basis, amount, start, due(days, start, basis, amount))


@examples(0.5)
@given(units, moments, st.sampled_from([Basis.WD, Basis.CD, Basis.CDR, Basis.WH]), st.integers(1, 12))
def test_what_is_counted_is_the_amount_of_the_limit(unit, start, basis, amount):
    days, slow = unit
    lines = told(days, start, basis, amount)
    dates = [line.date for line in lines]
    assert dates == [dates[0] + timedelta(days=n) for n in range(len(dates))]
    counted = [line for line in lines if line.count is C.COUNTED]
    if basis is Basis.WH:
        assert sum(line.minutes for line in counted) == pytest.approx(amount * 60)
        assert all(slow.works(line.date) for line in counted)
        return
    assert lines[0].date == local_date(days, start)
    assert lines[0].count is C.START
    assert [line.number for line in counted] == list(range(1, amount + 1))
    assert all(slow.works(line.date) == (line.count is C.COUNTED) for line in lines[1:] if basis is Basis.WD)


def test_spring_festival_is_skipped_and_its_make_up_day_counts():
    lines = told(OFFICE, at("2026-02-13 16:00"), Basis.WD, 5)
    assert (lines[0].date, lines[0].count) == (date(2026, 2, 13), C.START)
    assert (lines[1].date, lines[1].count, lines[1].number) == (date(2026, 2, 14), C.COUNTED, 1)
    rest = [line.date for line in lines if line.count is C.SKIPPED]
    assert (rest[0], rest[-1], len(rest)) == (date(2026, 2, 15), date(2026, 2, 23), 9)
    assert lines[-1].date == date(2026, 2, 27)


def test_lunch_stands_between_two_blocks():
    [day] = told(OFFICE, at("2026-03-02 11:30"), Basis.WH, 2)
    assert day.blocks == (
        (at("2026-03-02 11:30"), at("2026-03-02 12:00")), (at("2026-03-02 13:30"), at("2026-03-02 15:00")),
    )  # fmt: skip


def test_a_rolled_calendar_limit_moves_on_past_the_holidays():
    lines = told(OFFICE, at("2026-02-10 10:00"), Basis.CDR, 7)
    assert [line.date.day for line in lines if line.count is C.SKIPPED] == list(range(17, 24))
    assert (lines[-1].date, lines[-1].number) == (date(2026, 2, 24), 7)


def test_a_due_at_midnight_belongs_to_the_day_that_ends():
    assert [line.date.day for line in told(DUTY, at("2026-02-13 10:00"), Basis.WD, 2)] == [13, 14, 15]


def test_what_counts_every_moment_or_lasts_for_years_is_not_told_by_days():
    assert told(OFFICE, at("2026-02-13 10:00"), Basis.H, 48) == []
    assert told(OFFICE, at("2026-02-13 10:00"), Basis.WD, 300) == []
