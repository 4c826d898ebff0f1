"""Counting open dues anew after the days they were counted by changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select, update

from workflows.administer.books import administering
from workflows.engine import Work, note_event
from workflows.engine.clocks import DUE_CLOCKS
from workflows.model.base import db
from workflows.model.clock import Clock, ClockSegment, segment_of
from workflows.model.feedback import CallbackTask
from workflows.model.reference import ZONE
from workflows.model.ticket import Assignment, Ticket
from workflows.rules import accounting, calendar
from workflows.rules.accounting import Segment, SegmentKind, SegmentReason
from workflows.rules.calendar import Basis, Calendar
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor

BATCH = 500


def recompute_dues(actor: Actor, *, first: date, last: date, batch: int = BATCH) -> int:
    """Count anew every running, not yet expired clock that spans one of the days. Returns how many dues moved.

    Each moved due is an event of its ticket and a segment of its clock, old and new value beside each other. Works
    in batches, each a transaction of its own; run twice, it moves nothing the second time.
    """
    touched = _touched(first, last)
    moved, after = 0, 0
    while True:
        with administering(actor) as doing:
            tickets = _lock_tickets(touched, after, batch)
            if not tickets:
                return moved
            moved += _recompute(doing, tickets, touched)
            after = tickets[-1].id


def running_clocks(*, first: date, last: date) -> int:
    """How many clocks `recompute_dues` would count anew for these days."""
    return db.session.scalar(select(func.count()).select_from(Clock).where(*_touched(first, last))) or 0


def _touched(first: date, last: date) -> Sequence[ColumnElement[bool]]:
    """Running, not yet expired, and spanning one of the days."""
    return (
        Clock.stopped_at.is_(None),
        Clock.fired_at.is_(None),
        Clock.started_at < _midnight(last + timedelta(days=1)),
        Clock.due_at > _midnight(first),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), ZONE)


def _lock_tickets(touched: Sequence[ColumnElement[bool]], after: int, batch: int) -> Sequence[Ticket]:
    """The next tickets with such a clock, locked as a move would lock them."""
    return db.session.scalars(
        select(Ticket)
        .where(Ticket.id > after, select(Clock.id).where(Clock.ticket_id == Ticket.id, *touched).exists())
        .order_by(Ticket.id)
        .limit(batch)
        .with_for_update(of=Ticket)
        .execution_options(populate_existing=True)
    ).all()


def _recompute(doing: Work, tickets: Sequence[Ticket], touched: Sequence[ColumnElement[bool]]) -> int:
    by_id = {ticket.id: ticket for ticket in tickets}
    clocks = db.session.scalars(
        select(Clock).where(Clock.ticket_id.in_(by_id), *touched).order_by(Clock.id),
        execution_options={"populate_existing": True},
    ).all()
    moved = _segments([clock.id for clock in clocks])
    return sum(_recount(doing, by_id[clock.ticket_id], clock, moved[clock.id]) for clock in clocks)


def _segments(clock_ids: Sequence[int]) -> dict[int, list[Segment]]:
    """What was added to each clock, in order."""
    found: dict[int, list[Segment]] = defaultdict(list)
    rows = db.session.scalars(
        select(ClockSegment).where(ClockSegment.clock_id.in_(clock_ids)).order_by(ClockSegment.id)
    )
    for row in rows:
        found[row.clock_id].append(segment_of(row))
    return found


def _recount(doing: Work, ticket: Ticket, clock: Clock, segments: Sequence[Segment]) -> bool:
    """Set one clock by the days as they are now. Returns whether its due moved."""
    days = doing.ref.calendars[clock.calendar_id]
    basis, amount = Basis(clock.rule["basis"]), clock.rule["amount"]
    due = accounting.due_of(days, clock.started_at, basis, amount, segments)
    if due == clock.due_at:
        return False
    before, clock.due_at = clock.due_at, due
    clock.due_original = calendar.due(days, clock.started_at, basis, amount)
    clock.warn_at = calendar.warn_at(days, clock.started_at, due, basis)
    clock.next_at = due if clock.warned_at else clock.warn_at
    _note(doing, ticket, clock, before, days)
    _follow(clock)
    return True


def _note(doing: Work, ticket: Ticket, clock: Clock, before: datetime, days: Calendar) -> None:
    clock.rule = clock.rule | {"calendar_version": days.version}
    db.session.add(ClockSegment(
        clock_id=clock.id, kind=str(SegmentKind.RECOMPUTED), reason=str(SegmentReason.CALENDAR_CHANGED), at=doing.at,
        by_name=doing.actor.name, due_before=before, due_after=clock.due_at, calendar_version=days.version,
    ))
    note_event(doing, ticket, "recomputed", before=ticket.state,
               data={"clock": clock.code, "due_before": before.isoformat(), "due_at": clock.due_at.isoformat()})


def _follow(clock: Clock) -> None:
    """Carry the new due to where lists find it."""
    if clock.code in DUE_CLOCKS and clock.assignment_id is not None:
        db.session.execute(
            update(Assignment).where(Assignment.id == clock.assignment_id)
            .values(due_original=clock.due_original, due_at=clock.due_at, warn_at=clock.warn_at)
        )
    if clock.code == ClockCode.CALLBACK:
        db.session.execute(
            update(CallbackTask).where(CallbackTask.ticket_id == clock.ticket_id, CallbackTask.done_at.is_(None))
            .values(due_at=clock.due_at)
        )
