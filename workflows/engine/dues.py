"""What moves a clock's due after it was set: time put back, more time granted, running on after a send-back.

Each is a line of the clock's account (`workflows.rules.accounting`); nothing else changes a due, but the recomputation
after a change of the calendar (`workflows.administer.dues`), which writes its line too.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from workflows.engine.clocks import DUE_CLOCKS, next_step, set_due
from workflows.engine.moves import note_event
from workflows.engine.work import Work
from workflows.model.base import db
from workflows.model.clock import Clock, ClockSegment
from workflows.model.rows import new
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.rules import accounting
from workflows.rules.accounting import SegmentKind, SegmentReason
from workflows.rules.calendar import Basis
from workflows.rules.limits import ClockCode
from workflows.rules.states import ApplicationKind


def resume_or_rework(work: Work, ticket: Ticket, assignment: Assignment) -> ClockCode | None:
    """After a formal send-back: the clock that was answered runs on to its old due, if that is still ahead.

    Returns which it is, handling or re-handling; None where the caller must start the re-handling clock.
    """
    clock = db.session.scalars(
        select(Clock)
        .where(Clock.assignment_id == assignment.id, Clock.code.in_([str(c) for c in DUE_CLOCKS]))
        .order_by(Clock.started_at.desc(), Clock.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if clock is None or clock.due_at is None or clock.due_at <= work.at:
        return None
    clock.stopped_at = None
    clock.next_level, clock.next_at = next_step(work, clock)
    _record(work, clock, SegmentKind.RESUMED, SegmentReason.SENT_BACK_IN_TIME, before=clock.due_at)
    return ClockCode(clock.code)


def credit_late_decision(work: Work, ticket: Ticket, assignment: Assignment, application: Application) -> int:
    """Add to the handling clock the time the hotline took for a return, `application`, beyond its own limit.

    Returns the minutes credited: working time of the unit where the limit counts that, else real time.
    """
    decision = _clock(assignment, ClockCode.RETURN_DECISION)
    handling = _clock(assignment, ClockCode.HANDLING)
    if decision is None or handling is None or decision.due_at is None or work.at <= decision.due_at:
        return 0
    days, basis = work.ref.calendars[handling.calendar_id], Basis(handling.rule["basis"])
    minutes = int(accounting.time_lost(days, basis, decision.due_at, work.at))
    if minutes <= 0:
        return 0
    due = accounting.put_back(days, basis, handling.due_at, minutes)
    move_due(work, ticket, assignment, handling, due, SegmentKind.CREDIT, SegmentReason.RETURN_DECIDED_LATE,
             minutes=minutes, since=decision.due_at, application_id=application.id)
    return minutes


def move_due(
    work: Work,
    ticket: Ticket,
    assignment: Assignment,
    clock: Clock,
    due: datetime,
    kind: SegmentKind,
    reason: SegmentReason,
    **how: Any,
) -> None:
    """Give a unit's clock a later due, as a line of its account. `how` is what the line says beside it.

    A clock that was red before the new due was never late: the mark is taken back, with an event, and the new
    due fires anew.
    """
    before, red = clock.due_at, clock.fired_at
    set_due(work, clock, due)
    if assignment.due_at == before:
        assignment.due_at, assignment.warn_at = due, clock.warn_at
    _record(work, clock, kind, reason, before=before, **how)
    if red is not None and clock.fired_at is None:
        note_event(work, ticket, "red_withdrawn", before=ticket.state, assignment=assignment,
                   data={"clock": clock.code, "red_at": red.isoformat(), "due_at": due.isoformat()})


def shorten_due(work: Work, ticket: Ticket, assignment: Assignment, clock: Clock, due: datetime) -> None:
    """Give a unit's clock a sooner due, still ahead, by a leader's instruction; it is the task's own from then on."""
    before = clock.due_at
    set_due(work, clock, due)
    assignment.due_at, assignment.warn_at = due, clock.warn_at
    assignment.due_original = min(assignment.due_original, due)
    _record(work, clock, SegmentKind.SHORTENED, SegmentReason.INSTRUCTED, before=before)


def held_clock(application: Application | None) -> Clock | None:
    """The clock whose due waits for what was asked for: that of an extension, of nothing else."""
    if application is None or application.kind != ApplicationKind.EXTENSION:
        return None
    return db.session.get(Clock, application.clock_id, populate_existing=True)


def hold_due(work: Work, clock: Clock) -> None:
    """Let the due of a clock wait for a decision that was asked for in time."""
    clock.held_since = work.at
    clock.next_level, clock.next_at = next_step(work, clock)


def release_due(work: Work, clock: Clock) -> None:
    """The decision is there: the due holds again, and fires if it is over."""
    clock.held_since = None
    if clock.stopped_at is None:
        clock.next_level, clock.next_at = next_step(work, clock)


def running_due_clock(assignment: Assignment) -> Clock | None:
    """The clock whose due is the task's."""
    return db.session.scalars(
        select(Clock)
        .where(Clock.assignment_id == assignment.id, Clock.code.in_([str(c) for c in DUE_CLOCKS]),
               Clock.stopped_at.is_(None))
        .order_by(Clock.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _record(
    work: Work, clock: Clock, kind: SegmentKind, reason: SegmentReason, *, before: datetime, **how: Any
) -> None:
    """Add a line to a clock's account."""
    work.sink.add(
        new(ClockSegment, clock_id=clock.id, kind=str(kind), reason=str(reason), at=work.at, by_name=work.actor.name,
            due_before=before, due_after=clock.due_at, calendar_version=work.ref.calendars[clock.calendar_id].version,
            **how)
    )


def _clock(assignment: Assignment, code: ClockCode) -> Clock | None:
    return db.session.scalars(
        select(Clock)
        .where(Clock.assignment_id == assignment.id, Clock.code == str(code))
        .order_by(Clock.round.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()
