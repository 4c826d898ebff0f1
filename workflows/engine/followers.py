"""Callers merged under a master: each is rung when it ends, and none while it is being handled again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from workflows.engine.clocks import due_at, limit_for
from workflows.engine.ringing import rung_from
from workflows.engine.work import Work
from workflows.model.base import db
from workflows.model.feedback import CallbackTask
from workflows.model.rows import new
from workflows.model.ticket import Ticket
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Role
from workflows.rules.states import OPEN_STATES
from workflows.rules.vocabulary import Anonymity, CallBasis

#: What was still to be asked when the master went back to its unit: the answer has been overtaken.
OVERTAKEN = "OVERTAKEN"
_QUIETLY = {"synchronize_session": False}


def after_master(work: Work, master: Ticket, before: str) -> None:
    """What a move of a master means for those who follow it: at every end they are rung, taken up again they wait."""
    if not master.supporters:
        return
    ended, was_over = master.state not in OPEN_STATES, before not in OPEN_STATES
    if ended and not was_over:
        _ring_all(work, master)
    elif was_over and not ended:
        _overtake(work, master)


def _ring_all(work: Work, master: Ticket) -> None:
    """Ask for a call to every merged caller who wants one and is not content yet."""
    followers = db.session.scalars(
        select(Ticket.id)
        .where(Ticket.master_id == master.id, Ticket.need_reply, Ticket.anonymity != str(Anonymity.ANONYMOUS),
               Ticket.callback_outcome.is_(None) | (Ticket.callback_outcome == "DISSATISFIED"))
        .order_by(Ticket.id)
    ).all()
    if followers:
        ask_for_calls(work, master, followers)
        _await_call(followers, True)


def ask_for_calls(work: Work, master: Ticket, followers: Sequence[int]) -> None:
    """Put merged callers on the list of those to be rung: all of them, since nothing else tells them of the answer.

    No clock runs for it: what is measured of a matter is measured once, on its master (domain §7.5).
    """
    calendar_id, _ = work.ref.calendar_of(None)
    due = due_at(work, calendar_id, limit_for(work, master, ClockCode.CALLBACK, None))
    for ticket_id in followers:
        work.sink.add(new(CallbackTask, ticket_id=ticket_id, assignment_id=master.lead_assignment_id,
                          round=master.round, created_at=work.at, not_before=rung_from(work, CallBasis.MERGED),
                          due_at=due, attempts=0, basis=str(CallBasis.MERGED)))
    work.tell("supporters_to_ring", master, unit_id=None, role=Role.CALLBACK, count=len(followers))


def _overtake(work: Work, master: Ticket) -> None:
    """What was answered no longer holds: nobody is told of it."""
    master.supporters_unhappy = 0
    followers = db.session.scalars(select(Ticket.id).where(Ticket.master_id == master.id, Ticket.awaits_call)).all()
    db.session.execute(
        update(CallbackTask).where(CallbackTask.ticket_id.in_(followers), CallbackTask.done_at.is_(None))
        .values(done_at=work.at, outcome=OVERTAKEN),
        execution_options=_QUIETLY,
    )
    _await_call(followers, False)


def _await_call(followers: Sequence[int], awaits: bool) -> None:
    db.session.execute(
        update(Ticket).where(Ticket.id.in_(followers)).values(awaits_call=awaits), execution_options=_QUIETLY
    )
