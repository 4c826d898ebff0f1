"""Terminations and refusals that are looked into (抽查), what was found, and how many of a month that were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, text

from workflows.model.base import db, now
from workflows.model.reference import reference
from workflows.model.spot_check import WAITING, SpotCheck
from workflows.model.ticket import Ticket
from workflows.read.paging import SIZE, Page, walk
from workflows.read.rows import TICKET_COLUMNS, TicketRow, line_maker
from workflows.rules.roles import Actor
from workflows.scope import visible_to

#: Months shown.
MONTHS = 12


@dataclass(frozen=True, kw_only=True)
class SpotCheckRow(TicketRow):
    """An ending that was chosen. `own`: the actor had a part in it and may not look into it."""

    ended_as: str
    ended_at: datetime
    reason_code: str
    by_name: str
    checked_at: datetime | None
    checked_by: str
    proper: bool | None
    note: str
    own: bool = False


@dataclass(frozen=True)
class MonthOfChecks:
    """A month's endings of one kind: how many there were, were chosen, looked into, and found improper."""

    month: date
    ended_as: str
    ended: int
    chosen: int
    checked: int
    improper: int


def spot_checks(actor: Actor, *, done: bool, after: str | None, size: int = SIZE) -> Page[SpotCheckRow]:
    """Those to be looked into, the longest waiting first, or those that were, the last one first."""
    keys = (SpotCheck.checked_at if done else SpotCheck.sampled_at, SpotCheck.id)
    step = walk(after, datetime, int, size=size, descending=done)
    wanted = SpotCheck.checked_at.is_not(None) if done else text(WAITING)
    rows = db.session.execute(
        select(*TICKET_COLUMNS, SpotCheck.ended_as, SpotCheck.ended_at, SpotCheck.reason_code, SpotCheck.by_name,
               SpotCheck.by_ids, SpotCheck.checked_at, SpotCheck.checked_by, SpotCheck.proper, SpotCheck.note,
               SpotCheck.sampled_at, SpotCheck.id.label("line_id"))
        .join(SpotCheck, SpotCheck.ticket_id == Ticket.id)
        .where(visible_to(actor), wanted, *step.where(*keys))
        .order_by(*step.order(*keys)).limit(step.limit)
    ).all()
    make = line_maker(SpotCheckRow, reference(), now(), own=lambda row: actor.user_id in row.by_ids)
    return step.page(rows, make, key=lambda row: (row.checked_at if done else row.sampled_at, row.line_id))


def waiting_count() -> int:
    """How many are to be looked into."""
    return db.session.scalar(select(func.count()).select_from(SpotCheck).where(text(WAITING))) or 0


def months_of_checks() -> list[MonthOfChecks]:
    """The last months that were sampled, newest first, terminations and refusals apart."""
    month: Any = func.date_trunc("month", func.timezone("Asia/Shanghai", SpotCheck.ended_at))
    rows = db.session.execute(
        select(month.label("month"), SpotCheck.ended_as, func.count(),
               func.count().filter(SpotCheck.to_check), func.count(SpotCheck.checked_at),
               func.count().filter(SpotCheck.proper.is_(False)))
        .group_by(month, SpotCheck.ended_as).order_by(month.desc(), SpotCheck.ended_as.desc()).limit(2 * MONTHS)
    )
    return [MonthOfChecks(row[0].date(), *row[1:]) for row in rows]
