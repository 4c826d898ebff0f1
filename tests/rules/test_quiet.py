"""When a channel may disturb: quiet hours over midnight and within a day, working time, both."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from workflows.rules.calendar import ROUND_THE_CLOCK, Calendar
from workflows.rules.quiet import ALWAYS, Hours, next_allowed

ZONE = ZoneInfo("Asia/Shanghai")
OFFICE = Calendar(blocks=((time(9), time(12)), (time(13, 30), time(17, 30))), off_days=frozenset({date(2026, 11, 17)}))
NIGHT, NOON = Hours(time(21), time(8, 30)), Hours(time(12), time(14))
WORKING = Hours(working=True)


@pytest.mark.parametrize(
    ("hours", "at", "allowed"),
    [
        (ALWAYS, "2026-11-16 03:00", "2026-11-16 03:00"),
        (NIGHT, "2026-11-16 20:59", "2026-11-16 20:59"),
        (NIGHT, "2026-11-16 21:00", "2026-11-17 08:30"),
        (NIGHT, "2026-11-17 00:00", "2026-11-17 08:30"),
        (NIGHT, "2026-11-17 08:29", "2026-11-17 08:30"),
        (NIGHT, "2026-11-17 08:30", "2026-11-17 08:30"),
        (NOON, "2026-11-16 13:00", "2026-11-16 14:00"),
        (NOON, "2026-11-16 14:00", "2026-11-16 14:00"),
        (WORKING, "2026-11-16 12:30", "2026-11-16 13:30"),
        (WORKING, "2026-11-16 18:00", "2026-11-18 09:00"),
        (WORKING, "2026-11-21 10:00", "2026-11-23 09:00"),
        (Hours(time(12), time(14), working=True), "2026-11-16 12:30", "2026-11-16 14:00"),
        (Hours(time(21), time(9, 30), working=True), "2026-11-16 18:00", "2026-11-18 09:30"),
    ],
)
def test_the_next_allowed_moment(hours: Hours, at: str, allowed: str) -> None:
    moment, wanted = (datetime.fromisoformat(each).replace(tzinfo=ZONE) for each in (at, allowed))
    assert next_allowed(hours, OFFICE, moment) == wanted


def test_a_unit_round_the_clock_still_has_its_nights() -> None:
    calendar = Calendar(blocks=ROUND_THE_CLOCK, all_days=True)
    late = datetime(2026, 11, 16, 23, tzinfo=ZONE)
    assert next_allowed(Hours(time(21), time(8, 30), working=True), calendar, late) == datetime(
        2026, 11, 17, 8, 30, tzinfo=ZONE
    )
