"""Whose eyes: the one rule of which tickets somebody may see, as a SQL predicate.

List, detail, search, similar, export and count all go through `visible_to`; nothing else decides.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true, union_all
from sqlalchemy.orm import aliased

from workflows.model.attachment import Attachment
from workflows.model.conference import ConferenceOpinion
from workflows.model.directory import Unit
from workflows.model.ticket import Assignment, Ticket
from workflows.rules.roles import READING_ROLES, Actor, Role
from workflows.rules.states import TicketState
from workflows.rules.vocabulary import Anonymity


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The tickets this actor may see.

    The hotline's desks and the reading roles see all; a unit sees what was given to it or to a unit below
    it, and what one of them is invited to confer over; administrators see none. Whom a ticket accuses does not see it,
    whether the unit or the person. A caller sees the one ticket they have shown to be theirs, and the one it is merged
    into.
    """
    seen = _of_role(actor)
    return and_(seen, Ticket.id.not_in(sorted(actor.recused_from))) if actor.recused_from else seen


def _of_role(actor: Actor) -> ColumnElement[bool]:
    if actor.has({Role.CITIZEN}):
        return _callers_own(actor)
    units = scope_key(actor)
    if units is None:
        return true() if actor.of_hotline or actor.unit_id is None else _accuses_others(actor)
    if not units:
        return false()
    theirs = union_all(
        select(Assignment.ticket_id, Assignment.unit_id),
        select(ConferenceOpinion.ticket_id, ConferenceOpinion.unit_id).where(ConferenceOpinion.ended_at.is_(None)),
    ).subquery("theirs")
    given = exists().where(theirs.c.ticket_id == Ticket.id, theirs.c.unit_id.in_(sorted(units)))
    # of its own accord it would take the assignments of a query that joins them for its own
    return and_(given.correlate(Ticket), _accuses_others(actor))


def _callers_own(actor: Actor) -> ColumnElement[bool]:
    own = aliased(Ticket)
    return or_(
        Ticket.no == actor.ticket_no,
        Ticket.id == select(own.master_id).where(own.no == actor.ticket_no).scalar_subquery(),
    )


def _accuses_others(actor: Actor) -> ColumnElement[bool]:
    """Not a ticket whose respondent is the actor's own unit, or one above it (回避: Jinan regulation, Art. 32)."""
    under = exists().where(Unit.id == actor.unit_id, Unit.path.like(func.concat("%/", Ticket.respondent_unit_id, "/%")))
    return or_(Ticket.respondent_unit_id.is_(None), ~under.correlate(Ticket))


def sees_identity(actor: Actor, ticket: Ticket) -> bool:
    """Whether the caller may be shown at all (masked; in full only by `conceal.reveal`, with a reason).

    The hotline's desks may; a handling unit may where the caller stays open; a withheld or anonymous caller
    is never shown to a unit, nor to anybody who only reads. Units that confer whose it is need not know the caller.
    """
    if actor.of_hotline:
        return True
    return actor.of_unit and ticket.anonymity == Anonymity.OPEN and ticket.state != TicketState.CONFERENCE


def attachments_for(actor: Actor, ticket: Any) -> ColumnElement[bool]:
    """The files of a ticket that is for these eyes which are for them too.

    The hotline sees all. A unit sees its own evidence, and what came through the hotline unless it may show a caller
    who is not open to the unit and was not released. Who only reads sees what is not sensitive.
    """
    there = and_(Attachment.ticket_id == ticket.id, Attachment.removed_at.is_(None))
    if actor.of_hotline:
        return there
    open_to_them = true() if sees_identity(actor, ticket) else false()
    fit = or_(Attachment.sensitive.is_(False), Attachment.released_at.is_not(None), open_to_them)
    through_the_hotline = and_(Attachment.unit_id.is_(None), fit)
    own = Attachment.unit_id.in_(sorted(actor.unit_ids if actor.of_unit else ()))
    return and_(there, or_(through_the_hotline, own))


def counted_for(actor: Actor, unit_id: ColumnElement[int | None]) -> ColumnElement[bool]:
    """The rows a figure counts for this actor, by the unit that answers for them.

    Says the same as `visible_to`: whatever is counted for a unit was given to it.
    """
    units = scope_key(actor)
    if units is None:
        return true()
    return unit_id.in_(sorted(units)) if units else false()


def scope_key(actor: Actor) -> frozenset[int] | None:
    """The units whose rows are counted for this actor; None for all. Actors of one key are counted the same."""
    if actor.of_hotline or actor.has(READING_ROLES) or actor.has({Role.SYSTEM}):
        return None
    return actor.unit_ids if actor.of_unit else frozenset()
