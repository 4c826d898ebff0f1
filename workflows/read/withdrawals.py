"""Withdrawals whose callers are asked whether anybody made them (撤单核查)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text

from workflows.errors import NotAllowed
from workflows.model.base import db, now
from workflows.model.reference import reference
from workflows.model.ticket import Ticket, TicketIdentity
from workflows.model.withdrawal import WAITING, Withdrawal
from workflows.read.paging import Page, walk
from workflows.read.rows import TICKET_COLUMNS, TicketRow, line_maker
from workflows.rules.roles import Actor
from workflows.scope import visible_to


@dataclass(frozen=True, kw_only=True)
class WithdrawalRow(TicketRow):
    """A withdrawal to look into. `own`: the actor put it down and may not."""

    reason_code: str
    withdrawn_at: datetime
    by_name: str
    attempts: int
    masked_name: str
    masked_phone: str
    own: bool = False
    ready: bool = True


@dataclass(frozen=True)
class WithdrawalView:
    """A withdrawal on its ticket's page."""

    reason_code: str
    note: str
    withdrawn_at: datetime
    by_name: str
    to_check: bool
    attempts: int
    checked_at: datetime | None
    checked_by: str
    pressed: bool | None
    words: str


def withdrawals(actor: Actor, after: str | None, size: int) -> Page[WithdrawalRow]:
    """Those to be looked into, the longest waiting first; they show callers. Raises NotAllowed outside the hotline."""
    if not actor.of_hotline:
        raise NotAllowed("role_may_not_enter")
    step = walk(after, datetime, int, size=size)
    rows = db.session.execute(
        select(*TICKET_COLUMNS, TicketIdentity.masked_name, TicketIdentity.masked_phone, Withdrawal.reason_code,
               Withdrawal.withdrawn_at, Withdrawal.by_name, Withdrawal.by_id, Withdrawal.attempts,
               Withdrawal.sampled_at, Withdrawal.id.label("line_id"))
        .join(Withdrawal, Withdrawal.ticket_id == Ticket.id)
        .join(TicketIdentity, TicketIdentity.ticket_id == Ticket.id)
        .where(visible_to(actor), text(WAITING),
               *step.where(Withdrawal.sampled_at, Withdrawal.id))
        .order_by(*step.order(Withdrawal.sampled_at, Withdrawal.id))
        .limit(step.limit)
    ).all()
    make = line_maker(WithdrawalRow, reference(), now(), own=lambda row: row.by_id == actor.user_id)
    return step.page(rows, make, key=lambda row: (row.sampled_at, row.line_id))


def taken_back() -> Any:
    """How many are to be looked into."""
    return select(func.count()).select_from(Withdrawal).where(
        Withdrawal.to_check, Withdrawal.checked_at.is_(None)
    ).scalar_subquery()
