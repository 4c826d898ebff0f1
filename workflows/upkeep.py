"""What keeps the system itself going: searchable texts, partitions ahead of time, old keys swept away."""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from workflows.model.base import db, now, transaction
from workflows.model.directory import UserSession
from workflows.model.outbox import Heartbeat, IdempotencyKey
from workflows.model.query import QueryGuard
from workflows.model.ticket import Ticket, TicketText
from workflows.model.work import Draft
from workflows.rules.text import search_form

#: How far below the newest indexed ticket to look for one that committed late.
LOOK_BACK = 20_000
INDEX_BATCH = 2_000
MONTHS_AHEAD = 3
KEEP_KEYS = timedelta(hours=48)
KEEP_DRAFTS = timedelta(days=7)
KEEP_SESSIONS = timedelta(days=180)
#: Longer than any window or lock of `inquire`.
KEEP_GUARDS = timedelta(days=1)

_HIGHEST = text("SELECT coalesce(max(ticket_id), 0) FROM ticket_text")
_MISSING = (
    select(Ticket.id, Ticket.category_id, Ticket.created_at, Ticket.title, Ticket.place, Ticket.content,
           Ticket.request_items)
    .outerjoin(TicketText, TicketText.ticket_id == Ticket.id)
    .where(TicketText.ticket_id.is_(None), Ticket.id > bindparam("beyond"))
    .order_by(Ticket.id)
    .limit(INDEX_BATCH)
)


def index_texts() -> int:
    """Write the searchable text of new tickets, in batches. Returns how many."""
    total = 0
    while done := _index_batch():
        total += done
    return total


def _index_batch() -> int:
    with transaction():
        db.session.execute(text("SELECT pg_advisory_xact_lock(hashtext('index_texts'))"))
        highest = db.session.scalar(_HIGHEST)
        rows = db.session.execute(_MISSING, {"beyond": highest - LOOK_BACK}).all()
        if rows:
            db.session.execute(insert(TicketText.__table__), [
                {"ticket_id": r.id, "category_id": r.category_id, "created_at": r.created_at,
                 "body": search_form(f"{r.title} {r.place} {r.content} {' '.join(r.request_items)}")}
                for r in rows
            ])
        return len(rows)


def prepare_months() -> int:
    """Make the partitions of this month and the next ones, and tomorrow's serial numbers."""
    with transaction():
        return db.session.scalar(select(func.prepare_ahead(MONTHS_AHEAD)))


def sweep_away() -> int:
    """Delete what has had its time: idempotency keys, forgotten drafts, sessions long over, old wrong guesses."""
    with transaction():
        at = now()
        gone = 0
        for table, moment, keep in (
            (IdempotencyKey, IdempotencyKey.created_at, KEEP_KEYS),
            (Draft, Draft.saved_at, KEEP_DRAFTS),
            (UserSession, UserSession.seen_at, KEEP_SESSIONS),
            (QueryGuard, QueryGuard.since, KEEP_GUARDS),
        ):
            gone += db.session.execute(delete(table).where(moment < at - keep)).rowcount
        return gone


def sign_of_life(role: str, detail: dict[str, Any] | None = None) -> None:
    """Say that this process, one of those that do `role`, is alive at this moment."""
    with transaction():
        said = upsert(Heartbeat).values(
            role=role, pid=os.getpid(), host=socket.gethostname()[:80], at=func.hotline_now(), detail=detail
        )
        db.session.execute(
            said.on_conflict_do_update(
                index_elements=[Heartbeat.role],
                set_={name: said.excluded[name] for name in ("pid", "host", "at", "detail")},
            )
        )


def last_sign_of_life(role: str) -> Heartbeat | None:
    """The last one of that kind of process."""
    return db.session.get(Heartbeat, role, populate_existing=True)


def forget_sign(role: str) -> bool:
    """Take a sign back. Returns whether there was one."""
    with transaction():
        return db.session.execute(delete(Heartbeat).where(Heartbeat.role == role)).rowcount > 0


def signs_of_life() -> list[tuple[Heartbeat, float]]:
    """Every kind of process with the seconds since it was last heard of."""
    age = func.extract("epoch", func.hotline_now() - Heartbeat.at)
    rows = db.session.execute(select(Heartbeat, age).order_by(Heartbeat.role))
    return [(row, float(seconds)) for row, seconds in rows]
