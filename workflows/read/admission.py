"""Requests of which somebody decides whether they are taken on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, true

from workflows.model.base import db, now
from workflows.model.clock import Clock
from workflows.model.directory import User
from workflows.model.reference import reference
from workflows.model.ticket import Ticket, TicketEvent
from workflows.read.paging import SIZE, Page, walk
from workflows.read.rows import TICKET_COLUMNS, TicketRow, line_maker
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor
from workflows.scope import visible_to

#: By an index of its own.
DETAILS_WANTED = Ticket.details_wanted.is_not(None)


@dataclass(frozen=True, kw_only=True)
class AdmissionRow(TicketRow):
    """A request to look over, or that may not be taken on: why, which way was told, who asked.

    `own`: the reader asked for it to be refused, or wrote it down where nobody did.
    """

    reject_code: str | None
    reject_route: str
    refusal_by_id: int | None
    asked_by: str | None
    started_at: datetime
    own: bool = False


def admission_queue(actor: Actor, after: str | None = None, size: int = SIZE) -> Page[AdmissionRow]:
    """Requests that wait for a decision whether they are taken on, what is due first on top; for the hotline only."""
    step = walk(after, datetime, int, size=size)
    if not actor.of_hotline:
        return Page()
    at, ref = now(), reference()
    rows = db.session.execute(
        select(*TICKET_COLUMNS, Ticket.reject_code, Ticket.reject_route, Ticket.refusal_by_id,
               Ticket.created_by_id,
               User.name.label("asked_by"), Clock.started_at, Clock.due_at, Clock.warn_at, Clock.id.label("clock_id"))
        .select_from(Clock)
        .join(Ticket, Ticket.id == Clock.ticket_id)
        .outerjoin(User, User.id == Ticket.refusal_by_id)
        .where(Clock.code == str(ClockCode.ADMISSION), Clock.stopped_at.is_(None), Clock.due_at.is_not(None),
               visible_to(actor), *step.where(Clock.due_at, Clock.id))
        .order_by(*step.order(Clock.due_at, Clock.id))
        .limit(step.limit)
    ).all()
    make = line_maker(AdmissionRow, ref, at, own=lambda row: actor.user_id in (
        {row.refusal_by_id if row.reject_code else row.created_by_id} - {None}))
    return step.page(rows, make, key=lambda row: (row.due_at, row.clock_id))


@dataclass(frozen=True, kw_only=True)
class DetailsRow(TicketRow):
    """A request that is to be completed before it goes to a unit: what is wanted, in whose words, since when."""

    details_wanted: str
    note: str
    asked_by: str
    asked_at: datetime


def details_queue(actor: Actor, after: str | None = None, size: int = SIZE) -> Page[DetailsRow]:
    """Requests to be completed, the longest waiting on top; for the hotline only."""
    step = walk(after, int, size=size)
    if not actor.of_hotline:
        return Page()
    last = (
        select(TicketEvent.note, TicketEvent.actor_name.label("asked_by"), TicketEvent.at.label("asked_at"))
        .where(TicketEvent.ticket_id == Ticket.id, TicketEvent.kind == "ask_details")
        .order_by(TicketEvent.id.desc()).limit(1).lateral("asked")
    )
    rows = db.session.execute(
        select(*TICKET_COLUMNS, Ticket.details_wanted, last)
        .join(last, true())
        .where(DETAILS_WANTED, visible_to(actor), *step.where(Ticket.id))
        .order_by(*step.order(Ticket.id)).limit(step.limit)
    ).all()
    return step.page(rows, line_maker(DetailsRow, reference(), now()), key=lambda row: (row.id,))
