"""What is known of a matter handed to the petition procedure: for its page, its package, and its caller."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select, true

from workflows.errors import NotAllowed, Unknown
from workflows.model.base import db, now
from workflows.model.clock import Clock
from workflows.model.petition import Petition
from workflows.model.reference import reference
from workflows.model.ticket import Ticket
from workflows.read.around import PetitionView
from workflows.read.paging import Page, walk
from workflows.read.repeats import LOOKED
from workflows.read.rows import TICKET_COLUMNS, TicketRow, line_maker
from workflows.read.ticket_parts import TicketPage
from workflows.read.views import columns_of, views_of
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor, Role
from workflows.scope import visible_to

#: Who hands a package to the petition office.
MAY_EXPORT = frozenset({Role.SUPERVISOR, Role.HOTLINE_DIR})


@dataclass(frozen=True, kw_only=True)
class PetitionRow(TicketRow):
    """A hand-over in a list; its due date is that of the receipt, while there is none."""

    criterion: str
    handed_at: datetime
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


def petitions(actor: Actor, *, waiting: bool | None, after: str | None, size: int) -> Page[PetitionRow]:
    """The hand-overs this actor may see, newest first; `waiting` for those without a receipt, or with one."""
    step = walk(after, int, size=size, descending=True)
    watch = and_(Clock.ticket_id == Ticket.id, Clock.code == str(ClockCode.PETITION), Clock.stopped_at.is_(None))
    there = Petition.receipt_at.is_(None) if waiting else Petition.receipt_at.is_not(None)
    rows = db.session.execute(
        select(*TICKET_COLUMNS, Petition.criterion, Petition.handed_at, Petition.receipt_no, Petition.receipt_at,
               Petition.id.label("line_id"), Clock.due_at, Clock.warn_at)
        .join(Petition, Petition.ticket_id == Ticket.id).outerjoin(Clock, watch)
        .where(visible_to(actor), true() if waiting is None else there, *step.where(Petition.id))
        .order_by(*step.order(Petition.id)).limit(step.limit)
    ).all()
    return step.page(rows, line_maker(PetitionRow, reference(), now()), key=lambda row: (row.line_id,))


def package(page: TicketPage, actor: Actor, identity: Any = None) -> dict[str, Any]:
    """What the petition office is given of a ticket: the request, what was answered, what happened, what was filed.

    `page` is the ticket as these eyes see it; `identity` the caller in full, where they were revealed for it.
    """
    if not actor.has(MAY_EXPORT):
        raise NotAllowed("role_may_not_export")
    if not page.petitions:
        raise Unknown("petition_unknown")
    told = asdict(page.ticket)
    request = {name: told[name] for name in ("no", "kind", "title", "content", "category_name", "area_name", "place",
                                             "created_at", "submitted_at", "urgency", "anonymity", "unit_name")}
    caller = asdict(identity) if identity is not None else asdict(page.caller) if page.caller is not None else None
    return {
        "request": request, "caller": caller, "petition": [asdict(one) for one in page.petitions],
        "replies": [asdict(one) for one in page.replies], "call_backs": [asdict(one) for one in page.attempts],
        "applications": [asdict(one) for one in page.applications], "orders": [asdict(one) for one in page.orders],
        "history": [asdict(one) for one in reversed(page.events) if one.kind != LOOKED],
    }
