"""关联与回避: tickets that have to do with one another are linked; people a ticket accuses are kept from it."""

from __future__ import annotations

from sqlalchemy import select

from workflows.engine import lock, move, note_both, tell_of_accusation, tie, work
from workflows.errors import Invalid, Unknown
from workflows.model.base import db
from workflows.model.directory import User
from workflows.model.related import Recusal, TicketLink
from workflows.model.rows import new
from workflows.model.ticket import Ticket
from workflows.rules.numbering import normalise_ticket_no
from workflows.rules.roles import Actor
from workflows.rules.states import TicketState
from workflows.rules.vocabulary import TicketRelation


def link(
    no: str, actor: Actor, *, ticket: str, relation: TicketRelation, note: str = "", version: int | None = None
) -> Ticket:
    """Link a ticket to another: the same matter twice (each goes its own way, unlike a merger), or related to it.

    Raises Invalid for itself, a number there is no ticket of, or one it is linked to already.
    """
    with work(actor) as doing:
        mine, other = _both(no, ticket, actor, version)
        if _between(mine, other) is not None:
            raise Invalid(fields={"ticket": ["linked_already"]})
        tie(doing, mine, other, relation, note)
        return mine


def unlink(no: str, actor: Actor, *, ticket: str, note: str = "", version: int | None = None) -> Ticket:
    """Take a link away again. Raises Invalid where there is none."""
    with work(actor) as doing:
        mine, other = _both(no, ticket, actor, version)
        found = _between(mine, other)
        if found is None:
            raise Invalid(fields={"ticket": ["not_linked"]})
        found.ended_at, found.ended_by = doing.at, actor.name
        note_both(doing, mine, other, "unlink", -1, note, {"relation": found.kind})
        return mine


def _both(no: str, written: str, actor: Actor, version: int | None) -> tuple[Ticket, Ticket]:
    """A ticket and the other, locked in the order of their numbers. What was put away for good is changed no more."""
    other, found = normalise_ticket_no(written), {}
    if other is None or other == no:
        lock(no, actor, version)
        raise Invalid(fields={"ticket": ["ticket_unknown" if other is None else "links_itself"]})
    for one in sorted((no, other)):
        try:
            found[one] = lock(one, actor, version if one == no else None)
        except Unknown:
            if one == no:
                raise
            lock(no, actor)
            raise Invalid(fields={"ticket": ["ticket_unknown"]}) from None
    if found[other].state == TicketState.ARCHIVED:
        raise Invalid(fields={"ticket": ["other_archived"]})
    return found[no], found[other]


def _between(one: Ticket, other: Ticket) -> TicketLink | None:
    low, high = sorted((one.id, other.id))
    return db.session.scalars(
        select(TicketLink).where(TicketLink.low_id == low, TicketLink.high_id == high, TicketLink.ended_at.is_(None))
        .execution_options(populate_existing=True)
    ).one_or_none()


def recuse(no: str, actor: Actor, *, account: str, note: str, version: int | None = None) -> Ticket:
    """Name a person whom a ticket accuses (回避): they do not see it any more, and work at it no more.

    Discipline inspection is told. Raises Invalid for an account there is not, or the actor's own.
    """
    with work(actor) as doing:
        ticket = lock(no, actor, version)
        person = db.session.scalars(select(User).where(User.account == account, User.active)).one_or_none()
        wrong = {} if note else {"note": ["required"]}
        if person is None or person.id == actor.user_id:
            wrong["account"] = ["nobody_to_recuse"]
        if wrong:
            raise Invalid(fields=wrong)
        move(doing, ticket, "recuse", note=note)
        named = select(Recusal.id).where(Recusal.ticket_id == ticket.id, Recusal.user_id == person.id)
        if db.session.scalar(named) is None:
            doing.sink.add(new(Recusal, ticket_id=ticket.id, user_id=person.id, named_at=doing.at,
                               named_by_id=actor.user_id, named_by=actor.name, reason=note))
        tell_of_accusation(doing, ticket)
        return ticket
