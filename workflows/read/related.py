"""Tickets linked to one, as far as the reader may see them, and the people kept from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from workflows.model.base import db
from workflows.model.directory import User
from workflows.model.related import Recusal, TicketLink
from workflows.model.ticket import Ticket
from workflows.rules.roles import Actor
from workflows.scope import visible_to

#: Links and people a page shows.
MOST = 100


@dataclass(frozen=True)
class RelatedView:
    """A ticket this one is linked to; nothing of what it says."""

    no: str
    state: str
    kind: str
    linked_at: datetime
    linked_by: str
    note: str


@dataclass(frozen=True)
class RecusalView:
    """A person kept from the ticket, for the hotline's eyes."""

    name: str
    named_at: datetime
    named_by: str
    reason: str


def related_to(ticket_id: int, actor: Actor) -> tuple[RelatedView, ...]:
    """The tickets it is linked to that this actor may see, the latest link first."""
    either = or_(and_(TicketLink.low_id == ticket_id, TicketLink.high_id == Ticket.id),
                 and_(TicketLink.high_id == ticket_id, TicketLink.low_id == Ticket.id))
    rows = db.session.execute(
        select(Ticket.no, Ticket.state, TicketLink.kind, TicketLink.linked_at, TicketLink.linked_by, TicketLink.note)
        .join(TicketLink, either).where(TicketLink.ended_at.is_(None), visible_to(actor))
        .order_by(TicketLink.id.desc()).limit(MOST)
    )
    return tuple(RelatedView(*row[:-1], note=row.note if actor.of_hotline else "") for row in rows)


def recused_of(ticket_id: int) -> tuple[RecusalView, ...]:
    """The people kept from a ticket."""
    rows = db.session.execute(
        select(User.name, Recusal.named_at, Recusal.named_by, Recusal.reason).join(User, User.id == Recusal.user_id)
        .where(Recusal.ticket_id == ticket_id).order_by(Recusal.id).limit(MOST)
    )
    return tuple(RecusalView(*row) for row in rows)
