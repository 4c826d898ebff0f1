"""How long units take to answer: working days from dispatch to reply, added up by the database.

Working time between two moments is the difference of the working time before each (`Calendar.worked`). The days of
a period with the working time before them are handed to the database as a small table; what falls inside a day is
reckoned from the working blocks there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, Date, Double, and_, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from workflows.model.base import db
from workflows.model.clock import Clock
from workflows.model.reference import ZONE, reference
from workflows.rules.calendar import Calendar
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor
from workflows.scope import counted_for

_TENTH = Decimal("0.1")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Duration:
    """Working days spent, and on how many answers."""

    days: float = 0.0
    answers: int = 0

    @property
    def mean(self) -> Decimal | None:
        """Working days an answer took on average, to one place; None where there was none."""
        if not self.answers:
            return None
        return Decimal(self.days / self.answers).quantize(_TENTH, ROUND_HALF_UP)

    def __add__(self, other: Duration) -> Duration:
        return Duration(self.days + other.days, self.answers + other.answers)


def handling_time(actor: Actor, start: datetime, end: datetime) -> dict[int, Duration]:
    """By unit, how long the answers due in [start, end) took from dispatch, by each unit's calendar.

    The cohort is that of the on-time rate (due in the period, not void), as far as it was answered; answers to
    re-handling are left out, they would flatter.
    """
    cohort = (
        Clock.code == str(ClockCode.HANDLING), Clock.due_at >= start, Clock.due_at < end, ~Clock.void,
        Clock.stopped_at.is_not(None), counted_for(actor, Clock.unit_id),
    )
    earliest, latest = db.session.execute(
        select(func.min(Clock.started_at), func.max(Clock.stopped_at)).where(*cohort)
    ).one()
    if earliest is None:
        return {}
    calendars = reference().calendars
    first, last = (_day_table(calendars, earliest, latest, name) for name in ("first", "last"))
    spent = _worked(calendars, last, Clock.stopped_at) - _worked(calendars, first, Clock.started_at)
    rows = db.session.execute(
        select(Clock.unit_id, func.sum(spent), func.count())
        .join(first, _day_of(first, Clock.started_at))
        .join(last, _day_of(last, Clock.stopped_at))
        .where(*cohort)
        .group_by(Clock.unit_id)
    )
    return {unit_id: Duration(days, answers) for unit_id, days, answers in rows}


def _day_table(calendars: Mapping[int, Calendar], earliest: datetime, latest: datetime, name: str) -> Any:
    """Every calendar's days, each with the working days before it and whether it is one itself."""
    begin = earliest.astimezone(ZONE).date()
    days = [begin + n * _ONE_DAY for n in range((latest.astimezone(ZONE).date() - begin).days + 1)]
    keys, dates, before, works = [], [], [], []
    for key, one in calendars.items():
        for day in days:
            keys.append(key)
            dates.append(day)
            before.append(_days_before(one, begin, day))
            works.append(one.is_working(day.toordinal()))
    columns = (literal(keys, ARRAY(BigInteger)), literal(dates, ARRAY(Date)), literal(before, ARRAY(Double)),
               literal(works, ARRAY(Boolean)))
    return func.unnest(*columns).table_valued("calendar_id", "day", "before", "works", name=name).render_derived()


def _days_before(one: Calendar, begin: date, day: date) -> float:
    return float(one.days_through(day.toordinal() - 1) - one.days_through(begin.toordinal() - 1))


def _day_of(days: Any, moment: ColumnElement[datetime]) -> ColumnElement[bool]:
    return and_(days.c.calendar_id == Clock.calendar_id, days.c.day == cast(_local(moment), Date))


def _local(moment: ColumnElement[datetime]) -> ColumnElement[datetime]:
    return func.timezone(str(ZONE), moment)


def _worked(calendars: Mapping[int, Calendar], days: Any, moment: ColumnElement[datetime]) -> ColumnElement[float]:
    """Working days before a moment, counted from the first day of the table."""
    seconds = cast(func.extract("epoch", _local(moment) - func.date_trunc("day", _local(moment))), Double)
    today = case({key: _part_of_day(one, seconds) for key, one in calendars.items()}, value=Clock.calendar_id)
    return cast(days.c.before, Double) + case((days.c.works, today), else_=0.0)


def _part_of_day(one: Calendar, seconds: ColumnElement[float]) -> ColumnElement[float]:
    """How much of a working day's working time lies before a time of day."""
    spans = [(_seconds(start), _seconds(end) or _ONE_DAY.total_seconds()) for start, end in one.blocks]
    whole = sum(end - start for start, end in spans)
    worked = sum((func.least(func.greatest(seconds - start, 0.0), end - start) for start, end in spans), literal(0.0))
    return worked / whole


def _seconds(at: time) -> float:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second).total_seconds()
