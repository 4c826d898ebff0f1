"""Questions agents answered from their own heads, for whoever keeps the knowledge base."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from workflows.model.base import db, now
from workflows.model.knowledge import KnowledgeGap
from workflows.model.reference import reference
from workflows.model.ticket import Ticket
from workflows.read.paging import SIZE, Page, walk
from workflows.read.rows import TICKET_COLUMNS, TicketRow, line_maker
from workflows.rules.roles import Actor
from workflows.scope import visible_to


@dataclass(frozen=True, kw_only=True)
class GapRow(TicketRow):
    """A question no article answers, and what the caller was told."""

    gap_id: int
    direct_answer: str
    found_at: datetime
    found_by: str
    settled_at: datetime | None
    settled_by: str
    settled_with: str


def gap_list(actor: Actor, *, settled: bool = False, after: str | None = None, size: int = SIZE) -> Page[GapRow]:
    """Open gaps, the newest first, or those that were closed, the last one first."""
    keys = (KnowledgeGap.settled_at, KnowledgeGap.id) if settled else (KnowledgeGap.id,)
    step = walk(after, *((datetime, int) if settled else (int,)), size=size, descending=True)
    wanted = KnowledgeGap.settled_at.is_not(None) if settled else KnowledgeGap.settled_at.is_(None)
    rows = db.session.execute(
        select(*TICKET_COLUMNS, Ticket.direct_answer, KnowledgeGap.id.label("gap_id"), KnowledgeGap.found_at,
               KnowledgeGap.found_by, KnowledgeGap.settled_at, KnowledgeGap.settled_by, KnowledgeGap.settled_with)
        .join(KnowledgeGap, KnowledgeGap.ticket_id == Ticket.id)
        .where(visible_to(actor), wanted, *step.where(*keys))
        .order_by(*step.order(*keys))
        .limit(step.limit)
    ).all()
    return step.page(rows, line_maker(GapRow, reference(), now()),
                     key=lambda row: (row.settled_at, row.gap_id) if settled else (row.gap_id,))


def gap_count() -> int:
    """How many are open."""
    return db.session.scalar(select(func.count()).where(KnowledgeGap.settled_at.is_(None))) or 0
