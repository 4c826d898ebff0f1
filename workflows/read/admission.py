"""Requests of which somebody decides whether they are taken on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from workflows.model.base import db, now
from workflows.model.clock import Clock
from workflows.model.directory import User
from workflows.model.reference import reference
from workflows.model.ticket import Ticket
from workflows.read.paging import SIZE, Page, walk
from workflows.read.rows import TICKET_COLUMNS, TicketRow, line_maker
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor
from workflows.scope import visible_to


@dataclass(frozen=True, kw_only=True)
class AdmissionRow(TicketRow):
    """A request that may not be taken on: why, which way was told, who asked. `own`: the reader did."""

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
               User.name.label("asked_by"), Clock.started_at, Clock.due_at, Clock.warn_at, Clock.id.label("clock_id"))
        .select_from(Clock)
        .join(Ticket, Ticket.id == Clock.ticket_id)
        .outerjoin(User, User.id == Ticket.refusal_by_id)
        .where(Clock.code == str(ClockCode.ADMISSION), Clock.stopped_at.is_(None), Clock.due_at.is_not(None),
               visible_to(actor), *step.where(Clock.due_at, Clock.id))
        .order_by(*step.order(Clock.due_at, Clock.id))
        .limit(step.limit)
    ).all()
    make = line_maker(AdmissionRow, ref, at, own=lambda row: row.refusal_by_id in {actor.user_id} - {None})
    return step.page(rows, make, key=lambda row: (row.due_at, row.clock_id))
