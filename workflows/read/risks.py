"""Reports of danger: those nobody has confirmed to have yet, and those of one ticket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select, text

from workflows.model.base import db, now
from workflows.model.clock import Clock
from workflows.model.link import LinkCase
from workflows.model.reference import Reference, reference
from workflows.model.risk import RiskAlert
from workflows.model.ticket import Ticket
from workflows.read.around import AlertView, LinkView
from workflows.read.paging import SIZE, Page, walk
from workflows.read.rows import TICKET_COLUMNS, TicketRow, line_maker
from workflows.read.views import columns_of
from workflows.rules.limits import ClockCode
from workflows.rules.roles import Actor
from workflows.rules.vocabulary import RiskKind
from workflows.scope import visible_to

#: The words of the index of reports nobody has confirmed to have.
WAITING = text("risk_alert.ended_at IS NULL")
UNCONFIRMED = text("link_case.direction <> 'IN' AND link_case.accepted_at IS NULL AND link_case.returned_at IS NULL")
MOST = 20


@dataclass(frozen=True, kw_only=True)
class AlertRow(TicketRow):
    """A report that waits for its hand-over, with whom it must reach; the due is that of its clock."""

    kinds: Sequence[str]
    words: Sequence[str]
    raised_at: datetime
    raised_by: str
    taken_at: datetime | None
    taken_by: str
    receivers: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class PassedRow(TicketRow):
    """A ticket that waits for another line's word."""

    partner: str
    direction: str
    reason: str
    initiated_at: datetime
    initiated_by: str


def alerts_of(ticket_id: int) -> tuple[AlertView, ...]:
    """The reports of a ticket, the newest first."""
    rows = db.session.execute(
        select(*columns_of(RiskAlert, AlertView)).where(RiskAlert.ticket_id == ticket_id)
        .order_by(RiskAlert.id.desc()).limit(MOST)
    )
    return tuple(AlertView(**row._mapping) for row in rows)


def links_of(ticket_id: int) -> tuple[LinkView, ...]:
    """The lines a ticket was passed to or came from, the newest first."""
    rows = db.session.execute(
        select(*columns_of(LinkCase, LinkView)).where(LinkCase.ticket_id == ticket_id)
        .order_by(LinkCase.id.desc()).limit(MOST)
    )
    return tuple(LinkView(**row._mapping) for row in rows)


def open_links(actor: Actor, after: str | None = None, size: int = SIZE) -> Page[PassedRow]:
    """What was passed to another line that has not said that it has it, the oldest first; for the hotline alone."""
    if not actor.of_hotline:
        return Page()
    step = walk(after, datetime, int, size=size)
    rows = db.session.execute(
        select(*TICKET_COLUMNS, LinkCase.id.label("link_id"), LinkCase.partner, LinkCase.direction, LinkCase.reason,
               LinkCase.initiated_at, LinkCase.initiated_by)
        .join(LinkCase, LinkCase.ticket_id == Ticket.id)
        .where(visible_to(actor), UNCONFIRMED, *step.where(LinkCase.initiated_at, LinkCase.id))
        .order_by(*step.order(LinkCase.initiated_at, LinkCase.id)).limit(step.limit)
    ).all()
    return step.page(rows, line_maker(PassedRow, reference(), now()), key=lambda row: (row.initiated_at, row.link_id))


def open_alerts(actor: Actor, after: str | None = None, size: int = SIZE) -> Page[AlertRow]:
    """Reports nobody has confirmed to have, the oldest first; nothing for who does not work for the hotline."""
    if not actor.of_hotline:
        return Page()
    step = walk(after, datetime, int, size=size)
    at, ref = now(), reference()
    clock = and_(Clock.ticket_id == Ticket.id, Clock.code == str(ClockCode.RISK), Clock.stopped_at.is_(None))
    rows = db.session.execute(
        select(*TICKET_COLUMNS, RiskAlert.id.label("alert_id"), RiskAlert.kinds, RiskAlert.words, RiskAlert.raised_at,
               RiskAlert.raised_by, RiskAlert.taken_at, RiskAlert.taken_by, Clock.due_at, Clock.warn_at)
        .join(RiskAlert, RiskAlert.ticket_id == Ticket.id).outerjoin(Clock, clock)
        .where(visible_to(actor), WAITING, *step.where(RiskAlert.raised_at, RiskAlert.id))
        .order_by(*step.order(RiskAlert.raised_at, RiskAlert.id)).limit(step.limit)
    ).all()
    make = line_maker(AlertRow, ref, at, receivers=lambda row: receivers_of(ref, row.kinds))
    return step.page(rows, make, key=lambda row: (row.raised_at, row.alert_id))


def open_count() -> int:
    """How many reports wait for their hand-over."""
    return db.session.scalar(select(func.count()).select_from(RiskAlert).where(WAITING))


def receivers_of(ref: Reference, kinds: Sequence[str]) -> list[str]:
    """Whom these kinds must reach."""
    found = (ref.risk_rules.get(RiskKind(kind)) for kind in kinds)
    return list(dict.fromkeys(rule.receivers for rule in found if rule is not None and rule.receivers))
