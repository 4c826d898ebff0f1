"""When a channel may disturb people: quiet hours of a day, and working time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from workflows.rules.calendar import Calendar, next_working_moment
from workflows.rules.walltime import to_datetime, to_instant


@dataclass(frozen=True)
class Hours:
    """Nothing is sent from `quiet_from` (included) to `quiet_until`; with `working` only in working time."""

    quiet_from: time | None = None
    quiet_until: time | None = None
    working: bool = False


#: Any hour of any day.
ALWAYS = Hours()


def next_allowed(hours: Hours, calendar: Calendar, at: datetime) -> datetime:
    """`at` where that is allowed, else the first moment after it that is; in UTC.

    A unit whose working time lies wholly in the quiet hours is written to when they end.
    """
    moment = to_datetime(to_instant(at))
    for _ in range(4):  # rest days in a row are one step of the calendar
        allowed = _after_quiet(hours, calendar, moment)
        if hours.working:
            allowed = next_working_moment(calendar, allowed)
        if allowed == moment:
            return moment
        moment = allowed
    return _after_quiet(hours, calendar, moment)


def _after_quiet(hours: Hours, calendar: Calendar, at: datetime) -> datetime:
    if hours.quiet_from is None or hours.quiet_until is None:
        return at
    local = at.astimezone(ZoneInfo(calendar.zone))
    begin, end = hours.quiet_from, hours.quiet_until
    late = local.time() >= begin
    quiet = (late or local.time() < end) if begin > end else (late and local.time() < end)
    if not quiet:
        return at
    day = local.date() + timedelta(days=1) if begin > end and late else local.date()
    return to_datetime(to_instant(datetime.combine(day, end, tzinfo=local.tzinfo)))
