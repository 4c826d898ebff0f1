"""The one clock function: due, elapsed, remaining, yellow, on a working calendar that is passed in.

Rules: Civil Code art. 201 (the first day is not counted), 202–203 (the last day ends at 24:00, or at close of
business; a last day that is a holiday moves to the next working day). Why it is built so:
`docs/decisions/0001-working-time.md`.

Every function takes aware datetimes and gives UTC; a naive datetime raises ValueError. Working time is real
elapsed time inside the working blocks of working days, so it adds up exactly, also where a zone has summer
time.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import accumulate, pairwise
from typing import Self

from workflows.rules.walltime import DAY, Zone, to_datetime, to_instant, zone_named

MINUTE = 60_000_000
HOUR = 60 * MINUTE
ROUND_THE_CLOCK: tuple[tuple[time, time], ...] = ((time(0), time(0)),)
"""Blocks of a 24-hour unit. An end of 00:00 is 24:00."""


class Basis(StrEnum):
    """What an amount of time is counted in."""

    MIN = "min"
    """Minutes round the clock."""
    H = "h"
    """Hours round the clock."""
    WH = "wh"
    """Working hours: only time inside working blocks of working days counts."""
    WD = "wd"
    """Working days, the start day not counted; due at close of business of the N-th."""
    CD = "cd"
    """Calendar days, the start day not counted; due at 24:00 of the N-th."""
    CDR = "cdr"
    """As CD, and a last day that is not a working day moves to the next working day (Civil Code art. 203)."""


#: Bases by which a due depends on which days are worked.
BY_CALENDAR = frozenset({Basis.WH, Basis.WD, Basis.CDR})


class DayKind(StrEnum):
    """What a row of `calendar_day` says about its date."""

    WORKDAY = "WORKDAY"
    OFFDAY = "OFFDAY"


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Which moments are working time for a unit.

    Monday to Friday work unless in `off_days`; Saturday and Sunday rest unless in `work_days` (make-up days).
    A year without data therefore has an answer, and `is_provisional` says that it is a guess. With `all_days`
    every day works and the exceptions are ignored (units on duty all week).

    Raises ValueError for blocks that are empty, overlap or are out of order, or a date both off and working;
    KeyError for an unknown zone.
    """

    blocks: tuple[tuple[time, time], ...]
    off_days: frozenset[date] = frozenset()
    work_days: frozenset[date] = frozenset()
    all_days: bool = False
    version: int = 0
    known_from: date | None = None
    known_until: date | None = None
    provisional_years: frozenset[int] = frozenset()
    zone: str = "Asia/Shanghai"

    _zone: Zone = field(init=False, repr=False, compare=False)
    _spans: tuple[tuple[int, int], ...] = field(init=False, repr=False, compare=False)
    _day_length: int = field(init=False, repr=False, compare=False)
    _added: list[int] = field(init=False, repr=False, compare=False)
    _removed: list[int] = field(init=False, repr=False, compare=False)
    _odd: list[int] = field(init=False, repr=False, compare=False)
    _odd_sums: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if both := self.off_days & self.work_days:
            raise ValueError(f"both off and working: {', '.join(map(str, sorted(both)))}")
        spans = tuple(_span(start, end) for start, end in self.blocks)
        if not spans or any(a[1] > b[0] for a, b in pairwise(spans)):
            raise ValueError("working blocks must be at least one, in order, without overlap")
        added = sorted(day.toordinal() for day in self.work_days if day.weekday() >= 5)
        removed = sorted(day.toordinal() for day in self.off_days if day.weekday() < 5)
        self._set(
            _zone=zone_named(self.zone),
            _spans=spans,
            _day_length=sum(end - start for start, end in spans),
            _added=added,
            _removed=removed,
        )
        shifted = [day for day in sorted(self._zone.shift_days) if self.is_working(day)]
        self._set(_odd=shifted, _odd_sums=[0, *accumulate(self._extra(day) for day in shifted)])

    @classmethod
    def from_days(
        cls,
        rows: Iterable[tuple[date, str, bool]],
        blocks: tuple[tuple[time, time], ...],
        all_days: bool = False,
        version: int = 0,
        zone: str = "Asia/Shanghai",
    ) -> Self:
        """A calendar from rows (date, kind, provisional) of `calendar_day`, in any order.

        A year with a provisional row, or a year in the middle without rows, is provisional as a whole.
        Raises ValueError for a kind that is not a DayKind.
        """
        days = list(rows)
        for kind in {kind for _, kind, _ in days}:
            DayKind(kind)
        guessed = {day.year for day, _, provisional in days if provisional}
        known = [day for day, _, _ in days if day.year not in guessed]
        years = {day.year for day in known}
        missing = set(range(min(years), max(years) + 1)) - years if years else set()
        return cls(
            blocks=blocks,
            off_days=frozenset(d for d, kind, _ in days if kind == DayKind.OFFDAY and d.weekday() < 5),
            work_days=frozenset(d for d, kind, _ in days if kind == DayKind.WORKDAY and d.weekday() >= 5),
            all_days=all_days,
            version=version,
            known_from=min(known, default=None),
            known_until=max(known, default=None),
            provisional_years=frozenset(guessed | missing),
            zone=zone,
        )

    def is_provisional(self, day: date) -> bool:
        """Whether the answer for this day is a projection or a plain guess, not an official notice."""
        if self.all_days:
            return False
        if self.known_until is None or day > self.known_until:
            return True
        return (self.known_from is not None and day < self.known_from) or day.year in self.provisional_years

    def is_working(self, ordinal: int) -> bool:
        """Whether the day of this ordinal is a working day."""
        return self.days_through(ordinal) > self.days_through(ordinal - 1)

    def days_through(self, ordinal: int) -> int:
        """How many working days there are from the year 1 through this day."""
        if self.all_days:
            return ordinal
        weekdays = ordinal // 7 * 5 + min(ordinal % 7, 5)
        return weekdays + bisect_right(self._added, ordinal) - bisect_right(self._removed, ordinal)

    def nth_day(self, count: int, near: int) -> int:
        """The first day through which there are `count` working days; `near` is where to start looking."""
        ordinal = near
        while (excess := self.days_through(ordinal) - count) >= 0:
            ordinal -= excess + 1
        # Stepping by what is missing cannot overshoot: a step of n days holds at most n working days.
        while (missing := count - self.days_through(ordinal)) > 0:
            ordinal += missing
        return ordinal

    def day(self, at: datetime) -> int:
        """The ordinal of the local day the moment lies in."""
        return self._zone.day(to_instant(at))

    def close(self, ordinal: int) -> int:
        """The instant of close of business, were the day a working one."""
        return self._zone.instant(ordinal, self._spans[-1][1])

    def midnight(self, ordinal: int) -> int:
        """The instant at which the day begins; of the next ordinal, it is 24:00 of this one."""
        return self._zone.instant(ordinal)

    def worked(self, instant: int) -> int:
        """Working microseconds before the instant; only differences have a meaning."""
        ordinal = self._zone.day(instant)
        total = self._worked_before(ordinal)
        if self.is_working(ordinal):
            total += sum(max(0, min(instant, end) - start) for start, end in self.spans(ordinal))
        return total

    def unworked(self, target: int, near: int) -> int:
        """The first instant at which `worked` is `target`: the end of a block, not the start of the next."""
        ordinal = self.nth_day(-(-target // self._day_length), near)
        while self._worked_before(ordinal + 1) < target:
            ordinal += 1
        while self._worked_before(ordinal) >= target:
            ordinal -= 1
        left = target - self._worked_before(ordinal)
        for start, end in self.spans(ordinal):
            if left <= end - start:
                return start + left
            left -= end - start
        raise AssertionError("a working day is as long as its blocks")

    def spans(self, ordinal: int) -> list[tuple[int, int]]:
        """The working blocks of the day as instants, were it a working one."""
        if ordinal in self._zone.shift_days:
            return [(self._zone.instant(ordinal, a), self._zone.instant(ordinal, b)) for a, b in self._spans]
        midnight = self._zone.instant(ordinal)
        return [(midnight + start, midnight + end) for start, end in self._spans]

    def _worked_before(self, ordinal: int) -> int:
        days = self.days_through(ordinal - 1)
        return days * self._day_length + self._odd_sums[bisect_left(self._odd, ordinal)]

    def _extra(self, ordinal: int) -> int:
        return sum(end - start for start, end in self.spans(ordinal)) - self._day_length

    def _set(self, **values: object) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)


def due(calendar: Calendar, start: datetime, basis: Basis, amount: int) -> datetime:
    """When a limit of `amount` runs out. Raises ValueError for a naive start or an amount below 1."""
    if amount < 1:
        raise ValueError(f"a limit must be at least 1: {amount!r}")
    return to_datetime(_DUE[basis](calendar, to_instant(start), amount))


def elapsed(calendar: Calendar, start: datetime, end: datetime, basis: Basis) -> float:
    """How much of `basis` has passed from start to end; 0 when end is not later.

    Minutes for MIN; hours for H and WH, with fractions. For WD the whole working days after the start day
    that have closed: the greatest n with due(start, WD, n) ≤ end; for CD likewise with 24:00. CDR counts as
    CD: rolling moves a due, not the number of days.
    """
    a, b = to_instant(start), to_instant(end)
    return _ELAPSED[basis](calendar, a, b) if b > a else 0


def remaining(calendar: Calendar, now: datetime, due_at: datetime) -> float:
    """Working minutes left until due; negative when overdue, 0 also while only closed hours lie between."""
    return working_minutes(calendar, now, due_at)


def overdue_working_days(calendar: Calendar, due_at: datetime, now: datetime) -> float:
    """Working time passed since due, in working days of this calendar's length; 0 when not overdue."""
    late = calendar.worked(to_instant(now)) - calendar.worked(to_instant(due_at))
    return max(0, late) / calendar._day_length


def working_days_before(calendar: Calendar, at: datetime, days: int) -> datetime:
    """The moment `days` working days of this calendar's length before `at`: due earlier is later than that."""
    return to_datetime(_add(calendar, to_instant(at), -days * calendar._day_length))


def working_days_after(calendar: Calendar, at: datetime, days: int) -> datetime:
    """The moment at which something due at `at` is overdue by so many working days of this calendar's length."""
    return working_days_before(calendar, at, -days)


def working_minutes(calendar: Calendar, a: datetime, b: datetime) -> float:
    """Working minutes from a to b; negative when b is earlier."""
    return (calendar.worked(to_instant(b)) - calendar.worked(to_instant(a))) / MINUTE


def add_working_minutes(calendar: Calendar, at: datetime, minutes: float) -> datetime:
    """The first moment that many working minutes after `at`, or before it if negative; 0 gives `at`."""
    return to_datetime(_add(calendar, to_instant(at), round(minutes * MINUTE)))


def warn_at(calendar: Calendar, start: datetime, due_at: datetime, basis: Basis | None = None) -> datetime:
    """The yellow card: close of the working day before the due's working day, or half of the window if later.

    The due's working day is the last one on or before its date, so that the warning leaves working time to
    act in. Half of the window is half of its working time; for the round-the-clock bases MIN and H, and for a
    window without working time, half of real time. A due that is not after start warns at the due.
    """
    begin, end = to_instant(start), to_instant(due_at)
    if end <= begin:
        return to_datetime(end)
    half = _part(calendar, begin, end, basis, 50)
    last = calendar._zone.day(end - 1)
    eve = calendar.nth_day(calendar.days_through(last) - 1, last)
    return to_datetime(max(half, calendar.close(eve)))


def part_of(calendar: Calendar, start: datetime, due_at: datetime, basis: Basis, percent: int) -> datetime:
    """When so many percent of the window are over, counted as for `warn_at`; an empty window is over at its due."""
    begin, end = to_instant(start), to_instant(due_at)
    return to_datetime(_part(calendar, begin, end, basis, percent) if begin < end else end)


def _part(calendar: Calendar, begin: int, end: int, basis: Basis | None, percent: int) -> int:
    working = calendar.worked(end) - calendar.worked(begin)
    if working == 0 or basis in (Basis.MIN, Basis.H):
        return begin + (end - begin) * percent // 100
    return _add(calendar, begin, working * percent // 100)


def next_working_moment(calendar: Calendar, at: datetime) -> datetime:
    """`at` when inside a working block (start included, end not), else the start of the next block."""
    instant = to_instant(at)
    ordinal = calendar._zone.day(instant)
    while True:
        if calendar.is_working(ordinal):
            for start, end in calendar.spans(ordinal):
                if instant < end:
                    return to_datetime(max(instant, start))
        ordinal += 1


def working_day_after(calendar: Calendar, day: date, n: int) -> date:
    """The n-th working day after `day`, or before it when n is negative; `day` itself is not counted."""
    if n == 0:
        raise ValueError("the working day after a day is counted from 1, before it from -1")
    ordinal = day.toordinal()
    count = calendar.days_through(ordinal) + n if n > 0 else calendar.days_through(ordinal - 1) + n + 1
    return date.fromordinal(calendar.nth_day(count, ordinal))


def day_end(calendar: Calendar, day: date) -> datetime:
    """Close of business of the day, whether or not it is a working one."""
    return to_datetime(calendar.close(day.toordinal()))


def midnight_after(calendar: Calendar, day: date) -> datetime:
    """24:00 of the day."""
    return to_datetime(calendar.midnight(day.toordinal() + 1))


def local_date(calendar: Calendar, at: datetime) -> date:
    """The date in the calendar's zone."""
    return date.fromordinal(calendar.day(at))


def is_provisional(calendar: Calendar, start: datetime, due_at: datetime) -> bool:
    """Whether a day from start through due is not yet official, so that the due may still move."""
    first, last = local_date(calendar, start), local_date(calendar, due_at - timedelta(microseconds=1))
    years = range(first.year + 1, last.year)
    return any(calendar.is_provisional(d) for d in (first, last, *(date(year, 12, 31) for year in years)))


def _span(start: time, end: time) -> tuple[int, int]:
    a, b = _microseconds(start), _microseconds(end) or DAY
    if a >= b:
        raise ValueError(f"a working block must end after it starts: {start}–{end}; split it at midnight")
    return a, b


def _microseconds(at: time) -> int:
    return (at.hour * 60 + at.minute) * MINUTE + at.second * 1_000_000 + at.microsecond


def _add(calendar: Calendar, instant: int, microseconds: int) -> int:
    if microseconds == 0:
        return instant
    return calendar.unworked(calendar.worked(instant) + microseconds, calendar._zone.day(instant))


def _due_working_days(calendar: Calendar, start: int, amount: int) -> int:
    day = calendar._zone.day(start)
    return calendar.close(calendar.nth_day(calendar.days_through(day) + amount, day))


def _due_calendar_days(calendar: Calendar, start: int, amount: int) -> int:
    return calendar.midnight(calendar._zone.day(start) + amount + 1)


def _due_calendar_days_rolled(calendar: Calendar, start: int, amount: int) -> int:
    last = calendar._zone.day(start) + amount
    return calendar.midnight(calendar.nth_day(calendar.days_through(last - 1) + 1, last) + 1)


def _elapsed_working_days(calendar: Calendar, start: int, end: int) -> int:
    first, last = calendar._zone.day(start), calendar._zone.day(end)
    still_open = calendar.is_working(last) and end < calendar.close(last)
    return max(0, calendar.days_through(last) - calendar.days_through(first) - still_open)


def _elapsed_calendar_days(calendar: Calendar, start: int, end: int) -> int:
    return max(0, calendar._zone.day(end) - calendar._zone.day(start) - 1)


_DUE: dict[str, Callable[[Calendar, int, int], int]] = {
    Basis.MIN: lambda _, start, amount: start + amount * MINUTE,
    Basis.H: lambda _, start, amount: start + amount * HOUR,
    Basis.WH: lambda calendar, start, amount: _add(calendar, start, amount * HOUR),
    Basis.WD: _due_working_days,
    Basis.CD: _due_calendar_days,
    Basis.CDR: _due_calendar_days_rolled,
}
_ELAPSED: dict[str, Callable[[Calendar, int, int], float]] = {
    Basis.MIN: lambda _, start, end: (end - start) / MINUTE,
    Basis.H: lambda _, start, end: (end - start) / HOUR,
    Basis.WH: lambda calendar, start, end: (calendar.worked(end) - calendar.worked(start)) / HOUR,
    Basis.WD: _elapsed_working_days,
    Basis.CD: _elapsed_calendar_days,
    Basis.CDR: _elapsed_calendar_days,
}
