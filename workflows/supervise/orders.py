"""督办单: a supervisor demands an account in writing, and the unit gives it."""

from __future__ import annotations

from sqlalchemy import select

from workflows.engine import Work, issue_order, lead_of, lock, move, open_levels, work
from workflows.engine.clocks import stop_clock
from workflows.engine.ordering import unanswered
from workflows.errors import Invalid, NotNow, Unknown
from workflows.model.base import db
from workflows.model.supervision import SupervisionOrder
from workflows.model.ticket import Ticket
from workflows.rules.roles import Actor, Role


def supervise(no: str, actor: Actor, *, level: int, reason: str, version: int | None = None) -> Ticket:
    """Issue a supervision order to the unit that holds a ticket; its answer is due by a clock of its own.

    Raises NotNow while one of that level is still unanswered.
    """
    if not reason:
        raise Invalid(fields={"reason": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        if level in open_levels(ticket):
            raise NotNow("order_open", level=level)
        issue_order(doing, ticket, lead_of(ticket), level, reason)
        return ticket


def answer_order(no: str, actor: Actor, *, order: str, answer: str, version: int | None = None) -> Ticket:
    """Answer a supervision order in writing; its clock stops. Raises Unknown for one that is not open."""
    if not answer:
        raise Invalid(fields={"answer": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        # another level's order, and its clock, wait for an answer of their own
        move(doing, ticket, "answer_order", assignment=lead_of(ticket), note=answer, data={"order": order},
             clocks=False)
        found = db.session.scalars(
            select(SupervisionOrder).where(*unanswered(ticket), SupervisionOrder.no == order)
        ).one_or_none()
        if found is None:
            raise Unknown("order_unknown", order=order)
        _answer(doing, found, answer)
        ticket.open_orders -= 1
        doing.tell("order_answered", ticket, unit_id=None, role=Role.SUPERVISOR, order=order, level=found.level)
        return ticket


def _answer(doing: Work, order: SupervisionOrder, answer: str) -> None:
    order.answer, order.answered_at = answer, doing.at
    order.answered_by_id, order.answered_by = doing.actor.user_id, doing.actor.name
    stop_clock(doing, order.clock_id)
