"""Supervision orders that wait for an answer, the most pressing first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text

from workflows.model.base import db
from workflows.model.clock import Clock
from workflows.model.reference import reference
from workflows.model.supervision import SupervisionOrder
from workflows.model.ticket import Ticket
from workflows.read.paging import SIZE, Page, walk
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor
from workflows.scope import counted_for, visible_to

#: An order is open as long as its clock runs; in the words of the index of running clocks.
_RUNNING = text("clock.stopped_at IS NULL AND clock.due_at IS NOT NULL")


@dataclass(frozen=True)
class OrderRow:
    """An open order on the board."""

    order_no: str
    level: int
    reason: str
    issued_at: datetime
    issued_by: str
    unit_id: int
    clock_id: int
    due_at: datetime
    warn_at: datetime
    no: str
    title: str
    urgency: str
    unit_name: str


_COLUMNS = (
    SupervisionOrder.no, SupervisionOrder.level, SupervisionOrder.reason, SupervisionOrder.issued_at,
    SupervisionOrder.issued_by, SupervisionOrder.unit_id, Clock.id, Clock.due_at, Clock.warn_at, Ticket.no,
    Ticket.title, Ticket.urgency,
)


def open_orders(
    actor: Actor, *, unit_id: int | None = None, after: str | None = None, size: int = SIZE
) -> Page[OrderRow]:
    """Orders nobody has answered yet, by when the answer is due; of one unit where asked."""
    place = walk(after, datetime, int, size=size)
    wanted = (
        select(*_COLUMNS)
        .select_from(Clock)
        .join(SupervisionOrder, SupervisionOrder.clock_id == Clock.id)
        .join(Ticket, Ticket.id == Clock.ticket_id)
        .where(Clock.code == str(ClockCode.SUPERVISION), _RUNNING, counted_for(actor, Clock.unit_id),
               visible_to(actor), *place.where(Clock.due_at, Clock.id))
        .order_by(*place.order(Clock.due_at, Clock.id))
        .limit(place.limit)
    )
    if unit_id is not None:
        wanted = wanted.where(Clock.unit_id == unit_id)
    ref = reference()
    rows = db.session.execute(wanted).all()
    return place.page(
        rows, lambda row: OrderRow(*row, unit_name=ref.unit_name(row.unit_id)), lambda row: (row.due_at, row.id)
    )


def open_count(actor: Actor) -> int:
    """How many orders nobody has answered yet."""
    running = Clock.code == str(ClockCode.SUPERVISION), _RUNNING, counted_for(actor, Clock.unit_id)
    return db.session.scalar(select(func.count()).select_from(Clock).where(*running)) or 0
