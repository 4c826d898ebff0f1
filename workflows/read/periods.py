"""Whole days of the city: what figures are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Date, and_, cast, func

from workflows.errors import Invalid
from workflows.model.reference import ZONE

#: The longest period one question may ask for.
LONGEST = timedelta(days=1100)
DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Period:
    """Whole days of the city, both included, as the moments [start, end)."""

    first: date
    last: date

    def __post_init__(self) -> None:
        """Raise Invalid for a period that runs backwards or is too long."""
        if self.last < self.first:
            raise Invalid(fields={"to": ["period_backwards"]})
        if self.last - self.first > LONGEST:
            raise Invalid(fields={"to": ["period_too_long"]})

    @property
    def start(self) -> datetime:
        """Midnight the first day begins with."""
        return datetime.combine(self.first, time(), ZONE)

    @property
    def end(self) -> datetime:
        """Midnight the last day ends with."""
        return datetime.combine(self.last + DAY, time(), ZONE)

    @classmethod
    def within(cls, first: date, last: date, longest: timedelta) -> Period:
        """A period of so long at most. Raises Invalid."""
        period = cls(first, last)
        if last - first >= longest:
            raise Invalid(fields={"to": ["period_too_long"]})
        return period

    @property
    def days(self) -> list[date]:
        """Its days, in order."""
        return [self.first + DAY * n for n in range((self.last - self.first).days + 1)]

    def holds(self, moment: ColumnElement[datetime | None]) -> ColumnElement[bool]:
        """Whether a moment lies in the period."""
        return and_(moment >= self.start, moment < self.end)


def day_of(moment: ColumnElement[datetime | None]) -> ColumnElement[date]:
    """The day of the city a moment lies on."""
    return cast(func.timezone(str(ZONE), moment), Date)


def runs(days: Sequence[date], longest: int) -> list[Period]:
    """Days, in order, as periods without a gap, none of more than so many days."""
    found: list[Period] = []
    for day in days:
        if found and day - found[-1].last == DAY and (day - found[-1].first).days < longest:
            found[-1] = Period(found[-1].first, day)
        else:
            found.append(Period(day, day))
    return found
