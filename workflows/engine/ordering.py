"""督办单: giving the unit that holds a ticket an order, by a person or by a rule."""

from __future__ import annotations

from sqlalchemy import select

from workflows.engine.moves import move
from workflows.engine.orders import draw, write_order
from workflows.engine.work import Work
from workflows.model.base import db
from workflows.model.supervision import SupervisionOrder
from workflows.model.ticket import Assignment, Ticket


def issue_order(work: Work, ticket: Ticket, assignment: Assignment, level: int, reason: str) -> None:
    """Give the unit that holds a ticket an order, and tell its people."""
    drawn = draw(work, 1)[0]
    move(work, ticket, "supervise", assignment=assignment, note=reason, data={"level": level, "order": drawn[1]})
    order = write_order(work, ticket, assignment, work.started[-1], drawn, level=level, reason=reason)
    ticket.open_orders += 1
    work.tell_unit("supervised", ticket, assignment.unit_id, order=order.no, level=level)


def open_levels(ticket: Ticket) -> set[int]:
    """Of which levels orders wait for an answer."""
    return set(db.session.scalars(select(SupervisionOrder.level).where(*unanswered(ticket))))


def unanswered(ticket: Ticket) -> tuple:
    """The orders of a ticket that wait for an answer."""
    order = SupervisionOrder
    return order.ticket_id == ticket.id, order.answered_at.is_(None), order.lapsed_at.is_(None)
