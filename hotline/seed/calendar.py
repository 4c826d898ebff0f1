"""The days a new installation knows: 2004–2026 as announced, 2027 projected until its notice is imported.

The libraries are asked here once, when the table is filled, and never while a ticket is handled.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TypedDict

import chinese_calendar
import holidays

from workflows.rules.calendar import DayKind

OFFICIAL_YEARS = range(2004, 2027)
PROJECTED_YEARS = range(2027, 2028)
OFFICIAL_SOURCE = "国务院办公厅通知"
PROJECTED_SOURCE = "按法定节假日推算，待国务院办公厅通知"

_CHINESE_NAMES = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}


class CalendarDay(TypedDict):
    """A row of `calendar_day`. `name` is the holiday, or the make-up day's; empty on ordinary days."""

    date: date
    kind: str
    name: str
    source: str
    provisional: bool


def calendar_days() -> Iterator[CalendarDay]:
    """Every day of the official and the projected years, in order."""
    for year in OFFICIAL_YEARS:
        for day in _days_of(year):
            yield _official(day)
    for year in PROJECTED_YEARS:
        named = holidays.China(years=year, language="zh_CN")
        for day in _days_of(year):
            yield _projected(day, named)


def _official(day: date) -> CalendarDay:
    off, english = chinese_calendar.get_holiday_detail(day)
    name = _CHINESE_NAMES[english] if english else ""
    if name and not off:
        name += "调休上班"
    return _row(day, off=off, name=name, source=OFFICIAL_SOURCE, provisional=False)


def _projected(day: date, named: holidays.HolidayBase) -> CalendarDay:
    off = day in named or (day.weekday() >= 5 and day not in named.weekend_workdays)
    return _row(day, off=off, name=named.get(day, ""), source=PROJECTED_SOURCE, provisional=True)


def _row(day: date, *, off: bool, name: str, source: str, provisional: bool) -> CalendarDay:
    kind = DayKind.OFFDAY if off else DayKind.WORKDAY
    return {"date": day, "kind": kind.value, "name": name, "source": source, "provisional": provisional}


def _days_of(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)
