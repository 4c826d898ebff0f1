"""时限说明: why a clock is due when it is and how late it was, line by line, for somebody who disputes it.

Every figure is worked out from the rows that are stored and the one clock function; nothing is remembered in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import select

from workflows.errors import Unknown
from workflows.model.base import db, now
from workflows.model.clock import ClockFiring, segment_of
from workflows.model.reference import Reference, reference
from workflows.model.settings import CalendarDay, WorkCalendar
from workflows.model.ticket import Ticket
from workflows.read.scrubbing import without_caller
from workflows.read.ticket_lines import ApplicationView, FiringView
from workflows.read.ticket_parts import ClockView, SegmentView
from workflows.read.tickets import MOST_ROWS, applications_of, clocks_of, reads_all
from workflows.read.views import columns_of, views_of
from workflows.rules.accounting import Line, SegmentKind, account, last_moment, time_lost
from workflows.rules.calendar import Basis, Calendar
from workflows.rules.chains import STEPS
from workflows.rules.counting import Block, Day, DayCount, counted_days
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor
from workflows.rules.states import ApplicationKind
from workflows.scope import visible_to


@dataclass(frozen=True)
class DayLine:
    """A day of a limit, or several days of rest in a row. `name` is the calendar's: the holiday, the make-up day."""

    first: date
    last: date
    count: DayCount
    number: int
    minutes: float
    blocks: tuple[Block, ...]
    name: str
    make_up: bool
    provisional: bool


@dataclass(frozen=True)
class AccountLine:
    """A line of the account; `segment` is None for the first. `days` are empty where they were not counted so."""

    kind: SegmentKind
    before: datetime
    after: datetime
    sound: bool
    segment: SegmentView | None
    days: tuple[DayLine, ...]


@dataclass(frozen=True)
class ClockAccount:
    """A clock with its account. `lines` are empty for a clock without a limit.

    `adds_up`: the lines lead from the start to the due. `sound`: counted now, they still do; where they do not, the
    calendar has changed since (`outdated`), or somebody changed the rows.
    `late_minutes` is the time past the due, of the limit's own kind, until it stopped or now; 0 in time.
    `applications` are what was asked about this limit, granted or not, and `firings` the warnings and reds it gave by
    whatever due it then had; both oldest first.
    """

    at: datetime
    ticket_no: str
    title: str
    clock: ClockView
    calendar_name: str
    calendar_version: int
    lines: tuple[AccountLine, ...]
    adds_up: bool
    sound: bool
    late_minutes: float
    applications: tuple[ApplicationView, ...] = ()
    firings: tuple[FiringView, ...] = ()

    def asked(self, line: AccountLine) -> int:
        """Which of the applications, from 1, a line follows from; 0 for none."""
        key = line.segment.application_id if line.segment is not None else None
        return next((n for n, one in enumerate(self.applications, start=1) if one.id == key), 0)

    def moved_by(self, application: ApplicationView) -> int:
        """Which line, from 1, an application has added; 0 for none."""
        return next((n for n, line in enumerate(self.lines, start=1)
                     if line.segment is not None and line.segment.application_id == application.id), 0)

    @property
    def outdated(self) -> bool:
        """Whether the limit holds as it was counted by a calendar that has changed since."""
        return self.adds_up and not self.sound and self.calendar_version != self.clock.rule.get("calendar_version")

    @property
    def right(self) -> bool:
        """Whether the lines explain the due."""
        return self.adds_up and (self.sound or self.outdated)

    @property
    def held(self) -> bool:
        """Whether the due is over and still does not count, for an extension asked for in time is undecided."""
        return self.clock.held_since is not None and (self.clock.stopped_at or self.at) > self.clock.due_at

    @property
    def provisional(self) -> bool:
        """Whether a counted day is not yet official."""
        return any(day.provisional for line in self.lines for day in line.days)


def clock_account(no: str, clock_id: int, actor: Actor) -> ClockAccount:
    """One clock of a ticket. Raises Unknown where there is none for these eyes."""
    for told in clock_accounts(no, actor):
        if told.clock.id == clock_id:
            return told
    raise Unknown("clock_unknown")


def clock_accounts(no: str, actor: Actor) -> tuple[ClockAccount, ...]:
    """Every clock of a ticket, in the order they started. Raises Unknown where there is none for these eyes."""
    at, ref = now(), reference()
    ticket = db.session.execute(
        select(Ticket.id, Ticket.no, Ticket.title, Ticket.anonymity).where(Ticket.no == no, visible_to(actor))
    ).one_or_none()
    if ticket is None:
        raise Unknown("ticket_unknown")
    clocks = clocks_of(ticket.id, ref, at)
    names = _calendar_names()
    known = _days_between(clocks)
    asked, fired = applications_of(ticket.id, ref)[::-1], _firings(clocks)
    told = tuple(
        replace(_told(clock, ticket.no, ticket.title, at, ref, names, known),
                applications=tuple(one for one in asked if _concerns(one, clock)),
                firings=tuple(one for one in fired if one.clock_id == clock.id))
        for clock in clocks
    )
    return told if reads_all(actor, ticket.anonymity) else without_caller(told, ticket.id, ticket.no)


def _told(
    clock: ClockView, no: str, title: str, at: datetime, ref: Reference, names: Mapping[int, str],
    known: Mapping[date, CalendarDay],
) -> ClockAccount:
    days = ref.calendars.get(clock.calendar_id or 0, ref.default_calendar)
    name = names.get(clock.calendar_id or 0, "")
    if clock.due_at is None:
        return ClockAccount(at, no, title, clock, name, days.version, (), True, True, 0)
    basis, amount = Basis(clock.rule["basis"]), clock.rule["amount"]
    agreed = clock.due_original if "within" in clock.rule else None
    sums = account(days, clock.started_at, basis, amount, [segment_of(s) for s in clock.segments], clock.due_at,
                   agreed=agreed)
    lines = tuple(
        AccountLine(line.kind, line.before, line.after, line.sound, segment,
                    () if agreed else _days(line, days, basis, amount, known))
        for line, segment in zip(sums.lines, (None, *clock.segments), strict=True)
    )
    late = max(0.0, time_lost(days, basis, clock.due_at, clock.stopped_at or at))
    return ClockAccount(at, no, title, clock, name, days.version, lines, sums.adds_up, sums.sound, late)


def _days(
    line: Line, days: Calendar, basis: Basis, amount: int, known: Mapping[date, CalendarDay]
) -> tuple[DayLine, ...]:
    """The days of a line that counts days or hours; none where the calendar no longer counts them as it did."""
    if line.counted is None or not line.sound:
        return ()
    if line.kind is SegmentKind.RUN:
        counted = counted_days(days, basis, amount, line.before, line.after)
    elif line.kind is SegmentKind.EXTENSION and line.segment is not None:
        basis = line.segment.basis or basis
        counted = counted_days(days, basis, line.segment.amount or 0, last_moment(basis, line.before), line.after)
    else:
        return ()
    return _in_rows(counted, known, days)


def _in_rows(counted: list[Day], known: Mapping[date, CalendarDay], days: Calendar) -> tuple[DayLine, ...]:
    """Each counted day for itself; days of rest in a row, of one name, as one."""

    def alike(day: Day) -> tuple[DayCount, date | None, str]:
        row = known.get(day.date)
        return day.count, None if day.count is DayCount.SKIPPED else day.date, row.name if row else ""

    return tuple(_row(list(group), known, days) for _, group in groupby(counted, alike))


def _row(group: list[Day], known: Mapping[date, CalendarDay], days: Calendar) -> DayLine:
    first = group[0]
    row = known.get(first.date)
    works = days.is_working(first.date.toordinal()) and not days.all_days
    return DayLine(
        first=first.date, last=group[-1].date, count=first.count, number=first.number, minutes=first.minutes,
        blocks=first.blocks, name=row.name if row else "", make_up=works and first.date.weekday() >= 5,
        provisional=any(days.is_provisional(day.date) for day in group),
    )


def _concerns(asked: ApplicationView, clock: ClockView) -> bool:
    """Whether a return or an extension is about this limit: asked for more of it, or is what it gives time to decide.

    A return is about the whole task, and shown with its time to handle. What passes a chain inside a unit stays there.
    """
    if asked.assignment_id != clock.assignment_id or asked.kind in STEPS:
        return False
    returning = asked.kind == ApplicationKind.RETURN and clock.code == ClockCode.HANDLING
    return returning or asked.clock_id == clock.id or asked.filed_at == clock.started_at


def _firings(clocks: tuple[ClockView, ...]) -> tuple[FiringView, ...]:
    rows = db.session.execute(
        select(*columns_of(ClockFiring, FiringView)).where(ClockFiring.clock_id.in_([clock.id for clock in clocks]))
        .order_by(ClockFiring.at, ClockFiring.reached_at).limit(MOST_ROWS)
    ).all()
    return views_of(FiringView, rows)


def _calendar_names() -> dict[int, str]:
    return dict(db.session.execute(select(WorkCalendar.id, WorkCalendar.name)).all())


def _days_between(clocks: tuple[ClockView, ...]) -> dict[date, CalendarDay]:
    """What the calendar says of the named days these clocks ran over."""
    ends = [clock.due_at for clock in clocks if clock.due_at is not None]
    if not ends:
        return {}
    first, last = min(c.started_at for c in clocks).date(), max(ends).date() + timedelta(days=1)
    rows = db.session.scalars(
        select(CalendarDay).where(CalendarDay.date.between(first, last), CalendarDay.name != "")
    )
    return {row.date: row for row in rows}
