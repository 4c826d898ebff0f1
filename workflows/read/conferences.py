"""Conferences: those over a ticket, those that go on, for the hotline or for the units invited to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, and_, exists, func, select

from workflows.model.base import db, now
from workflows.model.clock import Clock
from workflows.model.conference import Conference, ConferenceOpinion
from workflows.model.reference import Reference, reference
from workflows.model.ticket import Ticket
from workflows.read.conference_parts import ConferenceView, OpinionView
from workflows.read.paging import SIZE, Page, walk
from workflows.read.rows import TICKET_COLUMNS, TicketRow, line_maker
from workflows.read.views import columns_of, view_of
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor
from workflows.scope import visible_to

MOST = 100


@dataclass(frozen=True, kw_only=True)
class ConferenceRow(TicketRow):
    """A ticket in conference: how many units were asked, how many have written. `silent`: the actor's unit has not."""

    level: int
    reason_code: str
    question: str
    opened_at: datetime
    opened_by: str
    asked: int
    heard: int
    silent: bool
    escalation_level: int


def conference_queue(actor: Actor, after: str | None = None, size: int = SIZE) -> Page[ConferenceRow]:
    """Conferences that go on, what is due first on top: all for the hotline, for a unit those it is invited to."""
    step = walk(after, datetime, int, size=size)
    if not (actor.of_hotline or actor.of_unit):
        return Page()
    at, ref = now(), reference()
    seats = select(func.count()).select_from(ConferenceOpinion).where(ConferenceOpinion.conference_id == Conference.id)
    rows = db.session.execute(
        select(*TICKET_COLUMNS, Ticket.escalation_level, Conference.level, Conference.reason_code, Conference.question,
               Conference.opened_at, Conference.opened_by, seats.scalar_subquery().label("asked"),
               seats.where(ConferenceOpinion.given_at.is_not(None)).scalar_subquery().label("heard"),
               _at_the_table(actor, ConferenceOpinion.given_at.is_(None)).label("silent"),
               Clock.due_at, Clock.warn_at, Clock.id.label("clock_id"))
        .select_from(Clock)
        .join(Ticket, Ticket.id == Clock.ticket_id)
        .join(Conference, and_(Conference.ticket_id == Clock.ticket_id, Conference.ended_at.is_(None)))
        .where(Clock.code == str(ClockCode.CONFERENCE), Clock.stopped_at.is_(None), Clock.due_at.is_not(None),
               visible_to(actor), *_theirs(actor), *step.where(Clock.due_at, Clock.id))
        .order_by(*step.order(Clock.due_at, Clock.id))
        .limit(step.limit)
    ).all()
    return step.page(rows, line_maker(ConferenceRow, ref, at), key=lambda row: (row.due_at, row.clock_id))


def invitations(actor: Actor) -> int:
    """In how many conferences the actor's unit has yet to write."""
    if not actor.of_unit or not actor.unit_ids:
        return 0
    seat = ConferenceOpinion
    return db.session.scalar(
        select(func.count()).where(seat.unit_id.in_(sorted(actor.unit_ids)), seat.ended_at.is_(None),
                                   seat.given_at.is_(None))
    ) or 0


def _theirs(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return () if actor.of_hotline else (_at_the_table(actor),)


def _at_the_table(actor: Actor, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the actor's unit, or one below it, is invited to the conference."""
    seat = ConferenceOpinion
    return exists().where(seat.conference_id == Conference.id, seat.unit_id.in_(sorted(actor.unit_ids)), *more)


def conferences_of(ticket_id: int, actor: Actor, ref: Reference) -> tuple[ConferenceView, ...]:
    """The conferences over a ticket that is for these eyes, newest first.

    The minutes are for all of these eyes; what each unit wrote is for the hotline and for who sat at the table.
    """
    rows = db.session.execute(
        select(*columns_of(Conference, ConferenceView)).where(Conference.ticket_id == ticket_id)
        .order_by(Conference.id.desc()).limit(MOST)
    ).all()
    opinions = _opinions([row.id for row in rows], ref)
    return tuple(
        view_of(ConferenceView, row, lead_unit_name=ref.unit_name(row.lead_unit_id),
                opinions=_for(actor, opinions.get(row.id, ())))
        for row in rows
    )


def _opinions(conference_ids: list[int], ref: Reference) -> dict[int, tuple[OpinionView, ...]]:
    if not conference_ids:
        return {}
    rows = db.session.execute(
        select(*columns_of(ConferenceOpinion, OpinionView))
        .where(ConferenceOpinion.conference_id.in_(conference_ids))
        .order_by(ConferenceOpinion.conference_id, ConferenceOpinion.id)
    )
    views = (view_of(OpinionView, row, unit_name=ref.unit_name(row.unit_id)) for row in rows)
    return {key: tuple(group) for key, group in groupby(views, lambda view: view.conference_id)}


def _for(actor: Actor, opinions: tuple[OpinionView, ...]) -> tuple[OpinionView, ...]:
    seated = any(one.unit_id in actor.unit_ids for one in opinions)
    return opinions if actor.of_hotline or seated else tuple(replace(one, opinion="") for one in opinions)
