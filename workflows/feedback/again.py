"""重办, 重开: another round of the same ticket."""

from __future__ import annotations

from sqlalchemy import or_, select

from workflows.engine import Work, begin_round, issue_order, lead_of, lock, open_levels, work
from workflows.model.base import db
from workflows.model.feedback import CallbackTask
from workflows.model.ticket import Assignment, Ticket
from workflows.rules.closing import ORDER_LEVEL, THIRD_TIME
from workflows.rules.roles import Actor
from workflows.rules.satisfaction import DissatisfactionReason
from workflows.rules.states import WITH_A_UNIT, TicketState
from workflows.rules.vocabulary import DissatisfactionClass, ReopenReason

#: What such an order gives as its reason.
ORDER_REASON = "诉求人第三次表示不满意，系统自动签发"


def rework(
    no: str, actor: Actor, *, reason: DissatisfactionReason, note: str = "", version: int | None = None
) -> Ticket:
    """Send a ticket the caller is dissatisfied with back to its unit, a round further (重办).

    It is how a supervisor says that the unit is at fault; whatever else it is about is judged (`closing`).
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        assignment, was_over = lead_of(ticket), ticket.state == TicketState.CLOSED
        begin_round(doing, ticket, assignment, "rework", reason, note,
                    {"class": str(DissatisfactionClass.UNIT_FAULT)})
        if was_over:  # a merged caller is not content: until now there was nobody to order anything
            order_the_third_time(doing, ticket, assignment)
        return ticket


def reopen(no: str, actor: Actor, *, reason: ReopenReason, note: str, version: int | None = None) -> Ticket:
    """Take a closed ticket up again, because its problem is back or something new is known (重开).

    It goes to the unit that answered it, a round further; `note` says what is new. Raises NotNow where it was closed
    too long ago: then it is a new ticket.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        begin_round(doing, ticket, lead_of(ticket), "reopen", reason, note)
        return ticket


def order_the_third_time(doing: Work, ticket: Ticket, assignment: Assignment | None) -> None:
    """Give the unit a supervision order where callers were dissatisfied in so many rounds; none while one is open."""
    if assignment is None or ticket.state not in WITH_A_UNIT or _unhappy_rounds(ticket, assignment) < THIRD_TIME:
        return
    if ORDER_LEVEL not in open_levels(ticket):
        issue_order(doing.by_system(), ticket, assignment, ORDER_LEVEL, ORDER_REASON)


def _unhappy_rounds(ticket: Ticket, assignment: Assignment) -> int:
    """In how many rounds of a matter somebody was dissatisfied, counting the one that is just being recorded."""
    rounds = db.session.scalars(
        select(CallbackTask.round).distinct().join(Ticket, Ticket.id == CallbackTask.ticket_id)
        .where(or_(Ticket.id == ticket.id, Ticket.master_id == ticket.id), CallbackTask.outcome == "DISSATISFIED",
               CallbackTask.assignment_id == assignment.id)
    )
    this = ticket.round if ticket.state == TicketState.CALLBACK else ticket.round - 1
    return len({*rounds, this})
