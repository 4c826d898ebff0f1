"""What is known of a matter handed to the petition procedure: for its page, its package, and its caller."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workflows.errors import NotAllowed, Unknown
from workflows.model.base import db
from workflows.model.petition import Petition
from workflows.model.reference import reference
from workflows.model.ticket import Ticket
from workflows.read.ticket_parts import TicketPage
from workflows.read.views import columns_of, views_of
from workflows.rules.roles import Actor, Role

#: Who hands a package to the petition office.
MAY_EXPORT = frozenset({Role.SUPERVISOR, Role.HOTLINE_DIR})


@dataclass(frozen=True)
class PetitionView:
    """A hand-over as those see it who may see the ticket."""

    criterion: str
    grounds: str
    told: str
    told_at: datetime
    handed_at: datetime
    handed_by: str
    receipt_no: str
    receipt_at: datetime | None


@dataclass(frozen=True)
class CitizenPetition:
    """What the caller may know of it: what they were told, and the receipt by which they can ask there."""

    told: str
    told_at: datetime
    receipt_no: str


@dataclass(frozen=True)
class CitizenView:
    """A ticket as its caller may see it."""

    no: str
    state: str
    submitted_at: datetime | None
    closed_at: datetime | None
    close_type: str | None
    unit_name: str
    petition: CitizenPetition | None = None


def petitions_of(ticket_id: int) -> tuple[PetitionView, ...]:
    """The hand-overs of a ticket, newest first."""
    rows = db.session.execute(
        select(*columns_of(Petition, PetitionView)).where(Petition.ticket_id == ticket_id).order_by(Petition.id.desc())
        .limit(10)
    ).all()
    return views_of(PetitionView, rows)


def for_citizen(no: str) -> CitizenView:
    """The public part of a ticket, for whoever has shown to be its caller. Raises Unknown."""
    row = db.session.execute(
        select(Ticket.id, Ticket.no, Ticket.state, Ticket.submitted_at, Ticket.closed_at, Ticket.close_type,
               Ticket.lead_unit_id).where(Ticket.no == no)
    ).one_or_none()
    if row is None:
        raise Unknown("ticket_unknown")
    found = next(iter(petitions_of(row.id)), None)
    shown = CitizenPetition(found.told, found.told_at, found.receipt_no) if found is not None else None
    return CitizenView(row.no, row.state, row.submitted_at, row.closed_at, row.close_type,
                       reference().unit_name(row.lead_unit_id), shown)


def package(page: TicketPage, actor: Actor, identity: Any = None) -> dict[str, Any]:
    """What the petition office is given of a ticket: the request, what was answered, what happened, what was filed.

    `page` is the ticket as these eyes see it; `identity` the caller in full, where they were revealed for it.
    """
    if not actor.has(MAY_EXPORT):
        raise NotAllowed("role_may_not_export")
    if not petitions_of(page.ticket.id):
        raise Unknown("petition_unknown")
    told = asdict(page.ticket)
    request = {name: told[name] for name in ("no", "kind", "title", "content", "category_name", "area_name", "place",
                                             "created_at", "submitted_at", "urgency", "anonymity", "unit_name")}
    caller = asdict(identity) if identity is not None else asdict(page.caller) if page.caller is not None else None
    return {
        "request": request, "caller": caller, "petition": [asdict(one) for one in petitions_of(page.ticket.id)],
        "replies": [asdict(one) for one in page.replies], "call_backs": [asdict(one) for one in page.attempts],
        "applications": [asdict(one) for one in page.applications], "orders": [asdict(one) for one in page.orders],
        "history": [asdict(one) for one in reversed(page.events)],
    }
