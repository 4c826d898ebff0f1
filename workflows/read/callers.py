"""Who is calling: their tickets by the keyed hash of the number. For the hotline's eyes only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from workflows.errors import NotAllowed
from workflows.model.base import db, now
from workflows.model.reference import reference
from workflows.model.secrets import box
from workflows.model.ticket import Ticket, TicketIdentity
from workflows.read.lists import IS_OPEN, with_due
from workflows.read.rows import TICKET_COLUMNS, TicketRow, line_maker
from workflows.rules.roles import Actor
from workflows.rules.states import OPEN_STATES
from workflows.rules.vocabulary import Anonymity
from workflows.scope import visible_to

#: Lines shown, and how many of a caller's newest tickets are looked through for open ones.
MOST, LOOKED_THROUGH = 20, 500


@dataclass(frozen=True)
class CallerHistory:
    """A caller's tickets, newest first; `count` is how many there are, up to 500."""

    open: tuple[TicketRow, ...] = ()
    earlier: tuple[TicketRow, ...] = ()
    count: int = 0
    #: The moment it was asked.
    at: datetime | None = None


def history(actor: Actor, phone: str) -> CallerHistory:
    """The tickets of whoever calls from this number, open ones before the others, 20 at most.

    What was said anonymously stays out: whoever rings again is not told apart by it. Empty for what is no number
    of one caller. Raises NotAllowed outside the hotline.
    """
    if not actor.of_hotline:
        raise NotAllowed("role_may_not_enter")
    key = box().caller_key(phone)
    if key is None:
        return CallerHistory()
    mine = (
        select(TicketIdentity.ticket_id)
        .where(TicketIdentity.caller_key == key)
        .order_by(TicketIdentity.ticket_id.desc())
        .limit(LOOKED_THROUGH)
        .subquery("mine")
    )
    rows = db.session.execute(
        with_due(select(*TICKET_COLUMNS, func.count().over().label("in_all")))
        .join(mine, mine.c.ticket_id == Ticket.id)
        .where(Ticket.anonymity != str(Anonymity.ANONYMOUS), visible_to(actor))
        .order_by(IS_OPEN.desc(), Ticket.id.desc())
        .limit(MOST)
    ).all()
    at = now()
    lines = tuple(map(line_maker(TicketRow, reference(), at, by_unit=True), rows))
    return CallerHistory(
        open=tuple(line for line in lines if line.state in OPEN_STATES),
        earlier=tuple(line for line in lines if line.state not in OPEN_STATES),
        count=rows[0].in_all if rows else 0,
        at=at,
    )
