"""What every installation needs before its first ticket: working calendars, the days, the default limits."""

from __future__ import annotations

from sqlalchemy import insert

from hotline.seed.calendar import calendar_days
from workflows.model.base import db
from workflows.model.settings import CalendarDay, LimitRule, WorkCalendar
from workflows.rules.limits import DEFAULT_PROFILE

OFFICE, ROUND_THE_CLOCK = "办公时间", "全天值守"


def default_limits() -> list[LimitRule]:
    """The built-in limits as rows an administrator can edit."""
    return [
        LimitRule(code=str(limit.code), amount=limit.amount, basis=str(limit.basis), kind=limit.kind,
                  urgency=limit.urgency, enterprise=limit.enterprise, source=limit.source,
                  valid_from=limit.valid_from)
        for limit in DEFAULT_PROFILE
    ]


def lay() -> dict[str, int]:
    """Write calendars, days and limits, inside the caller's transaction. Returns the calendars' ids by name."""
    db.session.execute(insert(CalendarDay), list(calendar_days()))
    db.session.add_all(default_limits())
    calendars = [
        WorkCalendar(name=OFFICE, blocks=[["09:00", "12:00"], ["13:30", "17:30"]], is_default=True),
        WorkCalendar(name=ROUND_THE_CLOCK, blocks=[["00:00", "24:00"]], all_days=True),
    ]
    db.session.add_all(calendars)
    db.session.flush()  # gives the calendars their keys
    return {row.name: row.id for row in calendars}
