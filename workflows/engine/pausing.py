"""Clocks that stand still for a while (暂停): the time is put back when they run on, as a line of their account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from math import ceil

from sqlalchemy import select, update

from workflows.engine.clocks import next_step, set_due
from workflows.engine.work import Work
from workflows.model.base import db
from workflows.model.clock import Clock, ClockSegment
from workflows.model.rows import new
from workflows.model.ticket import Ticket
from workflows.rules import accounting
from workflows.rules.accounting import SegmentKind, SegmentReason
from workflows.rules.calendar import Basis
from workflows.rules.limits import ClockCode


def pause_clocks(work: Work, ticket: Ticket, codes: Iterable[ClockCode]) -> None:
    """Let what is running of these stand still from now on."""
    db.session.execute(
        update(Clock)
        .where(Clock.ticket_id == ticket.id, Clock.code.in_([str(c) for c in codes]), Clock.stopped_at.is_(None))
        .values(stopped_at=work.at, paused_since=work.at, next_at=None, next_level=None)
        .execution_options(synchronize_session=False)
    )


def end_pauses(work: Work, ticket: Ticket, reason: SegmentReason, *, runs_on: bool) -> None:
    """Put back the time clocks stood still, to the next full minute; they run on, or stop for good at this moment.

    Where the due was over before the pause nothing is put back, for then it was late already.
    """
    paused = db.session.scalars(
        select(Clock).where(Clock.ticket_id == ticket.id, Clock.paused_since.is_not(None))
        .execution_options(populate_existing=True)
    )
    for clock in paused:
        since, clock.paused_since = clock.paused_since, None
        in_time = clock.due_at is not None and clock.due_at > since
        if runs_on or in_time:
            clock.stopped_at = None if runs_on else work.at
        if in_time:
            _put_back(work, clock, since, reason)
        elif runs_on:
            clock.next_level, clock.next_at = next_step(work, clock)


def _put_back(work: Work, clock: Clock, since: datetime, reason: SegmentReason) -> None:
    days, basis, before = work.ref.calendars[clock.calendar_id], Basis(clock.rule["basis"]), clock.due_at
    minutes = ceil(accounting.time_lost(days, basis, since, work.at))
    set_due(work, clock, accounting.put_back(days, basis, before, minutes))
    work.sink.add(
        new(ClockSegment, clock_id=clock.id, kind=str(SegmentKind.PAUSE), reason=str(reason), at=work.at,
            by_name=work.actor.name, minutes=minutes, since=since, due_before=before, due_after=clock.due_at,
            calendar_version=days.version)
    )
