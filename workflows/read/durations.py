"""How long units take to answer: working days from dispatch to reply, added up by the database.

Working time between two moments is the difference of the working time before each (`Calendar.worked`). The days of
a period with the working days before each are handed to the database as arrays; what falls inside a day is reckoned
there from the working blocks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, Double, Subquery, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from workflows.model.base import db
from workflows.model.clock import Clock
from workflows.model.reference import ZONE, reference
from workflows.read.periods import Period
from workflows.rules.calendar import Calendar
from workflows.rules.limits import ClockCode

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


@dataclass(frozen=True)
class Spent:
    """The answers of a period, as rows to add up: working `days` of each, its unit and its moment.

    `calendar` is a table of one row that has to stand beside them.
    """

    days: ColumnElement[float]
    unit_id: ColumnElement[int | None]
    anchor: ColumnElement[datetime | None]
    conditions: tuple[ColumnElement[bool], ...]
    calendar: Subquery


def handling(period: Period, scope: Callable[[ColumnElement[int | None]], ColumnElement[bool]]) -> Spent | None:
    """How long the answers due in a period took from dispatch, by each unit's calendar; None where there are none.

    The cohort is that of the on-time rate (due in the period, not void), as far as it was answered; answers to
    re-handling are left out, they would flatter.
    """
    cohort = (
        Clock.code == str(ClockCode.HANDLING), period.holds(Clock.due_at), ~Clock.void, Clock.stopped_at.is_not(None),
        scope(Clock.unit_id),
    )
    earliest, latest = db.session.execute(
        select(func.min(Clock.started_at), func.max(Clock.stopped_at)).where(*cohort)
    ).one()
    if earliest is None:
        return None
    calendars = reference().calendars
    days = _days(calendars, earliest.astimezone(ZONE).date(), latest.astimezone(ZONE).date())
    spent = case(
        {key: _worked(one, days, key, Clock.stopped_at) - _worked(one, days, key, Clock.started_at)
         for key, one in calendars.items()},
        value=Clock.calendar_id,
    )
    return Spent(spent, Clock.unit_id, Clock.due_at, cohort, days)


def _days(calendars: Mapping[int, Calendar], first: date, last: date) -> Subquery:
    """One row: the first day, and of each calendar two arrays, the working days before each day and whether it is one.

    Arrays, because a join by calendar and day is one the database guesses badly.
    """
    ordinals = range(first.toordinal(), last.toordinal() + 1)
    columns: list[ColumnElement[Any]] = [literal(first, Date).label("first")]
    for key, one in calendars.items():
        before = [float(one.days_through(n - 1) - one.days_through(ordinals[0] - 1)) for n in ordinals]
        works = [float(one.is_working(n)) for n in ordinals]
        columns.append(literal(before, ARRAY(Double)).label(f"before_{key}"))
        columns.append(literal(works, ARRAY(Double)).label(f"works_{key}"))
    return select(*columns).subquery("days")


def _worked(one: Calendar, days: Subquery, key: int, moment: ColumnElement[datetime]) -> ColumnElement[float]:
    """Working days before a moment, counted from the first of the days."""
    local = func.timezone(str(ZONE), moment)
    place = cast(local, Date) - days.c.first + 1
    seconds = cast(func.extract("epoch", local - func.date_trunc("day", local)), Double)
    return days.c[f"before_{key}"][place] + days.c[f"works_{key}"][place] * _part_of_day(one, seconds)


def _part_of_day(one: Calendar, seconds: ColumnElement[float]) -> ColumnElement[float]:
    """How much of a working day's working time lies before a time of day."""
    spans = [(_seconds(start), _seconds(end) or _ONE_DAY.total_seconds()) for start, end in one.blocks]
    whole = sum(end - start for start, end in spans)
    worked = sum((func.least(func.greatest(seconds - start, 0.0), end - start) for start, end in spans), literal(0.0))
    return worked / whole


def _seconds(at: time) -> float:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second).total_seconds()
