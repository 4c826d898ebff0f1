"""Which days a limit was counted over, one by one: the first, those that count, those that do not.

It tells what `calendar.due` has counted and decides nothing. Nobody reads more than a year of days: a longer span is
not told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from workflows.rules import calendar
from workflows.rules.accounting import BY_DAY, last_moment
from workflows.rules.calendar import Basis, Calendar
from workflows.rules.walltime import to_datetime, to_instant

LONGEST = timedelta(days=400)


class DayCount(StrEnum):
    """What a day is to a limit."""

    START = "START"
    COUNTED = "COUNTED"
    SKIPPED = "SKIPPED"


Block = tuple[datetime, datetime]


@dataclass(frozen=True)
class Day:
    """A day of a limit. `number` is the how-manieth counted day; `blocks` its time that counts, for working hours."""

    date: date
    count: DayCount
    number: int = 0
    blocks: tuple[Block, ...] = ()

    @property
    def minutes(self) -> float:
        """What of the day counts, in minutes."""
        return sum((end - start) / timedelta(minutes=1) for start, end in self.blocks)


def counted_days(days: Calendar, basis: Basis, amount: int, since: datetime, due: datetime) -> list[Day]:
    """The days from `since` through `due`, as a limit of so much of this basis counts them.

    Nothing for minutes and hours round the clock, in which every moment counts, and for more than `LONGEST`.
    """
    if due - since > LONGEST or basis in (Basis.MIN, Basis.H):
        return []
    first = calendar.local_date(days, since)
    last = calendar.local_date(days, last_moment(Basis.CD, due))
    dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if basis in BY_DAY:
        return list(_by_day(days, basis, amount, dates))
    return [_by_block(days, day, since, due) for day in dates]


def _by_day(days: Calendar, basis: Basis, amount: int, dates: list[date]) -> Iterator[Day]:
    yield Day(dates[0], DayCount.START)
    number = 0
    for day in dates[1:]:
        # a last day of rest is no last day: the next working one is (Civil Code art. 203)
        rolls = basis is Basis.CDR and number == amount - 1 and day != dates[-1]
        if rolls or (basis is Basis.WD and not days.is_working(day.toordinal())):
            yield Day(day, DayCount.SKIPPED)
        else:
            number += 1
            yield Day(day, DayCount.COUNTED, number)


def _by_block(days: Calendar, day: date, since: datetime, due: datetime) -> Day:
    blocks: list[Block] = []
    if days.is_working(day.toordinal()):
        for start, end in days.spans(day.toordinal()):
            a, b = max(start, to_instant(since)), min(end, to_instant(due))
            if a < b:
                blocks.append((to_datetime(a), to_datetime(b)))
    return Day(day, DayCount.COUNTED if blocks else DayCount.SKIPPED, blocks=tuple(blocks))
