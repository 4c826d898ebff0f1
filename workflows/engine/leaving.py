"""A ticket that ends before its answer, from wherever it stands: the caller takes it back, or it goes elsewhere."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import func, update

from workflows.engine.clocks import UNIT_CLOCKS
from workflows.engine.followers import OVERTAKEN
from workflows.engine.moves import lead_of, move
from workflows.engine.work import Work
from workflows.model.application import Suspension
from workflows.model.base import db
from workflows.model.clock import Clock
from workflows.model.feedback import CallbackTask
from workflows.model.ticket import Assignment, Ticket

_QUIETLY = {"synchronize_session": False}


def leave_for_good(
    work: Work, ticket: Ticket, name: str, *, reason: StrEnum | None, note: str, data: dict[str, Any] | None = None
) -> Assignment | None:
    """End an open ticket by a move that does, with everything that hangs on it. Returns the task of its lead.

    Its clocks stop, what was asked for lapses, parts are taken back, nobody is rung about it, its line in the ledger is
    cleared. What the unit was not late with yet counts in no figure; what it was late with stays late.
    """
    task = lead_of(ticket)
    move(work, ticket, name, assignment=task, reason=reason, note=note, data=data)
    ticket.closed_at = work.at
    _drop_calls(work, ticket)
    if task is not None:
        task.ended_at = work.at
        _leave_out(work, task)
        _clear_ledger(work, ticket)
        work.tell_unit("left", ticket, task.unit_id, move=name)
    return task


def _drop_calls(work: Work, ticket: Ticket) -> None:
    db.session.execute(
        update(CallbackTask).where(CallbackTask.ticket_id == ticket.id, CallbackTask.done_at.is_(None))
        .values(done_at=work.at, outcome=OVERTAKEN),
        execution_options=_QUIETLY,
    )


def _leave_out(work: Work, task: Assignment) -> None:
    """Clocks that were stopped by this very move in good time measure nothing; what stood still runs on no more."""
    mine = Clock.assignment_id == task.id, Clock.code.in_(sorted(map(str, UNIT_CLOCKS)))
    db.session.execute(
        update(Clock).where(*mine, Clock.stopped_at == work.at, Clock.due_at > work.at).values(void=True),
        execution_options=_QUIETLY,
    )
    db.session.execute(
        update(Clock).where(*mine, Clock.paused_since.is_not(None)).values(paused_since=None),
        execution_options=_QUIETLY,
    )


def _clear_ledger(work: Work, ticket: Ticket) -> None:
    db.session.execute(
        update(Suspension).where(Suspension.ticket_id == ticket.id, Suspension.cleared_at.is_(None))
        .values(resumed_at=func.coalesce(Suspension.resumed_at, work.at), cleared_at=work.at, cleared_by=ticket.state),
        execution_options=_QUIETLY,
    )
