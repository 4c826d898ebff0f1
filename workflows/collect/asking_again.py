"""A caller comes again about a ticket there is: urges, adds, or is told the result once more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from workflows.engine import Work, lead_of, lock, move, work
from workflows.errors import Invalid, NotNow, Problem
from workflows.model.base import db
from workflows.model.rows import new
from workflows.model.ticket import Ticket, Urge
from workflows.rules.items import MOST_ITEMS
from workflows.rules.roles import Actor, Role
from workflows.rules.vocabulary import UrgeSource

#: A caller's own urging is taken so often.
BETWEEN_URGES = timedelta(hours=24)


def tell_again(no: str, actor: Actor, *, note: str, version: int | None = None) -> Ticket:
    """The caller asks again about what is over, with nothing new, and is told the result (已告知): no new ticket."""
    if not note:
        raise Invalid(fields={"note": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        ticket.repeat_calls += 1
        move(doing, ticket, "tell_again", note=note, data={"calls": ticket.repeat_calls})
        return ticket


def urge(no: str, actor: Actor, *, note: str = "", version: int | None = None) -> Ticket:
    """The caller asks again (催单). No state changes; the unit is alerted.

    By themselves, on their page, not more often than every `BETWEEN_URGES`: raises NotNow.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        if actor.has({Role.CITIZEN}):
            _check_patience(doing, ticket)
        source = str(UrgeSource.CITIZEN)
        ticket.urge_count += 1
        move(doing, ticket, "urge", assignment=lead_of(ticket), note=note, data={"source": source})
        doing.sink.add(new(Urge, ticket_id=ticket.id, unit_id=ticket.lead_unit_id, at=doing.at, source=source,
                           by_name=actor.name, note=note))
        _alert(doing, ticket, "urged", source=source)
        return ticket


def _check_patience(doing: Work, ticket: Ticket) -> None:
    lately = select(Urge.id).where(
        Urge.ticket_id == ticket.id, Urge.source == str(UrgeSource.CITIZEN), Urge.at > doing.at - BETWEEN_URGES
    )
    if db.session.scalar(lately.limit(1)) is not None:
        raise NotNow("urged_lately", hours=int(BETWEEN_URGES / timedelta(hours=1)))


def add(
    no: str, actor: Actor, *, text: str, items: Sequence[str] = (), version: int | None = None
) -> Ticket:
    """The caller adds to an open request: words, and points its answer must speak to as well.

    Where it had none, its title is the first point.
    """
    if not text:
        raise Invalid(fields={"text": ["required"]})
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        added = [point for point in items if point not in ticket.request_items]
        move(doing, ticket, "add", assignment=lead_of(ticket), note=text, data={"items": added} if added else None)
        if added:
            ticket.request_items = [*(ticket.request_items or [ticket.title]), *added]
            if len(ticket.request_items) > MOST_ITEMS:
                raise Invalid(fields={"items": [Problem("too_many", most=MOST_ITEMS)]})
        _alert(doing, ticket, "added")
        return ticket


def _alert(doing: Work, ticket: Ticket, kind: str, **data: Any) -> None:
    """Tell whoever must act now: the unit that holds the ticket, or the dispatch desk."""
    if ticket.lead_unit_id is None:
        doing.tell(kind, ticket, unit_id=None, role=Role.DISPATCHER, **data)
        return
    doing.tell(kind, ticket, unit_id=ticket.lead_unit_id, role=Role.UNIT_CLERK, **data)
