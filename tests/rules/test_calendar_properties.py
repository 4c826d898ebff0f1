"""Working time against an oracle that looks at every minute, and the laws that time must keep.

HOTLINE_EXAMPLES sets how many examples each property is tried on.
"""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from tests.rules.minutes import FIRST, Minutes, index
from tests.rules.official import EXAMPLES, OFFICE, OFFICE_BLOCKS, examples
from workflows.rules.calendar import (
    ROUND_THE_CLOCK,
    Basis,
    Calendar,
    add_working_minutes,
    due,
    elapsed,
    next_working_moment,
    overdue_working_days,
    remaining,
    warn_at,
    working_minutes,
)

# Cairo jumps at midnight, Lord Howe by half an hour, New York at night; Shanghai not at all.
ZONES = ("Asia/Shanghai", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe")
JUMPS = tuple(
    datetime.fromisoformat(f"2026-{moment}:00+00:00")
    for moment in ("03-08T07", "11-01T06", "04-23T22", "10-29T21", "04-04T15", "10-03T15")
)
MINUTE = timedelta(minutes=1)
REAL_BLOCKS = (
    OFFICE_BLOCKS,
    ROUND_THE_CLOCK,
    ((time(0), time(6)), (time(22), time(0))),
    ((time(8), time(20)),),
)


def random_blocks(random: Random) -> tuple[tuple[time, time], ...]:
    """One to three blocks on any minutes, of at least half an hour together."""
    while True:
        cuts = sorted(random.sample(range(1441), 2 * random.randint(1, 3)))
        if sum(cuts[1::2]) - sum(cuts[::2]) >= 30:
            ends = [time(cut // 60 % 24, cut % 60) for cut in cuts]
            return tuple(zip(ends[::2], ends[1::2], strict=True))


@cache
def unit_of(seed: int) -> tuple[Calendar, Minutes]:
    """A Calendar and its minute-by-minute twin, with up to a quarter of the year's days as exceptions."""
    random = Random(seed)
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    holiday = random.randrange(330)
    off = frozenset(random.sample(year, random.randint(0, 40)) + year[holiday : holiday + random.randint(0, 9)])
    facts = {
        "zone": random.choice(ZONES),
        "blocks": random.choice(REAL_BLOCKS) if random.random() < 0.5 else random_blocks(random),
        "off_days": off,
        "work_days": frozenset(random.sample(year, random.randint(0, 40))) - off,
        "all_days": random.random() < 0.2,
    }
    return Calendar(**facts), Minutes(**facts)


units = st.integers(0, max(400, EXAMPLES // 5)).map(unit_of)
# A moment of 2026 on a whole minute, half of them in the days before a change of the clock; and of any
# microsecond.
whole_minutes = st.one_of(
    st.integers(0, 260 * 1440).map(lambda n: datetime(2026, 2, 1, tzinfo=UTC) + n * MINUTE),
    st.builds(lambda jump, n: jump + n * MINUTE, st.sampled_from(JUMPS), st.integers(-3000, 1500)),
)
moments = st.builds(lambda at, n: at + timedelta(microseconds=n), whole_minutes, st.integers(0, 59_999_999))


def moment(n: int) -> datetime:
    return FIRST + n * MINUTE


@examples()
@given(units, whole_minutes, st.integers(1, 5))
def test_due_in_working_hours_is_where_the_minutes_run_out(unit, start, hours):
    calendar, slow = unit
    assert due(calendar, start, Basis.WH, hours) == moment(slow.add(index(start), hours * 60))


@examples()
@given(units, whole_minutes, st.integers(1, 600))
def test_adding_and_taking_working_minutes_counts_every_minute(unit, start, minutes):
    calendar, slow = unit
    n = index(start)
    assert add_working_minutes(calendar, start, minutes) == moment(slow.add(n, minutes))
    assert add_working_minutes(calendar, start, -minutes) == moment(slow.take(n, minutes))


@examples()
@given(units, whole_minutes, st.integers(1, 20))
def test_due_in_working_days_is_the_close_of_the_nth_day(unit, start, days):
    calendar, slow = unit
    expected = moment(slow.due_working_days(index(start), days))
    assert due(calendar, start, Basis.WD, days) == expected
    assert elapsed(calendar, start, expected, Basis.WD) == days
    assert elapsed(calendar, start, expected - MINUTE / 60, Basis.WD) == days - 1


@examples()
@given(units, whole_minutes, st.integers(1, 20), st.booleans())
def test_due_in_calendar_days_is_midnight_of_the_nth_day(unit, start, days, roll):
    calendar, slow = unit
    expected = moment(slow.due_calendar_days(index(start), days, roll))
    assert due(calendar, start, Basis.CDR if roll else Basis.CD, days) == expected
    if not roll:
        assert elapsed(calendar, start, expected, Basis.CD) == days
        assert elapsed(calendar, start, expected - MINUTE / 60, Basis.CD) == days - 1


@examples()
@given(units, whole_minutes, st.integers(-5000, 10000))
def test_elapsed_remaining_and_overdue_count_every_minute(unit, a, minutes):
    calendar, slow = unit
    b = a + minutes * MINUTE
    n, m = index(a), index(b)
    signed = slow.count(n, m) if m >= n else -slow.count(m, n)
    assert working_minutes(calendar, a, b) == remaining(calendar, a, b) == signed
    assert elapsed(calendar, a, b, Basis.WH) == pytest.approx(max(0, signed) / 60)
    assert elapsed(calendar, a, b, Basis.MIN) == max(0, minutes)
    assert overdue_working_days(calendar, a, b) == pytest.approx(max(0, signed) / len(slow.open_minutes))


@examples()
@given(units, whole_minutes)
def test_the_next_working_moment_is_the_first_open_minute(unit, at):
    calendar, slow = unit
    assert next_working_moment(calendar, at) == moment(slow.next_open(index(at)))


@examples()
@given(units, whole_minutes, st.sampled_from(Basis), st.integers(1, 4))
def test_yellow_is_the_later_of_half_the_window_and_the_close_before(unit, start, basis, amount):
    calendar, slow = unit
    due_at = due(calendar, start, basis, amount)
    yellow = warn_at(calendar, start, due_at, basis)
    n, m = index(start), index(due_at)
    working = slow.count(n, m)
    event("half" if yellow > moment(slow.eve(m)) else "close of the day before")
    if basis in (Basis.MIN, Basis.H) or working == 0:
        half = start + (due_at - start) / 2
    else:
        half = moment(slow.add(n, working // 2))
        if working % 2:  # an odd number of minutes: half a minute further on
            half = moment(slow.add(n, working // 2 + 1)) - MINUTE / 2
    assert yellow == max(half, moment(slow.eve(m)))
    assert start <= yellow < due_at


@examples()
@given(units, moments, moments, st.sampled_from(Basis), st.integers(1, 30))
def test_whoever_starts_later_is_not_due_earlier(unit, a, b, basis, amount):
    calendar, _ = unit
    a, b = min(a, b), max(a, b)
    assert due(calendar, a, basis, amount) <= due(calendar, b, basis, amount)
    assert a < due(calendar, a, basis, amount) <= due(calendar, a, basis, amount + 1)


@examples()
@given(units, moments, moments, moments)
def test_working_time_adds_up(unit, a, b, c):
    calendar, _ = unit
    whole = working_minutes(calendar, a, c)
    assert working_minutes(calendar, a, b) + working_minutes(calendar, b, c) == pytest.approx(whole, abs=1e-6)
    assert working_minutes(calendar, c, a) == -whole


@examples()
@given(units, moments, st.integers(1, 12), st.integers(1, 12), st.timedeltas(timedelta(), timedelta(days=9)))
def test_a_pause_costs_exactly_its_working_time(unit, start, before, after, pause):
    calendar, _ = unit
    whole = due(calendar, start, Basis.WH, before + after)
    stopped = due(calendar, start, Basis.WH, before)
    assert due(calendar, stopped, Basis.WH, after) == whole
    resumed = stopped + pause
    credit = working_minutes(calendar, stopped, resumed)
    assert due(calendar, resumed, Basis.WH, after) == add_working_minutes(calendar, whole, credit)


@examples()
@given(units, moments, st.integers(1, 40))
def test_a_due_in_working_hours_lies_inside_or_at_the_end_of_a_block(unit, start, hours):
    calendar, _ = unit
    answer = due(calendar, start, Basis.WH, hours)
    just_before = answer - timedelta(microseconds=1)
    assert next_working_moment(calendar, just_before) == just_before
    assert elapsed(calendar, start, answer, Basis.WH) == pytest.approx(hours)


@examples()
@given(
    st.datetimes(datetime(1975, 1, 1), datetime(2090, 1, 1)),  # noqa: DTZ001 — hypothesis wants naive bounds
    st.sampled_from(Basis),
    st.integers(1, 400),
)
def test_no_year_raises_and_every_due_comes(naive, basis, amount):
    start = naive.replace(tzinfo=UTC)
    answer = due(OFFICE, start, basis, amount)
    assert start < answer <= start + timedelta(days=amount * 2 + 20)


@cache
def dues_under(process_zone: str) -> bytes:
    code = """
from random import Random
from datetime import UTC, datetime, timedelta
from tests.rules.official import DUTY, OFFICE
from workflows.rules.calendar import Basis, due, elapsed, warn_at
random = Random(12345)
for n in range(3000):
    start = datetime(2004, 1, 1, tzinfo=UTC) + timedelta(seconds=random.randrange(24 * 365 * 86400))
    calendar, basis = random.choice([DUTY, OFFICE]), random.choice(list(Basis))
    end = due(calendar, start, basis, random.randrange(1, 30))
    gone = [elapsed(calendar, start, end, b) for b in Basis]
    print(start, end, warn_at(calendar, start, end, basis), gone)
"""
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "TZ": process_zone},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
    ).stdout


@pytest.mark.parametrize("process_zone", ["Asia/Shanghai", "America/Sao_Paulo"])
def test_the_zone_of_the_process_changes_nothing(process_zone):
    assert dues_under("UTC").count(b"\n") == 3000
    assert dues_under(process_zone) == dues_under("UTC")
