"""挂账: the clocks of a suspended matter stand still, and run on with the rest of their time when it is resumed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select, update

from workflows.engine.clocks import DUE_CLOCKS
from workflows.engine.moves import note_event
from workflows.engine.pausing import end_pauses
from workflows.engine.work import Work
from workflows.model.application import Suspension
from workflows.model.base import db
from workflows.model.clock import Clock
from workflows.model.ticket import Assignment, Ticket
from workflows.rules.accounting import SegmentReason
from workflows.rules.limits import INNER_CLOCKS


def stand_still(work: Work, ticket: Ticket, assignment: Assignment, since: datetime) -> None:
    """The clocks this move has paused stand still since it was asked for, and are in no figure meanwhile.

    A red of theirs that came after the asking is taken back.
    """
    for clock in _paused(Clock.assignment_id == assignment.id):
        clock.paused_since, clock.void = since, True
        if clock.fired_at is not None:
            note_event(work, ticket, "red_withdrawn", before=ticket.state, assignment=assignment,
                       data={"clock": clock.code, "red_at": clock.fired_at.isoformat(),
                             "due_at": clock.due_at.isoformat()})
            clock.fired_at = clock.late_seconds = None


def run_on(work: Work, ticket: Ticket, assignment: Assignment) -> None:
    """Let those clocks run on with the rest of their time, of the parts too; each task is due when they are."""
    clocks = _paused(Clock.ticket_id == ticket.id)
    end_pauses(work, ticket, SegmentReason.SUSPENDED, runs_on=True)
    for clock in clocks:
        clock.void = False
        if clock.code in DUE_CLOCKS | INNER_CLOCKS:
            task = db.session.get(Assignment, clock.assignment_id)
            task.due_at, task.warn_at = clock.due_at, clock.warn_at


def _paused(whose: ColumnElement[bool]) -> list[Clock]:
    return list(db.session.scalars(
        select(Clock).where(whose, Clock.paused_since.is_not(None))
        .execution_options(populate_existing=True)
    ))


def running_suspension(assignment: Assignment) -> Suspension:
    """The line of the ledger of a task that is suspended."""
    return db.session.scalars(
        select(Suspension).where(Suspension.assignment_id == assignment.id, Suspension.resumed_at.is_(None))
        .execution_options(populate_existing=True)
    ).one()


def clear_ledger(work: Work, ticket: Ticket) -> None:
    """Clear (销号) what the ticket has in the ledger: it is closed, and its caller was asked or is not to be."""
    db.session.execute(
        update(Suspension)
        .where(Suspension.ticket_id == ticket.id, Suspension.cleared_at.is_(None), Suspension.resumed_at.is_not(None))
        .values(cleared_at=work.at, cleared_by=ticket.close_type)
        .execution_options(synchronize_session=False)
    )
