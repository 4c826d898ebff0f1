"""What is known of a matter handed to the petition procedure: for its page, its package, and its caller."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from workflows.errors import NotAllowed, Unknown
from workflows.model.base import db
from workflows.model.petition import Petition
from workflows.read.repeats import LOOKED
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


def petitions_of(ticket_id: int) -> tuple[PetitionView, ...]:
    """The hand-overs of a ticket, newest first."""
    rows = db.session.execute(
        select(*columns_of(Petition, PetitionView)).where(Petition.ticket_id == ticket_id).order_by(Petition.id.desc())
        .limit(10)
    ).all()
    return views_of(PetitionView, rows)


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
        "history": [asdict(one) for one in reversed(page.events) if one.kind != LOOKED],
    }
