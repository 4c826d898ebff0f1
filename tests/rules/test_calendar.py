"""Fixed cases of working time: the table of the domain, and the failures other systems are known for."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from statistics import quantiles
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest

from tests.rules.official import DUTY, OFFICE, OFFICE_BLOCKS, at, official_rows
from workflows.rules.calendar import (
    ROUND_THE_CLOCK,
    Basis,
    Calendar,
    add_working_minutes,
    day_end,
    due,
    elapsed,
    is_provisional,
    local_date,
    midnight_after,
    next_working_moment,
    overdue_working_days,
    remaining,
    warn_at,
    working_day_after,
    working_minutes,
)

VECTORS = """
2026-03-02 10:00 |  5 wd  | 2026-03-09 17:30
2026-03-06 17:00 |  5 wd  | 2026-03-13 17:30
2026-02-13 16:00 |  5 wd  | 2026-02-27 17:30
2026-02-14 10:00 |  1 wd  | 2026-02-24 17:30
2026-02-20 10:00 |  1 wd  | 2026-02-24 17:30
2026-04-30 16:00 |  5 wd  | 2026-05-11 17:30
2026-09-18 15:00 |  1 wd  | 2026-09-20 17:30
2026-09-24 15:00 |  2 wd  | 2026-09-29 17:30
2026-09-30 11:00 |  5 wd  | 2026-10-13 17:30
2025-12-31 10:00 |  1 wd  | 2026-01-04 17:30
2026-03-02 10:00 | 15 wd  | 2026-03-23 17:30
2026-03-02 11:30 |  2 wh  | 2026-03-02 15:00
2026-03-06 17:00 |  2 wh  | 2026-03-09 10:30
2026-02-14 16:30 |  4 wh  | 2026-02-24 12:00
2026-04-30 17:00 |  4 wh  | 2026-05-06 14:00
2026-02-10 10:00 |  7 cd  | 2026-02-17 24:00
2026-02-10 10:00 |  7 cdr | 2026-02-24 24:00
2026-02-16 22:30 |  2 h   | 2026-02-17 00:30
"""


@pytest.mark.parametrize("line", VECTORS.strip().splitlines())
def test_due_agrees_with_the_table_of_the_domain(line):
    start, rule, expected = (part.strip() for part in line.split("|"))
    amount, basis = rule.split()
    assert due(OFFICE, at(start), Basis(basis), int(amount)) == at(expected)


@pytest.mark.parametrize(
    ("start", "rule", "expected"),
    [
        # Lunch, last second, closed hours
        ("2026-03-02 12:30", "1 wh", "2026-03-02 14:30"),
        ("2026-03-02 11:00", "1 wh", "2026-03-02 12:00"),  # ends with the block, not after lunch
        ("2026-03-02 17:29:59", "1 wh", "2026-03-03 09:59:59"),
        ("2026-03-02 17:30", "1 wh", "2026-03-03 10:00"),
        ("2026-03-02 08:00", "7 wh", "2026-03-02 17:30"),
        ("2026-03-02 23:59:59", "1 wd", "2026-03-03 17:30"),
        ("2026-03-03 00:00", "1 wd", "2026-03-04 17:30"),
        # A make-up Saturday works, the holidays around it do not
        ("2026-02-13 17:00", "1 wh", "2026-02-14 09:30"),
        ("2026-02-13 17:00", "8 wh", "2026-02-24 09:30"),
        ("2026-05-08 17:00", "2 wd", "2026-05-11 17:30"),
        ("2025-01-25 10:00", "1 wd", "2025-01-26 17:30"),  # Saturday off, Sunday works
        ("2025-09-30 16:00", "1 wd", "2025-10-09 17:30"),
        # 29 February, round the clock, minutes
        ("2024-02-28 10:00", "1 wd", "2024-02-29 17:30"),
        ("2024-02-28 10:00", "2 cd", "2024-03-01 24:00"),
        ("2026-02-17 03:00", "15 min", "2026-02-17 03:15"),
        # The last day of the period works: nothing to roll
        ("2026-03-02 10:00", "7 cdr", "2026-03-09 24:00"),
        ("2026-03-02 10:00", "5 cdr", "2026-03-09 24:00"),  # Saturday 7th moves to Monday
    ],
)
def test_due_at_lunch_closing_holiday_and_leap_day(start, rule, expected):
    amount, basis = rule.split()
    assert due(OFFICE, at(start), Basis(basis), int(amount)) == at(expected)


@pytest.mark.parametrize(
    ("start", "rule", "expected"),
    [
        ("2026-02-17 22:00", "4 wh", "2026-02-18 02:00"),
        ("2026-02-17 22:00", "1 wd", "2026-02-18 24:00"),
        ("2026-02-17 22:00", "1 cdr", "2026-02-18 24:00"),
        ("2026-02-17 22:00", "24 wh", "2026-02-18 22:00"),
        ("2026-02-17 20:00", "4 wh", "2026-02-17 24:00"),
    ],
)
def test_a_unit_on_duty_round_the_clock_has_no_holidays(start, rule, expected):
    amount, basis = rule.split()
    assert due(DUTY, at(start), Basis(basis), int(amount)) == at(expected)


def test_a_week_round_office_hours_works_on_saturday_and_at_spring_festival():
    seven_days = Calendar.from_days(official_rows(2026, 2026), OFFICE_BLOCKS, all_days=True)
    assert due(seven_days, at("2026-02-16 10:00"), Basis.WD, 1) == at("2026-02-17 17:30")
    assert due(seven_days, at("2026-02-20 17:00"), Basis.WH, 1) == at("2026-02-21 09:30")


def test_night_blocks_on_both_sides_of_midnight_join():
    nights = Calendar(blocks=((time(0), time(6)), (time(22), time(0))))
    assert due(nights, at("2026-03-02 23:00"), Basis.WH, 3) == at("2026-03-03 02:00")
    assert due(nights, at("2026-03-02 23:00"), Basis.WH, 1) == at("2026-03-02 24:00")
    assert due(nights, at("2026-03-06 23:00"), Basis.WH, 2) == at("2026-03-09 01:00")


@pytest.mark.parametrize("basis", list(Basis))
def test_a_naive_time_is_refused_everywhere(basis):
    naive, aware = datetime(2026, 3, 2, 10), at("2026-03-02 10:00")  # noqa: DTZ001 — the subject of the test
    for call in (
        lambda: due(OFFICE, naive, basis, 1),
        lambda: elapsed(OFFICE, naive, aware, basis),
        lambda: elapsed(OFFICE, aware, naive, basis),
        lambda: remaining(OFFICE, naive, aware),
        lambda: overdue_working_days(OFFICE, aware, naive),
        lambda: working_minutes(OFFICE, aware, naive),
        lambda: add_working_minutes(OFFICE, naive, 5),
        lambda: warn_at(OFFICE, naive, aware),
        lambda: next_working_moment(OFFICE, naive),
        lambda: local_date(OFFICE, naive),
    ):
        with pytest.raises(ValueError, match="without a zone"):
            call()


@pytest.mark.parametrize("amount", [0, -1])
def test_a_limit_below_one_is_refused(amount):
    with pytest.raises(ValueError, match="at least 1"):
        due(OFFICE, at("2026-03-02 10:00"), Basis.WD, amount)


def test_an_unknown_basis_is_refused():
    with pytest.raises(KeyError):
        due(OFFICE, at("2026-03-02 10:00"), "weeks", 1)


def test_the_zone_of_the_start_does_not_matter_and_the_answer_is_utc():
    start = at("2026-03-02 10:00")
    for zone in (ZoneInfo("America/Sao_Paulo"), timezone(timedelta(hours=-11)), UTC):
        answer = due(OFFICE, start.astimezone(zone), Basis.WD, 5)
        assert answer == at("2026-03-09 17:30")
        assert answer.tzinfo is UTC


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ((), "at least one"),
        (((time(9), time(12)), (time(11), time(17))), "without overlap"),
        (((time(13), time(17)), (time(9), time(12))), "in order"),
        (((time(22), time(6)),), "split it at midnight"),
        (((time(9), time(9)),), "must end after"),
    ],
)
def test_blocks_that_make_no_sense_are_refused(blocks, message):
    with pytest.raises(ValueError, match=message):
        Calendar(blocks=blocks)


def test_a_date_both_off_and_working_is_refused():
    day = frozenset({date(2026, 10, 1)})
    with pytest.raises(ValueError, match="2026-10-01"):
        Calendar(blocks=OFFICE_BLOCKS, off_days=day, work_days=day)


def test_an_unknown_zone_is_refused():
    with pytest.raises(KeyError):
        Calendar(blocks=OFFICE_BLOCKS, zone="Asia/Nowhere")


# Years without a calendar


def test_a_due_beyond_the_last_year_counts_weekdays_and_is_marked():
    start = at("2026-12-30 10:00")
    answer = due(OFFICE, start, Basis.WD, 5)
    assert answer == at("2027-01-06 17:30")
    assert is_provisional(OFFICE, start, answer)
    assert not is_provisional(OFFICE, start, due(OFFICE, start, Basis.WD, 1))


def test_a_due_at_the_last_midnight_of_the_last_known_year_is_certain():
    start = at("2026-12-30 10:00")
    assert not is_provisional(OFFICE, start, due(OFFICE, start, Basis.CD, 1))
    assert is_provisional(OFFICE, start, due(OFFICE, start, Basis.CD, 2))


def test_years_before_between_and_after_the_data_are_provisional_and_never_raise():
    rows = official_rows(2024, 2024) + official_rows(2026, 2026)
    calendar = Calendar.from_days(rows, OFFICE_BLOCKS)
    answers = {year: calendar.is_provisional(date(year, 6, 1)) for year in (2023, 2024, 2025, 2026, 2027)}
    assert answers == {2023: True, 2024: False, 2025: True, 2026: False, 2027: True}
    assert is_provisional(calendar, at("2024-12-20 10:00"), at("2026-01-10 10:00"))
    for year in (1975, 2003, 2025, 2027, 2150):
        assert due(calendar, at(f"{year}-06-01 10:00"), Basis.WD, 10) > at(f"{year}-06-10 10:00")


def test_a_projected_year_counts_as_projected_and_is_marked():
    rows = [(day.replace(year=2027), kind, True) for day, kind, _ in official_rows(2026, 2026)]
    calendar = Calendar.from_days(official_rows(2026, 2026) + rows, OFFICE_BLOCKS)
    assert calendar.is_provisional(date(2027, 3, 1))
    assert due(calendar, at("2027-09-30 10:00"), Basis.WD, 1) == at("2027-10-08 17:30")
    assert calendar.known_until == date(2026, 12, 31)


def test_without_any_data_everything_is_a_guess_except_for_units_that_work_every_day():
    start, end = at("2026-03-02 10:00"), at("2026-03-03 10:00")
    assert is_provisional(Calendar(blocks=OFFICE_BLOCKS), start, end)
    assert not is_provisional(Calendar(blocks=ROUND_THE_CLOCK, all_days=True), start, end)


def test_an_unknown_kind_of_day_in_the_rows_is_refused():
    with pytest.raises(ValueError, match="HALFDAY"):
        Calendar.from_days([(date(2026, 3, 2), "HALFDAY", False)], OFFICE_BLOCKS)


# Elapsed, remaining, overdue, credits


def test_elapsed_in_every_basis():
    start, end = at("2026-03-06 17:00"), at("2026-03-09 10:30")
    assert elapsed(OFFICE, start, end, Basis.MIN) == (65 * 60 + 30)
    assert elapsed(OFFICE, start, end, Basis.H) == 65.5
    assert elapsed(OFFICE, start, end, Basis.WH) == 2
    assert elapsed(OFFICE, start, end, Basis.WD) == 0
    assert elapsed(OFFICE, start, end, Basis.CD) == elapsed(OFFICE, start, end, Basis.CDR) == 2
    assert {elapsed(OFFICE, end, start, basis) for basis in Basis} == {0}


@pytest.mark.parametrize("n", [1, 2, 5, 30])
def test_a_working_day_has_elapsed_at_its_close_and_not_before(n):
    start = at("2026-02-13 16:00")
    end = due(OFFICE, start, Basis.WD, n)
    assert elapsed(OFFICE, start, end, Basis.WD) == n
    assert elapsed(OFFICE, start, end - timedelta(microseconds=1), Basis.WD) == n - 1


def test_remaining_counts_working_minutes_and_turns_negative():
    due_at = at("2026-03-09 10:30")
    assert remaining(OFFICE, at("2026-03-06 17:00"), due_at) == 120
    assert remaining(OFFICE, at("2026-03-07 12:00"), due_at) == 90
    assert remaining(OFFICE, at("2026-03-09 12:45"), due_at) == -90


def test_overdue_is_counted_in_working_days_across_a_holiday():
    due_at = at("2026-02-13 17:30")
    assert overdue_working_days(OFFICE, due_at, at("2026-02-13 17:00")) == 0
    assert overdue_working_days(OFFICE, due_at, at("2026-02-14 09:00")) == 0
    assert overdue_working_days(OFFICE, due_at, at("2026-02-14 12:00")) == pytest.approx(3 / 7)
    assert overdue_working_days(OFFICE, due_at, at("2026-02-20 12:00")) == 1
    assert overdue_working_days(OFFICE, due_at, at("2026-02-25 17:30")) == 3


def test_a_credit_moves_a_due_in_working_time_not_in_real_time():
    """The pause is added to the due in working time, never to the moment of creation."""
    due_at = due(OFFICE, at("2026-03-02 10:00"), Basis.WH, 4)
    pause = working_minutes(OFFICE, at("2026-03-06 16:00"), at("2026-03-09 10:00"))
    assert pause == 150
    assert add_working_minutes(OFFICE, due_at, pause) == at("2026-03-03 09:30")
    assert add_working_minutes(OFFICE, at("2026-03-06 17:00"), pause) == at("2026-03-09 11:00")
    assert add_working_minutes(OFFICE, at("2026-03-09 11:00"), -pause) == at("2026-03-06 17:00")
    assert add_working_minutes(OFFICE, at("2026-03-07 11:00"), 0) == at("2026-03-07 11:00")


def test_going_back_from_closed_time_lands_in_the_last_working_day():
    assert add_working_minutes(OFFICE, at("2026-02-20 10:00"), -60) == at("2026-02-14 16:30")
    assert working_minutes(OFFICE, at("2026-02-20 10:00"), at("2026-02-14 16:30")) == -60


# Yellow


@pytest.mark.parametrize(
    ("start", "rule", "expected"),
    [
        ("2026-03-02 10:00", "5 wd", "2026-03-06 17:30"),  # close of the working day before
        ("2026-02-13 16:00", "5 wd", "2026-02-26 17:30"),
        ("2026-02-12 09:00", "1 wd", "2026-02-12 17:30"),
        ("2026-02-20 10:00", "1 wd", "2026-02-24 14:00"),  # T−1 is past: half of the one working day
        ("2026-03-02 15:00", "1 wd", "2026-03-03 11:15"),
        ("2026-03-02 10:00", "2 wh", "2026-03-02 11:00"),
        ("2026-03-06 17:00", "2 wh", "2026-03-09 09:30"),
        ("2026-02-16 22:30", "2 h", "2026-02-16 23:30"),  # no working time in it: real time
        ("2026-03-02 10:00", "15 min", "2026-03-02 10:07:30"),
        ("2026-03-02 17:00", "2 h", "2026-03-02 18:00"),  # round the clock: not half of the last half hour
        ("2026-02-10 10:00", "7 cd", "2026-02-13 17:30"),  # due in the holiday; 02-14 is the last to work
        ("2026-02-10 10:00", "7 cdr", "2026-02-14 17:30"),
    ],
)
def test_yellow_comes_a_working_day_before_and_not_in_the_first_half(start, rule, expected):
    amount, basis = rule.split()
    due_at = due(OFFICE, at(start), Basis(basis), int(amount))
    assert warn_at(OFFICE, at(start), due_at, Basis(basis)) == at(expected)


def test_a_due_not_after_its_start_warns_at_the_due():
    assert warn_at(OFFICE, at("2026-03-02 10:00"), at("2026-03-01 10:00")) == at("2026-03-01 10:00")


# Days


def test_the_next_working_moment():
    for moment, expected in {
        "2026-03-02 10:00": "2026-03-02 10:00",
        "2026-03-02 12:00": "2026-03-02 13:30",
        "2026-03-02 09:00": "2026-03-02 09:00",
        "2026-03-02 17:30": "2026-03-03 09:00",
        "2026-02-14 18:00": "2026-02-24 09:00",
    }.items():
        assert next_working_moment(OFFICE, at(moment)) == at(expected)


def test_working_days_after_and_before_a_date():
    assert working_day_after(OFFICE, date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert working_day_after(OFFICE, date(2026, 2, 14), 1) == date(2026, 2, 24)
    assert working_day_after(OFFICE, date(2026, 2, 24), -1) == date(2026, 2, 14)
    assert working_day_after(OFFICE, date(2026, 2, 20), -2) == date(2026, 2, 13)
    with pytest.raises(ValueError, match="counted from 1"):
        working_day_after(OFFICE, date(2026, 2, 20), 0)


def test_close_of_business_midnight_and_the_local_date():
    assert day_end(OFFICE, date(2026, 3, 2)) == at("2026-03-02 17:30")
    assert day_end(DUTY, date(2026, 3, 2)) == at("2026-03-02 24:00")
    assert midnight_after(OFFICE, date(2026, 3, 2)) == datetime(2026, 3, 2, 16, tzinfo=UTC)
    assert local_date(OFFICE, datetime(2026, 3, 2, 16, tzinfo=UTC)) == date(2026, 3, 3)


# Cost


def test_a_due_takes_less_than_a_millisecond():
    starts = [at("2004-01-02 08:17") + timedelta(hours=37 * n) for n in range(5000)]
    cases = [(Basis.WD, 5), (Basis.WH, 4), (Basis.CDR, 15), (Basis.WD, 60), (Basis.H, 24)]
    times = []
    for n, start in enumerate(starts):
        basis, amount = cases[n % len(cases)]
        begin = perf_counter()
        due(OFFICE, start, basis, amount)
        times.append(perf_counter() - begin)
    assert quantiles(times, n=100)[98] < 0.001
