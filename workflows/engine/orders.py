"""Supervision orders, numbered, each with the clock its answer is due by; and what else lapses with the unit's task."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text, update

from workflows.engine.work import Work
from workflows.model.base import db
from workflows.model.clock import Clock
from workflows.model.feedback import CallbackTask
from workflows.model.relay import Relay
from workflows.model.rows import new
from workflows.model.supervision import SupervisionOrder
from workflows.model.ticket import Ticket
from workflows.rules.numbering import order_no

_DRAW = text(
    "SELECT nextval('clock_id_seq'), next_order_serial(:day) FROM generate_series(1, :how_many)"
)


def draw(work: Work, how_many: int) -> list[tuple[int, str]]:
    """Keys of clocks and numbers of orders, for so many of them."""
    day = work.today
    rows = db.session.execute(_DRAW, {"day": day, "how_many": how_many}) if how_many else ()
    return [(key, order_no(day, serial)) for key, serial in rows]


def write_order(
    work: Work, ticket: Any, task: Any, clock: Clock, drawn: tuple[int, str], *, level: int, reason: str
) -> SupervisionOrder:
    """Put an order to the unit of a task into words and numbers; `clock` has just been started for it."""
    clock.id, no = drawn
    order = new(
        SupervisionOrder, no=no, level=level, ticket_id=ticket.id, assignment_id=task.id, unit_id=task.unit_id,
        clock_id=clock.id, reason=reason, issued_at=work.at, issued_by_id=work.actor.user_id,
        issued_by=work.actor.name,
    )
    work.sink.add(order)
    return order


def lapse_relays(work: Work, ticket: Ticket) -> None:
    """What was not passed on to the caller never will be: the unit that asked no longer holds the ticket."""
    if not ticket.open_relays:
        return
    ticket.open_relays = 0
    db.session.execute(
        update(Relay).where(Relay.ticket_id == ticket.id, Relay.done_at.is_(None), Relay.lapsed_at.is_(None))
        .values(lapsed_at=work.at)
        .execution_options(synchronize_session=False)
    )


def lapse_appeal(work: Work, ticket: Ticket) -> None:
    """The ticket is taken up again: nobody rings about the answer that was contested."""
    if not ticket.appeal_call:
        return
    ticket.appeal_call = False
    db.session.execute(
        update(CallbackTask).where(CallbackTask.ticket_id == ticket.id, CallbackTask.done_at.is_(None))
        .values(done_at=work.at, outcome=ticket.callback_outcome)
        .execution_options(synchronize_session=False)
    )


def lapse_orders(work: Work, ticket: Ticket) -> None:
    """What was not answered never will be: the unit no longer holds the ticket, or it is closed."""
    if not ticket.open_orders:
        return
    ticket.open_orders = 0
    db.session.execute(
        update(SupervisionOrder)
        .where(SupervisionOrder.ticket_id == ticket.id, SupervisionOrder.answered_at.is_(None),
               SupervisionOrder.lapsed_at.is_(None))
        .values(lapsed_at=work.at)
        .execution_options(synchronize_session=False)
    )
