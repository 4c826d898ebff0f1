"""Is the archive as it was written? Every package is read again, its digest, its place in the chain, its ticket."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from workflows.archive.packing import changed, gather
from workflows.model.archive import Archive
from workflows.model.base import db
from workflows.model.ticket import Ticket
from workflows.rules.states import TicketState

SPAN = 500


@dataclass(frozen=True)
class Flaw:
    """What is not as it was archived: altered, unlinked, missing, without_package, or a table that differs."""

    ticket_no: str
    what: str


def flaws() -> Iterator[Flaw]:
    """Every flaw there is; nothing when all is well."""
    last, previous = 0, None
    while rows := _span(last):
        present = gather([row.ticket_id for row in rows])
        for row in rows:
            yield from _of(row, last, previous, present)
            last, previous = row.sequence, row.hash
    yield from _without_package()
    db.session.rollback()


def _span(after: int) -> Sequence[Any]:
    return db.session.execute(
        select(*Archive.__table__.columns, Ticket.state).outerjoin(Ticket, Ticket.id == Archive.ticket_id)
        .where(Archive.sequence > after).order_by(Archive.sequence).limit(SPAN)
    ).all()


def _of(row: Any, last: int, previous: bytes | None, present: dict[int, Any]) -> Iterator[Flaw]:
    digest = hashlib.sha256(row.package.encode()).digest()
    if row.sequence != last + 1:
        yield Flaw(row.ticket_no, "missing")
    if digest != row.sha256:
        yield Flaw(row.ticket_no, "altered")
    if row.previous_hash != previous or row.hash != hashlib.sha256((previous or b"") + digest).digest():
        yield Flaw(row.ticket_no, "unlinked")
    differs = set(changed(row.package, present.get(row.ticket_id, {})))
    if row.state != TicketState.ARCHIVED:
        differs.add("ticket")
    yield from (Flaw(row.ticket_no, f"differs: {table}") for table in sorted(differs))


def _without_package() -> Iterator[Flaw]:
    rows = db.session.scalars(
        select(Ticket.no).outerjoin(Archive, Archive.ticket_id == Ticket.id)
        .where(Ticket.state == str(TicketState.ARCHIVED), Archive.sequence.is_(None)).order_by(Ticket.id)
    )
    yield from (Flaw(no, "without_package") for no in rows)
