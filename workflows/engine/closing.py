"""Closing a ticket: what is known of it when it ends, and what ends with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from workflows.engine.moves import move
from workflows.engine.suspending import clear_ledger
from workflows.engine.work import Work
from workflows.model.base import db
from workflows.model.feedback import CallbackAttempt, CallbackTask
from workflows.model.reply import Reply
from workflows.model.ticket import Application, Assignment, Ticket
from workflows.rules.closing import Account
from workflows.rules.vocabulary import CloseType


def is_hazard(work: Work, ticket: Ticket) -> bool:
    """Whether a ticket is about a hazard, which is over only when its re-check is shown."""
    category = work.ref.categories.get(ticket.category_id)
    return category is not None and category.hazard


def account_of(
    ticket: Ticket, assignment: Assignment, *, outcome: str | None = None, solved: str | None = None
) -> Account:
    """What is known of a ticket that is to be closed; `outcome` and `solved` are of the call just made."""
    said = db.session.execute(
        select(Reply.truth, Reply.resolution, Reply.unresolved_reason)
        .where(Reply.assignment_id == assignment.id, Reply.decision == "ACCEPTED").order_by(Reply.id.desc()).limit(1)
    ).one_or_none()
    return Account(outcome or ticket.callback_outcome, solved, *(said or ()), suspended=assignment.suspension_count > 0)


def said_last(ticket: Ticket) -> str | None:
    """Whether it is solved, by what the caller said in this round."""
    return db.session.scalar(
        select(CallbackAttempt.solved).join(CallbackTask, CallbackTask.id == CallbackAttempt.task_id)
        .where(CallbackTask.ticket_id == ticket.id, CallbackTask.round == ticket.round)
        .order_by(CallbackAttempt.id.desc()).limit(1)
    )


def end_ticket(
    work: Work, ticket: Ticket, assignment: Assignment, close_type: CloseType, *, name: str = "close", note: str = "",
    data: dict[str, Any] | None = None, application: Application | None = None,
) -> None:
    """Close a ticket by a move that does: its task ends, and what it has in the ledger is cleared."""
    move(work, ticket, name, assignment=assignment, application=application, reason=close_type, note=note,
         data=data or None)
    ticket.close_type, ticket.closed_at = str(close_type), work.at
    ticket.reopen_until = work.at + timedelta(days=work.ref.thresholds.reopen_days)
    assignment.ended_at = work.at
    if assignment.suspension_count:
        clear_ledger(work, ticket)
