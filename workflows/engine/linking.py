"""Passing a request to another line, and writing down that one came from it: both numbers on one row (§4.8)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from workflows.engine.moves import move
from workflows.engine.work import Work
from workflows.model.base import db
from workflows.model.link import LinkCase
from workflows.model.rows import new
from workflows.model.ticket import Ticket
from workflows.rules.roles import Role
from workflows.rules.vocabulary import LinePartner, LinkDirection


@dataclass(frozen=True)
class Passing:
    """To which line a request is passed, how, and why."""

    partner: LinePartner
    reason: str
    direction: LinkDirection = LinkDirection.OUT
    call_id: str = ""


def pass_on(work: Work, ticket: Ticket, to: Passing, *, brand_new: bool = False) -> None:
    """Pass a ticket to another line; it stays ours until that line says that it has it."""
    move(work, ticket, "transfer", note=to.reason, brand_new=brand_new,
         data={"partner": str(to.partner), "direction": str(to.direction), "call_id": to.call_id})
    ticket.open_transfer = True
    work.sink.add(new(
        LinkCase, ticket_id=ticket.id, direction=str(to.direction), partner=str(to.partner), call_id=to.call_id,
        reason=to.reason, initiated_at=work.at, initiated_by_id=work.actor.user_id, initiated_by=work.actor.name,
    ))
    work.tell("transferred", ticket, unit_id=None, role=Role.SHIFT_LEAD, partner=str(to.partner))


def note_arrival(work: Work, ticket: Ticket, partner: LinePartner) -> None:
    """A request that came from another line has that line's number; taking it is the acknowledgement."""
    work.sink.add(new(
        LinkCase, ticket_id=ticket.id, direction=str(LinkDirection.IN), partner=str(partner),
        partner_no=ticket.channel_ref[:40], initiated_at=work.at, initiated_by_id=work.actor.user_id,
        initiated_by=work.actor.name, accepted_at=work.at, settled_by=work.actor.name,
    ))


def open_link(ticket: Ticket) -> LinkCase | None:
    """The passing nobody has confirmed or given back."""
    return db.session.scalars(
        select(LinkCase).where(
            LinkCase.ticket_id == ticket.id, LinkCase.direction != str(LinkDirection.IN),
            LinkCase.accepted_at.is_(None), LinkCase.returned_at.is_(None),
        ).execution_options(populate_existing=True)
    ).one_or_none()
