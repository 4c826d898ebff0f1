"""Calendars the tests share: the official one of 2004–2026 with office hours; short ways to say a time."""

import os
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
from hypothesis import HealthCheck, settings

from workflows.rules.calendar import ROUND_THE_CLOCK, Calendar

EXAMPLES = int(os.environ.get("HOTLINE_EXAMPLES", "2000"))
SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE_BLOCKS = ((time(9), time(12)), (time(13, 30), time(17, 30)))


def official_rows(first: int = 2004, last: int = 2026) -> list[tuple[date, str, bool]]:
    """Rows (date, kind, provisional) of the years first…last."""
    days = (date(last, 12, 31) - date(first, 1, 1)).days + 1
    dates = (date(first, 1, 1) + timedelta(days=n) for n in range(days))
    return [(day, "WORKDAY" if chinese_calendar.is_workday(day) else "OFFDAY", False) for day in dates]


OFFICE = Calendar.from_days(official_rows(), OFFICE_BLOCKS, version=7)
DUTY = Calendar.from_days(official_rows(), ROUND_THE_CLOCK, all_days=True)
"""A unit on duty round the clock, every day."""


def at(text: str) -> datetime:
    """'2026-03-02 10:00' of Shanghai as UTC; '24:00' is midnight after."""
    day, clock = text.split()
    if clock == "24:00":
        moment = datetime.combine(date.fromisoformat(day), time(), SHANGHAI) + timedelta(days=1)
    else:
        moment = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI)
    return moment.astimezone(UTC)


def examples(share: float = 1.0) -> settings:
    """As many examples as HOTLINE_EXAMPLES says (2,000 unless set), times a share for the dear ones.

    To draw a calendar is to reckon with it: on a busy machine that is slow, and nothing is wrong with it.
    """
    return settings(max_examples=max(20, round(EXAMPLES * share)), deadline=None, database=None,
                    suppress_health_check=[HealthCheck.too_slow])
