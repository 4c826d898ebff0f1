"""抽样回访: callers who are not drawn have the answer and a link to rate it; what they leave unsaid closes by itself.

Nobody is left without the answer: where no message got through, the caller is rung after all.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from workflows.engine import account_of, end_ticket, lead_of, lock, move, note_event, rung_from, work
from workflows.errors import Invalid, Refusal
from workflows.model.base import db, now
from workflows.model.feedback import CallbackTask
from workflows.model.ticket import Ticket
from workflows.rules.closing import usual
from workflows.rules.roles import SYSTEM, Actor
from workflows.rules.states import TicketState
from workflows.rules.vocabulary import CallBasis

#: Tickets settled by one run of the job looks at a time.
BATCH = 500
OUTCOME = "NOT_SAMPLED"


def name_call(no: str, actor: Actor, *, note: str, version: int | None = None) -> Ticket:
    """Ask for a caller to be rung back whatever the policy (点名回访), saying why; one already passed over, too."""
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        move(doing, ticket, "name_call", assignment=lead_of(ticket), note=note)
        if not note:
            raise Invalid(fields={"note": ["required"]})
        ticket.call_named = True
        task = _passed_over(ticket) if ticket.state == TicketState.CALLBACK else None
        if task is not None:
            task.basis, task.not_before = str(CallBasis.NAMED), rung_from(doing, CallBasis.NAMED)
        return ticket


def _passed_over(ticket: Ticket) -> CallbackTask | None:
    return db.session.scalars(
        select(CallbackTask).where(CallbackTask.ticket_id == ticket.id, CallbackTask.round == ticket.round,
                                   CallbackTask.basis == str(CallBasis.NOT_DRAWN), CallbackTask.done_at.is_(None))
    ).one_or_none()


def close_unsampled(batch: int = BATCH) -> int:
    """Close what callers who were not drawn said nothing about in time; who was told by no message is to be rung.

    Returns how many it settled either way; run twice it finds nothing left to do.
    """
    settled, last = 0, 0
    while rows := _waited(last, batch):
        last = rows[-1].id
        settled += sum(_settle(row.no, row.id) for row in rows)
    return settled


def _waited(after: int, batch: int) -> list[Any]:
    rows = db.session.execute(
        select(CallbackTask.id, Ticket.no).join(Ticket, Ticket.id == CallbackTask.ticket_id)
        .where(CallbackTask.done_at.is_(None), CallbackTask.basis == str(CallBasis.NOT_DRAWN),
               CallbackTask.not_before <= now(), CallbackTask.id > after)
        .order_by(CallbackTask.id).limit(batch)
    ).all()
    db.session.rollback()
    return list(rows)


def _settle(no: str, task_id: int) -> bool:
    """Settle one, unless somebody was quicker or a rule forbids it."""
    try:
        with work(SYSTEM) as doing:
            ticket = lock(no, SYSTEM)
            task = db.session.get(CallbackTask, task_id, populate_existing=True)
            if task.done_at is not None or task.basis != CallBasis.NOT_DRAWN:
                return False
            if ticket.answer_way is None:
                task.basis, task.not_before = str(CallBasis.UNTOLD), rung_from(doing, CallBasis.UNTOLD)
                note_event(doing, ticket, "untold", before=ticket.state)
                return True
            task.done_at, task.outcome = doing.at, OUTCOME
            ticket.callback_outcome = OUTCOME
            assignment = lead_of(ticket)
            end_ticket(doing, ticket, assignment, usual(account_of(ticket, assignment, outcome=OUTCOME)))
    except Refusal:
        return False
    return True
